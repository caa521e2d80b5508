/* What `assay sign` is given as files: the record's own `scores` and `triage` arrays, digests filled in from the
 * change (FORMATS.md, 6). */
#ifndef ASSAY_REVIEW_STATEMENT_H
#define ASSAY_REVIEW_STATEMENT_H

#include "assay/data/document.h"
#include "assay/review/ledger.h"
#include "assay/review/submission.h"

/* A triage entry must be about a flag that there is: an automatic one of that place, one that a record raised on that
 * output, or, where a record or these scores are below a minimum there, the criterion's id or `below-minimum`.
 *
 * Fills scores and triage of the request, whose load, module and role are set; `seen` becomes all cases. Either document
 * may be NULL; without triage, ledger too. Everything lives in the arena or in the documents. Errors name file and line. */
int statement_read(const struct workspace *workspace, const struct document *scores, const struct document *triage,
                   const struct ledger *ledger, struct arena *arena, struct submit_request *request,
                   struct error *error);

#endif
