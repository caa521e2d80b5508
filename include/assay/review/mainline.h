/* Whether the first parents of the target are its own past. A merge whose first parent is another history, with the
 * target's tip as second parent, is a fast-forward to git; to whoever walks first parents, what was there before is gone. */
#ifndef ASSAY_REVIEW_MAINLINE_H
#define ASSAY_REVIEW_MAINLINE_H

#include "assay/git/repo.h"

/* The target's first parents. */
struct mainline {
    const struct repo *repo;
    const struct oid *commits; /* oldest first */
    size_t count, first;       /* first: the first commit with a policy; count: none has one */
};

struct mainline_replaced {
    struct oid merge;  /* of the line */
    struct oid commit; /* what it brought in beside it: it has a policy, and does not stand on the line's first one */
};

struct mainline_findings {
    struct mainline_replaced *items; /* freed by the owner */
    size_t count, capacity;
};

int mainline_check(const struct mainline *line, struct mainline_findings *findings, struct error *error);

#endif
