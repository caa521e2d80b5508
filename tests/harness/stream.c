#include "harness/stream.h"

#include <stdio.h>

#include "assay/base/array.h"
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

/* ---- what the console sends ---- */

/* Whole, as ui/term.c writes them to an xterm-256color with direct colours; # is a number. */
static const char *const alone[] = {
    "\033[?1049h\033[22;0;0t",                      /* smcup */
    "\033[?1049l\033[23;0;0t",                      /* rmcup */
    "\033[?7l",                                     /* rmam */
    "\033[?7h",                                     /* smam */
    "\033[H\033[2J",                                /* clear; neither half by itself */
    "\033[?12l\033[?25h",                           /* cnorm */
    "\033[?12;25h",                                 /* the same in older databases */
    "\033[?2004h",                                  /* pastes are told apart */
    "\033[?1002h\033[?1006h",                       /* the mouse */
    "\033[?1002l\033[?1006l",                       /* … and given back */
    "\033[?2026l\033[?1002l\033[?1006l\033[?2004l", /* all is given back */
    "\033[?2026h\033[?25l",                         /* a frame begins */
    "\033[?2026l",                                  /* … and ends */
    "\033[#;#H",                                    /* cup */
};

/* A style begins with sgr0; each of these follows once at most, in this order, and never by itself. */
static const char sgr0[] = "\033(B\033[m";
static const char *const pens[][5] = {
    {"\033[1m"},
    {"\033[2m"},
    {"\033[3m"},
    {"\033[4m"},
    {"\033[7m"},
    {"\033[9m"},
    {"\033[38;2;#;#;#m", "\033[38;5;#m", "\033[3#m", "\033[9#m"},
    {"\033[48;2;#;#;#m", "\033[48;5;#m", "\033[4#m", "\033[10#m"},
};

static size_t number_size(struct slice bytes)
{
    enum { DIGITS_MAX = 4 };
    size_t size = 0;
    while (size < bytes.size && size < DIGITS_MAX && bytes.data[size] >= '0' && bytes.data[size] <= '9')
        size++;
    return size;
}

/* How many bytes there are in this form; 0: they begin otherwise. */
static size_t match(struct slice bytes, const char *form)
{
    size_t at = 0;
    for (; *form; form++) {
        const size_t size =
            *form == '#' ? number_size(slice_from(bytes, at)) : (size_t)(at < bytes.size && bytes.data[at] == *form);
        if (size == 0)
            return 0;
        at += size;
    }
    return at;
}

static size_t pen_size(struct slice bytes, const char *const forms[5])
{
    size_t size = 0;
    for (; *forms && size == 0; forms++)
        size = match(bytes, *forms);
    return size;
}

static size_t style_size(struct slice bytes)
{
    size_t size = match(bytes, sgr0);
    for (size_t i = 0; size > 0 && i < ARRAY_COUNT(pens); i++)
        size += pen_size(slice_from(bytes, size), pens[i]);
    return size;
}

/* 0: a sequence that is not assay's. */
static size_t own_size(struct slice bytes)
{
    size_t size = style_size(bytes);
    for (size_t i = 0; i < ARRAY_COUNT(alone) && size == 0; i++)
        size = match(bytes, alone[i]);
    return size;
}

size_t stream_find_foreign(struct slice bytes)
{
    size_t at = 0, size;
    while (at < bytes.size && (bytes.data[at] != '\033' || (size = own_size(slice_from(bytes, at))) > 0))
        at += bytes.data[at] == '\033' ? size : 1;
    return at < bytes.size ? at : SLICE_NOT_FOUND;
}

void stream_expect_own(struct slice bytes, const char *what)
{
    const size_t foreign = stream_find_foreign(bytes);
    if (foreign != SLICE_NOT_FOUND)
        fail_at(bytes, foreign, what, "a sequence that is not assay's");
    for (size_t at = 0; at < bytes.size;) {
        if (bytes.data[at] == '\n')
            fail_at(bytes, at, what, "a line end");
        at += bytes.data[at] == '\033' ? own_size(slice_from(bytes, at)) : check_character(bytes, at, what);
    }
}
