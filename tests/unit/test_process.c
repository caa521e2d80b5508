#include "harness/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/process.h"
#include "harness/fixture.h"

#define SHELL(script)                                                                                                  \
    .arguments = (const char *const[])                                                                                 \
    {                                                                                                                  \
        "sh", "-c", script, NULL                                                                                       \
    }

struct run {
    struct process_result result;
    struct error error;
};

static int setup(void **state)
{
    static struct run run;
    process_result_init(&run.result);
    run.error = ERROR_INIT;
    *state = &run;
    return 0;
}

static int teardown(void **state)
{
    struct run *run = *state;
    process_result_clear(&run->result);
    env_replace(NULL);
    return 0;
}

static void streams_are_apart(void **state)
{
    struct run *run = *state;
    struct process process = {SHELL("echo out; echo err >&2; exit 3")};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_int_equal(run->result.exit_code, 3);
    assert_string_equal(run->result.output.data, "out\n");
    assert_string_equal(run->result.errors.data, "err\n");
    process = (struct process){SHELL("printf 'a\\000b'")};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_int_equal(run->result.exit_code, 0);
    assert_true(slice_equal(str_slice(&run->result.output), SLICE("a\0b")));
    assert_string_equal(run->result.errors.data, "");
}

/* Nothing is read by a shell on the way. */
static void arguments_arrive_as_they_are(void **state)
{
    struct run *run = *state;
    struct process process = {.arguments = (const char *const[]){"printf", "%s|", "$(id)", ";", "a b", "", "'", NULL}};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_string_equal(run->result.output.data, "$(id)|;|a b||'|");
}

static void megabytes_go_through_both_ways(void **state)
{
    struct run *run = *state;
    struct str input = STR_INIT;
    for (uint32_t i = 0; i < 1000000; i++)
        str_append(&input, slice_make((const char *)&i, sizeof i));
    struct process process = {.arguments = (const char *const[]){"cat", NULL}, .input = str_slice(&input)};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_true(slice_equal(str_slice(&run->result.output), str_slice(&input)));
    process = (struct process){SHELL("tee /dev/stderr"), .input = str_slice(&input)};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_true(slice_equal(str_slice(&run->result.output), str_slice(&input)));
    assert_true(slice_equal(str_slice(&run->result.errors), str_slice(&input)));
    str_clear(&input);
}

/* A child that leaves before it has read everything is no error, and no SIGPIPE reaches this process. */
static void unread_input_is_no_error(void **state)
{
    struct run *run = *state;
    struct str input = STR_INIT;
    str_append_repeat(&input, 'x', 4 << 20);
    struct process process = {SHELL("exit 7"), .input = str_slice(&input)};
    for (int i = 0; i < 20; i++) {
        assert_success(process_run(&process, &run->result, &run->error), run->error);
        assert_int_equal(run->result.exit_code, 7);
    }
    process = (struct process){SHELL("exec <&-; echo still here"), .input = str_slice(&input)};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_string_equal(run->result.output.data, "still here\n");
    sigset_t pending;
    sigpending(&pending);
    assert_false(sigismember(&pending, SIGPIPE));
    str_clear(&input);
}

static void no_input_is_the_end_at_once(void **state)
{
    struct run *run = *state;
    struct process process = {.arguments = (const char *const[]){"cat", NULL}};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_int_equal(run->result.output.size, 0);
    process.mode = PROCESS_FOREGROUND;
    process.input = SLICE("");
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_int_equal(run->result.output.size, 0);
}

static void limits_are_exact(void **state)
{
    struct run *run = *state;
    struct process process = {SHELL("printf 12345; printf 1234567 >&2"), .output_limit = 7};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_string_equal(run->result.errors.data, "1234567");
    process.output_limit = 6;
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT,
                   "more than the limit of 6 bytes");
    assert_string_equal(run->result.errors.data, "123456");
    /* One that never ends is stopped. */
    process = (struct process){.arguments = (const char *const[]){"yes", NULL}, .output_limit = 1000000};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT, "1000000");
    assert_int_equal(run->result.output.size, 1000000);
    process.output_limit = 0;
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT, "16777216");
}

static void ended_by_a_signal(void **state)
{
    struct run *run = *state;
    struct process process = {SHELL("kill -USR1 $$")};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_int_equal(run->result.exit_code, 128 + SIGUSR1);
}

static void what_cannot_start(void **state)
{
    struct run *run = *state;
    struct process process = {.arguments = (const char *const[]){"no-such-program", NULL}};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT,
                   "no-such-program cannot be started: No such file");
    process = (struct process){SHELL("true"), .folder = "/no/such/folder"};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT,
                   "no folder /no/such/folder");
    process = (struct process){.arguments = (const char *const[]){"/etc/passwd", NULL}};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT, "Permission");
}

static void folder_and_variables(void **state)
{
    struct run *run = *state;
    setenv("ASSAY_TEST_KEPT", "kept", 1);
    setenv("ASSAY_TEST_OLD", "old", 1);
    setenv("ASSAY_TEST_GONE", "gone", 1);
    struct process process = {SHELL("pwd; echo \"$ASSAY_TEST_KEPT,$ASSAY_TEST_OLD,${ASSAY_TEST_GONE-unset},$NEW\""),
                              .folder = "/usr/bin",
                              .environment = (const char *const[]){"ASSAY_TEST_OLD=replaced", "NEW=first", "NEW=n=1",
                                                                   "ASSAY_TEST_GONE", NULL}};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_string_equal(run->result.output.data, "/usr/bin\nkept,replaced,unset,n=1\n");
    assert_string_equal(getenv("ASSAY_TEST_OLD"), "old");
}

/* Every signal as the system has it, whatever this process ignores or blocks; and nothing but 0, 1, 2 is open. */
static void child_starts_clean(void **state)
{
    struct run *run = *state;
    sigset_t blocked;
    sigset_t old;
    sigfillset(&blocked);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    int leaked = open("/dev/null", O_RDONLY); /* without O_CLOEXEC, as a library might */
    struct process process = {SHELL("grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd")};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    close(leaked);
    signal(SIGPIPE, before);
    signal(SIGUSR2, SIG_DFL);
    sigprocmask(SIG_SETMASK, &old, NULL);
    unsigned long blocked_there = 1;
    unsigned long ignored_there = 1;
    char rest[32] = "";
    assert_int_equal(
        sscanf(run->result.output.data, "SigBlk: %lx SigIgn: %lx %31[0-9\n]", &blocked_there, &ignored_there, rest), 3);
    assert_int_equal(blocked_there, 0);
    assert_int_equal(ignored_there & 0x7fffffff, 0); /* the C library keeps two real-time signals to itself */
    assert_string_equal(rest, "0\n1\n2\n3\n");
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static bool always(void *context)
{
    return *(int *)context > 0 && (*(int *)context)-- == 1;
}

static void no_descriptor_is_left_behind(void **state)
{
    struct run *run = *state;
    size_t before = open_descriptors();
    int countdown = 1;
    const struct process processes[] = {
        {SHELL("echo x; cat >/dev/null"), .input = SLICE("text")},
        {SHELL("exit 1"), .input = SLICE("text")},
        {SHELL("yes"), .output_limit = 10},
        {SHELL("sleep 100"), .cancelled = always, .context = &countdown},
        {.arguments = (const char *const[]){"no-such-program", NULL}, .input = SLICE("text")},
    };
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        process_run(&processes[i], &run->result, &run->error);
        assert_int_equal(open_descriptors(), before);
    }
}

/* A process that has no descriptor free is told so, and leaks none of the few that it got. */
static void no_descriptor_is_free(void **state)
{
    struct run *run = *state;
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 64, .rlim_max = old.rlim_max}), 0);
    int taken[64];
    int count = 0;
    while (count < 64 && (taken[count] = dup(0)) >= 0)
        count++;
    for (int freed = 0; freed < 4; freed++) {
        struct process process = {SHELL("true"), .input = SLICE("x")};
        assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT,
                       "No pipe can be made");
        close(taken[--count]);
    }
    while (count > 0)
        close(taken[--count]);
    setrlimit(RLIMIT_NOFILE, &old);
}

static bool after_a_while(void *context)
{
    return file_exists(context);
}

static bool runs(struct fixture *f, pid_t process)
{
    struct str text = STR_INIT;
    struct error ignored = ERROR_INIT;
    bool result = false;
    if (file_read(fixture_text(f, "/proc/%d/stat", (int)process), 4096, &text, &ignored) == 0) {
        const char *after_name = strrchr(text.data, ')');
        result = after_name && after_name[2] != 'Z' && after_name[2] != 'X';
    }
    str_clear(&text);
    return result;
}

/* The shell starts a grandchild that ignores the request to end; when all is done, both must be gone. */
static void cancelling_kills_the_whole_group(void **state)
{
    struct run *run = *state;
    struct fixture *f = fixture_new();
    char ready[256];
    snprintf(ready, sizeof ready, "%s/ready", f->root);
    struct process process = {SHELL("trap '' TERM; sh -c 'echo $$ > grandchild; echo > ready; while :; do sleep 100; "
                                    "done' & echo $$ > child; wait; wait"),
                              .folder = f->root, .cancelled = after_a_while, .context = ready};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_INTERRUPTED, "sh was stopped");
    assert_int_equal(run->result.exit_code, 128 + SIGKILL);
    pid_t child = (pid_t)strtol(fixture_read(f, "child").data, NULL, 10);
    pid_t grandchild = (pid_t)strtol(fixture_read(f, "grandchild").data, NULL, 10);
    assert_true(child > 0 && grandchild > 0);
    assert_int_equal(kill(child, 0), -1);
    /* It may stay a zombie until its new parent looks, but it must not run: no process of the group is left. On a busy
     * machine a process that was killed needs its turn to die. */
    for (int try = 0; runs(f, grandchild) && try < 20000; try++)
        poll(NULL, 0, 1);
    assert_false(runs(f, grandchild));
    fixture_free(f);
}

/* A child that cleans up when it is asked to end, as git does with its lock files, gets the time for it. */
static void asked_before_killed(void **state)
{
    struct run *run = *state;
    struct fixture *f = fixture_new();
    char ready[256];
    snprintf(ready, sizeof ready, "%s/lock", f->root);
    struct process process = {SHELL("trap 'rm lock; exit 9' TERM; echo > lock; while :; do sleep 0.01; done"),
                              .folder = f->root, .cancelled = after_a_while, .context = ready};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_INTERRUPTED, "stopped");
    assert_int_equal(run->result.exit_code, 9);
    assert_false(file_exists(ready));
    fixture_free(f);
}

static int64_t racing_clock(void)
{
    static int64_t now;
    return now += 60 * 1000 * 1000;
}

/* A minute passes at each look at the clock. */
static void time_runs_out(void **state)
{
    struct run *run = *state;
    const struct env env = {.monotonic_us = racing_clock};
    env_replace(&env);
    struct process process = {SHELL("sleep 1000"), .timeout_ms = 90 * 1000};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT,
                   "did not end within 90000 ms");
    process.mode = PROCESS_FOREGROUND;
    process.arguments = (const char *const[]){"sleep", "1000", NULL};
    assert_failure(process_run(&process, &run->result, &run->error), run->error, ERROR_ENVIRONMENT, "within");
    assert_int_equal(run->result.exit_code, 128 + SIGTERM);
    process = (struct process){SHELL("exit 0")};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
}

/* ssh's master connection, git's maintenance: what stays behind and holds the pipes must not hold us. */
static void grandchild_that_stays_is_not_waited_for(void **state)
{
    struct run *run = *state;
    struct fixture *f = fixture_new();
    struct process process = {SHELL("sleep 1000 & echo $! > pid; echo done; exit 5"), .folder = f->root};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_int_equal(run->result.exit_code, 5);
    assert_string_equal(run->result.output.data, "done\n");
    pid_t pid = (pid_t)strtol(fixture_read(f, "pid").data, NULL, 10);
    assert_int_equal(kill(pid, SIGKILL), 0);
    fixture_free(f);
}

static void background_has_no_terminal(void **state)
{
    struct run *run = *state;
    struct process process = {SHELL("cut -d' ' -f1,5,6,7 /proc/$$/stat | sed 's/^\\([0-9]*\\) \\1 \\1 0$/leader/'")};
    assert_success(process_run(&process, &run->result, &run->error), run->error);
    assert_string_equal(run->result.output.data, "leader\n"); /* pid = group = session, terminal 0 */
}

static void foreground_inherits_what_is_asked(void **state)
{
    struct run *run = *state;
    struct fixture *f = fixture_new();
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    int file = open(fixture_path(f, "terminal"), O_RDWR | O_CREAT, 0600);
    dup2(file, STDOUT_FILENO);
    struct process process = {SHELL("echo seen; echo kept >&2"), .mode = PROCESS_FOREGROUND, .inherit_output = true};
    int code = process_run(&process, &run->result, &run->error);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(file);
    assert_success(code, run->error);
    assert_string_equal(run->result.output.data, "");
    assert_string_equal(run->result.errors.data, "kept\n");
    assert_slice(fixture_read(f, "terminal"), "seen\n");
    fixture_free(f);
}

/* A daemon starts programs with 0, 1 and 2 closed; the pipes must not land there and cover each other. */
static void closed_standard_streams_do_no_harm(void **state)
{
    struct run *run = *state;
    int saved[3];
    for (int i = 0; i < 3; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        close(i);
    }
    struct process process = {SHELL("cat; echo err >&2"), .input = SLICE("in")};
    int code = process_run(&process, &run->result, &run->error);
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    assert_success(code, run->error);
    assert_string_equal(run->result.output.data, "in");
    assert_string_equal(run->result.errors.data, "err\n");
}

static const char *search_path;
static const char *variable(const char *name)
{
    return strcmp(name, "PATH") == 0 ? search_path : NULL;
}

static void programs_are_found(void **state)
{
    (void)state;
    assert_true(process_available("sh"));
    assert_true(process_available("/bin/sh"));
    assert_false(process_available("no-such-program"));
    assert_false(process_available("/etc/passwd"));
    assert_false(process_available("/usr/bin"));
    assert_false(process_available(""));
    const struct env env = {.variable = variable};
    env_replace(&env);
    assert_false(process_available("sh"));
    search_path = "/nowhere:/usr:/bin";
    assert_true(process_available("sh"));
    assert_false(process_available("bin")); /* /usr/bin is a folder */
    assert_int_equal(chdir("/bin"), 0);
    search_path = ":/nowhere"; /* an empty entry is the current folder */
    assert_true(process_available("sh"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(streams_are_apart),
        TEST(arguments_arrive_as_they_are),
        TEST(megabytes_go_through_both_ways),
        TEST(unread_input_is_no_error),
        TEST(no_input_is_the_end_at_once),
        TEST(limits_are_exact),
        TEST(ended_by_a_signal),
        TEST(what_cannot_start),
        TEST(folder_and_variables),
        TEST(child_starts_clean),
        TEST(no_descriptor_is_left_behind),
        TEST(no_descriptor_is_free),
        TEST(cancelling_kills_the_whole_group),
        TEST(asked_before_killed),
        TEST(time_runs_out),
        TEST(grandchild_that_stays_is_not_waited_for),
        TEST(background_has_no_terminal),
        TEST(foreground_inherits_what_is_asked),
        TEST(closed_standard_streams_do_no_harm),
        TEST(programs_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
