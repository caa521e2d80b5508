/* Who said what about this change, verified or not. */
#ifndef ASSAY_SCREENS_CHANGE_RECORDS_H
#define ASSAY_SCREENS_CHANGE_RECORDS_H

#include "assay/screens/change_page.h"

extern const struct change_tab change_records_tab;

#endif
