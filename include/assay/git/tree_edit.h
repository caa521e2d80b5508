/* New trees from old ones. Only writes objects. */
#ifndef ASSAY_GIT_TREE_EDIT_H
#define ASSAY_GIT_TREE_EDIT_H

#include "assay/git/repo.h"

/* `root` (commit or tree; none: empty) with the file `blob` at `path`, which may replace a file. */
int tree_edit_add(const struct repo *repo, const struct oid *root, struct slice path, const struct oid *blob,
                  struct oid *result, struct error *error);

#endif
