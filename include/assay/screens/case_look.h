/* Ways of looking at a case: against what, by which unit, rendered or not, the prompt itself. */
#ifndef ASSAY_SCREENS_CASE_LOOK_H
#define ASSAY_SCREENS_CASE_LOOK_H

#include "assay/screens/case_state.h"

/* Every action that changes nothing of the review. */
unsigned case_look_act(struct case_screen *screen, const struct command *command);

#endif
