/* The queue of a large repository (50,000 commits, 2,000 branches unless BENCH_COMMITS and BENCH_BRANCHES say other;
 * SCALE_REPO names one that is there) beside what one would run instead: `git diff --name-only main...BRANCH` for every
 * branch, with a commit-graph. git's loop is measured on 100 branches, in turn with ours, and scaled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/process.h"
#include "assay/review/audit.h"
#include "assay/review/queue.h"
#include "harness/scale.h"

enum { RUNS = 5, GIT_BRANCHES = 100 };

struct figures {
    double rows, all; /* ms until it is known which change touches which module, until everything is */
    long resident;    /* KiB */
    size_t changes;
};

static void stop(const struct error *error)
{
    fprintf(stderr, "bench_queue: %s\n", error->text);
    exit(1);
}

struct watch {
    int64_t start;
    double rows;
};

static void note_rows(void *context, const struct queue *queue)
{
    struct watch *watch = context;
    (void)queue;
    watch->rows = (double)(env_monotonic_us() - watch->start) / 1000.0;
}

static void read_queue(const char *folder, struct figures *figures)
{
    struct error error = ERROR_INIT;
    struct watch watch = {.start = env_monotonic_us()};
    struct queue_watch callbacks = {.rows = note_rows, .context = &watch};
    struct workspace *workspace;
    struct queue queue;
    struct rusage usage;
    queue_init(&queue);
    if (workspace_open(folder, &workspace, &error) < 0 || queue_read(workspace, &callbacks, &queue, &error) < 0)
        stop(&error);
    figures->rows = watch.rows;
    figures->all = (double)(env_monotonic_us() - watch.start) / 1000.0;
    figures->changes = queue.count;
    getrusage(RUSAGE_SELF, &usage);
    figures->resident = usage.ru_maxrss;
}

/* In a process of its own: no cache of the program's is warm; `cold` takes the index away first. */
static struct figures measure(const char *folder, bool cold)
{
    struct figures figures = {0};
    struct error error = ERROR_INIT;
    struct str state = STR_INIT;
    int ends[2], status = 1;
    file_join(&state, folder, "assay");
    if ((cold && file_remove_tree(state.data, &error) < 0) || pipe(ends) != 0)
        stop(&error);
    str_clear(&state);
    const pid_t child = fork();
    if (child == 0) {
        read_queue(folder, &figures);
        _exit(write(ends[1], &figures, sizeof figures) == (ssize_t)sizeof figures ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &figures, sizeof figures) != (ssize_t)sizeof figures || waitpid(child, &status, 0) != child ||
        status)
        exit(1);
    close(ends[0]);
    return figures;
}

/* ms for one branch, the mean over `count` of them from `first`. */
static double measure_git(const char *folder, const struct str *branches, size_t first, size_t count)
{
    struct error error = ERROR_INIT;
    struct slice rest = str_slice(branches), line;
    for (size_t i = 0; i < first; i++)
        slice_cut_line(&rest, &line);
    const int64_t start = env_monotonic_us();
    size_t done = 0;
    while (done < count && slice_cut_line(&rest, &line)) {
        struct str range = STR_INIT;
        str_appendf(&range, "main...%.*s", SLICE_ARG(line));
        const char *const arguments[] = {"git", "diff", "--name-only", range.data, NULL};
        struct process process = {.arguments = arguments, .folder = folder};
        struct process_result result;
        process_result_init(&result);
        if (process_run(&process, &result, &error) < 0)
            stop(&error);
        process_result_clear(&result);
        str_clear(&range);
        done++;
    }
    return (double)(env_monotonic_us() - start) / 1000.0 / (double)(done ? done : 1);
}

static void list_branches(const char *folder, struct str *branches)
{
    const char *const arguments[] = {"git", "for-each-ref", "--format=%(refname)", "refs/heads/prompt/", NULL};
    struct process process = {.arguments = arguments, .folder = folder};
    struct process_result result;
    struct error error = ERROR_INIT;
    process_result_init(&result);
    if (process_run(&process, &result, &error) < 0)
        stop(&error);
    str_append(branches, str_slice(&result.output));
    process_result_clear(&result);
}

/* Of the whole past, once: nobody sealed anything in it, so every change of a module is a gap. */
static void measure_audit(const char *folder)
{
    struct error error = ERROR_INIT;
    struct workspace *workspace;
    struct audit audit;
    const int64_t start = env_monotonic_us();
    if (workspace_open(folder, &workspace, &error) < 0 || audit_run(workspace, &audit, &error) < 0)
        stop(&error);
    printf("audit of %zu commits, %zu of them changes of modules | %.1f s | - | - | -\n", audit.commits,
           audit.step_count, (double)(env_monotonic_us() - start) / 1e6);
    audit_clear(&audit);
    workspace_close(workspace);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

static size_t number(const char *name, size_t otherwise)
{
    const char *value = env_variable(name);
    return value ? (size_t)strtoul(value, NULL, 10) : otherwise;
}

int main(void)
{
    const char *given = env_variable("SCALE_REPO");
    struct scale scale = {number("BENCH_COMMITS", 50000), number("BENCH_BRANCHES", 2000), 50, 20};
    struct error error = ERROR_INIT;
    struct str own = STR_INIT, branches = STR_INIT;
    double rows[RUNS], all[RUNS], again[RUNS], git[RUNS];
    long resident = 0;
    size_t changes = 0;
    if (!given && scale_make(&scale, &own, &error) < 0)
        stop(&error);
    const char *folder = given ? given : own.data;
    list_branches(folder, &branches);
    measure_git(folder, &branches, 0, 5); /* warm-up of the system's caches, for both */
    for (size_t i = 0; i < RUNS; i++) {
        struct figures cold = measure(folder, true), warm = measure(folder, false);
        changes = cold.changes;
        rows[i] = cold.rows;
        all[i] = cold.all;
        again[i] = warm.all;
        resident = cold.resident > resident ? cold.resident : resident;
        git[i] = measure_git(folder, &branches, i * (GIT_BRANCHES / RUNS), GIT_BRANCHES / RUNS) * (double)changes;
    }
    double theirs = median(git), first = median(rows), whole = median(all);
    printf("queue of %zu changes: rows, cold | %.0f ms | %.0f ms git diff loop | %.1f times faster | 20\n", changes,
           first, theirs, theirs / first);
    printf("queue of %zu changes: complete, cold | %.0f ms | %.0f ms git diff loop | %.1f times faster | 8\n", changes,
           whole, theirs, theirs / whole);
    printf("queue of %zu changes: complete, again | %.1f ms | - | - | 60 ms to the screen\n", changes, median(again));
    printf("queue of %zu changes: resident memory | %.0f MB | - | - | 160 MB\n", changes, (double)resident / 1024.0);
    measure_audit(folder);
    if (!given)
        file_remove_tree(own.data, &error);
    str_clear(&branches);
    str_clear(&own);
    return 0;
}
