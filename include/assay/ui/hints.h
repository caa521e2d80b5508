/* The hint line: what can be pressed here, clickable. What cannot be done now stays, dimmed. */
#ifndef ASSAY_UI_HINTS_H
#define ASSAY_UI_HINTS_H

#include "assay/ui/canvas.h"
#include "assay/ui/keymap.h"

enum { HINTS_MAX = 24 };

struct hints {
    struct {
        enum action action;
        int from, to; /* columns of the canvas */
    } places[HINTS_MAX];
    size_t count;
    int row;
};

/* What an action is called on one screen, where its general name says too little ("next case" for Enter). */
struct hints_word {
    enum action action; /* ACTION_NONE ends */
    const char *word;
};

/* Whether an action can be done now. */
typedef bool hints_possible(void *context, enum action action);

/* actions end with ACTION_NONE; help stands at the right end always. words: NULL: none. */
void hints_draw(struct hints *hints, struct area line, const struct keymap *keymap, const enum action *actions,
                const struct hints_word *words, hints_possible *possible, void *context);
enum action hints_at(const struct hints *hints, int row, int column); /* of the canvas */

#endif
