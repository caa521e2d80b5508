#include "assay/model/tally.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"

/* The sizes make keys of different parts different. */
static struct slice tally_key(struct str *key, const struct slice *parts, size_t count)
{
    str_reset(key);
    for (size_t i = 0; i < count; i++) {
        str_appendf(key, "%zu:", parts[i].size);
        str_append(key, parts[i]);
    }
    return str_slice(key);
}

static struct slice tally_case_key(struct str *key, struct slice prompt, struct slice case_id)
{
    return tally_key(key, (const struct slice[]){prompt, case_id}, 2);
}

static struct slice tally_flag_key(struct str *key, struct slice prompt, struct slice case_id,
                                   const struct digest *output, struct slice name)
{
    return tally_key(key, (const struct slice[]){prompt, case_id, digest_slice(output), name}, 4);
}

/* The case, when `output` is what it has today; else GATE_CHANGE. */
static size_t tally_case(const struct tally *tally, struct slice prompt, struct slice case_id,
                         const struct digest *output)
{
    struct str key = STR_INIT;
    size_t at = GATE_CHANGE;
    bool known = table_get(tally->cases, tally_case_key(&key, prompt, case_id), &at);

    str_clear(&key);
    return known && digest_equal(&tally->module->cases[at].output, output) ? at : GATE_CHANGE;
}

/* Whether the record's scores or triage count at all: FORMATS.md, 4, "Scores that count". */
static bool tally_uses(const struct tally *tally, const struct standing_record *entry, enum duty duty)
{
    return entry->fault == REASON_NONE && !entry->gap && entry->record->verdict != VERDICT_WITHDRAW &&
           tally->input->policy->roles[entry->role].duty == duty;
}

static bool tally_is_here(const struct tally *tally, const struct standing_record *entry)
{
    return entry->own && entry->module != GATE_CHANGE && &tally->input->modules[entry->module] == tally->module;
}

static struct tally_mark *tally_mark(struct tally *tally, struct table *marks, size_t case_at, struct slice principal)
{
    char number[32];
    struct str key = STR_INIT;
    size_t at = tally->mark_count;

    snprintf(number, sizeof number, "%zu", case_at);
    const struct slice parts[] = {principal, slice_of(number)};
    if (table_add(marks, tally_key(&key, parts, 2), at)) {
        struct tally_mark *mark = ARRAY_PUSH(tally->marks, tally->mark_count, tally->mark_capacity);
        *mark = (struct tally_mark){.case_at = case_at, .principal = principal};
        memset(mark->scores, -1, sizeof mark->scores);
    } else {
        table_get(marks, str_slice(&key), &at);
    }
    str_clear(&key);
    return &tally->marks[at];
}

static void tally_add_score(const struct rubric *rubric, const struct record *record, const struct record_score *score,
                            struct tally_mark *mark)
{
    for (size_t i = 0; i < record->criteria_count; i++) {
        size_t criterion = rubric_find(rubric, record->criteria[i]);
        int value = score->scores[i];
        if (criterion == SIZE_MAX || value < rubric->scale_low || value > rubric->scale_high)
            continue;
        if (mark->scores[criterion] < 0 || value < mark->scores[criterion])
            mark->scores[criterion] = (signed char)value;
        if (value <= rubric->comment_required_at && slice_trim(score->comment).size == 0)
            mark->wants_comment = true;
    }
    mark->record = record->name;
}

static int tally_compare_marks(const void *left, const void *right)
{
    const struct tally_mark *a = left, *b = right;
    if (a->case_at != b->case_at)
        return a->case_at < b->case_at ? -1 : 1;
    return slice_compare(a->principal, b->principal);
}

static void tally_scores(struct tally *tally, const struct standing *standing)
{
    struct table *marks = table_new();
    for (size_t i = 0; i < standing->count; i++) {
        const struct standing_record *entry = &standing->records[i];
        if (!tally_is_here(tally, entry) || !tally_uses(tally, entry, DUTY_SCORE))
            continue;
        for (size_t s = 0; s < entry->record->score_count; s++) {
            const struct record_score *score = &entry->record->scores[s];
            size_t at = tally_case(tally, score->prompt, score->case_id, &score->output);
            if (at == GATE_CHANGE || tally->module->cases[at].state != GATE_CASE_PRESENT)
                continue;
            tally_add_score(&tally->input->policy->rubric, entry->record, score,
                            tally_mark(tally, marks, at, entry->record->reviewer.principal));
        }
    }
    table_free(marks);
    if (tally->mark_count)
        qsort(tally->marks, tally->mark_count, sizeof *tally->marks, tally_compare_marks);
}

static void tally_decide(struct tally *tally, const struct record *record, const struct record_triage *triage)
{
    struct str key = STR_INIT;
    size_t at = tally->settler_count;

    tally_flag_key(&key, triage->prompt, triage->case_id, &triage->output, triage->flag);
    if (table_add(tally->decisions, str_slice(&key), at))
        *ARRAY_PUSH(tally->settlers, tally->settler_count, tally->settler_capacity) =
            (struct tally_settler){.fix_required = false};
    else
        table_get(tally->decisions, str_slice(&key), &at);
    struct tally_settler *settler = &tally->settlers[at];
    bool fix = triage->decision == TRIAGE_FIX_REQUIRED;
    struct slice principal = record->reviewer.principal;
    /* Of several persons the strictest, then the first by name, is the one who is shown. */
    if (!settler->principal.size || (fix && !settler->fix_required) ||
        (fix == settler->fix_required && slice_compare(principal, settler->principal) < 0))
        settler->principal = principal;
    settler->fix_required |= fix;
    str_clear(&key);
}

static void tally_triage(struct tally *tally, const struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++) {
        const struct standing_record *entry = &standing->records[i];
        if (!tally_is_here(tally, entry) || !tally_uses(tally, entry, DUTY_TRIAGE))
            continue;
        for (size_t t = 0; t < entry->record->triage_count; t++)
            tally_decide(tally, entry->record, &entry->record->triage[t]);
    }
}

static bool tally_is_settled(const struct tally *tally, struct slice prompt, struct slice case_id,
                             const struct digest *output, struct slice name, struct slice *by)
{
    struct str key = STR_INIT;
    size_t at = 0;
    bool known = table_get(tally->decisions, tally_flag_key(&key, prompt, case_id, output, name), &at);

    str_clear(&key);
    *by = known ? tally->settlers[at].principal : (struct slice){.data = NULL};
    return known && !tally->settlers[at].fix_required;
}

static void tally_push_flag(struct tally *tally, struct tally_flag flag)
{
    flag.settled = tally_is_settled(tally, flag.prompt, flag.case_id, &flag.output, flag.name, &flag.settled_by);
    *ARRAY_PUSH(tally->flags, tally->flag_count, tally->flag_capacity) = flag;
}

/* Persons' flags hold for the output they were raised on, whoever raised them and whatever else changed since. */
static void tally_flags(struct tally *tally, const struct standing *standing)
{
    for (size_t i = 0; i < tally->module->flag_count; i++) {
        const struct flag *flag = &tally->module->flags[i];
        tally_push_flag(tally, (struct tally_flag){.prompt = flag->prompt,
                                                   .case_id = flag->case_id,
                                                   .output = flag->output,
                                                   .name = flag->name,
                                                   .detail = flag->detail});
    }
    for (size_t i = 0; i < standing->count; i++) {
        const struct standing_record *entry = &standing->records[i];
        if (!tally_is_here(tally, entry) || !standing_stands(entry) || entry->record->verdict == VERDICT_WITHDRAW)
            continue;
        for (size_t f = 0; f < entry->record->flag_count; f++) {
            const struct record_flag *flag = &entry->record->flags[f];
            if (tally_case(tally, flag->prompt, flag->case_id, &flag->output) == GATE_CHANGE)
                continue;
            tally_push_flag(tally, (struct tally_flag){.prompt = flag->prompt,
                                                       .case_id = flag->case_id,
                                                       .output = flag->output,
                                                       .name = flag->code,
                                                       .detail = flag->comment,
                                                       .raised_by = entry->record->reviewer.principal,
                                                       .record = entry->source->name});
        }
    }
}

void tally_count(const struct gate_input *input, size_t module, const struct standing *standing, struct tally *tally)
{
    struct str key = STR_INIT;

    *tally = (struct tally){.input = input, .module = &input->modules[module]};
    arena_init(&tally->arena);
    tally->cases = table_new();
    tally->decisions = table_new();
    for (size_t i = 0; i < tally->module->case_count; i++) {
        const struct gate_case *item = &tally->module->cases[i];
        table_add(tally->cases, tally_case_key(&key, item->prompt, item->case_id), i);
    }
    str_clear(&key);
    tally_scores(tally, standing);
    tally_triage(tally, standing);
    tally_flags(tally, standing);
}

void tally_clear(struct tally *tally)
{
    arena_clear(&tally->arena);
    table_free(tally->cases);
    table_free(tally->decisions);
    memory_free(tally->marks);
    memory_free(tally->flags);
    memory_free(tally->settlers);
    *tally = (struct tally){.input = NULL};
}

static bool tally_is_complete(const struct tally *tally, const struct tally_mark *mark)
{
    for (size_t c = 0; c < tally->input->policy->rubric.count; c++)
        if (mark->scores[c] < 0)
            return false;
    return !mark->wants_comment;
}

void tally_progress(const struct tally *tally, size_t *to_score, size_t *scored)
{
    *to_score = *scored = 0;
    for (size_t i = 0, m = 0; i < tally->module->case_count; i++) {
        int complete = 0;
        for (; m < tally->mark_count && tally->marks[m].case_at == i; m++)
            complete += tally_is_complete(tally, &tally->marks[m]);
        if (tally->module->cases[i].state != GATE_CASE_PRESENT)
            continue;
        *to_score += 1;
        *scored += complete >= tally->input->policy->overlap;
    }
}

/* The marks of the case that begins at `from`; returns where the next case begins. */
static size_t tally_case_end(const struct tally *tally, size_t from)
{
    size_t end = from;
    while (end < tally->mark_count && tally->marks[end].case_at == tally->marks[from].case_at)
        end++;
    return end;
}

double tally_mean(const struct tally *tally)
{
    double sum = 0;
    size_t cells = 0;

    for (size_t from = 0, end; from < tally->mark_count; from = end) {
        end = tally_case_end(tally, from);
        for (size_t c = 0; c < tally->input->policy->rubric.count; c++) {
            int total = 0, persons = 0;
            for (size_t m = from; m < end; m++) {
                if (tally->marks[m].scores[c] >= 0) {
                    total += tally->marks[m].scores[c];
                    persons++;
                }
            }
            if (persons) {
                sum += (double)total / persons;
                cells++;
            }
        }
    }
    return cells ? sum / (double)cells : (double)NAN;
}

static bool tally_is_excused(const struct tally *tally, const struct gate_case *item, struct slice criterion)
{
    struct slice by;
    size_t raised = 0;

    if (tally_is_settled(tally, item->prompt, item->case_id, &item->output, SLICE("below-minimum"), &by) ||
        tally_is_settled(tally, item->prompt, item->case_id, &item->output, criterion, &by))
        return true;
    for (size_t i = 0; i < tally->flag_count; i++) {
        const struct tally_flag *flag = &tally->flags[i];
        if (!flag->raised_by.size || !slice_equal(flag->prompt, item->prompt) ||
            !slice_equal(flag->case_id, item->case_id))
            continue;
        if (!flag->settled)
            return false;
        raised++;
    }
    return raised > 0;
}

struct tally_low *tally_below_minimum(struct tally *tally, size_t *count)
{
    const struct rubric *rubric = &tally->input->policy->rubric;
    struct tally_low *lows = arena_alloc_array(&tally->arena, tally->mark_count * rubric->count, sizeof *lows);

    *count = 0;
    for (size_t from = 0, end; from < tally->mark_count; from = end) {
        const struct gate_case *item = &tally->module->cases[tally->marks[from].case_at];
        end = tally_case_end(tally, from);
        for (size_t c = 0; c < rubric->count; c++) {
            const struct tally_mark *lowest = NULL;
            for (size_t m = from; m < end; m++)
                if (tally->marks[m].scores[c] >= 0 && (!lowest || tally->marks[m].scores[c] < lowest->scores[c]))
                    lowest = &tally->marks[m];
            if (lowest && lowest->scores[c] < rubric->criteria[c].minimum &&
                !tally_is_excused(tally, item, rubric->criteria[c].id))
                lows[(*count)++] = (struct tally_low){tally->marks[from].case_at, c, lowest->scores[c], lowest->record};
        }
    }
    return lows;
}
