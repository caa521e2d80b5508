/* The gate of a change: load, ledger and authors put before model/gate. */
#ifndef ASSAY_REVIEW_ASSESS_H
#define ASSAY_REVIEW_ASSESS_H

#include "assay/review/ledger.h"
#include "assay/review/load.h"

struct assessment {
    struct arena arena;
    struct gate_input input;     /* borrows from load and ledger */
    struct gate_verdict verdict;
};

/* The load must have its authors (load_authors). */
int assess_change(struct workspace *workspace, struct load *load, const struct ledger *ledger,
                  struct assessment *assessment, struct error *error);
void assess_clear(struct assessment *assessment);

#endif
