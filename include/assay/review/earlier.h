/* What a person said before, in the record that a new one is about to replace. */
#ifndef ASSAY_REVIEW_EARLIER_H
#define ASSAY_REVIEW_EARLIER_H

#include "assay/review/ledger.h"
#include "assay/review/submission.h"

/* Of the newest records of the same person, role and module: what is about outputs as they are now and is not among the
 * request's. It ends with the new record: scores count no more, flags that were raised fall, decided ones are open again. */
struct earlier {
    struct record_score *scores; /* scores[] by position in the policy's rubric */
    struct record_flag *flags;
    struct record_triage *triage;
    size_t score_count, flag_count, triage_count;
};

/* All in the arena, borrowing from the ledger, which has the records whole (ledger_read). A withdrawal ends everything on
 * purpose: nothing is found for it. */
void earlier_find(const struct workspace *workspace, const struct submit_request *request, const struct ledger *ledger,
                  struct arena *arena, struct earlier *earlier);
/* Whether a withdrawal or a comment takes the place of the person's own approval of the module as it is. */
bool earlier_ends_approval(const struct workspace *workspace, const struct submit_request *request,
                           const struct ledger *ledger);
/* Appends all of it to the request's. */
void earlier_carry(const struct earlier *earlier, struct arena *arena, struct submit_request *request);

#endif
