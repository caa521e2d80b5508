/* Fresh or nothing: what is here against what the remote has, and sending what waits. */
#ifndef ASSAY_REVIEW_SYNC_H
#define ASSAY_REVIEW_SYNC_H

#include "assay/git/transport.h"
#include "assay/review/workspace.h"
#include "assay/store/journal.h"

/* For gate, verify, seal, audit: fetches and compares; ERROR_ENVIRONMENT when that fails or history is shallow. After
 * success the workspace was refreshed and is fresh. Without a remote the local refs are the truth. change empty:
 * every branch. A log that lost commits at the remote is no failure where *rewound is asked for: the gate is blocked
 * by it, whatever else is fresh; with NULL it is one. */
int sync_freshen(struct workspace *workspace, struct slice change, const struct transport *transport, bool *rewound,
                 struct error *error);

/* Nothing may be proved from a history that is cut: ERROR_ENVIRONMENT in a shallow clone. Part of sync_freshen; for those
 * who look back without it. */
int sync_need_whole_history(const struct workspace *workspace, struct error *error);

struct sync_report {
    enum outcome fetched, pushed;
    size_t sent, waiting; /* records */
    struct str words;     /* one or more lines for a person; what the server said is in it, sanitised */
};
void sync_report_init(struct sync_report *report);
void sync_report_clear(struct sync_report *report);

/* Fetches, then sends the records that wait. A remote that cannot be reached is no failure but an outcome: what waits
 * goes on waiting. journal entries are marked; journal may be NULL. */
int sync_run(struct workspace *workspace, struct journal *journal, const struct transport *transport,
             struct sync_report *report, struct error *error);
/* The second half alone: sends, fetches nothing but what a lost race needs. */
int sync_send(struct workspace *workspace, struct journal *journal, const struct transport *transport,
              struct sync_report *report, struct error *error);
/* Before signing: brings the log alone, so that a record follows what the same person signed elsewhere. Fills
 * report->fetched and its words; journal and waiting records are left alone. */
int sync_fetch_log(struct workspace *workspace, const struct transport *transport, struct sync_report *report,
                   struct error *error);
/* Records that are signed and wait to be sent. */
int sync_waiting(struct workspace *workspace, size_t *count, struct error *error);

#endif
