/* What the gate judges: the target's policy, the modules of a change with their evidence, every record. */
#ifndef ASSAY_MODEL_GATE_INPUT_H
#define ASSAY_MODEL_GATE_INPUT_H

#include "assay/model/flags.h"
#include "assay/model/policy.h"
#include "assay/model/reason.h"
#include "assay/model/record.h"

#define GATE_CHANGE ((size_t)-1) /* instead of a module: the whole change */

enum gate_case_state {
    GATE_CASE_PRESENT, /* has an output, fresh or unproved */
    GATE_CASE_FAILED,  /* the endpoint gave an error for it: nothing to score, flags_find raises `failed` */
    GATE_CASE_STALE,
    GATE_CASE_MISSING, /* the outputs file does not have it */
    GATE_CASE_NO_FILE, /* the prompt has no outputs file at all */
};

struct gate_case {
    struct slice prompt, case_id;
    struct digest output; /* of the decoded text; none unless PRESENT or STALE */
    enum gate_case_state state;
};

/* Something the caller found that blocks by itself: merge-conflict, bad-manifest, records-removed, log-rewound, … */
struct gate_problem {
    enum reason reason;
    struct slice detail;
    struct digest record; /* none: not about a record */
};

struct gate_module {
    struct slice path, name;
    struct digest digest, evidence; /* on the merge result */
    struct policy_subject subject;  /* of both sides, for policy_require */
    const struct gate_case *cases;  /* those of its golden datasets; none for the pseudo-module `policies` */
    size_t case_count;
    const struct flag *flags; /* flags_find over its prompts */
    size_t flag_count;
    const struct gate_problem *problems;
    size_t problem_count;
};

enum gate_signature {
    GATE_SIGNATURE_GOOD,
    GATE_SIGNATURE_EXPIRED,     /* good, by a key outside its window at the time that counts */
    GATE_SIGNATURE_RETIRED,     /* good, by a key revoked as retired, not sealed before */
    GATE_SIGNATURE_COMPROMISED, /* good, by a key revoked as compromised, not sealed before */
    GATE_SIGNATURE_UNKNOWN, /* no principal of the signers file has this key, or not the one that the record names */
    GATE_SIGNATURE_BAD,
    GATE_SIGNATURE_NAMESPACE, /* made for another namespace */
    GATE_SIGNATURE_NONE,
};

/* One record, from any place. Pass every record of the repository: a rejection of another change can hold here. The
 * same name may come several times (a copy with a broken signature, say): the best signature counts. */
struct gate_record {
    struct digest name;          /* SHA-256 of the bytes */
    const struct record *record; /* NULL unless decoded is RECORD_OK */
    enum record_problem decoded;
    enum gate_signature signature;
    struct slice principal; /* of the key; empty unless the signature is by a known key */
    bool filed_here;        /* lies in this change's folder, in the log, the candidate or the target */
    bool sealed;            /* lies under reviews/ on the target: an approval is spent */
    /* In words, that the target has had the content since it was signed and has it no more: what is no rejection is
     * spent. Empty: not so. */
    struct slice replaced;
};

struct gate_input {
    const struct policy *policy; /* the target's; NULL: no-policy */
    struct slice change;
    const struct gate_module *modules; /* any order; their paths differ */
    size_t module_count;
    const struct gate_problem *problems; /* of the whole change */
    size_t problem_count;
    const struct gate_record *records;
    size_t record_count;
    const struct slice *authors; /* principals */
    size_t author_count;
    const struct slice *unknown_authors; /* e-mail addresses */
    size_t unknown_author_count;
};

/* Made by a key of the person that the record names, whatever became of the key since. */
bool gate_input_is_signed(const struct gate_record *record);
/* Why a record says nothing about this change, as far as itself, the keys and the policy's names tell, the weightiest
 * reason first: one word for one thing, whoever asks. REASON_NONE: as far as that goes it counts. */
enum reason gate_input_fault(const struct policy *policy, const struct gate_record *record, struct slice change);
bool gate_input_is_author(const struct gate_input *input, struct slice principal);
/* The module at this path, or with this digest; GATE_CHANGE: none. */
size_t gate_input_module(const struct gate_input *input, struct slice path);
size_t gate_input_module_of_digest(const struct gate_input *input, const struct digest *digest);

#endif
