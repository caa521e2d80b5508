/* policies/review.yaml: people, roles, rubric, required sign-offs, thresholds. Read from the target only. */
#ifndef ASSAY_MODEL_POLICY_H
#define ASSAY_MODEL_POLICY_H

#include "assay/model/manifest.h"
#include "assay/model/oid.h"
#include "assay/model/rubric.h"

enum { POLICY_SIZE_MAX = 1 << 20, POLICY_ROLES_MAX = 32 };

enum duty { DUTY_SCORE, DUTY_SIGN, DUTY_TRIAGE };

struct policy_role {
    struct slice id, title, meaning;
    enum duty duty;
};

struct policy_person {
    struct slice principal, name;
    struct slice *emails; /* at least one: the principal by default */
    size_t email_count;
    uint32_t roles; /* bit i: holds policy->roles[i] */
};

struct policy_rule {
    /* Within a list: or. Between the three: and. An empty list matches everything. */
    uint32_t risks; /* bit RISK_…; 0: any */
    struct slice *sensitivities;
    size_t sensitivity_count;
    struct slice *paths; /* :(glob) patterns over the module's files */
    size_t path_count;
    unsigned char need[POLICY_ROLES_MAX]; /* persons needed of policy->roles[i] */
    int line;
};

struct policy_threshold {
    struct slice name;
    double value;
};

struct policy_accepted {
    struct slice commit_or_record, reason;
};

struct policy {
    struct document document;
    struct digest digest;                 /* file digest */
    struct slice repository, target, log; /* log: "assay/log" by default */
    struct policy_role *roles;
    size_t role_count;
    struct policy_person *people;
    size_t person_count;
    struct rubric rubric;
    struct policy_rule *rules;
    size_t rule_count;
    struct policy_threshold *thresholds;
    size_t threshold_count;
    struct slice *flag_codes;
    size_t flag_code_count;
    bool self_approval;
    bool block_unknown_authors;
    struct slice *overrides; /* principals */
    size_t override_count;
    int overlap; /* at least 1 */
    struct policy_accepted *accepted;
    size_t accepted_count;
};

int policy_load(struct slice bytes, struct slice name, struct policy *policy, struct error *error);
void policy_clear(struct policy *policy);
size_t policy_role(const struct policy *policy, struct slice id);                               /* SIZE_MAX: none */
const struct policy_person *policy_person(const struct policy *policy, struct slice principal); /* NULL: none */
const struct policy_person *policy_person_by_email(const struct policy *policy,
                                                   struct slice email); /* ASCII case ignored */
bool policy_holds(const struct policy_person *person, size_t role);
bool policy_may_override(const struct policy *policy, struct slice principal);
bool policy_threshold(const struct policy *policy, const char *name, double *value); /* false: none set */

/* What a module needs. `risks`/`sensitivities`/`paths` are those of both sides (the higher risk counts; pass it alone). */
struct policy_subject {
    enum risk risk;
    const struct slice *sensitivities;
    size_t sensitivity_count;
    const struct slice *paths; /* repository paths of the module's files, old and new */
    size_t path_count;
    bool is_policy; /* the pseudo-module `policies` */
};
/* need[i]: persons needed of policy->roles[i]; the highest of all rules that match. */
void policy_require(const struct policy *policy, const struct policy_subject *subject,
                    unsigned char need[POLICY_ROLES_MAX]);
/* Why the policy accepts a known gap: a commit or a record by its whole name, a record's with sha256: or without. Either
 * may be NULL or none. Empty: it does not accept it. */
struct slice policy_accepts(const struct policy *policy, const struct oid *commit, const struct digest *record);

#endif
