/* Child processes: an argument vector, never a shell. The only home of spawn. */
#ifndef ASSAY_BASE_PROCESS_H
#define ASSAY_BASE_PROCESS_H

#include "assay/base/error.h"
#include "assay/base/str.h"

enum process_mode {
    PROCESS_BACKGROUND, /* own session: can never reach the terminal; standard input is `input` or /dev/null */
    PROCESS_FOREGROUND, /* shares the terminal: standard streams are inherited unless input or captures are asked for */
};

struct process {
    const char *const *arguments; /* NULL-terminated; arguments[0] is found in PATH */
    const char *const
        *environment; /* NULL-terminated "NAME=value" that are added or replace, "NAME" that are removed; NULL: none */
    const char *folder; /* working directory; NULL: the current one */
    struct slice input; /* written to its standard input, which is then closed */
    enum process_mode mode;
    bool inherit_output; /* foreground only: standard output goes to the terminal, not to result->output */
    bool inherit_errors; /* foreground only: the same for standard error */
    size_t output_limit; /* bytes of standard output and of standard error kept; 0: 16 MiB. More is an error */
    int timeout_ms;      /* 0: none. When it runs out the child's group is killed */
    int silence_ms;      /* 0: none. The same when so long not one byte of output came */
    bool (*cancelled)(void *context); /* asked every 100 ms or so; NULL: never */
    void *context;
};

struct process_result {
    int exit_code; /* 0..255; 128 + signal when it was killed by one */
    struct str output;
    struct str errors;
};

void process_result_init(struct process_result *result);
void process_result_clear(struct process_result *result);

/* From now on SIGINT, SIGTERM and SIGHUP that come while a child runs end the child first, so that it can tidy up and
 * outlives nobody; process_run then fails with ERROR_INTERRUPTED. For programs whose children are run by one thread; a
 * signal that is ignored stays so. */
void process_follow_signals(void);

/* Runs to the end. -1 only when it could not be started, was stopped (ERROR_INTERRUPTED) or timed out; a non-zero exit is the caller's to judge. SIGPIPE, signal masks and descriptors are the child's defaults (all but 0..2 closed). */
int process_run(const struct process *process, struct process_result *result, struct error *error);

/* Whether a program is in PATH. */
bool process_available(const char *program);

#endif
