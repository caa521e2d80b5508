/* Whether the change may be merged, and who or what is missing, in words. */
#ifndef ASSAY_SCREENS_CHANGE_GATE_H
#define ASSAY_SCREENS_CHANGE_GATE_H

#include "assay/screens/change_page.h"

extern const struct change_tab change_gate_tab;

#endif
