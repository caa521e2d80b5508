/* What can be shown to be missing: records that were removed from the log, records that are sealed on the target or named
 * by a seal and that the log does not have, logs that a signer or a seal saw and that are not in today's history. */
#ifndef ASSAY_REVIEW_ABSENCE_H
#define ASSAY_REVIEW_ABSENCE_H

#include "assay/model/reason.h"
#include "assay/review/ledger.h"
#include "assay/review/past_log.h"

/* A seal.json as it came to the target, or came anew. What it says is a claim until past_merge_judge. */
struct absence_seal {
    struct slice change; /* of its folder */
    struct oid commit;   /* the target's, that brought it */
    size_t point;        /* the caller's number of that commit */
    struct oid target_commit, log;
    struct digest *records;
    size_t record_count;
    bool is_used; /* has allowed a merge: the caller's */
};

struct absence_seals {
    struct absence_seal *items; /* in the order in which they came; freed by the owner */
    size_t count, capacity;
};

/* Adds the seals that differ between two trees. Texts lie in the arena. */
int absence_collect_seals(const struct repo *repo, const struct oid *before, const struct oid *after,
                          const struct absence_seal *place, struct arena *arena, struct absence_seals *seals,
                          struct error *error);

struct absence {
    enum reason reason; /* log-rewound, records-removed or chain-gap; see unseen.h for request-changes */
    struct slice detail;
    struct slice file, principal; /* of the record, where it is here */
    struct digest record;         /* none: not about one record */
    struct oid commit;            /* none: not about one commit */
};

struct absences {
    struct absence *items; /* freed by the owner */
    size_t count, capacity;
};

/* The ledger is of the whole repository. */
void absence_find(const struct workspace *workspace, const struct ledger *ledger, const struct past_log *log,
                  const struct absence_seals *seals, struct arena *arena, struct absences *absences);

#endif
