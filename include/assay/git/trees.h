/* Trees: look up, list, and one cursor that checks what it reads.
 *
 * A tree that is out of order or names something twice is refused as a whole, since two readers could see two things.
 * Names that no file system of ours may see (empty, `.`, `..`, `.git` in any case, `/`, control characters, not UTF-8)
 * and kinds other than plain files stay visible, with a refusal in words; nothing reads through them. */
#ifndef ASSAY_GIT_TREES_H
#define ASSAY_GIT_TREES_H

#include "assay/base/arena.h"
#include "assay/git/tree_cursor.h"

struct tree_entry {
    struct slice path; /* from the root of the repository */
    struct oid oid;
    enum tree_kind kind; /* TREE_NONE: not there */
};

struct tree_list {
    struct arena arena;
    struct tree_entry *entries; /* everything but folders, bytewise by path */
    size_t count, capacity;
};

void trees_list_init(struct tree_list *list);
void trees_list_clear(struct tree_list *list);

enum { TREES_DEPTH_MAX = 64, TREES_ENTRIES_MAX = 1000000 };

/* NULL when it is a plain file or a folder under a sound path; else why it is refused: "is a symbolic link", … */
const char *trees_refusal(const struct tree_entry *entry);
/* NULL when a relative path may be used at all. */
const char *trees_path_refusal(struct slice path);

/* What lies at a path of a commit or tree; TREE_NONE when nothing does. The path "" is the root. entry->path is the
 * caller's path. A refused path or a way that leads through anything but folders finds nothing. */
int trees_find(const struct repo *repo, const struct oid *root, struct slice path, struct tree_entry *entry,
               struct error *error);
/* Everything under a folder ("" for all), recursively; nothing when it is no folder. */
int trees_list(const struct repo *repo, const struct oid *root, struct slice folder, struct tree_list *list,
               struct error *error);
/* Folders that hold a file named `name` (manifest.yaml): one walk of the whole tree. Each is an entry of the list whose
 * path is the folder's ("" for the root) and whose oid and kind are the file's. */
int trees_holders(const struct repo *repo, const struct oid *root, struct slice name, struct tree_list *list,
                  struct error *error);
/* Reads the file at a path; not there, refused, or larger than `limit` is an error that names it. */
int trees_read(const struct repo *repo, const struct oid *root, struct slice path, size_t limit, struct str *out,
               struct error *error);
/* As trees_read for an entry that was found. */
int trees_read_entry(const struct repo *repo, const struct tree_entry *entry, size_t limit, struct str *out,
                     struct error *error);

#endif
