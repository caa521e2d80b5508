/* A merge that happened, judged afterwards: did the seal that came with it, and the records beside it, allow what it
 * changed? Everything is taken as it stood: policy, signers and revocations of the target before the merge, the records
 * that the merge brought, digests of the commit that completed it, keys on the day on which it was sealed.
 *
 * A merge is one commit, or several in a row where a change was rebased or fast-forwarded. Authors are known where git
 * keeps them: a squash leaves one commit of whoever pressed the button, so there the seal's word stands. */
#ifndef ASSAY_REVIEW_PAST_MERGE_H
#define ASSAY_REVIEW_PAST_MERGE_H

#include "assay/review/cache.h"
#include "assay/model/reason.h"
#include "assay/review/past_log.h"
#include "assay/trust/digest.h"

struct past_merge {
    struct oid before;         /* the target before it */
    const struct oid *commits; /* first parents after it, oldest first; the last one completes the merge */
    size_t commit_count;
    bool has_parents; /* the last one is a merge commit: git still knows the branch's commits */
    int64_t time;     /* when it came to the target: see git/sealing */
    struct slice change;
    bool seal_is_older; /* the seal lay on the target before, and has allowed nothing yet */
};

struct past_module {
    struct slice path;
    struct digest digest, evidence;
    struct digest *records; /* approvals with a seat */
    size_t record_count;
};

/* A record that came with the merge and did not count. */
struct past_refusal {
    struct digest record;
    enum reason reason;
    struct slice detail, file, principal; /* principal empty: the signer is not known */
};

struct past_verdict {
    struct arena arena;
    bool allowed;
    struct slice reason; /* one sentence; empty when it was allowed */
    struct slice sealed_by;
    struct past_refusal *refused; /* where it was not allowed */
    size_t refused_count;
    struct past_module *modules; /* that the merge changed, bytewise by path */
    size_t module_count;
    struct slice *authors; /* principals, where it was allowed and git keeps them */
    size_t author_count;
    struct slice *removed; /* sealed records that the merge took away or changed, one sentence each */
    size_t removed_count;
};

/* workspace: one that may look back; it stays at `before`. change empty: only what was changed, nothing is allowed. */
int past_merge_judge(struct workspace *workspace, struct cache *cache, const struct past_log *log,
                     const struct past_merge *merge, struct past_verdict *verdict, struct error *error);
void past_merge_clear(struct past_verdict *verdict);

#endif
