/* Why something may not be signed: everything that a person can be told before the key is asked for. */
#ifndef ASSAY_REVIEW_REFUSAL_H
#define ASSAY_REVIEW_REFUSAL_H

#include "assay/review/ledger.h"
#include "assay/review/submission.h"

/* One sentence with the way out, appended; false when nothing speaks against it. */
bool refusal_find(const struct workspace *workspace, const struct submit_request *request, struct str *why);
/* What only the records tell: a withdrawal of nothing, a supersedes that the person may not give. */
bool refusal_of_records(const struct workspace *workspace, const struct submit_request *request,
                        const struct ledger *ledger, struct str *why);

#endif
