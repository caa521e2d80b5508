/* The merge result by whole files, in memory (FORMATS.md, 3): the side that changed a file since the merge base wins;
 * changed on both sides differently, or merge bases that disagree: a conflict. No attribute, driver or work tree is
 * consulted and no object is written. The result is the target's tree and the differences to it. */
#ifndef ASSAY_GIT_MERGE_H
#define ASSAY_GIT_MERGE_H

#include "assay/git/trees.h"

struct merge_difference {
    struct slice path;
    struct tree_entry before, after; /* on the target, in the merge result; TREE_NONE where it is not there */
};

/* A module folder with a difference or a conflict in it: the nearest folder above that holds a manifest.yaml on the target
 * or in the result. */
struct merge_module {
    struct slice path;               /* "" for the root */
    struct slice outer;              /* another module folder above it: nested, refused; data NULL when there is none */
    struct tree_entry before, after; /* the manifest on the target and in the result; TREE_NONE */
};

struct merge {
    struct arena arena;
    const struct repo *repo;              /* borrowed */
    struct oid target;                    /* tree */
    struct merge_difference *differences; /* bytewise by path; a mode that changed is a difference */
    size_t difference_count, difference_capacity;
    struct slice *conflicts; /* bytewise by path; the target's file stands there */
    size_t conflict_count, conflict_capacity;
    struct merge_module *modules; /* bytewise by path */
    size_t module_count, module_capacity;
};

enum { MERGE_BASES_MAX = 16 };

/* Commits or trees; none: an empty tree. No base: an empty one. More than MERGE_BASES_MAX bases is an error. Clear it in any case. */
int merge_compute(const struct repo *repo, const struct oid *target, const struct oid *candidate,
                  const struct oid *bases, size_t base_count, struct merge *merge, struct error *error);
/* The plain differences of two commits or trees, in the same shape: the result is `after`. Equal subtrees are skipped. */
int merge_compare(const struct repo *repo, const struct oid *before, const struct oid *after, struct merge *merge,
                  struct error *error);
void merge_init(struct merge *merge);
void merge_clear(struct merge *merge);

/* As their namesakes of trees.h, on the merge result. */
int merge_find(const struct merge *merge, struct slice path, struct tree_entry *entry, struct error *error);
int merge_list(const struct merge *merge, struct slice folder, struct tree_list *list, struct error *error);
int merge_read(const struct merge *merge, struct slice path, size_t limit, struct str *out, struct error *error);
/* The difference at a path; NULL when it is the target's. */
const struct merge_difference *merge_difference_at(const struct merge *merge, struct slice path);

#endif
