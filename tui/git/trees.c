#include "assay/git/trees.h"

#include <strings.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/commits.h"
#include "assay/text/utf8.h"

/* --- paths ------------------------------------------------------------------------------------------------------- */

static const char *name_refusal(struct slice name)
{
    if (name.size == 0) {
        return "has an empty name in its path";
    }
    if (slice_is(name, ".") || slice_is(name, "..")) {
        return "has `.` or `..` in its path";
    }
    if ((name.size == 4 && strncasecmp(name.data, ".git", 4) == 0) ||
        (name.size == 5 && strncasecmp(name.data, "git~1", 5) == 0)) {
        return "has .git in its path";
    }
    return NULL;
}

const char *trees_path_refusal(struct slice path)
{
    for (size_t i = 0; i < path.size; i++) {
        if ((unsigned char)path.data[i] < 0x20 || path.data[i] == 0x7f) {
            return "has a control character in its path";
        }
    }
    if (!utf8_valid(path)) {
        return "has a path that is not UTF-8";
    }
    struct slice rest = path, name;
    while (slice_cut(&rest, '/', &name)) {
        const char *refusal = name_refusal(name);
        if (refusal) {
            return refusal;
        }
    }
    return NULL;
}

const char *trees_refusal(const struct tree_entry *entry)
{
    static const char *const kinds[] = {[TREE_SYMLINK] = "is a symbolic link",
                                        [TREE_SUBMODULE] = "is a submodule",
                                        [TREE_ODD] = "has an odd file mode"};
    const char *refusal = entry->kind >= TREE_SYMLINK ? kinds[entry->kind] : NULL;
    return refusal || entry->path.size == 0 ? refusal : trees_path_refusal(entry->path);
}

/* --- look up ----------------------------------------------------------------------------------------------------- */

static int find_in_tree(const struct repo *repo, const struct oid *tree, struct slice name, struct tree_entry *entry,
                        struct error *error)
{
    struct tree_cursor cursor;
    entry->kind = TREE_NONE;
    int result = tree_cursor_open(&cursor, repo, tree, error);
    while (result == 0 && cursor.kind != TREE_NONE) {
        if (slice_equal(cursor.name, name)) {
            entry->kind = cursor.kind;
            entry->oid = cursor.oid;
        }
        result = tree_cursor_step(&cursor, error); /* to the end, so that a name given twice is found */
    }
    tree_cursor_close(&cursor);
    return result;
}

int trees_find(const struct repo *repo, const struct oid *root, struct slice path, struct tree_entry *entry,
               struct error *error)
{
    *entry = (struct tree_entry){.path = path, .kind = TREE_FOLDER};
    if (oid_is_none(root)) {
        entry->kind = path.size ? TREE_NONE : TREE_FOLDER;
        return 0;
    }
    if (commits_tree(repo, root, &entry->oid, error) != 0) {
        return -1;
    }
    if (path.size > 0 && trees_path_refusal(path)) {
        *entry = (struct tree_entry){.path = path};
        return 0;
    }
    struct slice rest = path, name;
    while (path.size > 0 && slice_cut(&rest, '/', &name)) {
        const struct oid folder = entry->oid;
        if (find_in_tree(repo, &folder, name, entry, error) != 0) {
            return error_prefix(error, "%.*s", SLICE_ARG(path));
        }
        if (entry->kind == TREE_NONE || (entry->kind != TREE_FOLDER && rest.data)) {
            *entry = (struct tree_entry){.path = path};
            return 0;
        }
    }
    return 0;
}

int trees_read_entry(const struct repo *repo, const struct tree_entry *entry, size_t limit, struct str *out,
                     struct error *error)
{
    const char *refusal = trees_refusal(entry);
    if (refusal) {
        return error_set(error, ERROR_INPUT, "%.*s %s and is refused", SLICE_ARG(entry->path), refusal);
    }
    if (entry->kind == TREE_NONE) {
        return error_set(error, ERROR_INPUT, "%.*s does not exist", SLICE_ARG(entry->path));
    }
    if (entry->kind == TREE_FOLDER) {
        return error_set(error, ERROR_INPUT, "%.*s is a folder where a file is needed", SLICE_ARG(entry->path));
    }
    if (objects_read_blob(repo, &entry->oid, limit, out, error) != 0) {
        return error_prefix(error, "%.*s", SLICE_ARG(entry->path));
    }
    return 0;
}

int trees_read(const struct repo *repo, const struct oid *root, struct slice path, size_t limit, struct str *out,
               struct error *error)
{
    struct tree_entry entry;
    if (path.size > 0 && trees_path_refusal(path)) {
        return error_set(error, ERROR_INPUT, "%.*s %s and is refused", SLICE_ARG(path), trees_path_refusal(path));
    }
    if (trees_find(repo, root, path, &entry, error) != 0) {
        return -1;
    }
    return trees_read_entry(repo, &entry, limit, out, error);
}

/* --- lists ------------------------------------------------------------------------------------------------------- */

void trees_list_init(struct tree_list *list)
{
    *list = (struct tree_list){.arena = ARENA_INIT};
}

void trees_list_clear(struct tree_list *list)
{
    arena_clear(&list->arena);
    memory_free(list->entries);
    trees_list_init(list);
}

struct walk {
    const struct repo *repo;
    struct tree_list *list;
    struct str path;     /* of the current folder, with a slash at its end; empty for the root */
    struct slice holder; /* only folders that hold this name; data NULL: every file */
    unsigned depth;
    size_t seen;
};

static void walk_entry(struct walk *walk, const struct tree_cursor *cursor)
{
    struct slice path = slice_part(str_slice(&walk->path), 0, walk->path.size ? walk->path.size - 1 : 0);
    if (!walk->holder.data) {
        const size_t size = walk->path.size;
        str_append(&walk->path, cursor->name);
        path = arena_copy(&walk->list->arena, str_slice(&walk->path));
        str_truncate(&walk->path, size);
    } else if (slice_equal(walk->holder, cursor->name)) {
        path = arena_copy(&walk->list->arena, path);
    } else {
        return;
    }
    struct tree_entry *entry = ARRAY_PUSH(walk->list->entries, walk->list->count, walk->list->capacity);
    *entry = (struct tree_entry){.path = path, .oid = cursor->oid, .kind = cursor->kind};
}

static int walk_tree(struct walk *walk, const struct oid *tree, struct error *error)
{
    struct tree_cursor cursor;
    const size_t size = walk->path.size;
    if (++walk->depth > TREES_DEPTH_MAX) {
        return error_set(error, ERROR_INPUT, "%.*s lies more than %d folders deep", SLICE_ARG(str_slice(&walk->path)),
                         TREES_DEPTH_MAX);
    }
    int result = tree_cursor_open(&cursor, walk->repo, tree, error);
    while (result == 0 && cursor.kind != TREE_NONE) {
        if (++walk->seen > TREES_ENTRIES_MAX) {
            result = error_set(error, ERROR_INPUT, "a tree has more than %d entries", TREES_ENTRIES_MAX);
        } else if (cursor.kind == TREE_FOLDER) {
            str_append(&walk->path, cursor.name);
            str_push(&walk->path, '/');
            result = walk_tree(walk, &cursor.oid, error);
            str_truncate(&walk->path, size);
        } else {
            walk_entry(walk, &cursor);
        }
        if (result == 0) {
            result = tree_cursor_step(&cursor, error);
        }
    }
    tree_cursor_close(&cursor);
    walk->depth--;
    return result;
}

static int walk_from(const struct repo *repo, const struct oid *root, struct slice folder, struct slice holder,
                     struct tree_list *list, struct error *error)
{
    struct tree_entry start;
    if (trees_find(repo, root, folder, &start, error) != 0) {
        return -1;
    }
    if (start.kind != TREE_FOLDER || oid_is_none(&start.oid)) {
        return 0;
    }
    struct walk walk = {.repo = repo, .list = list, .path = STR_INIT, .holder = holder};
    str_append(&walk.path, folder);
    if (folder.size > 0) {
        str_push(&walk.path, '/');
    }
    const int result = walk_tree(&walk, &start.oid, error);
    str_clear(&walk.path);
    return result;
}

int trees_list(const struct repo *repo, const struct oid *root, struct slice folder, struct tree_list *list,
               struct error *error)
{
    return walk_from(repo, root, folder, slice_of(NULL), list, error);
}

int trees_holders(const struct repo *repo, const struct oid *root, struct slice name, struct tree_list *list,
                  struct error *error)
{
    return walk_from(repo, root, slice_of(""), name, list, error);
}
