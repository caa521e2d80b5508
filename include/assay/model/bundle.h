/* A bundle: that a module stood on the target with this digest, signed in a namespace of its own, so that what is deployed
 * can be traced to what was approved (schema/bundle.schema.json). Its bytes follow the rules of records. */
#ifndef ASSAY_MODEL_BUNDLE_H
#define ASSAY_MODEL_BUNDLE_H

#include "assay/model/record.h"

#define BUNDLE_SCHEMA    "assay.bundle/1"
#define BUNDLE_NAMESPACE "bundle.v1@assay"

struct bundle {
    struct arena arena; /* owns what bundle_decode made; unused in a bundle that is being composed */
    struct slice repository, target;
    struct oid commit; /* of the target, where the module has this digest */
    struct {
        struct slice path, name, version;
        struct digest digest, evidence;
    } module;
    struct digest *records; /* sealed approvals of exactly this module and evidence, sorted */
    size_t record_count;
    struct slice principal;        /* who signed */
    struct slice assay, signed_at; /* version; information, as in records */
};

void bundle_encode(const struct bundle *bundle, struct str *bytes);
/* bundle_clear also after a failure. */
enum record_problem bundle_decode(struct slice bytes, struct bundle *bundle, struct error *error);
void bundle_clear(struct bundle *bundle);

/* Appends the name of its tag: NAME/vVERSION+HASH, the hash being the first 12 digits of the module digest. */
void bundle_append_tag(const struct bundle *bundle, struct str *out);

#endif
