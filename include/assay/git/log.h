/* The log of records: an orphan branch that only grows (FORMATS.md, 5).
 *
 *   refs/assay/log      what the remote's log was when last fetched, never forced; without a remote the log is the local
 *                       branch itself
 *   refs/assay/pending  records that wait to be sent: commits on top of it. One compare and swap makes a record safe;
 *                       kill at any step loses nothing and doubles nothing, since paths are unique and adding twice is
 *                       adding once
 *
 * The records are every file ever added in the history, whatever later commits removed. */
#ifndef ASSAY_GIT_LOG_H
#define ASSAY_GIT_LOG_H

#include "assay/base/arena.h"
#include "assay/base/process.h"
#include "assay/git/repo.h"
#include "assay/trust/digest.h"

enum log_kind { LOG_RECORD, LOG_SIGNATURE, LOG_SEAL, LOG_SEAL_SIGNATURE };

struct log_file {
    enum log_kind kind;
    struct slice change; /* decoded: "prompt/plain-language" */
    struct digest name;  /* of a record or its signature, by the path; none for a seal */
    struct oid blob;
    struct oid commit; /* that added it; none for files of a tree */
    int64_t time;      /* committer's, of that commit; 0 for files of a tree */
};

struct log_problem {
    struct slice path;
    const char *what;  /* "was removed", "was changed", "does not belong into the log", "is a symbolic link" */
    struct oid commit; /* none for files of a tree */
};

struct log {
    struct arena arena;
    struct log_file *files; /* newest commit first; a (path, blob) pair once */
    size_t file_count, file_capacity;
    struct oid *commits; /* that were read, newest first: to ask whether a tip that a signer saw is in the history */
    size_t commit_count, commit_capacity;
    struct log_problem *problems;
    size_t problem_count, problem_capacity;
    bool rewound; /* `known` is not in the history */
};

struct log_tips {
    struct oid
        tracked; /* the log as the remote has it, or the local branch without a remote; what a record names as `log` */
    struct oid pending; /* commits that wait; none: nothing waits */
    bool rewound;       /* the remote's log does not contain what was tracked: refuse, report */
};

/* branch: the policy's `log`, "assay/log". A clone's own remote-tracking branch is adopted when it is ahead. */
int log_find_tips(struct repo *repo, const char *branch, struct log_tips *tips, struct error *error);

void log_init(struct log *log);
void log_clear(struct log *log);
/* Reads the history of the tips (tracked and pending) down to `known`, a tip that was read before (none: all). */
int log_read(const struct repo *repo, const struct log_tips *tips, const struct oid *known, struct log *log,
             struct error *error);
/* Records and seals under reviews/ of a commit or tree; change empty: of all changes. Appends to the log's files. */
int log_read_reviews(const struct repo *repo, const struct oid *root, struct slice change, struct log *log,
                     struct error *error);

/* Every byte outside A-Z a-z 0-9 . _ - becomes %XX (upper-case). A change named "." or ".." is written %2E, %2E%2E. */
void log_encode_change(struct slice change, struct str *out);
bool log_decode_change(struct slice encoded, struct str *out); /* false when it is not what log_encode_change writes */

struct log_entry {
    struct slice change;
    struct slice record, signature; /* bytes of the two files */
    struct slice author, email;     /* of the commit, where git config names nobody */
};

/* Makes the record safe: on refs/assay/pending, or without a remote on the local branch. Adding what is there already
 * changes nothing. commit.gpgSign is honoured by running `git commit-tree -S` in this mode. */
int log_append(struct repo *repo, const char *branch, const struct log_entry *entry, enum process_mode mode,
               struct error *error);
/* Puts the pending records on top of the tracked log where it moved on, drops those that it has. *count: files of
 * records that still wait; *tip: the commit to push, none when nothing waits. */
int log_rebuild(struct repo *repo, const char *branch, enum process_mode mode, struct oid *tip, size_t *count,
                struct error *error);
/* After a push of `tip`: moves refs/assay/log forward and drops what was sent from pending. */
int log_mark_sent(struct repo *repo, const char *branch, const struct oid *tip, struct error *error);

#define LOG_TRACKED_REF "refs/assay/log"
#define LOG_PENDING_REF "refs/assay/pending"

#endif
