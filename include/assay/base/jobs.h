/* A small pool of worker threads, one queue, one descriptor that wakes the loop. The only home of pthread.
 *
 * Threads share nothing but this queue. A job's context belongs to the worker while work() runs and to the owner's
 * thread before and after. done() is called exactly once for each submitted job, on the thread that calls
 * jobs_deliver or jobs_free, and takes the context over. Results that may be stale carry a generation in the context;
 * the owner drops them in done(). */
#ifndef ASSAY_BASE_JOBS_H
#define ASSAY_BASE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jobs;
struct job;

typedef void jobs_work(struct job *job, void *context);
typedef void jobs_done(void *context, bool cancelled); /* cancelled: work() never ran or was asked to stop */

struct jobs_progress {
    const char *label;  /* as submitted */
    size_t done, total; /* total 0: not known yet */
    bool running;
};

/* NULL when the process has no descriptor left. Without workers (0, or none could be started) jobs_deliver works. */
struct jobs *jobs_new(size_t workers);
void jobs_free(struct jobs *jobs);            /* cancels everything, waits for the workers, calls every done() */
int jobs_descriptor(const struct jobs *jobs); /* readable while there is something to deliver or progress moved */
/* label is borrowed and must outlive the job (a literal). Returns the job's number, from 1. */
uint64_t jobs_submit(struct jobs *jobs, const char *label, jobs_work *work, jobs_done *done, void *context);
void jobs_cancel(struct jobs *jobs, uint64_t number); /* a job that ended already: nothing happens */
void jobs_deliver(struct jobs *jobs);                 /* calls done() of every finished job */
void jobs_wait(struct jobs *jobs);                    /* delivers until nothing is left to wait for */
bool jobs_busy(struct jobs *jobs);                    /* something waits, runs or is to be delivered */
bool jobs_status(struct jobs *jobs, uint64_t number, struct jobs_progress *progress); /* false: ended */

/* Called by a worker. */
bool jobs_is_cancelled(const struct job *job);
void jobs_report(struct job *job, size_t done, size_t total); /* wakes the loop at most every 50 ms */

#endif
