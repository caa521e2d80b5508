#include "assay/git/changes.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/merge.h"
#include "assay/model/manifest.h"

struct texts {
    struct arena *arena;
    struct slice *items;
    size_t count, capacity;
};

struct listing {
    const struct repo *repo;
    const struct target *target;
    struct slice log;
    struct slice tracking;  /* "refs/remotes/origin/"; empty without a remote */
    struct texts patterns;  /* of assay.changes */
    struct table *upstream; /* local branches that have one */
    struct table *names;    /* of changes that are listed */
    struct changes *changes;
};

void changes_init(struct changes *changes)
{
    *changes = (struct changes){.arena = ARENA_INIT};
}

void changes_clear(struct changes *changes)
{
    arena_clear(&changes->arena);
    memory_free(changes->changes);
    memory_free(changes->problems);
    changes_init(changes);
}

static void add_problem(struct changes *changes, struct slice text)
{
    *ARRAY_PUSH(changes->problems, changes->problem_count, changes->problem_capacity) = text;
}

/* --- what the configuration says ---------------------------------------------------------------------------------- */

static void add_text(struct texts *texts, struct slice text)
{
    *ARRAY_PUSH(texts->items, texts->count, texts->capacity) = arena_copy(texts->arena, text);
}

static void take_patterns(void *context, const char *key, const char *value)
{
    struct listing *listing = context;
    if (strcmp(key, "assay.changes") != 0) {
        return;
    }
    struct slice rest = slice_of(value), pattern;
    while (slice_cut(&rest, ' ', &pattern)) {
        if (slice_trim(pattern).size > 0) {
            add_text(&listing->patterns, slice_trim(pattern));
        }
    }
}

/* "branch.NAME.merge" */
static void take_upstream(void *context, const char *key, const char *value)
{
    struct listing *listing = context;
    const struct slice name = slice_of(key), start = SLICE("branch."), end = SLICE(".merge");
    (void)value;
    if (slice_ends_with(name, end) && name.size > start.size + end.size) {
        table_add(listing->upstream, slice_part(name, start.size, name.size - start.size - end.size), 0);
    }
}

static int read_configuration(struct listing *listing, struct error *error)
{
    struct settings *settings = NULL;
    if (repo_open_settings(listing->repo, SETTINGS_ALL, &settings, error) != 0) {
        return -1;
    }
    settings_each(settings, "assay.changes", take_patterns, listing);
    if (listing->tracking.size > 0) {
        settings_each(settings, "branch.", take_upstream, listing);
    }
    settings_close(settings);
    return 0;
}

/* --- references --------------------------------------------------------------------------------------------------- */

/* A pattern that begins with refs/ is matched with the whole name, another with the change's; a pattern matches too
 * what lies below it, as with git for-each-ref. */
static bool matches(const struct listing *listing, const struct change *change)
{
    for (size_t i = 0; i < listing->patterns.count; i++) {
        const struct slice pattern = listing->patterns.items[i];
        const struct slice text = slice_starts_with(pattern, SLICE("refs/")) ? change->ref : change->name;
        const bool below =
            slice_starts_with(text, pattern) &&
            (text.size == pattern.size || pattern.data[pattern.size - 1] == '/' || text.data[pattern.size] == '/');
        if (below || fnmatch(pattern.data, text.data, 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_candidate(const struct listing *listing, const struct change *change, bool is_local)
{
    if (slice_equal(change->name, str_slice(&listing->target->name)) ||
        slice_equal(change->ref, str_slice(&listing->target->ref)) || slice_equal(change->name, listing->log)) {
        return false;
    }
    if (listing->patterns.count > 0) {
        return matches(listing, change);
    }
    return !is_local || !table_has(listing->upstream, change->name);
}

static void consider(struct listing *listing, const struct ref *ref, struct slice prefix)
{
    struct changes *changes = listing->changes;
    struct change change = {.ref = arena_copy(&changes->arena, ref->name), .tip = ref->commit};
    change.name = slice_from(change.ref, prefix.size);
    if (ref->symbolic.size > 0 || !is_candidate(listing, &change, slice_is(prefix, "refs/heads/"))) {
        return;
    }
    const char *refusal = refs_refusal(ref->name);
    if (refusal) {
        add_problem(changes, arena_printf(&changes->arena, "the branch %.*s %s and is left out; rename it",
                                          SLICE_ARG(ref->name), refusal));
        return;
    }
    if (table_add(listing->names, change.name, 0)) {
        *ARRAY_PUSH(changes->changes, changes->count, changes->capacity) = change;
    }
}

static int consider_all(struct listing *listing, struct slice prefix, struct error *error)
{
    struct ref_list list;
    refs_list_init(&list);
    const int result = refs_list(listing->repo, prefix.data, &list, error);
    const bool others = slice_is(prefix, "refs/");
    for (size_t i = 0; i < list.count; i++) {
        const struct slice name = list.refs[i].name;
        if (!others ||
            !(slice_starts_with(name, SLICE("refs/heads/")) || slice_starts_with(name, SLICE("refs/remotes/")) ||
              slice_starts_with(name, SLICE("refs/assay/")))) {
            consider(listing, &list.refs[i], prefix);
        }
    }
    refs_list_clear(&list);
    return result;
}

static int compare_changes(const void *a, const void *b)
{
    return slice_compare(((const struct change *)a)->name, ((const struct change *)b)->name);
}

static int list_all(struct listing *listing, struct error *error)
{
    if (read_configuration(listing, error) != 0) {
        return -1;
    }
    /* The first one of a name wins. */
    if (listing->tracking.size > 0 && consider_all(listing, listing->tracking, error) != 0) {
        return -1;
    }
    if (consider_all(listing, SLICE("refs/heads/"), error) != 0) {
        return -1;
    }
    return listing->patterns.count > 0 ? consider_all(listing, SLICE("refs/"), error) : 0;
}

int changes_list(struct repo *repo, const struct target *target, struct slice log, struct changes *changes,
                 struct error *error)
{
    struct listing listing = {.repo = repo, .target = target, .log = log, .changes = changes};
    listing.patterns.arena = &changes->arena;
    listing.upstream = table_new();
    listing.names = table_new();
    if (repo_remote(repo)) {
        listing.tracking = arena_printf(&changes->arena, "refs/remotes/%s/", repo_remote(repo));
    }
    const int result = list_all(&listing, error);
    if (changes->count > 0) {
        qsort(changes->changes, changes->count, sizeof *changes->changes, compare_changes);
    }
    memory_free(listing.patterns.items);
    table_free(listing.upstream);
    table_free(listing.names);
    return result;
}

/* --- history ------------------------------------------------------------------------------------------------------ */

static void mark_unreadable(struct changes *changes, struct change *change, struct error *error)
{
    change->state = CHANGE_UNREADABLE;
    change->problem = arena_printf(&changes->arena, "%.*s: %s", SLICE_ARG(change->ref), error->text);
    error_clear(error);
}

static void describe(struct repo *repo, struct changes *changes, struct change *change, struct error *error)
{
    struct commit commit;
    if (commits_read(repo, &change->tip, &changes->arena, &commit, error) != 0) {
        mark_unreadable(changes, change, error);
        return;
    }
    change->author_name = commit.author.name;
    change->author_email = commit.author.email;
    change->time = commit.committer.time;
    change->subject = commit.subject;
}

/* The rules, and what was signed: they lie outside of every module. */
static bool is_watched(struct slice path)
{
    static const char *const rules[] = {"policies/review.yaml", "policies/allowed_signers", "policies/revoked_signers"};
    bool watched = slice_starts_with(path, SLICE("reviews/"));
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        watched = watched || slice_is(path, rules[i]);
    }
    return watched;
}

/* What git merge --allow-unrelated-histories would make of it: a branch without a manifest may put a file into a module
 * of the target all the same. */
static bool reaches_modules(const struct repo *repo, const struct oid *target, const struct oid *commit)
{
    struct error error = ERROR_INIT;
    struct merge merge;
    merge_init(&merge);
    bool reaches = merge_compute(repo, target, commit, NULL, 0, &merge, &error) != 0 || merge.module_count > 0;
    for (size_t i = 0; i < merge.difference_count; i++) {
        reaches = reaches || is_watched(merge.differences[i].path);
    }
    for (size_t i = 0; i < merge.conflict_count; i++) {
        reaches = reaches || is_watched(merge.conflicts[i]);
    }
    merge_clear(&merge);
    return reaches;
}

/* What cannot be read may hold anything. */
static bool is_foreign(const struct repo *repo, const struct oid *target, const struct oid *commit)
{
    struct error error = ERROR_INIT;
    struct tree_list list;
    trees_list_init(&list);
    const bool holds = trees_holders(repo, commit, SLICE(MANIFEST_NAME), &list, &error) != 0 || list.count > 0;
    trees_list_clear(&list);
    return !holds && !reaches_modules(repo, target, commit);
}

static void conclude(const struct repo *repo, const struct oid *target, struct changes *changes, struct change *change,
                     const struct ancestry_trace *trace)
{
    change->bases = arena_alloc_array(&changes->arena, trace->base_count, sizeof *change->bases);
    change->base_count = trace->base_count;
    if (trace->base_count > 0) {
        memcpy(change->bases, trace->bases, trace->base_count * sizeof *change->bases);
    }
    change->state = trace->own_count == 0 ? CHANGE_MERGED : trace->base_count == 0 ? CHANGE_UNRELATED : CHANGE_PENDING;
    if (change->state == CHANGE_UNRELATED && !repo_is_shallow(repo) && is_foreign(repo, target, &change->tip)) {
        change->state = CHANGE_FOREIGN;
    }
    if (change->state == CHANGE_UNRELATED) {
        change->problem =
            repo_is_shallow(repo)
                ? arena_printf(
                      &changes->arena,
                      "%.*s cannot be compared: this clone has only a part of the history; run git fetch --unshallow",
                      SLICE_ARG(change->ref))
                : arena_printf(&changes->arena,
                               "%.*s shares no history with the target; start a branch from the target",
                               SLICE_ARG(change->ref));
    }
}

static int trace_all(struct repo *repo, const struct oid *target, struct ancestry *ancestry, struct changes *changes,
                     size_t waiting, const struct changes_watch *watch, struct error *error)
{
    struct ancestry_trace trace;
    size_t done = 0;
    int result = 0;
    ancestry_trace_init(&trace);
    for (size_t i = 0; i < changes->count && result == 0; i++) {
        struct change *change = &changes->changes[i];
        if (change->state != CHANGE_UNTRACED) {
            continue;
        }
        if (watch && watch->cancelled && watch->cancelled(watch->context)) {
            result = error_set(error, ERROR_INTERRUPTED, "stopped");
        } else if (ancestry_trace(ancestry, &change->tip, &trace, error) != 0) {
            mark_unreadable(changes, change, error);
        } else {
            conclude(repo, target, changes, change, &trace);
            describe(repo, changes, change, error);
        }
        if (watch && watch->progress) {
            watch->progress(watch->context, ++done, waiting);
        }
    }
    ancestry_trace_clear(&trace);
    return result;
}

int changes_trace(struct repo *repo, const struct oid *target, struct changes *changes,
                  const struct changes_watch *watch, struct error *error)
{
    size_t waiting = 0;
    for (size_t i = 0; i < changes->count; i++) {
        waiting += changes->changes[i].state == CHANGE_UNTRACED ? 1 : 0;
    }
    if (waiting == 0) {
        return 0;
    }
    struct ancestry *ancestry = ancestry_new(repo);
    int result =
        ancestry_set_target(ancestry, target, watch ? watch->cancelled : NULL, watch ? watch->context : NULL, error);
    if (result == 0) {
        result = trace_all(repo, target, ancestry, changes, waiting, watch, error);
    }
    ancestry_free(ancestry);
    return result;
}

/* "x", "refs/heads/x", "origin/x" */
const struct change *changes_find(const struct changes *changes, struct slice name)
{
    static const char *const prefixes[] = {"refs/", "refs/heads/", "refs/remotes/"};
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->changes[i];
        if (slice_equal(change->name, name) || slice_equal(change->ref, name)) {
            return change;
        }
    }
    for (size_t i = 0; i < changes->count; i++) {
        for (size_t k = 0; k < ARRAY_COUNT(prefixes); k++) {
            const struct slice ref = changes->changes[i].ref, prefix = slice_of(prefixes[k]);
            if (slice_starts_with(ref, prefix) && slice_equal(slice_from(ref, prefix.size), name)) {
                return &changes->changes[i];
            }
        }
    }
    if (slice_starts_with(name, SLICE("refs/heads/"))) /* as a server calls what is a remote-tracking branch here */
        return changes_find(changes, slice_from(name, sizeof "refs/heads/" - 1));
    return NULL;
}
