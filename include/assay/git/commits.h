/* Commits, decoded from their bytes. Everything in them is a claim. */
#ifndef ASSAY_GIT_COMMITS_H
#define ASSAY_GIT_COMMITS_H

#include "assay/base/arena.h"
#include "assay/git/repo.h"

struct commit_person {
    struct slice name, email; /* bytes as they are, white space trimmed */
    int64_t time;             /* seconds since 1970; 0 when unreadable or not given */
};

struct commit {
    struct oid oid, tree;
    struct oid *parents;
    size_t parent_count; /* 0 too where shallow history was cut */
    struct commit_person author, committer;
    struct commit_person *co_authors; /* Co-authored-by trailers, in order; any letter case */
    size_t co_author_count;
    struct slice subject; /* first line of the message */
    struct slice message; /* whole */
};

/* Everything lies in the arena. */
int commits_read(const struct repo *repo, const struct oid *oid, struct arena *arena, struct commit *commit,
                 struct error *error);
/* The tree of a commit; a tree names itself. */
int commits_tree(const struct repo *repo, const struct oid *commit_or_tree, struct oid *tree, struct error *error);
/* Decodes the bytes of a commit; -1 when it is malformed. */
int commits_decode(struct slice bytes, struct arena *arena, struct commit *commit, struct error *error);

#endif
