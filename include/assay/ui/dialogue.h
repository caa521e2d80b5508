/* What assay and the person say to each other: a message, a question, a step to confirm, background work. They share the
 * message line, in the order confirm, question, message, work; while a step or a question is open it takes every event.
 * view_say, view_ask, view_confirm and view_progress open them. */
#ifndef ASSAY_UI_DIALOGUE_H
#define ASSAY_UI_DIALOGUE_H

#include "assay/ui/asking.h"
#include "assay/ui/confirming.h"
#include "assay/ui/progress.h"

struct dialogue {
    struct str message;
    unsigned pen;
    struct asking asking;
    struct confirming confirming;
    struct progress progress;
};

void dialogue_init(struct dialogue *dialogue);
void dialogue_clear(struct dialogue *dialogue);
void dialogue_say(struct dialogue *dialogue, unsigned pen, struct slice text); /* sanitised here */
bool dialogue_hush(struct dialogue *dialogue);                                 /* false: there was no message */
/* What this view asked is closed with it: nobody is told. */
void dialogue_leave(struct dialogue *dialogue, const struct view *view);
/* False: nothing is asked, the event is for others. Else *reaction is of the answer, if it was one. */
bool dialogue_event(struct dialogue *dialogue, const struct event *event, unsigned *reaction);
void dialogue_draw_line(struct dialogue *dialogue, struct area line); /* one row */
void dialogue_draw_box(struct dialogue *dialogue, struct area body);  /* a question of several rows, if one is open */

#endif
