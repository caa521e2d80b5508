/* Text being typed: one line or several, edited by clusters. While a prompt has the keys, no key is an action. */
#ifndef ASSAY_UI_PROMPT_H
#define ASSAY_UI_PROMPT_H

#include "assay/ui/canvas.h"
#include "assay/ui/event.h"

enum { PROMPT_SIZE_MAX = 64 * 1024 };

struct prompt {
    struct str text;
    size_t cursor;  /* byte offset, between clusters */
    bool multiline; /* Enter is a new line; Alt-Enter or Ctrl-d ends */
    size_t limit;   /* bytes; what would go beyond is not taken */
    /* Own matters of prompt.c. */
    size_t top;  /* first row that is shown, of several */
    int columns; /* to which several rows are wrapped, as drawn last */
    int skip;    /* columns of one row that are scrolled away */
    struct prompt_step *steps;
    size_t step_count, step_capacity, step_at;
};

enum prompt_outcome {
    PROMPT_IGNORED,  /* not a key of a prompt: nothing happened */
    PROMPT_MOVED,    /* the cursor moved */
    PROMPT_CHANGED,  /* the text changed */
    PROMPT_ACCEPTED, /* Enter */
    PROMPT_CANCELLED /* Esc */
};

void prompt_init(struct prompt *prompt, bool multiline);
void prompt_clear(struct prompt *prompt);
void prompt_set(struct prompt *prompt, struct slice text); /* cursor at the end; forgets the undo steps */
/* Keys and pastes. Left Right Home End, Ctrl-a Ctrl-e, Ctrl-Left Ctrl-Right by words, Backspace, Delete, Ctrl-w a word,
 * Ctrl-k the rest, Ctrl-u the line, Ctrl-z or Ctrl-_ undo, Ctrl-y redo; Up and Down in several lines. */
enum prompt_outcome prompt_event(struct prompt *prompt, const struct event *event);
void prompt_insert(struct prompt *prompt, struct slice text);
void prompt_draw(struct prompt *prompt, struct area area, unsigned pen); /* places the cursor */

#endif
