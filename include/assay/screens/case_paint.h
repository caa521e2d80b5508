/* Draws the review screen around its two sides: path, progress, input, remarks. */
#ifndef ASSAY_SCREENS_CASE_PAINT_H
#define ASSAY_SCREENS_CASE_PAINT_H

#include "assay/screens/case_state.h"

void case_paint_title(struct view *view, struct area line);
void case_paint_body(struct view *view, struct area body);

#endif
