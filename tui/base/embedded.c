#include "assay/base/embedded.h"

#include <string.h>

/* Made by the Makefile (build/embedded_data.c), sorted by path. */
extern const struct embedded embedded_table[];
extern const size_t embedded_table_count;

bool embedded_find(const char *path, struct slice *bytes)
{
    size_t low = 0;
    size_t high = embedded_table_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(path, embedded_table[middle].path);
        if (order == 0) {
            *bytes = embedded_table[middle].bytes;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

const struct embedded *embedded_all(size_t *count)
{
    *count = embedded_table_count;
    return embedded_table;
}
