/* A git repository: where it is, what it is, its target. One struct repo belongs to one thread; a worker opens its own.
 *
 * libgit2 serves as object store, reference store and configuration reader; trees and commits are decoded by trees.c
 * and commits.c, since libgit2 hands out hostile ones unchecked. Nothing here writes into a work tree. */
#ifndef ASSAY_GIT_REPO_H
#define ASSAY_GIT_REPO_H

#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/git/settings.h"
#include "assay/model/oid.h"

struct repo;

/* Opens the repository that holds `folder` (NULL: the current one), bare or not, a linked worktree or not. Errors say
 * what to do: not a repository, owned by somebody else, an extension that is not supported. */
int repo_open(const char *folder, struct repo **repo, struct error *error);
void repo_close(struct repo *repo); /* NULL is fine */

const char *repo_folder(const struct repo *repo); /* work tree, or the git folder of a bare repository: -C of git */
const char *
repo_common_folder(const struct repo *repo); /* the git folder that all worktrees share; no slash at its end */
bool repo_is_bare(const struct repo *repo);
bool repo_is_shallow(const struct repo *repo);  /* history is cut: nothing may be proved from it */
bool repo_is_partial(const struct repo *repo);  /* a partial clone: objects may be missing */
bool repo_has_commits(const struct repo *repo); /* any reference exists */
/* The full name of the branch that is checked out; empty when HEAD is detached. An unborn branch counts. */
struct slice repo_head(const struct repo *repo);
/* Name of the remote: assay.remote, else origin where it is configured, else the only one there is (of several, repo_open
 * asks for assay.remote); NULL: there is none, and local branches are the truth. */
const char *repo_remote(const struct repo *repo);

/* The configuration that holds for this repository; the caller closes it. */
int repo_open_settings(const struct repo *repo, enum settings_scope scope, struct settings **settings,
                       struct error *error);

/* For the rooms of git/ alone. */
const char *repo_git_folder(const struct repo *repo); /* of this worktree; GIT_DIR of child processes */
struct git_repository *repo_handle(const struct repo *repo);
/* Whether history was cut at this commit: its parents are not here. */
bool repo_is_cut(const struct repo *repo, const struct oid *commit);

#endif
