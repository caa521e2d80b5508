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
#include "assay/base/slice.h"
#include "assay/ui/role.h"
#include "assay/ui/canvas.h"
#include "assay/ui/style.h"

struct theme {
    char name[40];
    char title[120];
    struct style styles[ROLE_COUNT];
};

/* The names of the built-in themes in the order in which `T` shows them; *count is set. */
const char *const *theme_names(size_t *count);
const char *theme_next(const char *name); /* the one after it, round the end; of another name: the first */
/* A built-in name, or the path of a file (anything with a slash). */
int theme_load(struct theme *theme, const char *name, struct error *error);
/* `where` names the text in errors ("file:line: …"). */
int theme_parse(struct theme *theme, struct slice text, const char *where, struct error *error);
/* Every colour to the nearest that the terminal has. With 16 or fewer the selection is reverse video; without any
 * colour the attributes are those of the theme `monochrome`. */
void theme_reduce(struct theme *theme, enum colours colours);
/* The look of a cell: the role's style, the pen's attributes added, the selection under it. */
struct style theme_style(const struct theme *theme, enum role role, unsigned attributes);

#endif
