/* Styles of text/markdown as pens. */
#ifndef ASSAY_UI_MARKUP_H
#define ASSAY_UI_MARKUP_H

#include "assay/base/arena.h"
#include "assay/text/markdown.h"
#include "assay/ui/canvas.h"

unsigned markup_pen(unsigned styles); /* a set of enum markdown_style */
/* One span for each of the Markdown's, in the arena. */
const struct span *markup_spans(struct arena *arena, const struct markdown *markdown);

#endif
