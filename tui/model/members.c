#include "assay/model/members.h"

#include <string.h>

#include "assay/data/json.h"
#include "assay/data/json_encode.h"

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void fail(struct members *members, enum record_problem problem)
{
    if (members->problem == RECORD_OK)
        members->problem = problem;
}

void members_malformed(struct members *members, const char *key, const char *expected)
{
    error_set(members->error, ERROR_INPUT, "\"%s\" is missing or is not %s.", key, expected);
    fail(members, RECORD_MALFORMED);
}

void members_unknown(struct members *members, const char *key, struct slice value)
{
    error_set(members->error, ERROR_INPUT,
              "\"%s\" has the value \"%.*s\", which this version does not know; use a newer assay.", key,
              SLICE_ARG(slice_part(value, 0, 100)));
    fail(members, RECORD_UNKNOWN_SCHEMA);
}

struct slice members_text(struct members *members, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    if (!value_is_text(value))
        members_malformed(members, key, "text");
    return value_text(value);
}

int64_t members_integer(struct members *members, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    int64_t integer = value && value->kind == VALUE_INTEGER ? value->integer : -1; /* 1.0 is other bytes than 1 */
    if (integer < 0 || integer > MEMBERS_INTEGER_MAX)
        members_malformed(members, key, "a whole number from 0 to 2^53");
    return integer;
}

bool members_boolean(struct members *members, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    if (!value || value->kind != VALUE_BOOL)
        members_malformed(members, key, "true or false");
    return value_boolean(value, false);
}

struct digest members_digest(struct members *members, const struct value *map, const char *key)
{
    struct digest digest = {{0}};
    if (!digest_parse(value_text(value_get(map, key)), &digest))
        members_malformed(members, key, "a digest (sha256: and 64 lower-case hexadecimal digits)");
    return digest;
}

struct oid members_oid(struct members *members, const struct value *map, const char *key)
{
    struct oid oid = {{0}};
    const struct value *value = value_get(map, key);
    if (value && value->kind == VALUE_NULL)
        return oid;
    if (!oid_parse(value_text(value), &oid) || oid_is_none(&oid))
        members_malformed(members, key, "the name of a git object or null");
    return oid;
}

const struct value *members_map(struct members *members, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    if (!value_is_map(value))
        members_malformed(members, key, "a map");
    return value;
}

const struct value *members_list(struct members *members, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    if (!value_is_list(value))
        members_malformed(members, key, "a list");
    return value;
}

void *members_array(struct members *members, const struct value *list, size_t size, size_t *count)
{
    *count = value_is_list(list) ? value_count(list) : 0;
    return *count ? arena_alloc_array(members->arena, *count, size) : NULL;
}

struct digest *members_digests(struct members *members, const struct value *map, const char *key, size_t *count)
{
    const struct value *list = members_list(members, map, key);
    struct digest *digests = members_array(members, list, sizeof *digests, count);
    for (size_t i = 0; i < *count; i++)
        if (!digest_parse(value_text(value_at(list, i)), &digests[i]))
            members_malformed(members, key, "a list of digests");
    return digests;
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

/* 1-based line where b leaves a. */
static size_t differing_line(struct slice a, struct slice b)
{
    size_t line = 1;
    for (size_t i = 0; i < a.size && i < b.size && a.data[i] == b.data[i]; i++)
        line += a.data[i] == '\n';
    return line;
}

static bool is_canonical(struct slice bytes, const struct value *root, struct error *error)
{
    struct str again = STR_INIT;
    json_encode(root, JSON_RECORD, &again);
    bool same = slice_equal(str_slice(&again), bytes);
    if (!same) {
        error_clear(error);
        error_set(error, ERROR_INPUT,
                  "line %zu is not written canonically (sorted keys, two-space indent, one newline at the end); the "
                  "bytes were changed or made by another program.",
                  differing_line(bytes, str_slice(&again)));
    }
    str_clear(&again);
    return same;
}

/* What was read, written again, gives the same bytes, or there is something in them that was not read. */
static bool is_whole(struct slice bytes, const struct members_format *format, const void *object, struct error *error)
{
    struct str again = STR_INIT;
    format->encode(object, &again);
    bool same = slice_equal(str_slice(&again), bytes);
    if (!same)
        error_set(error, ERROR_INPUT, "line %zu holds something that this version does not know; use a newer assay.",
                  differing_line(bytes, str_slice(&again)));
    str_clear(&again);
    return same;
}

static enum record_problem decode_root(struct slice bytes, const struct members_format *format, void *object,
                                       struct members *members, const struct value *root)
{
    struct slice schema = members_text(members, root, "schema");
    if (members->problem == RECORD_OK && !slice_is(schema, format->schema))
        members_unknown(members, "schema", schema);
    if (members->problem == RECORD_OK)
        format->read(members, root, object);
    if (members->problem == RECORD_OK && !is_whole(bytes, format, object, members->error))
        members->problem = RECORD_UNKNOWN_SCHEMA;
    if (members->problem != RECORD_OK && !is_canonical(bytes, root, members->error))
        members->problem = RECORD_MALFORMED;
    return members->problem;
}

enum record_problem members_decode(struct slice bytes, const struct members_format *format, void *object,
                                   struct arena *arena, struct error *error)
{
    struct document document;
    struct error own = ERROR_INIT;
    enum record_problem problem = RECORD_MALFORMED;
    if (json_load(bytes, slice_of(format->what), RECORD_SIZE_MAX, RECORD_DEPTH_MAX, &document, &own) == 0) {
        *arena = document.arena;
        struct members members = {.arena = arena, .error = &own};
        problem = decode_root(bytes, format, object, &members, document.root);
        if (problem != RECORD_OK)
            error_prefix(&own, "%s", format->what);
    }
    if (problem != RECORD_OK)
        error_set(error, ERROR_INPUT, "%s", own.text);
    return problem;
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

void members_set_text(struct arena *arena, struct value *map, const char *key, struct slice text)
{
    value_set(arena, map, key, value_of_text(text));
}

void members_set_integer(struct arena *arena, struct value *map, const char *key, int64_t integer)
{
    value_set(arena, map, key, value_of_integer(integer));
}

static struct value value_of_digest(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE + 1];
    digest_format(digest, text);
    return value_of_text(arena_copy(arena, slice_make(text, DIGEST_TEXT_SIZE)));
}

void members_set_digest(struct arena *arena, struct value *map, const char *key, const struct digest *digest)
{
    value_set(arena, map, key, value_of_digest(arena, digest));
}

void members_set_oid(struct arena *arena, struct value *map, const char *key, const struct oid *oid)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(oid, hex);
    value_set(arena, map, key,
              oid_is_none(oid) ? value_of_null() : value_of_text(arena_copy(arena, slice_make(hex, OID_HEX_SIZE))));
}

void members_set_digests(struct arena *arena, struct value *map, const char *key, const struct digest *digests,
                         size_t count)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < count; i++)
        value_add(arena, list, value_of_digest(arena, &digests[i]));
    value_set(arena, map, key, *list);
}
