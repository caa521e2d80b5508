/* A step that is asked about once more: "text  Y yes, any other key no". view_confirm opens one. */
#ifndef ASSAY_UI_CONFIRMING_H
#define ASSAY_UI_CONFIRMING_H

#include "assay/base/str.h"
#include "assay/ui/canvas.h"
#include "assay/ui/event.h"

struct view;

struct confirming {
    bool active;
    struct view *view;
    struct str text;
    uint32_t key;
    unsigned (*yes)(struct view *view, void *context); /* returns a reaction */
    void *context;
};

enum confirming_outcome { CONFIRMING_WAITS, CONFIRMING_YES, CONFIRMING_NO };

void confirming_init(struct confirming *confirming);
void confirming_clear(struct confirming *confirming);
void confirming_open(struct confirming *confirming, struct view *view, const char *text, uint32_t key,
                     unsigned (*yes)(struct view *view, void *context), void *context);
/* Any key closes it; to call yes() is the caller's. */
enum confirming_outcome confirming_event(struct confirming *confirming, const struct event *event);
void confirming_draw(const struct confirming *confirming, struct area line); /* one row */

#endif
