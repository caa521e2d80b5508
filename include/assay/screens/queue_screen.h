/* The first screen: what waits for review. */
#ifndef ASSAY_SCREENS_QUEUE_SCREEN_H
#define ASSAY_SCREENS_QUEUE_SCREEN_H

#include "assay/ui/view.h"

extern const struct view_type queue_screen_view;

#endif
