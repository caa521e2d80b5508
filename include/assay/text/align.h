/* Two layouts side by side: which row of the left stands beside which row of the right.
 *
 * Lines that share text stand on one height; the shorter side is filled up. Inside a long paragraph rows are brought
 * back to one height when they have drifted apart by ALIGN_DRIFT rows. */
#ifndef ASSAY_TEXT_ALIGN_H
#define ASSAY_TEXT_ALIGN_H

#include "assay/text/diff.h"
#include "assay/text/wrap.h"

#define ALIGN_FILLER UINT32_MAX
enum { ALIGN_DRIFT = 3 };

struct align_row {
    uint32_t left, right; /* row of the left and of the right layout, or ALIGN_FILLER; never both fillers */
};

struct align {
    struct align_row *rows;
    size_t count, capacity;
};

void align_init(struct align *align);
void align_clear(struct align *align);
/* Replaces the rows. Each row of both layouts appears once, in order. diff compares the two texts that were laid out. */
void align_layouts(struct align *align, const struct diff *diff, const struct wrap *left, const struct wrap *right);
/* The first aligned row at or after the one that shows row `row` of the left (side 0) or right (side 1) layout. */
size_t align_find(const struct align *align, int side, size_t row);

#endif
