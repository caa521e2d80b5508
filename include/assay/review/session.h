/* One person's review of one module: what they scored, said and saw, case by case, kept in a draft at every key.
 *
 * The session reads the draft once and writes each change through; it is the only place that knows what "scored",
 * "seen" and "next" mean. Entries are about an output by its digest: an output that changed starts empty, one that was
 * judged before (in an older draft, or in the person's own signed records) comes filled in and marked carried. */
#ifndef ASSAY_REVIEW_SESSION_H
#define ASSAY_REVIEW_SESSION_H

#include "assay/review/judgement.h"
#include "assay/review/ledger.h"
#include "assay/review/load.h"

struct session;

/* role: index in the policy's roles. SIZE_MAX, or nobody known to the policy: to read only, nothing can be entered. The
 * load and the ledger (NULL: nothing to carry over) are borrowed and must outlive the session. */
int session_open(struct workspace *workspace, struct drafts *drafts, const struct load *load,
                 const struct module *module, size_t role, const struct ledger *ledger, struct session **session,
                 struct error *error);
void session_close(struct session *session); /* NULL is fine */

size_t session_count(const struct session *session);
const struct judgement_case *session_case(const struct session *session, size_t at);
size_t session_role(const struct session *session);
bool session_is_read_only(const struct session *session);
const struct rubric *session_rubric(const struct session *session); /* NULL: no policy */
int64_t session_draft(const struct session *session);               /* 0: read only */
const struct load *session_load(const struct session *session);
const struct module *session_module(const struct session *session);
size_t session_find(const struct session *session, struct slice prompt, struct slice case_id); /* JUDGEMENT_NOT_FOUND */
struct slice session_comment(const struct session *session);                                   /* on the module */
const struct judgement_decision *session_decisions(const struct session *session, size_t *count);
const struct judgement_decision *session_decision(const struct session *session,
                                                  const struct judgement_target *target); /* NULL: none */

/* Each writes the draft before it returns; on failure nothing changed, in memory or on disk. score JUDGEMENT_NO_SCORE
 * takes the score away; an empty comment likewise. */
int session_set_score(struct session *session, size_t at, size_t criterion, int score, struct error *error);
/* at JUDGEMENT_NOT_FOUND: the comment on the whole module, which stands in the record. */
int session_set_comment(struct session *session, size_t at, struct slice comment, struct error *error);
int session_set_flag(struct session *session, size_t at, struct slice code, bool raised, struct slice comment,
                     struct error *error);
/* An empty answer takes it away. */
int session_set_comparison(struct session *session, size_t at, struct slice side_a, struct slice answer,
                           struct error *error);
/* decision NULL takes the decision away. One or many targets are one step of the undo history. */
int session_decide(struct session *session, const struct judgement_target *targets, size_t count,
                   const enum triage_decision *decision, struct slice reason, struct error *error);
int session_mark_seen(struct session *session, size_t at, struct error *error);
/* Of a change of the policy, which has no cases: the difference of its files was on the screen to its end. */
int session_mark_files_read(struct session *session, struct error *error);
/* *at: the case that changed, JUDGEMENT_NOT_FOUND when it was none. False: there was no step. */
int session_undo(struct session *session, bool *stepped, size_t *at, struct error *error);
int session_redo(struct session *session, bool *stepped, size_t *at, struct error *error);

/* Where the person was; all empty when it is the first time, or read only. */
int session_place(struct session *session, struct arena *arena, struct drafts_place *place, struct error *error);
int session_set_place(struct session *session, const struct drafts_place *place, struct error *error);

/* Questions. */
/* Every criterion, and the comment where one is required. */
bool session_is_scored(const struct session *session, size_t at);
bool session_can_score(const struct session *session, size_t at); /* it has an output that did not fail */
/* A score at or below comment_required_at, and no comment. */
bool session_needs_comment(const struct session *session, size_t at);
/* Of this very content; true where there are no files to read. */
bool session_has_read_files(const struct session *session);
/* After `from`, around the end, `from` itself last; JUDGEMENT_NOT_FOUND: all are. */
size_t session_next_unscored(const struct session *session, size_t from);
struct session_progress {
    size_t cases, to_score, scored, seen, flags; /* flags: raised by this person */
    size_t judged;                               /* scored, and seen too */
};
struct session_progress session_progress(const struct session *session);

#endif
