#include "assay/data/yaml.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "assay/base/table.h"

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one; deleted by the next */
    struct document *document;
    struct error *error;
    size_t depth, values;
};

static int event_line(const struct reader *reader)
{
    return (int)reader->event.start_mark.line + 1;
}

static int refuse(struct reader *reader, const char *what)
{
    return error_set(reader->error, ERROR_INPUT, "%.*s:%d: %s", SLICE_ARG(reader->document->name), event_line(reader),
                     what);
}

static int parser_problem(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct slice name = reader->document->name;
    const char *problem = parser->problem ? parser->problem : "no memory";
    if (parser->error == YAML_READER_ERROR)
        return error_set(reader->error, ERROR_INPUT, "%.*s: not YAML: %s at byte %zu", SLICE_ARG(name), problem,
                         parser->problem_offset);
    return error_set(reader->error, parser->error == YAML_MEMORY_ERROR ? ERROR_ENVIRONMENT : ERROR_INPUT,
                     "%.*s:%zu: not YAML: %s", SLICE_ARG(name), parser->problem_mark.line + 1, problem);
}

static int next(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event))
        return parser_problem(reader);
    const yaml_event_t *event = &reader->event;
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(reader, "an alias (*name) is not read; write the value out");
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        return 0;
    }
    if (anchor)
        return refuse(reader, "an anchor (&name) is not read; write the value out where it is used");
    if (tag)
        return refuse(reader, "a tag (!name) is not read; remove it");
    if (++reader->values > YAML_VALUES_MAX)
        return refuse(reader, "holds too many values; split the file");
    return 0;
}

static size_t skip_digits(const char *text, size_t at)
{
    while (text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?  and whether it is an integer. */
static bool is_number(const char *text, bool *integer)
{
    size_t at = text[0] == '-' || text[0] == '+';
    size_t whole = skip_digits(text, at) - at;
    at += whole;
    *integer = text[at] == '\0';
    if (text[at] == '.') {
        size_t end = skip_digits(text, at + 1);
        if (!whole && end == at + 1)
            return false;
        at = end;
    } else if (!whole) {
        return false;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        at += text[at + 1] == '-' || text[at + 1] == '+' ? 2 : 1;
        size_t end = skip_digits(text, at);
        if (end == at)
            return false;
        at = end;
    }
    return text[at] == '\0';
}

/* 0o17 and 0xff. */
static int integer_base(const char *text)
{
    if (text[0] != '0' || (text[1] != 'o' && text[1] != 'x') || !text[2])
        return 0;
    const char *digits = text[1] == 'o' ? "01234567" : "0123456789abcdefABCDEF";
    return text[2 + strspn(text + 2, digits)] ? 0 : text[1] == 'o' ? 8 : 16;
}

static int read_integer(struct reader *reader, const char *text, int base, struct value *value)
{
    errno = 0;
    long long number = strtoll(text, NULL, base);
    if (errno)
        return refuse(reader, "an integer beyond 64 bits; quote it if it is text");
    *value = value_of_integer(number);
    return 0;
}

/* The point is the locale's for strtod; the text holds only ASCII digits, signs, one point and e. */
static int read_real(struct reader *reader, const char *text, struct value *value)
{
    char copy[64];
    size_t size = strlen(text);
    if (size >= sizeof copy)
        return refuse(reader, "a number of more than 63 digits; quote it if it is text");
    memcpy(copy, text, size + 1);
    char *point = strchr(copy, '.');
    char *end = NULL;
    double real = strtod(copy, &end);
    if (point && end == point) {
        *point = ',';
        real = strtod(copy, &end);
    }
    if (!isfinite(real) || *end)
        return refuse(reader, "a number that is too large; quote it if it is text");
    *value = value_of_real(real);
    return 0;
}

static bool is_among(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(text, *words))
            return true;
    return false;
}

static int read_plain(struct reader *reader, const char *text, struct value *value)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    static const char *const no_numbers[] = {".nan",  ".NaN",  ".NAN",  ".inf",  ".Inf",  ".INF", "-.inf",
                                             "-.Inf", "-.INF", "+.inf", "+.Inf", "+.INF", NULL};
    bool integer = false;
    if (is_among(text, nulls))
        *value = value_of_null();
    else if (is_among(text, trues) || is_among(text, falses))
        *value = value_of_bool(is_among(text, trues));
    else if (is_among(text, no_numbers))
        return refuse(reader, "infinity and not-a-number are not read; quote it if it is text");
    else if (integer_base(text))
        return read_integer(reader, text + 2, integer_base(text), value);
    else if (is_number(text, &integer))
        return integer ? read_integer(reader, text, 10, value) : read_real(reader, text, value);
    return 0;
}

static int read_scalar(struct reader *reader, struct value *value)
{
    const char *text = (const char *)reader->event.data.scalar.value;
    struct slice slice = slice_make(text, reader->event.data.scalar.length);
    if (slice_find_byte(slice, '\0') != SLICE_NOT_FOUND)
        return refuse(reader, "text with U+0000 is not read");
    *value = value_of_text((struct slice){0});
    if (reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && read_plain(reader, text, value))
        return -1;
    if (value->kind == VALUE_TEXT)
        value->text = arena_copy(&reader->document->arena, slice);
    return 0;
}

static int read_value(struct reader *reader, struct value *value);

static int read_list(struct reader *reader, struct value *list)
{
    *list = (struct value){.kind = VALUE_LIST};
    for (;;) {
        struct value item = {0};
        if (next(reader))
            return -1;
        if (reader->event.type == YAML_SEQUENCE_END_EVENT)
            return 0;
        if (read_value(reader, &item))
            return -1;
        value_add(&reader->document->arena, list, item);
    }
}

static int read_key(struct reader *reader, struct slice *key)
{
    struct value value = {0};
    if (reader->event.type != YAML_SCALAR_EVENT)
        return refuse(reader, "a key must be text");
    if (read_scalar(reader, &value))
        return -1;
    struct slice written = slice_make((const char *)reader->event.data.scalar.value, reader->event.data.scalar.length);
    if (value.kind != VALUE_TEXT && value.kind != VALUE_INTEGER)
        return error_set(reader->error, ERROR_INPUT, "%.*s:%d: a key must be text; quote \"%.*s\"",
                         SLICE_ARG(reader->document->name), event_line(reader), SLICE_ARG(written));
    *key = value.kind == VALUE_TEXT ? value.text : arena_copy(&reader->document->arena, written);
    return 0;
}

static int read_pairs(struct reader *reader, struct value *map, struct table *keys)
{
    for (;;) {
        struct slice key = {0};
        struct value item = {0};
        if (next(reader))
            return -1;
        if (reader->event.type == YAML_MAPPING_END_EVENT)
            return 0;
        if (read_key(reader, &key))
            return -1;
        if (!table_add(keys, key, 0))
            return error_set(reader->error, ERROR_INPUT, "%.*s:%d: the key \"%.*s\" is there twice; remove one",
                             SLICE_ARG(reader->document->name), event_line(reader), SLICE_ARG(key));
        if (next(reader) || read_value(reader, &item))
            return -1;
        value_set_slice(&reader->document->arena, map, key, item);
    }
}

static int read_map(struct reader *reader, struct value *map)
{
    *map = (struct value){.kind = VALUE_MAP};
    struct table *keys = table_new();
    int result = read_pairs(reader, map, keys);
    table_free(keys);
    return result;
}

static int read_value(struct reader *reader, struct value *value)
{
    int line = event_line(reader), result;
    if (reader->event.type == YAML_SCALAR_EVENT) {
        result = read_scalar(reader, value);
    } else {
        if (++reader->depth > YAML_DEPTH_MAX)
            return refuse(reader, "nested deeper than 32 levels");
        result = reader->event.type == YAML_MAPPING_START_EVENT ? read_map(reader, value) : read_list(reader, value);
        reader->depth--;
    }
    value->line = line;
    return result;
}

static int skip(struct reader *reader, int events)
{
    int result = 0;
    while (result == 0 && events-- > 0)
        result = next(reader);
    return result;
}

static int read_stream(struct reader *reader, struct value *root)
{
    if (skip(reader, 2)) /* the stream's start, then the document's or the stream's end */
        return -1;
    if (reader->event.type == YAML_STREAM_END_EVENT) {
        *root = (struct value){.kind = VALUE_NULL, .line = 1};
        return 0;
    }
    if (next(reader) || read_value(reader, root) || skip(reader, 2))
        return -1;
    if (reader->event.type != YAML_STREAM_END_EVENT)
        return refuse(reader, "a second document; a file holds one");
    return 0;
}

int yaml_load(struct slice bytes, struct slice name, struct document *document, struct error *error)
{
    if (bytes.size > YAML_SIZE_MAX)
        return error_set(error, ERROR_INPUT, "%.*s: %zu bytes, more than the limit of %d", SLICE_ARG(name), bytes.size,
                         YAML_SIZE_MAX);
    struct reader reader = {.document = document, .error = error};
    if (!yaml_parser_initialize(&reader.parser))
        return error_set(error, ERROR_ENVIRONMENT, "%.*s: no memory to decode it", SLICE_ARG(name));
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)(bytes.data ? bytes.data : ""), bytes.size);
    document_init(document, name);
    struct value *root = arena_alloc(&document->arena, sizeof *root);
    document->root = root;
    int result = read_stream(&reader, root);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    if (result)
        document_clear(document);
    return result;
}
