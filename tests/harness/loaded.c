#include "harness/loaded.h"

int loaded_open(const char *folder, const char *change, struct loaded *loaded, struct error *error)
{
    const struct change *found;
    *loaded = (struct loaded){0};
    changes_init(&loaded->changes);
    if (workspace_open(folder, &loaded->workspace, error) < 0)
        return -1;
    loaded->cache = cache_new(loaded->workspace);
    if (load_find(loaded->workspace, slice_of(change), &loaded->changes, &found, error) < 0 ||
        load_change(loaded->workspace, loaded->cache, found, &loaded->load, error) < 0)
        return -1;
    return load_authors(loaded->workspace, NULL, &loaded->load, error);
}

void loaded_close(struct loaded *loaded)
{
    load_clear(&loaded->load);
    cache_free(loaded->cache);
    changes_clear(&loaded->changes);
    workspace_close(loaded->workspace);
}
