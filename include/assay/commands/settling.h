/* What a person can do about the past, told as lines that can be copied. */
#ifndef ASSAY_COMMANDS_SETTLING_H
#define ASSAY_COMMANDS_SETTLING_H

#include "assay/review/workspace.h"

/* The entry of `accepted` in policies/review.yaml that settles a commit, or a record where that is not none, by its
 * whole name: "- {commit: …, reason: "why"}", appended. Either may be NULL. */
void settling_append_entry(const struct oid *commit, const struct digest *record, struct str *out);
/* How a log that lost commits is brought back, from the clone that still has them: lines, appended. */
void settling_append_push(const struct workspace *workspace, struct str *out);

#endif
