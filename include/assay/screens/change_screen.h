/* One change: its cases, prompt, evidence, records and gate as tabs. Opened at once, filled when it is read. */
#ifndef ASSAY_SCREENS_CHANGE_SCREEN_H
#define ASSAY_SCREENS_CHANGE_SCREEN_H

#include "assay/base/slice.h"
#include "assay/ui/view.h"

/* What is opened when the change was read. */
enum change_screen_tab { CHANGE_SCREEN_CASES, CHANGE_SCREEN_TRIAGE, CHANGE_SCREEN_REVIEW };

struct change_screen_place {
    struct slice change, module; /* copied; module: its path, empty for the first */
    enum change_screen_tab tab;
};

extern const struct view_type change_screen_view; /* opened with a struct change_screen_place */

#endif
