#include "assay/git/authors.h"

#include <ctype.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/tree_cursor.h"
#include "assay/git/trees.h"

enum { TREES_MAX = 66 }; /* a commit and its parents; octopus merges beyond are taken as if they changed everything */

struct scope {
    const struct repo *repo;
    const struct slice *paths, *excluded;
    size_t path_count, excluded_count;
    struct str path; /* of the current folder, with a slash at its end; empty for the root */
    unsigned depth;
};

void authors_init(struct authors *authors)
{
    *authors = (struct authors){.arena = ARENA_INIT};
}

void authors_clear(struct authors *authors)
{
    arena_clear(&authors->arena);
    memory_free(authors->authors);
    authors_init(authors);
}

/* --- does a commit touch the paths? -------------------------------------------------------------------------------- */

/* Whether path is folder, or lies in it. */
static bool lies_in(struct slice path, struct slice folder)
{
    return folder.size == 0 ||
           (slice_starts_with(path, folder) && (path.size == folder.size || path.data[folder.size] == '/'));
}

static bool in_any(struct slice path, const struct slice *folders, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (lies_in(path, folders[i])) {
            return true;
        }
    }
    return false;
}

static bool is_in_scope(const struct scope *scope, struct slice path)
{
    return in_any(path, scope->paths, scope->path_count) && !in_any(path, scope->excluded, scope->excluded_count);
}

/* Whether something in the folder may be in scope. */
static bool may_hold_scope(const struct scope *scope, struct slice folder)
{
    if (in_any(folder, scope->excluded, scope->excluded_count)) {
        return false;
    }
    for (size_t i = 0; i < scope->path_count; i++) {
        if (lies_in(folder, scope->paths[i]) || lies_in(scope->paths[i], folder)) {
            return true;
        }
    }
    return false;
}

/* trees[0] is the commit's, the others are its parents'. What a parent has alike does not differ from every parent. */
static int touches(struct scope *scope, const struct oid *trees, size_t count, bool *touched, struct error *error);

static int touches_entry(struct scope *scope, const struct tree_cursor *cursors, size_t count,
                         const struct tree_key *key, bool *touched, struct error *error)
{
    struct oid trees[TREES_MAX];
    int result = 0;
    const size_t size = scope->path.size;
    for (size_t i = 0; i < count; i++) {
        const bool there = tree_cursor_is_at(&cursors[i], key);
        trees[i] = there ? cursors[i].oid : (struct oid){{0}};
        const bool first_there = tree_cursor_is_at(&cursors[0], key);
        if (i > 0 && there == first_there &&
            (!there || (cursors[i].kind == cursors[0].kind && oid_equal(&trees[i], &trees[0])))) {
            return 0;
        }
    }
    str_append(&scope->path, key->name);
    if (!key->is_folder) {
        *touched = is_in_scope(scope, str_slice(&scope->path));
    } else if (may_hold_scope(scope, str_slice(&scope->path))) {
        str_push(&scope->path, '/');
        result = touches(scope, trees, count, touched, error);
    }
    str_truncate(&scope->path, size);
    return result;
}

static int step_all(struct tree_cursor *cursors, size_t count, const struct tree_key *key, struct error *error)
{
    bool at_key[TREES_MAX];
    for (size_t i = 0; i < count; i++) {
        at_key[i] = tree_cursor_is_at(&cursors[i], key);
    }
    for (size_t i = 0; i < count; i++) {
        if (at_key[i] && tree_cursor_step(&cursors[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}

static int touches(struct scope *scope, const struct oid *trees, size_t count, bool *touched, struct error *error)
{
    struct tree_cursor *cursors = memory_new_array(count, sizeof *cursors);
    struct tree_key key;
    int result = 0;
    if (++scope->depth > TREES_DEPTH_MAX) {
        result = error_set(error, ERROR_INPUT, "a tree is more than %d folders deep", TREES_DEPTH_MAX);
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        result = tree_cursor_open(&cursors[i], scope->repo, &trees[i], error);
    }
    while (result == 0 && !*touched && tree_cursor_key(cursors, count, &key)) {
        result = touches_entry(scope, cursors, count, &key, touched, error);
        if (result == 0) {
            result = step_all(cursors, count, &key, error);
        }
    }
    for (size_t i = 0; i < count; i++) {
        tree_cursor_close(&cursors[i]);
    }
    memory_free(cursors);
    scope->depth--;
    return result;
}

static int commit_touches(struct scope *scope, const struct commit *commit, bool *touched, struct error *error)
{
    struct oid trees[TREES_MAX];
    trees[0] = commit->tree;
    *touched = commit->parent_count + 1 > TREES_MAX;
    for (size_t i = 0; i < commit->parent_count && !*touched; i++) {
        if (commits_tree(scope->repo, &commit->parents[i], &trees[i + 1], error) != 0) {
            return -1;
        }
    }
    return *touched ? 0 : touches(scope, trees, commit->parent_count + 1, touched, error);
}

/* --- people -------------------------------------------------------------------------------------------------------- */

static void add_author(struct authors *authors, struct table *seen, const struct commit_person *person,
                       const struct oid *commit)
{
    struct str key = STR_INIT;
    for (size_t i = 0; i < person->email.size; i++) {
        str_push(&key, (char)tolower((unsigned char)person->email.data[i]));
    }
    if (table_add(seen, str_slice(&key), 0)) {
        struct author *author = ARRAY_PUSH(authors->authors, authors->count, authors->capacity);
        *author = (struct author){.name = arena_copy(&authors->arena, person->name),
                                  .email = arena_copy(&authors->arena, person->email),
                                  .commit = *commit};
    }
    str_clear(&key);
}

static void add_people(struct authors *authors, struct table *seen, const struct commit *commit)
{
    add_author(authors, seen, &commit->author, &commit->oid);
    add_author(authors, seen, &commit->committer, &commit->oid);
    for (size_t i = 0; i < commit->co_author_count; i++) {
        add_author(authors, seen, &commit->co_authors[i], &commit->oid);
    }
}

int authors_collect(const struct repo *repo, const struct oid *own, size_t own_count, const struct slice *paths,
                    size_t path_count, const struct slice *excluded, size_t excluded_count, struct authors *authors,
                    struct error *error)
{
    struct scope scope = {.repo = repo,
                          .paths = paths,
                          .path_count = path_count,
                          .excluded = excluded,
                          .excluded_count = excluded_count,
                          .path = STR_INIT};
    struct table *seen = table_new();
    int result = 0;
    for (size_t i = 0; i < own_count && result == 0; i++) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        bool touched = false;
        result = commits_read(repo, &own[i], &arena, &commit, error);
        if (result == 0) {
            authors->has_merge |= commit.parent_count > 1;
            result = commit_touches(&scope, &commit, &touched, error);
        }
        if (result == 0 && touched) {
            add_people(authors, seen, &commit);
        }
        arena_clear(&arena);
    }
    str_clear(&scope.path);
    table_free(seen);
    return result;
}

/* --- what nobody wrote --------------------------------------------------------------------------------------------- */

enum { STEPS_MAX = 100000 }; /* beyond that a change is taken as if something in it were brought in */

struct origin {
    const struct repo *repo;
    struct table *own, *met; /* met: commits that were looked at for this file */
    struct oid *waiting;
    size_t count, capacity, steps;
};

static void wait_for(struct origin *origin, const struct oid *commit)
{
    if (table_add(origin->met, oid_slice(commit), 0)) {
        *ARRAY_PUSH(origin->waiting, origin->count, origin->capacity) = *commit;
    }
}

static int has_same(const struct origin *origin, const struct oid *commit, const struct tree_entry *entry, bool *same,
                    struct error *error)
{
    struct tree_entry other;
    if (trees_find(origin->repo, commit, entry->path, &other, error) != 0) {
        return -1;
    }
    *same = other.kind == entry->kind && (entry->kind == TREE_NONE || oid_equal(&other.oid, &entry->oid));
    return 0;
}

/* The commit has the file as `entry` says; its own parents that have it so are looked at next. *imported: it has it from
 * another parent alone. */
static int step_back(struct origin *origin, const struct oid *oid, const struct tree_entry *entry, bool *imported,
                     struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct commit commit;
    size_t own = 0, foreign = 0;
    int result = commits_read(origin->repo, oid, &arena, &commit, error);
    for (size_t i = 0; result == 0 && i < commit.parent_count; i++) {
        bool same = false;
        result = has_same(origin, &commit.parents[i], entry, &same, error);
        if (same && table_has(origin->own, oid_slice(&commit.parents[i]))) {
            wait_for(origin, &commit.parents[i]);
            own++;
        } else {
            foreign += same;
        }
    }
    *imported = own == 0 && foreign > 0;
    arena_clear(&arena);
    return result;
}

static int is_imported(struct origin *origin, const struct oid *tip, struct slice path, bool *imported,
                       struct error *error)
{
    struct tree_entry entry;
    int result = trees_find(origin->repo, tip, path, &entry, error);
    entry.path = path;
    origin->met = table_new();
    origin->count = 0;
    wait_for(origin, tip);
    while (result == 0 && !*imported && origin->count > 0) {
        const struct oid next = origin->waiting[--origin->count];
        result = step_back(origin, &next, &entry, imported, error);
        *imported |= ++origin->steps > STEPS_MAX;
    }
    table_free(origin->met);
    return result;
}

static int add_everybody(const struct repo *repo, const struct oid *own, size_t own_count, struct authors *authors,
                         struct error *error)
{
    struct table *seen = table_new();
    int result = 0;
    authors_clear(authors); /* they are among these */
    for (size_t i = 0; i < own_count && result == 0; i++) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        result = commits_read(repo, &own[i], &arena, &commit, error);
        if (result == 0) {
            add_people(authors, seen, &commit);
        }
        arena_clear(&arena);
    }
    table_free(seen);
    return result;
}

int authors_add_importers(const struct repo *repo, const struct oid *own, size_t own_count, const struct slice *files,
                          size_t file_count, struct authors *authors, struct error *error)
{
    struct origin origin = {.repo = repo, .own = table_new()};
    bool imported = false;
    int result = 0;
    for (size_t i = 0; i < own_count; i++) {
        table_add(origin.own, oid_slice(&own[i]), i);
    }
    for (size_t i = 0; i < file_count && authors->has_merge && !imported && result == 0; i++) {
        result = is_imported(&origin, &own[0], files[i], &imported, error);
    }
    if (result == 0 && imported) {
        result = add_everybody(repo, own, own_count, authors, error);
    }
    table_free(origin.own);
    memory_free(origin.waiting);
    return result;
}
