#include "assay/text/entity.h"

#include "assay/base/array.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

/* Those that occur in prose; the standard knows 2,231. */
static const struct {
    const char *name;
    uint32_t codepoint;
} names[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},     {"nbsp", 0xA0},
    {"iexcl", 0xA1},   {"cent", 0xA2},    {"pound", 0xA3},   {"yen", 0xA5},     {"sect", 0xA7},     {"copy", 0xA9},
    {"laquo", 0xAB},   {"reg", 0xAE},     {"deg", 0xB0},     {"plusmn", 0xB1},  {"sup2", 0xB2},     {"sup3", 0xB3},
    {"para", 0xB6},    {"middot", 0xB7},  {"raquo", 0xBB},   {"frac14", 0xBC},  {"frac12", 0xBD},   {"frac34", 0xBE},
    {"iquest", 0xBF},  {"times", 0xD7},   {"divide", 0xF7},  {"auml", 0xE4},    {"ouml", 0xF6},     {"uuml", 0xFC},
    {"Auml", 0xC4},    {"Ouml", 0xD6},    {"Uuml", 0xDC},    {"szlig", 0xDF},   {"agrave", 0xE0},   {"eacute", 0xE9},
    {"egrave", 0xE8},  {"ccedil", 0xE7},  {"ntilde", 0xF1},  {"ndash", 0x2013}, {"mdash", 0x2014},  {"lsquo", 0x2018},
    {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"bull", 0x2022},  {"hellip", 0x2026}, {"prime", 0x2032},
    {"euro", 0x20AC},  {"trade", 0x2122}, {"larr", 0x2190},  {"uarr", 0x2191},  {"rarr", 0x2192},   {"darr", 0x2193},
    {"minus", 0x2212}, {"ne", 0x2260},    {"le", 0x2264},    {"ge", 0x2265},    {"check", 0x2713},  {"lsqb", '['},
    {"rsqb", ']'},     {"lpar", '('},     {"rpar", ')'},     {"ast", '*'},      {"num", '#'},
};

static bool is_digit_of(char c, unsigned base, unsigned *digit)
{
    if (c >= '0' && c <= '9')
        *digit = (unsigned)(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        *digit = (unsigned)((c | 0x20) - 'a') + 10;
    else
        return false;
    return *digit < base;
}

/* "#8364" or "#x20AC"; like the standard, zero and what is no scalar value give U+FFFD. */
static bool number_of(struct slice body, uint32_t *codepoint)
{
    bool hexadecimal = body.size > 1 && (body.data[1] | 0x20) == 'x';
    size_t i = hexadecimal ? 2 : 1;
    uint32_t value = 0;
    if (body.size == 0 || body.data[0] != '#' || i >= body.size)
        return false;
    for (unsigned digit; i < body.size; i++) {
        if (!is_digit_of(body.data[i], hexadecimal ? 16 : 10, &digit))
            return false;
        value = value * (hexadecimal ? 16 : 10) + digit;
        if (value > 0x10FFFF)
            value = 0x110000;
    }
    *codepoint = value == 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF) ? UTF8_REPLACEMENT : value;
    return true;
}

static bool codepoint_of(struct slice body, uint32_t *codepoint)
{
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (slice_is(body, names[i].name)) {
            *codepoint = names[i].codepoint;
            return true;
        }
    return number_of(body, codepoint);
}

void entity_append(struct str *out, struct slice reference)
{
    uint32_t codepoint;
    char bytes[4];
    struct slice body = slice_part(reference, 1, reference.size > 2 ? reference.size - 2 : 0);
    if (codepoint_of(body, &codepoint))
        sanitise_append(out, slice_make(bytes, utf8_encode(codepoint, bytes)), SANITISE_LINE);
    else
        str_append(out, reference);
}
