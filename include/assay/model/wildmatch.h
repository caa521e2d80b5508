/* Paths against patterns, as git matches them under :(glob) (gitglossary(7), pathspec; git's wildmatch.c). */
#ifndef ASSAY_MODEL_WILDMATCH_H
#define ASSAY_MODEL_WILDMATCH_H

#include "assay/base/slice.h"

/* `*`, `?` and `[…]` match within one part of the path; a leading `**` with a slash, a trailing slash with `**` and
 * `**` between slashes match any number of parts. A pattern that is the path, or a folder above it, matches without
 * wildcards. An unclosed bracket matches nothing. A search beyond a million steps is given up and counts as a match. */
bool wildmatch_path(struct slice pattern, struct slice path);

#endif
