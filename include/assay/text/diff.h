/* The difference of two texts, for people: by words over the whole text, tidied so that it reads well. */
#ifndef ASSAY_TEXT_DIFF_H
#define ASSAY_TEXT_DIFF_H

#include "assay/base/slice.h"

enum diff_kind { DIFF_EQUAL, DIFF_REMOVED, DIFF_ADDED, DIFF_CHANGED };
enum diff_unit { DIFF_BY_WORD, DIFF_BY_LINE, DIFF_BY_SENTENCE };

struct diff_range {
    size_t offset, size; /* bytes */
};

/* Removed: b is empty, at the place where it was. Added: a is empty. Equal ranges may differ in spaces, and in case
 * or line ends when these are ignored. */
struct diff_hunk {
    enum diff_kind kind;
    struct diff_range a, b;
};

struct diff_options {
    enum diff_unit unit;
    bool ignore_case;
    bool ignore_space; /* line and paragraph ends too */
};

/* The hunks tile both texts in order; no two equal ones and no two others stand side by side. */
struct diff {
    struct diff_hunk *hunks;
    size_t count, capacity;
    size_t changes; /* hunks that are not equal */
};

void diff_init(struct diff *diff);
void diff_clear(struct diff *diff);
/* Replaces the hunks. Takes any bytes; options NULL: by word, nothing ignored. */
void diff_text(struct diff *diff, struct slice a, struct slice b, const struct diff_options *options);
/* The first hunk whose range in a (side 0) or b (side 1) ends beyond `offset`; count when there is none. */
size_t diff_hunk_at(const struct diff *diff, int side, size_t offset);

#endif
