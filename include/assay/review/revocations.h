/* Since when keys are listed in policies/revoked_signers, by the target's first parents (FORMATS.md, 4): what a key signed
 * stands where it was sealed before that. A key counts from its first listing on, also where it was taken off again. */
#ifndef ASSAY_REVIEW_REVOCATIONS_H
#define ASSAY_REVIEW_REVOCATIONS_H

#include "assay/git/sealing.h"

struct revocations {
    const struct sealing *sealing; /* borrowed */
    struct table *keys;            /* blob → position in the sealing's files; NULL: none */
};

int revocations_read(const struct repo *repo, const struct sealing *sealing, struct revocations *revocations,
                     struct error *error);
void revocations_clear(struct revocations *revocations); /* a zeroed one is fine */

/* On the sealing's clock; SEALING_NEVER: it is not listed. */
int64_t revocations_since(const struct revocations *revocations, struct slice key_blob);

#endif
