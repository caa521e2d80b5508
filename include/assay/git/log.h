/* The log of records: an orphan branch that only grows (FORMATS.md, 5).
 *
 * The records are every file ever added in the history, whatever later commits removed. */
#ifndef ASSAY_GIT_LOG_H
#define ASSAY_GIT_LOG_H

#include "assay/base/arena.h"
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

/* Is told now and then, while a long history is read, what came since. The texts live as long as the log. */
struct log_listener {
    void (*tell)(void *context, const struct log_file *files, size_t count); /* NULL: nobody listens */
    void *context;
};

struct log {
    struct log_listener listener; /* the caller's, set before the log is read */
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

#endif
