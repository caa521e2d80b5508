/* One person's review of one module: what they scored, said and saw, case by case, kept in a draft at every key.
 *
 * The session reads the draft once and writes each change through; it is the only place that knows what "scored",
 * "seen" and "next" mean. Entries are about an output by its digest: an output that changed starts empty, one that was
 * judged before (in an older draft, or in the person's own records) comes filled in and marked carried. */
#ifndef ASSAY_REVIEW_SESSION_H
#define ASSAY_REVIEW_SESSION_H

#include "assay/review/ledger.h"
#include "assay/review/load.h"
#include "assay/store/drafts.h"

enum { SESSION_NO_SCORE = -1 };

struct session_flag {
    struct slice code, comment;
};

struct session_triage {
    struct slice flag;
    enum triage_decision decision;
    struct slice reason;
};

/* One case of one prompt, in the order of the module: this is what the review screen walks through. */
struct session_case {
    const struct module_prompt *prompt;
    const struct module_case *item;
    struct digest output;            /* none: no output, nothing to score */
    int scores[RUBRIC_CRITERIA_MAX]; /* by position in the policy's rubric; SESSION_NO_SCORE */
    struct slice comment;
    struct session_flag *flags; /* this person's own */
    size_t flag_count;
    struct session_triage *triage; /* this person's own */
    size_t triage_count;
    bool seen, carried;
};

struct session;

/* role: index in the policy's roles; the session can be opened without one (SIZE_MAX) to read only. The load and the
 * ledger (NULL: nothing to carry over) are borrowed and must outlive the session. */
int session_open(struct workspace *workspace, struct drafts *drafts, const struct load *load,
                 const struct module *module, size_t role, const struct ledger *ledger, struct session **session,
                 struct error *error);
void session_close(struct session *session);

size_t session_count(const struct session *session);
const struct session_case *session_case(const struct session *session, size_t at);
size_t session_role(const struct session *session);
const struct rubric *session_rubric(const struct session *session);
int64_t session_draft(const struct session *session);
size_t session_find(const struct session *session, struct slice prompt, struct slice case_id); /* SIZE_MAX: none */

/* Each writes the draft before it returns; on failure nothing changed, in memory or on disk. score SESSION_NO_SCORE
 * takes the score away; an empty comment likewise. */
int session_set_score(struct session *session, size_t at, size_t criterion, int score, struct error *error);
int session_set_comment(struct session *session, size_t at, struct slice comment, struct error *error);
int session_set_flag(struct session *session, size_t at, struct slice code, bool raised, struct slice comment,
                     struct error *error);
/* decision NULL takes the decision away. `cases` holds one or many, one step of the undo history. */
int session_set_triage(struct session *session, const size_t *cases, size_t count, struct slice flag,
                       const enum triage_decision *decision, struct slice reason, struct error *error);
int session_mark_seen(struct session *session, size_t at, struct error *error);
/* *at: the case that changed, SIZE_MAX when there was no step. */
int session_undo(struct session *session, size_t *at, struct error *error);
int session_redo(struct session *session, size_t *at, struct error *error);

int session_place(struct session *session, struct arena *arena, struct drafts_place *place, struct error *error);
int session_set_place(struct session *session, const struct drafts_place *place, struct error *error);

/* Questions. */
bool session_is_scored(const struct session *session,
                       size_t at); /* every criterion, and the comment where one is required */
bool session_can_score(const struct session *session, size_t at); /* it has an output that did not fail */
bool session_needs_comment(const struct session *session,
                           size_t at); /* a score at or below comment_required_at, none written */
size_t session_next_unscored(const struct session *session,
                             size_t from); /* after `from`, around the end; SIZE_MAX: all are */
struct session_progress {
    size_t cases, to_score, scored, seen, flags; /* flags: raised by this person */
};
struct session_progress session_progress(const struct session *session);

#endif
