/* The console in a terminal: a person scores cases with the keyboard and the mouse, and nothing is ever lost. */
#include "harness/sitting.h"
#include "harness/test.h"

#include <signal.h>

enum { CASES = 3 };

static int setup(void **state)
{
    fixture_setup(state);
    content_make(*state, CASES);
    content_become(*state, "ana");
    return 0;
}

static void scores_with_digits(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    sitting_expect(screen, "Golden");
    sitting_expect(screen, "Candidate");
    screen_keys(screen, "4");
    sitting_expect_row(screen, "Clarity", "[4]");
    sitting_expect_row(screen, "Clarity", "[4]");
    screen_keys(screen, "5");
    sitting_expect_row(screen, "Correctness", "Correct and precise");
    screen_keys(screen, "3");
    sitting_expect_row(screen, "Tone", "Acceptable");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "case 2 of 3");
    screen_keys(screen, "444<Enter>");
    sitting_expect(screen, "case 3 of 3");
    screen_keys(screen, "444<Enter>");
    sitting_expect(screen, "Every case is done");
    screen_keys(screen, "q");
    sitting_expect(screen, "3 of 3");
    sitting_quit(screen);
}

static void digits_do_nothing_but_score(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    screen_keys(screen, "9");
    sitting_expect(screen, "Scores go from 1 to 5");
    screen_keys(screen, "c");
    sitting_expect(screen, "Comment");
    screen_keys(screen, "12345 qQS<Enter>");
    sitting_expect(screen, "12345 qQS");
    assert_false(screen_has(screen, "[1]"));
    assert_true(screen_has(screen, "case 1 of 3"));
    screen_paste(screen, "555Q");
    sitting_expect(screen, "never a command");
    assert_false(screen_has(screen, "[5]"));
    sitting_quit(screen);
}

static void low_score_asks_for_a_comment(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    screen_keys(screen, "2");
    sitting_expect(screen, "needs a comment");
    screen_keys(screen, "hard to follow<Enter>");
    sitting_expect_row(screen, "Clarity", "[2]");
    sitting_expect(screen, "hard to follow");
    sitting_expect(screen, "below 3");
    screen_keys(screen, "u");
    sitting_expect_gone(screen, "hard to follow");
    sitting_expect(screen, "needs a comment");
    screen_keys(screen, "u");
    sitting_expect_gone(screen, "[2]");
    screen_keys(screen, "<C-r>");
    sitting_expect_row(screen, "Clarity", "[2]");
    sitting_quit(screen);
}

static void flags_with_a_reason(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    screen_keys(screen, "f");
    sitting_expect(screen, "Flag (");
    screen_keys(screen, "other<Enter>");
    sitting_expect(screen, "what is wrong?");
    screen_keys(screen, "not our voice<Enter>");
    sitting_expect(screen, "not our voice");
    screen_keys(screen, "fother<Enter>");
    sitting_expect_gone(screen, "not our voice");
    screen_keys(screen, "u");
    sitting_expect(screen, "not our voice");
    sitting_quit(screen);
}

static void comes_back_after_a_kill(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    int status;
    screen_keys(screen, "444<Enter>");
    sitting_expect(screen, "case 2 of 3");
    screen_keys(screen, "35");
    sitting_expect_row(screen, "Correctness", "[5]");
    screen_keys(screen, "chalf a sen");
    sitting_expect(screen, "half a sen");
    assert_true(screen_wait_quiet(screen));
    screen_signal(screen, SIGKILL);
    assert_true(screen_wait_exit(screen, &status));
    screen_free(screen);
    screen = sitting_start(*state, CONTENT_CLONE, 24, 80);
    sitting_expect(screen, "case 2 of 3");
    sitting_expect(screen, "half a sen");
    sitting_expect_row(screen, "Clarity", "[3]");
    screen_keys(screen, "tence<Enter>");
    sitting_expect(screen, "half a sentence");
    screen_keys(screen, "4");
    sitting_expect_row(screen, "Tone", "[4]");
    sitting_quit(screen);
}

static void keeps_its_place_through_resizes(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 120);
    screen_keys(screen, "J");
    sitting_expect(screen, "case 2 of 3");
    screen_keys(screen, "4");
    static const int sizes[][2] = {{16, 60}, {50, 200}, {5, 20}, {24, 80}, {30, 120}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        screen_resize(screen, sizes[i][0], sizes[i][1]);
        sitting_expect(screen, sizes[i][0] < 16 ? "assay needs" : "case 2 of 3");
    }
    sitting_expect_row(screen, "Clarity", "[4]");
    sitting_quit(screen);
}

static void flips_where_only_one_side_fits(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 20, 70);
    sitting_expect(screen, "2 of 2");
    assert_false(screen_has(screen, "Golden"));
    screen_keys(screen, "v");
    sitting_expect(screen, "Golden");
    sitting_quit(screen);
}

static void scores_with_the_mouse(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    int row, column;
    sitting_expect(screen, "Correctness");
    sitting_expect(screen, "Tone");
    assert_true(screen_find(screen, "Correctness", &row, &column));
    struct str text = STR_INIT;
    screen_row(screen, row, &text);
    const char *digit = strstr(text.data, " 4 ");
    assert_non_null(digit);
    screen_click(screen, row, (int)(digit - text.data) + 1);
    sitting_expect_row(screen, "Correctness", "[4]");
    str_clear(&text);
    sitting_quit(screen);
}

static void shows_the_full_prompt(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    screen_keys(screen, "i");
    sitting_expect(screen, "as it is sent");
    sitting_expect(screen, "What is a conversion funnel?");
    screen_keys(screen, "q");
    sitting_expect(screen, "case 1 of 3");
    sitting_quit(screen);
}

static void blind_sides_have_no_names(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    screen_keys(screen, "B");
    sitting_expect(screen, "Names are hidden");
    assert_false(screen_has(screen, "Candidate"));
    assert_false(screen_has(screen, "Today"));
    screen_keys(screen, "A");
    sitting_expect(screen, "was the candidate");
    screen_keys(screen, "b");
    sitting_expect(screen, "Golden");
    sitting_quit(screen);
}

/* Answers of many lines for the change prompt/concise. */
static void answer_at_length(struct fixture *f)
{
    struct str style = STR_INIT;
    for (int line = 1; line <= 16; line++)
        str_appendf(&style, "\\n\\nLine %d of the answer.", line);
    const struct fixture_file file = {
        CONTENT_ASSISTANT "/tests/outputs/answer.json",
        slice_of(content_outputs(f, "Answer in one sentence.\n\n{{instruction}}\n", "model-a", style.data, CASES))};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "prompt/concise", .files = &file, .file_count = 1});
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", "origin", NULL), 0);
    str_clear(&style);
}

/* What does not fit is read to its end before the next case comes, and is not done by its scores alone. */
static void reads_a_long_case_to_its_end(void **state)
{
    answer_at_length(*state);
    struct screen *screen = sitting_review(*state, "prompt/concise", 24, 80);
    screen_keys(screen, "444");
    sitting_expect_row(screen, "Tone", "[4]");
    sitting_expect(screen, "0 of 3 done");
    for (int page = 0; page < 20 && !screen_has(screen, "This was the end"); page++) {
        assert_true(screen_has(screen, "case 1 of 3"));
        screen_keys(screen, "<Enter>");
        assert_true(screen_wait_quiet(screen));
    }
    sitting_expect(screen, "Line 16 of the answer.");
    sitting_expect(screen, "1 of 3 done");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "case 2 of 3");
    assert_false(screen_has(screen, "read"));
    sitting_quit(screen);
}

/* The golden answer alone is on the screen: Enter shows the candidate before it goes on. */
static void shows_the_candidate_before_it_goes_on(void **state)
{
    answer_at_length(*state);
    struct screen *screen = sitting_review(*state, "prompt/concise", 24, 80);
    screen_keys(screen, "v");
    sitting_expect(screen, "Golden");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "Here is the candidate");
    sitting_expect(screen, "case 1 of 3");
    sitting_quit(screen);
}

static void who_only_signs_has_no_scores(void **state)
{
    content_become(*state, "lena");
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    assert_false(screen_has(screen, "Clarity"));
    assert_false(screen_has(screen, "0-9 score"));
    screen_keys(screen, "4");
    sitting_expect(screen, "None of your roles scores");
    sitting_quit(screen);
}

static void strangers_read_only(void **state)
{
    content_become(*state, "mallory");
    struct screen *screen = sitting_review(*state, "prompt/concise", 30, 100);
    screen_keys(screen, "4");
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_has(screen, "[4]"));
    screen_keys(screen, "S");
    assert_true(screen_wait_quiet(screen));
    assert_true(screen_has(screen, "case 1 of 3"));
    sitting_quit(screen);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scores_with_digits),
        TEST(digits_do_nothing_but_score),
        TEST(low_score_asks_for_a_comment),
        TEST(flags_with_a_reason),
        TEST(comes_back_after_a_kill),
        TEST(keeps_its_place_through_resizes),
        TEST(flips_where_only_one_side_fits),
        TEST(scores_with_the_mouse),
        TEST(shows_the_full_prompt),
        TEST(blind_sides_have_no_names),
        TEST(reads_a_long_case_to_its_end),
        TEST(shows_the_candidate_before_it_goes_on),
        TEST(who_only_signs_has_no_scores),
        TEST(strangers_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
