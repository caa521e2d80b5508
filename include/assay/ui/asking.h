/* A question that is open: its label, the text being typed, proposals for Tab. view_ask opens one. */
#ifndef ASSAY_UI_ASKING_H
#define ASSAY_UI_ASKING_H

#include "assay/ui/prompt.h"

struct view;

/* A line or a text asked of the person; it takes all keys until it is answered or left with Esc. */
struct question {
    const char *label;    /* copied */
    struct slice initial; /* copied */
    bool multiline;
    size_t limit; /* bytes; 0: PROMPT_SIZE_MAX */
    void *context;
    void (*changed)(struct view *view, void *context, struct slice text);      /* at each key, to save it; or NULL */
    unsigned (*answered)(struct view *view, void *context, struct slice text); /* Enter; returns a reaction */
    void (*left)(struct view *view, void *context, struct slice text);         /* Esc; or NULL */
    /* Proposals for Tab: the at-th that begins with text, false when there is none; or NULL. */
    bool (*complete)(struct view *view, void *context, struct slice text, size_t at, struct str *proposal);
};

struct asking {
    bool active;
    struct view *view;
    struct question question;
    struct str label;
    struct prompt prompt;
    struct str completed; /* what the person had typed before Tab */
    size_t proposal;
    bool completing;
};

void asking_init(struct asking *asking);
void asking_clear(struct asking *asking);
void asking_open(struct asking *asking, struct view *view, const struct question *question);
void asking_close(struct asking *asking);
/* A key or a paste; tells changed(). ACCEPTED and CANCELLED are the caller's to finish. */
enum prompt_outcome asking_event(struct asking *asking, const struct event *event);
void asking_draw_line(struct asking *asking, struct area line); /* one row */
void asking_draw_box(struct asking *asking, struct area body);  /* several rows, at the bottom of body */

#endif
