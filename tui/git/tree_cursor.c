#include "assay/git/tree_cursor.h"

#include <string.h>

#include "assay/base/array.h"

static enum tree_kind decode_mode(struct slice mode)
{
    static const struct {
        const char *mode;
        enum tree_kind kind;
    } known[] = {{"100644", TREE_FILE},
                 {"100755", TREE_EXECUTABLE},
                 {"40000", TREE_FOLDER},
                 {"120000", TREE_SYMLINK},
                 {"160000", TREE_SUBMODULE}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        if (slice_is(mode, known[i].mode)) {
            return known[i].kind;
        }
    }
    return TREE_ODD;
}

static int bad_tree(const struct tree_cursor *cursor, const char *what, struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(&cursor->tree, hex);
    return error_set(error, ERROR_INPUT, "the tree %s %s `%.*s`; run `git fsck` and write the branch anew", hex, what,
                     SLICE_ARG(cursor->name));
}

/* Order of two names as git sorts them (tree.c, base_name_compare). */
int tree_cursor_compare(struct slice a, bool a_is_folder, struct slice b, bool b_is_folder)
{
    const size_t common = a.size < b.size ? a.size : b.size;
    const int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order != 0) {
        return order;
    }
    const int left = a.size > common ? (unsigned char)a.data[common] : a_is_folder ? '/' : 0;
    const int right = b.size > common ? (unsigned char)b.data[common] : b_is_folder ? '/' : 0;
    return left - right;
}

/* Whether the file `name` stands before a folder of the same name: only names that begin alike can lie between. */
static bool file_before(const struct tree_cursor *cursor, struct slice previous)
{
    if (!slice_starts_with(previous, cursor->name)) {
        return false;
    }
    struct slice rest = slice_part(cursor->object.bytes, 0, cursor->start);
    while (rest.size > 0) {
        const size_t space = slice_find_byte(rest, ' '), end = slice_find_byte(rest, '\0');
        const struct slice name = slice_part(rest, space + 1, end - space - 1);
        if (slice_equal(name, cursor->name)) {
            return true;
        }
        rest = slice_from(rest, end + 1 + OID_SIZE);
    }
    return false;
}

int tree_cursor_step(struct tree_cursor *cursor, struct error *error)
{
    const struct slice previous = cursor->name;
    const enum tree_kind previous_kind = cursor->kind;
    const struct slice rest = slice_from(cursor->object.bytes, cursor->next);
    cursor->start = cursor->next;
    if (rest.size == 0) {
        cursor->kind = TREE_NONE;
        return 0;
    }
    const size_t space = slice_find_byte(slice_part(rest, 0, 8), ' ');
    const char *end = memchr(rest.data, '\0', rest.size);
    if (space == SLICE_NOT_FOUND || !end || (size_t)(end - rest.data) < space + 1 ||
        rest.size - (size_t)(end - rest.data) - 1 < OID_SIZE) {
        return bad_tree(cursor, "is cut off after", error);
    }
    cursor->name = slice_make(rest.data + space + 1, (size_t)(end - rest.data) - space - 1);
    cursor->kind = decode_mode(slice_part(rest, 0, space));
    memcpy(cursor->oid.bytes, end + 1, OID_SIZE);
    cursor->next += (size_t)(end - rest.data) + 1 + OID_SIZE;
    const int order = previous_kind == TREE_NONE ? -1
                                                 : tree_cursor_compare(previous, previous_kind == TREE_FOLDER,
                                                                       cursor->name, cursor->kind == TREE_FOLDER);
    if (order > 0) {
        return bad_tree(cursor, "is out of order at", error);
    }
    if (order == 0 || (cursor->kind == TREE_FOLDER && previous_kind != TREE_NONE && file_before(cursor, previous))) {
        return bad_tree(cursor, "names twice", error);
    }
    return 0;
}

int tree_cursor_open(struct tree_cursor *cursor, const struct repo *repo, const struct oid *tree, struct error *error)
{
    *cursor = (struct tree_cursor){.tree = *tree, .kind = TREE_NONE};
    if (oid_is_none(tree)) {
        return 0;
    }
    if (objects_open(repo, tree, OBJECT_TREE, 0, &cursor->object, error) != 0) {
        return -1;
    }
    return tree_cursor_step(cursor, error);
}

void tree_cursor_close(struct tree_cursor *cursor)
{
    objects_close(&cursor->object);
}

bool tree_cursor_key(const struct tree_cursor *cursors, size_t count, struct tree_key *key)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct tree_cursor *cursor = &cursors[i];
        if (cursor->kind != TREE_NONE &&
            (!any || tree_cursor_compare(cursor->name, cursor->kind == TREE_FOLDER, key->name, key->is_folder) < 0)) {
            *key = (struct tree_key){.name = cursor->name, .is_folder = cursor->kind == TREE_FOLDER};
            any = true;
        }
    }
    return any;
}

bool tree_cursor_is_at(const struct tree_cursor *cursor, const struct tree_key *key)
{
    return cursor->kind != TREE_NONE && (cursor->kind == TREE_FOLDER) == key->is_folder &&
           slice_equal(cursor->name, key->name);
}
