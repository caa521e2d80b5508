/* Every signed record, newest first, verified. */
#ifndef ASSAY_SCREENS_LOG_SCREEN_H
#define ASSAY_SCREENS_LOG_SCREEN_H

#include "assay/ui/view.h"

extern const struct view_type log_screen_view; /* no argument */

#endif
