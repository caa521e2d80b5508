/* Commits that add files without a work tree: how records and seals get into git. */
#ifndef ASSAY_GIT_WRITE_H
#define ASSAY_GIT_WRITE_H

#include "assay/base/process.h"
#include "assay/git/repo.h"
#include "assay/git/tree_edit.h"

struct write_file {
    struct slice path;
    struct slice bytes; /* data NULL: `blob` is there already */
    struct oid blob;
};

struct write_request {
    struct oid parent;              /* none: an orphan */
    const struct write_file *files; /* added or replaced */
    size_t file_count;
    enum tree_edit_way way; /* TREE_EDIT_CLEAR: for the log, where nothing but records has a place */
    const char *message;
    struct slice author, email; /* where git config names nobody */
    enum process_mode mode;     /* of `git commit-tree -S`, where commit.gpgSign asks for it */
};

/* Writes blobs, trees and the commit, moves no reference. With files that are all there already *commit is the parent. */
int write_commit(struct repo *repo, const struct write_request *request, struct oid *commit, struct error *error);

#endif
