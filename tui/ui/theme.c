#include "assay/ui/theme.h"

#include <stdio.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/embedded.h"
#include "assay/base/file.h"

enum { THEME_FILE_MAX = 64 * 1024 };

static const char *const built_in[] = {"dark",      "light",           "high-contrast", "colour-blind",
                                       "solarized", "solarized-light", "monochrome",    "terminal"};

const char *const *theme_names(size_t *count)
{
    *count = ARRAY_COUNT(built_in);
    return built_in;
}

const char *theme_next(const char *name)
{
    size_t count, at = 0;
    const char *const *names = theme_names(&count);
    while (at < count && strcmp(names[at], name) != 0)
        at++;
    return names[at < count ? (at + 1) % count : 0];
}

/* --- the syntax of git-config(1), without continued lines -------------------------------------------------------- */

/* The value of a line: quotes taken off, a comment cut, spaces at the ends trimmed. */
static void append_value(struct str *out, struct slice raw)
{
    bool quoted = false;
    for (size_t at = 0; at < raw.size; at++) {
        char c = raw.data[at];
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && at + 1 < raw.size)
            str_push(out, raw.data[++at]);
        else if (!quoted && (c == '#' || c == ';'))
            break;
        else
            str_push(out, c == '\t' ? ' ' : c);
    }
    str_truncate(out, slice_trim(str_slice(out)).size);
}

static void set_text(char *out, size_t size, struct slice text)
{
    snprintf(out, size, "%.*s", SLICE_ARG(text));
}

static int set_role(struct theme *theme, bool seen[ROLE_COUNT], struct slice name, struct slice value,
                    struct error *error)
{
    enum role role;
    if (!role_find(name, &role))
        return error_set(error, ERROR_INPUT, "there is no role '%.*s'; the manual page lists them", SLICE_ARG(name));
    seen[role] = true;
    return style_parse(value, &theme->styles[role], error);
}

static int parse_line(struct theme *theme, bool seen[ROLE_COUNT], struct slice *section, struct slice line,
                      struct error *error)
{
    if (line.size == 0 || line.data[0] == '#' || line.data[0] == ';')
        return 0;
    size_t end = slice_find_byte(line, ']');
    if (line.data[0] == '[' && end != SLICE_NOT_FOUND) {
        *section = slice_trim(slice_part(line, 1, end - 1));
        return 0;
    }
    size_t equals = slice_find_byte(line, '=');
    if (equals == SLICE_NOT_FOUND)
        return error_set(error, ERROR_INPUT, "'%.*s' is neither [section] nor name = value", SLICE_ARG(line));
    struct slice name = slice_trim(slice_part(line, 0, equals));
    struct str value = STR_INIT;
    append_value(&value, slice_trim(slice_from(line, equals + 1)));
    int result = 0;
    if (slice_is(*section, "role"))
        result = set_role(theme, seen, name, str_slice(&value), error);
    else if (slice_is(*section, "theme") && slice_is(name, "title"))
        set_text(theme->title, sizeof theme->title, str_slice(&value));
    str_clear(&value);
    return result;
}

/* A role that was left out looks like its parent; `normal` is the colour of ROLE_TEXT, so that a theme which brings a
 * background of its own covers the whole screen. Parents stand before their children or are resolved by the second
 * round. */
static void complete(struct theme *theme, const bool seen[ROLE_COUNT])
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        enum role from = (enum role)role;
        while (!seen[from] && from != ROLE_TEXT)
            from = role_parent(from);
        theme->styles[role] = theme->styles[from];
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct style *style = &theme->styles[role];
        if (style->foreground.kind == COLOUR_NORMAL)
            style->foreground = theme->styles[ROLE_TEXT].foreground;
        if (style->background.kind == COLOUR_NORMAL)
            style->background = theme->styles[ROLE_TEXT].background;
    }
}

int theme_parse(struct theme *theme, struct slice text, const char *where, struct error *error)
{
    struct theme found = {0};
    bool seen[ROLE_COUNT] = {false};
    struct slice rest = text, line, section = {0};
    for (int number = 1; slice_cut_line(&rest, &line); number++) {
        if (parse_line(&found, seen, &section, slice_trim(line), error) != 0)
            return error_prefix(error, "%s:%d", where, number);
    }
    complete(&found, seen);
    const char *slash = strrchr(where, '/');
    struct slice name = slice_of(slash != NULL ? slash + 1 : where);
    if (slice_ends_with(name, SLICE(".theme")))
        name.size -= 6;
    set_text(found.name, sizeof found.name, name);
    *theme = found;
    return 0;
}

static int load_file(struct theme *theme, const char *path, struct error *error)
{
    struct str text = STR_INIT;
    int result = file_read(path, THEME_FILE_MAX, &text, error);
    if (result == 0)
        result = theme_parse(theme, str_slice(&text), path, error);
    str_clear(&text);
    return result;
}

int theme_load(struct theme *theme, const char *name, struct error *error)
{
    if (strchr(name, '/') != NULL)
        return load_file(theme, name, error);
    char path[64];
    struct slice text;
    snprintf(path, sizeof path, "themes/%.40s.theme", name);
    if (!embedded_find(path, &text))
        return error_set(error, ERROR_USAGE,
                         "there is no theme '%.100s': assay.theme is dark, light, high-contrast, colour-blind, "
                         "solarized, solarized-light, monochrome, terminal, or the path of a file",
                         name);
    return theme_parse(theme, text, path, error);
}

/* --- use --------------------------------------------------------------------------------------------------------- */

void theme_reduce(struct theme *theme, enum colours colours)
{
    struct theme plain;
    struct error error = ERROR_INIT;
    if (colours == COLOURS_NONE && theme_load(&plain, "monochrome", &error) == 0)
        memcpy(theme->styles, plain.styles, sizeof plain.styles);
    for (int role = 0; role < ROLE_COUNT; role++)
        style_reduce(&theme->styles[role], colours);
    struct style *selected = &theme->styles[ROLE_SELECTED];
    if (colours <= COLOURS_16) {
        selected->background = theme->styles[ROLE_TEXT].background;
        selected->foreground = theme->styles[ROLE_TEXT].foreground;
        selected->attributes |= STYLE_REVERSE;
    }
}

static const struct {
    unsigned pen;
    uint8_t attribute;
} pens[] = {
    {PEN_BOLD, STYLE_BOLD},     {PEN_ITALIC, STYLE_ITALIC},   {PEN_UNDERLINE, STYLE_UNDERLINE},
    {PEN_STRIKE, STYLE_STRIKE}, {PEN_REVERSE, STYLE_REVERSE},
};

struct style theme_style(const struct theme *theme, enum role role, unsigned attributes)
{
    struct style style = theme->styles[role];
    const struct style *selected = &theme->styles[ROLE_SELECTED], *text = &theme->styles[ROLE_TEXT];
    for (size_t at = 0; at < ARRAY_COUNT(pens); at++) {
        if ((attributes & pens[at].pen) != 0)
            style.attributes |= pens[at].attribute;
    }
    if ((attributes & PEN_SELECTED) == 0)
        return style;
    if (style_equal_colour(style.foreground, text->foreground))
        style.foreground = selected->foreground;
    style.background = selected->background;
    style.attributes |= selected->attributes;
    return style;
}
