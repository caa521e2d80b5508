/* The help of the keys, as text: for the overlay behind `?` and for the manual page. */
#ifndef ASSAY_UI_KEYHELP_H
#define ASSAY_UI_KEYHELP_H

#include "assay/ui/canvas.h"
#include "assay/ui/keymap.h"

struct keyhelp {
    struct str text;
    struct span *spans; /* sorted, without overlap */
    size_t count, capacity;
};

void keyhelp_init(struct keyhelp *help);
void keyhelp_clear(struct keyhelp *help);
/* A paragraph for each context in the sum, the most special first, for a width; refusal (may be NULL) says why an action cannot be
 * done now, NULL when it can. */
void keyhelp_build(struct keyhelp *help, const struct keymap *keymap, unsigned contexts, int columns,
                   const char *(*refusal)(void *context, enum action action), void *context);

#endif
