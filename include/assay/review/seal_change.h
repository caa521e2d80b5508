/* Sealing: the records of a change, byte for byte, and a signed list of those that count, as one commit on top of its
 * branch, so that any merge carries them into the target (FORMATS.md, 5). No module changes by it. */
#ifndef ASSAY_REVIEW_SEAL_CHANGE_H
#define ASSAY_REVIEW_SEAL_CHANGE_H

#include "assay/git/transport.h"
#include "assay/model/reason.h"
#include "assay/review/workspace.h"

enum seal_change_outcome {
    SEAL_CHANGE_DONE,
    SEAL_CHANGE_ALREADY, /* the branch carries a seal that says the same: nothing was written */
    SEAL_CHANGE_BLOCKED, /* the gate does not let it pass: see blocks */
};

struct seal_change_block {
    enum reason reason;
    struct slice module, detail;  /* module empty: of the whole change */
    struct slice advice;          /* one sentence; empty: there is none */
    struct digest record;         /* that it is about; none */
    struct slice file, principal; /* of the record; empty: not known */
};

struct seal_change_result {
    struct arena arena;
    enum seal_change_outcome outcome;
    struct slice change, ref;
    struct oid commit;      /* tip of the branch afterwards */
    bool is_pushed;         /* to the remote; else the branch is a local one */
    struct digest *records; /* that the seal names */
    size_t record_count;
    size_t copied; /* records that lie under reviews/ of the branch, counted or not */
    struct seal_change_block *blocks;
    size_t block_count;
};

/* Fresh or nothing; records that wait are sent first. When somebody moved the branch meanwhile everything is judged once
 * more. Clear the result only after success. */
int seal_change(struct workspace *workspace, struct slice change, const struct transport *transport,
                struct seal_change_result *result, struct error *error);
void seal_change_clear(struct seal_change_result *result);

#endif
