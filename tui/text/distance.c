#include "assay/text/distance.h"

#include <stdbool.h>

#include "assay/base/memory.h"

enum { WORD_BITS = 64 };

/* Where each number stands in a sequence, in order: places[starts[n]] .. places[starts[n + 1]]. */
struct places {
    size_t *starts;
    uint32_t *places;
};

static void places_init(struct places *p, const uint32_t *numbers, size_t count, size_t different)
{
    p->starts = memory_new_array(different + 3, sizeof *p->starts);
    p->places = memory_new_array(count, sizeof *p->places);
    size_t *next = p->starts + 1; /* filling moves the start of each number up to the start of the following one */
    for (size_t i = 0; i < count; i++)
        p->starts[numbers[i] + 2]++;
    for (size_t n = 1; n <= different; n++)
        next[n] += next[n - 1];
    for (size_t i = 0; i < count; i++)
        p->places[next[numbers[i]]++] = (uint32_t)i;
}

static void places_clear(struct places *p)
{
    memory_free(p->starts);
    memory_free(p->places);
}

static unsigned zero_bits(uint64_t word)
{
    return (unsigned)(WORD_BITS - __builtin_popcountll(word));
}

/* Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): V' = (V + (V & M)) | (V & ~M). Words in which the
 * number does not occur change only by a carry. */
size_t distance_common(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, size_t numbers)
{
    struct places places;
    size_t words = a_count / WORD_BITS + 1, common = 0;
    uint64_t *v = memory_new_array(words, sizeof *v);
    places_init(&places, a, a_count, numbers);
    for (size_t w = 0; w < words; w++)
        v[w] = UINT64_MAX;
    for (size_t j = 0; j < b_count; j++) {
        const uint32_t *place = places.places + places.starts[b[j]];
        const uint32_t *end = places.places + places.starts[b[j] + 1];
        uint64_t carry = 0;
        for (size_t w = place < end ? *place / WORD_BITS : words; w < words; w++) {
            if (carry == 0) {
                if (place == end)
                    break;
                w = *place / WORD_BITS;
            }
            uint64_t mask = 0;
            while (place < end && *place / WORD_BITS == w)
                mask |= UINT64_C(1) << (*place++ % WORD_BITS);
            uint64_t hit = v[w] & mask, sum = v[w] + hit;
            uint64_t over = sum < hit;
            sum += carry;
            carry = over | (sum < carry);
            v[w] = sum | (v[w] & ~mask);
        }
    }
    for (size_t w = 0; w < words; w++)
        common += zero_bits(v[w]);
    places_clear(&places);
    memory_free(v);
    return common;
}

/* --- edits ------------------------------------------------------------------------------------------------------------ */

struct column {
    uint64_t *plus, *minus, *equal; /* vertical differences; where the present number stands in a */
    size_t words;
};

/* One column of Myers, "A fast bit-vector algorithm for approximate string matching" (1999), by blocks as in Hyyrö,
 * "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003). Returns the horizontal
 * difference at `last`, the bit of the last element of a in the last block. */
static int advance(struct column *c, uint64_t last)
{
    int carry = 1; /* row 0 counts insertions */
    for (size_t w = 0; w < c->words; w++) {
        uint64_t plus = c->plus[w], minus = c->minus[w], equal = c->equal[w];
        uint64_t vertical = equal | minus;
        equal |= (uint64_t)(carry < 0);
        uint64_t horizontal = (((equal & plus) + plus) ^ plus) | equal;
        uint64_t up = minus | ~(horizontal | plus), down = plus & horizontal;
        uint64_t edge = w + 1 == c->words ? last : UINT64_C(1) << 63;
        int out = (up & edge) ? 1 : (down & edge) ? -1 : 0;
        up = up << 1 | (uint64_t)(carry > 0);
        down = down << 1 | (uint64_t)(carry < 0);
        c->plus[w] = down | ~(vertical | up);
        c->minus[w] = up & vertical;
        carry = out;
    }
    return carry;
}

static void set_equal(struct column *c, const struct places *places, uint32_t number, bool on)
{
    for (size_t k = places->starts[number]; k < places->starts[number + 1]; k++) {
        uint64_t *word = &c->equal[places->places[k] / WORD_BITS];
        *word = on ? *word | UINT64_C(1) << (places->places[k] % WORD_BITS) : 0;
    }
}

size_t distance_edits(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, size_t numbers)
{
    while (a_count > 0 && b_count > 0 && *a == *b)
        a++, b++, a_count--, b_count--;
    while (a_count > 0 && b_count > 0 && a[a_count - 1] == b[b_count - 1])
        a_count--, b_count--;
    if (a_count == 0 || b_count == 0)
        return a_count + b_count;

    struct places places;
    struct column c = {.words = (a_count - 1) / WORD_BITS + 1};
    uint64_t last = UINT64_C(1) << ((a_count - 1) % WORD_BITS);
    ptrdiff_t distance = (ptrdiff_t)a_count;
    uint64_t *block = memory_new_array(c.words * 3, sizeof *block);
    c.plus = block;
    c.minus = block + c.words;
    c.equal = block + c.words * 2;
    places_init(&places, a, a_count, numbers);
    for (size_t w = 0; w < c.words; w++)
        c.plus[w] = UINT64_MAX;
    for (size_t j = 0; j < b_count; j++) {
        set_equal(&c, &places, b[j], true);
        distance += advance(&c, last);
        set_equal(&c, &places, b[j], false);
    }
    places_clear(&places);
    memory_free(block);
    return (size_t)distance;
}
