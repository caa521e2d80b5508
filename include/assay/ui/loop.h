/* The one loop: terminal, signals, jobs, timers. Nothing in it waits but poll.
 *
 *     struct loop loop = {.stack = stack, .term = term, .jobs = jobs, .context = session, .save = session_save};
 *     view_push(stack, &queue_view, session);
 *     return loop_run(&loop, &error);
 *
 * SIGTERM and SIGHUP call save and end the loop with ERROR_INTERRUPTED unset: nothing is lost, nothing is asked. */
#ifndef ASSAY_UI_LOOP_H
#define ASSAY_UI_LOOP_H

#include "assay/base/jobs.h"
#include "assay/ui/view.h"

struct loop {
    struct view_stack *stack;
    struct term *term;
    struct jobs *jobs; /* delivered as they end; NULL: none */
    void *context;
    void (*save)(void *context); /* before the end, however it comes; NULL: nothing to save */
    bool ascii;                  /* assay.ascii: the program's own signs in ASCII */
    int64_t longest_us;          /* the longest turn so far, waiting left out */
};

/* Until the last view closes, a view quits, or a signal says so. -1 when the terminal is lost. */
int loop_run(struct loop *loop, struct error *error);

#endif
