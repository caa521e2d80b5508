/* Decoding: jansson, then one copy of its tree into ours. */
#include "assay/data/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/once.h"

/* Counts levels and values as jansson will meet them up to its first error, so its recursion and its memory are
 * bounded before it starts. */
static int scan(struct slice bytes, struct slice name, size_t depth_max, struct error *error)
{
    size_t depth = 0, values = 1;
    int line = 1;
    for (size_t i = 0; i < bytes.size; i++) {
        char byte = bytes.data[i];
        if (byte == ' ') { /* most of what is outside of texts */
            continue;
        } else if (byte == '"') {
            for (i++; i < bytes.size && bytes.data[i] != '"'; i++)
                i += bytes.data[i] == '\\';
        } else if (byte == '\n') {
            line++;
        } else if (byte == '\0') { /* jansson takes one at the end for the end */
            return error_set(error, ERROR_INPUT, "%.*s:%d: not JSON: a NUL byte", SLICE_ARG(name), line);
        } else if (byte == '[' || byte == '{') {
            values++;
            if (++depth > depth_max)
                return error_set(error, ERROR_INPUT, "%.*s:%d: nested deeper than %zu levels", SLICE_ARG(name), line,
                                 depth_max);
        } else if (byte == ']' || byte == '}') {
            depth -= depth > 0;
        } else if (byte == ',' && ++values > JSON_VALUES_MAX) {
            return error_set(error, ERROR_INPUT, "%.*s:%d: holds more than %d values", SLICE_ARG(name), line,
                             JSON_VALUES_MAX);
        }
    }
    return 0;
}

static int check_size(struct slice bytes, struct slice name, size_t size_max, struct error *error)
{
    if (bytes.size > size_max)
        return error_set(error, ERROR_INPUT, "%.*s: %zu bytes, more than the limit of %zu", SLICE_ARG(name), bytes.size,
                         size_max);
    if (slice_starts_with(bytes, SLICE("\xef\xbb\xbf")))
        return error_set(error, ERROR_INPUT, "%.*s:1: begins with a byte order mark; save it without", SLICE_ARG(name));
    return 0;
}

static struct slice copy_text(struct arena *arena, const char *text, size_t size)
{
    return arena_copy(arena, slice_make(text, size));
}

static struct value convert(struct arena *arena, json_t *json, int line);

static struct value convert_list(struct arena *arena, json_t *json, int line)
{
    struct value list = {.kind = VALUE_LIST, .list.count = json_array_size(json)};
    list.list.items = arena_alloc_array(arena, list.list.count, sizeof *list.list.items);
    for (size_t i = 0; i < list.list.count; i++)
        list.list.items[i] = convert(arena, json_array_get(json, i), line);
    return list;
}

/* jansson iterates in the order of insertion, which is the file's. */
static struct value convert_map(struct arena *arena, json_t *json, int line)
{
    struct value map = {.kind = VALUE_MAP, .map.count = json_object_size(json)};
    map.map.pairs = arena_alloc_array(arena, map.map.count, sizeof *map.map.pairs);
    size_t at = 0;
    for (void *i = json_object_iter(json); i; i = json_object_iter_next(json, i)) {
        struct value_pair *pair = &map.map.pairs[at++];
        pair->key = copy_text(arena, json_object_iter_key(i), json_object_iter_key_len(i));
        pair->value = convert(arena, json_object_iter_value(i), line);
    }
    return map;
}

static struct value convert(struct arena *arena, json_t *json, int line)
{
    struct value value;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        value = convert_map(arena, json, line);
        break;
    case JSON_ARRAY:
        value = convert_list(arena, json, line);
        break;
    case JSON_STRING:
        value = value_of_text(copy_text(arena, json_string_value(json), json_string_length(json)));
        break;
    case JSON_INTEGER:
        value = value_of_integer(json_integer_value(json));
        break;
    case JSON_REAL:
        value = value_of_real(json_real_value(json));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        value = value_of_bool(json_is_true(json));
        break;
    default:
        value = value_of_null();
    }
    value.line = line;
    return value;
}

/* What jansson allocates while it decodes ends with our copy of it, so it is taken from an arena and freed at once: a
 * record is some hundred small pieces. */
static _Thread_local struct arena *pool;

static void *pool_take(size_t size)
{
    return pool ? arena_alloc(pool, size) : malloc(size);
}

static void pool_give_back(void *piece)
{
    if (!pool)
        free(piece);
}

static void use_pool(void)
{
    json_set_alloc_funcs(pool_take, pool_give_back);
}

/* `line` is that of the first byte; 0: count from 1 and leave the values without one. */
static int decode_in_pool(struct slice bytes, struct slice name, int line, struct arena *arena, struct value *value,
                          struct error *error)
{
    json_error_t problem;
    json_t *json =
        json_loadb(bytes.data ? bytes.data : "", bytes.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!json)
        return error_set(error, ERROR_INPUT, "%.*s:%d: not JSON: %s", SLICE_ARG(name),
                         line               ? line
                         : problem.line > 0 ? problem.line
                                            : 1,
                         problem.text);
    *value = convert(arena, json, line);
    return 0;
}

static int decode(struct slice bytes, struct slice name, int line, struct arena *arena, struct value *value,
                  struct error *error)
{
    static struct once once;
    struct arena own = ARENA_INIT;
    once_run(&once, use_pool);
    pool = &own;
    int result = decode_in_pool(bytes, name, line, arena, value, error);
    pool = NULL;
    arena_clear(&own);
    return result;
}

int json_load(struct slice bytes, struct slice name, size_t size_max, size_t depth_max, struct document *document,
              struct error *error)
{
    if (check_size(bytes, name, size_max, error) || scan(bytes, name, depth_max, error))
        return -1;
    document_init(document, name);
    struct value *root = arena_alloc(&document->arena, sizeof *root);
    if (decode(bytes, name, 0, &document->arena, root, error)) {
        document_clear(document);
        return -1;
    }
    document->root = root;
    document->source = bytes;
    return 0;
}

int json_load_lines(struct slice bytes, struct slice name, size_t size_max, size_t depth_max, struct document *document,
                    struct error *error)
{
    if (check_size(bytes, name, size_max, error) || scan(bytes, name, depth_max, error))
        return -1;
    document_init(document, name);
    struct value *root = value_new_list(&document->arena);
    struct slice rest = bytes, text;
    for (int line = 1; slice_cut_line(&rest, &text); line++) {
        struct value value = {0};
        if (!slice_trim(text).size)
            continue;
        if (decode(text, name, line, &document->arena, &value, error)) {
            document_clear(document);
            return -1;
        }
        value_add(&document->arena, root, value);
        if (root->list.count > JSON_VALUES_MAX) {
            document_clear(document);
            return error_set(error, ERROR_INPUT, "%.*s:%d: holds more than %d values", SLICE_ARG(name), line,
                             JSON_VALUES_MAX);
        }
    }
    document->root = root;
    return 0;
}
