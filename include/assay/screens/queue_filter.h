/* Which rows of the queue are shown: words that all have to fit. `risk:high role:legal author:park module:sales
 * state:open needs:me`, and any other word is looked for everywhere. */
#ifndef ASSAY_SCREENS_QUEUE_FILTER_H
#define ASSAY_SCREENS_QUEUE_FILTER_H

#include "assay/review/queue_row.h"

/* module NULL: the change has none yet. An empty filter fits everything. */
bool queue_filter_fits(struct slice filter, const struct policy *policy, const struct queue_change *change,
                       const struct queue_module *module);
/* The at-th proposal for the last word of `text`: appended with what stands before it; false when there is none. */
bool queue_filter_complete(struct slice text, size_t at, struct str *proposal);

#endif
