/* A short edit script between two sequences of numbers: Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (1986), in linear space, with a bound on the work that keeps the worst case near linear: past it the script is still
 * right, but may be longer than the shortest. */
#ifndef ASSAY_TEXT_SEQUENCE_H
#define ASSAY_TEXT_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sequence {
    const uint32_t *numbers; /* each below the `numbers` of sequence_compare */
    size_t count;
    bool *changed; /* count of them, set by sequence_compare: what is not changed on both sides pairs up in order */
};

void sequence_compare(struct sequence *a, struct sequence *b, size_t numbers);

#endif
