/* Measures of all cases against thresholds and today, as numbers and bars. */
#ifndef ASSAY_SCREENS_CHANGE_EVIDENCE_H
#define ASSAY_SCREENS_CHANGE_EVIDENCE_H

#include "assay/screens/change_page.h"

extern const struct change_tab change_evidence_tab;

#endif
