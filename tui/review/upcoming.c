#include "assay/review/upcoming.h"

#include "assay/base/env.h"
#include "assay/model/record.h"

/* Wrong content becomes a sentence; a failing environment goes up. */
static int absorb(struct error *wrong, struct arena *arena, struct slice *sentence, struct error *error)
{
    if (!error_is_set(wrong))
        return 0;
    if (wrong->kind != ERROR_INPUT)
        return error_set(error, wrong->kind, "%s", wrong->text);
    struct slice text = slice_of(wrong->text);
    *sentence = arena_copy(arena, slice_ends_with(text, SLICE(".")) ? slice_part(text, 0, text.size - 1) : text);
    return 0;
}

/* *there is false, too, for what is no plain file. */
static int read_file(const struct merge *merge, const char *path, size_t limit, struct str *bytes, bool *there,
                     bool *gone, struct error *error)
{
    struct tree_entry entry;
    *there = *gone = false;
    if (merge_find(merge, slice_of(path), &entry, error) < 0)
        return -1;
    *gone = entry.kind == TREE_NONE;
    *there = !*gone && !trees_refusal(&entry);
    return *there ? merge_read(merge, slice_of(path), limit, bytes, error) : 0;
}

/* What could be read of the three files; who may sign hangs on all of them. */
struct rules {
    struct policy policy;
    struct signers *signers;
    bool has_policy; /* else the policy is not to be cleared */
};

static void load_policy(const struct workspace *workspace, struct slice bytes, struct rules *rules, struct error *wrong)
{
    if (policy_load(bytes, SLICE(WORKSPACE_POLICY_PATH), &rules->policy, wrong) < 0)
        return;
    rules->has_policy = true;
    if (!slice_equal(rules->policy.target, str_slice(&workspace->target.name)))
        error_set(wrong, ERROR_INPUT, WORKSPACE_POLICY_PATH ": it is for the target “%.*s”, not for %s",
                  SLICE_ARG(rules->policy.target), workspace->target.name.data);
}

static int read_policy(const struct workspace *workspace, const struct merge *merge, struct rules *rules,
                       struct arena *arena, struct slice *sentence, struct error *error)
{
    struct str bytes = STR_INIT;
    struct error wrong = ERROR_INIT;
    bool there, gone;
    int result = read_file(merge, WORKSPACE_POLICY_PATH, POLICY_SIZE_MAX, &bytes, &there, &gone, &wrong);
    if (gone)
        error_set(&wrong, ERROR_INPUT,
                  WORKSPACE_POLICY_PATH ": the change removes it, and then nobody's sign-off is asked for");
    else if (result == 0 && there)
        load_policy(workspace, str_slice(&bytes), rules, &wrong);
    str_clear(&bytes);
    return absorb(&wrong, arena, sentence, error);
}

static int read_signers(const struct merge *merge, struct rules *rules, struct arena *arena, struct slice *sentence,
                        struct error *error)
{
    struct str allowed = STR_INIT, revoked = STR_INIT;
    struct error wrong = ERROR_INIT;
    bool there = false, gone = false, any_revoked = false, none_revoked;
    int result = read_file(merge, WORKSPACE_SIGNERS_PATH, SIGNERS_SIZE_MAX, &allowed, &there, &gone, &wrong);
    if (result == 0)
        result =
            read_file(merge, WORKSPACE_REVOKED_PATH, SIGNERS_SIZE_MAX, &revoked, &any_revoked, &none_revoked, &wrong);
    if (gone)
        error_set(&wrong, ERROR_INPUT,
                  WORKSPACE_SIGNERS_PATH ": the change removes it, and then no signature can be checked");
    else if (result == 0 && there)
        signers_load(str_slice(&allowed), WORKSPACE_SIGNERS_PATH,
                     any_revoked ? str_slice(&revoked) : (struct slice){.data = NULL}, WORKSPACE_REVOKED_PATH,
                     &rules->signers, &wrong);
    str_clear(&revoked);
    str_clear(&allowed);
    return absorb(&wrong, arena, sentence, error);
}

/* One who is left can sign the repair. */
static bool anybody_may_sign(const struct rules *rules)
{
    for (size_t i = 0; i < signers_count(rules->signers); i++) {
        const struct signer *signer = signers_at(rules->signers, i);
        const struct policy_person *person = policy_person(&rules->policy, signer->principal);
        if (person && person->roles &&
            signers_judge(rules->signers, sshkey_blob(signer->key), RECORD_NAMESPACE, env_now(), SIGNERS_NOT_SEALED,
                          NULL) == SIGNERS_GOOD)
            return true;
    }
    return false;
}

int upcoming_read(const struct workspace *workspace, const struct merge *merge, struct arena *arena,
                  struct upcoming *upcoming, struct error *error)
{
    struct rules rules = {.has_policy = false};
    *upcoming = (struct upcoming){.policy = {.data = NULL}};
    int result = read_policy(workspace, merge, &rules, arena, &upcoming->policy, error);
    if (result == 0)
        result = read_signers(merge, &rules, arena, &upcoming->signers, error);
    if (rules.has_policy && rules.signers && rules.policy.role_count > 0 && !anybody_may_sign(&rules))
        upcoming->signers =
            SLICE(WORKSPACE_SIGNERS_PATH ": nobody who holds a role in review.yaml has a key in it that "
                                         "may sign today, and then nobody could sign the repair");
    signers_free(rules.signers);
    if (rules.has_policy)
        policy_clear(&rules.policy);
    return result;
}
