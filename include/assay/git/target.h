/* The branch that changes merge into. */
#ifndef ASSAY_GIT_TARGET_H
#define ASSAY_GIT_TARGET_H

#include "assay/git/repo.h"

struct target {
    struct str name; /* "main": what the policy must name */
    struct str ref;  /* "refs/remotes/origin/main" */
    struct oid commit;
};

void target_init(struct target *target);
void target_clear(struct target *target);
/* assay.target, else the remote's HEAD, else its main or master; without a remote, or where nothing was fetched into
 * remote-tracking branches, the local main or master, else the branch of HEAD. */
int target_find(const struct repo *repo, struct target *target, struct error *error);

#endif
