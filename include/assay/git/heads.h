/* The branches of a remote, as `git ls-remote --heads` lists them, and whether what is here of them is the same. */
#ifndef ASSAY_GIT_HEADS_H
#define ASSAY_GIT_HEADS_H

#include "assay/base/table.h"
#include "assay/git/repo.h"
#include "assay/model/oid.h"

struct heads {
    struct table *names; /* "prompt/x" to the index of its commit */
    struct oid *commits;
    size_t count, capacity;
};

void heads_init(struct heads *heads);
void heads_clear(struct heads *heads);
/* Adds what a listing names: "<oid> TAB refs/heads/NAME" is a line of it; other lines, and a name again, are passed
 * over. Nothing of the listing is borrowed. */
void heads_add(struct heads *heads, struct slice listing);
/* The commit of a branch; false, and none, when the remote has no such branch. */
bool heads_find(const struct heads *heads, struct slice name, struct oid *commit);

/* Whether a reference here is that commit; none: whether it does not exist. A symbolic one is no branch of a remote's. */
bool heads_at(struct repo *repo, const char *ref, const struct oid *commit);
/* Whether the remote's branches of these names (NULL: all, and no other is here) are here as they are there. */
int heads_same(const struct heads *heads, struct repo *repo, const char *const *names, bool *same, struct error *error);

#endif
