/* One person at two programs, or at two clones, at the same moment: real processes, and the chain of that person's
 * records as the remote has it afterwards. */
#include "harness/test.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "assay/base/array.h"
#include "assay/model/record.h"
#include "assay/store/turn.h"
#include "harness/review.h"
#include "harness/sitting.h"

#define C       CONTENT_CLONE
#define OTHER   "other"
#define CONCISE "prompt/concise"
#define VERBOSE "prompt/verbose"
#define LENA    "lena@example.com"

enum { RECORDS_MAX = 32, TOGETHER = 6 };

static int setup(void **state)
{
    if (review_setup(state) != 0)
        return -1;
    content_become(*state, "lena");
    return 0;
}

/* ---- the chain ---- */

struct chained {
    struct digest name;
    struct record record;
};

struct chained_records {
    struct chained items[RECORDS_MAX];
    size_t count;
};

static int by_sequence(const void *a, const void *b)
{
    const struct chained *x = a, *y = b;
    return x->record.seq < y->record.seq ? -1 : x->record.seq > y->record.seq;
}

/* Those of one person in the origin's log, by their numbers. */
static void read_records(struct fixture *f, const char *person, struct chained_records *all)
{
    const char *list =
        fixture_git_output(f, CONTENT_ORIGIN, "ls-tree", "-r", "--name-only", "refs/heads/assay/log", NULL);
    struct slice rest = slice_of(list), line;
    struct error error = ERROR_INIT;
    all->count = 0;
    while (slice_cut_line(&rest, &line)) {
        if (!slice_ends_with(line, SLICE(".json")))
            continue;
        assert_true(all->count < RECORDS_MAX);
        struct chained *item = &all->items[all->count];
        const char *at = fixture_text(f, "refs/heads/assay/log:%.*s", SLICE_ARG(line));
        assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "cat-file", "blob", at, NULL), 0);
        const struct slice bytes = arena_copy(&f->arena, str_slice(&f->result.output));
        digest_of(bytes, &item->name);
        assert_int_equal(record_decode(bytes, &item->record, &error), RECORD_OK);
        if (slice_is(item->record.reviewer.principal, person))
            all->count++;
        else
            record_clear(&item->record);
    }
    qsort(all->items, all->count, sizeof *all->items, by_sequence);
}

static void clear_records(struct chained_records *all)
{
    for (size_t i = 0; i < all->count; i++)
        record_clear(&all->items[i].record);
}

/* 1, 2, 3 … each after the one before it. */
static void is_one_line(struct fixture *f, const char *person, size_t count)
{
    struct chained_records all;
    read_records(f, person, &all);
    assert_int_equal(all.count, count);
    for (size_t i = 0; i < count; i++) {
        const struct record *record = &all.items[i].record;
        if (record->seq != (int64_t)i + 1 || record->prev_count != (i > 0) ||
            (i > 0 && !digest_equal(&record->prev[0], &all.items[i - 1].name)))
            fail_msg("record %zu of %zu: seq %lld after %zu others", i + 1, count, (long long)record->seq,
                     record->prev_count);
    }
    clear_records(&all);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 0);
}

/* ---- at the same time ---- */

static const char *abstaining(struct fixture *f, const char *folder, const char *comment)
{
    return fixture_text(f, "%s -C %s sign " VERBOSE " --module assistant --role legal --verdict abstain --comment %s",
                        ASSAY_BINARY, fixture_path(f, folder), comment);
}

static void run_together(struct fixture *f, const char *const *lines, size_t count)
{
    struct str script = STR_INIT;
    for (size_t i = 0; i < count; i++)
        str_appendf(&script, "%s & p%zu=$!\n", lines[i], i);
    for (size_t i = 0; i < count; i++)
        str_appendf(&script, "wait $p%zu || exit 1\n", i);
    if (fixture_run(f, NULL, "sh", "-c", script.data, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    str_clear(&script);
}

static void one_clone_makes_no_fork(void **state)
{
    struct fixture *f = *state;
    const char *lines[TOGETHER];
    for (size_t round = 1; round <= 2; round++) {
        for (size_t i = 0; i < TOGETHER; i++)
            lines[i] = abstaining(f, C, fixture_text(f, "%zu-%zu", round, i));
        run_together(f, lines, TOGETHER);
        assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
        is_one_line(f, LENA, round * TOGETHER);
    }
}

/* Who says the same twice at once says it once or twice, in order, as the push of the first was done or not. */
static void the_same_words_make_no_fork(void **state)
{
    struct fixture *f = *state;
    struct chained_records all;
    const char *const lines[] = {abstaining(f, C, "same"), abstaining(f, C, "same")};
    run_together(f, lines, ARRAY_COUNT(lines));
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    read_records(f, LENA, &all);
    const size_t count = all.count;
    clear_records(&all);
    assert_in_range(count, 1, 2);
    is_one_line(f, LENA, count);
}

/* ssh-keygen waits until it may go on, as a person who looks for a security key. */
static void hold_ssh_keygen(struct fixture *f)
{
    fixture_replace_program(f, "ssh-keygen",
                            fixture_text(f, ">%s\nuntil [ -e %s ]; do sleep 0.02; done\nexec $real \"$@\"",
                                         fixture_path(f, "held"), fixture_path(f, "go")));
}

static void the_second_waits_and_says_so(void **state)
{
    struct fixture *f = *state;
    hold_ssh_keygen(f);
    const char *script =
        fixture_text(f,
                     "%s & first=$!\nuntil [ -e held ]; do sleep 0.02; done\n"
                     "%s 2>words & second=$!\nuntil [ -s words ]; do sleep 0.02; done\n"
                     "%s -C %s sync || exit 1\n" /* takes no entry for one of a crash */
                     ">go; wait $first && wait $second",
                     abstaining(f, C, "first"), abstaining(f, C, "second"), ASSAY_BINARY, fixture_path(f, C));
    if (fixture_run(f, NULL, "sh", "-c", script, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    assert_non_null(strstr(fixture_read(f, "words").data, "waiting for it"));
    is_one_line(f, LENA, 2);
    struct chained_records all;
    read_records(f, LENA, &all);
    assert_true(slice_is(all.items[0].record.comment, "first"));
    clear_records(&all);
}

/* A turn ends with its holder, and a second one of the same program is a second one. */
static void a_turn_is_given_back(void **state)
{
    struct fixture *f = *state;
    struct turn first, second;
    struct error error = ERROR_INIT;
    const char *folder = fixture_path(f, "new/folder");
    bool taken;
    assert_success(turn_take(folder, 0, &first, &taken, &error), error);
    assert_true(taken);
    assert_success(turn_take(folder, 50, &second, &taken, &error), error);
    assert_false(taken);
    turn_give_back(&second);
    turn_give_back(&first);
    turn_give_back(&first);
    assert_success(turn_take(folder, TURN_AS_LONG_AS_IT_TAKES, &second, &taken, &error), error);
    assert_true(taken);
    turn_give_back(&second);
    fixture_write_text(f, "file", "no folder");
    assert_failure(turn_take(fixture_path(f, "file"), 0, &first, &taken, &error), error, ERROR_ENVIRONMENT, "file");
}

/* ---- the console ---- */

/* The draft stays the console's; what it signs stands behind the record of the command. */
static void the_console_comes_after_the_command(void **state)
{
    struct fixture *f = *state;
    content_become(f, "ana");
    struct screen *screen = sitting_review(f, CONCISE, 36, 110);
    screen_keys(screen, "445<Enter>");
    sitting_expect(screen, "case 2 of ");
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "abstain", "--comment", "one moment", NULL);
    screen_keys(screen, "544<Enter>");
    sitting_expect(screen, "case 3 of ");
    screen_keys(screen, "544<Enter>");
    sitting_expect(screen, "Every case is done");
    screen_keys(screen, "S");
    sitting_expect(screen, "What you sign");
    screen_keys(screen, "S");
    sitting_expect(screen, "Approve as Ana Ruiz?");
    screen_keys(screen, "Y");
    sitting_expect(screen, "Signed, sent.");
    sitting_quit(screen);
    is_one_line(f, "ana@example.com", 2);
}

/* ---- two clones ---- */

static void another_clone_looks_first(void **state)
{
    struct fixture *f = *state;
    content_clone(f, OTHER);
    for (int i = 0; i < 4; i++)
        if (fixture_run(f, NULL, "sh", "-c", abstaining(f, i % 2 ? OTHER : C, fixture_text(f, "%d", i)), NULL) != 0)
            fail_msg("%s", f->result.errors.data);
    is_one_line(f, LENA, 4);
}

/* Two machines without a network cannot know of each other: a fork is legal, both are kept, and the next record of the
 * same person names both. */
static void a_fork_of_two_clones_is_joined(void **state)
{
    struct fixture *f = *state;
    struct chained_records all;
    content_clone(f, OTHER);
    const char *const apart[] = {fixture_text(f, "%s --offline", abstaining(f, C, "here")),
                                 fixture_text(f, "%s --offline", abstaining(f, OTHER, "there"))};
    run_together(f, apart, ARRAY_COUNT(apart));
    const char *const sending[] = {fixture_text(f, "%s -C %s sync", ASSAY_BINARY, fixture_path(f, C)),
                                   fixture_text(f, "%s -C %s sync", ASSAY_BINARY, fixture_path(f, OTHER))};
    run_together(f, sending, ARRAY_COUNT(sending));
    if (fixture_run(f, NULL, "sh", "-c", abstaining(f, OTHER, "both"), NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    read_records(f, LENA, &all);
    assert_int_equal(all.count, 3);
    assert_int_equal(all.items[0].record.seq, 1);
    assert_int_equal(all.items[1].record.seq, 1);
    assert_int_equal(all.items[2].record.seq, 2);
    assert_int_equal(all.items[2].record.prev_count, 2);
    clear_records(&all);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 3,");
}

/* With a network they race for the log; whoever loses the push has signed already, and nothing of it is lost. */
static void two_clones_at_once_lose_nothing(void **state)
{
    struct fixture *f = *state;
    struct chained_records all;
    content_clone(f, OTHER);
    for (int i = 0; i < 3; i++) {
        const char *const lines[] = {abstaining(f, C, fixture_text(f, "here-%d", i)),
                                     abstaining(f, OTHER, fixture_text(f, "there-%d", i))};
        run_together(f, lines, ARRAY_COUNT(lines));
        assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
        assert_int_equal(fixture_assay(f, OTHER, "sync", NULL), 0);
    }
    if (fixture_run(f, NULL, "sh", "-c", abstaining(f, C, "last"), NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    read_records(f, LENA, &all);
    assert_int_equal(all.count, 7);
    /* Whatever forked is one line again: the last stands behind all. */
    for (size_t i = 0; i + 1 < all.count; i++)
        assert_true(all.items[i].record.seq < all.items[6].record.seq);
    clear_records(&all);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 7,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_clone_makes_no_fork, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_same_words_make_no_fork, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_second_waits_and_says_so, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_turn_is_given_back, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_console_comes_after_the_command, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_clone_looks_first, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_fork_of_two_clones_is_joined, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(two_clones_at_once_lose_nothing, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
