/* The index: facts about immutable git objects, and the last queue, for speed alone. `<git common dir>/assay/assay.db`.
 *
 * Nothing in it is the truth: no decision rests on it, it can be deleted at any time, and a file that is corrupt, of a
 * newer version, locked or not writable only makes assay slower. So index_open always gives an index; one that
 * cannot be used answers every question with "not known" and forgets what it is told, and the note says why in one
 * sentence. One handle belongs to one thread; several processes and threads may each open their own.
 * Functions that are given rows must not call the index.
 * Drafts do not live here but in drafts.db beside it: deleting or rebuilding the index cannot touch them. */
#ifndef ASSAY_STORE_INDEX_H
#define ASSAY_STORE_INDEX_H

#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/model/oid.h"
#include "assay/trust/digest.h"

struct index;

/* `folder` is `<git common dir>/assay`, made with mode 0700. `note` gets one sentence when something is to be told to
 * the user (rebuilt, read-only, newer), else stays empty; NULL: not wanted. Never NULL. */
struct index *index_open(const char *folder, struct str *note);
void index_close(struct index *index);
bool index_usable(const struct index *index);

/* One transaction around many writes (a refresh of the queue). They may be nested. */
void index_begin(struct index *index);
void index_commit(struct index *index);

/* Facts keyed by kind and object. `kind` names the decoder and its version ("golden/1", "outputs/1", "modules/1"): a
 * new version of a decoder takes a new name, and old facts are never read again. bytes are appended to out. */
bool index_fact(struct index *index, const char *kind, const struct oid *oid, struct str *out);
void index_remember(struct index *index, const char *kind, const struct oid *oid, struct slice bytes);

/* merge base of two commits; none: they are unrelated. */
bool index_merge_base(struct index *index, const struct oid *target, const struct oid *tip, struct oid *base);
void index_remember_merge_base(struct index *index, const struct oid *target, const struct oid *tip,
                               const struct oid *base);

/* The SHA-256 of a blob's bytes: file digests without inflating. */
bool index_digest(struct index *index, const struct oid *blob, struct digest *digest);
void index_remember_digest(struct index *index, const struct oid *blob, const struct digest *digest);

/* The rows of the last queue, each an opaque encoding by its owner, in order, for the first paint. `key` says what it
 * was computed for (target name, user, version of the encoding). Rows are given in order until row() returns false. */
void index_save_snapshot(struct index *index, struct slice key, const struct slice *rows, size_t count);
size_t index_snapshot(struct index *index, struct slice key, bool (*row)(void *context, struct slice bytes),
                      void *context); /* how many rows were given */

/* Where records are: every file ever added in the log's history, up to the commit `position`. Only locating is
 * kept; signatures are verified from the objects each time. */
struct index_record {
    struct slice path;            /* in the tree of the log: r/<change>/<name>.json */
    struct oid record, signature; /* blobs; signature may be none */
    struct oid commit;            /* that added it */
};
bool index_log_position(struct index *index, struct slice log, struct oid *commit);
/* Adds records (a path and blob that are known already are kept) and moves the position, in one transaction. */
void index_save_log(struct index *index, struct slice log, const struct oid *position,
                    const struct index_record *records, size_t count);
/* Those whose path starts with `prefix`, in order of path. */
size_t index_log_records(struct index *index, struct slice log, struct slice prefix,
                         bool (*each)(void *context, const struct index_record *record), void *context);
/* Forgets a log that was rewound or replaced, so that it is read again from its beginning. */
void index_forget_log(struct index *index, struct slice log);

#endif
