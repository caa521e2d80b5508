/* A change of a clone, loaded as a review of it begins. */
#ifndef ASSAY_TESTS_LOADED_H
#define ASSAY_TESTS_LOADED_H

#include "assay/review/cache.h"
#include "assay/review/load.h"

struct loaded {
    struct workspace *workspace;
    struct cache *cache;
    struct changes changes;
    struct load load; /* with its authors */
};

/* loaded_close either way. */
int loaded_open(const char *folder, const char *change, struct loaded *loaded, struct error *error);
void loaded_close(struct loaded *loaded);

#endif
