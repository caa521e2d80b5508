/* The flags of one module: accept, dismiss or ask for a fix, each with a reason; what is decided goes into the next
 * signed record. */
#ifndef ASSAY_SCREENS_TRIAGE_SCREEN_H
#define ASSAY_SCREENS_TRIAGE_SCREEN_H

#include "assay/review/session.h"
#include "assay/screens/dossier.h"
#include "assay/ui/view.h"

struct triage_screen_place {
    struct dossier *dossier;
    struct session *session; /* borrowed: of the screen below */
};

extern const struct view_type triage_screen_view; /* opened with a struct triage_screen_place */

#endif
