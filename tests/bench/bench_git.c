/* Which change touches which module, cold, beside what one would run instead: git diff --name-only TARGET...BRANCH for
 * every branch, with a commit-graph.
 *
 * SCALE_REPO names a bare repository; without it one of BENCH_COMMITS (50000) commits and BENCH_BRANCHES (2000)
 * branches is made. git's loop is measured on 100 branches and scaled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/process.h"
#include "assay/git/changes.h"
#include "assay/git/merge.h"

enum { RUNS = 5, GIT_BRANCHES = 100, MODULES = 50 };

struct figures {
    double open, list, trace, merge, total; /* ms */
    long resident;                          /* KiB */
    size_t changes, modules, conflicts, commits;
};

static void stop(const struct error *error)
{
    fprintf(stderr, "bench_git: %s\n", error->text);
    exit(1);
}

static double lap(int64_t *since)
{
    const int64_t now = env_monotonic_us();
    const double ms = (double)(now - *since) / 1000.0;
    *since = now;
    return ms;
}

static void measure_rows(const char *folder, struct figures *figures)
{
    struct error error = ERROR_INIT;
    struct repo *repo = NULL;
    struct target target;
    struct changes changes;
    const int64_t start = env_monotonic_us();
    int64_t since = start;
    target_init(&target);
    changes_init(&changes);
    if (repo_open(folder, &repo, &error) != 0 || target_find(repo, &target, &error) != 0) {
        stop(&error);
    }
    figures->open = lap(&since);
    if (changes_list(repo, &target, SLICE("assay/log"), &changes, &error) != 0) {
        stop(&error);
    }
    figures->list = lap(&since);
    if (changes_trace(repo, &target.commit, &changes, NULL, &error) != 0) {
        stop(&error);
    }
    figures->trace = lap(&since);
    for (size_t i = 0; i < changes.count; i++) {
        const struct change *change = &changes.changes[i];
        struct merge merge;
        merge_init(&merge);
        if (change->state == CHANGE_PENDING &&
            merge_compute(repo, &target.commit, &change->tip, change->bases, change->base_count, &merge, &error) != 0) {
            stop(&error);
        }
        figures->modules += merge.module_count;
        figures->conflicts += merge.conflict_count;
        merge_clear(&merge);
    }
    figures->merge = lap(&since);
    figures->total = (double)(env_monotonic_us() - start) / 1000.0;
    figures->changes = changes.count;
    changes_clear(&changes);
    target_clear(&target);
    repo_close(repo);
}

/* Each run in a process of its own: cold caches of the program, warm ones of the system, as for git. */
static void measure_cold(const char *folder, struct figures *figures)
{
    int ends[2];
    if (pipe(ends) != 0) {
        exit(1);
    }
    const pid_t child = fork();
    if (child == 0) {
        struct figures own = {.open = 0};
        struct rusage usage;
        measure_rows(folder, &own);
        getrusage(RUSAGE_SELF, &usage);
        own.resident = usage.ru_maxrss;
        _exit(write(ends[1], &own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
    }
    int status = 1;
    close(ends[1]);
    const bool complete = read(ends[0], figures, sizeof *figures) == (ssize_t)sizeof *figures;
    close(ends[0]);
    if (waitpid(child, &status, 0) != child || status != 0 || !complete) {
        exit(1);
    }
}

static int compare_totals(const void *a, const void *b)
{
    const double left = ((const struct figures *)a)->total, right = ((const struct figures *)b)->total;
    return left < right ? -1 : left > right;
}

/* --- git's loop ---------------------------------------------------------------------------------------------------- */

static void run_git(const char *folder, const char *const *arguments, struct slice input, struct str *output)
{
    struct error error = ERROR_INIT;
    struct process_result ran;
    const struct process process = {.arguments = arguments, .folder = folder, .input = input};
    process_result_init(&ran);
    if (process_run(&process, &ran, &error) != 0) {
        stop(&error);
    }
    if (ran.exit_code != 0) {
        fprintf(stderr, "bench_git: git %s: %s\n", arguments[1], ran.errors.data);
        exit(1);
    }
    if (output) {
        str_append(output, str_slice(&ran.output));
    }
    process_result_clear(&ran);
}

/* Milliseconds for one branch. */
static double measure_git(const char *folder)
{
    struct str branches = STR_INIT, range = STR_INIT;
    run_git(folder, (const char *[]){"git", "commit-graph", "write", "--reachable", NULL}, SLICE(""), NULL);
    run_git(folder, (const char *[]){"git", "for-each-ref", "--format=%(refname)", "refs/heads/prompt/", NULL},
            SLICE(""), &branches);
    struct slice rest = str_slice(&branches), line;
    const int64_t start = env_monotonic_us();
    int count = 0;
    while (count < GIT_BRANCHES && slice_cut_line(&rest, &line)) {
        str_reset(&range);
        str_appendf(&range, "main...%.*s", SLICE_ARG(line));
        run_git(folder, (const char *[]){"git", "diff", "--name-only", range.data, NULL}, SLICE(""), NULL);
        count++;
    }
    str_clear(&branches);
    str_clear(&range);
    return (double)(env_monotonic_us() - start) / 1000.0 / (count ? count : 1);
}

/* --- a repository of its own ------------------------------------------------------------------------------------------ */

static void append_file(struct str *stream, const char *path, const char *text, size_t times)
{
    str_appendf(stream, "M 100644 inline %s\ndata %zu\n", path, strlen(text) * times);
    while (times-- > 0) {
        str_append_text(stream, text);
    }
    str_push(stream, '\n');
}

static void append_commit(struct str *stream, const char *ref, size_t mark, size_t from, const char *message)
{
    str_appendf(stream, "commit %s\nmark :%zu\ncommitter A <a@example.com> %zu +0000\ndata %zu\n%s\n", ref, mark,
                1700000000 + mark * 60, strlen(message), message);
    if (from > 0) {
        str_appendf(stream, "from :%zu\n", from);
    }
}

static void append_history(struct str *stream, size_t commits, size_t branches)
{
    char path[128], text[64];
    append_commit(stream, "refs/heads/main", 1, 0, "first");
    for (int m = 0; m < MODULES; m++) {
        snprintf(path, sizeof path, "content/modules/m%02d/manifest.yaml", m);
        append_file(stream, path, "name: m\nversion: 1.0.0\n", 1);
        snprintf(path, sizeof path, "content/modules/m%02d/prompts/explain.tpl", m);
        append_file(stream, path, "Explain {{topic}} to {{audience}}.\n", 20);
        snprintf(path, sizeof path, "content/modules/m%02d/tests/golden.json", m);
        append_file(stream, path, "a golden answer, as long as they are\n", 200);
    }
    for (size_t i = 2; i <= commits; i++) {
        append_commit(stream, "refs/heads/main", i, i - 1, "entry");
        snprintf(path, sizeof path, "notes/%zu/%zu.txt", i % 211, i % 1009);
        if (i % 10 == 0) {
            snprintf(path, sizeof path, "content/modules/m%02zu/prompts/explain.tpl", i % MODULES);
        }
        snprintf(text, sizeof text, "entry %zu\n", i);
        append_file(stream, path, text, 1);
    }
    for (size_t b = 0; b < branches; b++) {
        char ref[64];
        const size_t from = 1 + b * 7919 % commits; /* a prime, so that forks lie everywhere */
        snprintf(ref, sizeof ref, "refs/heads/prompt/change-%04zu", b);
        append_commit(stream, ref, commits + 1 + b, from, "change");
        snprintf(path, sizeof path, "content/modules/m%02zu/prompts/explain.tpl", b * 31 % MODULES);
        snprintf(text, sizeof text, "Explain {{topic}} in plain words, %zu.\n", b);
        append_file(stream, path, text, 20);
    }
    str_append_text(stream, "done\n");
}

static size_t number(const char *name, size_t otherwise)
{
    const char *value = env_variable(name);
    return value ? (size_t)strtoul(value, NULL, 10) : otherwise;
}

static void make_repository(struct str *folder)
{
    struct error error = ERROR_INIT;
    struct str stream = STR_INIT;
    if (file_make_temporary_folder("assay-bench", folder, &error) != 0) {
        stop(&error);
    }
    append_history(&stream, number("BENCH_COMMITS", 50000), number("BENCH_BRANCHES", 2000));
    run_git(folder->data, (const char *[]){"git", "init", "-q", "--bare", "-b", "main", NULL}, SLICE(""), NULL);
    run_git(folder->data, (const char *[]){"git", "fast-import", "--quiet", "--done", NULL}, str_slice(&stream), NULL);
    str_clear(&stream);
}

int main(void)
{
    const char *given = env_variable("SCALE_REPO");
    struct figures runs[RUNS] = {{.open = 0}};
    struct str own = STR_INIT;
    struct error error = ERROR_INIT;
    if (!given) {
        make_repository(&own);
    }
    const char *folder = given ? given : own.data;
    for (int i = 0; i < RUNS; i++) {
        measure_cold(folder, &runs[i]);
    }
    qsort(runs, RUNS, sizeof *runs, compare_totals);
    const struct figures *median = &runs[RUNS / 2];
    const double git = measure_git(folder) * (double)median->changes;
    printf("%zu changes: %zu modules, %zu conflicts\n", median->changes, median->modules, median->conflicts);
    printf("  assay  %8.1f ms   open %.1f, list %.1f, history %.1f, merge results %.1f; %ld MB resident\n",
           median->total, median->open, median->list, median->trace, median->merge, median->resident / 1024);
    printf("  git    %8.1f ms   git diff --name-only main...BRANCH with a commit-graph, from %d branches\n", git,
           GIT_BRANCHES);
    printf("  ratio  %8.1f      wanted: 20\n", git / median->total);
    if (!given) {
        file_remove_tree(own.data, &error);
    }
    str_clear(&own);
    return 0;
}
