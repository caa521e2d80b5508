/* The sealed approvals of a module: records that lay under reviews/ of a commit of the target, that are good as `verify`
 * judges them, and that approve exactly this content with this evidence. That they were enough is what `audit` says. */
#ifndef ASSAY_REVIEW_APPROVALS_H
#define ASSAY_REVIEW_APPROVALS_H

#include "assay/model/reason.h"
#include "assay/review/ledger.h"

struct approvals {
    struct workspace *workspace;
    struct ledger ledger; /* headers of all records */
};

struct approvals_subject {
    struct oid commit; /* of the target: what was sealed later is none of its approvals */
    struct slice path; /* of the module */
    struct digest digest, evidence;
};

/* Names, sorted, in an array of the arena's. */
struct approvals_list {
    struct digest *names;
    size_t count;
};

/* Needs policy and signers. approvals_clear takes a zeroed one too. */
int approvals_read(struct workspace *workspace, struct approvals *approvals, struct error *error);
void approvals_clear(struct approvals *approvals);

/* Without those that their signer replaced before the commit. */
int approvals_find(const struct approvals *approvals, const struct approvals_subject *subject, struct arena *arena,
                   struct approvals_list *list, struct error *error);
bool approvals_has(const struct approvals_list *list, const struct digest *name);
/* Why a record is not among the approvals of the subject; *detail is one sentence in the arena. */
enum reason approvals_refusal(const struct approvals *approvals, const struct approvals_subject *subject,
                              const struct digest *name, struct arena *arena, struct slice *detail);

#endif
