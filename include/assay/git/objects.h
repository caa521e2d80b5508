/* Raw objects. The size of a blob is read from its header and checked before anything is inflated; whatever is inflated,
 * what an object is packed against included, has a ceiling (ceiling.h). */
#ifndef ASSAY_GIT_OBJECTS_H
#define ASSAY_GIT_OBJECTS_H

#include "assay/git/repo.h"

enum object_kind { OBJECT_COMMIT = 1, OBJECT_TREE, OBJECT_BLOB, OBJECT_TAG };

struct object {
    struct slice bytes; /* valid until objects_close */
    struct git_odb_object *handle;
};

enum { OBJECTS_COMMIT_MAX = 4 << 20, OBJECTS_TREE_MAX = 64 << 20 };

int objects_header(const struct repo *repo, const struct oid *oid, enum object_kind *kind, size_t *size,
                   struct error *error);
bool objects_has(const struct repo *repo, const struct oid *oid);
/* Opens an object of this kind. Commits and trees have limits of their own; larger than `limit` (0: the kind's own) is
 * an error that names both sizes. */
int objects_open(const struct repo *repo, const struct oid *oid, enum object_kind kind, size_t limit,
                 struct object *object, struct error *error);
void objects_close(struct object *object); /* a zeroed one is fine */

/* Appends a blob of at most `limit` bytes. */
int objects_read_blob(const struct repo *repo, const struct oid *oid, size_t limit, struct str *out,
                      struct error *error);
/* Writes an object, durably; the same bytes give the same oid and are written once. */
int objects_write(const struct repo *repo, enum object_kind kind, struct slice bytes, struct oid *oid,
                  struct error *error);

#endif
