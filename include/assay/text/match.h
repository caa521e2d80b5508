/* Search in text: literal or regular expression (PCRE2), with limits so that a hostile pattern or text ends early. */
#ifndef ASSAY_TEXT_MATCH_H
#define ASSAY_TEXT_MATCH_H

#include "assay/base/error.h"
#include "assay/base/slice.h"

struct match;

enum match_kind { MATCH_LITERAL, MATCH_REGEX };

struct match_range {
    size_t offset, size;
};

/* A pattern without capitals ignores case (Unicode simple folding); one with a capital does not. NULL and a usage
 * error when the pattern is empty, longer than 64 KiB or no regular expression. Not to be shared between threads. */
struct match *match_new(struct slice pattern, enum match_kind kind, struct error *error);
/* The same, but the case of letters counts or not as asked. */
struct match *match_new_case(struct slice pattern, enum match_kind kind, bool ignore_case, struct error *error);
void match_free(struct match *match);
/* The first find at or after `from`. False when there is none or a limit was reached. A find is never empty. */
bool match_next(struct match *match, struct slice text, size_t from, struct match_range *found);
bool match_limited(const struct match *match); /* whether the last match_next gave up at a limit */

#endif
