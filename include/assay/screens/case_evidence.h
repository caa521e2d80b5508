/* What the machine says about one case: measures against their thresholds, computed metrics, flags. */
#ifndef ASSAY_SCREENS_CASE_EVIDENCE_H
#define ASSAY_SCREENS_CASE_EVIDENCE_H

#include "assay/review/session.h"
#include "assay/screens/dossier.h"
#include "assay/text/personal.h"
#include "assay/ui/canvas.h"

struct case_evidence {
    bool known; /* the computed ones are there */
    double rouge_l, length;
    size_t personal[PERSONAL_KINDS];
};

/* golden: acceptable answers, the best counts. Pure: may run on a worker while the texts stay. */
void case_evidence_compute(const struct slice *golden, size_t golden_count, struct slice candidate,
                           struct case_evidence *evidence);
/* One line. */
void case_evidence_draw(struct area line, const struct dossier *dossier, const struct judgement_case *item,
                        const struct case_evidence *evidence, size_t marks);
/* The flags of the case, one line, and whether there are any. */
bool case_evidence_has_flags(const struct dossier *dossier, const struct module *module,
                             const struct judgement_case *item);
void case_evidence_draw_flags(struct area line, const struct dossier *dossier, const struct module *module,
                              const struct session *session, const struct judgement_case *item);

#endif
