/* A text to scroll and search, wrapped to the width. The text is borrowed, and has passed text/sanitise.
 *
 *     pager_init(&pager);
 *     pager_set(&pager, text, spans, span_count);
 *     reaction = pager_act(&pager, command);
 *     pager_draw(&pager, area);                      lays out when the width has changed; the place stays */
#ifndef ASSAY_UI_PAGER_H
#define ASSAY_UI_PAGER_H

#include "assay/text/wrap.h"
#include "assay/ui/canvas.h"
#include "assay/ui/keymap.h"
#include "assay/ui/search.h"

struct pager {
    struct slice text;
    const struct span *spans; /* borrowed; sorted, without overlap */
    size_t span_count;
    bool unwrapped; /* long lines are cut, left and right scroll */
    struct wrap wrap;
    size_t top;
    int skip;
    /* Own matters of pager.c. */
    bool laid_out, painted;
    int rows, columns;
    size_t place; /* byte offset to keep through a layout */
    struct area drawn;
    struct search search;
    struct span *marks;
    size_t mark_count, mark_capacity;
};

void pager_init(struct pager *pager);
void pager_clear(struct pager *pager);
void pager_set(struct pager *pager, struct slice text, const struct span *spans, size_t count); /* back to the top */
void pager_layout(struct pager *pager); /* lay out again at the next drawing, keep the place */
unsigned pager_act(struct pager *pager, const struct command *command);
unsigned pager_mouse(struct pager *pager, const struct mouse *mouse);
void pager_draw(struct pager *pager, struct area area);
bool pager_ends(const struct pager *pager);          /* as drawn last: the end of the text was on the screen */
void pager_show(struct pager *pager, size_t offset); /* scrolls until the byte is seen */
struct search_target pager_search(struct pager *pager);

#endif
