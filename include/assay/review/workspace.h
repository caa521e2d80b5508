/* A repository as a reviewer sees it: the target with its policy and signers, who the user is, the index.
 *
 * One workspace belongs to one thread; a worker opens its own. Everything read from the target stays as it was until
 * workspace_refresh: a screen never sees half of an old and half of a new target. A missing or wrong policy, signers
 * file, key or index is no failure to open: each has its own error here, and what does not need it goes on working. */
#ifndef ASSAY_REVIEW_WORKSPACE_H
#define ASSAY_REVIEW_WORKSPACE_H

#include "assay/git/repo.h"
#include "assay/git/sealing.h"
#include "assay/git/settings.h"
#include "assay/git/target.h"
#include "assay/model/policy.h"
#include "assay/store/index.h"
#include "assay/trust/keys.h"
#include "assay/trust/signers.h"

/* Who sits here: the principal of the signing key, never user.email. */
struct identity {
    bool known;                         /* the signers file of the target has the key */
    const struct policy_person *person; /* in the policy; NULL: the policy does not list the principal */
    struct slice principal;             /* empty when not known */
    struct slice name;                  /* of the person; the principal where the policy has none */
    struct keys keys;                   /* usable when key_error is not set */
    struct error key_error;             /* no key configured, or not readable */
    struct error error;                 /* why not known, or why no person; not set when all is well */
};

struct workspace {
    struct repo *repo;
    struct settings *settings;
    struct index *index;
    struct str state_folder; /* <git common dir>/assay */
    struct str notes;        /* what the user should be told about the index, a line each; empty: nothing */
    struct target target;
    struct oid target_tree;
    struct policy policy;      /* valid when policy_error is not set */
    struct error policy_error; /* ERROR_INPUT: none on the target, or wrong */
    struct signers *signers;   /* NULL when signers_error is set */
    struct error signers_error;
    struct identity identity;
    bool looks_back; /* the target is one of the past: see workspace_look_back */
};

#define WORKSPACE_POLICY_PATH  "policies/review.yaml"
#define WORKSPACE_SIGNERS_PATH "policies/allowed_signers"
#define WORKSPACE_REVOKED_PATH SEALING_REVOKED_PATH

/* Fails when there is no repository or no target to compare with. workspace_close takes NULL. */
int workspace_open(const char *folder, struct workspace **workspace, struct error *error);
void workspace_close(struct workspace *workspace);
/* Reads target, policy, signers and identity again. *changed (may be NULL): whether the target moved. On failure
 * everything stays as it was. */
int workspace_refresh(struct workspace *workspace, bool *changed, struct error *error);

/* Sees the repository as it was when this commit was the target: policy, signers and identity are read from it, until
 * the next refresh. For those who judge the past, in a workspace of their own. On failure everything stays as it was. */
int workspace_look_back(struct workspace *workspace, const struct oid *commit, struct error *error);

/* The signers of a target's tree, with its revoked keys: for a worker, which shares nothing with the workspace. */
int workspace_read_signers(const struct repo *repo, const struct oid *tree, const char *target,
                           struct signers **signers, struct error *error);

bool workspace_has_policy(const struct workspace *workspace);
/* The policy, or the error that says why there is none. */
int workspace_need_policy(const struct workspace *workspace, struct error *error);
/* The identity with a key and a person in the policy, or the error with a way out. */
int workspace_need_identity(const struct workspace *workspace, struct error *error);
/* The same for those who sign something else than a record: the key must be good today for this namespace, and for no
 * other. `may` says what they do: "seal", "sign bundles". */
int workspace_need_right(const struct workspace *workspace, const char *namespace_name, const char *may,
                         struct error *error);
/* The log's branch: the policy's, or the default. */
const char *workspace_log(const struct workspace *workspace);
/* A role of the policy that the user holds; SIZE_MAX: not one, or none at all. `wanted` empty: assay.role, else the first held. */
size_t workspace_role(const struct workspace *workspace, struct slice wanted);

#endif
