/* Names of branches as files give them; git/ asks libgit2, which does not reach down here. */
#ifndef ASSAY_MODEL_BRANCHNAME_H
#define ASSAY_MODEL_BRANCHNAME_H

#include "assay/base/slice.h"

/* Whether refs/heads/<name> is a valid reference (git-check-ref-format(1)) and the name no option. */
bool branchname_is_valid(struct slice name);

#endif
