/* Starting the console on a large repository that it has seen before: to the first byte, to rows on the screen, and
 * how much memory it holds; and on the sample. SCALE_REPO, BENCH_COMMITS, BENCH_BRANCHES as in bench_queue. */
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "harness/fixture.h"
#include "harness/scale.h"
#include "harness/screen.h"

enum { RUNS = 9 };

struct start {
    double first_byte, rows; /* ms from the start of the process */
    long resident;           /* KiB once everything is quiet */
};

static void stop(const char *what)
{
    fprintf(stderr, "bench_start: %s\n", what);
    exit(1);
}

static struct start measure(const char *folder, const char *row)
{
    const char *const arguments[] = {ASSAY_BINARY, "-C", folder, NULL};
    struct start start = {0};
    const int64_t began = env_monotonic_us();
    struct screen *screen = screen_start(arguments, NULL, 40, 120);
    if (!screen || !screen_wait_text(screen, row))
        stop("the queue did not come up");
    start.rows = (double)(env_monotonic_us() - began) / 1000.0;
    start.first_byte = screen_first_byte(screen);
    screen_wait_quiet(screen);
    start.resident = screen_peak_kib(screen);
    screen_free(screen);
    return start;
}

static int by_rows(const void *a, const void *b)
{
    double x = ((const struct start *)a)->rows, y = ((const struct start *)b)->rows;
    return (x > y) - (x < y);
}

static struct start median(const char *folder, const char *row)
{
    struct start runs[RUNS];
    for (int i = 0; i < RUNS; i++)
        runs[i] = measure(folder, row);
    qsort(runs, RUNS, sizeof *runs, by_rows);
    return runs[RUNS / 2];
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
    struct str own = STR_INIT;
    struct fixture *f = fixture_new();
    if (!given && scale_make(&scale, &own, &error) < 0)
        stop(error.text);
    const char *folder = given ? given : own.data;
    if (fixture_assay(f, folder, "queue", "--json", NULL) != 0 || fixture_assay(f, NULL, "demo", "sample", NULL) != 0)
        stop(f->result.errors.data);
    struct start large = median(folder, "prompt/change-"),
                 sample = median(fixture_path(f, "sample/clone"), "prompt/welcome");
    printf("large repository, seen before: first byte | %.1f ms | - | - | 15 ms\n", large.first_byte);
    printf("large repository, seen before: queue on the screen | %.1f ms | - | - | 60 ms\n", large.rows);
    printf("large repository: resident memory of the console | %.0f MB | - | - | 160 MB\n",
           (double)large.resident / 1024.0);
    printf("sample: queue on the screen | %.1f ms | - | - | 50 ms\n", sample.rows);
    printf("sample: resident memory of the console | %.0f MB | - | - | 40 MB\n", (double)sample.resident / 1024.0);
    if (!given)
        file_remove_tree(own.data, &error);
    str_clear(&own);
    fixture_free(f);
    return 0;
}
