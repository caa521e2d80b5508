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
