/* The overlay behind `?`: the keys that mean something here, to scroll. */
#ifndef ASSAY_UI_HELPING_H
#define ASSAY_UI_HELPING_H

#include "assay/ui/keyhelp.h"
#include "assay/ui/pager.h"

struct helping {
    bool active;
    struct keyhelp keys;
    struct pager pager;
};

void helping_init(struct helping *helping);
void helping_clear(struct helping *helping);
/* contexts, refusal and its context as keyhelp_build takes them. */
void helping_open(struct helping *helping, const struct keymap *keymap, unsigned contexts, int columns,
                  const char *(*refusal)(void *context, enum action action), void *context);
unsigned helping_event(struct helping *helping, const struct keymap *keymap, const struct event *event);
void helping_draw(struct helping *helping, struct area body);

#endif
