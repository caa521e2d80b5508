#include "assay/review/bundle_tag.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/ancestry.h"
#include "assay/git/objects.h"
#include "assay/git/refs.h"
#include "assay/model/chain.h"
#include "assay/review/footprint.h"
#include "assay/review/ledger.h"
#include "assay/review/module.h"
#include "assay/trust/sshsig.h"

#define PREFIX "refs/tags/"

enum { TAG_SIZE_MAX = 1 << 20 };

/* ---- the module ---- */

static struct slice manifest_path(struct arena *arena, struct slice folder)
{
    return folder.size ? arena_printf(arena, "%.*s/" FOOTPRINT_MANIFEST, SLICE_ARG(folder)) : SLICE(FOOTPRINT_MANIFEST);
}

/* The module in this folder as a commit has it. */
static int load_module_at(struct workspace *workspace, struct cache *cache, const struct oid *commit,
                          struct slice folder, struct arena *arena, struct merge *merge, struct module *module,
                          struct error *error)
{
    struct merge_module found = {.path = folder};
    struct slice path = manifest_path(arena, folder);
    merge_init(merge);
    if (merge_compare(workspace->repo, commit, commit, merge, error) < 0 ||
        trees_find(workspace->repo, commit, path, &found.after, error) < 0)
        return -1;
    found.before = found.after;
    return module_load(workspace, cache, merge, &found, arena, module, error);
}

static bool is_wanted(struct cache *cache, const struct tree_entry *holder, struct slice wanted, struct arena *arena)
{
    const struct manifest *manifest;
    struct error ignored = ERROR_INIT;
    struct tree_entry entry = *holder;
    entry.path = manifest_path(arena, holder->path);
    return slice_equal(holder->path, wanted) ||
           (cache_manifest(cache, &entry, &manifest, &ignored) == 0 && slice_equal(manifest->name, wanted));
}

static int find_folder(const struct workspace *workspace, struct cache *cache, struct slice wanted, struct arena *arena,
                       struct slice *folder, struct error *error)
{
    const struct tree_list *holders;
    size_t found = 0;
    if (cache_holders(cache, &holders, error) < 0)
        return -1;
    for (size_t i = 0; i < holders->count; i++) {
        if (!is_wanted(cache, &holders->entries[i], wanted, arena))
            continue;
        *folder = arena_copy(arena, holders->entries[i].path);
        found++;
    }
    if (found == 1)
        return 0;
    return error_set(error, ERROR_INPUT, "%s has %s module “%.*s”; name it by its path.", workspace->target.name.data,
                     found ? "more than one" : "no", SLICE_ARG(wanted));
}

struct bundling {
    struct workspace *workspace;
    struct cache *cache;
    struct arena *arena; /* of the tags */
    struct merge merge;
    struct module module; /* on the target */
};

static int open_module(struct bundling *bundling, struct slice wanted, struct bundle_tags *tags, struct error *error)
{
    struct slice folder = SLICE("");
    merge_init(&bundling->merge);
    if (workspace_need_policy(bundling->workspace, error) < 0 ||
        find_folder(bundling->workspace, bundling->cache, wanted, bundling->arena, &folder, error) < 0 ||
        load_module_at(bundling->workspace, bundling->cache, &bundling->workspace->target.commit, folder,
                       bundling->arena, &bundling->merge, &bundling->module, error) < 0)
        return -1;
    for (size_t i = 0; i < bundling->module.problem_count; i++)
        if (bundling->module.problems[i].reason == REASON_BAD_MANIFEST)
            return error_set(error, ERROR_INPUT, "%.*s cannot be bundled: %.*s", SLICE_ARG(folder),
                             SLICE_ARG(bundling->module.problems[i].detail));
    tags->path = folder;
    tags->module = arena_copy(bundling->arena, bundling->module.name);
    tags->digest = bundling->module.digest;
    return 0;
}

/* ---- the tag's bytes ---- */

static void append_tag_object(const struct workspace *workspace, const struct bundle *bundle, struct slice name,
                              struct slice json, struct slice signature, struct str *out)
{
    char commit[OID_HEX_SIZE + 1], digest[DIGEST_TEXT_SIZE + 1];
    struct slice rest = signature, line;
    oid_format(&bundle->commit, commit);
    digest_format(&bundle->module.digest, digest);
    str_appendf(out, "object %s\ntype commit\ntag %.*s\ntagger ", commit, SLICE_ARG(name));
    for (size_t i = 0; i < workspace->identity.name.size; i++) { /* what git does not allow in a name is left out */
        char byte = workspace->identity.name.data[i];
        if ((unsigned char)byte >= 0x20 && byte != '<' && byte != '>')
            str_push(out, byte);
    }
    str_appendf(out, " <%.*s> %lld +0000\n\n", SLICE_ARG(bundle->principal), (long long)env_now());
    str_appendf(out, "%.*s %.*s, %s\n\n", SLICE_ARG(bundle->module.name), SLICE_ARG(bundle->module.version), digest);
    str_append(out, json);
    str_push(out, '\n');
    while (slice_cut_line(&rest, &line))
        str_appendf(out, "    %.*s\n", SLICE_ARG(line));
}

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

/* ---- verifying ---- */

static void refuse(struct bundle_tag *tag, enum reason reason, struct slice detail)
{
    if (tag->reason != REASON_NONE)
        return;
    tag->reason = reason;
    tag->detail = detail;
}

static void judge_signature(struct bundling *bundling, struct slice json, struct slice armor, struct bundle_tag *tag)
{
    static const enum reason reasons[] = {
        [SIGNERS_UNKNOWN_SIGNER] = REASON_UNKNOWN_SIGNER,   [SIGNERS_EXPIRED_KEY] = REASON_EXPIRED_KEY,
        [SIGNERS_REVOKED_RETIRED] = REASON_REVOKED_KEY,     [SIGNERS_REVOKED_COMPROMISED] = REASON_REVOKED_KEY,
        [SIGNERS_WRONG_NAMESPACE] = REASON_WRONG_NAMESPACE,
    };
    struct error cause = ERROR_INIT;
    struct sshsig signature = {0};
    const struct signer *signer = NULL;
    if (sshsig_parse(armor, &signature, &cause) < 0) {
        refuse(tag, REASON_BAD_SIGNATURE, arena_printf(bundling->arena, "%s", cause.text));
    } else {
        enum sshsig_result result = sshsig_verify(&signature, json, BUNDLE_NAMESPACE, NULL);
        enum signers_judgement judgement = signers_judge(bundling->workspace->signers, signature.public_key,
                                                         BUNDLE_NAMESPACE, env_now(), SIGNERS_NOT_SEALED, &signer);
        if (result != SSHSIG_GOOD)
            refuse(tag, result == SSHSIG_WRONG_NAMESPACE ? REASON_WRONG_NAMESPACE : REASON_BAD_SIGNATURE,
                   slice_of(sshsig_result_name(result)));
        else if (judgement != SIGNERS_GOOD)
            refuse(tag, reasons[judgement], slice_of(reason_words(reasons[judgement])));
        else if (!slice_equal(signer->principal, tag->bundle.principal))
            refuse(tag, REASON_UNKNOWN_SIGNER, SLICE("the key is not that of the person it names"));
    }
    sshsig_clear(&signature);
}

/* Whether the commit that it names is on the target and holds the module as it was signed. */
static int judge_content(struct bundling *bundling, const struct oid *commit, struct bundle_tag *tag,
                         struct error *error)
{
    const struct workspace *workspace = bundling->workspace;
    struct ancestry *ancestry = ancestry_new(workspace->repo);
    struct error cause = ERROR_INIT;
    struct merge merge;
    struct module module = {0};
    int result = ancestry_set_target(ancestry, &workspace->target.commit, NULL, NULL, error);
    merge_init(&merge);
    if (!oid_equal(commit, &tag->bundle.commit))
        refuse(tag, REASON_STALE_MODULE, SLICE("the tag is on another commit than the one that was signed"));
    else if (result == 0 && !ancestry_has(ancestry, commit))
        refuse(tag, REASON_OTHER_TARGET, SLICE("its commit is not on the target"));
    else if (result == 0 && load_module_at(bundling->workspace, bundling->cache, commit, tag->bundle.module.path,
                                           bundling->arena, &merge, &module, &cause) < 0)
        refuse(tag, REASON_STALE_MODULE, arena_printf(bundling->arena, "%s", cause.text));
    else if (result == 0 && (!digest_equal(&module.digest, &tag->bundle.module.digest) ||
                             !digest_equal(&module.evidence, &tag->bundle.module.evidence)))
        refuse(tag, REASON_STALE_MODULE, SLICE("its commit holds other content"));
    module_clear(&module);
    merge_clear(&merge);
    ancestry_free(ancestry);
    return result;
}

static int judge_bundle(struct bundling *bundling, struct slice json, struct slice armor, const struct oid *commit,
                        struct bundle_tag *tag, struct error *error)
{
    struct str name = STR_INIT;
    struct error cause = ERROR_INIT;
    enum record_problem problem = bundle_decode(json, &tag->bundle, &cause);
    tag->is_decoded = problem == RECORD_OK;
    if (!tag->is_decoded) {
        bundle_clear(&tag->bundle);
        refuse(tag, problem == RECORD_MALFORMED ? REASON_MALFORMED : REASON_UNKNOWN_SCHEMA,
               arena_printf(bundling->arena, "%s", cause.text));
        return 0;
    }
    judge_signature(bundling, json, armor, tag);
    bundle_append_tag(&tag->bundle, &name);
    if (!slice_equal(str_slice(&name), tag->name))
        refuse(tag, REASON_MALFORMED, SLICE("the tag's name is not the one that was signed"));
    str_clear(&name);
    if (!slice_equal(tag->bundle.repository, bundling->workspace->policy.repository))
        refuse(tag, REASON_OTHER_REPOSITORY, slice_of(reason_words(REASON_OTHER_REPOSITORY)));
    tag->is_current = slice_equal(tag->bundle.module.path, bundling->module.path) &&
                      digest_equal(&tag->bundle.module.digest, &bundling->module.digest);
    return tag->reason == REASON_NONE ? judge_content(bundling, commit, tag, error) : 0;
}

/* What a tag of this name says; a lightweight one, or one of other people's, is malformed. */
static int read_tag(struct bundling *bundling, const struct ref *ref, struct bundle_tag *tag, struct error *error)
{
    struct repo *repo = bundling->workspace->repo;
    struct oid object, commit = {{0}};
    struct object open = {.handle = NULL};
    struct error cause = ERROR_INIT;
    struct str signature = STR_INIT;
    struct slice json;
    int result = 0;
    tag->name = arena_copy(bundling->arena, slice_from(ref->name, sizeof PREFIX - 1));
    refs_find(repo, ref->name.data, &commit);
    if (!refs_object(repo, ref->name.data, &object) ||
        objects_open(repo, &object, OBJECT_TAG, TAG_SIZE_MAX, &open, &cause) < 0)
        refuse(tag, REASON_MALFORMED, SLICE("it is no annotated tag"));
    else if (!take_apart(open.bytes, &json, &signature))
        refuse(tag, REASON_NO_SIGNATURE, SLICE("its message holds no signed bundle"));
    else
        result = judge_bundle(bundling, json, str_slice(&signature), &commit, tag, error);
    str_clear(&signature);
    objects_close(&open);
    return result;
}

static int read_tags(struct bundling *bundling, struct slice wanted, struct bundle_tags *tags, struct error *error)
{
    struct ref_list list;
    struct str prefix = STR_INIT;
    int result;
    refs_list_init(&list);
    str_appendf(&prefix, "%.*s/v", SLICE_ARG(tags->module));
    result = refs_list(bundling->workspace->repo, PREFIX, &list, error);
    for (size_t i = 0; result == 0 && i < list.count; i++) {
        struct slice name = slice_from(list.refs[i].name, sizeof PREFIX - 1);
        if (!slice_starts_with(name, str_slice(&prefix)) || (wanted.size > 0 && !slice_equal(name, wanted)))
            continue;
        result = read_tag(bundling, &list.refs[i], ARRAY_PUSH(tags->items, tags->count, tags->capacity), error);
    }
    str_clear(&prefix);
    refs_list_clear(&list);
    return result;
}

/* ---- signing ---- */

static int compare_digests(const void *a, const void *b)
{
    return slice_compare(digest_slice(a), digest_slice(b));
}

static bool is_sealed(const struct workspace *workspace, const struct ledger_record *record)
{
    return (record->places & LEDGER_TARGET) && ledger_reason(workspace, record) == REASON_NONE;
}

static bool approves(const struct bundling *bundling, const struct record *record)
{
    return record->verdict == VERDICT_APPROVE && slice_equal(record->module.path, bundling->module.path) &&
           digest_equal(&record->module.digest, &bundling->module.digest) &&
           digest_equal(&record->evidence.digest, &bundling->module.evidence);
}

/* Sealed approvals of exactly this module with this evidence, without those that their signer replaced before the
 * merge. */
static int find_approvals(struct bundling *bundling, struct bundle *bundle, struct error *error)
{
    struct ledger ledger;
    size_t count = 0;
    if (ledger_read(bundling->workspace, (struct slice){0}, NULL, &ledger, error) < 0)
        return -1;
    const struct record **sealed = memory_new_array(ledger.count, sizeof *sealed);
    for (size_t i = 0; i < ledger.count; i++)
        if (is_sealed(bundling->workspace, &ledger.records[i]))
            sealed[count++] = &ledger.records[i].record;
    struct chain *chain = chain_new(sealed, count);
    bundle->records = arena_alloc_array(bundling->arena, count, sizeof *bundle->records);
    for (size_t i = 0; i < count; i++)
        if (approves(bundling, sealed[i]) && chain_is_newest(chain, i))
            bundle->records[bundle->record_count++] = sealed[i]->name;
    chain_free(chain);
    memory_free(sealed);
    ledger_clear(&ledger);
    if (bundle->record_count > 1)
        qsort(bundle->records, bundle->record_count, sizeof *bundle->records, compare_digests);
    return 0;
}

static int compose(struct bundling *bundling, char time[21], struct bundle *bundle, struct error *error)
{
    const struct workspace *workspace = bundling->workspace;
    env_format_utc(env_now(), time);
    *bundle = (struct bundle){.repository = workspace->policy.repository,
                              .target = workspace->policy.target,
                              .commit = workspace->target.commit,
                              .principal = workspace->identity.principal,
                              .assay = SLICE(ASSAY_VERSION),
                              .signed_at = slice_of(time)};
    bundle->module.path = bundling->module.path;
    bundle->module.name = bundling->module.name;
    bundle->module.version = bundling->module.version;
    bundle->module.digest = bundling->module.digest;
    bundle->module.evidence = bundling->module.evidence;
    return find_approvals(bundling, bundle, error);
}

static int write_tag(struct bundling *bundling, const struct bundle *bundle, struct slice name, enum process_mode mode,
                     struct error *error)
{
    struct workspace *workspace = bundling->workspace;
    struct str json = STR_INIT, signature = STR_INIT, object = STR_INIT, ref = STR_INIT;
    const struct oid none = {{0}};
    struct oid oid;
    bool moved = false;
    bundle_encode(bundle, &json);
    str_appendf(&ref, PREFIX "%.*s", SLICE_ARG(name));
    int result =
        keys_sign(&workspace->identity.keys, BUNDLE_NAMESPACE, str_slice(&json), mode, &signature, NULL, error);
    if (result == 0) {
        append_tag_object(workspace, bundle, name, str_slice(&json), str_slice(&signature), &object);
        result = objects_write(workspace->repo, OBJECT_TAG, str_slice(&object), &oid, error);
    }
    if (result == 0)
        result = refs_swap(workspace->repo, ref.data, &none, &oid, &moved, error);
    if (result == 0 && moved)
        result = error_set(error, ERROR_ENVIRONMENT, "Somebody else made the tag %.*s just now; run it again.",
                           SLICE_ARG(name));
    str_clear(&ref);
    str_clear(&object);
    str_clear(&signature);
    str_clear(&json);
    return result;
}

static int sign(struct bundling *bundling, enum process_mode mode, struct bundle_tags *tags, struct error *error)
{
    struct bundle bundle;
    struct str name = STR_INIT;
    char time[21];
    if (workspace_need_identity(bundling->workspace, error) < 0 || compose(bundling, time, &bundle, error) < 0)
        return -1;
    bundle_append_tag(&bundle, &name);
    int result = read_tags(bundling, str_slice(&name), tags, error);
    bool existed = tags->count > 0;
    if (result == 0 && existed && tags->items[0].reason != REASON_NONE)
        result = error_set(error, ERROR_INPUT,
                           "The tag %s exists and is no good bundle (%s); remove it first: git tag -d %s", name.data,
                           reason_name(tags->items[0].reason), name.data);
    if (result == 0 && !existed)
        result = write_tag(bundling, &bundle, str_slice(&name), mode, error);
    if (result == 0 && !existed)
        result = read_tags(bundling, str_slice(&name), tags, error);
    if (result == 0 && (tags->count != 1 || tags->items[0].reason != REASON_NONE))
        result = error_set(error, ERROR_INPUT, "The tag %s was made, but it does not verify: %.*s", name.data,
                           SLICE_ARG(tags->count ? tags->items[0].detail : SLICE("it cannot be found")));
    if (result == 0)
        tags->items[0].existed = existed;
    str_clear(&name);
    return result;
}

/* ---- the whole ---- */

static int work(struct workspace *workspace, struct slice module, const struct slice *wanted, enum process_mode mode,
                struct bundle_tags *tags, struct error *error)
{
    *tags = (struct bundle_tags){.arena = ARENA_INIT};
    struct bundling bundling = {.workspace = workspace, .cache = cache_new(workspace), .arena = &tags->arena};
    int result = open_module(&bundling, module, tags, error);
    if (result == 0)
        result = wanted ? read_tags(&bundling, *wanted, tags, error) : sign(&bundling, mode, tags, error);
    module_clear(&bundling.module);
    merge_clear(&bundling.merge);
    cache_free(bundling.cache);
    if (result < 0)
        bundle_tag_clear(tags);
    return result;
}

int bundle_tag_sign(struct workspace *workspace, struct slice module, enum process_mode mode, struct bundle_tags *tags,
                    struct error *error)
{
    return work(workspace, module, NULL, mode, tags, error);
}

int bundle_tag_verify(struct workspace *workspace, struct slice module, struct slice wanted, struct bundle_tags *tags,
                      struct error *error)
{
    return work(workspace, module, &wanted, PROCESS_BACKGROUND, tags, error);
}

void bundle_tag_clear(struct bundle_tags *tags)
{
    for (size_t i = 0; i < tags->count; i++)
        bundle_clear(&tags->items[i].bundle);
    memory_free(tags->items);
    arena_clear(&tags->arena);
    *tags = (struct bundle_tags){.arena = ARENA_INIT};
}
