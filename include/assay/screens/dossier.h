/* A change with all that its screens need, read by a worker and then handed over: the target as it was, the change
 * loaded, the records, the gate's verdict. Nothing in it moves; what is newer is another dossier. */
#ifndef ASSAY_SCREENS_DOSSIER_H
#define ASSAY_SCREENS_DOSSIER_H

#include "assay/review/assess.h"
#include "assay/review/finding.h"

struct dossier {
    struct workspace *workspace;
    struct cache *cache;
    struct changes changes;
    struct load load;
    struct ledger ledger; /* of this change; empty without a policy */
    struct arena arena;
    struct finding *findings; /* of the ledger's records */
    struct assessment assessment;
    bool loaded, judged;
    unsigned holders;
};

int dossier_open(const char *folder, struct slice change, struct dossier **dossier, struct error *error);
/* Screens and jobs hold it; the last who releases it frees it. On the owner's thread only. */
void dossier_hold(struct dossier *dossier);
void dossier_release(struct dossier *dossier); /* NULL is fine */

/* NULL without a policy. */
const struct gate_module_verdict *dossier_verdict(const struct dossier *dossier, const struct module *module);
size_t dossier_module_at(const struct dossier *dossier, const struct module *module);
/* Whether the user wrote part of the change. */
bool dossier_is_author(const struct dossier *dossier);

#endif
