/* Which commits a branch has of its own, and where it left the target.
 *
 * One walk of the target's ancestors, then one walk from each tip until it meets them: git_merge_base would walk from
 * the tip each time (33 s instead of 0.2 s on 50,000 commits and 2,000 branches). Commits stay in memory (about 60
 * bytes each), so a later target or tip costs only what is new. */
#ifndef ASSAY_GIT_ANCESTRY_H
#define ASSAY_GIT_ANCESTRY_H

#include "assay/git/repo.h"

struct ancestry;

struct ancestry_trace {
    struct oid *bases; /* best common ancestors, in no order; none: the histories are unrelated */
    size_t base_count, base_capacity;
    struct oid *own; /* commits of the tip that the target lacks, tip first; none: it is merged */
    size_t own_count, own_capacity;
};

struct ancestry *ancestry_new(const struct repo *repo); /* repo is borrowed */
void ancestry_free(struct ancestry *ancestry);

/* `cancelled` is asked now and then; NULL: never. Its yes ends with ERROR_INTERRUPTED. */
int ancestry_set_target(struct ancestry *ancestry, const struct oid *target, bool (*cancelled)(void *context),
                        void *context, struct error *error);
/* Of a target that is set. The trace is reused: init once, clear at the end. */
int ancestry_trace(struct ancestry *ancestry, const struct oid *tip, struct ancestry_trace *trace, struct error *error);
void ancestry_trace_init(struct ancestry_trace *trace);
void ancestry_trace_clear(struct ancestry_trace *trace);
/* Whether a commit is the target or an ancestor of it. */
bool ancestry_has(const struct ancestry *ancestry, const struct oid *commit);
size_t ancestry_size(const struct ancestry *ancestry); /* commits of the target */

#endif
