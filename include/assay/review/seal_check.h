/* The seal of one change as a commit has it under reviews/, and whether it is what it claims to be. */
#ifndef ASSAY_REVIEW_SEAL_CHECK_H
#define ASSAY_REVIEW_SEAL_CHECK_H

#include "assay/model/reason.h"
#include "assay/model/seal.h"
#include "assay/review/workspace.h"

struct seal_check {
    struct arena arena;
    bool found;       /* there is a seal.json */
    struct seal seal; /* filled when it could be decoded: see is_decoded */
    bool is_decoded;
    enum reason reason;   /* REASON_NONE: signed well, by the principal that it names, for this change */
    struct slice problem; /* one sentence where the reason is not REASON_NONE */
};

/* Reads reviews/<change>/seal.json and its signature from a commit or tree and judges them by the workspace's policy and
 * signers as on the day `at`. Needs policy and signers. What is wrong with the seal is no failure. */
int seal_check_read(struct workspace *workspace, const struct oid *root, struct slice change, int64_t at,
                    struct seal_check *check, struct error *error);
void seal_check_clear(struct seal_check *check);

/* The module of this path in the seal; NULL: it does not name it. */
const struct seal_module *seal_check_module(const struct seal_check *check, struct slice path);

#endif
