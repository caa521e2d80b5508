#include "assay/review/judgement.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"

static void case_key(struct slice prompt, struct slice case_id, struct str *key)
{
    str_append(key, prompt);
    str_push(key, '\0');
    str_append(key, case_id);
}

size_t judgement_find(const struct judgement *judgement, struct slice prompt, struct slice case_id)
{
    struct str key = STR_INIT;
    size_t at = JUDGEMENT_NOT_FOUND;
    case_key(prompt, case_id, &key);
    table_get(judgement->by_case, str_slice(&key), &at);
    str_clear(&key);
    return at;
}

static bool same_target(const struct judgement_target *a, const struct judgement_target *b)
{
    return slice_equal(a->prompt, b->prompt) && slice_equal(a->case_id, b->case_id) && slice_equal(a->flag, b->flag) &&
           digest_equal(&a->output, &b->output);
}

struct judgement_decision *judgement_find_decision(const struct judgement *judgement,
                                                   const struct judgement_target *target)
{
    for (size_t i = 0; i < judgement->decision_count; i++)
        if (same_target(&judgement->decisions[i].target, target))
            return &judgement->decisions[i];
    return NULL;
}

static void take_flag(struct judgement *judgement, struct judgement_case *item, const struct drafts_entry *entry)
{
    size_t at = 0, kept = item->flag_count;
    struct judgement_flag *flags = arena_alloc_array(&judgement->arena, item->flag_count + 1, sizeof *flags);
    while (at < kept && !slice_equal(item->flags[at].code, entry->name))
        at++;
    if (kept > 0)
        memcpy(flags, item->flags, kept * sizeof *flags);
    if (entry->removed && at < kept)
        memmove(&flags[at], &flags[at + 1], (--kept - at) * sizeof *flags);
    if (!entry->removed) {
        flags[at] = (struct judgement_flag){arena_copy(&judgement->arena, entry->name),
                                            arena_copy(&judgement->arena, entry->text)};
        kept += at == kept;
    }
    item->flags = flags;
    item->flag_count = kept;
}

static void take_decision(struct judgement *judgement, const struct drafts_entry *entry)
{
    struct judgement_target target = {entry->prompt, entry->case_id, entry->output, entry->name};
    struct judgement_decision *found = judgement_find_decision(judgement, &target);
    if (entry->removed) {
        if (found)
            *found = judgement->decisions[--judgement->decision_count];
        return;
    }
    if (!found) {
        found = ARRAY_PUSH(judgement->decisions, judgement->decision_count, judgement->decision_capacity);
        found->target = (struct judgement_target){arena_copy(&judgement->arena, entry->prompt),
                                                  arena_copy(&judgement->arena, entry->case_id), entry->output,
                                                  arena_copy(&judgement->arena, entry->name)};
    }
    found->decision = (enum triage_decision)entry->value;
    found->reason = arena_copy(&judgement->arena, entry->text);
}

static void take_score(const struct judgement *judgement, struct judgement_case *item, const struct drafts_entry *entry)
{
    size_t criterion = judgement->rubric ? rubric_find(judgement->rubric, entry->name) : SIZE_MAX;
    if (criterion == SIZE_MAX)
        return; /* of a rubric that was replaced since */
    bool fits = entry->value >= judgement->rubric->scale_low && entry->value <= judgement->rubric->scale_high,
         first = true;
    for (size_t c = 0; c < judgement->rubric->count; c++)
        first = first && item->scores[c] == JUDGEMENT_NO_SCORE;
    item->carried = entry->carried && !entry->removed && (first || item->carried);
    item->scores[criterion] = entry->removed || !fits ? JUDGEMENT_NO_SCORE : (int)entry->value;
}

static void take_comparison(struct judgement *judgement, struct judgement_case *item, const struct drafts_entry *entry)
{
    item->side_a = entry->removed ? slice_make(NULL, 0) : arena_copy(&judgement->arena, entry->name);
    item->answer = entry->removed ? slice_make(NULL, 0) : arena_copy(&judgement->arena, entry->text);
}

size_t judgement_take(struct judgement *judgement, const struct drafts_entry *entry)
{
    if (entry->kind == DRAFTS_TRIAGE)
        take_decision(judgement, entry);
    struct slice text = {0};
    if (!entry->removed)
        text = entry->text;
    if (entry->kind == DRAFTS_COMMENT && entry->case_id.size == 0)
        judgement->comment = arena_copy(&judgement->arena, text);
    if (entry->kind == DRAFTS_SEEN && entry->case_id.size == 0 &&
        digest_equal(&entry->output, &judgement->module->digest))
        judgement->files_read = !entry->removed;
    size_t at = judgement_find(judgement, entry->prompt, entry->case_id);
    struct judgement_case *item = at == JUDGEMENT_NOT_FOUND ? NULL : &judgement->cases[at];
    if (!item || !digest_equal(&item->output, &entry->output))
        return JUDGEMENT_NOT_FOUND;
    if (entry->kind == DRAFTS_SCORE)
        take_score(judgement, item, entry);
    else if (entry->kind == DRAFTS_COMMENT)
        item->comment = arena_copy(&judgement->arena, text);
    else if (entry->kind == DRAFTS_FLAG)
        take_flag(judgement, item, entry);
    else if (entry->kind == DRAFTS_COMPARISON)
        take_comparison(judgement, item, entry);
    else if (entry->kind == DRAFTS_SEEN)
        item->seen = !entry->removed;
    return at;
}

void judgement_take_all(struct judgement *judgement, const struct drafts_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        judgement_take(judgement, &entries[i]);
}

static bool has_output(const struct module_case *item)
{
    return item->candidate && item->candidate->failed.size == 0;
}

static void list_cases(struct judgement *judgement)
{
    struct str key = STR_INIT;
    size_t count = 0;
    for (size_t p = 0; p < judgement->module->prompt_count; p++)
        count += judgement->module->prompts[p].case_count;
    judgement->cases = memory_new_array(count, sizeof *judgement->cases);
    for (size_t p = 0; p < judgement->module->prompt_count; p++) {
        const struct module_prompt *prompt = &judgement->module->prompts[p];
        for (size_t c = 0; c < prompt->case_count; c++) {
            struct judgement_case *item = &judgement->cases[judgement->count];
            *item = (struct judgement_case){.prompt = prompt, .item = &prompt->cases[c]};
            if (has_output(item->item))
                item->output = item->item->candidate->digest;
            for (size_t i = 0; i < RUBRIC_CRITERIA_MAX; i++)
                item->scores[i] = JUDGEMENT_NO_SCORE;
            str_reset(&key);
            case_key(prompt->id, item->item->id, &key);
            table_add(judgement->by_case, str_slice(&key), judgement->count++);
        }
    }
    str_clear(&key);
}

void judgement_init(struct judgement *judgement, const struct module *module, const struct rubric *rubric)
{
    *judgement = (struct judgement){.module = module, .rubric = rubric, .by_case = table_new()};
    arena_init(&judgement->arena);
    list_cases(judgement);
}

void judgement_clear(struct judgement *judgement)
{
    table_free(judgement->by_case);
    memory_free(judgement->cases);
    memory_free(judgement->decisions);
    arena_clear(&judgement->arena);
}
