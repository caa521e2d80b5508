/* When what lies under reviews/ came to the target (FORMATS.md, 5): for each file, the first commit of the target's first
 * parents that brought it, and the time that counts for it, the latest committer date of that commit and its first-parent
 * ancestors. So nobody seals into the past: a commit may claim any date, but what stands below it cannot be younger.
 *
 * Beside them the versions of the list of revoked keys: what is sealed before a key was listed stands.
 *
 * The walk goes on from the tip that it knows, so a sealing that is kept (sealing_encode) costs only what is new. */
#ifndef ASSAY_GIT_SEALING_H
#define ASSAY_GIT_SEALING_H

#include "assay/base/arena.h"
#include "assay/git/log.h"

struct table;

#define SEALING_NEVER INT64_MIN /* no such file ever came to the target; the same as SIGNERS_NOT_SEALED */

#define SEALING_REVOKED_PATH "policies/revoked_signers"

struct sealing_file {
    struct slice path; /* "reviews/prompt%2Fx/<sha256>.json"; or SEALING_REVOKED_PATH, later than all before it */
    struct oid blob, commit;
    int64_t time; /* seconds since 1970 */
};

struct sealing {
    struct arena arena;
    struct oid tip;             /* that was read; none: nothing yet */
    int64_t latest;             /* committer date of the tip and its first-parent ancestors */
    struct sealing_file *files; /* in the order in which they came; a (path, blob) pair once */
    size_t count, capacity;
    struct table *by_file;
};

void sealing_init(struct sealing *sealing);
void sealing_clear(struct sealing *sealing);

/* Brings the sealing to this target. Where its tip is no first-parent ancestor of the target everything is read anew. */
int sealing_read(const struct repo *repo, const struct oid *target, struct sealing *sealing, struct error *error);

/* The file of this path and blob; NULL: it never came. */
const struct sealing_file *sealing_find(const struct sealing *sealing, struct slice path, const struct oid *blob);
/* The time of a file that log_read_reviews gave, or SEALING_NEVER. */
int64_t sealing_time(const struct sealing *sealing, const struct log_file *file);

/* For the index. decode: false when the bytes are not what encode writes; the sealing is empty then. */
void sealing_encode(const struct sealing *sealing, struct str *out);
bool sealing_decode(struct slice bytes, struct sealing *sealing);

/* reviews/<change encoded>/<name>.json, with .sig for a signature: where a file of this kind lies. */
void sealing_append_path(struct str *out, const struct log_file *file);

#endif
