#include "assay/base/slice.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/env.h"
#include "assay/base/once.h"

struct slice slice_of(const char *text)
{
    return slice_make(text, text ? strlen(text) : 0);
}

struct slice slice_make(const char *data, size_t size)
{
    return (struct slice){.data = data, .size = size};
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool slice_is(struct slice s, const char *text)
{
    return slice_equal(s, slice_of(text));
}

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int in_order(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

void slice_sort(struct slice *items, size_t count)
{
    if (count > 0)
        qsort(items, count, sizeof *items, in_order);
}

size_t slice_sort_unique(struct slice *items, size_t count)
{
    size_t kept = 0;
    slice_sort(items, count);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !slice_equal(items[kept - 1], items[i]))
            items[kept++] = items[i];
    return kept;
}

bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.size >= prefix.size && slice_equal(slice_part(s, 0, prefix.size), prefix);
}

bool slice_ends_with(struct slice s, struct slice suffix)
{
    return s.size >= suffix.size && slice_equal(slice_from(s, s.size - suffix.size), suffix);
}

size_t slice_find(struct slice s, struct slice part)
{
    if (part.size == 0)
        return 0;
    if (s.size < part.size)
        return SLICE_NOT_FOUND;
    const char *found = memmem(s.data, s.size, part.data, part.size);
    return found ? (size_t)(found - s.data) : SLICE_NOT_FOUND;
}

size_t slice_find_byte(struct slice s, char byte)
{
    const char *found = s.size ? memchr(s.data, byte, s.size) : NULL;
    return found ? (size_t)(found - s.data) : SLICE_NOT_FOUND;
}

struct slice slice_from(struct slice s, size_t offset)
{
    return slice_part(s, offset, s.size);
}

struct slice slice_part(struct slice s, size_t offset, size_t size)
{
    if (!s.data)
        return slice_make(NULL, 0);
    if (offset > s.size)
        offset = s.size;
    if (size > s.size - offset)
        size = s.size - offset;
    return slice_make(s.data + offset, size);
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.size > 0 && is_space(s.data[s.size - 1]))
        s.size--;
    while (s.size > 0 && is_space(*s.data))
        s = slice_from(s, 1);
    return s;
}

/* The empty slice may have no data, but *rest must tell "one empty part is left" from "used up". */
static struct slice with_data(struct slice s)
{
    return s.data ? s : slice_make("", 0);
}

bool slice_cut(struct slice *rest, char separator, struct slice *part)
{
    if (!rest->data)
        return false;
    size_t at = slice_find_byte(*rest, separator);
    if (at == SLICE_NOT_FOUND) {
        *part = *rest;
        *rest = slice_make(NULL, 0);
    } else {
        *part = slice_part(*rest, 0, at);
        *rest = with_data(slice_from(*rest, at + 1));
    }
    return true;
}

bool slice_cut_line(struct slice *rest, struct slice *line)
{
    if (rest->size == 0) {
        *rest = slice_make(NULL, 0);
        return false;
    }
    slice_cut(rest, '\n', line);
    bool ended_by_line_feed = rest->data != NULL;
    if (ended_by_line_feed && line->size > 0 && line->data[line->size - 1] == '\r')
        line->size--;
    return true;
}

bool slice_to_uint64(struct slice s, uint64_t *number)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s.size; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.data[i] - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *number = sum;
    return s.size > 0;
}

/* --- SipHash-1-3 (Aumasson, Bernstein, 2012): keyed, so that nobody can choose keys that collide ------------------- */
static uint64_t seed[2];

static void make_seed(void)
{
    env_random(seed, sizeof seed);
}

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t slice_hash(struct slice s)
{
    static struct once seeded;
    once_run(&seeded, make_seed);
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d, seed[0] ^ 0x6c7967656e657261,
                     seed[1] ^ 0x7465646279746573};
    size_t at = 0;
    uint64_t word;
    for (; s.size - at >= sizeof word; at += sizeof word) {
        memcpy(&word, s.data + at, sizeof word);
        sip_word(v, word);
    }
    word = (uint64_t)s.size << 56;
    if (at < s.size)
        memcpy(&word, s.data + at, s.size - at); /* at most 7 bytes: the size's byte stays on little-endian machines */
    sip_word(v, word);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
