#include "assay/git/tree_cursor.h"

#include <string.h>

#include "assay/base/array.h"

static enum tree_kind decode_mode(const char *mode, size_t size)
{
    static const struct {
        char mode[7];
        unsigned char size;
        enum tree_kind kind;
    } known[] = {{"100644", 6, TREE_FILE},
                 {"40000", 5, TREE_FOLDER},
                 {"100755", 6, TREE_EXECUTABLE},
                 {"120000", 6, TREE_SYMLINK},
                 {"160000", 6, TREE_SUBMODULE}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        if (size == known[i].size && memcmp(mode, known[i].mode, size) == 0) {
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
    const char *space = memchr(rest.data, ' ', rest.size < 8 ? rest.size : 8);
    const char *end = space ? memchr(space, '\0', rest.size - (size_t)(space - rest.data)) : NULL;
    if (!end || rest.size - (size_t)(end - rest.data) - 1 < OID_SIZE) {
        return bad_tree(cursor, "is cut off after", error);
    }
    cursor->name = slice_make(space + 1, (size_t)(end - space) - 1);
    cursor->kind = decode_mode(rest.data, (size_t)(space - rest.data));
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

/* --- several side by side ------------------------------------------------------------------------------------------ */

static struct slice rest_of(const struct tree_cursor *cursor)
{
    return slice_from(cursor->object.bytes, cursor->start);
}

static size_t common_size(struct slice a, struct slice b)
{
    enum { BLOCK = 256 };
    const size_t size = a.size < b.size ? a.size : b.size;
    size_t common = 0;
    while (common + BLOCK <= size && memcmp(a.data + common, b.data + common, BLOCK) == 0) {
        common += BLOCK;
    }
    while (common < size && a.data[common] == b.data[common]) {
        common++;
    }
    return common;
}

/* Offset in the first cursor's tree where what all have in common from here on ends. */
static size_t common_end(const struct tree_cursor *cursors, size_t count)
{
    const struct slice first = rest_of(&cursors[0]);
    size_t common = first.size;
    for (size_t i = 1; i < count; i++) {
        common = common_size(slice_part(first, 0, common), rest_of(&cursors[i]));
    }
    return cursors[0].start + common;
}

/* Puts the cursor, which stands where the run began in the other's tree, on the entry of the run that the other is on. */
static void follow(struct tree_cursor *cursor, const struct tree_cursor *other, size_t run)
{
    const size_t offset = (size_t)(other->name.data - other->object.bytes.data) - run;
    cursor->name = slice_part(rest_of(cursor), offset, other->name.size);
    cursor->oid = other->oid;
    cursor->kind = other->kind;
    cursor->next = cursor->start + (other->next - run);
    cursor->start += other->start - run;
}

int tree_cursor_skip_common(struct tree_cursor *cursors, size_t count, struct slice stop, size_t *skipped,
                            struct error *error)
{
    struct tree_cursor *first = &cursors[0], last = {.kind = TREE_NONE};
    const size_t run = first->start;
    *skipped = 0;
    if (count < 2 || first->kind == TREE_NONE) {
        return 0;
    }
    if (run >= first->common_end) {
        first->common_end = common_end(cursors, count);
    }
    while (first->kind != TREE_NONE && first->next <= first->common_end && !slice_equal(first->name, stop)) {
        last = *first;
        ++*skipped;
        if (tree_cursor_step(first, error) != 0) {
            return -1;
        }
        if (first->kind == TREE_FOLDER && slice_starts_with(last.name, first->name)) {
            break; /* whether a file of that name stands before it each must look for itself */
        }
    }
    for (size_t i = 1; i<count && * skipped> 0; i++) {
        follow(&cursors[i], &last, run);
        if (tree_cursor_step(&cursors[i], error) != 0) {
            return -1;
        }
    }
    return 0;
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
