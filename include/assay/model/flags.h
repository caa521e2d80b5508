/* Automatic flags: evidence that is beyond a threshold, failed, cut off, or measured against a weakened golden case.
 *
 * A case **passes** when it has an output, the output did not fail, and no threshold that applies to it is missed:
 * those of the golden case (`thresholds`), else those of the policy. pass_rate is the share of golden cases that pass. */
#ifndef ASSAY_MODEL_FLAGS_H
#define ASSAY_MODEL_FLAGS_H

#include "assay/model/golden.h"
#include "assay/model/outputs.h"
#include "assay/model/policy.h"

enum flag_severity { FLAG_WARNING, FLAG_SEVERE }; /* for the eye: both have to be settled */

struct flag {
    struct slice prompt;
    struct slice case_id; /* empty: the flag is about the whole prompt */
    struct digest output; /* none: there is no output, or the flag is about the whole prompt */
    struct slice name;    /* "rouge_l", "failed", "golden-removed", …: see flags_names */
    enum flag_severity severity;
    struct slice detail; /* one line for a person: "rouge_l 0.31 is below 0.40" */
};

struct flags {
    struct arena arena; /* owns details; names, prompts and case ids are borrowed from the evidence */
    struct flag *items;
    size_t count, capacity;
};

/* The evidence of one prompt. Everything is borrowed and must outlive the flags. */
struct flags_evidence {
    const struct policy *policy;
    const struct manifest *manifest; /* for its sla; NULL: none */
    struct slice prompt;
    const struct golden *golden;          /* of the merge result; NULL: none */
    const struct golden *golden_before;   /* of the target; NULL: none */
    const struct outputs *outputs;        /* of the merge result; NULL: none (that is not a flag, the gate says so) */
    const struct outputs *outputs_before; /* the baseline; NULL: none */
};

/* Appends the flags of one prompt, cases in the order of the golden dataset, then golden cases that were removed or
 * weakened, then those of the whole prompt. A measure that the outputs file does not give is not beyond its threshold. Works on
 * 64 MiB of evidence; computes rouge_l where a threshold asks for it. */
void flags_find(const struct flags_evidence *evidence, struct flags *flags);
void flags_clear(struct flags *flags);

/* Share of golden cases that pass, 0..1; false when there are none. */
bool flags_pass_rate(const struct flags_evidence *evidence, double *rate);

/* Every name that flags_find can give, with what it means; NULL-terminated. For help and schemas. */
struct flag_name {
    const char *name, *meaning;
};
extern const struct flag_name flags_names[];

const char *flags_severity_name(enum flag_severity severity);

#endif
