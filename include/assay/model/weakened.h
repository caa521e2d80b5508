/* Whether a golden case asks for less than it did: fewer demands, more answers allowed, looser thresholds. */
#ifndef ASSAY_MODEL_WEAKENED_H
#define ASSAY_MODEL_WEAKENED_H

#include "assay/model/golden.h"

/* False when it asks for as much as before. Else *how says what is weaker: borrowed or in the arena. An expected answer
 * that was merely reworded is not weaker; one that was dropped, or that another was put beside, is. */
bool weakened_case(const struct golden_case *before, const struct golden_case *after, struct arena *arena,
                   struct slice *how);
/* Whether more of this measure is worse ("toxicity", "pii", "latency_ms"); for others less is. */
bool weakened_is_maximum(struct slice measure);

#endif
