/* The first policy of a repository: what `assay init` writes. */
#ifndef ASSAY_REVIEW_STARTER_H
#define ASSAY_REVIEW_STARTER_H

#include "assay/review/workspace.h"

struct starter {
    struct str repository; /* "acme/learning-content" */
    struct str target;     /* "main" */
    struct str principal;  /* "ana@acme.example" */
    struct str name;       /* "Ana Ruiz" */
    struct str key;        /* `type base64` of the public key; empty: none yet */
};

void starter_init(struct starter *starter);
void starter_clear(struct starter *starter);
/* What git knows: the remote's address, the target, user.name, user.email, the signing key. */
void starter_guess(const struct workspace *workspace, struct starter *starter);
/* The texts of policies/review.yaml and policies/allowed_signers. Names are quoted, so that nothing in them can change
 * the meaning of the file. */
void starter_policy(const struct starter *starter, struct str *out);
void starter_signers(const struct starter *starter, struct str *out);

#endif
