/* Roles into colours. A theme is a file in git-config syntax with git's own colour words:
 *
 *     [theme]
 *         title = "dark: for terminals with a dark background"
 *     [role]
 *         text = normal
 *         title = bold white "#303a4a"
 *         added-word = bold brightgreen ul
 *
 * First colour: foreground; second: background. Words: normal, default, black … white, brightblack … brightwhite,
 * 0–255, #rgb, #rrggbb; bold, dim, ul, reverse, italic, strike, and no… or no-… to switch one off; `reset` begins
 * anew. A role that is left out looks like its parent (ui/role.h). */
#ifndef ASSAY_UI_THEME_H
#define ASSAY_UI_THEME_H

#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/ui/role.h"

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

struct theme {
    char name[40];
    char title[120];
    struct style styles[ROLE_COUNT];
};

/* How many colours the terminal has. */
enum colours { COLOURS_NONE, COLOURS_8, COLOURS_16, COLOURS_256, COLOURS_TRUE };

/* The names of the built-in themes in the order in which `T` shows them; *count is set. */
const char *const *theme_names(size_t *count);
/* A built-in name, or the path of a file (anything with a slash). */
int theme_load(struct theme *theme, const char *name, struct error *error);
/* `where` names the text in errors ("file:line: …"). */
int theme_parse(struct theme *theme, struct slice text, const char *where, struct error *error);
/* A colour value as git writes it: `bold red "#202020"` without the quotes. */
int theme_parse_style(struct slice value, struct style *style, struct error *error);
/* Every colour to the nearest that the terminal has. Without any colour, roles that only colours would tell from
 * ordinary text are helped with attributes. */
void theme_reduce(struct theme *theme, enum colours colours);
/* The look of a cell: the role's style, the pen's attributes added, the selection under it. */
struct style theme_style(const struct theme *theme, enum role role, unsigned attributes);
bool theme_equal_style(struct style a, struct style b);
/* RGB of an xterm colour index, for pictures and for the nearest colour. */
void theme_index_rgb(unsigned index, uint8_t rgb[3]);

#endif
