/* Files that were built into the program: schema/, themes/ and the sample's content (demo/…). */
#ifndef ASSAY_BASE_EMBEDDED_H
#define ASSAY_BASE_EMBEDDED_H

#include "assay/base/slice.h"

struct embedded {
    const char *
        path; /* "schema/record.schema.json", "themes/dark.theme", "demo/…": as in the source tree, demo without tests/ */
    struct slice bytes;
};

bool embedded_find(const char *path, struct slice *bytes);
/* All of them in bytewise order of path; *count is set. */
const struct embedded *embedded_all(size_t *count);

#endif
