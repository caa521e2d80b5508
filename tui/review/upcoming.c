#include "assay/review/upcoming.h"

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

static bool has_reviewer(const struct policy *policy)
{
    for (size_t i = 0; i < policy->person_count; i++)
        if (policy->people[i].roles)
            return true;
    return false;
}

static void load_policy(const struct workspace *workspace, struct slice bytes, struct error *wrong)
{
    struct policy policy;
    if (policy_load(bytes, SLICE(WORKSPACE_POLICY_PATH), &policy, wrong) < 0)
        return;
    if (!slice_equal(policy.target, str_slice(&workspace->target.name)))
        error_set(wrong, ERROR_INPUT, WORKSPACE_POLICY_PATH ": it is for the target “%.*s”, not for %s",
                  SLICE_ARG(policy.target), workspace->target.name.data);
    else if (policy.role_count > 0 && !has_reviewer(&policy))
        error_set(wrong, ERROR_INPUT,
                  WORKSPACE_POLICY_PATH ": nobody under people holds a role, and then nobody could sign");
    policy_clear(&policy);
}

static int read_policy(const struct workspace *workspace, const struct merge *merge, struct arena *arena,
                       struct slice *sentence, struct error *error)
{
    struct str bytes = STR_INIT;
    struct error wrong = ERROR_INIT;
    bool there, gone;
    int result = read_file(merge, WORKSPACE_POLICY_PATH, POLICY_SIZE_MAX, &bytes, &there, &gone, &wrong);
    if (gone)
        error_set(&wrong, ERROR_INPUT,
                  WORKSPACE_POLICY_PATH ": the change removes it, and then nobody's sign-off is asked for");
    else if (result == 0 && there)
        load_policy(workspace, str_slice(&bytes), &wrong);
    str_clear(&bytes);
    return absorb(&wrong, arena, sentence, error);
}

/* One who is left can sign the repair. */
static void need_signer(const struct signers *signers, struct error *wrong)
{
    for (size_t i = 0; i < signers_count(signers); i++)
        if (signers_at(signers, i)->revocation == SIGNERS_NOT_REVOKED)
            return;
    error_set(wrong, ERROR_INPUT,
              WORKSPACE_SIGNERS_PATH ": it leaves no key that is not revoked, and then nobody could sign");
}

static int read_signers(const struct merge *merge, struct arena *arena, struct slice *sentence, struct error *error)
{
    struct str allowed = STR_INIT, revoked = STR_INIT;
    struct signers *signers = NULL;
    struct error wrong = ERROR_INIT;
    bool there = false, gone = false, any_revoked = false, none_revoked;
    int result = read_file(merge, WORKSPACE_SIGNERS_PATH, SIGNERS_SIZE_MAX, &allowed, &there, &gone, &wrong);
    if (result == 0)
        result =
            read_file(merge, WORKSPACE_REVOKED_PATH, SIGNERS_SIZE_MAX, &revoked, &any_revoked, &none_revoked, &wrong);
    if (gone)
        error_set(&wrong, ERROR_INPUT,
                  WORKSPACE_SIGNERS_PATH ": the change removes it, and then no signature can be checked");
    else if (result == 0 && there &&
             signers_load(str_slice(&allowed), WORKSPACE_SIGNERS_PATH,
                          any_revoked ? str_slice(&revoked) : (struct slice){.data = NULL}, WORKSPACE_REVOKED_PATH,
                          &signers, &wrong) == 0)
        need_signer(signers, &wrong);
    signers_free(signers);
    str_clear(&revoked);
    str_clear(&allowed);
    return absorb(&wrong, arena, sentence, error);
}

int upcoming_read(const struct workspace *workspace, const struct merge *merge, struct arena *arena,
                  struct upcoming *upcoming, struct error *error)
{
    *upcoming = (struct upcoming){.policy = {.data = NULL}};
    if (read_policy(workspace, merge, arena, &upcoming->policy, error) < 0)
        return -1;
    return read_signers(merge, arena, &upcoming->signers, error);
}
