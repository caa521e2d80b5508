#include "assay/commands/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/memory.h"
#include "assay/data/json_encode.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

static void write_to(FILE *stream, struct slice bytes)
{
    /* A failed write is kept in the stream and reported once, by print_finish. */
    (void)!fwrite(bytes.data ? bytes.data : "", 1, bytes.size, stream);
}

static void format_to(struct str *out, const char *format, va_list arguments)
{
    char *text = NULL;
    int size = vasprintf(&text, format, arguments);
    if (size >= 0)
        str_append(out, slice_make(text, (size_t)size));
    free(text);
}

void print_text(const char *format, ...)
{
    struct str raw = STR_INIT, safe = STR_INIT;
    va_list arguments;
    va_start(arguments, format);
    format_to(&raw, format, arguments);
    va_end(arguments);
    sanitise_append(&safe, str_slice(&raw), SANITISE_TEXT);
    write_to(stdout, str_slice(&safe));
    str_clear(&safe);
    str_clear(&raw);
}

static size_t count_trailing(struct slice text, char c)
{
    size_t count = 0;
    while (count < text.size && text.data[text.size - 1 - count] == c)
        count++;
    return count;
}

void print_line(const char *format, ...)
{
    struct str raw = STR_INIT, safe = STR_INIT;
    size_t before = strspn(format, "\n"), after = count_trailing(slice_of(format + before), '\n');
    va_list arguments;
    va_start(arguments, format);
    format_to(&raw, format, arguments);
    va_end(arguments);
    str_append_repeat(&safe, '\n', before);
    sanitise_append(&safe, slice_part(str_slice(&raw), before, raw.size - before - after), SANITISE_LINE);
    str_append_repeat(&safe, '\n', after);
    write_to(stdout, str_slice(&safe));
    str_clear(&safe);
    str_clear(&raw);
}

void print_cell(struct slice untrusted, int columns)
{
    struct str safe = STR_INIT;
    sanitise_append(&safe, untrusted, SANITISE_LINE);
    size_t width = (size_t)(columns < 0 ? -columns : columns), used = utf8_columns(str_slice(&safe));
    if (width && used > width) {
        struct slice part = utf8_cut(str_slice(&safe), width - 1, &used);
        str_truncate(&safe, part.size);
        str_append_text(&safe, "…");
        used++;
    }
    size_t padding = used < width ? width - used : 0;
    if (columns < 0)
        for (size_t i = 0; i < padding; i++)
            str_insert(&safe, 0, SLICE(" "));
    else
        str_append_repeat(&safe, ' ', padding);
    write_to(stdout, str_slice(&safe));
    str_clear(&safe);
}

static bool has_json;

void print_json(const struct value *value)
{
    has_json = true;
    struct str out = STR_INIT;
    json_encode(value, JSON_OUTPUT, &out);
    write_to(stdout, str_slice(&out));
    str_clear(&out);
}

bool print_has_json(void)
{
    return has_json;
}

void print_note(const char *format, ...)
{
    struct str raw = STR_INIT, safe = STR_INIT;
    va_list arguments;
    va_start(arguments, format);
    format_to(&raw, format, arguments);
    va_end(arguments);
    str_append_text(&safe, "assay: ");
    struct slice rest = slice_trim(str_slice(&raw)), line;
    for (bool first = true; slice_cut_line(&rest, &line); first = false) {
        str_append_text(&safe, first ? "" : "  ");
        sanitise_append(&safe, line, SANITISE_LINE);
        str_push(&safe, '\n');
    }
    fflush(stdout);
    write_to(stderr, str_slice(&safe));
    str_clear(&safe);
    str_clear(&raw);
}

int print_finish(struct error *error)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        int number = errno;
        clearerr(stdout);
        return error_set_system(error, ERROR_ENVIRONMENT, number,
                                "The results could not be written to standard output");
    }
    return 0;
}
