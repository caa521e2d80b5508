/* Lays a text out in rows of a width.
 *
 * A row points into the text, so ranges of bytes (differences, finds, styles) map to rows. The rows are in order and
 * do not overlap; between the end of one and the start of the next lie only spaces and a line end. The text has passed
 * text/sanitise (SANITISE_TEXT). Lines break at spaces, after hyphens and dashes, around ideographs and emoji (never
 * before closing punctuation, never after opening), and inside words that are longer than a row. */
#ifndef ASSAY_TEXT_WRAP_H
#define ASSAY_TEXT_WRAP_H

#include "assay/base/slice.h"

struct wrap_row {
    size_t offset, size; /* bytes of the text that are drawn */
    unsigned columns;    /* what they take, without the indent, tabs expanded */
    unsigned indent;     /* empty columns before them: hanging indent of list items and indented lines */
    unsigned line;       /* number of the line of the text, from 0 */
    bool continued;      /* not the first row of its line */
};

struct wrap {
    struct wrap_row *rows;
    size_t count, capacity;
    unsigned columns; /* of the widest row, indent included */
};

enum { WRAP_TAB = 4 }; /* columns between tab stops, counted from the left edge of the row */

void wrap_init(struct wrap *wrap);
void wrap_clear(struct wrap *wrap);
/* Replaces the rows. columns 0: a row for each line, however long; 1 is taken as 2. An empty text has one empty row; a
 * final line end adds no row. */
void wrap_text(struct wrap *wrap, struct slice text, unsigned columns);
/* The row on which the byte at `offset` is drawn, or that it ends; at most count - 1. */
size_t wrap_row_at(const struct wrap *wrap, size_t offset);

/* Walks the clusters of a row as they were laid out. Start with a zeroed cell; false at the end of the row. */
struct wrap_cell {
    size_t offset, size; /* bytes of the text */
    unsigned column;     /* from the left edge, indent included */
    unsigned columns;    /* 0..2; a tab takes up to WRAP_TAB */
};
bool wrap_next(struct slice text, const struct wrap_row *row, struct wrap_cell *cell);

#endif
