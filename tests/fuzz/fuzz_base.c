/* Text and table beside plain models: the input is a list of small commands, each done twice, and whatever differs is a
 * bug. The arena holds the model's copies, so that it is worked too. */
#include <stdlib.h>
#include <string.h>

#include "assay/base/arena.h"
#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/base/table.h"

enum { MODEL_MAX = 4096 };

struct pair {
    struct slice key;
    size_t number;
};

struct models {
    struct arena arena;
    struct str text;
    char plain[MODEL_MAX];
    size_t plain_size;
    struct table *table;
    struct pair *pairs;
    size_t pair_count, pair_capacity;
};

static void require(bool truth)
{
    if (!truth)
        abort();
}

static struct pair *find(struct models *m, struct slice key)
{
    for (size_t i = 0; i < m->pair_count; i++)
        if (slice_compare(m->pairs[i].key, key) == 0)
            return &m->pairs[i];
    return NULL;
}

static void edit_table(struct models *m, bool replace, struct slice key, size_t number)
{
    struct pair *pair = find(m, key);
    size_t stored = 0;
    require(table_get(m->table, key, &stored) == (pair != NULL));
    require(!pair || pair->number == stored);
    if (replace)
        table_set(m->table, key, number);
    else
        require(table_add(m->table, key, number) == !pair);
    if (!pair)
        *ARRAY_PUSH(m->pairs, m->pair_count, m->pair_capacity) = (struct pair){arena_copy(&m->arena, key), number};
    else if (replace)
        pair->number = number;
}

static void insert(struct models *m, size_t at, struct slice part)
{
    if (m->plain_size + part.size > MODEL_MAX)
        return;
    str_insert(&m->text, at, part);
    at = at < m->plain_size ? at : m->plain_size;
    memmove(m->plain + at + part.size, m->plain + at, m->plain_size - at);
    if (part.size > 0)
        memcpy(m->plain + at, part.data, part.size);
    m->plain_size += part.size;
}

static void remove_part(struct models *m, size_t at, size_t size)
{
    str_remove(&m->text, at, size);
    at = at < m->plain_size ? at : m->plain_size;
    size = size < m->plain_size - at ? size : m->plain_size - at;
    memmove(m->plain + at, m->plain + at + size, m->plain_size - at - size);
    m->plain_size -= size;
}

/* A part of the text itself, put into it. */
static void insert_own(struct models *m, size_t at, size_t size)
{
    struct slice own = slice_part(str_slice(&m->text), at, size);
    if (m->plain_size + own.size > MODEL_MAX)
        return;
    struct slice copy = arena_copy(&m->arena, own);
    size_t place = at / 2 < m->plain_size ? at / 2 : m->plain_size;
    str_insert(&m->text, place, own);
    memmove(m->plain + place + copy.size, m->plain + place, m->plain_size - place);
    memcpy(m->plain + place, copy.data, copy.size);
    m->plain_size += copy.size;
}

static void step(struct models *m, unsigned char command, unsigned char number, struct slice part)
{
    switch (command % 6) {
    case 0:
        edit_table(m, false, part, number);
        break;
    case 1:
        edit_table(m, true, part, number);
        break;
    case 2:
        insert(m, (size_t)number * 3, part);
        break;
    case 3:
        remove_part(m, (size_t)number * 2, part.size);
        break;
    case 4:
        insert_own(m, number, part.size * 4);
        break;
    default:
        str_truncate(&m->text, (size_t)number * 16);
        if (m->plain_size > (size_t)number * 16)
            m->plain_size = (size_t)number * 16;
    }
    require(slice_equal(str_slice(&m->text), slice_make(m->plain, m->plain_size)));
    require(m->text.data[m->text.size] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct models m = {.text = STR_INIT, .table = table_new()};
    struct slice rest = slice_make((const char *)data, size);
    while (rest.size >= 3) {
        size_t length = (unsigned char)rest.data[2] % 32;
        struct slice part = slice_part(rest, 3, length);
        step(&m, (unsigned char)rest.data[0], (unsigned char)rest.data[1], part);
        rest = slice_from(rest, 3 + length);
    }
    require(table_count(m.table) == m.pair_count);
    for (size_t i = 0; i < m.pair_count; i++)
        require(slice_equal(table_key(m.table, i), m.pairs[i].key) && table_number(m.table, i) == m.pairs[i].number);
    table_free(m.table);
    memory_free(m.pairs);
    str_clear(&m.text);
    arena_clear(&m.arena);
    return 0;
}
