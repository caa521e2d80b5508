/* Rejections that a merge passed over: they held when it was made, and no gate that saw them would have let it through.
 *
 * A seal names the log that its maker saw, and that is the maker's word: what came to the log between the seal and the
 * merge, or what an older tip leaves out on purpose, is in no seal. That a rejection was in the log before the merge is
 * proved where a seal that came to the target no later names a log that has it, for nobody knows the name of a commit
 * before it is made. That it came afterwards is shown where it was signed on a target that had the merge. Else dates
 * decide, for the stricter side: that of the log's commit, and the latest at which the merge may have come.
 *
 * An override ends a rejection where the gate takes it, by today's policy. Nobody overrules in what they made: where git
 * does not keep the authors, only an override that the log of the seal has is taken, for its maker's gate knew them. */
#ifndef ASSAY_REVIEW_UNSEEN_H
#define ASSAY_REVIEW_UNSEEN_H

#include "assay/review/absence.h"
#include "assay/review/past_merge.h"

/* A step of the target that a seal allowed. */
struct unseen_merge {
    const struct absence_seal *seal;
    struct oid commit;           /* of the step */
    struct oid last;             /* that completed the merge */
    size_t point;                /* its number */
    int64_t earliest, latest;    /* between these it came to the target, on the clock of git/sealing */
    const struct slice *authors; /* principals; NULL: git does not keep them */
    size_t author_count;
    const struct past_module *modules;
    size_t module_count;
};

struct unseen_merges {
    struct unseen_merge *items; /* oldest first; freed by the owner */
    size_t count, capacity;
    const struct table *points; /* commit of the target's first parents → its number */
};

/* Adds what it finds to the absences, as request-changes of the step's commit. */
int unseen_find(const struct workspace *workspace, const struct ledger *ledger, const struct past_log *log,
                const struct absence_seals *seals, const struct unseen_merges *merges, struct arena *arena,
                struct absences *absences, struct error *error);

#endif
