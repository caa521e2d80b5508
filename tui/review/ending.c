#include "assay/review/ending.h"

#include "assay/review/assess.h"

static const struct record *rejection_of(const struct ledger *ledger, const struct digest *name)
{
    const struct ledger_record *found = ledger_find(ledger, name);
    return found && found->decoded == RECORD_OK && found->record.verdict == VERDICT_REQUEST_CHANGES ? &found->record
                                                                                                    : NULL;
}

static bool is_about(const struct record *record, struct slice module)
{
    return !module.data || slice_equal(record->module.path, module) || slice_equal(record->module.name, module);
}

const struct record *ending_named(const struct submit_request *request, const struct ledger *ledger,
                                  struct slice module)
{
    for (size_t i = 0; i < request->supersedes_count; i++) {
        const struct record *record = rejection_of(ledger, &request->supersedes[i]);
        if (record && is_about(record, module))
            return record;
    }
    return NULL;
}

static bool is_wanted(const struct workspace *workspace, const struct load *load, const struct record *record,
                      struct slice module)
{
    return slice_equal(record->reviewer.principal, workspace->identity.principal) &&
           slice_equal(record->change, load->change) && is_about(record, module);
}

static bool is_same_seat(const struct record *a, const struct record *b)
{
    return slice_equal(a->module.path, b->module.path) && slice_equal(a->reviewer.role, b->reviewer.role);
}

int ending_own(const struct workspace *workspace, const struct load *load, const struct ledger *ledger,
               struct slice module, const struct record **found, struct error *error)
{
    struct assessment assessment;
    bool several = false;
    *found = NULL;
    if (assess_change(workspace, load, ledger, &assessment, error) < 0)
        return -1;
    for (size_t i = 0; i < assessment.verdict.block_count; i++) {
        const struct gate_block *block = &assessment.verdict.blocks[i];
        const struct record *record =
            block->reason == REASON_REQUEST_CHANGES ? rejection_of(ledger, &block->record) : NULL;
        if (!record || !is_wanted(workspace, load, record, module))
            continue;
        several = several || (*found && !is_same_seat(*found, record));
        *found = record;
    }
    if (several)
        *found = NULL;
    assess_clear(&assessment);
    return 0;
}

const struct module *ending_module(const struct load *load, const struct record *record, struct arena *arena)
{
    for (size_t i = 0; i < load->module_count; i++)
        if (slice_equal(load->modules[i].path, record->module.path))
            return &load->modules[i];
    struct module *module = arena_alloc(arena, sizeof *module);
    *module = (struct module){.path = record->module.path,
                              .name = record->module.name,
                              .version = record->module.version,
                              .digest = record->module.digest,
                              .evidence = record->evidence.digest};
    return module;
}
