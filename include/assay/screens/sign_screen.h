/* What will be signed, in words; S asks, Y signs, Enter does nothing. Signing runs in the background. */
#ifndef ASSAY_SCREENS_SIGN_SCREEN_H
#define ASSAY_SCREENS_SIGN_SCREEN_H

#include "assay/screens/dossier.h"
#include "assay/ui/view.h"

struct sign_screen_place {
    struct dossier *dossier;
    const struct module *module; /* of the dossier */
};

extern const struct view_type sign_screen_view; /* opened with a struct sign_screen_place */

#endif
