#include "assay/data/json_encode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/memory.h"

struct writer {
    struct str *out;
    bool sorted, indented, guarded; /* guarded: escape what a terminal would obey */
    size_t level;
};

/* Size of the well-formed UTF-8 sequence at the front (Unicode 15, table 3-7), 0 when there is none. */
static size_t sequence(struct slice s, uint32_t *code)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, size;
    } table[] = {
        {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    const unsigned char *bytes = (const unsigned char *)s.data;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t size = table[i].size;
        if (bytes[0] < table[i].first_low || bytes[0] > table[i].first_high || size > s.size)
            continue;
        if (size > 1 && (bytes[1] < table[i].second_low || bytes[1] > table[i].second_high))
            continue;
        *code = size == 1 ? bytes[0] : bytes[0] & (0x7fU >> size);
        for (size_t at = 1; at < size; at++) {
            if ((bytes[at] & 0xc0) != 0x80)
                return 0;
            *code = *code << 6 | (bytes[at] & 0x3f);
        }
        return size;
    }
    return 0;
}

/* C1 controls, and format characters that hide or reorder what is read. */
static bool is_guarded(uint32_t code)
{
    static const uint32_t ranges[][2] = {{0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},   {0x180e, 0x180e},
                                         {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f}, {0xfeff, 0xfeff},
                                         {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return false;
}

static void write_escape(struct str *out, uint32_t code)
{
    static const char letters[] = "\"\"\\\\\bb\tt\nn\ff\rr";
    for (size_t i = 0; i < sizeof letters - 1; i += 2)
        if (code == (unsigned char)letters[i]) {
            str_push(out, '\\');
            str_push(out, letters[i + 1]);
            return;
        }
    if (code > 0xffff)
        str_appendf(out, "\\u%04X\\u%04X", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    else
        str_appendf(out, "\\u%04X", code);
}

static void write_text(struct writer *writer, struct slice text)
{
    size_t plain = 0, at = 0; /* plain: start of what is appended as it is */
    str_push(writer->out, '"');
    while (at < text.size) {
        unsigned char byte = (unsigned char)text.data[at];
        if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') {
            at++;
            continue;
        }
        uint32_t code = byte;
        size_t size = byte < 0x80 ? 1 : sequence(slice_from(text, at), &code);
        bool keep = size && code >= 0x20 && code != '"' && code != '\\' &&
                    !(writer->guarded && code > 0x7e && is_guarded(code));
        if (!keep) {
            str_append(writer->out, slice_part(text, plain, at - plain));
            if (size)
                write_escape(writer->out, code);
            else
                str_append(writer->out, SLICE("\xef\xbf\xbd"));
            plain = at + (size ? size : 1);
        }
        at += size ? size : 1;
    }
    str_append(writer->out, slice_from(text, plain));
    str_push(writer->out, '"');
}

static void write_integer(struct str *out, int64_t integer)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (integer < 0)
        str_push(out, '-');
    str_append(out, slice_make(digits + at, sizeof digits - at));
}

/* The digits of the shortest scientific form that reads back the same, without point or sign; returns the exponent of
 * the first. Digits are taken apart so that a locale's decimal comma cannot matter. */
static int shortest(double real, char digits[20])
{
    char text[40];
    int precision = 0;
    do
        snprintf(text, sizeof text, "%.*e", precision, real);
    while (precision++ < 16 && (strtod(text, NULL) < real || strtod(text, NULL) > real));
    size_t count = 0;
    char *at = text;
    for (; *at && *at != 'e'; at++)
        if (*at >= '0' && *at <= '9')
            digits[count++] = *at;
    digits[count] = '\0';
    return *at ? (int)strtol(at + 1, NULL, 10) : 0;
}

static void write_real(struct str *out, double real)
{
    char digits[20];
    if (signbit(real))
        str_push(out, '-');
    int exponent = shortest(fabs(real), digits);
    size_t count = strlen(digits);
    if (exponent < -4 || exponent >= 16) {
        str_push(out, digits[0]);
        if (count > 1)
            str_push(out, '.');
        str_append_text(out, digits + 1);
        str_appendf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        return;
    }
    if (exponent < 0) {
        str_append_text(out, "0.");
        str_append_repeat(out, '0', (size_t)(-exponent - 1));
        str_append_text(out, digits);
        return;
    }
    size_t whole = (size_t)exponent + 1;
    str_append(out, slice_part(slice_of(digits), 0, whole));
    str_append_repeat(out, '0', whole > count ? whole - count : 0);
    str_push(out, '.');
    str_append_text(out, count > whole ? digits + whole : "0");
}

static void write_break(struct writer *writer, size_t level)
{
    if (!writer->indented)
        return;
    str_push(writer->out, '\n');
    str_append_repeat(writer->out, ' ', 2 * level);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct value_pair *const *x = a, *const *y = b;
    return slice_compare((*x)->key, (*y)->key);
}

static bool is_ordered(const struct value *map)
{
    for (size_t i = 1; i < map->map.count; i++)
        if (slice_compare(map->map.pairs[i - 1].key, map->map.pairs[i].key) > 0)
            return false;
    return true;
}

static void write_value(struct writer *writer, const struct value *value);

static void write_pair(struct writer *writer, const struct value_pair *pair, bool first)
{
    if (!first)
        str_push(writer->out, ',');
    write_break(writer, writer->level);
    write_text(writer, pair->key);
    str_append(writer->out, writer->indented ? SLICE(": ") : SLICE(":"));
    write_value(writer, &pair->value);
}

static void write_sorted(struct writer *writer, const struct value *map)
{
    enum { FEW = 32 };
    const struct value_pair *few[FEW];
    const struct value_pair **pairs = map->map.count <= FEW ? few : memory_new_array(map->map.count, sizeof *pairs);
    for (size_t i = 0; i < map->map.count; i++)
        pairs[i] = &map->map.pairs[i];
    qsort(pairs, map->map.count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < map->map.count; i++)
        write_pair(writer, pairs[i], i == 0);
    if (pairs != few)
        memory_free(pairs);
}

static void write_map(struct writer *writer, const struct value *map)
{
    str_push(writer->out, '{');
    writer->level++;
    if (writer->sorted && !is_ordered(map))
        write_sorted(writer, map);
    else
        for (size_t i = 0; i < map->map.count; i++)
            write_pair(writer, &map->map.pairs[i], i == 0);
    writer->level--;
    if (map->map.count)
        write_break(writer, writer->level);
    str_push(writer->out, '}');
}

static void write_list(struct writer *writer, const struct value *list)
{
    str_push(writer->out, '[');
    writer->level++;
    for (size_t i = 0; i < list->list.count; i++) {
        if (i)
            str_push(writer->out, ',');
        write_break(writer, writer->level);
        write_value(writer, &list->list.items[i]);
    }
    writer->level--;
    if (list->list.count)
        write_break(writer, writer->level);
    str_push(writer->out, ']');
}

static void write_value(struct writer *writer, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        str_append_text(writer->out, "null");
        break;
    case VALUE_BOOL:
        str_append_text(writer->out, value->boolean ? "true" : "false");
        break;
    case VALUE_INTEGER:
        write_integer(writer->out, value->integer);
        break;
    case VALUE_REAL:
        write_real(writer->out, value->real);
        break;
    case VALUE_TEXT:
        write_text(writer, value->text);
        break;
    case VALUE_LIST:
        write_list(writer, value);
        break;
    case VALUE_MAP:
        write_map(writer, value);
        break;
    }
}

void json_encode(const struct value *value, enum json_style style, struct str *out)
{
    struct writer writer = {.out = out,
                            .sorted = style != JSON_OUTPUT,
                            .indented = style != JSON_CANONICAL,
                            .guarded = style == JSON_OUTPUT};
    write_value(&writer, value);
    if (writer.indented)
        str_push(out, '\n');
}
