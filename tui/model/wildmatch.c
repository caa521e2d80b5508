#include "assay/model/wildmatch.h"

#include <string.h>

enum { STEPS_MAX = 1 << 20 };

/* The work that is left: a pattern of many stars must not keep a gate busy for ever. Paths are the branch's choice and
 * a match asks for more sign-offs, so a search that is given up counts as a match. */
struct search {
    size_t steps;
};

static bool match(struct search *search, struct slice pattern, struct slice path);

/* [:alpha:] and its siblings, in ASCII. */
static bool class_holds(struct slice name, unsigned char byte)
{
    bool upper = byte >= 'A' && byte <= 'Z', lower = byte >= 'a' && byte <= 'z', digit = byte >= '0' && byte <= '9';
    bool graph = byte > 0x20 && byte < 0x7f, letter = upper || lower;
    const struct {
        const char *name;
        bool holds;
    } classes[] = {{"alpha", letter},
                   {"digit", digit},
                   {"alnum", letter || digit},
                   {"upper", upper},
                   {"lower", lower},
                   {"space", byte == ' ' || (byte >= '\t' && byte <= '\r')},
                   {"blank", byte == ' ' || byte == '\t'},
                   {"punct", graph && !letter && !digit},
                   {"print", graph || byte == ' '},
                   {"graph", graph},
                   {"cntrl", byte < 0x20 || byte == 0x7f},
                   {"xdigit", digit || (byte >= 'A' && byte <= 'F') || (byte >= 'a' && byte <= 'f')}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (slice_is(name, classes[i].name))
            return classes[i].holds;
    return false;
}

/* One member of a bracket: a class, a byte or a range. False when the bracket is broken. */
static bool take_member(struct slice *rest, unsigned char byte, bool *holds)
{
    if (slice_starts_with(*rest, SLICE("[:"))) {
        size_t end = slice_find(*rest, SLICE(":]"));
        if (end == SLICE_NOT_FOUND)
            return false;
        *holds |= class_holds(slice_part(*rest, 2, end - 2), byte);
        *rest = slice_from(*rest, end + 2);
        return true;
    }
    size_t escape = rest->data[0] == '\\' && rest->size > 1;
    unsigned char low = (unsigned char)rest->data[escape], high = low;
    *rest = slice_from(*rest, escape + 1);
    if (rest->size > 1 && rest->data[0] == '-' && rest->data[1] != ']') {
        escape = rest->data[1] == '\\' && rest->size > 2;
        high = (unsigned char)rest->data[1 + escape];
        *rest = slice_from(*rest, escape + 2);
    }
    *holds |= byte >= low && byte <= high;
    return true;
}

/* *rest stands behind the `[`, and behind the `]` afterwards. */
static bool match_bracket(struct slice *rest, unsigned char byte)
{
    bool negated = rest->size && (rest->data[0] == '!' || rest->data[0] == '^'), holds = false;
    *rest = slice_from(*rest, negated);
    for (bool first = true; rest->size && (first || rest->data[0] != ']'); first = false)
        if (!take_member(rest, byte, &holds))
            return false;
    if (!rest->size)
        return false;
    *rest = slice_from(*rest, 1);
    return holds != negated && byte != '/';
}

/* `**` as a whole part: `rest` is what follows it. */
static bool match_parts(struct search *search, struct slice rest, struct slice path)
{
    if (!rest.size)
        return true;
    rest = slice_from(rest, 1);
    for (;;) {
        if (match(search, rest, path))
            return true;
        size_t slash = slice_find_byte(path, '/');
        if (slash == SLICE_NOT_FOUND)
            return false;
        path = slice_from(path, slash + 1);
    }
}

static bool match_star(struct search *search, struct slice rest, struct slice path)
{
    for (size_t i = 0;; i++) {
        if (match(search, rest, slice_from(path, i)))
            return true;
        if (i == path.size || path.data[i] == '/')
            return false;
    }
}

static bool match(struct search *search, struct slice pattern, struct slice path)
{
    bool part_begins = true;
    while (pattern.size) {
        if (!search->steps || !--search->steps)
            return true;
        char byte = pattern.data[0];
        if (byte == '*') {
            size_t stars = 1;
            while (stars < pattern.size && pattern.data[stars] == '*')
                stars++;
            struct slice rest = slice_from(pattern, stars);
            if (stars >= 2 && part_begins && (!rest.size || rest.data[0] == '/'))
                return match_parts(search, rest, path);
            return match_star(search, rest, path);
        }
        if (!path.size)
            return false;
        pattern = slice_from(pattern, 1);
        if (byte == '[') {
            if (!match_bracket(&pattern, (unsigned char)path.data[0]))
                return false;
        } else if (byte == '?') {
            if (path.data[0] == '/')
                return false;
        } else {
            if (byte == '\\' && pattern.size) {
                byte = pattern.data[0];
                pattern = slice_from(pattern, 1);
            }
            if (byte != path.data[0])
                return false;
        }
        part_begins = path.data[0] == '/';
        path = slice_from(path, 1);
    }
    return !path.size;
}

static bool is_at_or_above(struct slice folder, struct slice path)
{
    if (!folder.size || !slice_starts_with(path, folder))
        return false;
    return path.size == folder.size || folder.data[folder.size - 1] == '/' || path.data[folder.size] == '/';
}

bool wildmatch_path(struct slice pattern, struct slice path)
{
    struct search search = {STEPS_MAX};
    return is_at_or_above(pattern, path) || match(&search, pattern, path);
}
