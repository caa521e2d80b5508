#include "assay/review/cache.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/data/yaml.h"
#include "assay/git/objects.h"

enum cache_kind {
    CACHE_MANIFEST = 'm',
    CACHE_GOLDEN = 'g',
    CACHE_OUTPUTS = 'o',
    CACHE_PARTIALS = 'p',
    CACHE_TEXT = 't'
};

/* One decoded blob; `source` stays where it is, since documents point into it. */
struct cache_item {
    enum cache_kind kind;
    struct str source;
    union {
        struct manifest manifest;
        struct golden golden;
        struct outputs outputs;
        struct document partials;
    };
};

struct cache {
    struct workspace *workspace;
    struct table *by_key; /* kind and blob → index */
    struct cache_item **items;
    size_t count, capacity;
    size_t bytes;
    struct tree_list holders; /* of the target as it was at `target` */
    struct oid target;
};

struct cache *cache_new(struct workspace *workspace)
{
    struct cache *cache = memory_new(sizeof *cache);
    cache->workspace = workspace;
    cache->by_key = table_new();
    trees_list_init(&cache->holders);
    return cache;
}

static void item_free(struct cache_item *item)
{
    switch (item->kind) {
    case CACHE_MANIFEST:
        manifest_clear(&item->manifest);
        break;
    case CACHE_GOLDEN:
        golden_clear(&item->golden);
        break;
    case CACHE_OUTPUTS:
        outputs_clear(&item->outputs);
        break;
    case CACHE_PARTIALS:
        document_clear(&item->partials);
        break;
    case CACHE_TEXT:
        break;
    }
    str_clear(&item->source);
    memory_free(item);
}

static void forget(struct cache *cache)
{
    for (size_t i = 0; i < cache->count; i++)
        item_free(cache->items[i]);
    cache->count = cache->bytes = 0;
    table_free(cache->by_key);
    cache->by_key = NULL;
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    forget(cache);
    trees_list_clear(&cache->holders);
    memory_free(cache->items);
    memory_free(cache);
}

void cache_trim(struct cache *cache)
{
    if (cache->bytes <= CACHE_BYTES_MAX)
        return;
    forget(cache);
    cache->by_key = table_new();
}

/* The shared partials are a map of names to texts, nothing else. */
static int load_partials(struct slice bytes, struct slice name, struct document *document, struct error *error)
{
    if (yaml_load(bytes, name, document, error) < 0)
        return -1;
    const struct value *root = document->root;
    int result = 0;
    if (root->kind != VALUE_MAP && root->kind != VALUE_NULL)
        result = document_error(document, root, error, "shared partials must be a map of names to texts.");
    for (size_t i = 0; result == 0 && i < value_count(root); i++) {
        const struct value_pair *pair = value_pair_at(root, i);
        if (!value_is_text(&pair->value))
            result =
                document_error(document, &pair->value, error, "the partial “%.*s” must be text.", SLICE_ARG(pair->key));
    }
    if (result < 0)
        document_clear(document);
    return result;
}

static int decode(struct cache_item *item, struct slice name, struct error *error)
{
    struct slice bytes = str_slice(&item->source);
    switch (item->kind) {
    case CACHE_MANIFEST:
        return manifest_load(bytes, name, &item->manifest, error);
    case CACHE_GOLDEN:
        return golden_load(bytes, name, &item->golden, error);
    case CACHE_OUTPUTS:
        return outputs_load(bytes, name, &item->outputs, error);
    case CACHE_PARTIALS:
        return load_partials(bytes, name, &item->partials, error);
    case CACHE_TEXT:
        break;
    }
    return 0;
}

static int find(struct cache *cache, enum cache_kind kind, const struct tree_entry *entry, size_t limit,
                struct cache_item **out, struct error *error)
{
    char key[1 + OID_SIZE];
    size_t at;
    key[0] = (char)kind;
    for (size_t i = 0; i < OID_SIZE; i++)
        key[1 + i] = (char)entry->oid.bytes[i];
    if (table_get(cache->by_key, slice_make(key, sizeof key), &at)) {
        *out = cache->items[at];
        return 0;
    }
    struct cache_item *item = memory_new(sizeof *item);
    item->kind = kind;
    str_init(&item->source);
    if (trees_read_entry(cache->workspace->repo, entry, limit, &item->source, error) < 0 ||
        decode(item, entry->path, error) < 0) {
        str_clear(&item->source);
        memory_free(item);
        return -1;
    }
    table_add(cache->by_key, slice_make(key, sizeof key), cache->count);
    *ARRAY_PUSH(cache->items, cache->count, cache->capacity) = item;
    cache->bytes += item->source.size;
    *out = item;
    return 0;
}

int cache_manifest(struct cache *cache, const struct tree_entry *entry, const struct manifest **manifest,
                   struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_MANIFEST, entry, MANIFEST_SIZE_MAX, &item, error) < 0)
        return -1;
    *manifest = &item->manifest;
    return 0;
}

int cache_golden(struct cache *cache, const struct tree_entry *entry, const struct golden **golden, struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_GOLDEN, entry, GOLDEN_SIZE_MAX, &item, error) < 0)
        return -1;
    *golden = &item->golden;
    return 0;
}

int cache_outputs(struct cache *cache, const struct tree_entry *entry, const struct outputs **outputs,
                  struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_OUTPUTS, entry, OUTPUTS_SIZE_MAX, &item, error) < 0)
        return -1;
    *outputs = &item->outputs;
    return 0;
}

int cache_partials(struct cache *cache, const struct tree_entry *entry, const struct value **partials,
                   struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_PARTIALS, entry, MANIFEST_SIZE_MAX, &item, error) < 0)
        return -1;
    *partials = item->partials.root;
    return 0;
}

int cache_text(struct cache *cache, const struct tree_entry *entry, size_t limit, struct slice *text,
               struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_TEXT, entry, limit, &item, error) < 0)
        return -1;
    *text = str_slice(&item->source);
    return 0;
}

int cache_holders(struct cache *cache, const struct tree_list **holders, struct error *error)
{
    const struct workspace *workspace = cache->workspace;
    if (!oid_equal(&cache->target, &workspace->target.commit)) {
        trees_list_clear(&cache->holders);
        cache->target = (struct oid){{0}};
        if (trees_holders(workspace->repo, &workspace->target.commit, SLICE("manifest.yaml"), &cache->holders, error) <
            0)
            return -1;
        cache->target = workspace->target.commit;
    }
    *holders = &cache->holders;
    return 0;
}

int cache_digest(struct cache *cache, const struct tree_entry *entry, struct digest *digest, struct error *error)
{
    if (index_digest(cache->workspace->index, &entry->oid, digest))
        return 0;
    struct str bytes = STR_INIT;
    int result = trees_read_entry(cache->workspace->repo, entry, OUTPUTS_SIZE_MAX, &bytes, error);
    if (result == 0) {
        digest_of(str_slice(&bytes), digest);
        index_remember_digest(cache->workspace->index, &entry->oid, digest);
    }
    str_clear(&bytes);
    return result;
}
