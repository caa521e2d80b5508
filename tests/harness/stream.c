#include "harness/stream.h"

#include <stdio.h>

#include "assay/text/utf8.h"
#include "harness/test.h"

enum { CONTEXT = 60 };

static void fail_at(struct slice bytes, size_t at, const char *what, const char *why)
{
    char shown[4 * 2 * CONTEXT + 1];
    size_t used = 0;
    size_t begin = at > CONTEXT ? at - CONTEXT : 0, end = at + CONTEXT < bytes.size ? at + CONTEXT : bytes.size;
    for (size_t i = begin; i < end; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        used += (size_t)snprintf(shown + used, sizeof shown - used, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
    }
    fail_msg("%s: %s at byte %zu: %s", what, why, at, shown);
}

static bool is_hidden(uint32_t c)
{
    return (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x061C || c == 0x200B || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || c == 0xFEFF ||
           (c >= 0xE0000 && c <= 0xE001F);
}

static size_t check_character(struct slice bytes, size_t at, const char *what)
{
    uint32_t c;
    size_t size = utf8_decode(slice_from(bytes, at), &c, NULL);
    if (c < 0x20 && c != '\n')
        fail_at(bytes, at, what, "a control character");
    if (is_hidden(c))
        fail_at(bytes, at, what, "a hidden or obeyed character");
    return size;
}

void stream_expect_plain(struct slice bytes, const char *what)
{
    if (!utf8_valid(bytes))
        fail_msg("%s: not UTF-8", what);
    for (size_t at = 0; at < bytes.size;)
        at += check_character(bytes, at, what);
}

/* The length of a sequence of assay's own at `at`, an ESC. */
static size_t own_sequence(struct slice bytes, size_t at, const char *what)
{
    size_t end = at + 2;
    char kind = at + 1 < bytes.size ? bytes.data[at + 1] : '\0';
    if (kind == '(' || kind == ')')
        return 3;
    if (kind != '[' && kind != '=' && kind != '>' && kind != '7' && kind != '8' && kind != 'M')
        fail_at(bytes, at, what, "a sequence that is not assay's");
    if (kind != '[')
        return 2;
    while (end < bytes.size && bytes.data[end] >= 0x20 && bytes.data[end] < 0x40)
        end++;
    if (slice_find(slice_part(bytes, at, end - at), SLICE("7777")) != SLICE_NOT_FOUND)
        fail_at(bytes, at, what, "a sequence of the content");
    return end + 1 - at;
}

void stream_expect_own(struct slice bytes, const char *what)
{
    for (size_t at = 0; at < bytes.size;) {
        char c = bytes.data[at];
        if (c == '\x1b')
            at += own_sequence(bytes, at, what);
        else if (c == '\r' || c == '\b' || c == '\t' || c == '\x0e' || c == '\x0f')
            at++;
        else
            at += check_character(bytes, at, what);
    }
}
