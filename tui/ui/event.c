#include "assay/ui/event.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/text/utf8.h"

static const struct {
    const char *name;
    uint32_t code;
} names[] = {
    {"Enter", KEY_CODE_ENTER},
    {"Esc", KEY_CODE_ESCAPE},
    {"Tab", KEY_CODE_TAB},
    {"Space", ' '},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Delete", KEY_CODE_DELETE},
    {"Insert", KEY_CODE_INSERT},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"PgUp", KEY_CODE_PAGE_UP},
    {"PgDn", KEY_CODE_PAGE_DOWN},
    {"F1", KEY_CODE_F1},
    {"F2", KEY_CODE_F1 + 1},
    {"F3", KEY_CODE_F1 + 2},
    {"F4", KEY_CODE_F1 + 3},
    {"F5", KEY_CODE_F1 + 4},
    {"F6", KEY_CODE_F1 + 5},
    {"F7", KEY_CODE_F1 + 6},
    {"F8", KEY_CODE_F1 + 7},
    {"F9", KEY_CODE_F1 + 8},
    {"F10", KEY_CODE_F1 + 9},
    {"F11", KEY_CODE_F1 + 10},
    {"F12", KEY_CODE_F12},
};

static const struct {
    struct slice prefix;
    uint32_t modifier;
} prefixes[] = {
    {{"Ctrl-", 5}, KEY_CTRL},
    {{"Alt-", 4}, KEY_ALT},
    {{"Shift-", 6}, KEY_SHIFT},
};

static bool find_code(struct slice name, uint32_t *code)
{
    for (size_t at = 0; at < ARRAY_COUNT(names); at++) {
        if (slice_is(name, names[at].name)) {
            *code = names[at].code;
            return true;
        }
    }
    bool valid;
    return utf8_decode(name, code, &valid) == name.size && name.size > 0 && valid && *code > ' ' && *code != 0x7f;
}

static uint32_t take_modifiers(struct slice *name)
{
    uint32_t modifiers = 0;
    for (size_t at = 0; at < ARRAY_COUNT(prefixes);) {
        if (name->size > prefixes[at].prefix.size && slice_starts_with(*name, prefixes[at].prefix)) {
            modifiers |= prefixes[at].modifier;
            *name = slice_from(*name, prefixes[at].prefix.size);
            at = 0;
        } else {
            at++;
        }
    }
    return modifiers;
}

int event_parse_key(struct slice name, struct key *key, struct error *error)
{
    struct slice rest = name;
    struct key found = {.modifiers = take_modifiers(&rest)};
    if (!find_code(rest, &found.code))
        return error_set(error, ERROR_USAGE,
                         "'%.*s' is not a key: write one character, or Enter, Esc, Tab, Space, Backspace, Delete, Up, "
                         "Down, Left, Right, Home, End, PgUp, PgDn, F1 to F12, with Ctrl-, Alt- or Shift- before it",
                         SLICE_ARG(name));
    if (found.code < KEY_CODE_FIRST && (found.modifiers & KEY_SHIFT) != 0)
        return error_set(error, ERROR_USAGE, "'%.*s' is not a key: write the character that Shift gives instead",
                         SLICE_ARG(name));
    if ((found.modifiers & KEY_CTRL) != 0 && found.code >= 'A' && found.code <= 'Z')
        found.code += 'a' - 'A';
    *key = found;
    return 0;
}

void event_format_key(struct key key, struct str *out)
{
    for (size_t at = 0; at < ARRAY_COUNT(prefixes); at++) {
        if ((key.modifiers & prefixes[at].modifier) != 0)
            str_append(out, prefixes[at].prefix);
    }
    for (size_t at = 0; at < ARRAY_COUNT(names); at++) {
        if (names[at].code == key.code) {
            str_append_text(out, names[at].name);
            return;
        }
    }
    utf8_append(out, key.code);
}

bool event_equal_key(struct key a, struct key b)
{
    return a.code == b.code && a.modifiers == b.modifiers;
}

struct event event_of_key(struct key key)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    if (key.code < KEY_CODE_FIRST && key.modifiers == 0)
        utf8_encode(key.code, event.text);
    return event;
}
