#include "assay/review/bundle_tag.h"

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/ancestry.h"
#include "assay/git/objects.h"
#include "assay/model/branchname.h"

/* ---- the module ---- */

static bool is_wanted(struct cache *cache, const struct tree_entry *holder, struct slice wanted, struct arena *arena)
{
    const struct manifest *manifest;
    struct error ignored = ERROR_INIT;
    struct tree_entry entry = *holder;
    entry.path = bundle_check_manifest(arena, holder->path);
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
    struct approvals approvals;
};

static int open_module(struct bundling *bundling, struct slice wanted, struct bundle_tags *tags, struct error *error)
{
    struct slice folder = SLICE("");
    merge_init(&bundling->merge);
    if (workspace_need_policy(bundling->workspace, error) < 0 ||
        find_folder(bundling->workspace, bundling->cache, wanted, bundling->arena, &folder, error) < 0 ||
        bundle_check_load(bundling->workspace, bundling->cache, &bundling->workspace->target.commit, folder,
                          bundling->arena, &bundling->merge, &bundling->module, error) < 0 ||
        approvals_read(bundling->workspace, &bundling->approvals, error) < 0)
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

/* NAME/v…, of the module's name on the target. */
static bool is_named_so(const struct bundling *bundling, struct slice tag)
{
    struct slice name = bundling->module.name;
    return slice_starts_with(tag, name) && slice_starts_with(slice_from(tag, name.size), SLICE("/v"));
}

static int read_tags(struct bundling *bundling, struct slice wanted, struct bundle_tags *tags, struct error *error)
{
    const struct bundle_check check = {bundling->workspace, bundling->cache, bundling->arena, &bundling->module,
                                       &bundling->approvals};
    struct ref_list list;
    refs_list_init(&list);
    int result = refs_list(bundling->workspace->repo, BUNDLE_CHECK_PREFIX, &list, error);
    for (size_t i = 0; result == 0 && i < list.count; i++) {
        struct slice name = slice_from(list.refs[i].name, sizeof BUNDLE_CHECK_PREFIX - 1);
        if (!is_named_so(bundling, name) || (wanted.size > 0 && !slice_equal(name, wanted)))
            continue;
        result = bundle_check_tag(&check, &list.refs[i], ARRAY_PUSH(tags->items, tags->count, tags->capacity), error);
    }
    refs_list_clear(&list);
    return result;
}

static void forget_tags(struct bundle_tags *tags)
{
    for (size_t i = 0; i < tags->count; i++) {
        bundle_clear(&tags->items[i].bundle);
        tags->items[i] = (struct bundle_tag){.reason = REASON_NONE};
    }
    tags->count = 0;
}

/* ---- signing ---- */

struct signing {
    struct bundling *bundling;
    enum process_mode mode;
    struct slice renewed; /* the tag that is to be signed again; empty: what stands on the target */
    struct oid commit;
    const struct module *module; /* as that commit has it */
    struct bundle bundle;
    struct str name; /* of the tag */
    char time[21];
};

static int compose(struct signing *signing, struct error *error)
{
    const struct bundling *bundling = signing->bundling;
    const struct workspace *workspace = bundling->workspace;
    const struct module *module = signing->module;
    const struct approvals_subject subject = {signing->commit, module->path, module->digest, module->evidence};
    struct approvals_list list;
    env_format_utc(env_now(), signing->time);
    if (approvals_find(&bundling->approvals, &subject, bundling->arena, &list, error) < 0)
        return -1;
    signing->bundle = (struct bundle){.repository = workspace->policy.repository,
                                      .target = workspace->policy.target,
                                      .commit = signing->commit,
                                      .records = list.names,
                                      .record_count = list.count,
                                      .principal = workspace->identity.principal,
                                      .assay = SLICE(ASSAY_VERSION),
                                      .signed_at = slice_of(signing->time)};
    signing->bundle.module.path = module->path;
    signing->bundle.module.name = module->name;
    signing->bundle.module.version = module->version;
    signing->bundle.module.digest = module->digest;
    signing->bundle.module.evidence = module->evidence;
    bundle_append_tag(&signing->bundle, &signing->name);
    return 0;
}

static int check_name(const struct signing *signing, struct error *error)
{
    const struct module *module = signing->module;
    struct slice manifest = bundle_check_manifest(signing->bundling->arena, module->path);
    if (!branchname_is_valid(str_slice(&signing->name)))
        return error_set(error, ERROR_INPUT,
                         "%.*s: the name “%.*s” and the version “%.*s” make no name that git allows for a tag (no "
                         "spaces, no “..”, none of ~^:?*[\\); correct them on %s.",
                         SLICE_ARG(manifest), SLICE_ARG(module->name), SLICE_ARG(module->version),
                         signing->bundling->workspace->target.name.data);
    if (signing->renewed.size > 0 && !slice_equal(signing->renewed, str_slice(&signing->name)))
        return error_set(error, ERROR_INPUT,
                         "The commit of the tag %.*s has the module so that its bundle is called %s; remove the tag: "
                         "git tag -d %.*s",
                         SLICE_ARG(signing->renewed), signing->name.data,
                         SLICE_ARG(arena_argument(signing->bundling->arena, signing->renewed)));
    return 0;
}

/* old: the tag object that the reference names; none: there is no such tag. */
static int write_tag(struct signing *signing, const struct oid *old, struct error *error)
{
    struct workspace *workspace = signing->bundling->workspace;
    struct str json = STR_INIT, signature = STR_INIT, object = STR_INIT, ref = STR_INIT;
    struct oid oid;
    bool moved = false;
    bundle_encode(&signing->bundle, &json);
    str_appendf(&ref, BUNDLE_CHECK_PREFIX "%s", signing->name.data);
    int result = keys_sign(&workspace->identity.keys, BUNDLE_NAMESPACE, str_slice(&json), signing->mode, &signature,
                           NULL, error);
    if (result == 0) {
        append_tag_object(workspace, &signing->bundle, str_slice(&signing->name), str_slice(&json),
                          str_slice(&signature), &object);
        result = objects_write(workspace->repo, OBJECT_TAG, str_slice(&object), &oid, error);
    }
    if (result == 0)
        result = refs_swap(workspace->repo, ref.data, old, &oid, &moved, error);
    if (result == 0 && moved)
        result = error_set(error, ERROR_ENVIRONMENT, "Somebody else made the tag %s just now; run it again.",
                           signing->name.data);
    str_clear(&ref);
    str_clear(&object);
    str_clear(&signature);
    str_clear(&json);
    return result;
}

static int check_written(const struct signing *signing, const struct bundle_tags *tags, struct error *error)
{
    if (tags->count == 1 && tags->items[0].reason == REASON_NONE)
        return 0;
    return error_set(error, ERROR_INPUT, "The tag %s was made, but it does not verify: %.*s", signing->name.data,
                     SLICE_ARG(tags->count ? tags->items[0].detail : SLICE("it cannot be found")));
}

/* A good tag of this name stays; a bad one is replaced where that was asked for. */
static int sign_tag(struct signing *signing, struct bundle_tags *tags, struct error *error)
{
    struct slice name = str_slice(&signing->name);
    struct oid old = {{0}};
    if (check_name(signing, error) < 0 || read_tags(signing->bundling, name, tags, error) < 0)
        return -1;
    bool existed = tags->count > 0;
    if (existed && tags->items[0].reason == REASON_NONE) {
        tags->items[0].existed = true;
        return 0;
    }
    if (existed && signing->renewed.size == 0)
        return error_set(error, ERROR_INPUT,
                         "The tag %s exists and is no good bundle (%s); to sign it again: assay bundle sign %.*s --tag "
                         "%.*s",
                         signing->name.data, reason_name(tags->items[0].reason),
                         SLICE_ARG(arena_argument(&tags->arena, tags->module)),
                         SLICE_ARG(arena_argument(&tags->arena, name)));
    if (existed)
        old = tags->items[0].object;
    forget_tags(tags);
    if (write_tag(signing, &old, error) < 0 || read_tags(signing->bundling, name, tags, error) < 0 ||
        check_written(signing, tags, error) < 0)
        return -1;
    tags->items[0].is_replaced = existed;
    return 0;
}

/* The commit of a tag that is to be signed again. What the tag says is not asked. */
static int find_commit(struct signing *signing, struct error *error)
{
    const struct workspace *workspace = signing->bundling->workspace;
    struct ancestry *ancestry = ancestry_new(workspace->repo);
    struct str ref = STR_INIT;
    str_appendf(&ref, BUNDLE_CHECK_PREFIX "%.*s", SLICE_ARG(signing->renewed));
    int result = ancestry_set_target(ancestry, &workspace->target.commit, NULL, NULL, error);
    if (result == 0 && !is_named_so(signing->bundling, signing->renewed))
        result = error_set(error, ERROR_INPUT, "%.*s is the name of no bundle of %.*s.", SLICE_ARG(signing->renewed),
                           SLICE_ARG(signing->bundling->module.name));
    if (result == 0 && !refs_find(workspace->repo, ref.data, &signing->commit))
        result = error_set(error, ERROR_INPUT, "There is no tag %.*s here; fetch it: git fetch --tags",
                           SLICE_ARG(signing->renewed));
    if (result == 0 && !ancestry_has(ancestry, &signing->commit))
        result = error_set(error, ERROR_INPUT, "The commit of the tag %.*s is not on %s; only what is there is signed.",
                           SLICE_ARG(signing->renewed), workspace->target.name.data);
    str_clear(&ref);
    ancestry_free(ancestry);
    return result;
}

static int sign(struct bundling *bundling, struct slice renewed, enum process_mode mode, struct bundle_tags *tags,
                struct error *error)
{
    struct signing signing = {.bundling = bundling,
                              .mode = mode,
                              .renewed = renewed,
                              .commit = bundling->workspace->target.commit,
                              .module = &bundling->module,
                              .name = STR_INIT};
    struct merge merge;
    struct module old = {0};
    merge_init(&merge);
    int result = workspace_need_right(bundling->workspace, BUNDLE_NAMESPACE, "sign bundles", error);
    if (result == 0 && renewed.size > 0) {
        signing.module = &old;
        result = find_commit(&signing, error);
        if (result == 0)
            result = bundle_check_load(bundling->workspace, bundling->cache, &signing.commit, tags->path,
                                       bundling->arena, &merge, &old, error);
    }
    if (result == 0)
        result = compose(&signing, error);
    if (result == 0)
        result = sign_tag(&signing, tags, error);
    str_clear(&signing.name);
    module_clear(&old);
    merge_clear(&merge);
    return result;
}

/* ---- the whole ---- */

struct request {
    struct slice module, tag;
    bool is_signing;
    enum process_mode mode;
};

static int work(struct workspace *workspace, const struct request *request, struct bundle_tags *tags,
                struct error *error)
{
    *tags = (struct bundle_tags){.arena = ARENA_INIT};
    struct bundling bundling = {.workspace = workspace, .cache = cache_new(workspace), .arena = &tags->arena};
    int result = open_module(&bundling, request->module, tags, error);
    if (result == 0)
        result = request->is_signing ? sign(&bundling, request->tag, request->mode, tags, error)
                                     : read_tags(&bundling, request->tag, tags, error);
    approvals_clear(&bundling.approvals);
    module_clear(&bundling.module);
    merge_clear(&bundling.merge);
    cache_free(bundling.cache);
    if (result < 0)
        bundle_tag_clear(tags);
    return result;
}

int bundle_tag_sign(struct workspace *workspace, struct slice module, struct slice renewed, enum process_mode mode,
                    struct bundle_tags *tags, struct error *error)
{
    return work(workspace, &(struct request){module, renewed, true, mode}, tags, error);
}

int bundle_tag_verify(struct workspace *workspace, struct slice module, struct slice wanted, struct bundle_tags *tags,
                      struct error *error)
{
    return work(workspace, &(struct request){module, wanted, false, PROCESS_BACKGROUND}, tags, error);
}

void bundle_tag_clear(struct bundle_tags *tags)
{
    forget_tags(tags);
    memory_free(tags->items);
    arena_clear(&tags->arena);
    *tags = (struct bundle_tags){.arena = ARENA_INIT};
}
