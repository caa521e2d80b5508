#include "assay/review/submit_from.h"

#include <string.h>

static bool has_score(const struct judgement_case *item, size_t criteria)
{
    for (size_t i = 0; i < criteria; i++)
        if (item->scores[i] != JUDGEMENT_NO_SCORE)
            return true;
    return item->comment.size > 0;
}

static void take_score(const struct judgement_case *item, size_t criteria, struct submit_request *request)
{
    struct record_score *score = &request->scores[request->score_count++];
    *score = (struct record_score){.prompt = item->prompt->id,
                                   .case_id = item->item->id,
                                   .output = item->output,
                                   .comment = item->comment,
                                   .carried = item->carried};
    memset(score->scores, -1, sizeof score->scores);
    for (size_t i = 0; i < criteria; i++)
        if (item->scores[i] != JUDGEMENT_NO_SCORE)
            score->scores[i] = (signed char)item->scores[i];
}

static void take_case(const struct judgement_case *item, size_t criteria, struct submit_request *request)
{
    request->seen += item->seen && item->item->golden;
    if (digest_is_none(&item->output))
        return; /* nothing to say anything about: a record names the output by its digest */
    if (has_score(item, criteria))
        take_score(item, criteria, request);
    for (size_t i = 0; i < item->flag_count; i++)
        request->flags[request->flag_count++] = (struct record_flag){.prompt = item->prompt->id,
                                                                     .case_id = item->item->id,
                                                                     .output = item->output,
                                                                     .code = item->flags[i].code,
                                                                     .comment = item->flags[i].comment};
    if (item->answer.size > 0)
        request->comparisons[request->comparison_count++] = (struct record_comparison){
            .prompt = item->prompt->id, .case_id = item->item->id, .a = item->side_a, .answer = item->answer};
}

static void take_decisions(const struct session *session, struct arena *arena, struct submit_request *request)
{
    const struct judgement_decision *decisions = session_decisions(session, &request->triage_count);
    request->triage = arena_alloc_array(arena, request->triage_count, sizeof *request->triage);
    for (size_t i = 0; i < request->triage_count; i++)
        request->triage[i] = (struct record_triage){.prompt = decisions[i].target.prompt,
                                                    .case_id = decisions[i].target.case_id,
                                                    .output = decisions[i].target.output,
                                                    .flag = decisions[i].target.flag,
                                                    .decision = decisions[i].decision,
                                                    .reason = decisions[i].reason};
}

void submit_from_session(const struct session *session, enum verdict verdict, struct slice comment, struct arena *arena,
                         struct submit_request *request)
{
    size_t flags = 0, count = session_count(session);
    const struct rubric *rubric = session_rubric(session);
    for (size_t i = 0; i < count; i++)
        flags += session_case(session, i)->flag_count;
    *request = (struct submit_request){
        .load = session_load(session),
        .module = session_module(session),
        .role = session_role(session),
        .verdict = verdict,
        .comment = arena_copy(arena, comment),
        .via = "console",
        .scores = arena_alloc_array(arena, count, sizeof *request->scores),
        .flags = arena_alloc_array(arena, flags, sizeof *request->flags),
        .comparisons = arena_alloc_array(arena, count, sizeof *request->comparisons),
        .files_unread = !session_has_read_files(session),
        .draft = session_draft(session),
    };
    for (size_t i = 0; i < count; i++)
        take_case(session_case(session, i), rubric ? rubric->count : 0, request);
    take_decisions(session, arena, request);
}
