/* How the records of one signer for one change follow each other (`seq`, `prev`), over records whose signatures were
 * verified before. A `prev` links only records of the same person and the same change, so nobody can end another
 * person's record by naming it. Pure: order of the input never matters. */
#ifndef ASSAY_MODEL_CHAIN_H
#define ASSAY_MODEL_CHAIN_H

#include "assay/model/record.h"

struct chain;

/* The records must outlive the chain; a name that occurs twice is taken once. Positions below are indexes into this
 * array. */
struct chain *chain_new(const struct record *const *records, size_t count);
void chain_free(struct chain *chain); /* NULL is fine */

enum chain_problem_kind {
    CHAIN_GAP,     /* `prev` names a record that cannot be found */
    CHAIN_FOREIGN, /* `prev` names a record of another person or change */
    CHAIN_SEQ,     /* `seq` is not one more than the highest of `prev`, all of which are here */
};
struct chain_problem {
    enum chain_problem_kind kind;
    size_t record;
    struct digest name; /* the one that `prev` names; for CHAIN_SEQ the record's own */
};
/* In order of the records; borrowed from the chain. */
const struct chain_problem *chain_problems(const struct chain *chain, size_t *count);

/* Nothing follows it, of any module or role. More than one head of a person and change is a fork: legal. */
bool chain_is_head(const struct chain *chain, size_t record);
/* No descendant has the same person, role and module: it is one of those that count. */
bool chain_is_newest(const struct chain *chain, size_t record);

/* What a new record of this person for this change must say: the heads' names, sorted, into *prev (the caller frees
 * with memory_free; NULL when there are none), and the next seq. */
void chain_next(const struct chain *chain, struct slice principal, struct slice change, struct digest **prev,
                size_t *prev_count, int64_t *seq);

#endif
