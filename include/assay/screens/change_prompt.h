/* What the change does to template, settings and golden answers. */
#ifndef ASSAY_SCREENS_CHANGE_PROMPT_H
#define ASSAY_SCREENS_CHANGE_PROMPT_H

#include "assay/screens/change_page.h"

extern const struct change_tab change_prompt_tab;

#endif
