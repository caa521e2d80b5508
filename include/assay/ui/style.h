/* How something looks: colours as git writes them, and the nearest that a terminal has. */
#ifndef ASSAY_UI_STYLE_H
#define ASSAY_UI_STYLE_H

#include "assay/base/error.h"
#include "assay/base/slice.h"

enum colour_kind { COLOUR_NORMAL, COLOUR_INDEX, COLOUR_RGB };

struct colour {
    uint8_t kind;             /* enum colour_kind; COLOUR_NORMAL is the terminal's own */
    uint8_t index;            /* of COLOUR_INDEX, 0–255 */
    uint8_t red, green, blue; /* of COLOUR_RGB */
};

enum { STYLE_BOLD = 1, STYLE_DIM = 2, STYLE_ITALIC = 4, STYLE_UNDERLINE = 8, STYLE_REVERSE = 16, STYLE_STRIKE = 32 };

struct style {
    struct colour foreground, background;
    uint8_t attributes; /* STYLE_… */
};

/* How many colours the terminal has. */
enum colours { COLOURS_NONE, COLOURS_8, COLOURS_16, COLOURS_256, COLOURS_TRUE };

/* A colour value as git-config(1) has it, without quotes: `bold red #202020`. First colour: foreground; second:
 * background. */
int style_parse(struct slice value, struct style *style, struct error *error);
bool style_equal(struct style a, struct style b);
bool style_equal_colour(struct colour a, struct colour b);
/* Both colours to the nearest that the terminal has. With 16 or fewer, a background that would be black or that would
 * hide the text is left to the terminal; grey text becomes dim with 8. */
void style_reduce(struct style *style, enum colours colours);
/* A colour as RGB; index 0–15 as xterm shows them. COLOUR_NORMAL gives false. */
bool style_rgb(struct colour colour, uint8_t rgb[3]);

#endif
