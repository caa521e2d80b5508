#include "assay/base/error.h"

#include <stdio.h>
#include <string.h>

/* The length of text without an incomplete UTF-8 sequence at its end (RFC 3629: a lead byte says how many follow). */
static size_t whole_sequences(const char *text, size_t size)
{
    size_t at = size;
    while (at > 0 && size - at < 4) {
        unsigned char byte = (unsigned char)text[--at];
        if ((byte & 0xc0) == 0x80)
            continue;
        size_t need = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        return size - at < need ? at : size;
    }
    return size;
}

/* Formats into out at `at`; returns the new length. */
static size_t put(char out[ERROR_TEXT_MAX], size_t at, const char *format, va_list arguments)
{
    int wanted = vsnprintf(out + at, ERROR_TEXT_MAX - at, format, arguments);
    if (wanted < 0) {
        out[at] = '\0';
        return at;
    }
    if ((size_t)wanted < ERROR_TEXT_MAX - at)
        return at + (size_t)wanted;
    size_t end = whole_sequences(out, ERROR_TEXT_MAX - 1);
    out[end] = '\0';
    return end;
}

static size_t putf(char out[ERROR_TEXT_MAX], size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static size_t putf(char out[ERROR_TEXT_MAX], size_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t end = put(out, at, format, arguments);
    va_end(arguments);
    return end;
}

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    if (!error || error_is_set(error))
        return -1;
    va_list arguments;
    va_start(arguments, format);
    put(error->text, 0, format, arguments);
    va_end(arguments);
    error->kind = kind;
    return -1;
}

int error_set_system(struct error *error, enum error_kind kind, int number, const char *format, ...)
{
    if (!error || error_is_set(error))
        return -1;
    va_list arguments;
    va_start(arguments, format);
    size_t end = put(error->text, 0, format, arguments);
    va_end(arguments);
    char reason[128] = "";
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
    const char *words = strerror_r(number, reason, sizeof reason);
#else
    const char *words = strerror_r(number, reason, sizeof reason) == 0 ? reason : "unknown error";
#endif
    putf(error->text, end, ": %s", words);
    error->kind = kind;
    return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
    if (!error || !error_is_set(error))
        return -1;
    char old[ERROR_TEXT_MAX];
    memcpy(old, error->text, sizeof old);
    va_list arguments;
    va_start(arguments, format);
    size_t end = put(error->text, 0, format, arguments);
    va_end(arguments);
    putf(error->text, end, ": %s", old);
    return -1;
}

bool error_is_set(const struct error *error)
{
    return error->kind != ERROR_NONE;
}

void error_clear(struct error *error)
{
    *error = ERROR_INIT;
}
