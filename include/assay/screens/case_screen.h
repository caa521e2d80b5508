/* The review screen: one case, golden and candidate side by side, its evidence, its scores. */
#ifndef ASSAY_SCREENS_CASE_SCREEN_H
#define ASSAY_SCREENS_CASE_SCREEN_H

#include "assay/review/session.h"
#include "assay/screens/dossier.h"
#include "assay/ui/view.h"

struct case_screen_place {
    struct dossier *dossier;
    struct session *session; /* borrowed: of the screen below */
    size_t at;               /* JUDGEMENT_NOT_FOUND: where the person was, else the first */
};

extern const struct view_type case_screen_view; /* opened with a struct case_screen_place */

#endif
