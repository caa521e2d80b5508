/* A hash table from bytes to a number. The key's bytes are copied into the table. Numbers are usually indexes into an
 * array of the caller's; a set stores 0. Iteration runs in order of insertion; removal is not offered. */
#ifndef ASSAY_BASE_TABLE_H
#define ASSAY_BASE_TABLE_H

#include "assay/base/slice.h"

struct table;

struct table *table_new(void);
void table_free(struct table *table);
size_t table_count(const struct table *table);
/* Adds the key unless it is there. True when it was added; false leaves the old number. */
bool table_add(struct table *table, struct slice key, size_t number);
void table_set(struct table *table, struct slice key, size_t number); /* adds or replaces */
bool table_has(const struct table *table, struct slice key);
bool table_get(const struct table *table, struct slice key, size_t *number);
/* The key and number that were added as the `at`th, at < table_count. */
struct slice table_key(const struct table *table, size_t at);
size_t table_number(const struct table *table, size_t at);

#endif
