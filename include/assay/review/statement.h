/* What `assay sign` is given as files: the record's own `scores` and `triage` arrays, digests filled in from the
 * change (FORMATS.md, 6). */
#ifndef ASSAY_REVIEW_STATEMENT_H
#define ASSAY_REVIEW_STATEMENT_H

#include "assay/data/document.h"
#include "assay/review/submission.h"

/* Fills scores and triage of the request, whose load, module and role are set; `seen` becomes all cases. Either document
 * may be NULL. Everything lives in the arena or in the documents. Errors name file and line. */
int statement_read(const struct workspace *workspace, const struct document *scores, const struct document *triage,
                   struct arena *arena, struct submit_request *request, struct error *error);

#endif
