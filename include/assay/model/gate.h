/* The gate: may this change merge, and if not, who or what is missing (FORMATS.md, 2, 4 and 6).
 *
 * A pure function of the target's policy, digests of the merge result, evidence and verified records: it reads no
 * clock, no repository and no key, and the order of its input never matters. What the formats leave open is decided
 * for the stricter side:
 *
 *  - Only a record whose signature is good, or was made by an expired, retired or compromised key of its signer, can be
 *    found by a `prev`; any other leaves a gap, so that spoiling a signature never hides a rejection.
 *  - A record is replaced by a descendant of the same (person, role, module) that is well signed today; a descendant
 *    signed by an expired or retired key replaces it only if it is a rejection itself.
 *  - On a fork: request-changes, withdraw, abstain, approve, the first of them wins; the others are `superseded`.
 *  - A withdraw also ends what older records of the same three superseded.
 *  - What ends a rejection ends it for every change that it holds up, wherever it was written; an override by an author
 *    of the change that is judged does not.
 *  - A score that needs a comment and has none counts against the minimum and the mean, but its case stays unscored.
 *  - Scores and triage are never an author's (unless self_approval), need current module, evidence and rubric digests
 *    and the current output. A flag that one triager settled and another marked fix-required is open.
 *  - A score below the minimum is excused when a triager settled the flag `below-minimum` or the flag named like the
 *    criterion for that output, or all flags (at least one) that persons raised on that output.
 *  - unscored-cases and below-mean are judged where some role with the duty `score` is required. */
#ifndef ASSAY_MODEL_GATE_H
#define ASSAY_MODEL_GATE_H

#include "assay/model/gate_input.h"
#include "assay/model/succession.h"

struct gate_block {
    enum reason reason;
    size_t module; /* index in the input's modules, or GATE_CHANGE */
    struct slice detail;
    struct digest record; /* none: not about a record */
};

struct gate_seat {
    struct slice principal;
    struct digest record;
};

struct gate_role {
    size_t role;            /* index in policy->roles */
    unsigned need, missing; /* need is at least 1 */
    struct gate_seat *have;
    size_t have_count;
};

/* A flag and whether it is settled, automatic ones and those that persons raised. */
struct gate_flag {
    struct slice prompt, case_id;
    struct digest output;
    struct slice name, detail;
    struct slice raised_by; /* principal; empty: automatic */
    bool settled;
    struct slice settled_by; /* principal; empty: nobody decided */
};

struct gate_module_verdict {
    struct gate_role *required;
    size_t required_count;
    struct gate_flag *flags;
    size_t flag_count, open_flags;
    size_t to_score; /* cases that have an output to score */
    size_t scored;   /* of them, those with enough scorers */
    double mean;     /* of the counted scores; NaN: none */
};

struct gate_ignored {
    struct digest record;
    enum reason reason;
    struct slice detail;        /* may be empty */
    enum succession succession; /* of REASON_SUPERSEDED */
};

/* Slices are borrowed from the input or live in the arena. Lists are sorted: blocks by module path, reason, detail and
 * record; records by name. */
struct gate_verdict {
    struct arena arena;
    bool pass;
    struct gate_block *blocks; /* those of the change and of all modules; empty exactly when it passes */
    size_t block_count, block_capacity;
    struct gate_module_verdict *modules; /* as many and in the order of the input's */
    size_t module_count;
    struct digest *counted; /* approvals with a seat, rejections that hold, abstentions and withdrawals that stand */
    size_t counted_count;
    struct gate_ignored *ignored;
    size_t ignored_count, ignored_capacity;
};

void gate_judge(const struct gate_input *input, struct gate_verdict *verdict);
/* NULL: it is not among the ignored. */
const struct gate_ignored *gate_find_ignored(const struct gate_verdict *verdict, const struct digest *record);
void gate_clear(struct gate_verdict *verdict);

#endif
