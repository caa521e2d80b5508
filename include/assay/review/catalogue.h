/* Where every record of a repository lies and what its header says, so that history is walked once and a gate decodes
 * and verifies only what can matter to it. Kept in the index, continued from the commit that it knows; a log that was
 * rewound or replaced is read anew.
 *
 * What is trusted: the index lies in the user's own git folder, mode 0700, beside the references that say what the log
 * and the target are. Who can write there can change those as well, so the catalogue decides which records are looked
 * at, and nothing else: what a record says and who signed it is read from its object each time. `assay verify` looks at
 * every record whatever the headers here say. */
#ifndef ASSAY_REVIEW_CATALOGUE_H
#define ASSAY_REVIEW_CATALOGUE_H

#include "assay/git/log.h"
#include "assay/model/relevance.h"
#include "assay/review/workspace.h"

struct catalogue_file {
    struct log_file file;
    struct relevance_header *header; /* of a record; NULL: not read yet */
    bool log_found;                  /* the log that its signer saw is in the history of today's */
};

struct catalogue {
    struct arena arena;
    struct oid tip; /* the log's commit; or the tree of reviews/ on the target */
    struct catalogue_file *files;
    size_t count, capacity;
    struct log_problem *problems;
    size_t problem_count, problem_capacity;
    bool anew, changed; /* since the index knew it: read from the beginning; anything at all */
};

void catalogue_init(struct catalogue *catalogue);
void catalogue_clear(struct catalogue *catalogue);

/* The log's history down to `tip` (none: there is no log). listener: of what is not in the index yet. */
int catalogue_read_log(struct workspace *workspace, const struct oid *tip, struct log_listener listener,
                       struct catalogue *catalogue, struct error *error);
/* What lies under reviews/ on the target. */
int catalogue_read_target(struct workspace *workspace, struct catalogue *catalogue, struct error *error);
/* Takes the files of a log that is kept in no index. */
void catalogue_add(struct catalogue *catalogue, const struct log *log);
/* Into the index, where something changed. */
void catalogue_save_log(struct workspace *workspace, const struct catalogue *catalogue);
void catalogue_save_target(struct workspace *workspace, const struct catalogue *catalogue);

/* The header of a decoded record, in the catalogue's arena; NULL: of bytes that are no record. */
struct relevance_header *catalogue_header(struct catalogue *catalogue, const struct record *record);

void catalogue_encode(const struct catalogue *catalogue, struct str *out);
bool catalogue_decode(struct slice bytes, struct catalogue *catalogue); /* false: not what encode writes */

#endif
