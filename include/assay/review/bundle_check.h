/* Whether the tag of a bundle is what it claims to be: signed by one of the target's signers, on a commit of the target
 * that holds the module as it says, with approvals that are sealed there (schema/FORMATS.md, 6). */
#ifndef ASSAY_REVIEW_BUNDLE_CHECK_H
#define ASSAY_REVIEW_BUNDLE_CHECK_H

#include "assay/git/refs.h"
#include "assay/model/bundle.h"
#include "assay/review/approvals.h"
#include "assay/review/cache.h"
#include "assay/review/module.h"

#define BUNDLE_CHECK_PREFIX "refs/tags/"

struct bundle_tag {
    struct slice name;    /* of the tag, without refs/tags/ */
    struct oid object;    /* that the reference names */
    struct bundle bundle; /* filled when is_decoded */
    bool is_decoded;
    bool is_current;     /* the module stands on the target as it was signed */
    bool existed;        /* bundle_tag_sign: it was there already, and good */
    bool is_replaced;    /* bundle_tag_sign: another tag of this name was there */
    enum reason reason;  /* REASON_NONE: all of the above is so */
    struct slice detail; /* one sentence where it is not good */
};

struct bundle_check {
    struct workspace *workspace;
    struct cache *cache;
    struct arena *arena;               /* of the details */
    const struct module *module;       /* as it stands on the target */
    const struct approvals *approvals; /* of the repository */
};

/* What a tag says; a lightweight one, or one of other people's, is malformed. */
int bundle_check_tag(const struct bundle_check *check, const struct ref *ref, struct bundle_tag *tag,
                     struct error *error);

/* The manifest of the module in this folder. */
struct slice bundle_check_manifest(struct arena *arena, struct slice folder);
/* The module in this folder as a commit has it. The merge must outlive the module; both are cleared by the caller, also
 * after a failure. */
int bundle_check_load(struct workspace *workspace, struct cache *cache, const struct oid *commit, struct slice folder,
                      struct arena *arena, struct merge *merge, struct module *module, struct error *error);

#endif
