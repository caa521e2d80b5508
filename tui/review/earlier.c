#include "assay/review/earlier.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/model/chain.h"

static bool is_replaced(const struct workspace *workspace, const struct submit_request *request,
                        const struct record *record)
{
    return slice_equal(record->change, request->load->change) &&
           slice_equal(record->module.path, request->module->path) &&
           slice_equal(record->reviewer.principal, workspace->identity.principal) &&
           slice_equal(record->reviewer.role, workspace->policy.roles[request->role].id) &&
           record->verdict != VERDICT_WITHDRAW;
}

static bool is_current(const struct module *module, const struct record_triage *triage)
{
    const struct module_prompt *prompt = module_find_prompt(module, triage->prompt);
    const struct module_case *item = prompt && triage->case_id.size ? module_find_case(prompt, triage->case_id) : NULL;
    const struct digest none = {{0}};
    return prompt && digest_equal(&triage->output, item && item->candidate ? &item->candidate->digest : &none);
}

static bool is_among(const struct record_triage *list, size_t count, const struct record_triage *triage)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(list[i].prompt, triage->prompt) && slice_equal(list[i].case_id, triage->case_id) &&
            slice_equal(list[i].flag, triage->flag))
            return true;
    return false;
}

size_t earlier_triage(const struct workspace *workspace, const struct submit_request *request,
                      const struct ledger *ledger, struct arena *arena, struct record_triage **left)
{
    const struct record **records = memory_new_array(ledger->count, sizeof *records);
    struct record_triage *items = NULL;
    size_t record_count = 0, count = 0, capacity = 0;
    for (size_t i = 0; i < ledger->count; i++)
        if (ledger_reason(workspace, &ledger->records[i]) == REASON_NONE)
            records[record_count++] = &ledger->records[i].record;
    struct chain *chain = chain_new(records, record_count);
    for (size_t i = 0; i < record_count; i++) {
        if (!is_replaced(workspace, request, records[i]) || !chain_is_newest(chain, i))
            continue;
        for (size_t t = 0; t < records[i]->triage_count; t++) {
            const struct record_triage *triage = &records[i]->triage[t];
            if (is_current(request->module, triage) && !is_among(request->triage, request->triage_count, triage) &&
                !is_among(items, count, triage))
                *ARRAY_PUSH(items, count, capacity) = *triage;
        }
    }
    *left = arena_alloc_array(arena, count, sizeof **left);
    if (count > 0)
        memcpy(*left, items, count * sizeof *items);
    memory_free(items);
    chain_free(chain);
    memory_free(records);
    return count;
}
