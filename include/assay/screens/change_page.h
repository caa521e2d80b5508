/* What the tabs of the change screen share. A tab is a table of functions over a state of its own. */
#ifndef ASSAY_SCREENS_CHANGE_PAGE_H
#define ASSAY_SCREENS_CHANGE_PAGE_H

#include "assay/review/session.h"
#include "assay/screens/desk.h"
#include "assay/screens/dossier.h"

struct change_page {
    struct view *view;
    struct desk *desk;
    struct dossier *dossier;
    const struct module *module; /* the one that is looked at; NULL: the change has none */
    struct session *session;     /* NULL without a module */
};

struct change_tab {
    const char *title;
    size_t size; /* of the state, zeroed at first */
    /* The page is filled or was filled anew: build what is shown, keep the place. */
    void (*build)(const struct change_page *page, void *state);
    void (*clear)(void *state);
    unsigned (*act)(const struct change_page *page, void *state, const struct command *command);
    unsigned (*mouse)(const struct change_page *page, void *state, const struct mouse *mouse);
    void (*draw)(const struct change_page *page, void *state, struct area body);
    struct search_target (*search)(void *state);
    /* What stands after the title: a count, a mark; appended. May be NULL. */
    void (*badge)(const struct change_page *page, struct str *out);
    /* After a frame that showed the tab: what the frame was enough for; whether that changed anything. May be NULL. */
    bool (*settle)(const struct change_page *page, void *state);
};

#endif
