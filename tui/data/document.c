#include "assay/data/document.h"

#include <stdio.h>
#include <string.h>

void document_init(struct document *document, struct slice name)
{
    *document = (struct document){0};
    arena_init(&document->arena);
    document->name = arena_copy(&document->arena, name);
}

void document_clear(struct document *document)
{
    arena_clear(&document->arena);
    *document = (struct document){0};
}

/* Counts the values before `target` in preorder into *ordinal. */
static bool find_ordinal(const struct value *value, const struct value *target, size_t *ordinal)
{
    if (value == target)
        return true;
    *ordinal += 1;
    for (size_t i = 0; i < value_count(value); i++) {
        const struct value *child = value->kind == VALUE_MAP ? &value->map.pairs[i].value : &value->list.items[i];
        if (find_ordinal(child, target, ordinal))
            return true;
    }
    return false;
}

static size_t skip_text(struct slice source, size_t at)
{
    for (at++; at < source.size && source.data[at] != '"'; at++)
        at += source.data[at] == '\\';
    return at + 1;
}

static size_t skip_while(struct slice source, size_t at, const char *bytes, bool among)
{
    while (at < source.size && (memchr(bytes, source.data[at], strlen(bytes)) != NULL) == among)
        at++;
    return at;
}

/* The source is JSON that was decoded before, so a text with a colon behind it is a key and all else that starts here
 * is a value; values start in the same preorder in which the tree holds them. */
static int line_of_ordinal(struct slice source, size_t ordinal)
{
    int line = 1;
    size_t at = 0;
    while (at < source.size) {
        size_t start = at;
        char byte = source.data[at++];
        if (byte == '\n')
            line++;
        if (strchr(" \t\r\n,:]}", byte))
            continue;
        if (byte == '"') {
            at = skip_text(source, start);
            size_t next = skip_while(source, at, " \t\r\n", true);
            if (next < source.size && source.data[next] == ':')
                continue;
        } else if (byte != '[' && byte != '{') {
            at = skip_while(source, at, " \t\r\n,]}", false);
        }
        if (ordinal-- == 0)
            return line;
    }
    return 0;
}

int document_line(const struct document *document, const struct value *value)
{
    if (!value)
        return 0;
    size_t ordinal = 0;
    if (value->line || !document->source.size || !document->root || !find_ordinal(document->root, value, &ordinal))
        return value->line;
    return line_of_ordinal(document->source, ordinal);
}

int document_error(const struct document *document, const struct value *value, struct error *error, const char *format,
                   ...)
{
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    int line = document_line(document, value);
    if (line)
        return error_set(error, ERROR_INPUT, "%.*s:%d: %s", SLICE_ARG(document->name), line, text);
    return error_set(error, ERROR_INPUT, "%.*s: %s", SLICE_ARG(document->name), text);
}
