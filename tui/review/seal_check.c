#include "assay/review/seal_check.h"

#include "assay/git/log.h"
#include "assay/git/trees.h"
#include "assay/trust/sshsig.h"

static void refuse(struct seal_check *check, enum reason reason, struct slice problem)
{
    if (check->reason != REASON_NONE)
        return;
    check->reason = reason;
    check->problem = problem;
}

/* Reads one of the two files; *found false: it is not there, or cannot be read, which the check then says. */
static int read_file(struct workspace *workspace, const struct oid *root, struct slice change, const char *name,
                     size_t limit, struct seal_check *check, struct slice *bytes, bool *found, struct error *error)
{
    struct str path = STR_INIT, content = STR_INIT;
    struct tree_entry entry;
    struct error cause = ERROR_INIT;
    str_append_text(&path, "reviews/");
    log_encode_change(change, &path);
    str_appendf(&path, "/%s", name);
    int result = trees_find(workspace->repo, root, str_slice(&path), &entry, error);
    *found = result == 0 && entry.kind != TREE_NONE;
    if (*found && trees_read_entry(workspace->repo, &entry, limit, &content, &cause) < 0)
        refuse(check, REASON_MALFORMED, arena_printf(&check->arena, "%s", cause.text));
    *bytes = arena_copy(&check->arena, str_slice(&content));
    str_clear(&content);
    str_clear(&path);
    return result;
}

static const enum reason reasons[] = {
    [SIGNERS_GOOD] = REASON_NONE,
    [SIGNERS_UNKNOWN_SIGNER] = REASON_UNKNOWN_SIGNER,
    [SIGNERS_EXPIRED_KEY] = REASON_EXPIRED_KEY,
    [SIGNERS_REVOKED_RETIRED] = REASON_REVOKED_KEY,
    [SIGNERS_REVOKED_COMPROMISED] = REASON_REVOKED_KEY,
    [SIGNERS_WRONG_NAMESPACE] = REASON_WRONG_NAMESPACE,
};

static void judge_key(const struct workspace *workspace, const struct sshsig *signature, int64_t at,
                      struct seal_check *check)
{
    const struct signer *signer = NULL;
    enum signers_judgement judgement =
        signers_judge(workspace->signers, signature->public_key, SEAL_NAMESPACE, at, SIGNERS_NOT_SEALED, &signer);
    if (judgement != SIGNERS_GOOD)
        refuse(check, reasons[judgement],
               arena_printf(&check->arena, "the key of the seal is refused: %s", signers_judgement_name(judgement)));
    else if (check->is_decoded && !slice_equal(signer->principal, check->seal.principal))
        refuse(check, REASON_UNKNOWN_SIGNER,
               arena_printf(&check->arena, "the seal names %.*s, but the key is that of %.*s",
                            SLICE_ARG(check->seal.principal), SLICE_ARG(signer->principal)));
}

static void verify(const struct workspace *workspace, struct slice bytes, struct slice armor, int64_t at,
                   struct seal_check *check)
{
    struct error cause = ERROR_INIT;
    struct sshsig signature = {0};
    if (sshsig_parse(armor, &signature, &cause) < 0) {
        refuse(check, REASON_BAD_SIGNATURE, arena_printf(&check->arena, "the signature of the seal: %s", cause.text));
    } else {
        enum sshsig_result result = sshsig_verify(&signature, bytes, SEAL_NAMESPACE, NULL);
        if (result == SSHSIG_GOOD)
            judge_key(workspace, &signature, at, check);
        else
            refuse(check, result == SSHSIG_WRONG_NAMESPACE ? REASON_WRONG_NAMESPACE : REASON_BAD_SIGNATURE,
                   arena_printf(&check->arena, "the signature of the seal is refused: %s", sshsig_result_name(result)));
    }
    sshsig_clear(&signature);
}

static void judge_content(const struct workspace *workspace, struct slice change, struct seal_check *check)
{
    if (!slice_equal(check->seal.repository, workspace->policy.repository))
        refuse(check, REASON_OTHER_REPOSITORY,
               arena_printf(&check->arena, "the seal is for the repository %.*s", SLICE_ARG(check->seal.repository)));
    if (!slice_equal(check->seal.target, workspace->policy.target))
        refuse(check, REASON_OTHER_TARGET,
               arena_printf(&check->arena, "the seal is for the target %.*s", SLICE_ARG(check->seal.target)));
    if (!slice_equal(check->seal.change, change))
        refuse(check, REASON_OTHER_CHANGE,
               arena_printf(&check->arena, "the seal is for the change %.*s", SLICE_ARG(check->seal.change)));
}

static void judge(const struct workspace *workspace, struct slice change, struct slice bytes, struct slice armor,
                  int64_t at, struct seal_check *check)
{
    struct error cause = ERROR_INIT;
    enum record_problem problem = seal_decode(bytes, &check->seal, &cause);
    check->is_decoded = problem == RECORD_OK;
    verify(workspace, bytes, armor, at, check);
    if (check->is_decoded)
        judge_content(workspace, change, check);
    else
        refuse(check, problem == RECORD_MALFORMED ? REASON_MALFORMED : REASON_UNKNOWN_SCHEMA,
               arena_printf(&check->arena, "%s", cause.text));
}

int seal_check_read(struct workspace *workspace, const struct oid *root, struct slice change, int64_t at,
                    struct seal_check *check, struct error *error)
{
    struct slice bytes, armor;
    bool is_signed;
    *check = (struct seal_check){.arena = ARENA_INIT};
    if (workspace_need_policy(workspace, error) < 0 ||
        read_file(workspace, root, change, "seal.json", RECORD_SIZE_MAX, check, &bytes, &check->found, error) < 0 ||
        read_file(workspace, root, change, "seal.json.sig", SSHSIG_ARMOR_MAX, check, &armor, &is_signed, error) < 0) {
        seal_check_clear(check);
        return -1;
    }
    if (!check->found)
        refuse(check, REASON_NO_SIGNATURE, SLICE("there is no seal"));
    else if (!is_signed)
        refuse(check, REASON_NO_SIGNATURE, SLICE("the seal has no signature"));
    if (check->reason == REASON_NONE)
        judge(workspace, change, bytes, armor, at, check);
    return 0;
}

void seal_check_clear(struct seal_check *check)
{
    if (check->is_decoded)
        seal_clear(&check->seal);
    else
        arena_clear(&check->seal.arena);
    arena_clear(&check->arena);
    *check = (struct seal_check){.found = false};
}

const struct seal_module *seal_check_module(const struct seal_check *check, struct slice path)
{
    for (size_t i = 0; check->is_decoded && i < check->seal.module_count; i++)
        if (slice_equal(check->seal.modules[i].path, path))
            return &check->seal.modules[i];
    return NULL;
}
