/* Bit-parallel distances between two sequences of numbers, 64 cells of the table at a time. */
#ifndef ASSAY_TEXT_DISTANCE_H
#define ASSAY_TEXT_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

/* Each number is below `numbers`; the tables take about 12 bytes for each element of a and 8 for each number. */
size_t distance_common(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, size_t numbers);
size_t distance_edits(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, size_t numbers);

#endif
