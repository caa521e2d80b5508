/* The comment on a case and the reviewer's own flags; half-typed they are part of the place. */
#ifndef ASSAY_SCREENS_CASE_REMARKS_H
#define ASSAY_SCREENS_CASE_REMARKS_H

#include "assay/screens/case_state.h"

unsigned case_remarks_ask_comment(struct case_screen *screen, struct slice initial);
unsigned case_remarks_edit_comment(struct case_screen *screen);
unsigned case_remarks_ask_flag(struct case_screen *screen);
/* The second question of a flag: what is wrong. */
unsigned case_remarks_ask_reason(struct case_screen *screen, struct slice code, struct slice initial);

#endif
