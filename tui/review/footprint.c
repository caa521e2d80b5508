#include "assay/review/footprint.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/model/template.h"

int footprint_find(const struct merge *merge, enum footprint_side side, struct slice path, struct tree_entry *entry,
                   struct error *error)
{
    return side == FOOTPRINT_AFTER ? merge_find(merge, path, entry, error)
                                   : trees_find(merge->repo, &merge->target, path, entry, error);
}

static void refuse(struct footprint *footprint, struct slice sentence)
{
    *ARRAY_PUSH(footprint->refused, footprint->refused_count, footprint->refused_capacity) = sentence;
}

static int add_entry(struct footprint *footprint, const struct tree_entry *entry, struct error *error)
{
    struct content_file file = {.path = arena_copy(footprint->arena, entry->path)};
    const char *refusal = trees_refusal(entry);
    if (refusal) {
        refuse(footprint,
               arena_printf(footprint->arena, "%.*s %s; only plain files are read", SLICE_ARG(entry->path), refusal));
        return 0;
    }
    struct error cause = ERROR_INIT;
    if (cache_digest(footprint->cache, entry, &file.digest, &cause) < 0) { /* too large, or not there */
        if (cause.kind != ERROR_INPUT)
            return error_set(error, cause.kind, "%s", cause.text);
        refuse(footprint, arena_printf(footprint->arena, "%s", cause.text));
        digest_of(oid_slice(&entry->oid),
                  &file.digest); /* in its place, so that the module differs when the file does */
    }
    *ARRAY_PUSH(footprint->files, footprint->count, footprint->capacity) = file;
    return 0;
}

int footprint_add(struct footprint *footprint, struct slice path, struct error *error)
{
    struct tree_entry entry;
    if (footprint_find(footprint->merge, footprint->side, path, &entry, error) < 0)
        return -1;
    return entry.kind == TREE_NONE ? 0 : add_entry(footprint, &entry, error);
}

bool footprint_is_output(struct slice folder, struct slice path)
{
    struct slice inside = folder.size ? slice_from(path, folder.size + 1) : path;
    return slice_starts_with(inside, SLICE("tests/outputs/"));
}

int footprint_add_own(struct footprint *footprint, struct error *error)
{
    const struct merge *merge = footprint->merge;
    struct tree_list list;
    trees_list_init(&list);
    int result = footprint->side == FOOTPRINT_AFTER
                     ? merge_list(merge, footprint->folder, &list, error)
                     : trees_list(merge->repo, &merge->target, footprint->folder, &list, error);
    for (size_t i = 0; result == 0 && i < list.count; i++)
        if (!footprint_is_output(footprint->folder, list.entries[i].path))
            result = add_entry(footprint, &list.entries[i], error);
    trees_list_clear(&list);
    return result;
}

static void join(struct slice folder, struct slice path, struct str *out)
{
    str_reset(out);
    if (folder.size > 0)
        str_appendf(out, "%.*s/", SLICE_ARG(folder));
    str_append(out, path);
}

/* Where a file that a manifest names lies: in the module when it exists there, else in the repository. */
static int find_named(const struct merge *merge, enum footprint_side side, struct slice folder, struct slice named,
                      struct tree_entry *entry, struct str *path, struct error *error)
{
    join(folder, named, path);
    if (footprint_find(merge, side, str_slice(path), entry, error) < 0)
        return -1;
    if (entry->kind != TREE_NONE)
        return 0;
    join((struct slice){0}, named, path);
    return footprint_find(merge, side, str_slice(path), entry, error);
}

/* Whether a template uses any partial, even one that does not exist. One that cannot be read uses none. */
static int template_uses_partials(struct cache *cache, const struct merge *merge, enum footprint_side side,
                                  struct slice path, bool *uses, struct error *error)
{
    struct tree_entry entry;
    struct template template = {.name = path};
    struct error ignored = ERROR_INIT;
    if (footprint_find(merge, side, path, &entry, error) < 0)
        return -1;
    if (entry.kind == TREE_NONE || cache_text(cache, &entry, TEMPLATE_SIZE_MAX, &template.text, &ignored) < 0)
        return 0;
    struct table *names = table_new(), *missing = table_new();
    *uses = template_partials(&template, names, missing, &ignored) == 0 && table_count(missing) > 0;
    table_free(missing);
    table_free(names);
    return 0;
}

static int any_uses_partials(struct cache *cache, const struct merge *merge, enum footprint_side side,
                             struct slice folder, const struct manifest *manifest, bool *uses, struct error *error)
{
    struct str path = STR_INIT;
    int result = 0;
    *uses = false;
    for (size_t i = 0; result == 0 && !*uses && i < manifest->prompt_count; i++) {
        join(folder, manifest->prompts[i].file, &path);
        result = template_uses_partials(cache, merge, side, str_slice(&path), uses, error);
    }
    str_clear(&path);
    return result;
}

static int add_safety_policy(struct footprint *footprint, struct slice named, struct error *error)
{
    struct tree_entry entry;
    struct str path = STR_INIT;
    int result = find_named(footprint->merge, footprint->side, footprint->folder, named, &entry, &path, error);
    if (result == 0 && entry.kind == TREE_NONE)
        refuse(footprint,
               arena_printf(footprint->arena, "the manifest names the safety policy %.*s, which is not there",
                            SLICE_ARG(named)));
    else if (result == 0)
        result = add_entry(footprint, &entry, error);
    str_clear(&path);
    return result;
}

/* A template or a golden dataset is content wherever it lies: among the outputs, which the digest leaves out, it would
 * change without anybody's sign-off. */
static int add_named_outputs(struct footprint *footprint, const struct manifest *manifest, struct error *error)
{
    struct str path = STR_INIT;
    int result = 0;
    for (size_t i = 0; result == 0 && i < manifest->prompt_count * 2; i++) {
        const struct manifest_prompt *prompt = &manifest->prompts[i / 2];
        join(footprint->folder, i % 2 ? prompt->tests : prompt->file, &path);
        if (footprint_is_output(footprint->folder, str_slice(&path)))
            result = footprint_add(footprint, str_slice(&path), error);
    }
    str_clear(&path);
    return result;
}

int footprint_add_shared(struct footprint *footprint, const struct manifest *manifest, struct error *error)
{
    bool uses;
    if (add_named_outputs(footprint, manifest, error) < 0)
        return -1;
    if (manifest->safety_policy.size > 0 && add_safety_policy(footprint, manifest->safety_policy, error) < 0)
        return -1;
    if (any_uses_partials(footprint->cache, footprint->merge, footprint->side, footprint->folder, manifest, &uses,
                          error) < 0)
        return -1;
    return uses ? footprint_add(footprint, SLICE(FOOTPRINT_PARTIALS), error) : 0;
}

void footprint_clear(struct footprint *footprint)
{
    memory_free(footprint->files);
    memory_free(footprint->refused);
    *footprint = (struct footprint){0};
}

void footprint_digest(struct footprint *footprint, struct digest *digest)
{
    content_digest(footprint->files, footprint->count, digest);
}

int footprint_uses(struct cache *cache, const struct merge *merge, const struct tree_entry *manifest_entry,
                   struct slice folder, struct slice path, bool *uses, struct error *error)
{
    const struct manifest *manifest;
    struct error unreadable = ERROR_INIT;
    *uses = false;
    if (manifest_entry->kind == TREE_NONE || cache_manifest(cache, manifest_entry, &manifest, &unreadable) < 0)
        return 0;
    if (slice_is(path, FOOTPRINT_PARTIALS))
        return any_uses_partials(cache, merge, FOOTPRINT_AFTER, folder, manifest, uses, error);
    if (manifest->safety_policy.size == 0 || !slice_equal(manifest->safety_policy, path))
        return 0;
    struct tree_entry entry;
    struct str found = STR_INIT;
    int result = find_named(merge, FOOTPRINT_AFTER, folder, manifest->safety_policy, &entry, &found, error);
    *uses = result == 0 && slice_equal(str_slice(&found), path);
    str_clear(&found);
    return result;
}
