#include "assay/base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "assay/base/memory.h"

char str_empty[1] = "";

enum { SMALLEST = 32 };

void str_init(struct str *s)
{
    *s = STR_INIT;
}

void str_clear(struct str *s)
{
    if (s->capacity)
        memory_free(s->data);
    str_init(s);
}

void str_reset(struct str *s)
{
    str_truncate(s, 0);
}

static bool has_room(const struct str *s, size_t more)
{
    return more < s->capacity && s->size < s->capacity - more;
}

void str_reserve(struct str *s, size_t more)
{
    if (has_room(s, more))
        return;
    size_t need = more < SIZE_MAX - s->size ? s->size + more + 1 : SIZE_MAX;
    size_t grown = s->capacity < SIZE_MAX / 2 ? s->capacity + s->capacity / 2 : SIZE_MAX;
    size_t capacity = need > grown ? need : grown;
    if (capacity < SMALLEST)
        capacity = SMALLEST;
    s->data = memory_resize(s->capacity ? s->data : NULL, capacity, 1);
    s->data[s->size] = '\0';
    s->capacity = capacity;
}

void str_push(struct str *s, char byte)
{
    if (!has_room(s, 1))
        str_reserve(s, 1);
    s->data[s->size++] = byte;
    s->data[s->size] = '\0';
}

/* Where there is room nothing moves, and a part of s itself may be copied like any other. */
void str_append(struct str *s, struct slice part)
{
    if (part.size == 0 || !has_room(s, part.size)) {
        str_insert(s, s->size, part);
        return;
    }
    memcpy(s->data + s->size, part.data, part.size);
    s->size += part.size;
    s->data[s->size] = '\0';
}

void str_append_text(struct str *s, const char *text)
{
    str_append(s, slice_of(text));
}

void str_append_quoted(struct str *s, struct slice part)
{
    str_push(s, '\'');
    for (size_t i = 0; i < part.size; i++) {
        if (part.data[i] == '\'')
            str_append_text(s, "'\\''");
        else
            str_push(s, part.data[i]);
    }
    str_push(s, '\'');
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
           c == '_' || c == '.' || c == ':' || c == '+';
}

void str_append_argument(struct str *s, struct slice part)
{
    bool plain = part.size > 0 && part.data[0] != '-';
    for (size_t i = 0; plain && i < part.size; i++)
        plain = is_plain(part.data[i]);
    if (plain)
        str_append(s, part);
    else
        str_append_quoted(s, part);
}

void str_append_repeat(struct str *s, char byte, size_t count)
{
    if (count == 0)
        return;
    str_reserve(s, count);
    memset(s->data + s->size, byte, count);
    s->size += count;
    s->data[s->size] = '\0';
}

void str_appendf(struct str *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int wanted = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (wanted > 0) {
        str_reserve(s, (size_t)wanted);
        vsnprintf(s->data + s->size, (size_t)wanted + 1, format, again);
        s->size += (size_t)wanted;
    }
    va_end(again);
}

/* A part of s itself may be inserted into s: what lies behind the gap is found where it moved to. */
void str_insert(struct str *s, size_t at, struct slice part)
{
    if (part.size == 0)
        return;
    if (at > s->size)
        at = s->size;
    uintptr_t start = (uintptr_t)s->data;
    uintptr_t from = (uintptr_t)part.data;
    bool own = s->capacity && from >= start && from < start + s->size;
    size_t offset = own ? (size_t)(from - start) : 0;
    str_reserve(s, part.size);
    memmove(s->data + at + part.size, s->data + at, s->size - at);
    if (!own) {
        memcpy(s->data + at, part.data, part.size);
    } else {
        size_t before = offset >= at ? 0 : at - offset < part.size ? at - offset : part.size;
        memmove(s->data + at, s->data + offset, before);
        memmove(s->data + at + before, s->data + offset + before + part.size, part.size - before);
    }
    s->size += part.size;
    s->data[s->size] = '\0';
}

void str_remove(struct str *s, size_t at, size_t size)
{
    if (at >= s->size || size == 0)
        return;
    if (size > s->size - at)
        size = s->size - at;
    memmove(s->data + at, s->data + at + size, s->size - at - size + 1);
    s->size -= size;
}

void str_truncate(struct str *s, size_t size)
{
    if (size >= s->size)
        return;
    s->size = size;
    s->data[size] = '\0';
}

struct slice str_slice(const struct str *s)
{
    return slice_make(s->data, s->size);
}

char *str_take(struct str *s)
{
    str_reserve(s, 0);
    char *data = s->data;
    str_init(s);
    return data;
}
