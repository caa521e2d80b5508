/* What can be said about a change without judging it: files that cannot be read, placeholders without a value, outputs
 * that belong to nothing, evidence beyond its thresholds. For the author, before anybody reviews. */
#ifndef ASSAY_REVIEW_LINT_H
#define ASSAY_REVIEW_LINT_H

#include "assay/review/load.h"

struct lint_finding {
    const char *what;           /* a reason of the gate ("bad-manifest"), "flag", or one of lint's own words */
    struct slice module, place; /* path of the module; file or "prompt ▸ case"; may be empty */
    struct slice detail;        /* one sentence without its full stop */
    bool note;                  /* worth knowing, no fault */
};

struct lint {
    struct arena arena;
    struct lint_finding *findings; /* in order of modules and prompts */
    size_t count, capacity;
    size_t faults; /* that are no notes */
};

void lint_init(struct lint *lint);
void lint_clear(struct lint *lint);
/* Appends what is found in the change. Borrows from the load. */
void lint_change(const struct load *load, struct lint *lint);
/* The target's own policy and signers. */
void lint_target(const struct workspace *workspace, struct lint *lint);

#endif
