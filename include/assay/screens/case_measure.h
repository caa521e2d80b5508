/* What is computed about a case: at once where it is quick, else by a worker. */
#ifndef ASSAY_SCREENS_CASE_MEASURE_H
#define ASSAY_SCREENS_CASE_MEASURE_H

#include "assay/screens/case_state.h"

/* From nothing again, for the case that stands there now. */
void case_measure_start(struct case_screen *screen);
/* What a worker still finds is nobody's any more. */
void case_measure_drop(struct case_screen *screen);

#endif
