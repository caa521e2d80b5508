/* Bundles as tags of git: an annotated tag NAME/vVERSION+HASH on the commit of the target, whose message holds the bundle's
 * JSON and, indented by four spaces so that git does not take it for its own, the signature over exactly these bytes. One
 * object is pushed, fetched and checked out as any tag, and needs nothing else to be verified. */
#ifndef ASSAY_REVIEW_BUNDLE_TAG_H
#define ASSAY_REVIEW_BUNDLE_TAG_H

#include "assay/base/process.h"
#include "assay/review/bundle_check.h"

struct bundle_tags {
    struct arena arena;
    struct slice path, module; /* of the module on the target; its name */
    struct digest digest;
    struct bundle_tag *items; /* bytewise by name */
    size_t count, capacity;
};

/* module: its path or its name on the target. Signs its digest there and makes the tag; the one tag is in tags. Signing
 * again what is signed well changes nothing. renewed: a tag whose commit's content is signed instead, in place of what the
 * tag held where that is not good; empty: none. */
int bundle_tag_sign(struct workspace *workspace, struct slice module, struct slice renewed, enum process_mode mode,
                    struct bundle_tags *tags, struct error *error);
/* Every bundle of the module; nothing but this repository is asked. wanted: one tag alone; empty: all. */
int bundle_tag_verify(struct workspace *workspace, struct slice module, struct slice wanted, struct bundle_tags *tags,
                      struct error *error);
/* Clear it only after success. */
void bundle_tag_clear(struct bundle_tags *tags);

#endif
