/* A text through the person's own editor. The terminal must have been given back before (view_edit does). */
#ifndef ASSAY_UI_EDITOR_H
#define ASSAY_UI_EDITOR_H

#include "assay/base/error.h"
#include "assay/base/str.h"

/* Runs $VISUAL, $EDITOR or vi, cut at blanks, never through a shell, on a private file `name`; line ends at the end of
 * the text are dropped. When the editor fails the text is as it was. */
int editor_edit(const char *name, struct str *text, struct error *error);

#endif
