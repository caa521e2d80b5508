/* 10,000 records in the log (BENCH_RECORDS), in 20 signers' hands: verifying all of them, and judging a change of 30, in
 * a process of its own each time. Beside it what one would run instead: `ssh-keygen -Y verify` for each record, measured
 * on 100 in the same run, and scaled. Cold: without the index, as in a fresh clone. */
#include "harness/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "harness/records.h"

enum { RUNS = 7, EACH = 30, SIGNERS = 20, CASES = 12 };

struct run {
    double ms;
    long resident; /* KiB */
};

static struct run run_assay(const char *folder, const char *command, const char *change)
{
    struct run run = {0};
    struct rusage usage;
    int status;
    int64_t start = env_monotonic_us();
    const pid_t child = vfork();
    if (child == 0) {
        int out = open("/dev/null", O_WRONLY);
        dup2(out, STDOUT_FILENO);
        execl(ASSAY_BINARY, ASSAY_BINARY, "-C", folder, command, "--offline", change, (char *)NULL);
        _exit(127);
    }
    if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_records: assay %s ended with %d\n", command, WEXITSTATUS(status));
        exit(1);
    }
    run.ms = (double)(env_monotonic_us() - start) / 1000.0;
    run.resident = usage.ru_maxrss;
    return run;
}

static int by_time(const void *a, const void *b)
{
    double x = ((const struct run *)a)->ms, y = ((const struct run *)b)->ms;
    return (x > y) - (x < y);
}

/* The median time, and the most memory of all runs. */
static struct run measure(struct fixture *f, const char *folder, bool cold, const char *command, const char *change)
{
    struct run runs[RUNS], result = {0};
    struct error error = ERROR_INIT;
    const char *state = fixture_text(f, "%s/.git/assay", folder);
    for (size_t i = 0; i < RUNS; i++) {
        if (cold && file_remove_tree(state, &error) < 0)
            fail_msg("%s", error.text);
        runs[i] = run_assay(folder, command, change);
        result.resident = runs[i].resident > result.resident ? runs[i].resident : result.resident;
    }
    qsort(runs, RUNS, sizeof *runs, by_time);
    result.ms = runs[RUNS / 2].ms;
    return result;
}

static double measure_theirs(struct fixture *f, size_t records)
{
    const char *allowed = fixture_path(f, "log-sample/allowed_signers");
    int64_t spent = 0;
    for (size_t i = 0; i < RECORDS_SAMPLE; i++) {
        const char *sample = fixture_text(f, "log-sample/%zu", i);
        const struct slice bytes = fixture_read(f, fixture_text(f, "%s.json", sample)),
                           principal = fixture_read(f, fixture_text(f, "%s.principal", sample));
        const char *signature = fixture_path(f, fixture_text(f, "%s.json.sig", sample));
        int64_t start = env_monotonic_us();
        int code = fixture_run_with_input(f, NULL, bytes, "ssh-keygen", "-Y", "verify", "-f", allowed, "-I",
                                          principal.data, "-n", "review.v1@assay", "-s", signature, (char *)NULL);
        spent += env_monotonic_us() - start;
        assert_int_equal(code, 0);
    }
    return (double)spent / 1000.0 / RECORDS_SAMPLE * (double)records;
}

static bool report(const char *name, double ours, double must)
{
    printf("%s | %.0f ms | - | - | %.0f ms\n", name, ours, must);
    return ours <= must;
}

static bool report_memory(const char *name, long resident)
{
    printf("%s | %.0f MB | - | - | 80 MB\n", name, (double)resident / 1024.0);
    return resident <= 80 * 1024;
}

int main(void)
{
    const char *given = env_variable("BENCH_RECORDS");
    size_t wanted = given ? (size_t)strtoul(given, NULL, 10) : 10000;
    struct records_scale scale = {
        .changes = (wanted + EACH - 1) / EACH, .each = EACH, .signers = SIGNERS, .cases = CASES};
    struct fixture *f = fixture_new();
    records_make(f, &scale, "log");
    const char *clone = fixture_path(f, "log-clone");
    size_t records = scale.changes * scale.each;
    double theirs = measure_theirs(f, records);
    struct run cold = measure(f, clone, true, "verify", NULL), again = measure(f, clone, false, "verify", NULL);
    struct run fresh = measure(f, clone, true, "gate", RECORDS_CHANGE),
               warm = measure(f, clone, false, "gate", RECORDS_CHANGE);
    bool good = true;
    printf(
        "verify %zu records, cold, beside ssh-keygen -Y verify (100 calls, scaled) | %.0f ms | %.0f ms | %.1f | 35\n",
        records, cold.ms, theirs, theirs / cold.ms);
    good &= theirs / cold.ms >= 35;
    good &= report("verify, cold", cold.ms, 1500);
    good &= report("verify, again", again.ms, 1500);
    good &= report("gate --offline of a change with 30 records, with the index", warm.ms, 50);
    good &= report("gate --offline of a change with 30 records, fresh clone", fresh.ms, 2000);
    good &= report_memory("verify: resident memory", cold.resident > again.resident ? cold.resident : again.resident);
    good &= report_memory("gate: resident memory", fresh.resident > warm.resident ? fresh.resident : warm.resident);
    if (!env_variable("BENCH_KEEP"))
        fixture_free(f);
    else
        printf("%s\n", clone);
    return good ? 0 : 1;
}
