/* Arrays that grow: a pointer, a count and a capacity, as three members of the struct that owns them. */
#ifndef ASSAY_BASE_ARRAY_H
#define ASSAY_BASE_ARRAY_H

#include <stddef.h>

/* Returns items with room for `need` of `size` bytes each, growing by half; updates *capacity. New room is zeroed. */
void *array_grow(void *items, size_t *capacity, size_t need, size_t size);

/* Room for one more than `count`, so never NULL. */
void *array_more(void *items, size_t *capacity, size_t count, size_t size) __attribute__((returns_nonnull));

/* Makes room for one more and yields a pointer to it, zeroed: *ARRAY_PUSH(a->items, a->count, a->capacity) = x; */
#define ARRAY_PUSH(items, count, capacity)                                                                             \
    ((items) = array_more((items), &(capacity), (count), sizeof *(items)), &(items)[(count)++])

#define ARRAY_COUNT(fixed) (sizeof(fixed) / sizeof *(fixed))

#endif
