/* What a person said before about the very outputs of a module, carried over into a new draft: from an older draft of
 * theirs, else from their newest well-signed record. Never over something that the draft says already. */
#ifndef ASSAY_REVIEW_CARRY_OVER_H
#define ASSAY_REVIEW_CARRY_OVER_H

#include "assay/review/judgement.h"
#include "assay/review/ledger.h"

/* All borrowed. */
struct carry_over {
    struct drafts *drafts;
    int64_t draft;
    struct slice principal;
    const struct ledger *ledger; /* NULL: from drafts alone */
    struct judgement *judgement;
};

/* Into the draft first, then into what is entered. `touched`, as long as the cases: of whose output the draft says
 * something already. */
int carry_over(const struct carry_over *over, const bool *touched, struct error *error);

#endif
