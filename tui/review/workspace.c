#include "assay/review/workspace.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/commits.h"
#include "assay/git/refs.h"
#include "assay/git/trees.h"
#include "assay/model/record.h"
#include "assay/trust/sshkey.h"

static void identity_clear(struct identity *identity)
{
    keys_clear(&identity->keys);
    *identity = (struct identity){0};
}

/* What was read from the target, so that a refresh that fails keeps the old state. */
struct target_state {
    struct target target;
    struct oid tree;
    struct policy policy;
    struct error policy_error;
    struct signers *signers;
    struct error signers_error;
    struct identity identity;
};

static void state_clear(struct target_state *state)
{
    identity_clear(&state->identity);
    signers_free(state->signers);
    if (!error_is_set(&state->policy_error))
        policy_clear(&state->policy);
    target_clear(&state->target);
}

/* Reads a file of the target; *found is false when nothing lies there. */
static int read_target_file(const struct repo *repo, const struct oid *tree, const char *path, size_t limit,
                            struct str *bytes, bool *found, struct error *error)
{
    struct tree_entry entry;
    *found = false;
    if (trees_find(repo, tree, slice_of(path), &entry, error) < 0)
        return -1;
    if (entry.kind == TREE_NONE)
        return 0;
    *found = true;
    return trees_read(repo, tree, slice_of(path), limit, bytes, error);
}

/* Whoever reads it can do nothing else: a repair cannot be reviewed under a policy that cannot be used. */
static void tell_who_repairs(const struct target_state *state, struct error *error)
{
    struct error cause = *error;
    if (cause.kind != ERROR_INPUT)
        return;
    struct slice text = slice_of(cause.text);
    int size = (int)(slice_ends_with(text, SLICE(".")) ? text.size - 1 : text.size);
    error_clear(error);
    error_set(error, cause.kind,
              "%.*s; nothing can be reviewed until an administrator pushes the repair to %s, without a review.", size,
              text.data, state->target.name.data);
}

/* A clone of one branch alone has nothing but that branch to take for the target. */
static void refuse_target(const struct repo *repo, struct target_state *state)
{
    const struct slice wanted = state->policy.target;
    const char *remote = repo_remote(repo);
    struct str ref = STR_INIT, argument = STR_INIT;
    struct oid commit;
    str_appendf(&ref, "refs/remotes/%s/%.*s", remote ? remote : "", SLICE_ARG(wanted));
    str_append_argument(&argument, slice_of(remote ? remote : ""));
    if (remote && !refs_find(repo, ref.data, &commit))
        error_set(&state->policy_error, ERROR_INPUT,
                  "%s on %s is for the target “%.*s”, which was not fetched here: run “git remote set-branches %s '*'” "
                  "and “git fetch %s”.",
                  WORKSPACE_POLICY_PATH, state->target.name.data, SLICE_ARG(wanted), argument.data, argument.data);
    else
        error_set(&state->policy_error, ERROR_INPUT,
                  "%s on %s is for the target “%.*s”: correct its `target:` line, or set assay.target.",
                  WORKSPACE_POLICY_PATH, state->target.name.data, SLICE_ARG(wanted));
    str_clear(&argument);
    str_clear(&ref);
}

static void read_policy(const struct workspace *workspace, struct target_state *state)
{
    struct str bytes = STR_INIT;
    struct error *error = &state->policy_error;
    bool found;
    if (read_target_file(workspace->repo, &state->tree, WORKSPACE_POLICY_PATH, POLICY_SIZE_MAX, &bytes, &found, error) <
        0)
        goto done;
    if (!found) {
        error_set(error, ERROR_INPUT, "%s has no %s, so nobody's sign-off is asked for; “assay init” writes one.",
                  state->target.name.data, WORKSPACE_POLICY_PATH);
        goto done;
    }
    if (policy_load(str_slice(&bytes), SLICE(WORKSPACE_POLICY_PATH), &state->policy, error) < 0) {
        tell_who_repairs(state, error);
        goto done;
    }
    if (!slice_equal(state->policy.target, str_slice(&state->target.name))) {
        refuse_target(workspace->repo, state);
        policy_clear(&state->policy);
    }
done:
    str_clear(&bytes);
}

int workspace_read_signers(const struct repo *repo, const struct oid *tree, const char *target,
                           struct signers **signers, struct error *error)
{
    struct str allowed = STR_INIT, revoked = STR_INIT;
    bool found, found_revoked;
    int result = read_target_file(repo, tree, WORKSPACE_SIGNERS_PATH, SIGNERS_SIZE_MAX, &allowed, &found, error);
    if (result == 0)
        result =
            read_target_file(repo, tree, WORKSPACE_REVOKED_PATH, SIGNERS_SIZE_MAX, &revoked, &found_revoked, error);
    if (result == 0 && !found)
        result = error_set(error, ERROR_INPUT,
                           "%s has no %s, so no signature can be checked; add a line for each reviewer's key.", target,
                           WORKSPACE_SIGNERS_PATH);
    if (result == 0)
        result = signers_load(str_slice(&allowed), WORKSPACE_SIGNERS_PATH,
                              found_revoked ? str_slice(&revoked) : (struct slice){0}, WORKSPACE_REVOKED_PATH, signers,
                              error);
    str_clear(&revoked);
    str_clear(&allowed);
    return result;
}

static void find_key(const struct workspace *workspace, struct identity *identity)
{
    struct str assay_key = STR_INIT, user_key = STR_INIT, format = STR_INIT;
    struct keys_settings settings = {
        .assay_signing_key = settings_text(workspace->settings, "assay.signingkey", &assay_key) ? assay_key.data : NULL,
        .user_signing_key = settings_text(workspace->settings, "user.signingkey", &user_key) ? user_key.data : NULL,
        .gpg_format = settings_text(workspace->settings, "gpg.format", &format) ? format.data : NULL,
    };
    keys_find(&settings, &identity->keys, &identity->key_error);
    str_clear(&format);
    str_clear(&user_key);
    str_clear(&assay_key);
}

static const char *file_that_judges(enum signers_judgement judgement)
{
    return judgement == SIGNERS_REVOKED_RETIRED || judgement == SIGNERS_REVOKED_COMPROMISED ? WORKSPACE_REVOKED_PATH
                                                                                            : WORKSPACE_SIGNERS_PATH;
}

/* A record of this key would count for nothing: better said before it is signed. */
static void judge_key(const struct target_state *state, struct identity *identity)
{
    enum signers_judgement judgement = signers_judge(state->signers, str_slice(&identity->keys.blob), RECORD_NAMESPACE,
                                                     env_now(), SIGNERS_NOT_SEALED, NULL);
    if (judgement != SIGNERS_GOOD)
        error_set(&identity->error, ERROR_INPUT,
                  "A record signed with your key would not count today (%s), as %s on %s has it; ask its owners to add "
                  "the line of a new key.",
                  signers_judgement_name(judgement), file_that_judges(judgement), state->target.name.data);
}

static void read_identity(const struct workspace *workspace, struct target_state *state)
{
    struct identity *identity = &state->identity;
    find_key(workspace, identity);
    if (error_is_set(&identity->key_error)) {
        identity->error = identity->key_error;
        return;
    }
    if (!state->signers) {
        identity->error = state->signers_error;
        return;
    }
    const struct signer *signer = signers_find(state->signers, str_slice(&identity->keys.blob));
    if (!signer) {
        error_set(&identity->error, ERROR_INPUT,
                  "Your key is not in %s on %s; ask its owners to add the line of your public key.",
                  WORKSPACE_SIGNERS_PATH, state->target.name.data);
        return;
    }
    identity->known = true;
    identity->principal = identity->name = signer->principal;
    if (error_is_set(&state->policy_error)) {
        identity->error = state->policy_error;
        return;
    }
    identity->person = policy_person(&state->policy, signer->principal);
    if (identity->person)
        identity->name = identity->person->name;
    else
        error_set(&identity->error, ERROR_INPUT, "%s on %s does not list %.*s among its people; ask its owners.",
                  WORKSPACE_POLICY_PATH, state->target.name.data, SLICE_ARG(signer->principal));
    if (identity->person)
        judge_key(state, identity);
}

/* past: a commit to take for the target's; NULL: the target's own. */
static int read_state(struct workspace *workspace, const struct oid *past, struct target_state *state,
                      struct error *error)
{
    target_init(&state->target);
    int result = target_find(workspace->repo, &state->target, error);
    if (past)
        state->target.commit = *past;
    if (result < 0 || commits_tree(workspace->repo, &state->target.commit, &state->tree, error) < 0) {
        target_clear(&state->target);
        return -1;
    }
    read_policy(workspace, state);
    if (workspace_read_signers(workspace->repo, &state->tree, state->target.name.data, &state->signers,
                               &state->signers_error) < 0)
        tell_who_repairs(state, &state->signers_error);
    read_identity(workspace, state);
    return 0;
}

static void swap_state(struct workspace *workspace, struct target_state *state)
{
    struct target_state old = {workspace->target,       workspace->target_tree, workspace->policy,
                               workspace->policy_error, workspace->signers,     workspace->signers_error,
                               workspace->identity};
    workspace->target = state->target;
    workspace->target_tree = state->tree;
    workspace->policy = state->policy;
    workspace->policy_error = state->policy_error;
    workspace->signers = state->signers;
    workspace->signers_error = state->signers_error;
    workspace->identity = state->identity;
    /* The person is found again: it pointed into the state's own copy of the policy. */
    if (workspace->identity.person)
        workspace->identity.person = policy_person(&workspace->policy, workspace->identity.principal);
    *state = old;
}

int workspace_refresh(struct workspace *workspace, bool *changed, struct error *error)
{
    struct target_state state = {0};
    struct oid before = workspace->target.commit;
    if (read_state(workspace, NULL, &state, error) < 0)
        return -1;
    swap_state(workspace, &state);
    workspace->looks_back = false;
    state_clear(&state);
    if (changed)
        *changed = !oid_equal(&before, &workspace->target.commit);
    return 0;
}

/* Whether policy, signers and revocations are the same blobs in two trees. */
static int has_same_policies(const struct workspace *workspace, const struct oid *tree, bool *same, struct error *error)
{
    static const char *const paths[] = {WORKSPACE_POLICY_PATH, WORKSPACE_SIGNERS_PATH, WORKSPACE_REVOKED_PATH};
    *same = true;
    for (size_t i = 0; *same && i < ARRAY_COUNT(paths); i++) {
        struct tree_entry here, there;
        if (trees_find(workspace->repo, &workspace->target_tree, slice_of(paths[i]), &here, error) < 0 ||
            trees_find(workspace->repo, tree, slice_of(paths[i]), &there, error) < 0)
            return -1;
        *same = here.kind == there.kind && (here.kind == TREE_NONE || oid_equal(&here.oid, &there.oid));
    }
    return 0;
}

int workspace_look_back(struct workspace *workspace, const struct oid *commit, struct error *error)
{
    struct target_state state = {0};
    struct oid tree;
    bool same;
    if (commits_tree(workspace->repo, commit, &tree, error) < 0 ||
        has_same_policies(workspace, &tree, &same, error) < 0)
        return -1;
    if (same) { /* the common case, and history is long */
        workspace->target.commit = *commit;
        workspace->target_tree = tree;
        workspace->looks_back = true;
        return 0;
    }
    if (read_state(workspace, commit, &state, error) < 0)
        return -1;
    swap_state(workspace, &state);
    workspace->looks_back = true;
    state_clear(&state);
    return 0;
}

int workspace_open(const char *folder, struct workspace **out, struct error *error)
{
    struct workspace *workspace = memory_new(sizeof *workspace);
    struct target_state state = {0};
    str_init(&workspace->state_folder);
    str_init(&workspace->notes);
    target_init(&workspace->target);
    error_set(&workspace->policy_error, ERROR_INPUT, "The policy was not read.");
    if (repo_open(folder, &workspace->repo, error) < 0 ||
        repo_open_settings(workspace->repo, SETTINGS_ALL, &workspace->settings, error) < 0 ||
        read_state(workspace, NULL, &state, error) < 0) {
        workspace_close(workspace);
        return -1;
    }
    swap_state(workspace, &state);
    state_clear(&state);
    str_appendf(&workspace->state_folder, "%s/assay", repo_common_folder(workspace->repo));
    workspace->index = index_open(workspace->state_folder.data, &workspace->notes);
    *out = workspace;
    return 0;
}

void workspace_close(struct workspace *workspace)
{
    if (!workspace)
        return;
    if (workspace->index)
        index_close(workspace->index);
    identity_clear(&workspace->identity);
    signers_free(workspace->signers);
    if (!error_is_set(&workspace->policy_error))
        policy_clear(&workspace->policy);
    target_clear(&workspace->target);
    if (workspace->settings)
        settings_close(workspace->settings);
    repo_close(workspace->repo);
    str_clear(&workspace->notes);
    str_clear(&workspace->state_folder);
    memory_free(workspace);
}

bool workspace_has_policy(const struct workspace *workspace)
{
    return !error_is_set(&workspace->policy_error);
}

static int pass_on(const struct error *cause, struct error *error)
{
    return error_set(error, cause->kind, "%s", cause->text);
}

int workspace_need_policy(const struct workspace *workspace, struct error *error)
{
    if (error_is_set(&workspace->policy_error))
        return pass_on(&workspace->policy_error, error);
    return error_is_set(&workspace->signers_error) ? pass_on(&workspace->signers_error, error) : 0;
}

int workspace_need_identity(const struct workspace *workspace, struct error *error)
{
    if (workspace_need_policy(workspace, error) < 0)
        return -1;
    return error_is_set(&workspace->identity.error) ? pass_on(&workspace->identity.error, error) : 0;
}

int workspace_need_right(const struct workspace *workspace, const char *namespace_name, const char *may,
                         struct error *error)
{
    const struct identity *identity = &workspace->identity;
    if (workspace_need_policy(workspace, error) < 0)
        return -1;
    if (!identity->person)
        return pass_on(&identity->error, error);
    enum signers_judgement judgement = signers_judge(workspace->signers, str_slice(&identity->keys.blob),
                                                     namespace_name, env_now(), SIGNERS_NOT_SEALED, NULL);
    if (judgement == SIGNERS_GOOD)
        return 0;
    if (judgement == SIGNERS_WRONG_NAMESPACE)
        return error_set(error, ERROR_INPUT,
                         "Your key may not %s (%s): ask the owners of %s on %s to add %s to its `namespaces`.", may,
                         signers_judgement_name(judgement), file_that_judges(judgement), workspace->target.name.data,
                         namespace_name);
    return error_set(error, ERROR_INPUT,
                     "Your key may not %s today (%s), as %s on %s has it; ask its owners to add the line of a new key.",
                     may, signers_judgement_name(judgement), file_that_judges(judgement), workspace->target.name.data);
}

const char *workspace_log(const struct workspace *workspace)
{
    return workspace_has_policy(workspace) ? workspace->policy.log.data : "assay/log";
}

size_t workspace_role(const struct workspace *workspace, struct slice wanted)
{
    const struct policy_person *person = workspace->identity.person;
    struct str configured = STR_INIT;
    size_t role = SIZE_MAX;
    if (!person)
        return SIZE_MAX;
    if (wanted.size == 0 && settings_text(workspace->settings, "assay.role", &configured))
        wanted = str_slice(&configured);
    if (wanted.size > 0)
        role = policy_role(&workspace->policy, wanted);
    else
        for (role = 0; role < workspace->policy.role_count && !policy_holds(person, role);)
            role++;
    str_clear(&configured);
    return role < workspace->policy.role_count && policy_holds(person, role) ? role : SIZE_MAX;
}
