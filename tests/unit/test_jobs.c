#include "harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "assay/base/jobs.h"

/* A gate that a worker waits at until the test opens it: no test waits for time. */
struct gate {
    int ends[2];
};

static void gate_init(struct gate *gate)
{
    assert_int_equal(pipe(gate->ends), 0);
}

static void gate_pass(struct gate *gate)
{
    char byte;
    while (read(gate->ends[0], &byte, 1) < 0 && errno == EINTR)
        ;
}

static void gate_open(struct gate *gate)
{
    assert_int_equal(write(gate->ends[1], "", 1), 1);
}

static void gate_clear(struct gate *gate)
{
    close(gate->ends[0]);
    close(gate->ends[1]);
}

struct task {
    struct gate *started, *released;
    size_t number;
    size_t result;
    int deliveries;
    bool cancelled;
    bool saw_cancel;
    pthread_t deliverer;
};

static void work(struct job *job, void *context)
{
    struct task *task = context;
    if (task->started)
        gate_open(task->started);
    if (task->released)
        gate_pass(task->released);
    task->saw_cancel = jobs_is_cancelled(job);
    task->result = task->number * 2;
}

static void done(void *context, bool cancelled)
{
    struct task *task = context;
    task->deliveries++;
    task->cancelled = cancelled;
    task->deliverer = pthread_self();
}

static void wait_readable(const struct jobs *jobs)
{
    struct pollfd watched = {.fd = jobs_descriptor(jobs), .events = POLLIN};
    assert_int_equal(poll(&watched, 1, -1), 1);
}

static bool readable(const struct jobs *jobs)
{
    struct pollfd watched = {.fd = jobs_descriptor(jobs), .events = POLLIN};
    return poll(&watched, 1, 0) == 1;
}

static void deliver_all(struct jobs *jobs)
{
    while (jobs_busy(jobs)) {
        wait_readable(jobs);
        jobs_deliver(jobs);
    }
}

static void each_job_is_delivered_once(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static struct task tasks[COUNT];
    for (size_t workers = 0; workers < 5; workers++) {
        memset(tasks, 0, sizeof tasks);
        struct jobs *jobs = jobs_new(workers);
        assert_false(jobs_busy(jobs));
        assert_false(readable(jobs));
        for (size_t i = 0; i < COUNT; i++) {
            tasks[i].number = i;
            assert_int_equal(jobs_submit(jobs, "task", work, done, &tasks[i]), i + 1);
        }
        deliver_all(jobs);
        assert_false(readable(jobs));
        jobs_free(jobs);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(tasks[i].deliveries, 1);
            assert_int_equal(tasks[i].result, 2 * i);
            assert_false(tasks[i].cancelled);
            assert_true(pthread_equal(tasks[i].deliverer, pthread_self()));
        }
    }
}

static void waiting_job_is_cancelled_without_working(void **state)
{
    (void)state;
    struct gate started, released;
    gate_init(&started);
    gate_init(&released);
    struct jobs *jobs = jobs_new(1);
    struct task first = {.number = 1, .started = &started, .released = &released};
    struct task second = {.number = 2}, third = {.number = 3};
    jobs_submit(jobs, "first", work, done, &first);
    gate_pass(&started);
    uint64_t number = jobs_submit(jobs, "second", work, done, &second);
    jobs_submit(jobs, "third", work, done, &third);
    struct jobs_progress progress;
    assert_true(jobs_status(jobs, number, &progress));
    assert_false(progress.running);
    assert_string_equal(progress.label, "second");
    jobs_cancel(jobs, number);
    assert_false(jobs_status(jobs, number, &progress));
    assert_true(readable(jobs));
    jobs_deliver(jobs);
    assert_int_equal(second.deliveries, 1);
    assert_true(second.cancelled);
    assert_int_equal(second.result, 0);
    assert_int_equal(first.deliveries, 0);
    jobs_cancel(jobs, number);
    jobs_cancel(jobs, 12345);
    gate_open(&released);
    deliver_all(jobs);
    assert_false(first.cancelled);
    assert_int_equal(third.result, 6);
    jobs_free(jobs);
    gate_clear(&started);
    gate_clear(&released);
}

static void running_job_is_asked_to_stop(void **state)
{
    (void)state;
    struct gate started, released;
    gate_init(&started);
    gate_init(&released);
    struct jobs *jobs = jobs_new(2);
    struct task task = {.number = 1, .started = &started, .released = &released};
    uint64_t number = jobs_submit(jobs, "task", work, done, &task);
    gate_pass(&started);
    struct jobs_progress progress;
    assert_true(jobs_status(jobs, number, &progress));
    assert_true(progress.running);
    jobs_cancel(jobs, number);
    assert_int_equal(task.deliveries, 0);
    gate_open(&released);
    deliver_all(jobs);
    assert_true(task.saw_cancel);
    assert_true(task.cancelled);
    jobs_free(jobs);
    gate_clear(&started);
    gate_clear(&released);
}

static void work_until_cancelled(struct job *job, void *context)
{
    struct task *task = context;
    gate_open(task->started);
    for (size_t i = 0; !jobs_is_cancelled(job); i++)
        jobs_report(job, i, 0);
    task->saw_cancel = true;
}

/* Freeing cancels what waits and what runs, waits for it, and delivers everything. */
static void freeing_delivers_everything(void **state)
{
    (void)state;
    struct gate started;
    gate_init(&started);
    struct jobs *jobs = jobs_new(2);
    struct task tasks[10] = {0};
    for (size_t i = 0; i < 10; i++) {
        tasks[i].started = &started;
        jobs_submit(jobs, "endless", work_until_cancelled, done, &tasks[i]);
    }
    gate_pass(&started);
    gate_pass(&started);
    jobs_free(jobs);
    int ran = 0;
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(tasks[i].deliveries, 1);
        assert_true(tasks[i].cancelled);
        ran += tasks[i].saw_cancel;
    }
    assert_int_equal(ran, 2);
    jobs_free(NULL);
    gate_clear(&started);
}

struct chain {
    struct jobs *jobs;
    int left, cancelled;
};

static void no_work(struct job *job, void *context)
{
    (void)job;
    (void)context;
}

static void submit_again(void *context, bool cancelled)
{
    struct chain *chain = context;
    chain->cancelled += cancelled;
    if (--chain->left > 0)
        jobs_submit(chain->jobs, "chain", no_work, submit_again, chain);
}

/* done() may submit, while delivering and while the pool is being freed. */
static void done_may_submit(void **state)
{
    (void)state;
    struct chain chain = {.jobs = jobs_new(2), .left = 100};
    jobs_submit(chain.jobs, "chain", no_work, submit_again, &chain);
    while (chain.left > 50) {
        wait_readable(chain.jobs);
        jobs_deliver(chain.jobs);
    }
    jobs_free(chain.jobs);
    assert_int_equal(chain.left, 0);
    assert_in_range(chain.cancelled, 48, 50);
}

static void report_and_wait(struct job *job, void *context)
{
    struct task *task = context;
    jobs_report(job, 3, 10);
    gate_open(task->started);
    gate_pass(task->released);
}

static void progress_wakes_the_loop(void **state)
{
    (void)state;
    struct gate started, released;
    gate_init(&started);
    gate_init(&released);
    struct jobs *jobs = jobs_new(1);
    struct task task = {.started = &started, .released = &released};
    uint64_t number = jobs_submit(jobs, "long", report_and_wait, done, &task);
    gate_pass(&started);
    wait_readable(jobs);
    jobs_deliver(jobs);
    assert_int_equal(task.deliveries, 0);
    assert_false(readable(jobs));
    struct jobs_progress progress;
    assert_true(jobs_status(jobs, number, &progress));
    assert_int_equal(progress.done, 3);
    assert_int_equal(progress.total, 10);
    assert_string_equal(progress.label, "long");
    gate_open(&released);
    deliver_all(jobs);
    assert_false(jobs_status(jobs, number, &progress));
    jobs_free(jobs);
    gate_clear(&started);
    gate_clear(&released);
}

/* Without a free descriptor there is no pool, and no half of one. */
static void no_descriptor_no_pool(void **state)
{
    (void)state;
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 64, .rlim_max = old.rlim_max}), 0);
    int taken[64];
    int count = 0;
    while (count < 64 && (taken[count] = dup(0)) >= 0)
        count++;
    assert_null(jobs_new(1));
    close(taken[--count]);
    assert_null(jobs_new(1)); /* one is not enough for a pipe */
    while (count > 0)
        close(taken[--count]);
    setrlimit(RLIMIT_NOFILE, &old);
    struct jobs *jobs = jobs_new(1);
    assert_non_null(jobs);
    assert_true(fcntl(jobs_descriptor(jobs), F_GETFD) & FD_CLOEXEC);
    jobs_free(jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_job_is_delivered_once),
        cmocka_unit_test(waiting_job_is_cancelled_without_working),
        cmocka_unit_test(running_job_is_asked_to_stop),
        cmocka_unit_test(freeing_delivers_everything),
        cmocka_unit_test(done_may_submit),
        cmocka_unit_test(progress_wakes_the_loop),
        cmocka_unit_test(no_descriptor_no_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
