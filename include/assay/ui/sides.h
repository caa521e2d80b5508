/* Two texts as two panes that scroll as one: aligned row by row, both wrapped, the differences marked.
 *
 *     sides_init(&sides);
 *     sides_set(&sides, (struct sides_text[2]){{.title = "Golden", .text = golden, .spans = styles, .span_count = n},
 *                                              {.title = "Candidate", .text = candidate}}, &diff);
 *     reaction = sides_act(&sides, command);         moves, pages, ] [, h l, z, v
 *     sides_draw(&sides, area);                      wraps and aligns when a width has changed; the place stays
 *
 * Texts, spans and difference are borrowed until the next sides_set; texts have passed text/sanitise. Below
 * SIDES_BOTH_COLUMNS, and when zoomed, one side takes the whole width: `side` says which. */
#ifndef ASSAY_UI_SIDES_H
#define ASSAY_UI_SIDES_H

#include "assay/text/align.h"
#include "assay/ui/canvas.h"
#include "assay/ui/keymap.h"
#include "assay/ui/search.h"

enum { SIDES_BOTH_COLUMNS = 100 };

struct sides_text {
    struct slice title; /* on the border */
    struct slice text;
    const struct span *spans; /* styles; sorted, without overlap; NULL: none (ui/markup makes them from Markdown) */
    size_t span_count;
};

struct sides {
    struct sides_text texts[2];
    const struct diff *diff; /* NULL: nothing is compared, row beside row */
    size_t top;              /* aligned row */
    int side;                /* 0 left, 1 right: which has the focus, and which is seen when only one fits */
    bool zoomed, unwrapped;
    size_t current; /* the difference that ] and [ stand on, from 1; 0: none */
    int divider;    /* per mille of the width that the left side has; 500 at first */
    /* Own matters of sides.c. */
    struct wrap wraps[2];
    struct align align;
    struct span *differences[2];
    size_t difference_counts[2], difference_capacities[2];
    size_t *difference_rows; /* aligned row where each difference begins, diff->changes of them */
    bool laid_out, painted, dragging;
    int rows, widths[2], skip;
    size_t place; /* byte offset in the left text to keep through a layout */
    struct area drawn, panes[2];
    struct search search;
    struct span *marks[2];
    size_t mark_counts[2], mark_capacities[2];
};

void sides_init(struct sides *sides);
void sides_clear(struct sides *sides);
void sides_set(struct sides *sides, const struct sides_text texts[2], const struct diff *diff); /* back to the top */
/* The same texts compared or styled in another way: keeps the place. */
void sides_change(struct sides *sides, const struct sides_text texts[2], const struct diff *diff);
unsigned sides_act(struct sides *sides, const struct command *command);
unsigned sides_mouse(struct sides *sides, const struct mouse *mouse); /* wheels, the divider; a click gives the focus */
void sides_draw(struct sides *sides, struct area area);
bool sides_both(const struct sides *sides);           /* as drawn last: both are seen */
bool sides_ends(const struct sides *sides, int side); /* as drawn last: its end was on the screen */
size_t sides_differences(const struct sides *sides);
/* The top row as a byte offset in the left text, to save it; and back there at the next drawing. */
size_t sides_place(const struct sides *sides);
void sides_go(struct sides *sides, size_t place);
struct search_target sides_search(struct sides *sides);

#endif
