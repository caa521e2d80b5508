#include "harness/fault.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "harness/test.h"

enum { ARGUMENTS_MAX = 40 };

static void library(char path[PATH_MAX])
{
    const char *end = strrchr(ASSAY_BINARY, '/');
    snprintf(path, PATH_MAX, "%.*s/fault_preload.so", (int)(end - ASSAY_BINARY), ASSAY_BINARY);
}

bool fault_available(void)
{
    char path[PATH_MAX];
    library(path);
    return access(path, R_OK) == 0;
}

/* ---- a sweep ---- */

void fault_live_in_memory(void)
{
    static const char memory[] = "/dev/shm";
    enum { ROOM = 48 << 20 };
    struct statvfs status;
    if (access(memory, W_OK) == 0 && statvfs(memory, &status) == 0 && status.f_bavail * status.f_frsize >= ROOM)
        setenv("TMPDIR", memory, 0);
}

size_t fault_stride(size_t points, size_t sampled, size_t actions)
{
    size_t stride = test_is_large() ? strtoul(getenv("TEST_LARGE"), NULL, 10) : points / sampled;
    if (stride == 0)
        stride = 1;
    return stride > 1 && stride % actions == 0 ? stride + 1 : stride;
}

/* ---- a repository that is put back ---- */

void fault_keep(struct fixture *f)
{
    assert_int_equal(fixture_run(f, NULL, "sh", "-c",
                                 "rm -rf kept clone/.git/hooks origin.git/hooks && mkdir kept && "
                                 "cp -a clone origin.git kept",
                                 NULL),
                     0);
}

void fault_restore(struct fixture *f)
{
    assert_int_equal(fixture_run(f, NULL, "sh", "-c",
                                 "rm -rf clone origin.git temporary && cp -a kept/clone kept/origin.git . && "
                                 "mkdir temporary",
                                 NULL),
                     0);
}

/* ---- a run ---- */

int fault_run(struct fixture *f, const char *at, const char *trace, const char *const *arguments)
{
    char path[PATH_MAX];
    library(path);
    const char *line[ARGUMENTS_MAX + 8] = {"env", fixture_text(f, "LD_PRELOAD=%s", path),
                                           fixture_text(f, "TMPDIR=%s", fixture_path(f, "temporary")),
                                           "ASAN_OPTIONS=verify_asan_link_order=0:allocator_may_return_null=1"};
    size_t count = 4;
    struct error error = ERROR_INIT;
    if (at)
        line[count++] = fixture_text(f, "FAULT_AT=%s", at);
    if (trace)
        line[count++] = fixture_text(f, "FAULT_TRACE=%s", fixture_path(f, trace));
    for (; *arguments; arguments++) {
        assert_true(count < ARGUMENTS_MAX);
        line[count++] = *arguments;
    }
    const struct process process = {
        .arguments = line, .folder = fixture_path(f, CONTENT_CLONE), .timeout_ms = 120 * 1000};
    assert_success(process_run(&process, &f->result, &error), error);
    return f->result.exit_code;
}

/* ---- afterwards ---- */

/* Nobody runs any more, so the lock that the message names is removed. */
static bool remove_lock(struct fixture *f)
{
    const char *words = strstr(f->result.errors.data, "remove /");
    if (!words)
        return false;
    words += strlen("remove ");
    const char *path = fixture_text(f, "%.*s", (int)strcspn(words, "\n"), words);
    return strstr(path, ".lock") && remove(path) == 0;
}

bool fault_sync(struct fixture *f)
{
    for (int try = 0; fixture_assay(f, CONTENT_CLONE, "sync", NULL) != 0; try++)
        if (try == 3 || !remove_lock(f))
            return false;
    return true;
}

/* ---- what a run asks of the world ---- */

static struct fault_count *row_of(struct fault_table *table, struct fixture *f, struct slice kind)
{
    for (size_t i = 0; i < table->count; i++)
        if (slice_is(kind, table->rows[i].kind))
            return &table->rows[i];
    assert_true(table->count < ARRAY_COUNT(table->rows));
    table->rows[table->count] = (struct fault_count){.kind = fixture_text(f, "%.*s", SLICE_ARG(kind))};
    return &table->rows[table->count++];
}

void fault_count(struct fixture *f, const char *trace, struct fault_table *table)
{
    const struct slice bytes = fixture_read(f, trace);
    struct slice rest = bytes, line, kind;
    size_t lines = 0;
    *table = (struct fault_table){.count = 0};
    while (slice_cut_line(&rest, &line))
        lines++;
    table->calls = arena_alloc_array(&f->arena, lines, sizeof *table->calls);
    for (rest = bytes; slice_cut_line(&rest, &line); table->total++) {
        slice_cut(&line, ' ', &kind);
        struct fault_count *row = row_of(table, f, kind);
        row->count++;
        table->calls[table->total] = row->kind;
    }
}

void fault_print(const char *what, const struct fault_table *table)
{
    fprintf(stderr, "# %s: %zu calls:", what, table->total);
    for (size_t i = 0; i < table->count; i++)
        fprintf(stderr, " %s %zu", table->rows[i].kind, table->rows[i].count);
    fprintf(stderr, "\n");
}

const char *fault_leftovers(struct fixture *f)
{
    static const char script[] =
        "find clone temporary \\( -name '*.lock' -o -name 'tmp_*' -o -name '*.damaged-*' -o -name '*.[A-Za-z0-9]????*' "
        "-o -path 'temporary/?*' \\) ! -path 'clone/.git/hooks/*' ! -path '*/drafts.lock' ! -path '*/signing.lock' | "
        "LC_ALL=C sort";
    assert_int_equal(fixture_run(f, NULL, "sh", "-c", script, NULL), 0);
    return fixture_text(f, "%s", f->result.output.data);
}
