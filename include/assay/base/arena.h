/* Memory that is freed at once. A decoded document lives in one arena: every slice and array in it stays valid until
 * arena_clear. */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include "assay/base/slice.h"

struct arena {
    struct arena_block *block;
    size_t allocated; /* bytes taken from the system, for limits and tests */
};

#define ARENA_INIT                                                                                                     \
    (struct arena)                                                                                                     \
    {                                                                                                                  \
        .block = NULL                                                                                                  \
    }

void arena_init(struct arena *arena);
void arena_clear(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);                     /* zeroed, aligned for any type */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size); /* zeroed, checked for overflow */
struct slice arena_copy(struct arena *arena, struct slice bytes); /* the copy's data ends with a NUL beyond size */
struct slice arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct slice arena_argument(struct arena *arena, struct slice part); /* for a shell, as by str_append_argument */

#endif
