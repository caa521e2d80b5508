#include "assay/review/earlier.h"

#include <string.h>

#include "assay/base/memory.h"
#include "assay/model/chain.h"

struct search {
    const struct workspace *workspace;
    const struct submit_request *request;
    struct earlier *earlier;
};

static bool is_replaced(const struct search *search, const struct record *record)
{
    const struct submit_request *request = search->request;
    const struct workspace *workspace = search->workspace;
    return slice_equal(record->change, request->load->change) &&
           slice_equal(record->module.path, request->module->path) &&
           slice_equal(record->reviewer.principal, workspace->identity.principal) &&
           slice_equal(record->reviewer.role, workspace->policy.roles[request->role].id) &&
           record->verdict != VERDICT_WITHDRAW;
}

/* Whether the output is what it was. case_id empty: about the whole prompt, which has none. */
static bool is_current(const struct search *search, struct slice prompt_id, struct slice case_id,
                       const struct digest *output)
{
    const struct module_prompt *prompt = module_find_prompt(search->request->module, prompt_id);
    const struct module_case *item = prompt && case_id.size > 0 ? module_find_case(prompt, case_id) : NULL;
    const struct digest none = {{0}};
    return prompt && digest_equal(output, item && item->candidate ? &item->candidate->digest : &none);
}

/* ---- what is among others already ---- */

static bool has_score(const struct record_score *list, size_t count, const struct record_score *score)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(list[i].prompt, score->prompt) && slice_equal(list[i].case_id, score->case_id))
            return true;
    return false;
}

static bool has_flag(const struct record_flag *list, size_t count, const struct record_flag *flag)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(list[i].prompt, flag->prompt) && slice_equal(list[i].case_id, flag->case_id) &&
            slice_equal(list[i].code, flag->code))
            return true;
    return false;
}

static bool has_triage(const struct record_triage *list, size_t count, const struct record_triage *triage)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(list[i].prompt, triage->prompt) && slice_equal(list[i].case_id, triage->case_id) &&
            slice_equal(list[i].flag, triage->flag))
            return true;
    return false;
}

/* ---- one record ---- */

/* A record has scores by position in its own list of criteria, a request by that in the rubric. */
static struct record_score place_scores(const struct rubric *rubric, const struct record *record,
                                        const struct record_score *from)
{
    struct record_score score = *from;
    memset(score.scores, -1, sizeof score.scores);
    for (size_t c = 0; c < record->criteria_count; c++) {
        size_t at = rubric_find(rubric, record->criteria[c]);
        if (at != SIZE_MAX)
            score.scores[at] = from->scores[c];
    }
    score.carried = true;
    return score;
}

static void find_scores(const struct search *search, const struct record *record)
{
    const struct rubric *rubric = &search->workspace->policy.rubric;
    const struct submit_request *request = search->request;
    struct earlier *earlier = search->earlier;
    for (size_t i = 0; i < record->score_count && digest_equal(&record->rubric, &rubric->digest); i++) {
        const struct record_score *score = &record->scores[i];
        if (is_current(search, score->prompt, score->case_id, &score->output) &&
            !has_score(request->scores, request->score_count, score) &&
            !has_score(earlier->scores, earlier->score_count, score))
            earlier->scores[earlier->score_count++] = place_scores(rubric, record, score);
    }
}

static void find_flags(const struct search *search, const struct record *record)
{
    const struct submit_request *request = search->request;
    struct earlier *earlier = search->earlier;
    for (size_t i = 0; i < record->flag_count; i++) {
        const struct record_flag *flag = &record->flags[i];
        if (is_current(search, flag->prompt, flag->case_id, &flag->output) &&
            !has_flag(request->flags, request->flag_count, flag) &&
            !has_flag(earlier->flags, earlier->flag_count, flag))
            earlier->flags[earlier->flag_count++] = *flag;
    }
}

static void find_triage(const struct search *search, const struct record *record)
{
    const struct submit_request *request = search->request;
    struct earlier *earlier = search->earlier;
    for (size_t i = 0; i < record->triage_count; i++) {
        const struct record_triage *triage = &record->triage[i];
        if (is_current(search, triage->prompt, triage->case_id, &triage->output) &&
            !has_triage(request->triage, request->triage_count, triage) &&
            !has_triage(earlier->triage, earlier->triage_count, triage))
            earlier->triage[earlier->triage_count++] = *triage;
    }
}

/* ---- all ---- */

static void make_room(const struct record *const *records, size_t count, struct arena *arena, struct earlier *earlier)
{
    size_t scores = 0, flags = 0, triage = 0;
    for (size_t i = 0; i < count; i++) {
        scores += records[i]->score_count;
        flags += records[i]->flag_count;
        triage += records[i]->triage_count;
    }
    *earlier = (struct earlier){.scores = arena_alloc_array(arena, scores, sizeof *earlier->scores),
                                .flags = arena_alloc_array(arena, flags, sizeof *earlier->flags),
                                .triage = arena_alloc_array(arena, triage, sizeof *earlier->triage)};
}

/* The newest records of the same person, role and module; the caller frees them with memory_free. */
static const struct record **find_replaced(const struct search *search, const struct ledger *ledger, size_t *count)
{
    const struct record **records = memory_new_array(ledger->count, sizeof(const struct record *));
    size_t all = 0;
    for (size_t i = 0; i < ledger->count; i++)
        if (ledger_reason(search->workspace, &ledger->records[i]) == REASON_NONE)
            records[all++] = &ledger->records[i].record;
    struct chain *chain = chain_new(records, all);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (is_replaced(search, records[i]) && chain_is_newest(chain, i))
            records[(*count)++] = records[i]; /* the chain has its own copies of the pointers */
    chain_free(chain);
    return records;
}

void earlier_find(const struct workspace *workspace, const struct submit_request *request, const struct ledger *ledger,
                  struct arena *arena, struct earlier *earlier)
{
    const struct search search = {workspace, request, earlier};
    size_t count;
    const struct record **records = find_replaced(&search, ledger, &count);
    if (request->verdict == VERDICT_WITHDRAW)
        count = 0;
    make_room(records, count, arena, earlier);
    for (size_t i = 0; i < count; i++) {
        find_scores(&search, records[i]);
        find_flags(&search, records[i]);
        find_triage(&search, records[i]);
    }
    memory_free(records);
}

bool earlier_ends_approval(const struct workspace *workspace, const struct submit_request *request,
                           const struct ledger *ledger)
{
    const struct search search = {.workspace = workspace, .request = request};
    size_t count;
    bool found = false;
    if (request->verdict != VERDICT_WITHDRAW && request->verdict != VERDICT_ABSTAIN)
        return false;
    const struct record **records = find_replaced(&search, ledger, &count);
    for (size_t i = 0; i < count; i++)
        found |= records[i]->verdict == VERDICT_APPROVE &&
                 digest_equal(&records[i]->module.digest, &request->module->digest);
    memory_free(records);
    return found;
}

/* `more` behind `list`, as a new list. */
static void *join(struct arena *arena, const void *list, size_t count, const void *more, size_t more_count, size_t size)
{
    char *joined = arena_alloc_array(arena, count + more_count, size);
    if (count > 0)
        memcpy(joined, list, count * size);
    if (more_count > 0)
        memcpy(joined + count * size, more, more_count * size);
    return joined;
}

void earlier_carry(const struct earlier *earlier, struct arena *arena, struct submit_request *request)
{
    request->scores = join(arena, request->scores, request->score_count, earlier->scores, earlier->score_count,
                           sizeof *request->scores);
    request->flags =
        join(arena, request->flags, request->flag_count, earlier->flags, earlier->flag_count, sizeof *request->flags);
    request->triage = join(arena, request->triage, request->triage_count, earlier->triage, earlier->triage_count,
                           sizeof *request->triage);
    request->score_count += earlier->score_count;
    request->flag_count += earlier->flag_count;
    request->triage_count += earlier->triage_count;
}
