/* Power that goes: whatever assay wrote is on the disk before it asks for a key, sends something or says that it is done.
 * The calls of the real binary are followed in order; a disk that is pulled cannot be had in a test.
 *
 * This program is also one that is followed: `test_failures_power --write FILE`, `--enter FOLDER`. */
#include "harness/test.h"

#include <stdio.h>
#include <unistd.h>

#include "assay/base/file.h"
#include "assay/store/drafts.h"
#include "harness/fault.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

enum { PATHS_MAX = 256 };

/* ---- those who are followed ---- */

static void tell(void)
{
    if (write(STDOUT_FILENO, "kept\n", 5) != 5)
        _exit(99);
}

static int give_up(const struct error *error)
{
    fprintf(stderr, "%s\n", error->text);
    return 1;
}

static int write_file(const char *path)
{
    struct error error = ERROR_INIT;
    if (file_write(path, SLICE("what must not be lost"), 0600, &error) < 0)
        return give_up(&error);
    tell();
    return 0;
}

static int enter_scores(const char *folder)
{
    struct error error = ERROR_INIT;
    struct drafts *drafts;
    int64_t draft;
    if (drafts_open(folder, &drafts, NULL, &error) < 0 ||
        drafts_begin(drafts, SLICE(CONCISE), SLICE("assistant"), SLICE("lena@example.com"), &draft, &error) < 0)
        return give_up(&error);
    for (int i = 0; i < 3; i++) {
        const struct drafts_entry entry = {.kind = DRAFTS_SCORE,
                                           .prompt = SLICE("answer"),
                                           .case_id = SLICE("c1"),
                                           .name = SLICE("clarity"),
                                           .value = i + 1};
        if (drafts_apply(drafts, draft, &entry, 1, true, &error) < 0)
            return give_up(&error);
        tell();
    }
    drafts_close(drafts);
    return 0;
}

/* ---- those who follow ---- */

static const char *self;

/* Files with bytes, and folders with names, that are not on the disk yet. */
struct unsynced {
    struct slice paths[PATHS_MAX];
    size_t count;
};

static void add(struct unsynced *unsynced, struct slice path)
{
    for (size_t i = 0; i < unsynced->count; i++)
        if (slice_equal(unsynced->paths[i], path))
            return;
    assert_true(unsynced->count < PATHS_MAX);
    unsynced->paths[unsynced->count++] = path;
}

static void take_away(struct unsynced *unsynced, struct slice path)
{
    for (size_t i = 0; i < unsynced->count; i++)
        if (slice_equal(unsynced->paths[i], path))
            unsynced->paths[i--] = unsynced->paths[--unsynced->count];
}

static struct slice folder_of(struct slice path)
{
    size_t size = path.size;
    while (size > 0 && path.data[size - 1] != '/')
        size--;
    return slice_part(path, 0, size > 1 ? size - 1 : size);
}

/* What may be lost: what is made anew from the rest, and what only a child reads. */
static bool may_be_lost(struct slice path)
{
    return slice_find(path, SLICE("/assay.db")) != SLICE_NOT_FOUND || slice_ends_with(path, SLICE("-shm")) ||
           slice_find(path, SLICE("/temporary")) != SLICE_NOT_FOUND;
}

static bool is_one_of(struct slice kind, const char *const *kinds)
{
    for (; *kinds; kinds++)
        if (slice_is(kind, *kinds))
            return true;
    return false;
}

/* How many times the program told somebody something. */
static size_t follow(struct fixture *f, struct unsynced *unsynced)
{
    static const char *const writing[] = {"write", "pwrite", "ftruncate", "fallocate", NULL},
                             *const syncing[] = {"fsync", "fdatasync", NULL},
                             *const naming[] = {"rename", "link", NULL},
                             *const telling[] = {"spawn", "write-pipe", NULL};
    struct slice rest = fixture_read(f, "trace"), line, kind;
    size_t told = 0;
    unsynced->count = 0;
    while (slice_cut_line(&rest, &line)) {
        assert_true(slice_cut(&line, ' ', &kind));
        if (is_one_of(kind, writing) && !may_be_lost(line))
            add(unsynced, line);
        else if (is_one_of(kind, naming) && !may_be_lost(line))
            add(unsynced, folder_of(line));
        else if (is_one_of(kind, syncing) || slice_is(kind, "unlink"))
            take_away(unsynced, line);
        else if (is_one_of(kind, telling) && ++told && unsynced->count > 0)
            fail_msg("before call %zu to the world outside (%.*s %.*s) this is not on the disk: %.*s", told,
                     SLICE_ARG(kind), SLICE_ARG(line), SLICE_ARG(unsynced->paths[0]));
    }
    return told;
}

static void run_and_follow(struct fixture *f, const char *const *arguments, size_t told)
{
    struct unsynced unsynced;
    fixture_write_text(f, "trace", "");
    fixture_run(f, NULL, "mkdir", "-p", "temporary", NULL);
    if (fault_run(f, NULL, "trace", arguments) != 0)
        fail_msg("%s", f->result.errors.data);
    assert_true(follow(f, &unsynced) >= told);
    assert_int_equal(unsynced.count, 0);
}

static int setup(void **state)
{
    if (review_setup(state) != 0)
        return -1;
    content_become(*state, "lena");
    return 0;
}

static void need_faults(void)
{
    if (!fault_available())
        skip();
}

static void a_file_is_on_the_disk_before_it_counts(void **state)
{
    struct fixture *f = *state;
    need_faults();
    run_and_follow(f, (const char *[]){self, "--write", fixture_path(f, "file"), NULL}, 1);
    run_and_follow(f, (const char *[]){self, "--write", fixture_path(f, "file"), NULL}, 1);
}

static void a_score_is_on_the_disk_before_the_next_key(void **state)
{
    struct fixture *f = *state;
    need_faults();
    run_and_follow(f, (const char *[]){self, "--enter", fixture_path(f, C "/.git/assay"), NULL}, 3);
}

static void a_record_is_on_the_disk_before_it_is_sent(void **state)
{
    static const char *const signing[] = {ASSAY_BINARY, "sign",      CONCISE,   "--module",  "assistant", "--role",
                                          "legal",      "--verdict", "approve", "--offline", NULL},
                             *const sending[] = {ASSAY_BINARY, "sync", NULL};
    struct fixture *f = *state;
    need_faults();
    run_and_follow(f, signing, 2); /* the key is asked for; it is said */
    run_and_follow(f, sending, 2);
    assert_int_equal(content_count_records(f), 1);
}

int main(int count, char **arguments)
{
    char path[4096];
    if (count == 3 && strcmp(arguments[1], "--write") == 0)
        return write_file(arguments[2]);
    if (count == 3 && strcmp(arguments[1], "--enter") == 0)
        return enter_scores(arguments[2]);
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    path[size > 0 ? size : 0] = '\0';
    self = path;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_on_the_disk_before_it_counts, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_score_is_on_the_disk_before_the_next_key, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_record_is_on_the_disk_before_it_is_sent, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
