/* A session as a request to sign. */
#ifndef ASSAY_REVIEW_SUBMIT_FROM_H
#define ASSAY_REVIEW_SUBMIT_FROM_H

#include "assay/review/session.h"
#include "assay/review/submission.h"

/* What the session holds, as a request; lives in the arena and the session. `supersedes` and the comparisons' `seed` are
 * the caller's to fill in. */
void submit_from_session(const struct session *session, enum verdict verdict, struct slice comment, struct arena *arena,
                         struct submit_request *request);

#endif
