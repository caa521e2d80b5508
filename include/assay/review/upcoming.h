/* The policy and the signers as they would lie on the target after a merge, read as the target's own are: whoever lets a
 * file through that cannot be used stops every gate, that of the repair too. */
#ifndef ASSAY_REVIEW_UPCOMING_H
#define ASSAY_REVIEW_UPCOMING_H

#include "assay/git/merge.h"
#include "assay/review/workspace.h"

/* One sentence each without its full stop, with file and line; data NULL: nothing is wrong with it. */
struct upcoming {
    struct slice policy, signers;
};

/* The sentences live in the arena. A file that is no plain one is left to whoever digests it. */
int upcoming_read(const struct workspace *workspace, const struct merge *merge, struct arena *arena,
                  struct upcoming *upcoming, struct error *error);

#endif
