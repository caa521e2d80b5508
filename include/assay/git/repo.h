/* A git repository: where it is, what it is, its target. One struct repo belongs to one thread; a worker opens its own.
 *
 * libgit2 serves as object store, reference store and configuration reader; trees and commits are decoded by trees.c
 * and commits.c, since libgit2 hands out hostile ones unchecked. Nothing here writes into a work tree. */
#ifndef ASSAY_GIT_REPO_H
#define ASSAY_GIT_REPO_H

#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/model/oid.h"

struct repo;
struct git_repository;

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
/* Name of the remote: assay.remote, else origin where it is configured, else the only one there is; NULL: none, and
 * local branches are the truth. */
const char *repo_remote(const struct repo *repo);

struct repo_target {
    struct str name; /* "main": what the policy must name */
    struct str ref;  /* "refs/remotes/origin/main" */
    struct oid commit;
};

/* The branch that changes merge into: assay.target, else the remote's HEAD, else the remote's main or master; without
 * a remote the local main or master, else the branch of HEAD. The caller clears the target in any case. */
int repo_find_target(struct repo *repo, struct repo_target *target, struct error *error);
void repo_target_init(struct repo_target *target);
void repo_target_clear(struct repo_target *target);

/* For the rooms of git/ alone. */
struct git_repository *repo_handle(const struct repo *repo);
/* Sets the error from libgit2's last one, with what was tried before it. */
int repo_fail(struct error *error, enum error_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Whether history was cut at this commit: its parents are not here. */
bool repo_is_cut(const struct repo *repo, const struct oid *commit);

#endif
