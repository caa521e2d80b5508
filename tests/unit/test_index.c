#include "harness/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/file.h"
#include "assay/store/index.h"

struct world {
    struct str folder, path, note;
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = ERROR_INIT;
    struct str root = STR_INIT;

    str_init(&world->folder);
    str_init(&world->path);
    str_init(&world->note);
    assert_success(file_make_temporary_folder("assay-index", &root, &error), error);
    file_join(&world->folder, root.data, "assay");
    file_join(&world->path, world->folder.data, "assay.db");
    str_clear(&root);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct str root = STR_INIT;

    str_append(&root, slice_part(str_slice(&world->folder), 0, world->folder.size - strlen("/assay")));
    chmod(world->folder.data, 0700);
    assert_success(file_remove_tree(root.data, &error), error);
    str_clear(&root);
    str_clear(&world->folder);
    str_clear(&world->path);
    str_clear(&world->note);
    free(world);
    return 0;
}

static struct oid oid_at(int n)
{
    struct oid oid = {{(unsigned char)(n >> 8), (unsigned char)n, 7}};
    return oid;
}

static struct index *open_quietly(struct world *world)
{
    struct index *index = index_open(world->folder.data, &world->note);
    if (world->note.size)
        fail_msg("unexpected note: %s", world->note.data);
    assert_true(index_usable(index));
    return index;
}

static void facts_stay_across_sessions(void **state)
{
    struct world *world = *state;
    struct oid a = oid_at(1), b = oid_at(2), base;
    struct digest digest = {{9}}, read;
    struct str out = STR_INIT;
    struct stat status;

    struct index *index = open_quietly(world);
    assert_int_equal(stat(world->folder.data, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_false(index_fact(index, "golden/1", &a, &out));
    index_begin(index);
    index_remember(index, "golden/1", &a, slice_make("a\0b", 3));
    index_remember(index, "golden/1", &a, slice_make("c\0d", 3));
    index_remember(index, "outputs/1", &a, (struct slice){0});
    index_remember_merge_base(index, &a, &b, &(struct oid){{0}});
    index_remember_digest(index, &a, &digest);
    index_commit(index);
    index_close(index);

    index = open_quietly(world);
    str_append_text(&out, "+");
    assert_true(index_fact(index, "golden/1", &a, &out));
    assert_int_equal(out.size, 4);
    assert_memory_equal(out.data, "+c\0d", 4);
    assert_true(index_fact(index, "outputs/1", &a, &out));
    assert_false(index_fact(index, "golden/2", &a, &out));
    assert_false(index_fact(index, "golden/1", &b, &out));
    assert_true(index_merge_base(index, &a, &b, &base));
    assert_true(oid_is_none(&base));
    assert_false(index_merge_base(index, &b, &a, &base));
    assert_true(index_digest(index, &a, &read));
    assert_true(digest_equal(&read, &digest));
    assert_false(index_digest(index, &b, &read));
    index_close(index);
    str_clear(&out);
}

static bool append_row(void *context, struct slice bytes)
{
    str_append(context, bytes);
    str_push(context, '|');
    return !slice_is(bytes, "stop");
}

static void a_snapshot_is_replaced_as_a_whole_and_read_in_order(void **state)
{
    struct index *index = open_quietly(*state);
    struct slice first[] = {SLICE("b"), SLICE("a"), SLICE("c")}, second[] = {SLICE("x"), SLICE("stop"), SLICE("z")};
    struct str out = STR_INIT;

    index_save_snapshot(index, SLICE("main"), first, 3);
    index_save_snapshot(index, SLICE("other"), first, 1);
    assert_int_equal(index_snapshot(index, SLICE("main"), append_row, &out), 3);
    assert_string_equal(out.data, "b|a|c|");
    str_reset(&out);
    index_save_snapshot(index, SLICE("main"), second, 3);
    assert_int_equal(index_snapshot(index, SLICE("main"), append_row, &out), 2);
    assert_string_equal(out.data, "x|stop|");
    str_reset(&out);
    assert_int_equal(index_snapshot(index, SLICE("other"), append_row, &out), 1);
    assert_int_equal(index_snapshot(index, SLICE("none"), append_row, &out), 0);
    index_save_snapshot(index, SLICE("main"), NULL, 0);
    assert_int_equal(index_snapshot(index, SLICE("main"), append_row, &out), 0);
    str_clear(&out);
    index_close(index);
}

static bool append_path(void *context, const struct index_record *record)
{
    str_append(context, record->path);
    str_appendf(context, "#%d|", record->record.bytes[1]);
    return true;
}

static void the_log_grows_and_is_listed_by_folder(void **state)
{
    struct world *world = *state;
    struct index *index = open_quietly(world);
    struct oid position = oid_at(5), read;
    struct index_record records[] = {
        {.path = SLICE("r/b%25/1.json"), .record = oid_at(3), .commit = oid_at(5)},
        {.path = SLICE("r/a/2.json"), .record = oid_at(2), .signature = oid_at(9), .commit = oid_at(5)},
        {.path = SLICE("r/a/1.json"), .record = oid_at(1), .commit = oid_at(5)},
        {.path = SLICE("r/ab/1.json"), .record = oid_at(4), .commit = oid_at(5)},
    };
    struct str out = STR_INIT;

    assert_false(index_log_position(index, SLICE("assay/log"), &read));
    index_save_log(index, SLICE("assay/log"), &position, records, 4);
    /* The same again, and a changed file under a path that is known: both stand. */
    struct index_record changed = {.path = SLICE("r/a/1.json"), .record = oid_at(8), .commit = oid_at(6)};
    position = oid_at(6);
    index_save_log(index, SLICE("assay/log"), &position, records, 4);
    index_save_log(index, SLICE("assay/log"), &position, &changed, 1);
    assert_true(index_log_position(index, SLICE("assay/log"), &read));
    assert_true(oid_equal(&read, &position));
    assert_int_equal(index_log_records(index, SLICE("assay/log"), SLICE("r/a/"), append_path, &out), 3);
    assert_string_equal(out.data, "r/a/1.json#1|r/a/1.json#8|r/a/2.json#2|");
    str_reset(&out);
    assert_int_equal(index_log_records(index, SLICE("assay/log"), SLICE("r/b%25/"), append_path, &out), 1);
    assert_int_equal(index_log_records(index, SLICE("assay/log"), SLICE("r/%/"), append_path, &out), 0);
    assert_int_equal(index_log_records(index, SLICE("assay/log"), SLICE(""), append_path, &out), 5);
    assert_int_equal(index_log_records(index, SLICE("other"), SLICE(""), append_path, &out), 0);
    index_forget_log(index, SLICE("assay/log"));
    assert_false(index_log_position(index, SLICE("assay/log"), &read));
    assert_int_equal(index_log_records(index, SLICE("assay/log"), SLICE(""), append_path, &out), 0);
    str_clear(&out);
    index_close(index);
}

static void write_file(const char *path, struct slice bytes)
{
    struct error error = ERROR_INIT;
    assert_success(file_write(path, bytes, 0600, &error), error);
}

static void a_damaged_index_is_built_anew(void **state)
{
    struct world *world = *state;
    struct oid a = oid_at(1);
    struct str out = STR_INIT;

    index_close(open_quietly(world));
    write_file(world->path.data, SLICE("this is no database, it is a sentence that is long enough to be read as one"));
    struct index *index = index_open(world->folder.data, &world->note);
    assert_true(index_usable(index));
    assert_non_null(strstr(world->note.data, "built anew"));
    assert_false(index_fact(index, "golden/1", &a, &out));
    index_remember(index, "golden/1", &a, SLICE("x"));
    assert_true(index_fact(index, "golden/1", &a, &out));
    index_close(index);
    str_clear(&out);
}

static void execute(const char *path, const char *sql)
{
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void an_index_that_cannot_be_used_answers_not_known(void **state, const char *words)
{
    struct world *world = *state;
    struct oid a = oid_at(1), read;
    struct digest digest = {{1}};
    struct slice row = SLICE("row");
    struct str out = STR_INIT;

    struct index *index = index_open(world->folder.data, &world->note);
    assert_false(index_usable(index));
    if (!strstr(world->note.data, words))
        fail_msg("note: %s", world->note.data);
    index_begin(index);
    index_remember(index, "golden/1", &a, SLICE("x"));
    index_remember_digest(index, &a, &digest);
    index_remember_merge_base(index, &a, &a, &a);
    index_save_snapshot(index, SLICE("k"), &row, 1);
    index_save_log(index, SLICE("l"), &a, NULL, 0);
    index_forget_log(index, SLICE("l"));
    index_commit(index);
    assert_false(index_fact(index, "golden/1", &a, &out));
    assert_false(index_digest(index, &a, &digest));
    assert_false(index_merge_base(index, &a, &a, &read));
    assert_false(index_log_position(index, SLICE("l"), &read));
    assert_int_equal(index_snapshot(index, SLICE("k"), append_row, &out), 0);
    assert_int_equal(index_log_records(index, SLICE("l"), SLICE(""), append_path, &out), 0);
    index_close(index);
    str_clear(&out);
}

static void a_newer_index_is_left_alone(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct str before = STR_INIT, after = STR_INIT;

    index_close(open_quietly(world));
    execute(world->path.data, "PRAGMA user_version = 900; PRAGMA journal_mode = DELETE");
    assert_success(file_read(world->path.data, 1 << 20, &before, &error), error);
    an_index_that_cannot_be_used_answers_not_known(state, "newer assay (version 900");
    execute(world->path.data, "PRAGMA journal_mode = DELETE");
    assert_success(file_read(world->path.data, 1 << 20, &after, &error), error);
    execute(world->path.data, "PRAGMA user_version = 1");
    index_close(open_quietly(world));
    assert_int_equal(before.size, after.size);
    str_clear(&before);
    str_clear(&after);
}

static void a_folder_that_cannot_be_written_is_no_index(void **state)
{
    struct world *world = *state;

    /* A file where the folder should be: root may write everywhere else. */
    write_file(world->folder.data, SLICE(""));
    an_index_that_cannot_be_used_answers_not_known(state, "more slowly");
    assert_int_equal(unlink(world->folder.data), 0);
    index_close(open_quietly(world));
}

static void a_folder_in_place_of_the_file_is_no_index(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;

    assert_success(file_make_folders(world->path.data, 0700, &error), error);
    an_index_that_cannot_be_used_answers_not_known(state, "assay.db");
}

static void damage_in_the_middle_is_noticed_when_it_is_read(void **state)
{
    struct world *world = *state;
    struct str out = STR_INIT, big = STR_INIT;

    struct index *index = open_quietly(world);
    str_append_repeat(&big, 'x', 3000);
    index_begin(index);
    for (int i = 0; i < 200; i++) {
        struct oid oid = oid_at(i);
        index_remember(index, "golden/1", &oid, str_slice(&big));
    }
    index_commit(index);
    index_close(index);
    int file = open(world->path.data, O_RDWR);
    assert_true(file >= 0);
    struct stat status;
    assert_int_equal(fstat(file, &status), 0);
    str_reset(&big);
    str_append_repeat(&big, '\xff', 4096);
    for (off_t at = 16 * 4096; at < status.st_size; at += 4096)
        assert_int_equal(pwrite(file, big.data, 4096, at), 4096);
    close(file);
    index = index_open(world->folder.data, &world->note);
    size_t known = 0;
    for (int i = 0; i < 200; i++) {
        struct oid oid = oid_at(i);
        str_reset(&out);
        known += index_fact(index, "golden/1", &oid, &out);
    }
    assert_true(known < 200);
    index_close(index);
    /* It removed itself. */
    index_close(open_quietly(world));
    str_clear(&out);
    str_clear(&big);
}

static void two_processes_write_at_once(void **state)
{
    struct world *world = *state;
    struct str out = STR_INIT;
    int status;

    pid_t child = fork();
    struct index *index = index_open(world->folder.data, NULL);
    for (int i = 0; i < 200; i++) {
        struct oid oid = oid_at(i + (child ? 0 : 1000));
        index_remember(index, "golden/1", &oid, SLICE("x"));
    }
    index_close(index);
    if (!child)
        _exit(0);
    assert_int_equal(waitpid(child, &status, 0), child);
    index = open_quietly(world);
    for (int i = 0; i < 200; i++) {
        struct oid mine = oid_at(i), theirs = oid_at(i + 1000);
        assert_true(index_fact(index, "golden/1", &mine, &out));
        assert_true(index_fact(index, "golden/1", &theirs, &out));
    }
    index_close(index);
    str_clear(&out);
}

static void a_locked_index_loses_writes_and_nothing_else(void **state)
{
    struct world *world = *state;
    struct oid a = oid_at(1), b = oid_at(2);
    struct str out = STR_INIT;
    sqlite3 *holder;

    struct index *index = open_quietly(world);
    index_remember(index, "golden/1", &a, SLICE("x"));
    assert_int_equal(sqlite3_open(world->path.data, &holder), SQLITE_OK);
    assert_int_equal(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    index_begin(index);
    index_remember(index, "golden/1", &b, SLICE("y"));
    index_commit(index);
    assert_true(index_fact(index, "golden/1", &a, &out));
    assert_false(index_fact(index, "golden/1", &b, &out));
    sqlite3_close(holder);
    index_remember(index, "golden/1", &b, SLICE("y"));
    assert_true(index_fact(index, "golden/1", &b, &out));
    index_close(index);
    str_clear(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(facts_stay_across_sessions),
        TEST(a_snapshot_is_replaced_as_a_whole_and_read_in_order),
        TEST(the_log_grows_and_is_listed_by_folder),
        TEST(a_damaged_index_is_built_anew),
        TEST(a_newer_index_is_left_alone),
        TEST(a_folder_that_cannot_be_written_is_no_index),
        TEST(a_folder_in_place_of_the_file_is_no_index),
        TEST(damage_in_the_middle_is_noticed_when_it_is_read),
        TEST(two_processes_write_at_once),
        TEST(a_locked_index_loses_writes_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
