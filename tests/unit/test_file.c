#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "harness/fixture.h"

static void reading_up_to_the_limit(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct str out = STR_INIT;
    str_append_text(&out, "before ");
    fixture_write_text(f, "five", "12345");
    const char *path = fixture_path(f, "five");
    assert_success(file_read(path, 5, &out, &error), error);
    assert_slice(str_slice(&out), "before 12345");
    assert_failure(file_read(path, 4, &out, &error), error, ERROR_INPUT, "the limit is 4");
    assert_slice(str_slice(&out), "before 12345");
    fixture_write_text(f, "none", "");
    assert_success(file_read(fixture_path(f, "none"), 0, &out, &error), error);
    assert_slice(str_slice(&out), "before 12345");
    str_clear(&out);
}

static void large_files_are_read_whole(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct str bytes = STR_INIT;
    for (uint32_t i = 0; i < 1000000; i++)
        str_append(&bytes, slice_make((const char *)&i, sizeof i));
    fixture_write(f, "large", str_slice(&bytes));
    struct str out = STR_INIT;
    assert_success(file_read(fixture_path(f, "large"), SIZE_MAX, &out, &error), error);
    assert_true(slice_equal(str_slice(&out), str_slice(&bytes)));
    str_clear(&out);
    str_clear(&bytes);
}

/* Files of /proc say that they have no bytes: the limit must hold for what comes, not for what is said. */
static void limit_holds_where_the_size_is_a_lie(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct str out = STR_INIT;
    if (!file_exists("/proc/self/status"))
        skip();
    assert_success(file_read("/proc/self/status", 1 << 20, &out, &error), error);
    assert_true(out.size > 100);
    assert_failure(file_read("/proc/self/status", 100, &out, &error), error, ERROR_INPUT, "limit of 100 bytes");
    str_clear(&out);
}

static void only_regular_files_are_read(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct str out = STR_INIT;
    const char *fifo = fixture_path(f, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_failure(file_read(fifo, 100, &out, &error), error, ERROR_INPUT, "not a regular file");
    assert_failure(file_read(f->root, 100, &out, &error), error, ERROR_INPUT, "not a regular file");
    assert_failure(file_read("/dev/zero", 100, &out, &error), error, ERROR_INPUT, "not a regular file");
    assert_failure(file_read(fixture_path(f, "missing"), 100, &out, &error), error, ERROR_ENVIRONMENT, "No such file");
    str_clear(&out);
}

static size_t entries_of(struct fixture *f, const char *folder)
{
    assert_int_equal(fixture_run(f, folder, "ls", "-A", NULL), 0);
    size_t count = 0;
    struct slice rest = str_slice(&f->result.output);
    struct slice line;
    while (slice_cut_line(&rest, &line))
        count++;
    return count;
}

static void writing_replaces_at_once(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    fixture_write_text(f, "folder/file", "old");
    const char *path = fixture_path(f, "folder/file");
    assert_success(file_write(path, SLICE("n\0w"), 0640, &error), error);
    assert_true(slice_equal(fixture_read(f, path), SLICE("n\0w")));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_success(file_write(fixture_path(f, "folder/new"), slice_of(NULL), 0600, &error), error);
    assert_int_equal(fixture_read(f, "folder/new").size, 0);
    assert_int_equal(entries_of(f, "folder"), 2);
    assert_failure(file_write(fixture_path(f, "no/such/folder"), SLICE("x"), 0600, &error), error, ERROR_ENVIRONMENT,
                   "cannot be created");
    assert_failure(file_write(fixture_path(f, "folder"), SLICE("x"), 0600, &error), error, ERROR_ENVIRONMENT,
                   "not a regular file");
    assert_failure(file_write("/dev/full", SLICE("x"), 0600, &error), error, ERROR_ENVIRONMENT, "not a regular file");
}

/* A name without a folder lies in the current one. */
static void names_without_folder(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    assert_int_equal(chdir(f->root), 0);
    assert_success(file_write("plain", SLICE("x"), 0600, &error), error);
    assert_slice(fixture_read(f, "plain"), "x");
    assert_int_equal(chdir("/"), 0);
}

/* A write that stops half-way (a limit stands for a full disk) leaves the old bytes and no litter. */
static void failed_write_leaves_the_old_file(void **state)
{
    struct fixture *f = *state;
    fixture_write_text(f, "folder/file", "old");
    const char *path = fixture_path(f, "folder/file");
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 1000, .rlim_max = 1000});
        static char bytes[100000];
        struct error error = ERROR_INIT;
        bool failed = file_write(path, slice_make(bytes, sizeof bytes), 0600, &error) == -1;
        _exit(failed && error.kind == ERROR_ENVIRONMENT && strstr(error.text, strerror(EFBIG)) ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_slice(fixture_read(f, path), "old");
    assert_int_equal(entries_of(f, "folder"), 1);
}

static void folders_are_made(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    assert_success(file_make_folders(fixture_path(f, "a//b/c/"), 0700, &error), error);
    assert_success(file_make_folders(fixture_path(f, "a/b/c"), 0700, &error), error);
    assert_true(file_is_folder(fixture_path(f, "a/b/c")));
    assert_success(file_make_folders("/", 0700, &error), error);
    assert_success(file_make_folders("", 0700, &error), error);
    fixture_write_text(f, "a/file", "x");
    assert_failure(file_make_folders(fixture_path(f, "a/file/b"), 0700, &error), error, ERROR_ENVIRONMENT,
                   "Not a directory");
    assert_failure(file_make_folders(fixture_path(f, "a/file"), 0700, &error), error, ERROR_ENVIRONMENT,
                   "Not a directory");
    assert_false(file_is_folder(fixture_path(f, "a/file")));
    assert_true(file_exists(fixture_path(f, "a/file")));
    assert_false(file_exists(fixture_path(f, "a/nothing")));
}

static void removing_follows_no_symlink(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    fixture_write_text(f, "kept/file", "x");
    fixture_write_text(f, "tree/a/b/c", "x");
    fixture_write_text(f, "tree/a/.hidden", "x");
    assert_int_equal(symlink(fixture_path(f, "kept"), fixture_path(f, "tree/a/link")), 0);
    assert_int_equal(symlink("dangling", fixture_path(f, "tree/dangling")), 0);
    assert_success(file_remove_tree(fixture_path(f, "tree"), &error), error);
    assert_false(file_exists(fixture_path(f, "tree")));
    assert_true(file_exists(fixture_path(f, "kept/file")));
    assert_int_equal(symlink(fixture_path(f, "kept"), fixture_path(f, "link")), 0);
    assert_success(file_remove_tree(fixture_path(f, "link"), &error), error);
    assert_true(file_exists(fixture_path(f, "kept/file")));
    assert_success(file_remove_tree(fixture_path(f, "tree"), &error), error);
    assert_success(file_remove_tree(fixture_path(f, "kept/file"), &error), error);
    assert_success(file_remove(fixture_path(f, "kept/file"), &error), error);
    assert_failure(file_remove(fixture_path(f, "kept"), &error), error, ERROR_ENVIRONMENT, "cannot be removed");
}

static const char *temporary;
static const char *variable(const char *name)
{
    return strcmp(name, "TMPDIR") == 0 ? temporary : NULL;
}

static void temporary_folders_are_private(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct str path = STR_INIT;
    const struct env env = {.variable = variable};
    env_replace(&env);
    temporary = f->root;
    assert_success(file_make_temporary_folder("x", &path, &error), error);
    struct stat status;
    assert_int_equal(stat(path.data, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_true(slice_starts_with(str_slice(&path), slice_of(fixture_path(f, "x."))));
    temporary = fixture_path(f, "missing");
    assert_failure(file_make_temporary_folder("x", &path, &error), error, ERROR_ENVIRONMENT, "cannot be made");
    temporary = "";
    str_reset(&path);
    assert_success(file_make_temporary_folder("assay-test", &path, &error), error);
    assert_true(slice_starts_with(str_slice(&path), SLICE("/tmp/assay-test.")));
    assert_success(file_remove_tree(path.data, &error), error);
    env_replace(NULL);
    str_clear(&path);
}

static void paths_are_joined(void **state)
{
    (void)state;
    static const char *const joins[][3] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"},
                                           {"a", "/b", "/b"}, {"/", "b", "/b"},   {"a", "", "a/"}};
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        struct str path = STR_INIT;
        file_join(&path, joins[i][0], joins[i][1]);
        assert_string_equal(path.data, joins[i][2]);
        str_clear(&path);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reading_up_to_the_limit),
        TEST(large_files_are_read_whole),
        TEST(limit_holds_where_the_size_is_a_lie),
        TEST(only_regular_files_are_read),
        TEST(writing_replaces_at_once),
        TEST(names_without_folder),
        TEST(failed_write_leaves_the_old_file),
        TEST(folders_are_made),
        TEST(removing_follows_no_symlink),
        TEST(temporary_folders_are_private),
        TEST(paths_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
