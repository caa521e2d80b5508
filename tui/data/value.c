#include "assay/data/value.h"

#include <math.h>
#include <string.h>

const struct value *value_get_slice(const struct value *map, struct slice key)
{
    for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->map.count; i++)
        if (slice_equal(map->map.pairs[i].key, key))
            return &map->map.pairs[i].value;
    return NULL;
}

const struct value *value_get(const struct value *map, const char *key)
{
    return value_get_slice(map, slice_of(key));
}

size_t value_count(const struct value *list_or_map)
{
    if (value_is_list(list_or_map))
        return list_or_map->list.count;
    return value_is_map(list_or_map) ? list_or_map->map.count : 0;
}

const struct value *value_at(const struct value *list, size_t at)
{
    return value_is_list(list) && at < list->list.count ? &list->list.items[at] : NULL;
}

const struct value_pair *value_pair_at(const struct value *map, size_t at)
{
    return value_is_map(map) && at < map->map.count ? &map->map.pairs[at] : NULL;
}

struct slice value_text(const struct value *value)
{
    return value_is_text(value) ? value->text : (struct slice){0};
}

bool value_is_text(const struct value *value)
{
    return value && value->kind == VALUE_TEXT;
}

bool value_is_number(const struct value *value)
{
    return value && (value->kind == VALUE_INTEGER || value->kind == VALUE_REAL);
}

bool value_is_list(const struct value *value)
{
    return value && value->kind == VALUE_LIST;
}

bool value_is_map(const struct value *value)
{
    return value && value->kind == VALUE_MAP;
}

int64_t value_integer(const struct value *value, int64_t otherwise)
{
    if (value && value->kind == VALUE_REAL && fabs(value->real) <= 0x1p53 &&
        !(fabs(value->real - trunc(value->real)) > 0))
        return (int64_t)value->real;
    return value && value->kind == VALUE_INTEGER ? value->integer : otherwise;
}

double value_number(const struct value *value, double otherwise)
{
    if (!value_is_number(value))
        return otherwise;
    return value->kind == VALUE_REAL ? value->real : (double)value->integer;
}

bool value_boolean(const struct value *value, bool otherwise)
{
    return value && value->kind == VALUE_BOOL ? value->boolean : otherwise;
}

static bool equal_lists(const struct value *a, const struct value *b)
{
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++)
        if (!value_equal(&a->list.items[i], &b->list.items[i]))
            return false;
    return true;
}

/* Keys are unique on both sides, so equal counts and every key of a found in b is enough. */
static bool equal_maps(const struct value *a, const struct value *b)
{
    if (a->map.count != b->map.count)
        return false;
    for (size_t i = 0; i < a->map.count; i++) {
        const struct value *other = value_get_slice(b, a->map.pairs[i].key);
        if (!other || !value_equal(&a->map.pairs[i].value, other))
            return false;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (value_is_number(a) && value_is_number(b)) {
        if (a->kind == b->kind && a->kind == VALUE_INTEGER)
            return a->integer == b->integer;
        return !(value_number(a, 0) < value_number(b, 0)) && !(value_number(a, 0) > value_number(b, 0));
    }
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_TEXT:
        return slice_equal(a->text, b->text);
    case VALUE_LIST:
        return equal_lists(a, b);
    case VALUE_MAP:
        return equal_maps(a, b);
    default:
        return true;
    }
}

struct value *value_new_map(struct arena *arena)
{
    struct value *map = arena_alloc(arena, sizeof *map);
    map->kind = VALUE_MAP;
    return map;
}

struct value *value_new_list(struct arena *arena)
{
    struct value *list = arena_alloc(arena, sizeof *list);
    list->kind = VALUE_LIST;
    return list;
}

/* The capacity is the next power of two of the count, so it needs no member of its own. */
static void *grow(struct arena *arena, void *items, size_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    void *larger = arena_alloc_array(arena, count ? count * 2 : 1, size);
    if (count)
        memcpy(larger, items, count * size);
    return larger;
}

void value_set_slice(struct arena *arena, struct value *map, struct slice key, struct value value)
{
    map->map.pairs = grow(arena, map->map.pairs, map->map.count, sizeof *map->map.pairs);
    map->map.pairs[map->map.count++] = (struct value_pair){key, value};
}

void value_set(struct arena *arena, struct value *map, const char *key, struct value value)
{
    value_set_slice(arena, map, slice_of(key), value);
}

void value_add(struct arena *arena, struct value *list, struct value value)
{
    list->list.items = grow(arena, list->list.items, list->list.count, sizeof *list->list.items);
    list->list.items[list->list.count++] = value;
}

struct value value_of_text(struct slice text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

struct value value_of_integer(int64_t integer)
{
    return (struct value){.kind = VALUE_INTEGER, .integer = integer};
}

struct value value_of_real(double real)
{
    return (struct value){.kind = VALUE_REAL, .real = real};
}

struct value value_of_bool(bool boolean)
{
    return (struct value){.kind = VALUE_BOOL, .boolean = boolean};
}

struct value value_of_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}
