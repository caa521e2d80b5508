#include "harness/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/file.h"
#include "assay/store/drafts.h"

struct world {
    struct str folder, path;
    struct drafts *drafts;
    int64_t draft;
};

static const struct slice change = {"prompt/plain", 12}, module = {"modules/a", 9}, ana = {"ana@acme.example", 16};

static void reopen(struct world *world)
{
    struct error error = ERROR_INIT;
    struct str note = STR_INIT;

    drafts_close(world->drafts);
    assert_success(drafts_open(world->folder.data, &world->drafts, &note, &error), error);
    assert_string_equal(note.data, "");
    assert_success(drafts_begin(world->drafts, change, module, ana, &world->draft, &error), error);
    str_clear(&note);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = ERROR_INIT;

    str_init(&world->folder);
    str_init(&world->path);
    assert_success(file_make_temporary_folder("assay-drafts", &world->folder, &error), error);
    file_join(&world->path, world->folder.data, "drafts.db");
    reopen(world);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;

    drafts_close(world->drafts);
    assert_success(file_remove_tree(world->folder.data, &error), error);
    str_clear(&world->folder);
    str_clear(&world->path);
    free(world);
    return 0;
}

static struct drafts_entry score(const char *case_id, const char *criterion, int value)
{
    return (struct drafts_entry){.kind = DRAFTS_SCORE,
                                 .prompt = SLICE("explain"),
                                 .case_id = slice_of(case_id),
                                 .output = {{1}},
                                 .name = slice_of(criterion),
                                 .value = value};
}

static void apply(struct world *world, const struct drafts_entry *entries, size_t count)
{
    struct error error = ERROR_INIT;
    assert_success(drafts_apply(world->drafts, world->draft, entries, count, true, &error), error);
}

static void apply_one(struct world *world, struct drafts_entry entry)
{
    apply(world, &entry, 1);
}

static void show(struct str *out, const struct drafts_entries *entries)
{
    str_reset(out);
    for (size_t i = 0; i < entries->count; i++) {
        const struct drafts_entry *e = &entries->items[i];
        str_appendf(out, "%d %.*s/%.*s %.*s", (int)e->kind, SLICE_ARG(e->prompt), SLICE_ARG(e->case_id),
                    SLICE_ARG(e->name));
        if (e->removed)
            str_append_text(out, " gone");
        else
            str_appendf(out, "=%lld%s%.*s%s", (long long)e->value, e->text.size ? " " : "", SLICE_ARG(e->text),
                        e->carried ? " carried" : "");
        str_push(out, '\n');
    }
}

static void assert_entries(struct world *world, const char *expected)
{
    struct error error = ERROR_INIT;
    struct drafts_entries entries = {.count = 0};
    struct str out = STR_INIT;

    assert_success(drafts_load(world->drafts, world->draft, &entries, &error), error);
    show(&out, &entries);
    assert_string_equal(out.data, expected);
    str_clear(&out);
    drafts_entries_clear(&entries);
}

static void assert_step(struct world *world,
                        int (*step)(struct drafts *, int64_t, struct drafts_entries *, struct error *),
                        const char *expected)
{
    struct error error = ERROR_INIT;
    struct drafts_entries entries = {.count = 0};
    struct str out = STR_INIT;

    assert_success(step(world->drafts, world->draft, &entries, &error), error);
    show(&out, &entries);
    assert_string_equal(out.data, expected);
    str_clear(&out);
    drafts_entries_clear(&entries);
}

static void entries_of_every_kind_stay(void **state)
{
    struct world *world = *state;
    const struct digest one = {{1}};
    const struct drafts_entry entries[] = {
        score("c1", "tone", 4),
        {DRAFTS_COMMENT, SLICE("explain"), SLICE("c1"), one, SLICE(""), 0, SLICE("too long\nreally"), false, false},
        {DRAFTS_FLAG, SLICE("explain"), SLICE("c1"), one, SLICE("off-brand"), 0, SLICE("\xff not utf-8"), false, false},
        {DRAFTS_TRIAGE, SLICE("explain"), SLICE("c1"), one, SLICE("rouge_l"), 2, SLICE("fine"), false, false},
        {DRAFTS_COMPARISON, SLICE("explain"), SLICE("c1"), one, SLICE("candidate"), 0, SLICE("tie"), false, false},
        {DRAFTS_SEEN, SLICE("explain"), SLICE("c1"), one, SLICE(""), 1, SLICE(""), false, false},
    };
    apply(world, entries, 6);
    reopen(world);
    assert_entries(world, "0 explain/c1 tone=4\n1 explain/c1 =0 too long\nreally\n2 explain/c1 off-brand=0 \xff not "
                          "utf-8\n3 explain/c1 rouge_l=2 fine\n4 explain/c1 candidate=0 tie\n5 explain/c1 =1\n");
}

static void the_same_key_again_replaces_and_removal_removes(void **state)
{
    struct world *world = *state;
    struct drafts_entry other = score("c1", "tone", 2), gone = score("c1", "clarity", 0);

    other.output.bytes[0] = 2; /* the same case with another output: another entry */
    apply_one(world, score("c1", "tone", 4));
    apply_one(world, score("c1", "tone", 5));
    apply_one(world, score("c1", "clarity", 1));
    apply_one(world, other);
    gone.removed = true;
    apply_one(world, gone);
    assert_entries(world, "0 explain/c1 tone=5\n0 explain/c1 tone=2\n");
}

static void undo_and_redo_go_by_key_press_and_across_sessions(void **state)
{
    struct world *world = *state;
    struct drafts_entry both[] = {score("c2", "tone", 1), score("c2", "clarity", 2)};

    apply_one(world, score("c1", "tone", 4));
    apply_one(world, score("c1", "tone", 4)); /* changes nothing: no step */
    apply_one(world, score("c1", "tone", 5));
    apply(world, both, 2);
    reopen(world);
    assert_step(world, drafts_undo, "0 explain/c2 clarity gone\n0 explain/c2 tone gone\n");
    assert_step(world, drafts_undo, "0 explain/c1 tone=4\n");
    reopen(world);
    assert_step(world, drafts_undo, "0 explain/c1 tone gone\n");
    assert_step(world, drafts_undo, "");
    assert_entries(world, "");
    assert_step(world, drafts_redo, "0 explain/c1 tone=4\n");
    assert_step(world, drafts_redo, "0 explain/c1 tone=5\n");
    assert_step(world, drafts_redo, "0 explain/c2 tone=1\n0 explain/c2 clarity=2\n");
    assert_step(world, drafts_redo, "");
    /* A new key after an undo: what was undone is out of reach. */
    assert_step(world, drafts_undo, "0 explain/c2 clarity gone\n0 explain/c2 tone gone\n");
    apply_one(world, score("c3", "tone", 3));
    assert_step(world, drafts_redo, "");
    assert_step(world, drafts_undo, "0 explain/c3 tone gone\n");
    assert_entries(world, "0 explain/c1 tone=5\n");
}

static void seeing_a_case_is_no_step(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct drafts_entry seen = score("c1", "", 1);

    seen.kind = DRAFTS_SEEN;
    apply_one(world, score("c1", "tone", 4));
    assert_success(drafts_apply(world->drafts, world->draft, &seen, 1, false, &error), error);
    assert_step(world, drafts_undo, "0 explain/c1 tone gone\n");
    assert_entries(world, "5 explain/c1 =1\n");
    /* And it does not cut what can be done again. */
    seen.case_id = SLICE("c2");
    assert_success(drafts_apply(world->drafts, world->draft, &seen, 1, false, &error), error);
    assert_step(world, drafts_redo, "0 explain/c1 tone=4\n");
}

static void the_place_and_half_typed_text_stay(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct arena arena = ARENA_INIT;
    struct drafts_place place = {.prompt = SLICE("explain"),
                                 .case_id = SLICE("c7"),
                                 .criterion = SLICE("tone"),
                                 .scroll = 120,
                                 .typing = SLICE("this is n"),
                                 .typing_what = SLICE("comment"),
                                 .seed = 42};
    assert_success(drafts_set_place(world->drafts, world->draft, &place, &error), error);
    reopen(world);
    place = (struct drafts_place){.scroll = 0};
    assert_success(drafts_place(world->drafts, world->draft, &arena, &place, &error), error);
    assert_slice(place.prompt, "explain");
    assert_slice(place.case_id, "c7");
    assert_slice(place.criterion, "tone");
    assert_int_equal(place.scroll, 120);
    assert_slice(place.typing, "this is n");
    assert_slice(place.typing_what, "comment");
    assert_int_equal(place.seed, 42);
    arena_clear(&arena);
}

static void verdicts_carry_over_to_the_same_output(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct drafts_entries entries = {.count = 0};
    struct str out = STR_INIT;
    const struct digest same = {{1}}, other = {{2}}, none = {{0}};
    struct drafts_entry comment = score("c1", "", 0);
    int64_t next, foreign;

    comment.kind = DRAFTS_COMMENT;
    comment.text = SLICE("good");
    apply_one(world, score("c1", "tone", 4));
    apply_one(world, comment);
    apply_one(world, score("c2", "tone", 1));
    assert_success(drafts_submitted(world->drafts, world->draft, &same, &error), error);
    assert_success(drafts_submitted(world->drafts, world->draft, &other, &error), error);
    assert_success(drafts_begin(world->drafts, SLICE("prompt/other"), module, ana, &next, &error), error);
    assert_int_not_equal(next, world->draft);
    assert_success(drafts_recall(world->drafts, next, SLICE("explain"), SLICE("c1"), &same, &entries, &error), error);
    show(&out, &entries);
    assert_string_equal(out.data, "0 explain/c1 tone=4 carried\n1 explain/c1 =0 good carried\n");
    size_t count = entries.count;
    assert_success(drafts_recall(world->drafts, next, SLICE("explain"), SLICE("c1"), &other, &entries, &error), error);
    assert_success(drafts_recall(world->drafts, next, SLICE("explain"), SLICE("c3"), &same, &entries, &error), error);
    assert_success(drafts_recall(world->drafts, next, SLICE("other"), SLICE("c1"), &same, &entries, &error), error);
    assert_success(drafts_recall(world->drafts, next, SLICE("explain"), SLICE("c1"), &none, &entries, &error), error);
    /* Never from another person or another module. */
    assert_success(drafts_begin(world->drafts, change, module, SLICE("bob@acme.example"), &foreign, &error), error);
    assert_success(drafts_recall(world->drafts, foreign, SLICE("explain"), SLICE("c1"), &same, &entries, &error),
                   error);
    assert_success(drafts_begin(world->drafts, change, SLICE("modules/b"), ana, &foreign, &error), error);
    assert_success(drafts_recall(world->drafts, foreign, SLICE("explain"), SLICE("c1"), &same, &entries, &error),
                   error);
    assert_int_equal(entries.count, count);
    str_clear(&out);
    drafts_entries_clear(&entries);
}

static void a_signed_draft_is_closed_and_the_next_one_is_new(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct digest record = {{7}};
    struct drafts_entry entry = score("c1", "tone", 5);
    int64_t found, before = world->draft;

    apply_one(world, entry);
    assert_success(drafts_submitted(world->drafts, before, &record, &error), error);
    assert_failure(drafts_apply(world->drafts, before, &entry, 1, true, &error), error, ERROR_ENVIRONMENT, "signed");
    assert_success(drafts_find(world->drafts, change, module, ana, &found, &error), error);
    assert_int_equal(found, 0);
    reopen(world);
    assert_int_not_equal(world->draft, before);
    assert_entries(world, "");
}

static void open_drafts_are_listed_newest_first(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct arena arena = ARENA_INIT;
    struct drafts_summary *list;
    size_t count;
    int64_t second, empty;
    struct drafts_entry entry = score("c1", "tone", 5);

    apply_one(world, score("c1", "tone", 5));
    apply_one(world, score("c1", "clarity", 5));
    apply_one(world, score("c2", "clarity", 5));
    assert_success(drafts_begin(world->drafts, SLICE("prompt/b"), module, ana, &second, &error), error);
    assert_success(drafts_apply(world->drafts, second, &entry, 1, true, &error), error);
    assert_success(drafts_begin(world->drafts, SLICE("prompt/c"), module, ana, &empty, &error), error);
    assert_success(drafts_list(world->drafts, ana, &arena, &list, &count, &error), error);
    assert_int_equal(count, 2);
    assert_slice(list[0].change, "prompt/b");
    assert_slice(list[1].change, "prompt/plain");
    assert_int_equal(list[1].scores, 2);
    assert_int_equal(list[1].cases_seen, 0);
    assert_success(drafts_list(world->drafts, SLICE("bob"), &arena, &list, &count, &error), error);
    assert_int_equal(count, 0);
    arena_clear(&arena);
}

/* A child that saves scores and says so after each; killed at an unforeseen moment. */
static void save_and_tell(const char *folder, int pipe_end)
{
    struct error error = ERROR_INIT;
    struct drafts *drafts;
    int64_t draft;
    char name[32];

    if (drafts_open(folder, &drafts, NULL, &error) || drafts_begin(drafts, change, module, ana, &draft, &error))
        _exit(1);
    for (int i = 0;; i++) {
        snprintf(name, sizeof name, "k%06d", i);
        struct drafts_entry both[] = {score(name, "tone", 3), score(name, "clarity", 4)};
        if (drafts_apply(drafts, draft, both, 2, true, &error) || write(pipe_end, "+", 1) != 1)
            _exit(1);
    }
}

static void nothing_confirmed_is_lost_by_kill(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    int ends[2], status;
    char byte;

    drafts_close(world->drafts);
    world->drafts = NULL;
    for (int round = 0; round < 5; round++) {
        size_t confirmed = 0, after;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (!child)
            save_and_tell(world->folder.data, ends[1]);
        close(ends[1]);
        for (int i = 0; i < 40 + round * 7; i++) {
            assert_int_equal(read(ends[0], &byte, 1), 1);
            confirmed++;
        }
        kill(child, SIGKILL);
        while (read(ends[0], &byte, 1) == 1)
            confirmed++;
        close(ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));

        struct drafts_entries entries = {.count = 0};
        reopen(world);
        assert_success(drafts_load(world->drafts, world->draft, &entries, &error), error);
        after = entries.count;
        /* Whole key presses only; the one under way may have made it. */
        assert_int_equal(after % 2, 0);
        assert_true(after / 2 >= confirmed);
        assert_true(round > 0 || after / 2 <= confirmed + 1);
        drafts_entries_clear(&entries);
        drafts_close(world->drafts);
        world->drafts = NULL;
    }
}

static void two_processes_share_a_draft(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct drafts_entries entries = {.count = 0};
    char name[32];
    int status;

    drafts_close(world->drafts);
    world->drafts = NULL;
    pid_t child = fork();
    bool failed = drafts_open(world->folder.data, &world->drafts, NULL, &error) != 0 ||
                  drafts_begin(world->drafts, change, module, ana, &world->draft, &error) != 0;
    for (int i = 0; i < 100 && !failed; i++) {
        snprintf(name, sizeof name, "%s%d", child ? "parent" : "child", i);
        struct drafts_entry entry = score(name, "tone", 3);
        failed = drafts_apply(world->drafts, world->draft, &entry, 1, true, &error) != 0;
    }
    if (!child)
        _exit(failed);
    assert_false(failed);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_success(drafts_load(world->drafts, world->draft, &entries, &error), error);
    assert_int_equal(entries.count, 200);
    drafts_entries_clear(&entries);
}

static size_t count_files(const char *folder, const char *part)
{
    DIR *directory = opendir(folder);
    size_t count = 0;

    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        count += strstr(entry->d_name, part) != NULL;
    closedir(directory);
    return count;
}

/* 600 entries; then three pages in the middle of the file are overwritten, of some forty. */
static void enter_and_damage(struct world *world)
{
    struct str junk = STR_INIT;
    struct stat status;
    char name[32];

    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof name, "case-%04d", i);
        apply_one(world, score(name, "tone", i % 5));
    }
    reopen(world); /* all of it is in the file */
    int file = open(world->path.data, O_RDWR);
    assert_true(file >= 0 && fstat(file, &status) == 0);
    off_t pages = status.st_size / 4096;
    str_append_repeat(&junk, '\xee', 4096);
    for (off_t page = pages / 2; page < pages / 2 + 3; page++)
        assert_int_equal(pwrite(file, junk.data, 4096, page * 4096), 4096);
    close(file);
    str_clear(&junk);
}

static void a_damaged_file_is_kept_aside_and_salvaged(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct drafts_entries entries = {.count = 0};
    struct str note = STR_INIT;

    enter_and_damage(world);
    drafts_close(world->drafts);
    world->drafts = NULL;
    assert_success(drafts_open(world->folder.data, &world->drafts, &note, &error), error);
    if (!strstr(note.data, "was damaged") || !strstr(note.data, "drafts.db.damaged-"))
        fail_msg("note: %s", note.data);
    assert_true(count_files(world->folder.data, "drafts.db.damaged-") >= 1);
    assert_success(drafts_begin(world->drafts, change, module, ana, &world->draft, &error), error);
    assert_success(drafts_load(world->drafts, world->draft, &entries, &error), error);
    if (entries.count < 300)
        fail_msg("%zu of 600 entries were salvaged", entries.count);
    drafts_entries_clear(&entries);
    reopen(world);
    str_clear(&note);
}

/* As a console that is open while a command finds the damage: what is entered afterwards is in the new file. */
static void who_has_it_open_follows_a_repair(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct drafts_entries entries = {.count = 0};
    struct drafts *other = NULL;
    struct str note = STR_INIT;
    int64_t draft;

    enter_and_damage(world);
    assert_success(drafts_open(world->folder.data, &other, &note, &error), error);
    assert_non_null(strstr(note.data, "was damaged"));

    apply_one(world, score("after", "tone", 4));
    assert_success(drafts_begin(other, change, module, ana, &draft, &error), error);
    assert_int_equal(draft, world->draft);
    assert_success(drafts_load(other, draft, &entries, &error), error);
    bool found = false;
    for (size_t i = 0; i < entries.count; i++)
        found = found || slice_is(entries.items[i].case_id, "after");
    assert_true(found);
    assert_true(entries.count > 300);
    drafts_entries_clear(&entries);
    drafts_close(other);
    reopen(world); /* the new file is whole, whoever closed the old one */
    str_clear(&note);
}

static void a_file_that_is_no_database_is_kept_aside(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct str note = STR_INIT;

    for (int round = 0; round < 2; round++) {
        drafts_close(world->drafts);
        world->drafts = NULL;
        assert_success(file_write(world->path.data,
                                  SLICE("not a database at all, but long enough to be taken for one by its size"), 0600,
                                  &error),
                       error);
        assert_success(drafts_open(world->folder.data, &world->drafts, &note, &error), error);
        assert_non_null(strstr(note.data, "0 rows"));
    }
    assert_int_equal(count_files(world->folder.data, ".damaged-"), 2);
    str_clear(&note);
}

static void a_newer_file_is_refused_and_left_alone(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    sqlite3 *handle;

    apply_one(world, score("c1", "tone", 5));
    drafts_close(world->drafts);
    world->drafts = NULL;
    assert_int_equal(sqlite3_open(world->path.data, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "PRAGMA user_version = 77", NULL, NULL, NULL), SQLITE_OK);
    assert_failure(drafts_open(world->folder.data, &world->drafts, NULL, &error), error, ERROR_ENVIRONMENT,
                   "newer assay (version 77");
    assert_null(world->drafts);
    assert_int_equal(sqlite3_exec(handle, "PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    reopen(world);
    assert_entries(world, "0 explain/c1 tone=5\n");
}

static void deleting_the_index_keeps_the_drafts(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct str index = STR_INIT;

    apply_one(world, score("c1", "tone", 5));
    file_join(&index, world->folder.data, "assay.db");
    assert_success(file_remove(index.data, &error), error);
    reopen(world);
    assert_entries(world, "0 explain/c1 tone=5\n");
    str_clear(&index);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entries_of_every_kind_stay),
        TEST(the_same_key_again_replaces_and_removal_removes),
        TEST(undo_and_redo_go_by_key_press_and_across_sessions),
        TEST(seeing_a_case_is_no_step),
        TEST(the_place_and_half_typed_text_stay),
        TEST(verdicts_carry_over_to_the_same_output),
        TEST(a_signed_draft_is_closed_and_the_next_one_is_new),
        TEST(open_drafts_are_listed_newest_first),
        TEST(nothing_confirmed_is_lost_by_kill),
        TEST(two_processes_share_a_draft),
        TEST(a_damaged_file_is_kept_aside_and_salvaged),
        TEST(who_has_it_open_follows_a_repair),
        TEST(a_file_that_is_no_database_is_kept_aside),
        TEST(a_newer_file_is_refused_and_left_alone),
        TEST(deleting_the_index_keeps_the_drafts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
