/* The most that libgit2 allocates at once. How large an object is stands in its header; how large the one is that it is
 * packed against (a delta's base: git's gitformat-pack) is not asked for by anybody, and a file of a hundred bytes may be
 * a difference to half a gibibyte. For the rooms of git/ alone. */
#ifndef ASSAY_GIT_CEILING_H
#define ASSAY_GIT_CEILING_H

#include <stdbool.h>

enum { CEILING = 128 << 20 }; /* twice the largest object that is read, in bytes */

void ceiling_install(void); /* for the whole library, once */
/* Whether something was refused in this thread since it was last asked. */
bool ceiling_was_met(void);

#endif
