#include "assay/base/array.h"

#include <stdint.h>
#include <string.h>

#include "assay/base/memory.h"

enum { SMALLEST = 8 };

void *array_grow(void *items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return items;
    size_t grown = *capacity < SIZE_MAX / 2 ? *capacity + *capacity / 2 : SIZE_MAX;
    if (grown < need)
        grown = need;
    if (grown < SMALLEST)
        grown = SMALLEST;
    char *resized = memory_resize(items, grown, size);
    memset(resized + *capacity * size, 0, (grown - *capacity) * size);
    *capacity = grown;
    return resized;
}

void *array_more(void *items, size_t *capacity, size_t count, size_t size)
{
    return array_grow(items, capacity, count + 1, size);
}
