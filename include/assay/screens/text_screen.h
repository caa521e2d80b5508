/* A text to read, whole: the prompt as it was sent, a record, an answer. */
#ifndef ASSAY_SCREENS_TEXT_SCREEN_H
#define ASSAY_SCREENS_TEXT_SCREEN_H

#include "assay/screens/leaf.h"
#include "assay/ui/view.h"

struct text_screen_page {
    struct slice title; /* copied, sanitised */
    struct leaf *leaf;  /* taken over: empty afterwards */
    struct slice copy;  /* what `y` copies, copied; data NULL: the text */
};

extern const struct view_type text_screen_view; /* opened with a struct text_screen_page */

#endif
