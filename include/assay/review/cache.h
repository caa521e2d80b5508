/* Decoded blobs that several changes share: golden datasets, baselines, manifests and partials of the target, digests
 * of files. Keyed by blob, so nothing in it can be out of date. Belongs to one workspace and its thread. */
#ifndef ASSAY_REVIEW_CACHE_H
#define ASSAY_REVIEW_CACHE_H

#include "assay/git/trees.h"
#include "assay/model/golden.h"
#include "assay/model/outputs.h"
#include "assay/review/workspace.h"

struct cache;

struct cache *cache_new(struct workspace *workspace);
void cache_free(struct cache *cache); /* NULL is fine */
/* Forgets what is beyond the limits, as bytes of source: decoded documents take several times that. Only between loads:
 * they borrow from it. */
void cache_trim(struct cache *cache);
enum { CACHE_SHARED_MAX = 12 << 20, CACHE_OWN_MAX = 1 << 20 };

/* Each gives what the entry's blob decodes to, valid until cache_trim or cache_free, or -1 with an error that names
 * the entry's path and line. */
int cache_manifest(struct cache *cache, const struct tree_entry *entry, const struct manifest **manifest,
                   struct error *error);
int cache_golden(struct cache *cache, const struct tree_entry *entry, const struct golden **golden,
                 struct error *error);
int cache_outputs(struct cache *cache, const struct tree_entry *entry, const struct outputs **outputs,
                  struct error *error);
/* The shared partials: a map of name to text. */
int cache_partials(struct cache *cache, const struct tree_entry *entry, const struct value **partials,
                   struct error *error);
int cache_text(struct cache *cache, const struct tree_entry *entry, size_t limit, struct slice *text,
               struct error *error);
/* The module folders of the target, in no order: see trees_holders. */
int cache_holders(struct cache *cache, const struct tree_list **holders, struct error *error);
/* File digest; remembered in the index. */
int cache_digest(struct cache *cache, const struct tree_entry *entry, struct digest *digest, struct error *error);

#endif
