#include "assay/ui/style.h"

#include <limits.h>
#include <string.h>

#include "assay/base/array.h"

/* The words of git-config(1), "color". */
static const char *const colour_words[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

static const struct {
    const char *word;
    uint8_t attribute;
} attribute_words[] = {
    {"bold", STYLE_BOLD},
    {"dim", STYLE_DIM},
    {"italic", STYLE_ITALIC},
    {"ul", STYLE_UNDERLINE},
    {"reverse", STYLE_REVERSE},
    {"strike", STYLE_STRIKE},
    {"blink", 0}, /* git has it; nothing here blinks */
};

static bool parse_hexadecimal(struct slice digits, uint8_t *value)
{
    unsigned sum = 0;
    for (size_t at = 0; at < digits.size; at++) {
        char c = digits.data[at];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        sum = sum * 16 + digit;
    }
    *value = (uint8_t)(digits.size == 1 ? sum * 17 : sum);
    return true;
}

static bool parse_rgb(struct slice word, struct colour *colour)
{
    if ((word.size != 4 && word.size != 7) || word.data[0] != '#')
        return false;
    size_t step = word.size == 4 ? 1 : 2;
    *colour = (struct colour){.kind = COLOUR_RGB};
    return parse_hexadecimal(slice_part(word, 1, step), &colour->red) &&
           parse_hexadecimal(slice_part(word, 1 + step, step), &colour->green) &&
           parse_hexadecimal(slice_part(word, 1 + 2 * step, step), &colour->blue);
}

static bool parse_colour(struct slice word, struct colour *colour)
{
    uint64_t number;
    *colour = (struct colour){.kind = COLOUR_NORMAL};
    if (slice_is(word, "normal") || slice_is(word, "default"))
        return true;
    if (slice_to_uint64(word, &number) && number < 256) {
        *colour = (struct colour){.kind = COLOUR_INDEX, .index = (uint8_t)number};
        return true;
    }
    uint8_t bright = 0;
    if (slice_starts_with(word, SLICE("bright"))) {
        bright = 8;
        word = slice_from(word, 6);
    }
    for (size_t at = 0; at < ARRAY_COUNT(colour_words); at++) {
        if (slice_is(word, colour_words[at])) {
            *colour = (struct colour){.kind = COLOUR_INDEX, .index = (uint8_t)(bright + at)};
            return true;
        }
    }
    return bright == 0 && parse_rgb(word, colour);
}

static bool parse_attribute(struct slice word, uint8_t *attributes)
{
    bool off = slice_starts_with(word, SLICE("no"));
    if (off)
        word = slice_from(word, slice_starts_with(word, SLICE("no-")) ? 3 : 2);
    for (size_t at = 0; at < ARRAY_COUNT(attribute_words); at++) {
        if (!slice_is(word, attribute_words[at].word))
            continue;
        *attributes = off ? (uint8_t)(*attributes & ~attribute_words[at].attribute)
                          : (uint8_t)(*attributes | attribute_words[at].attribute);
        return true;
    }
    return false;
}

int style_parse(struct slice value, struct style *style, struct error *error)
{
    struct style found = {0};
    struct slice rest = value, word;
    int colours = 0;
    while (slice_cut(&rest, ' ', &word)) {
        struct colour colour;
        if (word.size == 0)
            continue;
        if (slice_is(word, "reset")) {
            found = (struct style){0};
            colours = 0;
        } else if (parse_colour(word, &colour)) {
            if (colours == 2)
                return error_set(error, ERROR_INPUT, "'%.*s' has more than two colours", SLICE_ARG(value));
            *(colours++ == 0 ? &found.foreground : &found.background) = colour;
        } else if (!parse_attribute(word, &found.attributes)) {
            return error_set(
                error, ERROR_INPUT,
                "'%.*s' is no colour: write normal, a colour's name, bright and a name, 0 to 255, #rrggbb, "
                "or bold, dim, italic, ul, reverse, strike",
                SLICE_ARG(word));
        }
    }
    *style = found;
    return 0;
}

bool style_equal_colour(struct colour a, struct colour b)
{
    if (a.kind != b.kind)
        return false;
    return a.kind == COLOUR_NORMAL || (a.kind == COLOUR_INDEX && a.index == b.index) ||
           (a.kind == COLOUR_RGB && a.red == b.red && a.green == b.green && a.blue == b.blue);
}

bool style_equal(struct style a, struct style b)
{
    return a.attributes == b.attributes && style_equal_colour(a.foreground, b.foreground) &&
           style_equal_colour(a.background, b.background);
}

/* --- nearest colours --------------------------------------------------------------------------------------------- */

/* xterm's defaults (XTerm-col.ad). */
static const uint8_t first_sixteen[16][3] = {{0, 0, 0},       {205, 0, 0},   {0, 205, 0},   {205, 205, 0},
                                             {0, 0, 238},     {205, 0, 205}, {0, 205, 205}, {229, 229, 229},
                                             {127, 127, 127}, {255, 0, 0},   {0, 255, 0},   {255, 255, 0},
                                             {92, 92, 255},   {255, 0, 255}, {0, 255, 255}, {255, 255, 255}};

static void index_rgb(unsigned index, uint8_t rgb[3])
{
    static const uint8_t levels[6] = {0, 95, 135, 175, 215, 255};
    if (index < 16) {
        memcpy(rgb, first_sixteen[index], 3);
    } else if (index < 232) {
        rgb[0] = levels[(index - 16) / 36];
        rgb[1] = levels[(index - 16) / 6 % 6];
        rgb[2] = levels[(index - 16) % 6];
    } else {
        rgb[0] = rgb[1] = rgb[2] = (uint8_t)(8 + 10 * (index - 232));
    }
}

bool style_rgb(struct colour colour, uint8_t rgb[3])
{
    if (colour.kind == COLOUR_NORMAL)
        return false;
    if (colour.kind == COLOUR_INDEX)
        index_rgb(colour.index, rgb);
    else
        memcpy(rgb, (uint8_t[3]){colour.red, colour.green, colour.blue}, 3);
    return true;
}

/* Weighted as "redmean" (Riemersma, "Colour metric"), near to what an eye sees and cheap. */
static int distance(const uint8_t a[3], const uint8_t b[3])
{
    int mean = (a[0] + b[0]) / 2, red = a[0] - b[0], green = a[1] - b[1], blue = a[2] - b[2];
    return (((512 + mean) * red * red) >> 8) + 4 * green * green + (((767 - mean) * blue * blue) >> 8);
}

static struct colour nearest(struct colour colour, unsigned first, unsigned end)
{
    uint8_t wanted[3];
    if (!style_rgb(colour, wanted) || (colour.kind == COLOUR_INDEX && colour.index < end))
        return colour;
    unsigned best = first;
    int least = INT_MAX;
    for (unsigned at = first; at < end; at++) {
        uint8_t rgb[3];
        index_rgb(at, rgb);
        int apart = distance(wanted, rgb);
        if (apart < least) {
            least = apart;
            best = at;
        }
    }
    return (struct colour){.kind = COLOUR_INDEX, .index = (uint8_t)best};
}

void style_reduce(struct style *style, enum colours colours)
{
    if (colours == COLOURS_TRUE)
        return;
    if (colours == COLOURS_256) {
        /* The first sixteen are what the user's palette makes of them: never taken for a colour asked for by value. */
        style->foreground = nearest(style->foreground, 16, 256);
        style->background = nearest(style->background, 16, 256);
        return;
    }
    struct colour normal = {.kind = COLOUR_NORMAL};
    if (colours == COLOURS_NONE) {
        style->foreground = style->background = normal;
        return;
    }
    unsigned end = colours == COLOURS_8 ? 8 : 16;
    struct style wanted = *style;
    style->foreground = nearest(wanted.foreground, 0, end);
    style->background = nearest(wanted.background, 0, end);
    uint8_t rgb[3];
    bool grey = style_rgb(wanted.foreground, rgb) && rgb[0] < 160 && rgb[1] < 160 && rgb[2] < 160 &&
                style->foreground.index % 8 == 0 && style->foreground.kind == COLOUR_INDEX;
    if (style->background.kind == COLOUR_INDEX &&
        (style->background.index % 8 == 0 || style_equal_colour(style->foreground, style->background)))
        style->background = normal;
    if (grey && colours == COLOURS_8 && style->background.kind == COLOUR_NORMAL) {
        style->foreground = normal;
        style->attributes |= STYLE_DIM;
    }
}
