/* What a person decided before, in the record that a new one is about to replace. */
#ifndef ASSAY_REVIEW_EARLIER_H
#define ASSAY_REVIEW_EARLIER_H

#include "assay/review/ledger.h"
#include "assay/review/submission.h"

/* Decisions on flags in the newest records of the same person, role and module, that are about outputs as they are now
 * and are not among the request's: they end with the new record, and the flags are open again. In the arena, borrowing
 * from the ledger; the ledger has the records' triage (ledger_read). */
size_t earlier_triage(const struct workspace *workspace, const struct submit_request *request,
                      const struct ledger *ledger, struct arena *arena, struct record_triage **left);

#endif
