/* Where the records of a repository lie: in the log, among what waits to be sent, on a candidate, on the target; what
 * their headers say (catalogue.h), and the history of the log, of which every signer saw a part. Decides what has to be
 * looked at; what a record says and who signed it is the ledger's to find out. */
#ifndef ASSAY_REVIEW_PLACES_H
#define ASSAY_REVIEW_PLACES_H

#include "assay/review/gathered.h"
#include "assay/review/revocations.h"

enum place { PLACE_LOG, PLACE_TARGET, PLACE_WAITING, PLACE_CANDIDATE, PLACE_COUNT };

struct places {
    struct workspace *workspace; /* borrowed; where nothing is read from a repository it may be NULL */
    struct catalogue catalogues[PLACE_COUNT];
    struct sealing sealing; /* empty where nobody's key has a window or was revoked: then it decides nothing */
    struct revocations revocations;
    struct log_tips tips;
    struct log_listener listener; /* the caller's: of a log that is not in the index yet */
    struct table *commits;        /* of the log's history, as far as they brought files; NULL: not asked yet */
    bool all_commits;             /* the others too */
};

void places_init(struct places *places, struct workspace *workspace);
void places_clear(struct places *places);

/* Reads where everything lies. candidate NULL or none: no branch's records; else those that it has of this change. Needs
 * policy and signers. */
int places_read(struct places *places, struct slice change, const struct oid *candidate, struct error *error);
/* The records of one change (empty: of all) alone: what a commit has under reviews/, */
int places_add_reviews(struct places *places, enum place place, const struct oid *root, struct slice change,
                       struct error *error);
/* and those of a log that was read before. */
void places_add_log(struct places *places, const struct log *log, struct slice change);

/* Puts the records together; a place is the bit 1 << place. wanted: the keys of the records to be taken; NULL: all.
 * What was gathered borrows from the places. */
void places_gather(const struct places *places, const struct table *wanted, struct gathered *gathered);

/* Keys, the caller's to free: of the records whose header, or the log that their signer saw, was not found yet; */
struct table *places_unread(const struct places *places);
/* and of those that can matter to a change, or to every change, since their log was lost. Needs all headers. */
struct table *places_relevant(const struct places *places, const struct relevance_subject *subject);
/* Notes the headers of records that were examined, in the order in which they were gathered, and whether their logs are
 * in the history as far as it is known. */
void places_note(struct places *places, const struct gathered *gathered, const struct examine_results *results);
/* Keeps in the index what was found out. */
void places_save(const struct places *places);

/* Whether a commit is in the log's history, or none. Knows the commits that brought files; */
bool places_in_history(struct places *places, const struct oid *commit);
/* those that brought none are found by a walk of the whole history, once. */
int places_walk_history(struct places *places, struct error *error);

#endif
