/* seal.json: which records allowed a change into its target, signed in a namespace of its own (FORMATS.md, 5). Lies
 * beside the records' own bytes under reviews/<change>/; its bytes follow the rules of records. */
#ifndef ASSAY_MODEL_SEAL_H
#define ASSAY_MODEL_SEAL_H

#include "assay/model/record.h"

#define SEAL_SCHEMA    "assay.seal/1"
#define SEAL_NAMESPACE "seal.v1@assay"

struct seal_module {
    struct slice path;
    struct digest digest, evidence;
};

struct seal {
    struct arena arena; /* owns what seal_decode made; unused in a seal that is being composed */
    struct slice repository, target, change;
    struct oid target_commit;    /* of the target that the gate judged; a merge cannot be older than it */
    struct oid log;              /* tip of the log that the gate read; none: null */
    struct seal_module *modules; /* sorted bytewise by path */
    size_t module_count;
    struct digest *records; /* names of the records that were counted, sorted */
    size_t record_count;
    struct slice principal;        /* who sealed */
    struct slice assay, sealed_at; /* version; information, as in records */
};

void seal_encode(const struct seal *seal, struct str *bytes);
enum record_problem seal_decode(struct slice bytes, struct seal *seal, struct error *error);
void seal_clear(struct seal *seal);

#endif
