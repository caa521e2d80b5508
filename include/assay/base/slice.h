/* Borrowed bytes: a pointer and a size. They may hold anything, NUL included, and are never owned. */
#ifndef ASSAY_BASE_SLICE_H
#define ASSAY_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *data; /* may be NULL when size is 0 */
    size_t size;
};

#define SLICE(literal)                                                                                                 \
    (struct slice)                                                                                                     \
    {                                                                                                                  \
        .data = (literal), .size = sizeof(literal) - 1                                                                 \
    }
#define SLICE_NOT_FOUND ((size_t)-1)
/* For printf: "%.*s", SLICE_ARG(s). Cut at INT_MAX bytes, ends at a NUL as printf does. */
#define SLICE_ARG(s) ((s).size > 0x7fffffff ? 0x7fffffff : (int)(s).size), ((s).data ? (s).data : "")

struct slice slice_of(const char *text); /* of a C string; NULL gives the empty slice */
struct slice slice_make(const char *data, size_t size);
bool slice_equal(struct slice a, struct slice b);
bool slice_is(struct slice s, const char *text);   /* equal to a C string */
int slice_compare(struct slice a, struct slice b); /* bytewise; a prefix comes first: <0, 0, >0 */
bool slice_starts_with(struct slice s, struct slice prefix);
bool slice_ends_with(struct slice s, struct slice suffix);
size_t slice_find(struct slice s, struct slice part);                /* offset or SLICE_NOT_FOUND */
size_t slice_find_byte(struct slice s, char byte);                   /* offset or SLICE_NOT_FOUND */
struct slice slice_from(struct slice s, size_t offset);              /* the rest from offset, empty past the end */
struct slice slice_part(struct slice s, size_t offset, size_t size); /* clamped to s */
struct slice slice_trim(struct slice s);                             /* without ASCII white space at both ends */
/* Takes everything before the first `separator` off the front of *rest into *part and drops the separator; the last
 * part is what remains. False when *rest is used up (its data is NULL then). "a,,b" gives "a", "", "b"; "" gives "". */
bool slice_cut(struct slice *rest, char separator, struct slice *part);
/* The same by lines: ends at LF or CRLF; a final line end gives no further empty line; "" gives no line. */
bool slice_cut_line(struct slice *rest, struct slice *line);
void slice_sort(struct slice *items, size_t count);          /* bytewise */
size_t slice_sort_unique(struct slice *items, size_t count); /* and each once: how many remain, at the front */
/* A whole decimal number without sign or spaces; false when it is none or does not fit. */
bool slice_to_uint64(struct slice s, uint64_t *number);
uint64_t slice_hash(struct slice s); /* for tables in memory only; seeded at random once a process */

#endif
