#include "assay/git/merge.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/commits.h"
#include "assay/model/manifest.h"

enum { SIDES_MAX = MERGE_BASES_MAX + 2 };

/* What the merge bases, the target and the candidate have at one key. */
struct sides {
    struct tree_entry entries[SIDES_MAX]; /* bases first, then the target, then the candidate; paths are not set */
    size_t bases;                         /* at least 1; an unrelated history has one empty base */
};

struct merging {
    struct merge *merge;
    struct str path; /* of the current folder, with a slash at its end; empty for the root */
    unsigned depth;
    size_t seen;
    size_t claimed; /* differences and conflicts that lie in a module found so far */
};

void merge_init(struct merge *merge)
{
    *merge = (struct merge){.arena = ARENA_INIT};
}

void merge_clear(struct merge *merge)
{
    arena_clear(&merge->arena);
    memory_free(merge->differences);
    memory_free(merge->conflicts);
    memory_free(merge->modules);
    merge_init(merge);
}

static bool same(const struct tree_entry *a, const struct tree_entry *b)
{
    return a->kind == b->kind && (a->kind == TREE_NONE || oid_equal(&a->oid, &b->oid));
}

static const struct tree_entry *target_side(const struct sides *sides)
{
    return &sides->entries[sides->bases];
}

static const struct tree_entry *candidate_side(const struct sides *sides)
{
    return &sides->entries[sides->bases + 1];
}

static bool bases_are(const struct sides *sides, const struct tree_entry *entry)
{
    for (size_t i = 0; i < sides->bases; i++) {
        if (!same(&sides->entries[i], entry)) {
            return false;
        }
    }
    return true;
}

/* The candidate adds nothing: it has what the target has, or what all bases had. */
static bool target_stands(const struct sides *sides)
{
    const struct tree_entry *candidate = candidate_side(sides);
    return same(candidate, target_side(sides)) || bases_are(sides, candidate);
}

static struct slice copy_path(struct merging *merging, struct slice name)
{
    const size_t size = merging->path.size;
    str_append(&merging->path, name);
    const struct slice path = arena_copy(&merging->merge->arena, str_slice(&merging->path));
    str_truncate(&merging->path, size);
    return path;
}

static struct slice folder_path(struct merging *merging)
{
    const size_t size = merging->path.size;
    return arena_copy(&merging->merge->arena, slice_part(str_slice(&merging->path), 0, size ? size - 1 : 0));
}

static void add_conflict(struct merge *merge, struct slice path)
{
    *ARRAY_PUSH(merge->conflicts, merge->conflict_count, merge->conflict_capacity) = path;
}

static struct tree_entry entry_at(const struct tree_entry *entry, struct slice path)
{
    struct tree_entry placed = *entry;
    placed.path = path;
    return placed;
}

/* Decides a file by whole files; returns what the result has there. */
static const struct tree_entry *merge_leaf(struct merging *merging, const struct sides *sides, struct slice name)
{
    struct merge *merge = merging->merge;
    const struct tree_entry *before = target_side(sides), *after = candidate_side(sides);
    if (target_stands(sides)) {
        return before;
    }
    const struct slice path = copy_path(merging, name);
    if (!bases_are(sides, before)) {
        add_conflict(merge, path);
        return before;
    }
    *ARRAY_PUSH(merge->differences, merge->difference_count, merge->difference_capacity) =
        (struct merge_difference){.path = path, .before = entry_at(before, path), .after = entry_at(after, path)};
    return after;
}

/* --- a file and a folder of one name ------------------------------------------------------------------------------ */

static int count_files(struct merging *merging, const struct tree_entry *folder, size_t *count, struct error *error)
{
    struct tree_list list;
    trees_list_init(&list);
    const int result = trees_list(merging->merge->repo, &folder->oid, slice_of(""), &list, error);
    *count = list.count;
    trees_list_clear(&list);
    return result;
}

static int find_file(const struct repo *repo, const struct oid *tree, struct slice name, bool *found,
                     struct error *error)
{
    struct tree_entry entry;
    if (trees_find(repo, tree, name, &entry, error) != 0) {
        return -1;
    }
    *found = entry.kind != TREE_NONE && entry.kind != TREE_FOLDER;
    return 0;
}

/* Called behind a folder that only one of target and candidate has: where the other has a file of that name that the
 * result keeps, and something in the folder stays too, the two cannot live together. first: differences before it. */
static int check_clash(struct merging *merging, const struct sides *sides, const struct oid trees[2], struct slice name,
                       size_t first, struct error *error)
{
    struct merge *merge = merging->merge;
    const struct tree_entry *target = target_side(sides);
    const bool folder_is_targets = target->kind == TREE_FOLDER;
    bool file = false;
    if (find_file(merge->repo, &trees[folder_is_targets ? 1 : 0], name, &file, error) != 0 || !file) {
        return error_is_set(error) ? -1 : 0;
    }
    const struct slice path = copy_path(merging, name);
    const struct merge_difference *difference = merge_difference_at(merge, path);
    size_t added = 0, removed = 0, there = 0;
    for (size_t i = first; i < merge->difference_count; i++) {
        *(merge->differences[i].after.kind == TREE_NONE ? &removed : &added) += 1;
    }
    if (folder_is_targets && count_files(merging, target, &there, error) != 0) {
        return -1;
    }
    const bool file_stays = difference ? difference->after.kind != TREE_NONE : !folder_is_targets;
    if (file_stays && there + added > removed) {
        add_conflict(merge, path);
    }
    return 0;
}

/* --- the walk ---------------------------------------------------------------------------------------------------- */

/* Sides that have the same tree share one cursor. */
struct level {
    struct tree_cursor cursors[SIDES_MAX];
    size_t count;
    size_t cursor_of[SIDES_MAX];
    size_t sides;
};

static int open_level(struct level *level, const struct repo *repo, const struct oid *trees, size_t count,
                      struct error *error)
{
    level->count = 0;
    level->sides = count;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < level->count && !oid_equal(&level->cursors[at].tree, &trees[i])) {
            at++;
        }
        level->cursor_of[i] = at;
        if (at == level->count && tree_cursor_open(&level->cursors[level->count++], repo, &trees[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}

static void close_level(struct level *level)
{
    for (size_t i = 0; i < level->count; i++) {
        tree_cursor_close(&level->cursors[i]);
    }
}

static void read_sides(const struct level *level, const struct tree_key *key, struct sides *sides)
{
    sides->bases = level->sides - 2;
    for (size_t i = 0; i < level->sides; i++) {
        const struct tree_cursor *cursor = &level->cursors[level->cursor_of[i]];
        sides->entries[i] = tree_cursor_is_at(cursor, key)
                                ? (struct tree_entry){.oid = cursor->oid, .kind = cursor->kind}
                                : (struct tree_entry){.kind = TREE_NONE};
    }
}

static int step_level(struct level *level, const struct tree_key *key, struct error *error)
{
    bool at_key[SIDES_MAX] = {false}; /* first, since the key borrows its name from one of them */
    for (size_t i = 0; i < level->count; i++) {
        at_key[i] = tree_cursor_is_at(&level->cursors[i], key);
    }
    for (size_t i = 0; i < level->count; i++) {
        if (at_key[i] && tree_cursor_step(&level->cursors[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}

static int merge_folder(struct merging *merging, const struct oid *trees, size_t count, struct error *error);

static int merge_subfolder(struct merging *merging, const struct sides *sides, const struct oid parents[2],
                           struct slice name, struct error *error)
{
    struct oid trees[SIDES_MAX];
    const size_t size = merging->path.size, first = merging->merge->difference_count;
    const bool one_sided = target_side(sides)->kind != candidate_side(sides)->kind;
    if (target_stands(sides)) {
        return one_sided ? check_clash(merging, sides, parents, name, first, error) : 0;
    }
    for (size_t i = 0; i < sides->bases + 2; i++) {
        trees[i] = sides->entries[i].oid; /* none where there is no folder: an empty one */
    }
    str_append(&merging->path, name);
    str_push(&merging->path, '/');
    const int result = merge_folder(merging, trees, sides->bases + 2, error);
    str_truncate(&merging->path, size);
    return result == 0 && one_sided ? check_clash(merging, sides, parents, name, first, error) : result;
}

/* Behind a folder that holds a manifest: it is a module if anything in it, but not in a module below it, differs. */
static void note_module(struct merging *merging, const struct tree_entry *before, const struct tree_entry *after,
                        size_t first_module, size_t first_emitted, size_t first_claimed)
{
    struct merge *merge = merging->merge;
    const size_t emitted = merge->difference_count + merge->conflict_count - first_emitted;
    const struct slice path = folder_path(merging);
    for (size_t i = first_module; i < merge->module_count; i++) {
        if (!merge->modules[i].outer.data) {
            merge->modules[i].outer = path;
        }
    }
    if (emitted > merging->claimed - first_claimed) {
        struct merge_module *module = ARRAY_PUSH(merge->modules, merge->module_count, merge->module_capacity);
        *module = (struct merge_module){.path = path, .before = *before, .after = *after};
        merging->claimed = first_claimed + emitted;
    }
}

static int too_much(struct merging *merging, struct error *error)
{
    if (merging->depth > TREES_DEPTH_MAX) {
        return error_set(error, ERROR_INPUT, "%.*s lies more than %d folders deep",
                         SLICE_ARG(str_slice(&merging->path)), TREES_DEPTH_MAX);
    }
    if (merging->seen > TREES_ENTRIES_MAX) {
        return error_set(error, ERROR_INPUT, "more than %d entries are to be compared", TREES_ENTRIES_MAX);
    }
    return 0;
}

static void place_manifests(struct merging *merging, const struct tree_entry *before, const struct tree_entry *after,
                            struct tree_entry manifests[2])
{
    const struct slice path = copy_path(merging, SLICE(MANIFEST_NAME));
    manifests[0] = entry_at(before, path);
    manifests[1] = entry_at(after, path);
}

static int merge_entries(struct merging *merging, struct level *level, const struct oid *parents,
                         struct tree_entry manifests[2], struct error *error)
{
    struct tree_key key;
    struct sides sides = {.bases = 0};
    for (;;) {
        size_t skipped;
        if (tree_cursor_skip_common(level->cursors, level->count, SLICE(MANIFEST_NAME), &skipped, error) != 0) {
            return -1;
        }
        if (!tree_cursor_key(level->cursors, level->count, &key)) {
            return 0;
        }
        merging->seen += skipped + 1;
        read_sides(level, &key, &sides);
        if (too_much(merging, error) != 0) {
            return -1;
        }
        if (key.is_folder && merge_subfolder(merging, &sides, parents, key.name, error) != 0) {
            return -1;
        }
        if (!key.is_folder) {
            const struct tree_entry *after = merge_leaf(merging, &sides, key.name);
            if (slice_is(key.name, MANIFEST_NAME)) {
                place_manifests(merging, target_side(&sides), after, manifests);
            }
        }
        if (step_level(level, &key, error) != 0) {
            return -1;
        }
    }
}

static int merge_folder(struct merging *merging, const struct oid *trees, size_t count, struct error *error)
{
    struct merge *merge = merging->merge;
    struct level level;
    struct tree_entry manifests[2] = {{.kind = TREE_NONE}, {.kind = TREE_NONE}};
    const size_t module = merge->module_count, claimed = merging->claimed;
    const size_t emitted = merge->difference_count + merge->conflict_count;
    merging->depth++;
    int result = too_much(merging, error);
    if (result == 0) {
        result = open_level(&level, merge->repo, trees, count, error);
        if (result == 0) {
            result = merge_entries(merging, &level, trees + count - 2, manifests, error);
        }
        close_level(&level);
    }
    if (result == 0 && (manifests[0].kind != TREE_NONE || manifests[1].kind != TREE_NONE)) {
        note_module(merging, &manifests[0], &manifests[1], module, emitted, claimed);
    }
    merging->depth--;
    return result;
}

static int compare_modules(const void *a, const void *b)
{
    return slice_compare(((const struct merge_module *)a)->path, ((const struct merge_module *)b)->path);
}

/* A file and the folder that clashes with it may both name the path. */
static void sort_results(struct merge *merge)
{
    merge->conflict_count = slice_sort_unique(merge->conflicts, merge->conflict_count);
    if (merge->module_count > 0) {
        qsort(merge->modules, merge->module_count, sizeof *merge->modules, compare_modules);
    }
}

static int find_tree(const struct repo *repo, const struct oid *root, struct oid *tree, struct error *error)
{
    return oid_is_none(root) ? 0 : commits_tree(repo, root, tree, error);
}

int merge_compute(const struct repo *repo, const struct oid *target, const struct oid *candidate,
                  const struct oid *bases, size_t base_count, struct merge *merge, struct error *error)
{
    struct oid trees[SIDES_MAX] = {{{0}}};
    const size_t slots = base_count > 0 ? base_count : 1;
    if (base_count > MERGE_BASES_MAX) {
        return error_set(error, ERROR_INPUT, "the branch has %zu merge bases, more than %d; merge the target into it",
                         base_count, MERGE_BASES_MAX);
    }
    int result = 0;
    for (size_t i = 0; i < base_count && result == 0; i++) {
        result = find_tree(repo, &bases[i], &trees[i], error);
    }
    if (result == 0 && base_count == 1 && oid_equal(&bases[0], target)) {
        trees[slots] = trees[0];
    } else if (result == 0) {
        result = find_tree(repo, target, &trees[slots], error);
    }
    if (result != 0 || find_tree(repo, candidate, &trees[slots + 1], error) != 0) {
        return -1;
    }
    merge->repo = repo;
    merge->target = trees[slots];
    struct merging merging = {.merge = merge, .path = STR_INIT};
    result = merge_folder(&merging, trees, slots + 2, error);
    str_clear(&merging.path);
    sort_results(merge);
    return result;
}

int merge_compare(const struct repo *repo, const struct oid *before, const struct oid *after, struct merge *merge,
                  struct error *error)
{
    return merge_compute(repo, before, after, before, 1, merge, error);
}

/* --- the result -------------------------------------------------------------------------------------------------- */

/* The first difference at or behind the path. */
static size_t first_difference(const struct merge *merge, struct slice path)
{
    size_t low = 0, high = merge->difference_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (slice_compare(merge->differences[middle].path, path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct merge_difference *merge_difference_at(const struct merge *merge, struct slice path)
{
    const size_t at = first_difference(merge, path);
    return at < merge->difference_count && slice_equal(merge->differences[at].path, path) ? &merge->differences[at]
                                                                                          : NULL;
}

int merge_find(const struct merge *merge, struct slice path, struct tree_entry *entry, struct error *error)
{
    const struct merge_difference *difference = merge_difference_at(merge, path);
    if (difference && trees_path_refusal(path)) {
        *entry = (struct tree_entry){.path = path};
        return 0;
    }
    if (difference) {
        *entry = entry_at(&difference->after, path);
        return 0;
    }
    return trees_find(merge->repo, &merge->target, path, entry, error);
}

static void push_entry(struct tree_list *list, const struct tree_entry *entry)
{
    if (entry->kind != TREE_NONE) {
        *ARRAY_PUSH(list->entries, list->count, list->capacity) =
            entry_at(entry, arena_copy(&list->arena, entry->path));
    }
}

/* Both lists are sorted: the target's, and the differences in this folder. */
int merge_list(const struct merge *merge, struct slice folder, struct tree_list *list, struct error *error)
{
    struct tree_list target;
    struct str prefix = STR_INIT;
    trees_list_init(&target);
    const int result = trees_list(merge->repo, &merge->target, folder, &target, error);
    str_append(&prefix, folder);
    if (folder.size > 0) {
        str_push(&prefix, '/');
    }
    size_t at = first_difference(merge, str_slice(&prefix)), old = 0;
    while (result == 0) {
        const bool more =
            at < merge->difference_count && slice_starts_with(merge->differences[at].path, str_slice(&prefix));
        if (!more && old == target.count) {
            break;
        }
        const int order = !more                 ? -1
                          : old == target.count ? 1
                                                : slice_compare(target.entries[old].path, merge->differences[at].path);
        push_entry(list, order < 0 ? &target.entries[old] : &merge->differences[at].after);
        old += order <= 0 ? 1 : 0;
        at += order >= 0 ? 1 : 0;
    }
    trees_list_clear(&target);
    str_clear(&prefix);
    return result;
}

int merge_read(const struct merge *merge, struct slice path, size_t limit, struct str *out, struct error *error)
{
    struct tree_entry entry;
    if (merge_find(merge, path, &entry, error) != 0) {
        return -1;
    }
    if (entry.kind == TREE_NONE && path.size > 0 && trees_path_refusal(path)) {
        return error_set(error, ERROR_INPUT, "%.*s %s and is refused", SLICE_ARG(path), trees_path_refusal(path));
    }
    return trees_read_entry(merge->repo, &entry, limit, out, error);
}
