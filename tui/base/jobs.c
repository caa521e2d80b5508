#include "assay/base/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/memory.h"

enum job_state { WAITING, RUNNING, ENDED };
enum { REPORT_EVERY_US = 50 * 1000 };

struct job {
    struct job *next;
    struct jobs *jobs;
    uint64_t number;
    const char *label;
    jobs_work *work;
    jobs_done *done;
    void *context;
    enum job_state state;
    atomic_bool cancelled;
    size_t progress, total;
    int64_t reported_us;
};

/* A list in order; `end` points to where the next one is hooked in. */
struct lane {
    struct job *first;
    struct job **end;
};

struct jobs {
    pthread_mutex_t mutex; /* guards all that follows, and state and progress of each job */
    pthread_cond_t work_came;
    struct lane waiting, running, ended;
    uint64_t last_number;
    bool closing;
    bool woken; /* a byte is in the pipe */
    int pipe[2];
    size_t workers;
    pthread_t threads[];
};

static void lane_init(struct lane *lane)
{
    lane->first = NULL;
    lane->end = &lane->first;
}

static void lane_add(struct lane *lane, struct job *job)
{
    job->next = NULL;
    *lane->end = job;
    lane->end = &job->next;
}

static void lane_remove(struct lane *lane, struct job *job)
{
    struct job **at = &lane->first;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    if (lane->end == &job->next)
        lane->end = at;
}

static struct job *lane_find(const struct lane *lane, uint64_t number)
{
    struct job *job = lane->first;
    while (job && job->number != number)
        job = job->next;
    return job;
}

static void wake(struct jobs *jobs)
{
    if (jobs->woken)
        return;
    ssize_t written;
    do
        written = write(jobs->pipe[1], "", 1);
    while (written < 0 && errno == EINTR);
    jobs->woken = true;
}

static void end(struct jobs *jobs, struct job *job)
{
    job->state = ENDED;
    lane_add(&jobs->ended, job);
    wake(jobs);
}

/* Runs the first waiting job; the mutex is held before and after, not while it works. */
static void run_next(struct jobs *jobs)
{
    struct job *job = jobs->waiting.first;
    lane_remove(&jobs->waiting, job);
    lane_add(&jobs->running, job);
    job->state = RUNNING;
    pthread_mutex_unlock(&jobs->mutex);
    job->work(job, job->context);
    pthread_mutex_lock(&jobs->mutex);
    lane_remove(&jobs->running, job);
    end(jobs, job);
}

static void *worker(void *context)
{
    struct jobs *jobs = context;
    pthread_mutex_lock(&jobs->mutex);
    while (!jobs->closing) {
        if (jobs->waiting.first)
            run_next(jobs);
        else
            pthread_cond_wait(&jobs->work_came, &jobs->mutex);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return NULL;
}

static int make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

/* Signals are for the thread that has the loop. */
static void start_workers(struct jobs *jobs, size_t workers)
{
    sigset_t all;
    sigset_t old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (jobs->workers < workers && pthread_create(&jobs->threads[jobs->workers], NULL, worker, jobs) == 0)
        jobs->workers++;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

struct jobs *jobs_new(size_t workers)
{
    struct jobs *jobs = memory_new(sizeof *jobs + workers * sizeof(pthread_t));
    if (make_pipe(jobs->pipe) != 0) {
        memory_free(jobs);
        return NULL;
    }
    pthread_mutex_init(&jobs->mutex, NULL);
    pthread_cond_init(&jobs->work_came, NULL);
    lane_init(&jobs->waiting);
    lane_init(&jobs->running);
    lane_init(&jobs->ended);
    start_workers(jobs, workers);
    return jobs;
}

static void cancel(struct jobs *jobs, struct job *job)
{
    atomic_store(&job->cancelled, true);
    if (job->state != WAITING)
        return;
    lane_remove(&jobs->waiting, job);
    end(jobs, job);
}

void jobs_free(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->mutex);
    jobs->closing = true;
    while (jobs->waiting.first)
        cancel(jobs, jobs->waiting.first);
    for (struct job *job = jobs->running.first; job; job = job->next)
        cancel(jobs, job);
    pthread_cond_broadcast(&jobs->work_came);
    pthread_mutex_unlock(&jobs->mutex);
    for (size_t i = 0; i < jobs->workers; i++)
        pthread_join(jobs->threads[i], NULL);
    while (jobs_busy(jobs)) /* a done() may submit: that job ends cancelled at once */
        jobs_deliver(jobs);
    pthread_cond_destroy(&jobs->work_came);
    pthread_mutex_destroy(&jobs->mutex);
    close(jobs->pipe[0]);
    close(jobs->pipe[1]);
    memory_free(jobs);
}

int jobs_descriptor(const struct jobs *jobs)
{
    return jobs->pipe[0];
}

uint64_t jobs_submit(struct jobs *jobs, const char *label, jobs_work *work, jobs_done *done, void *context)
{
    struct job *job = memory_new(sizeof *job);
    *job = (struct job){.jobs = jobs, .label = label, .work = work, .done = done, .context = context};
    pthread_mutex_lock(&jobs->mutex);
    uint64_t number = job->number = ++jobs->last_number;
    lane_add(&jobs->waiting, job);
    if (jobs->closing)
        cancel(jobs, job);
    else if (jobs->workers == 0)
        wake(jobs);
    else
        pthread_cond_signal(&jobs->work_came);
    pthread_mutex_unlock(&jobs->mutex);
    return number;
}

void jobs_cancel(struct jobs *jobs, uint64_t number)
{
    pthread_mutex_lock(&jobs->mutex);
    struct job *job = lane_find(&jobs->waiting, number);
    if (!job)
        job = lane_find(&jobs->running, number);
    if (job)
        cancel(jobs, job);
    pthread_mutex_unlock(&jobs->mutex);
}

void jobs_deliver(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->mutex);
    while (jobs->workers == 0 && jobs->waiting.first)
        run_next(jobs);
    char bytes[16];
    while (read(jobs->pipe[0], bytes, sizeof bytes) > 0)
        ;
    jobs->woken = false;
    struct job *job = jobs->ended.first;
    lane_init(&jobs->ended);
    pthread_mutex_unlock(&jobs->mutex);
    while (job) {
        struct job *next = job->next;
        job->done(job->context, atomic_load(&job->cancelled));
        memory_free(job);
        job = next;
    }
}

bool jobs_busy(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->mutex);
    bool busy = jobs->waiting.first || jobs->running.first || jobs->ended.first;
    pthread_mutex_unlock(&jobs->mutex);
    return busy;
}

void jobs_wait(struct jobs *jobs)
{
    while (jobs_busy(jobs)) {
        struct pollfd wake_up = {.fd = jobs->pipe[0], .events = POLLIN};
        poll(&wake_up, 1, -1);
        jobs_deliver(jobs);
    }
}

bool jobs_status(struct jobs *jobs, uint64_t number, struct jobs_progress *progress)
{
    pthread_mutex_lock(&jobs->mutex);
    const struct job *job = lane_find(&jobs->running, number);
    if (!job)
        job = lane_find(&jobs->waiting, number);
    if (job)
        *progress = (struct jobs_progress){
            .label = job->label, .done = job->progress, .total = job->total, .running = job->state == RUNNING};
    pthread_mutex_unlock(&jobs->mutex);
    return job != NULL;
}

bool jobs_is_cancelled(const struct job *job)
{
    return atomic_load(&job->cancelled);
}

void jobs_report(struct job *job, size_t done, size_t total)
{
    int64_t now = env_monotonic_us();
    pthread_mutex_lock(&job->jobs->mutex);
    job->progress = done;
    job->total = total;
    if (job->reported_us == 0 || now - job->reported_us >= REPORT_EVERY_US) {
        job->reported_us = now;
        wake(job->jobs);
    }
    pthread_mutex_unlock(&job->jobs->mutex);
}
