/* One tree, entry by entry, and several side by side.
 *
 * Entries come in git's order: a folder compares as if its name ended with a slash, which is the bytewise order of whole
 * paths; so a file and a folder of one name are two keys. A tree that is cut off, out of order, or names something twice
 * is an error, since two readers could see two things in it. */
#ifndef ASSAY_GIT_TREE_CURSOR_H
#define ASSAY_GIT_TREE_CURSOR_H

#include "assay/git/objects.h"

enum tree_kind { TREE_NONE, TREE_FILE, TREE_EXECUTABLE, TREE_FOLDER, TREE_SYMLINK, TREE_SUBMODULE, TREE_ODD };

struct tree_cursor {
    struct object object;
    struct oid tree;
    struct slice name; /* of the current entry */
    struct oid oid;
    enum tree_kind kind; /* TREE_NONE at the end */
    size_t start, next;  /* offsets of the current entry and of the one behind it */
    size_t common_end;   /* see tree_cursor_skip_common */
};

/* oid none: an empty tree. The first entry is current at once. Close it in any case. */
int tree_cursor_open(struct tree_cursor *cursor, const struct repo *repo, const struct oid *tree, struct error *error);
int tree_cursor_step(struct tree_cursor *cursor, struct error *error);
void tree_cursor_close(struct tree_cursor *cursor);

struct tree_key {
    struct slice name; /* valid until a cursor that stands on it is stepped */
    bool is_folder;
};

/* The smallest key at which any of the cursors stands; false when all are at their end. */
bool tree_cursor_key(const struct tree_cursor *cursors, size_t count, struct tree_key *key);
bool tree_cursor_is_at(const struct tree_cursor *cursor, const struct tree_key *key);

/* Steps all of them over the entries that they have in common from here on, which is most of two large trees that differ
 * in one entry; each entry is looked at once. Entries named `stop` are not skipped. */
int tree_cursor_skip_common(struct tree_cursor *cursors, size_t count, struct slice stop, size_t *skipped,
                            struct error *error);

/* Order of two names as git sorts them. */
int tree_cursor_compare(struct slice a, bool a_is_folder, struct slice b, bool b_is_folder);

#endif
