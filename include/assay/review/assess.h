/* The gate of a change: load, ledger and authors put before model/gate. */
#ifndef ASSAY_REVIEW_ASSESS_H
#define ASSAY_REVIEW_ASSESS_H

#include "assay/review/ledger.h"
#include "assay/review/load.h"

struct assessment {
    struct arena arena;
    struct gate_input input; /* borrows from load and ledger */
    struct gate_verdict verdict;
};

/* The load has its authors (load_authors). Without a policy the verdict says so. Fails where the target's history cannot
 * be read; then there is nothing to clear. */
int assess_change(const struct workspace *workspace, const struct load *load, const struct ledger *ledger,
                  struct assessment *assessment, struct error *error);
/* Whether this person could still take an empty seat of the role: holds it, sits in no other, wrote nothing of it. */
bool assess_could_sign(const struct assessment *assessment, const struct gate_module_verdict *module, size_t role,
                       const struct policy_person *person);
void assess_clear(struct assessment *assessment);

#endif
