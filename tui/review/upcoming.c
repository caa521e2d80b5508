#include "assay/review/upcoming.h"

#include "assay/base/env.h"
#include "assay/git/ancestry.h"
#include "assay/git/outbox.h"
#include "assay/git/refs.h"
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

static int has_ancestor(const struct repo *repo, const struct oid *tip, const struct oid *commit, bool *has,
                        struct error *error)
{
    struct ancestry *ancestry = ancestry_new(repo);
    int result = ancestry_set_target(ancestry, tip, NULL, NULL, error);
    *has = result == 0 && ancestry_has(ancestry, commit);
    ancestry_free(ancestry);
    return result;
}

/* Where one of the two has the other, a plain push makes them one. */
static int is_one_line(const struct repo *repo, const struct oid *one, const struct oid *other, bool *is,
                       struct error *error)
{
    int result = has_ancestor(repo, one, other, is, error);
    return result == 0 && !*is ? has_ancestor(repo, other, one, is, error) : result;
}

/* A log under another name has to go on where the one of today is: else it is a log that lost commits, for everybody. */
static int check_log(const struct workspace *workspace, const struct rules *rules, struct arena *arena,
                     struct slice *sentence, struct error *error)
{
    const char *remote = repo_remote(workspace->repo), *now = workspace_log(workspace);
    const struct slice next = rules->policy.log;
    struct oid tip, next_tip;
    bool goes_on = false;
    struct slice here = remote ? SLICE(OUTBOX_TRACKED_REF) : arena_printf(arena, "refs/heads/%s", now);
    struct slice there = remote ? arena_printf(arena, "refs/remotes/%s/%.*s", remote, SLICE_ARG(next))
                                : arena_printf(arena, "refs/heads/%.*s", SLICE_ARG(next));
    struct slice refspec = arena_printf(arena, "%.*s:refs/heads/%.*s", SLICE_ARG(here), SLICE_ARG(next));
    if (slice_is(next, now) || !refs_find(workspace->repo, here.data, &tip))
        return 0;
    if (refs_find(workspace->repo, there.data, &next_tip) &&
        is_one_line(workspace->repo, &tip, &next_tip, &goes_on, error) < 0)
        return -1;
    if (!goes_on)
        *sentence = arena_printf(
            arena,
            WORKSPACE_POLICY_PATH ": log: the branch %.*s does not go on from %s, and every gate would be blocked by "
                                  "log-rewound; first run “git push %.*s %.*s” and “assay sync”",
            SLICE_ARG(next), now, SLICE_ARG(arena_argument(arena, slice_of(remote ? remote : "."))),
            SLICE_ARG(arena_argument(arena, refspec)));
    return 0;
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
    /* Keys of today and branches of today say nothing about a merge of the past. */
    if (result == 0 && rules.has_policy && !upcoming->policy.data && !workspace->looks_back)
        result = check_log(workspace, &rules, arena, &upcoming->policy, error);
    if (rules.has_policy && rules.signers && rules.policy.role_count > 0 && !workspace->looks_back &&
        !anybody_may_sign(&rules))
        upcoming->signers =
            SLICE(WORKSPACE_SIGNERS_PATH ": nobody who holds a role in review.yaml has a key in it that "
                                         "may sign today, and then nobody could sign the repair");
    signers_free(rules.signers);
    if (rules.has_policy)
        policy_clear(&rules.policy);
    return result;
}
