/* What all screens of one console share: the repository as it is now, drafts, background work, what stands in the
 * title. Lives on the loop's thread; workers get a folder and open their own. */
#ifndef ASSAY_SCREENS_DESK_H
#define ASSAY_SCREENS_DESK_H

#include "assay/base/jobs.h"
#include "assay/review/queue.h"
#include "assay/screens/dossier.h"
#include "assay/store/drafts.h"
#include "assay/store/journal.h"
#include "assay/ui/view.h"

struct desk {
    struct str folder;
    struct workspace *workspace; /* replaced by each reading of the queue */
    struct drafts *drafts;
    struct jobs *jobs;
    struct view_stack *stack;
    struct queue queue;
    bool queue_known;     /* there were rows, if only remembered ones */
    int64_t signed_draft; /* of the last record that was signed here: what shows it closes; 0: none */
    unsigned generation;  /* moves when the queue was read, and when something was signed or sent: look again */
    /* Own matters of desk.c. */
    uint64_t reading, syncing, working; /* numbers of jobs; 0: none */
    unsigned asked;                     /* readings so far: an older one is dropped */
    bool reading_stoppable, working_stoppable;
    struct str step; /* "in step 10:12", "offline", … */
    enum role step_role;
    struct str place_path;
    struct str note; /* what became of drafts.db, for as long as the console runs; empty: nothing */
};

int desk_open(struct desk *desk, const char *folder, struct error *error);
/* Ends all background work, and what waited to be written is written: while the views are still there. */
void desk_stop(struct desk *desk);
void desk_close(struct desk *desk);
struct desk *desk_of(const struct view *view);

/* What happened to what the person has entered or signed, and what to do: now on the message line, and kept for the
 * queue. */
void desk_note(struct desk *desk, struct slice text);

/* Reads the queue in the background; rows come as they are known. asked: by the person, who can stop it with Esc. */
void desk_refresh(struct desk *desk, bool asked);
/* Fetches, sends what was signed and waits, then reads the queue. say: tells how it went on the message line. */
void desk_sync(struct desk *desk, bool say);
/* Submits work and shows its progress until it ends. stoppable: Esc cancels it, before it does anything else: for what
 * the person waits for. As jobs_submit. */
uint64_t desk_work(struct desk *desk, const char *label, bool stoppable, jobs_work *work, jobs_done *done,
                   void *context);
/* For every view's tick: progress on the message line. */
unsigned desk_tick(struct desk *desk);

/* Calls back after the screen was painted: what is written then delays no frame. */
void desk_after_paint(struct desk *desk, void (*call)(void *context), void *context);

/* The right end of the title line: "⇅ in step 10:12". Returns the first column that it takes. */
int desk_title(const struct desk *desk, struct area line);

/* The role in which the user acts; SIZE_MAX: none. `scores`: whether any of their roles scores. */
size_t desk_role(const struct workspace *workspace);
bool desk_scores(const struct workspace *workspace);
/* The program's own signs, as the person has them drawn, for texts that go to a pager. */
const char *desk_sign(const struct workspace *workspace, enum symbol symbol);
/* Why nothing can be entered or signed, in one sentence; NULL: it can. */
const char *desk_refusal(const struct workspace *workspace);

/* Where the console was left: kept beside the drafts, so that a new start comes back. change empty: on the queue. */
void desk_keep_place(struct desk *desk, struct slice change, struct slice module);
bool desk_kept_place(struct desk *desk, struct arena *arena, struct slice *change, struct slice *module);

#endif
