/* The console in a terminal: from the last score to a signed record at the remote, and what is refused on the way. */
#include "harness/sitting.h"
#include "harness/test.h"

enum { CASES = 2 };

static int setup(void **state)
{
    fixture_setup(state);
    content_make(*state, CASES);
    content_become(*state, "ana");
    return 0;
}

static struct screen *score_all(struct fixture *f)
{
    struct screen *screen = sitting_review(f, "prompt/concise", 36, 110);
    screen_keys(screen, "445<Enter>");
    sitting_expect(screen, "case 2 of 2");
    screen_keys(screen, "544<Enter>");
    sitting_expect(screen, "Every case is done");
    return screen;
}

static void refuses_while_cases_are_unscored(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 36, 110);
    screen_keys(screen, "S");
    sitting_expect(screen, "What you sign");
    sitting_expect(screen, "Not yet:");
    screen_keys(screen, "S");
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_has(screen, "Y yes"));
    screen_keys(screen, "Y");
    sitting_expect(screen, "S asks first");
    sitting_quit(screen);
    assert_int_equal(content_count_records(*state), 0);
}

static void signs_and_sends(void **state)
{
    struct fixture *f = *state;
    struct screen *screen = score_all(f);
    screen_keys(screen, "S");
    sitting_expect(screen, "The content is accurate and meets its teaching goals.");
    sitting_expect(screen, "Ana Ruiz");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "Enter does nothing");
    screen_keys(screen, "S");
    sitting_expect(screen, "Approve as Ana Ruiz?");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "Not done.");
    assert_int_equal(content_count_records(f), 0);
    screen_keys(screen, "SY");
    sitting_expect(screen, "Signed, sent.");
    sitting_expect(screen, "Records 1");
    screen_keys(screen, "<Tab><Tab><Tab>");
    sitting_expect(screen, "approves");
    sitting_expect(screen, "Ana Ruiz");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "signed by the key of this person");
    screen_keys(screen, "G");
    sitting_expect(screen, "\"verdict\": \"approve\"");
    sitting_quit(screen);
    assert_int_equal(content_count_records(f), 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", NULL), 0);
}

static void waits_without_a_network(void **state)
{
    struct fixture *f = *state;
    struct screen *screen = score_all(f);
    assert_int_equal(fixture_run(f, NULL, "mv", CONTENT_ORIGIN, "away.git", NULL), 0);
    screen_keys(screen, "S");
    sitting_expect(screen, "What you sign");
    screen_keys(screen, "SY");
    sitting_expect(screen, "waiting to be sent");
    sitting_quit(screen);
    assert_int_equal(fixture_run(f, NULL, "mv", "away.git", CONTENT_ORIGIN, NULL), 0);
    assert_int_equal(content_count_records(f), 0);
    screen = sitting_start(f, CONTENT_CLONE, 30, 100);
    sitting_expect(screen, "in step");
    sitting_quit(screen);
    assert_int_equal(content_count_records(f), 1);
}

static void asks_for_changes(void **state)
{
    struct screen *screen = score_all(*state);
    screen_keys(screen, "Sv");
    sitting_expect(screen, "Request changes");
    screen_keys(screen, "cThe price is wrong.<Enter>");
    sitting_expect(screen, "The price is wrong.");
    screen_keys(screen, "S");
    sitting_expect(screen, "Request changes as Ana Ruiz?");
    screen_keys(screen, "Y");
    sitting_expect(screen, "Signed, sent.");
    screen_keys(screen, "<S-Tab>");
    sitting_expect(screen, "a reviewer requests changes");
    sitting_quit(screen);
}

static void lena_says(struct fixture *f, const char *verdict, const char *comment)
{
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", "prompt/concise", "--module", "assistant", "--role",
                                   "legal", "--verdict", verdict, "--comment", comment, NULL),
                     0);
}

/* A reason stays readable after its record was taken back, and the seats are offered to those who have none. */
static void tells_what_was_withdrawn(void **state)
{
    struct fixture *f = *state;
    content_become(f, "lena");
    lena_says(f, "request-changes", "The price is wrong.");
    lena_says(f, "withdraw", "It was right.");
    content_become(f, "ana");
    struct screen *screen = score_all(f);
    screen_keys(screen, "q");
    sitting_expect(screen, "2 of 2 in your draft");
    screen_keys(screen, "<Tab><Tab><Tab>");
    sitting_expect_row(screen, "asks for changes", "withdrawn  The price is wrong.");
    screen_keys(screen, "<Tab>");
    sitting_expect_row(screen, "Scored, signed", "0 of 2   your draft has 2");
    sitting_expect_row(screen, "Content owner", "could be Ana Ruiz, Ines Roy");
    sitting_quit(screen);
}

static void warns_of_personal_data(void **state)
{
    struct screen *screen = score_all(*state);
    screen_keys(screen, "Scask jane.doe@example.com<Enter>");
    sitting_expect(screen, "Look here:");
    sitting_quit(screen);
}

static void scores_carry_over(void **state)
{
    struct fixture *f = *state;
    struct screen *screen = score_all(f);
    screen_keys(screen, "SSY");
    sitting_expect(screen, "Signed, sent.");
    sitting_expect(screen, "Records 1");
    sitting_expect(screen, "c1");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "Your scores from before");
    sitting_expect_row(screen, "Tone", "[5]");
    sitting_quit(screen);
}

/* Where the page does not fit, what forbids stands at its top, and nobody signs what they did not see. */
static void signs_no_page_that_was_not_seen(void **state)
{
    struct fixture *f = *state;
    struct screen *screen = score_all(f);
    screen_resize(screen, 16, 60);
    sitting_expect(screen, "case 2 of 2");
    screen_keys(screen, "S");
    sitting_expect(screen, "What you sign");
    sitting_expect(screen, "below: PgDn");
    assert_true(screen_wait_quiet(screen));
    screen_keys(screen, "S");
    sitting_expect(screen, "The page goes on below");
    screen_keys(screen, "G");
    sitting_expect(screen, "asks once more");
    screen_keys(screen, "S");
    sitting_expect(screen, "Approve as Ana Ruiz?");
    screen_keys(screen, "<Esc>");
    sitting_expect(screen, "Not done.");
    screen_keys(screen, "vvg");
    sitting_expect(screen, "What you sign");
    screen_keys(screen, "q");
    sitting_expect(screen, "case 2 of 2");
    screen_keys(screen, "SG"); /* the verdict is chosen anew */
    sitting_expect(screen, "asks once more");
    screen_keys(screen, "S");
    sitting_expect(screen, "Approve as Ana Ruiz?");
    screen_keys(screen, "n");
    sitting_quit(screen);
    assert_int_equal(content_count_records(f), 0);
}

static void refuses_to_comment_with_nothing(void **state)
{
    struct screen *screen = sitting_review(*state, "prompt/concise", 36, 110);
    screen_keys(screen, "S");
    sitting_expect(screen, "What you sign");
    screen_keys(screen, "vv");
    sitting_expect(screen, "Comment only: approves nothing");
    sitting_expect(screen, "Not yet: A comment only, and there is no comment, score or flag");
    screen_keys(screen, "S");
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_has(screen, "Y yes"));
    screen_keys(screen, "cNice.<Enter>");
    sitting_expect_gone(screen, "Not yet:");
    screen_keys(screen, "S");
    sitting_expect(screen, "Comment only as Ana Ruiz?");
    screen_keys(screen, "n");
    sitting_quit(screen);
    assert_int_equal(content_count_records(*state), 0);
}

/* A branch that lets Ana override, and nothing else; the policy holds more lines than a small terminal shows. */
static void change_policy(struct fixture *f)
{
    struct str policy = STR_INIT;
    struct slice text = slice_of(content_policy), old = SLICE("override: []\n");
    size_t at = slice_find(text, old);
    assert_true(at != SLICE_NOT_FOUND);
    str_append(&policy, slice_part(text, 0, at));
    str_append_text(&policy, "override: [ana@example.com]\n");
    str_append(&policy, slice_from(text, at + old.size));
    const struct fixture_file file = {"policies/review.yaml", str_slice(&policy)};
    fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){
            .branch = "refs/heads/prompt/rights", .from = "refs/heads/main", .files = &file, .file_count = 1});
    str_clear(&policy);
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", "origin", NULL), 0);
}

static void shows_a_policy_before_it_is_signed(void **state)
{
    struct fixture *f = *state;
    change_policy(f);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "show", "prompt/rights", "--width", "130", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "policies/review.yaml"));
    assert_non_null(strstr(f->result.output.data, "override: []"));
    assert_non_null(strstr(f->result.output.data, "override: [[ana@example.com]]"));
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 24, 120);
    sitting_open_change(screen, "prompt/rights");
    sitting_expect(screen, "== File policies/review.yaml ==");
    sitting_expect(screen, "not read yet");
    screen_keys(screen, "S");
    sitting_expect(screen, "policies/review.yaml   changed");
    sitting_expect(screen, "Not yet: What changes in the policy's files is not read yet");
    screen_keys(screen, "SY");
    sitting_expect(screen, "S asks first");
    screen_keys(screen, "qG");
    sitting_expect(screen, "override: [ana@example.com]");
    sitting_expect_gone(screen, "not read yet");
    screen_keys(screen, "S");
    sitting_expect(screen, "read to its end");
    screen_keys(screen, "S");
    sitting_expect(screen, "Approve as Ana Ruiz?");
    screen_keys(screen, "Y");
    sitting_expect(screen, "Signed, sent.");
    sitting_quit(screen);
    assert_int_equal(content_count_records(f), 1);
}

/* One side at a time: what is taken away stands on the left alone, so both have to be read. */
static void asks_for_both_sides_of_a_policy(void **state)
{
    struct fixture *f = *state;
    change_policy(f);
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 24, 80);
    sitting_open_change(screen, "prompt/rights");
    sitting_expect(screen, "== File policies/review.yaml ==");
    screen_keys(screen, "G");
    sitting_expect(screen, "override: [ana@example.com]");
    sitting_expect(screen, "not read yet");
    screen_keys(screen, "vG");
    sitting_expect(screen, "override: []");
    sitting_expect_gone(screen, "not read yet");
    sitting_quit(screen);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_while_cases_are_unscored),
        TEST(signs_and_sends),
        TEST(waits_without_a_network),
        TEST(asks_for_changes),
        TEST(tells_what_was_withdrawn),
        TEST(warns_of_personal_data),
        TEST(scores_carry_over),
        TEST(signs_no_page_that_was_not_seen),
        TEST(refuses_to_comment_with_nothing),
        TEST(shows_a_policy_before_it_is_signed),
        TEST(asks_for_both_sides_of_a_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
