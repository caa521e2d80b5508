/* assay.db and drafts.db damaged, locked, of a newer version, on a full disk, on a medium that cannot be written. The
 * index only ever makes assay slower; a draft is never lost without a word. */
#include "harness/test.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/store/drafts.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"
#define STATE   C "/.git/assay"
#define INDEX   STATE "/assay.db"
#define DRAFTS  STATE "/drafts.db"

enum { ENTRIES = 200, PLACES = 6 };

/* ---- drafts ---- */

static int64_t begin(struct drafts *drafts)
{
    struct error error = ERROR_INIT;
    int64_t draft;
    assert_success(drafts_begin(drafts, SLICE(CONCISE), SLICE("m"), SLICE("lena@example.com"), &draft, &error), error);
    return draft;
}

/* One score; 0, or -1 when it could not be kept. */
static int enter(struct drafts *drafts, int64_t draft, int number, struct error *error)
{
    char name[16];
    snprintf(name, sizeof name, "c%d", number);
    const struct drafts_entry entry = {.kind = DRAFTS_SCORE,
                                       .prompt = SLICE("answer"),
                                       .case_id = slice_of(name),
                                       .name = SLICE("clarity"),
                                       .value = 4,
                                       .text = SLICE("")};
    return drafts_apply(drafts, draft, &entry, 1, true, error);
}

static void enter_all(struct fixture *f)
{
    struct drafts *drafts;
    struct error error = ERROR_INIT;
    assert_success(drafts_open(fixture_path(f, STATE), &drafts, NULL, &error), error);
    const int64_t draft = begin(drafts);
    for (int i = 0; i < ENTRIES; i++)
        assert_success(enter(drafts, draft, i, &error), error);
    drafts_close(drafts);
}

static size_t count_entries(struct fixture *f)
{
    struct drafts *drafts;
    struct drafts_entries entries = {.count = 0};
    struct error error = ERROR_INIT;
    assert_success(drafts_open(fixture_path(f, STATE), &drafts, NULL, &error), error);
    assert_success(drafts_load(drafts, begin(drafts), &entries, &error), error);
    const size_t count = entries.count;
    drafts_entries_clear(&entries);
    drafts_close(drafts);
    return count;
}

/* ---- a clone with an index, a draft and a record that waits ---- */

static int setup(void **state)
{
    if (review_setup(state) != 0)
        return -1;
    struct fixture *f = *state;
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    enter_all(f);
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    assert_int_equal(fixture_run(f, NULL, "cp", "-a", STATE, "kept", NULL), 0);
    return 0;
}

static void restore(struct fixture *f)
{
    assert_int_equal(fixture_run(f, NULL, "sh", "-c", "rm -rf " STATE " && cp -a kept " STATE, NULL), 0);
}

static void works(struct fixture *f, const char *where)
{
    static const char *const commands[][4] = {
        {"queue"}, {"show", CONCISE}, {"log"}, {"gate", "--offline", CONCISE}, {"verify", "--offline"}, {"sync"}};
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        const char *const *words = commands[i];
        const int code = fixture_assay(f, C, words[0], words[1], words[1] ? words[2] : NULL, NULL);
        const int expected = strcmp(words[0], "gate") == 0 ? 1 : 0; /* ana did not sign */
        if (code != expected)
            fail_msg("%s: %s ended with %d: %s%s", where, words[0], code, f->result.output.data, f->result.errors.data);
    }
}

/* The same numbers at each run. */
static unsigned draw(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

struct damage {
    const char *name;
    void (*apply)(struct fixture *f, const char *path, unsigned *seed);
};

static void flip(struct fixture *f, const char *path, unsigned *seed)
{
    struct slice bytes = fixture_read(f, path);
    char *copy = arena_alloc(&f->arena, bytes.size);
    memcpy(copy, bytes.data, bytes.size);
    for (int i = 0; i < 64; i++)
        copy[draw(seed) % bytes.size] ^= (char)(1u << draw(seed) % 8);
    fixture_write(f, path, slice_make(copy, bytes.size));
}

static void overwrite_page(struct fixture *f, const char *path, unsigned *seed)
{
    struct slice bytes = fixture_read(f, path);
    char *copy = arena_alloc(&f->arena, bytes.size);
    memcpy(copy, bytes.data, bytes.size);
    memset(copy + draw(seed) % (bytes.size / 4096) * 4096, 0xa5, 4096);
    fixture_write(f, path, slice_make(copy, bytes.size));
}

static void cut_short(struct fixture *f, const char *path, unsigned *seed)
{
    struct slice bytes = fixture_read(f, path);
    fixture_write(f, path, slice_part(bytes, 0, draw(seed) % bytes.size));
}

static void empty(struct fixture *f, const char *path, unsigned *seed)
{
    (void)seed;
    fixture_write_text(f, path, "");
}

static void write_text(struct fixture *f, const char *path, unsigned *seed)
{
    (void)seed;
    fixture_write_text(f, path, "Dear diary, this is not a database.\n");
}

static const struct damage damages[] = {{"flipped bits", flip},
                                        {"an overwritten page", overwrite_page},
                                        {"a truncated file", cut_short},
                                        {"an empty file", empty},
                                        {"a text file", write_text}};

static size_t lines_of_errors(const struct fixture *f)
{
    struct slice rest = str_slice(&f->result.errors), line;
    size_t count = 0;
    while (slice_cut_line(&rest, &line))
        count++;
    return count;
}

static void a_damaged_index_only_makes_it_slower(void **state)
{
    struct fixture *f = *state;
    unsigned seed = 7;
    for (size_t i = 0; i < ARRAY_COUNT(damages) * PLACES; i++) {
        const struct damage *damage = &damages[i % ARRAY_COUNT(damages)];
        if (i >= ARRAY_COUNT(damages) && damage->apply == empty)
            continue;
        restore(f);
        damage->apply(f, INDEX, &seed);
        if (fixture_assay(f, C, "queue", NULL) != 0 || lines_of_errors(f) > 1)
            fail_msg("%s: %s%s", damage->name, f->result.output.data, f->result.errors.data);
        if (i < ARRAY_COUNT(damages))
            works(f, damage->name);
        if (fixture_assay(f, C, "queue", NULL) != 0 || lines_of_errors(f) > 0)
            fail_msg("%s: it did not heal: %s", damage->name, f->result.errors.data);
    }
    assert_int_equal(count_entries(f), ENTRIES);
}

static void a_damaged_draft_is_never_lost_without_a_word(void **state)
{
    struct fixture *f = *state;
    unsigned seed = 11;
    for (size_t i = 0; i < ARRAY_COUNT(damages) * PLACES; i++) {
        const struct damage *damage = &damages[i % ARRAY_COUNT(damages)];
        restore(f);
        damage->apply(f, DRAFTS, &seed);
        if (fixture_assay(f, C, "sync", NULL) != 0)
            fail_msg("%s: %s", damage->name, f->result.errors.data);
        const bool told = strstr(f->result.errors.data, "drafts.db was ") != NULL;
        const size_t left = count_entries(f);
        if (left < ENTRIES && !told)
            fail_msg("%s: %zu of %d entries are left, and nobody was told", damage->name, left, ENTRIES);
        if (i < ARRAY_COUNT(damages))
            works(f, damage->name);
    }
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 1,");
}

/* ---- versions and locks ---- */

static void run_sql(struct fixture *f, const char *path, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(fixture_path(f, path), &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void a_newer_index_is_left_alone(void **state)
{
    struct fixture *f = *state;
    run_sql(f, INDEX, "PRAGMA user_version = 9000");
    works(f, "a newer index");
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    review_complained(f, "newer assay");
    assert_int_equal(lines_of_errors(f), 1);
}

static void newer_drafts_are_left_alone(void **state)
{
    struct fixture *f = *state;
    run_sql(f, DRAFTS, "PRAGMA user_version = 9000");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_complained(f, "update assay");
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    run_sql(f, DRAFTS, "PRAGMA user_version = 1");
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
}

static sqlite3 *lock(struct fixture *f, const char *path)
{
    sqlite3 *holder;
    assert_int_equal(sqlite3_open(fixture_path(f, path), &holder), SQLITE_OK);
    assert_int_equal(sqlite3_exec(holder, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL, NULL),
                     SQLITE_OK);
    return holder;
}

static void a_locked_index_only_makes_it_slower(void **state)
{
    struct fixture *f = *state;
    sqlite3 *holder = lock(f, INDEX);
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    review_complained(f, "Working without the index");
    assert_int_equal(lines_of_errors(f), 1);
    sqlite3_close(holder);
}

static void locked_drafts_say_who_to_wait_for(void **state)
{
    struct fixture *f = *state;
    sqlite3 *holder = lock(f, DRAFTS);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_complained(f, "another assay holds it");
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    sqlite3_close(holder);
    assert_int_equal(count_entries(f), ENTRIES);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
}

/* ---- a small disk ---- */

static bool mount_disk(struct fixture *f, const char *size)
{
    struct error error = ERROR_INIT;
    assert_success(file_make_folders(fixture_path(f, "disk"), 0755, &error), error);
    return mount("none", fixture_path(f, "disk"), "tmpfs", 0, size) == 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    umount2(fixture_path(f, "disk"), MNT_DETACH);
    return fixture_teardown(state);
}

static void fill(struct fixture *f, int kilobytes_left)
{
    assert_int_equal(fixture_run(f, NULL, "sh", "-c",
                                 fixture_text(f,
                                              "cat /dev/zero >disk/filler 2>/dev/null; "
                                              "truncate -s -%dK disk/filler",
                                              kilobytes_left),
                                 NULL),
                     0);
}

static void a_full_disk_loses_and_doubles_nothing(void **state)
{
    static const int left[] = {0, 4, 12, 40, 64, 88, 108, 120, 132, 160};
    struct fixture *f = *state;
    if (!mount_disk(f, "size=3m"))
        skip();
    for (size_t i = 0; i < ARRAY_COUNT(left); i++) {
        assert_int_equal(fixture_run(f, NULL, "sh", "-c",
                                     "rm -rf disk/* && cp -a clone disk && rm -rf disk/clone/.git/hooks "
                                     "disk/clone/.git/assay && git -C disk/clone update-ref -d refs/assay/pending && "
                                     "git -C origin.git update-ref -d refs/heads/assay/log",
                                     NULL),
                         0);
        fill(f, left[i]);
        const int code = review_sign(f, "disk/clone", "lena", CONCISE, "assistant", "legal", "approve", NULL);
        if (code != 0 && code != 4)
            fail_msg("%d KiB left: exit %d: %s", left[i], code, f->result.errors.data);
        if (code == 4 && !strstr(f->result.errors.data, "disk") && !strstr(f->result.errors.data, "space"))
            fail_msg("%d KiB left: no word of the disk: %s", left[i], f->result.errors.data);
        if (test_is_large())
            fprintf(stderr, "# %d KiB left: %d %s\n", left[i], code, f->result.errors.data);
        assert_int_equal(remove(fixture_path(f, "disk/filler")), 0);
        if (fixture_assay(f, "disk/clone", "sync", NULL) != 0)
            fail_msg("%d KiB left: then sync: %s", left[i], f->result.errors.data);
        if (code == 4)
            review_signed(f, "disk/clone", "lena", CONCISE, "assistant", "legal", "approve", NULL);
        assert_int_equal(fixture_assay(f, "disk/clone", "verify", "--json", NULL), 0);
        review_said(f, "\"good\": 1,");
    }
}

static void scores_that_were_kept_survive_a_full_disk(void **state)
{
    struct fixture *f = *state;
    struct drafts *drafts;
    struct error error = ERROR_INIT;
    if (!mount_disk(f, "size=1m"))
        skip();
    assert_success(drafts_open(fixture_path(f, "disk/state"), &drafts, NULL, &error), error);
    const int64_t draft = begin(drafts);
    fill(f, 60);
    int kept = 0;
    while (kept < 10000 && enter(drafts, draft, kept, &error) == 0)
        kept++;
    assert_in_range(kept, 1, 9999);
    assert_non_null(strstr(error.text, "disk"));
    error_clear(&error);
    assert_int_equal(remove(fixture_path(f, "disk/filler")), 0);
    /* The same handle goes on where it was. */
    assert_success(enter(drafts, draft, kept, &error), error);
    drafts_close(drafts);
    struct drafts_entries entries = {.count = 0};
    assert_success(drafts_open(fixture_path(f, "disk/state"), &drafts, NULL, &error), error);
    assert_success(drafts_load(drafts, begin(drafts), &entries, &error), error);
    assert_int_equal(entries.count, kept + 1);
    drafts_entries_clear(&entries);
    drafts_close(drafts);
}

static void a_full_home_and_temporary_folder_do_no_harm(void **state)
{
    struct fixture *f = *state;
    if (!mount_disk(f, "size=1m"))
        skip();
    content_become(f, "lena");
    fixture_write(f, "disk/.gitconfig", fixture_read(f, "home/.gitconfig"));
    fill(f, 0);
    setenv("HOME", fixture_path(f, "disk"), 1);
    setenv("TMPDIR", fixture_path(f, "disk"), 1);
    const int code = fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "legal", "--verdict",
                                   "approve", "--comment", "again", NULL);
    unsetenv("TMPDIR");
    setenv("HOME", f->home, 1);
    if (code != 0)
        fail_msg("exit %d: %s", code, f->result.errors.data);
}

/* As a medium that cannot be written, or somebody else's folder. */
static void what_cannot_be_written_can_be_read(void **state)
{
    static const char *const reads[][3] = {{"queue"}, {"show", CONCISE}, {"log"}, {"verify", "--offline"}};
    struct fixture *f = *state;
    if (!mount_disk(f, "size=8m"))
        skip();
    assert_int_equal(fixture_run(f, NULL, "cp", "-a", C, "disk", NULL), 0);
    assert_int_equal(mount("none", fixture_path(f, "disk"), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m"), 0);
    for (size_t i = 0; i < ARRAY_COUNT(reads); i++) {
        if (fixture_assay(f, "disk/clone", reads[i][0], reads[i][1], NULL) != 0)
            fail_msg("%s: %s", reads[i][0], f->result.errors.data);
        assert_in_range(lines_of_errors(f), 0, 1);
    }
    assert_int_equal(review_sign(f, "disk/clone", "lena", CONCISE, "assistant", "legal", "approve", NULL), 4);
    review_complained(f, "write");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_damaged_index_only_makes_it_slower, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_draft_is_never_lost_without_a_word, setup, teardown),
        cmocka_unit_test_setup_teardown(a_newer_index_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(newer_drafts_are_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_locked_index_only_makes_it_slower, setup, teardown),
        cmocka_unit_test_setup_teardown(locked_drafts_say_who_to_wait_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_loses_and_doubles_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(scores_that_were_kept_survive_a_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_home_and_temporary_folder_do_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_can_be_read, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
