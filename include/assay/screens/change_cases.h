/* The cases of a module: evidence, flags and scores at a glance. */
#ifndef ASSAY_SCREENS_CHANGE_CASES_H
#define ASSAY_SCREENS_CHANGE_CASES_H

#include "assay/screens/change_page.h"

extern const struct change_tab change_cases_tab;

#endif
