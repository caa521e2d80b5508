/* The changes that wait: branches, and where each left the target. */
#ifndef ASSAY_GIT_CHANGES_H
#define ASSAY_GIT_CHANGES_H

#include "assay/base/arena.h"
#include "assay/git/ancestry.h"
#include "assay/git/refs.h"
#include "assay/git/target.h"

enum change_state {
    CHANGE_UNTRACED,   /* changes_list knows the tip only */
    CHANGE_PENDING,    /* has commits that the target lacks, and merge bases */
    CHANGE_MERGED,     /* everything is on the target already */
    CHANGE_UNRELATED,  /* shares no history with the target, and holds modules, rules or records, or a file of such */
    CHANGE_FOREIGN,    /* shares none and holds nothing of the kind: the pages of a web site, say */
    CHANGE_UNREADABLE, /* `problem` says why */
};

struct change {
    struct slice name; /* "prompt/plain-language" */
    struct slice ref;  /* "refs/remotes/origin/prompt/plain-language" */
    struct oid tip;
    enum change_state state;
    struct oid *bases;
    size_t base_count;
    struct slice author_name, author_email; /* of the tip */
    int64_t time;                           /* committer's, of the tip */
    struct slice subject;
    struct slice problem; /* one sentence for a person; empty when there is none */
};

struct changes {
    struct arena arena;
    struct change *changes; /* bytewise by name */
    size_t count, capacity;
    struct slice *problems; /* references that were refused, one sentence each */
    size_t problem_count, problem_capacity;
};

void changes_init(struct changes *changes);
void changes_clear(struct changes *changes);

/* Branches that may be changes, from references alone: assay.changes, else every branch of the remote and local ones
 * without upstream. Never the target, the log, a remote's HEAD. A remote-tracking branch beats a local one of its name. */
int changes_list(struct repo *repo, const struct target *target, struct slice log, struct changes *changes,
                 struct error *error);
/* Fills in state, bases, author and time of every change that is CHANGE_UNTRACED; a caller that knows the answer for
 * (target, tip) from its index sets it before, and when nothing is left no history is read. A branch that cannot be
 * read becomes CHANGE_UNREADABLE and the others go on. progress and cancelled may be NULL. */
struct changes_watch {
    void (*progress)(void *context, size_t done, size_t total);
    bool (*cancelled)(void *context);
    void *context;
};
int changes_trace(struct repo *repo, const struct oid *target, struct changes *changes,
                  const struct changes_watch *watch, struct error *error);
/* One change by its name, a full reference, here or at the server ("refs/heads/x"), or a short remote name
 * ("origin/x"); NULL when there is none. */
const struct change *changes_find(const struct changes *changes, struct slice name);

#endif
