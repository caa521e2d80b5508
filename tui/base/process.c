#include "assay/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"

extern char **environ;

enum {
    CHUNK = 64 * 1024,
    DEFAULT_LIMIT = 16 * 1024 * 1024,
    TICK_MS = 100,      /* how often `cancelled` is asked */
    BLIND_TICK_MS = 10, /* how often the child is looked at where the system has no descriptor for it */
    GRACE_MS = 1000,    /* between the request to end and the kill: git removes its lock files in it */
};

enum { INPUT, OUTPUT, ERRORS, EXIT, WATCHED };

/* A running child: its ends of the pipes, -1 when closed. */
struct child {
    const struct process *process;
    struct process_result *result;
    struct error *error;
    pid_t pid;
    int descriptors[WATCHED];
    struct slice input; /* what is left to write */
    bool exited;        /* not yet reaped: its number, and so its group's, stays taken */
    int64_t heard_us;   /* when it last said something */
};

void process_result_init(struct process_result *result)
{
    *result = (struct process_result){.output = STR_INIT, .errors = STR_INIT};
}

void process_result_clear(struct process_result *result)
{
    str_clear(&result->output);
    str_clear(&result->errors);
    result->exit_code = 0;
}

static void close_if_open(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* --- what the child starts with ------------------------------------------------------------------------------------ */

/* Moves a descriptor above the standard three, so that putting one in place never covers another. */
static int move_up(int descriptor)
{
    if (descriptor > STDERR_FILENO)
        return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int number = errno;
    close(descriptor);
    errno = number;
    return moved;
}

static int make_pipe(int ends[2])
{
#ifdef __linux__
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
#else
    if (pipe(ends) != 0)
        return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
    ends[0] = move_up(ends[0]);
    ends[1] = move_up(ends[1]);
    if (ends[0] >= 0 && ends[1] >= 0)
        return 0;
    int number = errno;
    close_if_open(&ends[0]);
    close_if_open(&ends[1]);
    errno = number;
    return -1;
}

static bool same_name(const char *a, const char *b)
{
    size_t size = strcspn(a, "=");
    return size == strcspn(b, "=") && memcmp(a, b, size) == 0;
}

static bool is_replaced(const char *entry, const char *const *changes)
{
    for (; changes && *changes; changes++)
        if (same_name(entry, *changes))
            return true;
    return false;
}

/* Our own variables with the changes; the strings are borrowed, the array is to be freed. */
static char **merged_environment(const char *const *changes)
{
    char **merged = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (char **entry = environ; entry && *entry; entry++)
        if (!is_replaced(*entry, changes))
            *ARRAY_PUSH(merged, count, capacity) = *entry;
    for (; changes && *changes; changes++)
        if (strchr(*changes, '=') && !is_replaced(*changes, changes + 1)) {
            char *entry;
            memcpy(&entry, changes, sizeof entry); /* exec takes char *, and does not write */
            *ARRAY_PUSH(merged, count, capacity) = entry;
        }
    *ARRAY_PUSH(merged, count, capacity) = NULL;
    return merged;
}

static bool background(const struct process *process)
{
    return process->mode == PROCESS_BACKGROUND;
}

static void set_attributes(posix_spawnattr_t *attributes, const struct process *process)
{
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setsigmask(attributes, &none);
    int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (background(process))
        flags |= POSIX_SPAWN_SETSID;
    posix_spawnattr_setflags(attributes, (short)flags);
}

/* ends: the child's side of each stream; -1: inherited. */
static void set_streams(posix_spawn_file_actions_t *actions, const struct process *process, const int ends[3])
{
    for (int stream = 0; stream < 3; stream++)
        if (ends[stream] >= 0)
            posix_spawn_file_actions_adddup2(actions, ends[stream], stream);
    if (ends[INPUT] < 0 && (background(process) || process->input.data))
        posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
    if (process->folder)
        posix_spawn_file_actions_addchdir_np(actions, process->folder);
}

static int spawn(struct child *child, const int ends[3])
{
    const struct process *process = child->process;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes, process);
    set_streams(&actions, process, ends);
    char **environment = merged_environment(process->environment);
    char **arguments;
    memcpy(&arguments, &process->arguments, sizeof arguments); /* as above: exec does not write */
    int number = posix_spawnp(&child->pid, process->arguments[0], &actions, &attributes, arguments, environment);
    memory_free(environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (number == 0)
        return 0;
    if (process->folder && !file_is_folder(process->folder))
        return error_set(child->error, ERROR_ENVIRONMENT, "%s cannot be started: there is no folder %s",
                         process->arguments[0], process->folder);
    return error_set_system(child->error, ERROR_ENVIRONMENT, number, "%s cannot be started", process->arguments[0]);
}

/* A pipe for `stream`: our end goes to the child's struct and does not block, the other to ends. */
static int open_stream(struct child *child, int ends[3], int stream)
{
    int both[2];
    if (make_pipe(both) != 0)
        return error_set_system(child->error, ERROR_ENVIRONMENT, errno, "No pipe can be made for %s",
                                child->process->arguments[0]);
    int ours = stream == INPUT ? 1 : 0;
    child->descriptors[stream] = both[ours];
    ends[stream] = both[1 - ours];
    fcntl(both[ours], F_SETFL, O_NONBLOCK);
    return 0;
}

static int start(struct child *child)
{
    const struct process *process = child->process;
    int ends[3] = {-1, -1, -1};
    int result = 0;
    if (process->input.size > 0)
        result = open_stream(child, ends, INPUT);
    if (result == 0 && (background(process) || !process->inherit_output))
        result = open_stream(child, ends, OUTPUT);
    if (result == 0 && (background(process) || !process->inherit_errors))
        result = open_stream(child, ends, ERRORS);
    if (result == 0)
        result = spawn(child, ends);
    for (int stream = 0; stream < 3; stream++)
        close_if_open(&ends[stream]);
#ifdef SYS_pidfd_open
    if (result == 0)
        child->descriptors[EXIT] = (int)syscall(SYS_pidfd_open, child->pid, 0);
#endif
    return result;
}

/* --- signals ------------------------------------------------------------------------------------------------------- */

static const int followed[] = {SIGINT, SIGTERM, SIGHUP};
static bool follows_signals;
static volatile sig_atomic_t caught_signal; /* since the child was started */

void process_follow_signals(void)
{
    follows_signals = true;
}

static void catch_signal(int number)
{
    caught_signal = number;
}

static void follow(struct sigaction before[ARRAY_COUNT(followed)])
{
    struct sigaction action;
    if (!follows_signals)
        return;
    memset(&action, 0, sizeof action);
    action.sa_handler = catch_signal;
    sigemptyset(&action.sa_mask);
    caught_signal = 0;
    for (size_t i = 0; i < ARRAY_COUNT(followed); i++) {
        sigaction(followed[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(followed[i], &action, NULL);
    }
}

static void unfollow(const struct sigaction before[ARRAY_COUNT(followed)])
{
    if (!follows_signals)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(followed); i++)
        sigaction(followed[i], &before[i], NULL);
    caught_signal = 0;
}

/* --- while it runs ------------------------------------------------------------------------------------------------- */

/* write() to a child that went away raises SIGPIPE here; it is held back in this thread and taken off again. */
static ssize_t write_quietly(int descriptor, const void *data, size_t size)
{
    sigset_t pipe_signal;
    sigset_t old;
    sigset_t pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &old);
    ssize_t written = write(descriptor, data, size);
    int number = errno;
    if (written < 0 && number == EPIPE && !was_pending) {
        sigpending(&pending);
        int taken;
        if (sigismember(&pending, SIGPIPE) == 1)
            sigwait(&pipe_signal, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = number;
    return written;
}

static void feed(struct child *child)
{
    size_t size = child->input.size < CHUNK ? child->input.size : CHUNK;
    ssize_t written = write_quietly(child->descriptors[INPUT], child->input.data, size);
    if (written > 0)
        child->input = slice_from(child->input, (size_t)written);
    /* A child that does not want the rest is no error: its exit code tells. */
    if (child->input.size == 0 || (written < 0 && errno != EAGAIN && errno != EINTR))
        close_if_open(&child->descriptors[INPUT]);
}

static size_t limit_of(const struct process *process)
{
    return process->output_limit ? process->output_limit : DEFAULT_LIMIT;
}

/* Reads what is there, one chunk. Returns 1: something came; 0: nothing now, or the end; -1: over the limit. */
static int collect(struct child *child, int stream, struct str *out)
{
    int *descriptor = &child->descriptors[stream];
    if (*descriptor < 0)
        return 0;
    size_t left = limit_of(child->process) - out->size;
    str_reserve(out, CHUNK);
    ssize_t got = read(*descriptor, out->data + out->size, CHUNK);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (got <= 0) {
        close_if_open(descriptor);
        return 0;
    }
    bool over = (size_t)got > left;
    child->heard_us = env_monotonic_us();
    out->size += over ? left : (size_t)got;
    out->data[out->size] = '\0';
    return over ? error_set(child->error, ERROR_ENVIRONMENT, "%s printed more than the limit of %zu bytes",
                            child->process->arguments[0], limit_of(child->process))
                : 1;
}

/* What the child wrote before it ended is in the pipes. Not waiting for their end: a grandchild that stays (the
 * master connection of ssh, git's maintenance) may hold them open for hours. */
static int collect_rest(struct child *child)
{
    int got;
    do
        got = collect(child, OUTPUT, &child->result->output);
    while (got > 0);
    if (got == 0)
        do
            got = collect(child, ERRORS, &child->result->errors);
        while (got > 0);
    return got;
}

static bool has_exited(struct child *child)
{
    siginfo_t information;
    memset(&information, 0, sizeof information);
    if (!child->exited)
        child->exited = waitid(P_PID, (id_t)child->pid, &information, WEXITED | WNOWAIT | WNOHANG) != 0
                            ? errno != EINTR
                            : information.si_pid == child->pid;
    return child->exited;
}

/* Waits until something happens, `milliseconds` at most, and serves it. -1: over the limit. */
static int step(struct child *child, int milliseconds)
{
    if (child->descriptors[EXIT] < 0 && milliseconds > BLIND_TICK_MS)
        milliseconds = BLIND_TICK_MS;
    struct pollfd watched[WATCHED];
    for (int i = 0; i < WATCHED; i++)
        watched[i] = (struct pollfd){.fd = child->descriptors[i], .events = i == INPUT ? POLLOUT : POLLIN};
    if (poll(watched, WATCHED, milliseconds) <= 0)
        return 0;
    if (watched[INPUT].revents)
        feed(child);
    int result = watched[OUTPUT].revents ? collect(child, OUTPUT, &child->result->output) : 0;
    if (result >= 0 && watched[ERRORS].revents)
        result = collect(child, ERRORS, &child->result->errors);
    return result < 0 ? -1 : 0;
}

/* How long may be waited for the next event; -1: the time is over. */
static int time_left(const struct child *child, int64_t start_us)
{
    const struct process *process = child->process;
    const int64_t now_us = env_monotonic_us();
    int64_t left_ms = TICK_MS;
    if (process->timeout_ms > 0) {
        const int64_t whole_ms = process->timeout_ms - (now_us - start_us) / 1000;
        if (whole_ms <= 0)
            return error_set(child->error, ERROR_ENVIRONMENT, "%s did not end within %d ms", process->arguments[0],
                             process->timeout_ms);
        left_ms = whole_ms < left_ms ? whole_ms : left_ms;
    }
    if (process->silence_ms > 0) {
        const int64_t silent_ms = process->silence_ms - (now_us - child->heard_us) / 1000;
        if (silent_ms <= 0)
            return error_set(child->error, ERROR_ENVIRONMENT, "%s said nothing for %d s", process->arguments[0],
                             (process->silence_ms + 999) / 1000);
        left_ms = silent_ms < left_ms ? silent_ms : left_ms;
    }
    return (int)left_ms;
}

static bool is_stopped(const struct process *process)
{
    return caught_signal != 0 || (process->cancelled && process->cancelled(process->context));
}

static int watch(struct child *child)
{
    const int64_t start_us = child->heard_us = env_monotonic_us();
    bool exited;
    while (!(exited = has_exited(child)) && !is_stopped(child->process)) {
        const int milliseconds = time_left(child, start_us);
        if (milliseconds < 0 || step(child, milliseconds) != 0)
            return -1;
    }
    /* A foreground child ends by the same Ctrl-C, and may end first. */
    if (!exited || caught_signal != 0)
        return error_set(child->error, ERROR_INTERRUPTED, "%s was stopped", child->process->arguments[0]);
    return collect_rest(child);
}

/* A foreground child is in our own group, so it alone is meant. */
static void send_signal(const struct child *child, int number)
{
    kill(background(child->process) ? -child->pid : child->pid, number);
}

/* Asks it to end, waits a little, kills what is left of its group. The pipes stay open meanwhile: an input that ends
 * too early might be taken for a whole one, and a last word of the child must not raise SIGPIPE in it. */
static void stop(struct child *child)
{
    send_signal(child, SIGTERM);
    for (int waited = 0; waited < GRACE_MS && !has_exited(child); waited += BLIND_TICK_MS)
        step(child, BLIND_TICK_MS);
    send_signal(child, SIGKILL);
}

static int reap(struct child *child)
{
    int status = 0;
    pid_t got;
    do
        got = waitpid(child->pid, &status, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set_system(child->error, ERROR_ENVIRONMENT, errno, "The exit code of %s is lost",
                                child->process->arguments[0]);
    child->result->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return 0;
}

int process_run(const struct process *process, struct process_result *result, struct error *error)
{
    struct child child = {
        .process = process, .result = result, .error = error, .descriptors = {-1, -1, -1, -1}, .input = process->input};
    struct sigaction before[ARRAY_COUNT(followed)];
    str_reset(&result->output);
    str_reset(&result->errors);
    result->exit_code = 0;
    follow(before);
    int outcome = start(&child);
    if (outcome == 0) {
        outcome = watch(&child);
        if (outcome != 0)
            stop(&child);
        if (reap(&child) != 0)
            outcome = -1;
    }
    unfollow(before);
    for (int i = 0; i < WATCHED; i++)
        close_if_open(&child.descriptors[i]);
    return outcome;
}

static bool is_program(const char *path)
{
    return access(path, X_OK) == 0 && !file_is_folder(path);
}

bool process_available(const char *program)
{
    if (strchr(program, '/'))
        return is_program(program);
    struct slice rest = slice_of(env_variable("PATH"));
    struct slice folder;
    struct str path = STR_INIT;
    bool found = false;
    while (!found && *program && slice_cut(&rest, ':', &folder)) {
        str_reset(&path);
        str_append(&path, folder.size ? folder : SLICE("."));
        str_appendf(&path, "/%s", program);
        found = is_program(path.data);
    }
    str_clear(&path);
    return found;
}
