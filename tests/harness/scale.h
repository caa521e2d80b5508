/* A large content repository, made by one `git fast-import`, for benchmarks: modules with templates and golden answers,
 * a main branch of many commits, branches that fork anywhere from it and change one prompt and its outputs. */
#ifndef ASSAY_TESTS_SCALE_H
#define ASSAY_TESTS_SCALE_H

#include "assay/base/error.h"
#include "assay/base/str.h"

struct scale {
    size_t commits, branches, modules, cases;
};

/* Makes a bare repository in a new temporary folder, whose path is appended; the same scale gives the same commits. */
int scale_make(const struct scale *scale, struct str *folder, struct error *error);

#endif
