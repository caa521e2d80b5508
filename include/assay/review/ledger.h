/* The records of a repository, from the log, a candidate and the target, each verified once (FORMATS.md, 4 and 5).
 * Place grants no trust: what counts is the signature, judged by the target's signers. Where records lie is remembered
 * (places.h); what they say and who signed it is read from the objects every time. */
#ifndef ASSAY_REVIEW_LEDGER_H
#define ASSAY_REVIEW_LEDGER_H

#include "assay/git/log.h"
#include "assay/model/gate.h"
#include "assay/review/load.h"
#include "assay/review/places.h"

enum ledger_place {
    LEDGER_LOG = 1 << PLACE_LOG,
    LEDGER_TARGET = 1 << PLACE_TARGET,
    LEDGER_WAITING = 1 << PLACE_WAITING,
    LEDGER_CANDIDATE = 1 << PLACE_CANDIDATE,
};

struct ledger_record {
    struct digest name;
    struct record record; /* filled when decoded is RECORD_OK */
    enum record_problem decoded;
    enum gate_signature signature;
    struct slice principal;          /* of the key; empty: not known */
    struct slice change;             /* of the folder it was found in */
    unsigned places;                 /* set of enum ledger_place */
    struct slice detail;             /* one sentence about what is wrong; empty: nothing */
    struct oid blob, signature_blob; /* that they were read from; none: there are no such bytes */
    int64_t sealed_at; /* SIGNERS_NOT_SEALED: its key is judged today; so where all keys are valid always */
};

/* Something in the log that a commit should not have done: a record removed or changed, a stray file. Reported by
 * verify; it blocks nothing, since every file that was ever added still counts. */
struct ledger_incident {
    struct slice path;
    const char *what; /* "was removed", … */
    struct oid commit;
};

struct ledger {
    struct arena arena;
    struct arena *parts; /* what the records borrow from */
    size_t part_count;
    struct ledger_record *records; /* newest first by when they were signed, then by name */
    size_t count;
    struct log_tips tips;
    struct gate_problem *problems, *settled; /* log-rewound; and what of it the policy accepts, which blocks nothing */
    size_t problem_count, problem_capacity, settled_count, settled_capacity;
    struct ledger_incident *incidents;
    size_t incident_count, incident_capacity;
};

/* All of them. candidate NULL or none: no branch's records; else those that it has of this change. Needs policy and
 * signers. */
int ledger_read(struct workspace *workspace, struct slice change, const struct oid *candidate, struct ledger *ledger,
                struct error *error);
/* The same, but of what the records say only what tells them apart: no scores, flags, triage, comparisons and prompts,
 * no meaning, names and comments. For those who look at ten thousand of them. */
int ledger_read_headers(struct workspace *workspace, struct slice change, const struct oid *candidate,
                        struct ledger *ledger, struct error *error);
/* Those that can matter to the gate of this change: judged on them it says what it would say on all
 * (model/relevance.h). */
int ledger_read_relevant(struct workspace *workspace, const struct load *load, struct ledger *ledger,
                         struct error *error);
/* The sealed records of one change alone: those that `root`, a commit after the workspace's target, has under reviews/,
 * LEDGER_TARGET where the target has them too. Judged as on the day `at` by the target's signers, as if not sealed: this
 * is how they stood when they were merged. */
int ledger_read_sealed(struct workspace *workspace, const struct oid *root, struct slice change, int64_t at,
                       struct ledger *ledger, struct error *error);
/* The records of one change in a log that was read before, judged in the same way. */
int ledger_read_log(struct workspace *workspace, const struct log *log, struct slice change, int64_t at,
                    struct ledger *ledger, struct error *error);
void ledger_clear(struct ledger *ledger);
/* The bytes that were signed and the armored signature, appended. */
int ledger_read_bytes(const struct workspace *workspace, const struct ledger_record *record, struct str *bytes,
                      struct str *armor, struct error *error);
/* The remote's log lost commits, as a fetch found: a problem of every change. */
void ledger_add_rewound(struct ledger *ledger);
const struct ledger_record *ledger_find(const struct ledger *ledger, const struct digest *name);
/* The reason by which `verify` reports a record: REASON_NONE when it is good. */
enum reason ledger_reason(const struct workspace *workspace, const struct ledger_record *record);

#endif
