/* Records that are examined while the log that brings them is still being read: reading its history is one thread's
 * work, and verifying another's. What was found ahead is taken where a record consists of the same bytes in the end;
 * everything else is examined then. */
#ifndef ASSAY_REVIEW_EXAMINE_AHEAD_H
#define ASSAY_REVIEW_EXAMINE_AHEAD_H

#include "assay/git/log.h"
#include "assay/review/examine.h"

struct examine_ahead;

/* The workspace is borrowed. Costs nothing before somebody listens. */
struct examine_ahead *examine_ahead_new(const struct workspace *workspace, enum examine_depth depth, int64_t now);
void examine_ahead_free(struct examine_ahead *ahead); /* NULL is fine */
struct log_listener examine_ahead_listener(struct examine_ahead *ahead);

/* As examine(), with the same depth and time as were given; once. */
int examine_ahead_finish(struct examine_ahead *ahead, const struct examination *examination,
                         struct examine_results *results, struct error *error);

#endif
