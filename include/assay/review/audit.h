/* The past of the target: every change of a module since it has a policy, and whether sealed records allowed it; and what
 * can be shown to be missing from the log (FORMATS.md, 5). */
#ifndef ASSAY_REVIEW_AUDIT_H
#define ASSAY_REVIEW_AUDIT_H

#include "assay/model/reason.h"
#include "assay/review/past_merge.h"
#include "assay/review/workspace.h"

enum audit_result { AUDIT_ALLOWED, AUDIT_GAP, AUDIT_ACCEPTED };

/* A first-parent commit of the target that changed a module. */
struct audit_step {
    struct oid commit;
    struct slice author, subject;
    int64_t time; /* committer's */
    const struct past_module *modules;
    size_t module_count;
    enum audit_result result;
    struct slice reason;                /* why it is a gap, in a sentence; of an accepted one too */
    const struct past_refusal *refused; /* records that came with it and did not count, where it is a gap */
    size_t refused_count;
    struct slice accepted;              /* the policy's words; empty: not accepted */
    struct slice sealed_change, sealer; /* of the seal that allowed it; empty: none did */
    struct oid sealed_in;               /* the commit that brought that seal */
};

/* Something that is missing, rewound or removed. */
struct audit_problem {
    enum reason reason;
    struct slice detail;
    struct slice file, principal; /* of the record, where it is here */
    struct digest record;         /* none: not about a record */
    struct oid commit;            /* none: not about a commit */
    struct slice accepted;
};

struct audit {
    struct arena arena;
    struct oid since; /* the first commit with a policy; none: there is none */
    size_t commits;   /* first parents that were looked at */
    struct log_tips tips;
    struct audit_step *steps; /* oldest first */
    size_t step_count, step_capacity;
    struct audit_problem *problems;
    size_t problem_count, problem_capacity;
    size_t gaps; /* steps and problems that are not accepted */
};

/* Needs policy and signers of today's target: they say what is accepted. */
int audit_run(struct workspace *workspace, struct audit *audit, struct error *error);
void audit_clear(struct audit *audit);

#endif
