#include "assay/screens/dossier.h"

#include "assay/base/memory.h"

static void free_dossier(struct dossier *dossier)
{
    if (dossier->judged)
        assess_clear(&dossier->assessment);
    arena_clear(&dossier->arena);
    ledger_clear(&dossier->ledger);
    if (dossier->loaded)
        load_clear(&dossier->load);
    changes_clear(&dossier->changes);
    cache_free(dossier->cache);
    workspace_close(dossier->workspace);
    memory_free(dossier);
}

static int read_dossier(struct dossier *dossier, struct slice name, struct error *error)
{
    struct workspace *workspace = dossier->workspace;
    const struct change *change;
    if (load_find(workspace, name, &dossier->changes, &change, error) < 0)
        return -1;
    dossier->cache = cache_new(workspace);
    if (load_change(workspace, dossier->cache, change, &dossier->load, error) < 0)
        return -1;
    dossier->loaded = true;
    if (workspace_has_policy(workspace)) {
        if (load_authors(workspace, NULL, &dossier->load, error) < 0)
            return -1;
        if (workspace->signers &&
            ledger_read(workspace, dossier->load.change, &dossier->load.commit, &dossier->ledger, error) < 0)
            return -1;
    }
    dossier->findings = finding_list(workspace, &dossier->ledger, &dossier->arena);
    if (assess_change(workspace, &dossier->load, &dossier->ledger, &dossier->assessment, error) < 0)
        return -1;
    dossier->judged = true;
    return 0;
}

int dossier_open(const char *folder, struct slice change, struct dossier **dossier, struct error *error)
{
    struct dossier *opened = memory_new(sizeof *opened);
    opened->holders = 1;
    arena_init(&opened->arena);
    changes_init(&opened->changes);
    if (workspace_open(folder, &opened->workspace, error) < 0 || read_dossier(opened, change, error) < 0) {
        free_dossier(opened);
        return -1;
    }
    *dossier = opened;
    return 0;
}

void dossier_hold(struct dossier *dossier)
{
    dossier->holders++;
}

void dossier_release(struct dossier *dossier)
{
    if (dossier && --dossier->holders == 0)
        free_dossier(dossier);
}

size_t dossier_module_at(const struct dossier *dossier, const struct module *module)
{
    return (size_t)(module - dossier->load.modules);
}

const struct gate_module_verdict *dossier_verdict(const struct dossier *dossier, const struct module *module)
{
    size_t at = dossier_module_at(dossier, module);
    return at < dossier->assessment.verdict.module_count ? &dossier->assessment.verdict.modules[at] : NULL;
}

bool dossier_is_author(const struct dossier *dossier)
{
    struct slice me = dossier->workspace->identity.principal;
    for (size_t i = 0; me.size > 0 && i < dossier->load.author_count; i++)
        if (slice_equal(dossier->load.authors[i], me))
            return true;
    return false;
}
