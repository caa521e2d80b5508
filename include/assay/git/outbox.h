/* The log's local side: its tips, and records that wait to be sent.
 *
 *   refs/assay/log      what the remote's log was when last fetched, never forced; without a remote the log is the local
 *                       branch itself
 *   refs/assay/pending  records that wait: commits on top of it. One compare and swap makes a record safe; kill at any
 *                       step loses nothing and doubles nothing, since paths are unique and adding twice is adding once
 *
 * A record names the tracked tip as its `log`, never the pending one: pending commits are written anew when the remote's
 * log moved on. */
#ifndef ASSAY_GIT_OUTBOX_H
#define ASSAY_GIT_OUTBOX_H

#include "assay/base/process.h"
#include "assay/git/log.h"

#define OUTBOX_TRACKED_REF "refs/assay/log"
#define OUTBOX_PENDING_REF "refs/assay/pending"

/* branch: the policy's `log`, "assay/log". A clone's own remote-tracking branch is adopted when it is ahead. */
int outbox_find_tips(const struct repo *repo, const char *branch, struct log_tips *tips, struct error *error);

struct outbox_record {
    struct slice change;
    struct digest name;             /* of the record: SHA-256 of its bytes */
    struct slice record, signature; /* bytes of the two files */
    struct slice author, email;     /* of the commit, where git config names nobody */
};

/* Makes the record safe: on refs/assay/pending, or without a remote on the local branch. Adding what is there already
 * changes nothing. commit.gpgSign is honoured by `git commit-tree -S` in this mode. */
int outbox_append(struct repo *repo, const char *branch, const struct outbox_record *record, enum process_mode mode,
                  struct error *error);
/* *kept: the record is in the log as it is here, sent or waiting; *sent: the remote had it when last seen. */
int outbox_find(const struct repo *repo, const char *branch, struct slice change, const struct digest *name, bool *kept,
                bool *sent, struct error *error);
/* Puts the pending records on top of the tracked log where it moved on, drops those that it has. *count: records that
 * still wait; *tip: the commit to push, none when nothing waits. */
int outbox_rebuild(struct repo *repo, const char *branch, enum process_mode mode, struct oid *tip, size_t *count,
                   struct error *error);
/* After a push of `tip`: moves refs/assay/log forward and drops what was sent from pending. */
int outbox_mark_sent(struct repo *repo, const struct oid *tip, struct error *error);

#endif
