#include "assay/model/gate.h"

#include <math.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/model/seats.h"
#include "assay/model/tally.h"

/* One run of the gate. */
struct gate {
    const struct gate_input *input;
    struct gate_verdict *verdict;
    struct standing standing;
    bool *counted; /* [position in standing] */
};

static void gate_block(struct gate *gate, enum reason reason, size_t module, struct slice detail,
                       const struct digest *record)
{
    struct gate_verdict *verdict = gate->verdict;
    struct gate_block *block = ARRAY_PUSH(verdict->blocks, verdict->block_count, verdict->block_capacity);

    *block = (struct gate_block){.reason = reason, .module = module, .detail = detail};
    if (record)
        block->record = *record;
}

static void gate_ignore(struct gate *gate, const struct standing_record *entry, enum reason reason, struct slice detail)
{
    struct gate_verdict *verdict = gate->verdict;
    /* Records of other changes are not this change's business, unless they were put into its folder. */
    if (!entry->filed_here && !entry->own)
        return;
    *ARRAY_PUSH(verdict->ignored, verdict->ignored_count, verdict->ignored_capacity) =
        (struct gate_ignored){.record = entry->source->name,
                              .reason = reason,
                              .detail = detail,
                              .succession = reason == REASON_SUPERSEDED ? succession_of(entry) : SUCCESSION_NONE};
}

static void gate_problems(struct gate *gate, const struct gate_problem *problems, size_t count, size_t module)
{
    for (size_t i = 0; i < count; i++)
        gate_block(gate, problems[i].reason, module, problems[i].detail, &problems[i].record);
}

/* --- records ---------------------------------------------------------------------------------------------------- */

static void gate_unknown_schema(struct gate *gate, const struct standing_record *entry)
{
    const struct gate_record *source = entry->source;

    if (entry->fault != REASON_UNKNOWN_SCHEMA)
        gate_ignore(gate, entry, entry->fault, entry->detail);
    else if (entry->filed_here)
        gate_block(gate, REASON_UNKNOWN_SCHEMA, GATE_CHANGE, source->principal, &source->name);
}

static void gate_gap(struct gate *gate, const struct standing_record *entry)
{
    static const char *const words[] = {[STANDING_GAP_MISSING] = "names an earlier one that cannot be found",
                                        [STANDING_GAP_NUMBER] = "has a number that does not follow those before it"};
    gate_block(gate, REASON_CHAIN_GAP, GATE_CHANGE,
               arena_printf(&gate->verdict->arena, "a record of %.*s %s", SLICE_ARG(entry->source->principal),
                            words[entry->gap]),
               &entry->source->name);
}

static void gate_reject(struct gate *gate, size_t at)
{
    const struct standing_record *entry = &gate->standing.records[at];
    const struct record *record = entry->record;
    struct slice detail = arena_printf(&gate->verdict->arena, "%.*s, %.*s", SLICE_ARG(record->reviewer.principal),
                                       SLICE_ARG(record->reviewer.role));

    if (!entry->own)
        detail = arena_printf(&gate->verdict->arena, "%.*s, for the same content in %.*s", SLICE_ARG(detail),
                              SLICE_ARG(record->change));
    if (record->comment.size > 0)
        detail = arena_printf(&gate->verdict->arena, "%.*s: %.*s", SLICE_ARG(detail), SLICE_ARG(record->comment));
    gate_block(gate, REASON_REQUEST_CHANGES, entry->module, detail, &entry->source->name);
    gate->counted[at] = true;
}

static bool gate_scored_any(const struct gate *gate, const struct record *record, size_t module)
{
    const struct rubric *rubric = &gate->input->policy->rubric;
    size_t to_score = 0;

    for (size_t i = 0; i < gate->input->modules[module].case_count; i++)
        to_score += gate->input->modules[module].cases[i].state == GATE_CASE_PRESENT;
    for (size_t s = 0; s < record->score_count; s++)
        for (size_t c = 0; c < record->criteria_count; c++)
            if (record->scores[s].scores[c] >= rubric->scale_low)
                return true;
    return to_score == 0;
}

/* What an approval needs beyond what every record needs. */
static enum reason gate_approval_fault(const struct gate *gate, const struct standing_record *entry,
                                       struct slice *detail)
{
    const struct record *record = entry->record;
    const struct gate_module *module = &gate->input->modules[entry->module];

    if (record->evidence.seen != record->evidence.cases || record->evidence.cases != (int64_t)module->case_count) {
        *detail = arena_printf(&gate->verdict->arena, "%lld of %zu cases seen", (long long)record->evidence.seen,
                               module->case_count);
        return REASON_NOT_ALL_SEEN;
    }
    if (gate->input->policy->roles[entry->role].duty == DUTY_SCORE && !gate_scored_any(gate, record, entry->module)) {
        *detail = SLICE("it has no scores, and its role scores");
        return REASON_NOT_ALL_SEEN;
    }
    return REASON_NONE;
}

static struct slice gate_detail(const struct gate *gate, const struct standing_record *entry)
{
    return entry->fault == REASON_SUPERSEDED ? succession_words(gate->input->policy, entry, &gate->verdict->arena)
                                             : entry->detail;
}

/* Sorts every record into: blocks, is ignored, counts, or (true in `approves`) asks for a seat. */
static void gate_sort_records(struct gate *gate, bool *approves)
{
    for (size_t i = 0; i < gate->standing.count; i++) {
        struct standing_record *entry = &gate->standing.records[i];
        if (entry->source->decoded == RECORD_UNKNOWN_SCHEMA) {
            gate_unknown_schema(gate, entry);
            continue;
        }
        if (entry->gap && entry->own)
            gate_gap(gate, entry);
        if (entry->record && standing_rejects(entry)) {
            gate_reject(gate, i);
        } else if (entry->fault != REASON_NONE) {
            gate_ignore(gate, entry, entry->fault, gate_detail(gate, entry));
        } else if (entry->gap || !entry->record) {
            continue;
        } else if (entry->record->verdict != VERDICT_APPROVE) {
            gate->counted[i] = true;
        } else {
            enum reason fault = gate_approval_fault(gate, entry, &entry->detail);
            approves[i] = fault == REASON_NONE;
            if (!approves[i])
                gate_ignore(gate, entry, fault, entry->detail);
        }
    }
}

/* --- seats ------------------------------------------------------------------------------------------------------ */

struct gate_person {
    struct slice principal;
    uint32_t may;
    size_t approval[POLICY_ROLES_MAX]; /* position in standing of the approval for each role of `may` */
};

static int gate_compare_persons(const void *left, const void *right)
{
    const struct gate_person *a = left, *b = right;
    return slice_compare(a->principal, b->principal);
}

static size_t gate_persons(const struct gate *gate, size_t module, const bool *approves, struct gate_person *persons)
{
    size_t count = 0;

    for (size_t i = 0; i < gate->standing.count; i++) {
        const struct standing_record *entry = &gate->standing.records[i];
        if (!approves[i] || entry->module != module)
            continue;
        size_t p = 0;
        while (p < count && !slice_equal(persons[p].principal, entry->record->reviewer.principal))
            p++;
        if (p == count)
            persons[count++] = (struct gate_person){.principal = entry->record->reviewer.principal};
        uint32_t bit = UINT32_C(1) << entry->role;
        /* Two machines may have approved the same: the first by name stands for both. */
        if (!(persons[p].may & bit))
            persons[p].approval[entry->role] = i;
        persons[p].may |= bit;
    }
    if (count)
        qsort(persons, count, sizeof *persons, gate_compare_persons);
    return count;
}

static void gate_role(struct gate *gate, size_t module, size_t role, unsigned need, const struct gate_person *persons,
                      const size_t *seat, size_t count)
{
    struct gate_verdict *verdict = gate->verdict;
    struct gate_module_verdict *out = &verdict->modules[module];
    struct gate_role *required = &out->required[out->required_count++];

    *required = (struct gate_role){.role = role, .need = need, .missing = need};
    required->have = arena_alloc_array(&verdict->arena, need, sizeof *required->have);
    for (size_t p = 0; p < count; p++) {
        if (seat[p] != role)
            continue;
        size_t at = persons[p].approval[role];
        required->have[required->have_count++] =
            (struct gate_seat){.principal = persons[p].principal, .record = gate->standing.records[at].source->name};
        required->missing--;
        gate->counted[at] = true;
    }
}

static bool gate_is_stale(enum reason reason)
{
    return reason == REASON_STALE_MODULE || reason == REASON_STALE_EVIDENCE || reason == REASON_STALE_RUBRIC;
}

/* A missing seat, and the approvals that would fill it if they were not stale. */
static void gate_missing(struct gate *gate, size_t module, const struct gate_role *required)
{
    const struct policy_role *role = &gate->input->policy->roles[required->role];

    gate_block(gate, REASON_MISSING_SIGN_OFF, module,
               arena_printf(&gate->verdict->arena, "%.*s: %u of %u missing", SLICE_ARG(role->id), required->missing,
                            required->need),
               NULL);
    for (size_t i = 0; i < gate->standing.count; i++) {
        const struct standing_record *entry = &gate->standing.records[i];
        if (entry->own && entry->module == module && entry->role == required->role && gate_is_stale(entry->fault) &&
            entry->record->verdict == VERDICT_APPROVE)
            gate_block(gate, entry->fault, module,
                       arena_printf(&gate->verdict->arena, "%.*s, %.*s", SLICE_ARG(entry->record->reviewer.principal),
                                    SLICE_ARG(role->id)),
                       &entry->source->name);
    }
}

/* Fills the seats of a module. Returns whether a role with the duty `score` is required. */
static bool gate_seats(struct gate *gate, size_t module, const bool *approves)
{
    const struct policy *policy = gate->input->policy;
    unsigned char need[POLICY_ROLES_MAX] = {0};
    struct gate_person *persons = memory_new_array(gate->standing.count, sizeof *persons);
    size_t count = gate_persons(gate, module, approves, persons);
    uint32_t *may = memory_new_array(count, sizeof *may);
    size_t *seat = memory_new_array(count, sizeof *seat);
    bool scores = false;

    policy_require(policy, &gate->input->modules[module].subject, need);
    for (size_t p = 0; p < count; p++)
        may[p] = persons[p].may;
    seats_fill(may, count, need, policy->role_count, seat);
    struct gate_module_verdict *out = &gate->verdict->modules[module];
    out->required = arena_alloc_array(&gate->verdict->arena, policy->role_count, sizeof *out->required);
    for (size_t role = 0; role < policy->role_count; role++) {
        if (!need[role])
            continue;
        scores |= policy->roles[role].duty == DUTY_SCORE;
        gate_role(gate, module, role, need[role], persons, seat, count);
        if (out->required[out->required_count - 1].missing)
            gate_missing(gate, module, &out->required[out->required_count - 1]);
    }
    memory_free(persons);
    memory_free(may);
    memory_free(seat);
    return scores;
}

/* --- evidence, scores, flags ------------------------------------------------------------------------------------ */

static void gate_prompt_evidence(struct gate *gate, size_t module, size_t first)
{
    static const struct {
        enum gate_case_state state;
        enum reason reason;
        const char *words;
    } kinds[] = {{GATE_CASE_STALE, REASON_STALE_OUTPUTS, "stale"},
                 {GATE_CASE_MISSING, REASON_MISSING_OUTPUTS, "missing"},
                 {GATE_CASE_NO_FILE, REASON_MISSING_EVIDENCE, "missing: it has no outputs file"}};
    const struct gate_module *m = &gate->input->modules[module];

    for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
        size_t all = 0, found = 0;
        for (size_t i = first; i < m->case_count; i++) {
            bool same = slice_equal(m->cases[i].prompt, m->cases[first].prompt);
            all += same;
            found += same && m->cases[i].state == kinds[k].state;
        }
        if (found)
            gate_block(gate, kinds[k].reason, module,
                       arena_printf(&gate->verdict->arena, "%.*s: %zu of %zu outputs %s",
                                    SLICE_ARG(m->cases[first].prompt), found, all, kinds[k].words),
                       NULL);
    }
}

static void gate_evidence(struct gate *gate, size_t module)
{
    const struct gate_module *m = &gate->input->modules[module];

    for (size_t i = 0; i < m->case_count; i++) {
        bool seen = i > 0 && slice_equal(m->cases[i].prompt, m->cases[i - 1].prompt);
        for (size_t before = 0; before + 1 < i && !seen; before++)
            seen = slice_equal(m->cases[i].prompt, m->cases[before].prompt);
        if (!seen)
            gate_prompt_evidence(gate, module, i);
    }
}

static void gate_flags(struct gate *gate, size_t module, const struct tally *tally)
{
    struct gate_module_verdict *out = &gate->verdict->modules[module];

    out->flags = arena_alloc_array(&gate->verdict->arena, tally->flag_count, sizeof *out->flags);
    out->flag_count = tally->flag_count;
    for (size_t i = 0; i < tally->flag_count; i++) {
        const struct tally_flag *flag = &tally->flags[i];
        out->flags[i] = (struct gate_flag){.prompt = flag->prompt,
                                           .case_id = flag->case_id,
                                           .output = flag->output,
                                           .name = flag->name,
                                           .detail = flag->detail,
                                           .raised_by = flag->raised_by,
                                           .settled = flag->settled,
                                           .settled_by = flag->settled_by};
        if (flag->settled)
            continue;
        out->open_flags++;
        gate_block(gate, REASON_OPEN_FLAG, module,
                   arena_printf(&gate->verdict->arena, "%.*s%s%.*s: %.*s%s%.*s", SLICE_ARG(flag->prompt),
                                flag->case_id.size ? "/" : "", SLICE_ARG(flag->case_id), SLICE_ARG(flag->name),
                                flag->detail.size ? ": " : "", SLICE_ARG(flag->detail)),
                   &flag->record);
    }
}

static void gate_minimum(struct gate *gate, size_t module, struct tally *tally)
{
    const struct rubric *rubric = &gate->input->policy->rubric;
    size_t count;
    const struct tally_low *lows = tally_below_minimum(tally, &count);

    for (size_t i = 0; i < count; i++) {
        const struct gate_case *item = &tally->module->cases[lows[i].case_at];
        const struct rubric_criterion *criterion = &rubric->criteria[lows[i].criterion];
        gate_block(gate, REASON_BELOW_MINIMUM, module,
                   arena_printf(&gate->verdict->arena, "%.*s/%.*s: %.*s %d is below %d", SLICE_ARG(item->prompt),
                                SLICE_ARG(item->case_id), SLICE_ARG(criterion->id), lows[i].score, criterion->minimum),
                   &lows[i].record);
    }
}

static void gate_scores(struct gate *gate, size_t module, bool required)
{
    const struct policy *policy = gate->input->policy;
    struct gate_module_verdict *out = &gate->verdict->modules[module];
    struct tally tally;

    tally_count(gate->input, module, &gate->standing, &tally);
    tally_progress(&tally, &out->to_score, &out->scored);
    out->mean = tally_mean(&tally);
    if (required && out->scored < out->to_score)
        gate_block(gate, REASON_UNSCORED_CASES, module,
                   policy->overlap == 1 ? arena_printf(&gate->verdict->arena, "%zu of %zu have no score that counts",
                                                       out->to_score - out->scored, out->to_score)
                                        : arena_printf(&gate->verdict->arena, "%zu of %zu have fewer than %d scorers",
                                                       out->to_score - out->scored, out->to_score, policy->overlap),
                   NULL);
    /* A sum of thirds must not fail by the last bit of a double. */
    if (required && !isnan(out->mean) && out->mean < policy->rubric.mean_minimum - 1e-9)
        gate_block(
            gate, REASON_BELOW_MEAN, module,
            arena_printf(&gate->verdict->arena, "the mean %.2f is below %.2f", out->mean, policy->rubric.mean_minimum),
            NULL);
    gate_minimum(gate, module, &tally);
    gate_flags(gate, module, &tally);
    tally_clear(&tally);
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static void gate_judge_records(struct gate *gate)
{
    const struct gate_input *input = gate->input;

    standing_find(input, &gate->standing);
    gate->counted = memory_new_array(gate->standing.count, sizeof *gate->counted);
    bool *approves = memory_new_array(gate->standing.count, sizeof *approves);
    gate_sort_records(gate, approves);
    for (size_t m = 0; m < input->module_count; m++) {
        bool required = gate_seats(gate, m, approves);
        gate_evidence(gate, m);
        gate_scores(gate, m, required);
    }
    gate->verdict->counted = arena_alloc_array(&gate->verdict->arena, gate->standing.count, sizeof(struct digest));
    for (size_t i = 0; i < gate->standing.count; i++) {
        if (gate->counted[i])
            gate->verdict->counted[gate->verdict->counted_count++] = gate->standing.records[i].source->name;
        else if (approves[i])
            gate_ignore(gate, &gate->standing.records[i], REASON_NO_SEAT, (struct slice){.data = NULL});
    }
    memory_free(approves);
    memory_free(gate->counted);
    standing_clear(&gate->standing);
}

struct gate_ordered {
    struct gate_block block;
    struct slice path;
};

static int gate_compare_blocks(const void *left, const void *right)
{
    const struct gate_ordered *a = left, *b = right;
    int order = slice_compare(a->path, b->path);

    if (order == 0 && a->block.reason != b->block.reason)
        order = a->block.reason < b->block.reason ? -1 : 1;
    if (order == 0)
        order = slice_compare(a->block.detail, b->block.detail);
    return order ? order : slice_compare(digest_slice(&a->block.record), digest_slice(&b->block.record));
}

static int gate_compare_ignored(const void *left, const void *right)
{
    const struct gate_ignored *a = left, *b = right;
    return slice_compare(digest_slice(&a->record), digest_slice(&b->record));
}

static void gate_order(const struct gate_input *input, struct gate_verdict *verdict)
{
    struct gate_ordered *ordered = memory_new_array(verdict->block_count, sizeof *ordered);

    for (size_t i = 0; i < verdict->block_count; i++) {
        ordered[i].block = verdict->blocks[i];
        if (verdict->blocks[i].module != GATE_CHANGE)
            ordered[i].path = input->modules[verdict->blocks[i].module].path;
    }
    if (verdict->block_count)
        qsort(ordered, verdict->block_count, sizeof *ordered, gate_compare_blocks);
    for (size_t i = 0; i < verdict->block_count; i++)
        verdict->blocks[i] = ordered[i].block;
    memory_free(ordered);
    if (verdict->ignored_count)
        qsort(verdict->ignored, verdict->ignored_count, sizeof *verdict->ignored, gate_compare_ignored);
}

void gate_judge(const struct gate_input *input, struct gate_verdict *verdict)
{
    struct gate gate = {.input = input, .verdict = verdict};

    *verdict = (struct gate_verdict){.module_count = input->module_count};
    arena_init(&verdict->arena);
    verdict->modules = arena_alloc_array(&verdict->arena, input->module_count, sizeof *verdict->modules);
    gate_problems(&gate, input->problems, input->problem_count, GATE_CHANGE);
    for (size_t m = 0; m < input->module_count; m++) {
        verdict->modules[m].mean = (double)NAN;
        gate_problems(&gate, input->modules[m].problems, input->modules[m].problem_count, m);
    }
    if (!input->policy) {
        gate_block(&gate, REASON_NO_POLICY, GATE_CHANGE, (struct slice){.data = NULL}, NULL);
    } else {
        for (size_t i = 0; i < input->unknown_author_count && input->policy->block_unknown_authors; i++)
            gate_block(&gate, REASON_UNKNOWN_AUTHOR, GATE_CHANGE, input->unknown_authors[i], NULL);
        gate_judge_records(&gate);
    }
    gate_order(input, verdict);
    verdict->pass = verdict->block_count == 0;
}

const struct gate_ignored *gate_find_ignored(const struct gate_verdict *verdict, const struct digest *record)
{
    const struct gate_ignored wanted = {.record = *record};
    if (verdict->ignored_count == 0)
        return NULL;
    return bsearch(&wanted, verdict->ignored, verdict->ignored_count, sizeof *verdict->ignored, gate_compare_ignored);
}

void gate_clear(struct gate_verdict *verdict)
{
    arena_clear(&verdict->arena);
    memory_free(verdict->blocks);
    memory_free(verdict->ignored);
    *verdict = (struct gate_verdict){.pass = false};
}
