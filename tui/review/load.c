#include "assay/review/load.h"

#include <string.h>

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/authors.h"
#include "assay/git/log.h"
#include "assay/git/merge.h"

static bool is_policy_file(struct slice path)
{
    return slice_is(path, WORKSPACE_POLICY_PATH) || slice_is(path, WORKSPACE_SIGNERS_PATH) ||
           slice_is(path, WORKSPACE_REVOKED_PATH);
}

static bool is_under(struct slice path, struct slice folder)
{
    return folder.size == 0 ||
           (path.size > folder.size && path.data[folder.size] == '/' && slice_starts_with(path, folder));
}

static void add_problem(struct load *load, enum reason reason, struct slice detail)
{
    struct gate_problem *problem = ARRAY_PUSH(load->problems, load->problem_count, load->problem_capacity);
    problem->reason = reason;
    problem->detail = detail;
}

static void add_conflicts(const struct workspace *workspace, struct load *load)
{
    const struct merge *merge = &load->merge;
    struct str files = STR_INIT;
    if (merge->conflict_count == 0)
        return;
    for (size_t i = 0; i < merge->conflict_count && i < 3; i++)
        str_appendf(&files, "%s%.*s", i ? ", " : "", SLICE_ARG(merge->conflicts[i]));
    if (merge->conflict_count > 3)
        str_append_text(&files, ", …");
    add_problem(load, REASON_MERGE_CONFLICT,
                arena_printf(&load->arena, "%s and this branch both changed %s; bring the branch up to date",
                             workspace->target.name.data, files.data));
    str_clear(&files);
}

/* The seal of this very change, which a branch may bring again when its name is used once more; what the old one allowed
 * is judged by the commit that brought it. Where the change is not known (load_past), that of any. */
static bool is_own_seal(const struct load *load, const struct merge_difference *difference)
{
    struct slice rest = difference->path, root = {0}, folder = {0};
    struct str own = STR_INIT;
    log_encode_change(load->change, &own);
    bool is_seal = slice_cut(&rest, '/', &root) && slice_cut(&rest, '/', &folder) &&
                   (slice_is(rest, "seal.json") || slice_is(rest, "seal.json.sig")) &&
                   difference->after.kind == TREE_FILE;
    is_seal = is_seal && (load->change.size == 0 || slice_equal(folder, str_slice(&own)));
    str_clear(&own);
    return is_seal;
}

/* reviews/ only grows: a file that the target has must stay as it is. */
static void look_at_reviews(struct load *load)
{
    for (size_t i = 0; i < load->merge.difference_count; i++) {
        const struct merge_difference *difference = &load->merge.differences[i];
        if (!slice_starts_with(difference->path, SLICE("reviews/")))
            continue;
        if (difference->before.kind == TREE_NONE || is_own_seal(load, difference))
            load->adds_records = true;
        else
            add_problem(load, REASON_RECORDS_REMOVED,
                        arena_printf(&load->arena, "%.*s is %s by this branch; sealed records stay as they are",
                                     SLICE_ARG(difference->path),
                                     difference->after.kind == TREE_NONE ? "removed" : "changed"));
    }
}

/* An approval that lies under reviews/ of the target is spent. Records of other changes come with their content, as where
 * a branch stands on another; a branch that changes no module and so needs no sign-off would only spend them. */
static void refuse_foreign_records(struct load *load)
{
    struct str own = STR_INIT;
    log_encode_change(load->change, &own);
    for (size_t i = 0; load->module_count == 0 && i < load->merge.difference_count; i++) {
        const struct merge_difference *difference = &load->merge.differences[i];
        struct slice rest = difference->path, root, folder = {0};
        if (difference->before.kind != TREE_NONE || !slice_cut(&rest, '/', &root) || !slice_is(root, "reviews") ||
            (slice_cut(&rest, '/', &folder) && slice_equal(folder, str_slice(&own))))
            continue;
        add_problem(load, REASON_RECORDS_REMOVED,
                    arena_printf(&load->arena,
                                 "%.*s is added by this branch, which changes no module; records come with the change "
                                 "that they are about",
                                 SLICE_ARG(difference->path)));
        break;
    }
    str_clear(&own);
}

static struct module *push_module(struct load *load)
{
    return ARRAY_PUSH(load->modules, load->module_count, load->module_capacity);
}

static int add_module(struct workspace *workspace, struct cache *cache, const struct merge_module *found,
                      struct load *load, struct error *error)
{
    struct module *module = push_module(load);
    if (module_load(workspace, cache, &load->merge, found, &load->arena, module, error) < 0)
        return -1;
    if (!module_differs(module)) {
        module_clear(module);
        load->module_count--;
    }
    return 0;
}

static bool is_found(const struct merge *merge, struct slice path)
{
    for (size_t i = 0; i < merge->module_count; i++)
        if (slice_equal(merge->modules[i].path, path))
            return true;
    return false;
}

static void remember_shared(struct load *load, struct slice path)
{
    for (size_t i = 0; i < load->shared_count; i++)
        if (slice_equal(load->shared[i], path))
            return;
    *ARRAY_PUSH(load->shared, load->shared_count, load->shared_capacity) = path;
}

/* Differences outside the modules, the policies and the records: each may be a shared file of some module. */
static bool is_shared_candidate(const struct merge *merge, struct slice path)
{
    if (is_policy_file(path) || slice_starts_with(path, SLICE("reviews/")))
        return false;
    for (size_t i = 0; i < merge->module_count; i++)
        if (is_under(path, merge->modules[i].path))
            return false;
    return true;
}

/* One module of the target that has no difference of its own: does a shared file of its differ? */
static int add_if_it_uses(struct workspace *workspace, struct cache *cache, const struct merge *merge,
                          const struct tree_entry *holder, struct load *load, struct error *error)
{
    bool added = is_found(merge, holder->path);
    struct merge_module module = {.path = holder->path, .before = *holder, .after = *holder};
    struct slice manifest_path = holder->path.size
                                     ? arena_printf(&load->arena, "%.*s/" FOOTPRINT_MANIFEST, SLICE_ARG(holder->path))
                                     : SLICE(FOOTPRINT_MANIFEST);
    module.before.path = module.after.path = manifest_path;
    for (size_t i = 0; i < load->merge.difference_count; i++) {
        struct slice path = load->merge.differences[i].path;
        bool uses;
        if (!is_shared_candidate(merge, path))
            continue;
        if (footprint_uses(cache, &load->merge, &module.after, holder->path, path, &uses, error) < 0)
            return -1;
        if (!uses)
            continue;
        remember_shared(load, path);
        if (!added && add_module(workspace, cache, &module, load, error) < 0)
            return -1;
        added = true;
    }
    return 0;
}

static int add_users_of_shared_files(struct workspace *workspace, struct cache *cache, const struct merge *merge,
                                     struct load *load, struct error *error)
{
    const struct tree_list *holders;
    bool any = false;
    for (size_t i = 0; !any && i < load->merge.difference_count; i++)
        any = is_shared_candidate(merge, load->merge.differences[i].path);
    if (!any)
        return 0;
    if (cache_holders(cache, &holders, error) < 0)
        return -1;
    for (size_t i = 0; i < holders->count; i++)
        if (add_if_it_uses(workspace, cache, merge, &holders->entries[i], load, error) < 0)
            return -1;
    return 0;
}

/* A record is about a module by its path: of two at one path none could be signed. */
static void refuse_module_beside_policies(struct load *load)
{
    for (size_t i = 0; i < load->module_count; i++)
        if (slice_is(load->modules[i].path, MODULE_POLICIES) && load->modules[i].problem_count == 0)
            add_problem(load, REASON_BAD_MANIFEST,
                        SLICE("it takes " MODULE_POLICIES "/" FOOTPRINT_MANIFEST " away and changes the rules as well; "
                              "that needs a branch each"));
}

static int add_policies(struct workspace *workspace, struct cache *cache, struct load *load, struct error *error)
{
    bool differs = false;
    for (size_t i = 0; !differs && i < load->merge.difference_count; i++)
        differs = is_policy_file(load->merge.differences[i].path);
    if (!differs)
        return 0;
    refuse_module_beside_policies(load);
    return module_load_policies(workspace, cache, &load->merge, &load->arena, push_module(load), error);
}

static int by_path(const void *a, const void *b)
{
    return slice_compare(((const struct module *)a)->path, ((const struct module *)b)->path);
}

static int load_modules(struct workspace *workspace, struct cache *cache, struct load *load, struct error *error)
{
    const struct merge *merge = &load->merge;
    int result = 0;
    for (size_t i = 0; result == 0 && i < merge->module_count; i++)
        result = add_module(workspace, cache, &merge->modules[i], load, error);
    if (result == 0)
        result = add_users_of_shared_files(workspace, cache, merge, load, error);
    if (result == 0)
        result = add_policies(workspace, cache, load, error);
    if (result == 0 && load->module_count > 1)
        qsort(load->modules, load->module_count, sizeof *load->modules, by_path);
    return result;
}

int load_change(struct workspace *workspace, struct cache *cache, const struct change *change, struct load *load,
                struct error *error)
{
    *load = (struct load){0};
    arena_init(&load->arena);
    merge_init(&load->merge);
    load->change = arena_copy(&load->arena, change->name);
    load->ref = arena_copy(&load->arena, change->ref);
    load->commit = change->tip;
    if (change->base_count > 0)
        load->merge_base = change->bases[0];
    load->author_name = arena_copy(&load->arena, change->author_name);
    load->author_email = arena_copy(&load->arena, change->author_email);
    load->subject = arena_copy(&load->arena, change->subject);
    load->time = change->time;
    if (merge_compute(workspace->repo, &workspace->target.commit, &change->tip, change->bases, change->base_count,
                      &load->merge, error) < 0) {
        load_clear(load);
        return -1;
    }
    add_conflicts(workspace, load);
    look_at_reviews(load);
    if (load_modules(workspace, cache, load, error) < 0) {
        load_clear(load);
        return error_prefix(error, "%.*s", SLICE_ARG(change->name));
    }
    refuse_foreign_records(load);
    return 0;
}

int load_past(struct workspace *workspace, struct cache *cache, const struct oid *commit, struct slice change,
              struct load *load, struct error *error)
{
    *load = (struct load){0};
    arena_init(&load->arena);
    merge_init(&load->merge);
    load->change = arena_copy(&load->arena, change);
    load->commit = *commit;
    load->merge_base = workspace->target.commit;
    int result = merge_compare(workspace->repo, &workspace->target.commit, commit, &load->merge, error);
    if (result == 0) {
        look_at_reviews(load);
        result = load_modules(workspace, cache, load, error);
    }
    if (result < 0)
        load_clear(load);
    return result;
}

void load_clear(struct load *load)
{
    for (size_t i = 0; i < load->module_count; i++)
        module_clear(&load->modules[i]);
    memory_free(load->modules);
    memory_free(load->problems);
    memory_free(load->shared);
    merge_clear(&load->merge);
    arena_clear(&load->arena);
    *load = (struct load){0};
}

bool load_is_pending(const struct load *load)
{
    return load->module_count > 0 || load->problem_count > 0 || load->adds_records;
}

/* ---- authors ---- */

static void name_authors(const struct policy *policy, const struct authors *authors, struct load *load)
{
    load->authors = arena_alloc_array(&load->arena, authors->count, sizeof *load->authors);
    load->unknown_authors = arena_alloc_array(&load->arena, authors->count, sizeof *load->unknown_authors);
    for (size_t i = 0; i < authors->count; i++) {
        const struct policy_person *person = policy_person_by_email(policy, authors->authors[i].email);
        if (person)
            load->authors[load->author_count++] = person->principal;
        else
            load->unknown_authors[load->unknown_author_count++] = arena_copy(&load->arena, authors->authors[i].email);
    }
    load->author_count = slice_sort_unique(load->authors, load->author_count);
    load->unknown_author_count = slice_sort_unique(load->unknown_authors, load->unknown_author_count);
}

/* Everything that the change is about: module folders with their outputs (who wrote the evidence is an author of it
 * too), shared files, policies. */
static size_t list_paths(const struct load *load, struct slice *paths)
{
    size_t count = 0;
    for (size_t i = 0; i < load->module_count; i++)
        if (!load->modules[i].is_policies)
            paths[count++] = load->modules[i].path;
    for (size_t i = 0; i < load->shared_count; i++)
        paths[count++] = load->shared[i];
    paths[count++] = SLICE(WORKSPACE_POLICY_PATH);
    paths[count++] = SLICE(WORKSPACE_SIGNERS_PATH);
    paths[count++] = SLICE(WORKSPACE_REVOKED_PATH);
    return count;
}

/* The files among these paths that the change changes. */
static size_t list_files(const struct load *load, const struct slice *paths, size_t path_count, struct slice *files)
{
    size_t count = 0;
    for (size_t i = 0; i < load->merge.difference_count; i++) {
        struct slice file = load->merge.differences[i].path;
        bool wanted = false;
        for (size_t p = 0; p < path_count && !wanted; p++)
            wanted = slice_equal(file, paths[p]) || is_under(file, paths[p]);
        if (wanted)
            files[count++] = file;
    }
    return count;
}

static int find_authors(const struct workspace *workspace, const struct load *load, const struct ancestry_trace *trace,
                        struct authors *authors, struct error *error)
{
    struct slice *paths = memory_new_array(load->module_count + load->shared_count + 3, sizeof *paths);
    struct slice *files = memory_new_array(load->merge.difference_count, sizeof *files);
    size_t path_count = list_paths(load, paths);
    int result =
        authors_collect(workspace->repo, trace->own, trace->own_count, paths, path_count, NULL, 0, authors, error);
    if (result == 0 && trace->own_count > 0)
        result = authors_add_importers(workspace->repo, trace->own, trace->own_count, files,
                                       list_files(load, paths, path_count, files), authors, error);
    memory_free(files);
    memory_free(paths);
    return result;
}

int load_authors(struct workspace *workspace, struct ancestry *shared, struct load *load, struct error *error)
{
    struct ancestry_trace trace;
    struct authors authors;
    struct ancestry *ancestry = shared ? shared : ancestry_new(workspace->repo);
    ancestry_trace_init(&trace);
    authors_init(&authors);
    int result = workspace_need_policy(workspace, error);
    if (result == 0 && !shared)
        result = ancestry_set_target(ancestry, &workspace->target.commit, NULL, NULL, error);
    if (result == 0)
        result = ancestry_trace(ancestry, &load->commit, &trace, error);
    if (result == 0)
        result = find_authors(workspace, load, &trace, &authors, error);
    if (result == 0)
        name_authors(&workspace->policy, &authors, load);
    authors_clear(&authors);
    ancestry_trace_clear(&trace);
    if (!shared)
        ancestry_free(ancestry);
    return result;
}

/* ---- finding one ---- */

static int refuse_state(const struct workspace *workspace, const struct change *change, struct error *error)
{
    switch (change->state) {
    case CHANGE_PENDING:
        return 0;
    case CHANGE_MERGED:
        return error_set(error, ERROR_INPUT, "%.*s is in %s already: nothing waits for review.",
                         SLICE_ARG(change->name), workspace->target.name.data);
    case CHANGE_UNRELATED:
    case CHANGE_FOREIGN:
        return error_set(error, ERROR_INPUT, "%.*s shares no history with %s, so it cannot be compared with it.",
                         SLICE_ARG(change->name), workspace->target.name.data);
    case CHANGE_UNTRACED:
    case CHANGE_UNREADABLE:
        break;
    }
    return error_set(error, ERROR_INPUT, "%.*s cannot be read: %.*s", SLICE_ARG(change->name),
                     SLICE_ARG(change->problem));
}

/* A clone of one branch alone takes that branch for the target; the policy's error tells then what is missing. */
static int refuse_name(const struct workspace *workspace, struct slice name, struct error *error)
{
    const struct target *target = &workspace->target;
    const struct slice bare =
        slice_starts_with(name, SLICE("refs/heads/")) ? slice_from(name, strlen("refs/heads/")) : name;
    if (!slice_equal(bare, str_slice(&target->name)) && !slice_equal(name, str_slice(&target->ref)))
        return error_set(error, ERROR_INPUT, "There is no change “%.*s”; “assay queue” lists those that wait.",
                         SLICE_ARG(name));
    return error_set(error, ERROR_INPUT, "%s is the target here, into which changes merge, not a change%s%s",
                     target->name.data, error_is_set(&workspace->policy_error) ? ": " : "; “assay queue” lists those.",
                     error_is_set(&workspace->policy_error) ? workspace->policy_error.text : "");
}

int load_find(struct workspace *workspace, struct slice name, struct changes *changes, const struct change **change,
              struct error *error)
{
    if (changes_list(workspace->repo, &workspace->target, slice_of(workspace_log(workspace)), changes, error) < 0)
        return -1;
    const struct change *found = changes_find(changes, name);
    if (!found)
        return refuse_name(workspace, name, error);
    for (size_t i = 0; i < changes->count; i++) /* the others need no history */
        if (&changes->changes[i] != found)
            changes->changes[i].state = CHANGE_MERGED;
    if (changes_trace(workspace->repo, &workspace->target.commit, changes, NULL, error) < 0)
        return -1;
    *change = found;
    return refuse_state(workspace, found, error);
}

struct module *load_module(const struct load *load, struct slice path_or_name)
{
    struct module *named = NULL;
    size_t count = 0;
    for (size_t i = 0; i < load->module_count; i++) {
        struct module *module = &load->modules[i];
        if (slice_equal(module->path, path_or_name))
            return module;
        if (slice_equal(module->name, path_or_name)) {
            named = module;
            count++;
        }
    }
    return count == 1 ? named : NULL;
}
