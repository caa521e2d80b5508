/* New trees from old ones. Only writes objects. */
#ifndef ASSAY_GIT_TREE_EDIT_H
#define ASSAY_GIT_TREE_EDIT_H

#include "assay/git/repo.h"

/* What becomes of a file where the path needs a folder, or the other way round. */
enum tree_edit_way { TREE_EDIT_KEEP /* an error */, TREE_EDIT_CLEAR /* it goes */ };

/* `root` (commit or tree; none: empty) with the file `blob` at `path`, which may replace a file. */
int tree_edit_add(const struct repo *repo, const struct oid *root, struct slice path, const struct oid *blob,
                  enum tree_edit_way way, struct oid *result, struct error *error);

#endif
