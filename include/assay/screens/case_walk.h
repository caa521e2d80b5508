/* Going from case to case. */
#ifndef ASSAY_SCREENS_CASE_WALK_H
#define ASSAY_SCREENS_CASE_WALK_H

#include "assay/screens/case_state.h"

void case_walk_go(struct case_screen *screen, size_t at);
/* To the next case that has no scores yet, then to the next that was not seen. */
unsigned case_walk_on(struct case_screen *screen);
unsigned case_walk_step(struct case_screen *screen, int by);

#endif
