/* Which files a module is made of, before and after the merge: its own, and the shared ones that its manifest names or
 * whose partials its templates use (FORMATS.md, 3). */
#ifndef ASSAY_REVIEW_FOOTPRINT_H
#define ASSAY_REVIEW_FOOTPRINT_H

#include "assay/git/merge.h"
#include "assay/model/content.h"
#include "assay/review/cache.h"

#define FOOTPRINT_MANIFEST MANIFEST_NAME
#define FOOTPRINT_PARTIALS "prompts/global-templates.yaml"

enum footprint_side { FOOTPRINT_BEFORE, FOOTPRINT_AFTER };

struct footprint {
    struct cache *cache;
    const struct merge *merge;
    enum footprint_side side;
    struct slice folder;        /* of the module */
    struct arena *arena;        /* keeps paths and texts */
    struct content_file *files; /* in no order; digests of whole files */
    size_t count, capacity;
    struct slice *refused; /* a sentence for each file that is no plain file, or is named and not there */
    size_t refused_count, refused_capacity;
};

/* What lies at a path on one side; TREE_NONE: nothing. */
int footprint_find(const struct merge *merge, enum footprint_side side, struct slice path, struct tree_entry *entry,
                   struct error *error);
/* A zeroed footprint with its first five members set collects; footprint_clear frees the lists. */
int footprint_add_own(struct footprint *footprint, struct error *error); /* all of the folder but tests/outputs/ */
int footprint_add_shared(struct footprint *footprint, const struct manifest *manifest, struct error *error);
/* One file by its path, if it is there. */
int footprint_add(struct footprint *footprint, struct slice path, struct error *error);
void footprint_clear(struct footprint *footprint);
/* Digest of what was collected; sorts the files. */
void footprint_digest(struct footprint *footprint, struct digest *digest);

/* Whether a path of the module lies among its outputs, which its digest leaves out unless the manifest names them. */
bool footprint_is_output(struct slice folder, struct slice path);

/* Whether the module in `folder`, with this manifest after the merge, names or uses the shared file at `path`. A
 * manifest that cannot be read uses nothing: it has a problem of its own. */
int footprint_uses(struct cache *cache, const struct merge *merge, const struct tree_entry *manifest,
                   struct slice folder, struct slice path, bool *uses, struct error *error);

#endif
