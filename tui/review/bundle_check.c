#include "assay/review/bundle_check.h"

#include "assay/base/env.h"
#include "assay/git/ancestry.h"
#include "assay/git/objects.h"
#include "assay/review/footprint.h"
#include "assay/trust/sshsig.h"

enum { TAG_SIZE_MAX = 1 << 20 };

/* ---- the module ---- */

struct slice bundle_check_manifest(struct arena *arena, struct slice folder)
{
    return folder.size ? arena_printf(arena, "%.*s/" FOOTPRINT_MANIFEST, SLICE_ARG(folder)) : SLICE(FOOTPRINT_MANIFEST);
}

int bundle_check_load(struct workspace *workspace, struct cache *cache, const struct oid *commit, struct slice folder,
                      struct arena *arena, struct merge *merge, struct module *module, struct error *error)
{
    struct merge_module found = {.path = folder};
    struct slice path = bundle_check_manifest(arena, folder);
    merge_init(merge);
    if (merge_compare(workspace->repo, commit, commit, merge, error) < 0 ||
        trees_find(workspace->repo, commit, path, &found.after, error) < 0)
        return -1;
    found.before = found.after;
    return module_load(workspace, cache, merge, &found, arena, module, error);
}

/* ---- the tag's bytes ---- */

/* The JSON is what lies between a line `{` and a line `}`, both included; what is indented behind it is the signature. */
static bool take_apart(struct slice object, struct slice *json, struct str *signature)
{
    size_t start = slice_find(object, SLICE("\n{\n"));
    struct slice rest = slice_from(object, start == SLICE_NOT_FOUND ? object.size : start + 1), line;
    size_t end = slice_find(rest, SLICE("\n}\n"));
    if (end == SLICE_NOT_FOUND)
        return false;
    *json = slice_part(rest, 0, end + 3);
    rest = slice_from(rest, end + 3);
    while (slice_cut_line(&rest, &line)) {
        if (!slice_starts_with(line, SLICE("    ")))
            continue;
        str_append(signature, slice_from(line, 4));
        str_push(signature, '\n');
    }
    return signature->size > 0;
}

static void refuse(struct bundle_tag *tag, enum reason reason, struct slice detail)
{
    if (tag->reason != REASON_NONE)
        return;
    tag->reason = reason;
    tag->detail = detail;
}

/* ---- who signed it ---- */

static struct slice describe_window(struct arena *arena, const struct signer *signer)
{
    bool early = signer->valid_after != SIGNERS_ALWAYS && env_now() < signer->valid_after;
    int64_t edge = early ? signer->valid_after : signer->valid_before;
    char time[21];
    if (edge == SIGNERS_ALWAYS || edge == SIGNERS_FOREVER)
        return SLICE("is not valid today");
    env_format_utc(edge, time);
    return arena_printf(arena, early ? "is valid from %.10s on" : "was valid until %.10s", time);
}

/* A tag is not on the target and its own dates are its signer's word, so nothing proves that it was signed while the key
 * was good: it is judged today, and whoever vouches for the content still signs it again. */
static struct slice describe_key(const struct bundle_check *check, enum signers_judgement judgement,
                                 const struct signer *signer, const struct bundle_tag *tag)
{
    struct arena *arena = check->arena;
    struct slice what = SLICE("is listed in " WORKSPACE_REVOKED_PATH);
    if (judgement == SIGNERS_UNKNOWN_SIGNER)
        return SLICE("the key is in no line of " WORKSPACE_SIGNERS_PATH);
    if (judgement == SIGNERS_WRONG_NAMESPACE)
        return arena_printf(arena, "the key of %.*s may not sign for " BUNDLE_NAMESPACE, SLICE_ARG(signer->principal));
    if (judgement == SIGNERS_EXPIRED_KEY)
        what = describe_window(arena, signer);
    return arena_printf(arena,
                        "the key of %.*s %.*s, and nothing on %s proves that the bundle was signed before; somebody "
                        "whose key is good signs it again: assay bundle sign %.*s --tag %.*s",
                        SLICE_ARG(signer->principal), SLICE_ARG(what), check->workspace->target.name.data,
                        SLICE_ARG(arena_argument(arena, check->module->name)),
                        SLICE_ARG(arena_argument(arena, tag->name)));
}

static void judge_key(const struct bundle_check *check, const struct sshsig *signature, struct bundle_tag *tag)
{
    static const enum reason reasons[] = {
        [SIGNERS_UNKNOWN_SIGNER] = REASON_UNKNOWN_SIGNER,   [SIGNERS_EXPIRED_KEY] = REASON_EXPIRED_KEY,
        [SIGNERS_REVOKED_RETIRED] = REASON_REVOKED_KEY,     [SIGNERS_REVOKED_COMPROMISED] = REASON_REVOKED_KEY,
        [SIGNERS_WRONG_NAMESPACE] = REASON_WRONG_NAMESPACE,
    };
    const struct signer *signer = NULL;
    enum signers_judgement judgement = signers_judge(check->workspace->signers, signature->public_key, BUNDLE_NAMESPACE,
                                                     env_now(), SIGNERS_NOT_SEALED, &signer);
    if (judgement != SIGNERS_GOOD)
        refuse(tag, reasons[judgement], describe_key(check, judgement, signer, tag));
    else if (!slice_equal(signer->principal, tag->bundle.principal))
        refuse(tag, REASON_UNKNOWN_SIGNER,
               arena_printf(check->arena, "the bundle names %.*s, but the key is that of %.*s",
                            SLICE_ARG(tag->bundle.principal), SLICE_ARG(signer->principal)));
}

static void judge_signature(const struct bundle_check *check, struct slice json, struct slice armor,
                            struct bundle_tag *tag)
{
    struct error cause = ERROR_INIT;
    struct sshsig signature = {0};
    if (sshsig_parse(armor, &signature, &cause) < 0) {
        refuse(tag, REASON_BAD_SIGNATURE, arena_printf(check->arena, "%s", cause.text));
    } else {
        enum sshsig_result result = sshsig_verify(&signature, json, BUNDLE_NAMESPACE, NULL);
        if (result == SSHSIG_GOOD)
            judge_key(check, &signature, tag);
        else
            refuse(tag, result == SSHSIG_WRONG_NAMESPACE ? REASON_WRONG_NAMESPACE : REASON_BAD_SIGNATURE,
                   slice_of(sshsig_result_name(result)));
    }
    sshsig_clear(&signature);
}

/* ---- what it says ---- */

static void judge_claims(const struct bundle_check *check, const struct oid *commit, struct bundle_tag *tag)
{
    const struct bundle *bundle = &tag->bundle;
    struct str name = STR_INIT;
    bundle_append_tag(bundle, &name);
    if (!slice_equal(str_slice(&name), tag->name))
        refuse(tag, REASON_MALFORMED, SLICE("the tag's name is not the one that was signed"));
    str_clear(&name);
    if (!slice_equal(bundle->repository, check->workspace->policy.repository))
        refuse(tag, REASON_OTHER_REPOSITORY, slice_of(reason_words(REASON_OTHER_REPOSITORY)));
    if (!slice_equal(bundle->target, check->workspace->policy.target))
        refuse(tag, REASON_OTHER_TARGET, slice_of(reason_words(REASON_OTHER_TARGET)));
    if (!oid_equal(commit, &bundle->commit))
        refuse(tag, REASON_STALE_MODULE, SLICE("the tag is on another commit than the one that was signed"));
    for (size_t i = 1; i < bundle->record_count; i++)
        if (slice_compare(digest_slice(&bundle->records[i - 1]), digest_slice(&bundle->records[i])) >= 0)
            refuse(tag, REASON_MALFORMED, SLICE("its records are not sorted, or one is named twice"));
}

static int judge_commit(const struct bundle_check *check, struct bundle_tag *tag, struct error *error)
{
    struct ancestry *ancestry = ancestry_new(check->workspace->repo);
    int result = ancestry_set_target(ancestry, &check->workspace->target.commit, NULL, NULL, error);
    if (result == 0 && !ancestry_has(ancestry, &tag->bundle.commit))
        refuse(tag, REASON_OTHER_TARGET,
               arena_printf(check->arena, "its commit is not on %s", check->workspace->target.name.data));
    ancestry_free(ancestry);
    return result;
}

/* Whether its commit holds the module as it was signed. */
static void judge_content(const struct bundle_check *check, struct bundle_tag *tag)
{
    const struct bundle *bundle = &tag->bundle;
    struct error cause = ERROR_INIT;
    struct merge merge;
    struct module module = {0};
    if (bundle_check_load(check->workspace, check->cache, &bundle->commit, bundle->module.path, check->arena, &merge,
                          &module, &cause) < 0)
        refuse(tag, REASON_STALE_MODULE, arena_printf(check->arena, "%s", cause.text));
    else if (!digest_equal(&module.digest, &bundle->module.digest) ||
             !digest_equal(&module.evidence, &bundle->module.evidence))
        refuse(tag, REASON_STALE_MODULE, SLICE("its commit holds other content"));
    else if (!slice_equal(module.name, bundle->module.name) || !slice_equal(module.version, bundle->module.version))
        refuse(tag, REASON_STALE_MODULE, SLICE("its commit has the module under another name or version"));
    module_clear(&module);
    merge_clear(&merge);
}

/* Each record that it names is sealed, good, and approves what the bundle is about. */
static int judge_records(const struct bundle_check *check, struct bundle_tag *tag, struct error *error)
{
    const struct bundle *bundle = &tag->bundle;
    const struct approvals_subject subject = {bundle->commit, bundle->module.path, bundle->module.digest,
                                              bundle->module.evidence};
    struct approvals_list list;
    if (bundle->record_count == 0)
        return 0;
    if (approvals_find(check->approvals, &subject, check->arena, &list, error) < 0)
        return -1;
    for (size_t i = 0; i < bundle->record_count && tag->reason == REASON_NONE; i++) {
        struct slice detail;
        if (approvals_has(&list, &bundle->records[i]))
            continue;
        enum reason reason = approvals_refusal(check->approvals, &subject, &bundle->records[i], check->arena, &detail);
        refuse(tag, reason, detail);
    }
    return 0;
}

static int judge(const struct bundle_check *check, struct slice json, struct slice armor, const struct oid *commit,
                 struct bundle_tag *tag, struct error *error)
{
    struct error cause = ERROR_INIT;
    enum record_problem problem = bundle_decode(json, &tag->bundle, &cause);
    tag->is_decoded = problem == RECORD_OK;
    if (!tag->is_decoded) {
        bundle_clear(&tag->bundle);
        refuse(tag, problem == RECORD_MALFORMED ? REASON_MALFORMED : REASON_UNKNOWN_SCHEMA,
               arena_printf(check->arena, "%s", cause.text));
        return 0;
    }
    tag->is_current = slice_equal(tag->bundle.module.path, check->module->path) &&
                      digest_equal(&tag->bundle.module.digest, &check->module->digest);
    judge_signature(check, json, armor, tag);
    judge_claims(check, commit, tag);
    if (tag->reason == REASON_NONE && judge_commit(check, tag, error) < 0)
        return -1;
    if (tag->reason == REASON_NONE)
        judge_content(check, tag);
    return tag->reason == REASON_NONE ? judge_records(check, tag, error) : 0;
}

int bundle_check_tag(const struct bundle_check *check, const struct ref *ref, struct bundle_tag *tag,
                     struct error *error)
{
    struct repo *repo = check->workspace->repo;
    struct oid commit = {{0}};
    struct object open = {.handle = NULL};
    struct error cause = ERROR_INIT;
    struct str signature = STR_INIT;
    struct slice json;
    int result = 0;
    tag->name = arena_copy(check->arena, slice_from(ref->name, sizeof BUNDLE_CHECK_PREFIX - 1));
    refs_find(repo, ref->name.data, &commit);
    if (!refs_object(repo, ref->name.data, &tag->object) ||
        objects_open(repo, &tag->object, OBJECT_TAG, TAG_SIZE_MAX, &open, &cause) < 0)
        refuse(tag, REASON_MALFORMED, SLICE("it is no annotated tag"));
    else if (!take_apart(open.bytes, &json, &signature))
        refuse(tag, REASON_NO_SIGNATURE, SLICE("its message holds no signed bundle"));
    else
        result = judge(check, json, str_slice(&signature), &commit, tag, error);
    str_clear(&signature);
    objects_close(&open);
    return result;
}
