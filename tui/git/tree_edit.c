#include "assay/git/tree_edit.h"

#include "assay/git/commits.h"
#include "assay/git/trees.h"

/* Writes `tree` with one entry put in or replaced; oid none: taken out. */
static int splice(const struct repo *repo, const struct oid *tree, struct slice name, const struct oid *oid,
                  bool is_folder, struct oid *result, struct error *error)
{
    struct tree_cursor cursor;
    struct str bytes = STR_INIT;
    size_t from = 0, until = 0; /* what is cut out of the old bytes */
    int code = tree_cursor_open(&cursor, repo, tree, error);
    while (code == 0 && cursor.kind != TREE_NONE) {
        const int order = tree_cursor_compare(cursor.name, cursor.kind == TREE_FOLDER, name, is_folder);
        if (order <= 0) {
            from = order == 0 ? cursor.start : cursor.next;
            until = cursor.next;
        }
        code = tree_cursor_step(&cursor, error);
    }
    if (code == 0) {
        str_append(&bytes, slice_part(cursor.object.bytes, 0, from));
        if (!oid_is_none(oid)) {
            str_append_text(&bytes, is_folder ? "40000 " : "100644 ");
            str_append(&bytes, name);
            str_push(&bytes, '\0');
            str_append(&bytes, oid_slice(oid));
        }
        str_append(&bytes, slice_from(cursor.object.bytes, until));
        code = objects_write(repo, OBJECT_TREE, str_slice(&bytes), result, error);
    }
    tree_cursor_close(&cursor);
    str_clear(&bytes);
    return code;
}

static int add_below(const struct repo *repo, const struct oid *tree, struct slice path, const struct oid *blob,
                     enum tree_edit_way way, struct oid *result, struct error *error)
{
    const struct oid none = {{0}};
    struct oid below, cleared;
    struct slice rest = path, name;
    struct tree_entry old = {.kind = TREE_NONE};
    slice_cut(&rest, '/', &name);
    if (trees_find(repo, tree, name, &old, error) != 0) {
        return -1;
    }
    const bool is_folder = rest.data != NULL;
    const bool is_in_way = old.kind != TREE_NONE && (old.kind == TREE_FOLDER) != is_folder;
    if (is_in_way && way == TREE_EDIT_CLEAR) {
        if (splice(repo, tree, name, &none, !is_folder, &cleared, error) != 0) {
            return -1;
        }
        tree = &cleared;
    } else if (is_in_way) {
        return error_set(error, ERROR_INPUT, "%.*s cannot be added, since a %s is in its way", SLICE_ARG(path),
                         is_folder ? "file" : "folder");
    }
    if (!is_folder) {
        return splice(repo, tree, name, blob, false, result, error);
    }
    if (add_below(repo, old.kind == TREE_FOLDER ? &old.oid : &none, rest, blob, way, &below, error) != 0) {
        return -1;
    }
    return splice(repo, tree, name, &below, true, result, error);
}

int tree_edit_add(const struct repo *repo, const struct oid *root, struct slice path, const struct oid *blob,
                  enum tree_edit_way way, struct oid *result, struct error *error)
{
    const char *refusal = trees_path_refusal(path);
    if (refusal) {
        return error_set(error, ERROR_INPUT, "%.*s %s and cannot be written", SLICE_ARG(path), refusal);
    }
    struct oid tree = {{0}};
    if (!oid_is_none(root) && commits_tree(repo, root, &tree, error) != 0) {
        return -1;
    }
    return add_below(repo, &tree, path, blob, way, result, error);
}
