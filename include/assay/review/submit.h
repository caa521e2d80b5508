/* From a judgement to a signed record in the log: compose, sign, commit. Sending is sync's.
 *
 *   composed → signed → committed → sent, each step in the journal before the next begins, so that a crash at any
 *   point is taken up by submit_resume and a record is neither lost nor made twice.
 *
 * The console and `assay sign` fill the same request. */
#ifndef ASSAY_REVIEW_SUBMIT_H
#define ASSAY_REVIEW_SUBMIT_H

#include "assay/review/ledger.h"
#include "assay/review/submit_from.h"
#include "assay/store/journal.h"
#include "assay/store/turn.h"

/* Why this request may not be signed, in one sentence, or false: unseen or unscored cases, own change, role not held,
 * a verdict without the comment it needs, stale outputs … The sign screen shows it, submit_sign refuses with it. */
bool submit_refusal(const struct workspace *workspace, const struct submit_request *request, struct str *why);

/* Composes the exact bytes that will be signed; seq and prev from the person's records in the ledger. */
int submit_compose(const struct workspace *workspace, const struct submit_request *request, const struct ledger *ledger,
                   struct str *bytes, struct error *error);

struct submit_result {
    struct digest name;    /* of the record */
    bool foreground_helps; /* signing failed for want of a passphrase or a touch: try in the foreground */
};

/* The turn to sign in this clone: to be held from before the ledger is read until submit_sign is done, since a record
 * names the newest before it. Fails when another assay has it for longer than wait_ms (turn.h), signing, maybe asking
 * for a passphrase. */
int submit_take_turn(const struct workspace *workspace, int wait_ms, struct turn *turn, struct error *error);

/* Composes, journals, signs, commits to the log. FOREGROUND: the caller has handed the terminal over. When a record of
 * the same person that says the same is signed and not sent yet, as after a failure, that one is taken up instead: signing
 * again doubles nothing. */
int submit_sign(struct workspace *workspace, struct journal *journal, struct drafts *drafts,
                const struct submit_request *request, const struct ledger *ledger, enum process_mode mode,
                struct submit_result *result, struct error *error);
/* Takes up what a crash left: signed entries are committed; composed ones that were never signed are dropped (the draft
 * still holds everything). *resumed: how many were committed. Called at each start; does nothing while another assay
 * signs, whose entries are not of a crash. drafts may be NULL here and above:
 * then no draft is closed. */
int submit_resume(struct workspace *workspace, struct journal *journal, struct drafts *drafts, size_t *resumed,
                  struct error *error);

/* Personal data in comments and reasons of the request, named for a warning ("an e-mail address in the comment on case
 * c3"); empty: none. */
void submit_personal_data(const struct submit_request *request, struct str *found);

#endif
