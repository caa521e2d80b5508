#include "assay/review/session.h"

#include "assay/base/memory.h"
#include "assay/review/carry_over.h"

struct session {
    struct workspace *workspace;
    struct drafts *drafts;
    const struct load *load;
    size_t role;
    int64_t draft;
    struct judgement judgement;
};

/* --- opening ----------------------------------------------------------------------------------------------------- */

static int read_draft(struct session *session, const struct ledger *ledger, struct error *error)
{
    struct drafts_entries entries = {0};
    bool *touched = memory_new_array(session->judgement.count, sizeof *touched);
    int result = drafts_load(session->drafts, session->draft, &entries, error);
    for (size_t i = 0; result == 0 && i < entries.count; i++) {
        size_t at = judgement_take(&session->judgement, &entries.items[i]);
        if (at != JUDGEMENT_NOT_FOUND)
            touched[at] = true;
    }
    if (result == 0)
        result = carry_over(&(struct carry_over){.drafts = session->drafts,
                                                 .draft = session->draft,
                                                 .principal = session->workspace->identity.principal,
                                                 .ledger = ledger,
                                                 .judgement = &session->judgement},
                            touched, error);
    memory_free(touched);
    drafts_entries_clear(&entries);
    return result;
}

int session_open(struct workspace *workspace, struct drafts *drafts, const struct load *load,
                 const struct module *module, size_t role, const struct ledger *ledger, struct session **session,
                 struct error *error)
{
    struct session *opened = memory_new(sizeof *opened);
    *opened = (struct session){.workspace = workspace, .drafts = drafts, .load = load, .role = role};
    judgement_init(&opened->judgement, module, workspace_has_policy(workspace) ? &workspace->policy.rubric : NULL);
    int result = 0;
    if (drafts && role != SIZE_MAX && opened->judgement.rubric && workspace->identity.person) {
        result = drafts_begin(drafts, load->change, module->path, workspace->identity.principal, &opened->draft, error);
        if (result == 0)
            result = read_draft(opened, ledger, error);
    }
    if (result < 0) {
        session_close(opened);
        return -1;
    }
    *session = opened;
    return 0;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    judgement_clear(&session->judgement);
    memory_free(session);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

size_t session_count(const struct session *session)
{
    return session->judgement.count;
}

const struct judgement_case *session_case(const struct session *session, size_t at)
{
    return &session->judgement.cases[at];
}

size_t session_role(const struct session *session)
{
    return session->role;
}

bool session_is_read_only(const struct session *session)
{
    return session->draft == 0;
}

const struct rubric *session_rubric(const struct session *session)
{
    return session->judgement.rubric;
}

int64_t session_draft(const struct session *session)
{
    return session->draft;
}

const struct load *session_load(const struct session *session)
{
    return session->load;
}

const struct module *session_module(const struct session *session)
{
    return session->judgement.module;
}

struct slice session_comment(const struct session *session)
{
    return session->judgement.comment;
}

const struct judgement_decision *session_decisions(const struct session *session, size_t *count)
{
    *count = session->judgement.decision_count;
    return session->judgement.decisions;
}

size_t session_find(const struct session *session, struct slice prompt, struct slice case_id)
{
    return judgement_find(&session->judgement, prompt, case_id);
}

const struct judgement_decision *session_decision(const struct session *session, const struct judgement_target *target)
{
    return judgement_find_decision(&session->judgement, target);
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* On disk first, then in memory. */
static int apply(struct session *session, const struct drafts_entry *entries, size_t count, bool undoable,
                 struct error *error)
{
    if (session->draft == 0)
        return error_set(error, ERROR_USAGE,
                         "Nothing can be entered here: the policy gives you no role in this repository.");
    if (drafts_apply(session->drafts, session->draft, entries, count, undoable, error) < 0)
        return -1;
    judgement_take_all(&session->judgement, entries, count);
    return 0;
}

static struct drafts_entry entry_of(const struct session *session, size_t at, enum drafts_kind kind)
{
    const struct judgement_case *item = &session->judgement.cases[at];
    return (struct drafts_entry){
        .kind = kind, .prompt = item->prompt->id, .case_id = item->item->id, .output = item->output};
}

int session_set_score(struct session *session, size_t at, size_t criterion, int score, struct error *error)
{
    const struct rubric *rubric = session->judgement.rubric;
    if (!rubric || criterion >= rubric->count)
        return error_set(error, ERROR_USAGE, "There is no such criterion.");
    if (!session_can_score(session, at))
        return error_set(error, ERROR_INPUT, "There is no output to score in this case.");
    if (score != JUDGEMENT_NO_SCORE && (score < rubric->scale_low || score > rubric->scale_high))
        return error_set(error, ERROR_USAGE, "Scores go from %d to %d.", rubric->scale_low, rubric->scale_high);
    struct drafts_entry entry = entry_of(session, at, DRAFTS_SCORE);
    entry.name = rubric->criteria[criterion].id;
    entry.value = score;
    entry.removed = score == JUDGEMENT_NO_SCORE;
    return apply(session, &entry, 1, true, error);
}

int session_set_comment(struct session *session, size_t at, struct slice comment, struct error *error)
{
    struct drafts_entry entry = {.kind = DRAFTS_COMMENT};
    if (at != JUDGEMENT_NOT_FOUND)
        entry = entry_of(session, at, DRAFTS_COMMENT);
    entry.text = slice_trim(comment);
    entry.removed = entry.text.size == 0;
    return apply(session, &entry, 1, true, error);
}

int session_set_flag(struct session *session, size_t at, struct slice code, bool raised, struct slice comment,
                     struct error *error)
{
    struct drafts_entry entry = entry_of(session, at, DRAFTS_FLAG);
    entry.name = code;
    entry.text = slice_trim(comment);
    entry.removed = !raised;
    return apply(session, &entry, 1, true, error);
}

int session_set_comparison(struct session *session, size_t at, struct slice side_a, struct slice answer,
                           struct error *error)
{
    struct drafts_entry entry = entry_of(session, at, DRAFTS_COMPARISON);
    entry.name = side_a;
    entry.text = answer;
    entry.removed = answer.size == 0;
    return apply(session, &entry, 1, true, error);
}

int session_decide(struct session *session, const struct judgement_target *targets, size_t count,
                   const enum triage_decision *decision, struct slice reason, struct error *error)
{
    struct drafts_entry *entries = memory_new_array(count, sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct drafts_entry){.kind = DRAFTS_TRIAGE,
                                           .prompt = targets[i].prompt,
                                           .case_id = targets[i].case_id,
                                           .output = targets[i].output,
                                           .name = targets[i].flag,
                                           .value = decision ? (int64_t)*decision : 0,
                                           .text = slice_trim(reason),
                                           .removed = !decision};
    int result = apply(session, entries, count, true, error);
    memory_free(entries);
    return result;
}

int session_mark_seen(struct session *session, size_t at, struct error *error)
{
    if (session->judgement.cases[at].seen || session->draft == 0)
        return 0;
    struct drafts_entry entry = entry_of(session, at, DRAFTS_SEEN);
    return apply(session, &entry, 1, false, error);
}

int session_mark_files_read(struct session *session, struct error *error)
{
    if (session_has_read_files(session) || session->draft == 0)
        return 0;
    struct drafts_entry entry = {.kind = DRAFTS_SEEN, .output = session->judgement.module->digest};
    return apply(session, &entry, 1, false, error);
}

/* --- undo -------------------------------------------------------------------------------------------------------- */

typedef int step_function(struct drafts *drafts, int64_t draft, struct drafts_entries *changed, struct error *error);

static int step(struct session *session, step_function *function, bool *stepped, size_t *at, struct error *error)
{
    struct drafts_entries changed = {0};
    int result = session->draft ? function(session->drafts, session->draft, &changed, error) : 0;
    *stepped = result == 0 && changed.count > 0;
    *at = JUDGEMENT_NOT_FOUND;
    for (size_t i = 0; result == 0 && i < changed.count; i++) {
        size_t taken = judgement_take(&session->judgement, &changed.items[i]);
        if (*at == JUDGEMENT_NOT_FOUND)
            *at = taken != JUDGEMENT_NOT_FOUND
                      ? taken
                      : session_find(session, changed.items[i].prompt, changed.items[i].case_id);
    }
    drafts_entries_clear(&changed);
    return result;
}

int session_undo(struct session *session, bool *stepped, size_t *at, struct error *error)
{
    return step(session, drafts_undo, stepped, at, error);
}

int session_redo(struct session *session, bool *stepped, size_t *at, struct error *error)
{
    return step(session, drafts_redo, stepped, at, error);
}

int session_place(struct session *session, struct arena *arena, struct drafts_place *place, struct error *error)
{
    *place = (struct drafts_place){0};
    return session->draft ? drafts_place(session->drafts, session->draft, arena, place, error) : 0;
}

int session_set_place(struct session *session, const struct drafts_place *place, struct error *error)
{
    return session->draft ? drafts_set_place(session->drafts, session->draft, place, error) : 0;
}

/* --- questions --------------------------------------------------------------------------------------------------- */

bool session_can_score(const struct session *session, size_t at)
{
    return !digest_is_none(&session->judgement.cases[at].output);
}

bool session_needs_comment(const struct session *session, size_t at)
{
    const struct judgement_case *item = &session->judgement.cases[at];
    for (size_t c = 0; session->judgement.rubric && c < session->judgement.rubric->count && item->comment.size == 0;
         c++)
        if (item->scores[c] != JUDGEMENT_NO_SCORE && item->scores[c] <= session->judgement.rubric->comment_required_at)
            return true;
    return false;
}

bool session_is_scored(const struct session *session, size_t at)
{
    const struct judgement_case *item = &session->judgement.cases[at];
    if (!session->judgement.rubric || !session_can_score(session, at))
        return false;
    for (size_t c = 0; c < session->judgement.rubric->count; c++)
        if (item->scores[c] == JUDGEMENT_NO_SCORE)
            return false;
    return !session_needs_comment(session, at);
}

bool session_has_read_files(const struct session *session)
{
    return session->judgement.files_read || session->judgement.module->file_count == 0;
}

size_t session_next_unscored(const struct session *session, size_t from)
{
    for (size_t step_count = 1; step_count <= session->judgement.count; step_count++) {
        size_t at = (from + step_count) % session->judgement.count;
        if (session_can_score(session, at) && !session_is_scored(session, at))
            return at;
    }
    return JUDGEMENT_NOT_FOUND;
}

struct session_progress session_progress(const struct session *session)
{
    struct session_progress progress = {.cases = session->judgement.count};
    for (size_t at = 0; at < session->judgement.count; at++) {
        progress.to_score += session_can_score(session, at);
        progress.scored += session_is_scored(session, at);
        progress.judged += session_is_scored(session, at) && session->judgement.cases[at].seen;
        progress.seen += session->judgement.cases[at].seen;
        progress.flags += session->judgement.cases[at].flag_count;
    }
    return progress;
}
