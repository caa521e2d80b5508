#include "assay/base/table.h"

#include "assay/base/arena.h"
#include "assay/base/array.h"
#include "assay/base/memory.h"

struct entry {
    uint64_t hash;
    struct slice key;
    size_t number;
};

/* Open addressing with linear steps; a slot holds the entry's position + 1, so that entries stay in their order. */
struct table {
    struct arena keys;
    struct entry *entries;
    size_t count, capacity;
    size_t *slots;
    size_t slot_count; /* 0 or a power of two */
};

enum { FIRST_SLOTS = 16 };

struct table *table_new(void)
{
    return memory_new(sizeof(struct table));
}

void table_free(struct table *table)
{
    if (!table)
        return;
    arena_clear(&table->keys);
    memory_free(table->entries);
    memory_free(table->slots);
    memory_free(table);
}

size_t table_count(const struct table *table)
{
    return table->count;
}

/* The slot that holds the key, or the empty one where it belongs. There is always an empty one. */
static size_t *slot_of(const struct table *table, struct slice key, uint64_t hash)
{
    for (size_t at = (size_t)hash;; at++) {
        size_t *slot = &table->slots[at & (table->slot_count - 1)];
        if (*slot == 0)
            return slot;
        const struct entry *entry = &table->entries[*slot - 1];
        if (entry->hash == hash && slice_equal(entry->key, key))
            return slot;
    }
}

static void grow_slots(struct table *table)
{
    memory_free(table->slots);
    table->slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS;
    table->slots = memory_new_array(table->slot_count, sizeof *table->slots);
    for (size_t i = 0; i < table->count; i++)
        *slot_of(table, table->entries[i].key, table->entries[i].hash) = i + 1;
}

static struct entry *find(const struct table *table, struct slice key)
{
    if (table->count == 0)
        return NULL;
    size_t slot = *slot_of(table, key, slice_hash(key));
    return slot ? &table->entries[slot - 1] : NULL;
}

/* The key's entry; *added tells whether it is new. */
static struct entry *find_or_add(struct table *table, struct slice key, bool *added)
{
    if (table->count >= table->slot_count / 4 * 3)
        grow_slots(table);
    uint64_t hash = slice_hash(key);
    size_t *slot = slot_of(table, key, hash);
    *added = *slot == 0;
    if (*added) {
        struct entry *entry = ARRAY_PUSH(table->entries, table->count, table->capacity);
        *entry = (struct entry){.hash = hash, .key = arena_copy(&table->keys, key)};
        *slot = table->count;
    }
    return &table->entries[*slot - 1];
}

bool table_add(struct table *table, struct slice key, size_t number)
{
    bool added;
    struct entry *entry = find_or_add(table, key, &added);
    if (added)
        entry->number = number;
    return added;
}

void table_set(struct table *table, struct slice key, size_t number)
{
    bool added;
    find_or_add(table, key, &added)->number = number;
}

bool table_has(const struct table *table, struct slice key)
{
    return find(table, key) != NULL;
}

bool table_get(const struct table *table, struct slice key, size_t *number)
{
    const struct entry *entry = find(table, key);
    if (entry)
        *number = entry->number;
    return entry != NULL;
}

struct slice table_key(const struct table *table, size_t at)
{
    return table->entries[at].key;
}

size_t table_number(const struct table *table, size_t at)
{
    return table->entries[at].number;
}
