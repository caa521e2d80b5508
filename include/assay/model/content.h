/* What a module is made of, as one digest: SHA-256 of the text that `sha256sum` prints for its files, sorted bytewise by
 * path (FORMATS.md, 3), so that stock tools can recompute it. */
#ifndef ASSAY_MODEL_CONTENT_H
#define ASSAY_MODEL_CONTENT_H

#include "assay/base/str.h"
#include "assay/trust/digest.h"

struct content_file {
    struct slice path; /* from the repository root */
    struct digest digest;
};

/* Sorts the files, drops those that occur twice, and appends the listing: `<hex>  <path>` and LF for each. As GNU
 * sha256sum does, a path that holds a backslash, LF or CR is escaped and its line begins with a backslash. */
void content_listing(struct content_file *files, size_t count, struct str *out);
void content_digest(struct content_file *files, size_t count, struct digest *digest);

#endif
