/* The console in a terminal: the queue, the tabs of a change, the log, and bytes of a repository that must not get out. */
#include "harness/sitting.h"
#include "harness/test.h"

#include <stdio.h>
#include <sys/wait.h>

enum { CASES = 2 };

static int setup(void **state)
{
    fixture_setup(state);
    content_make(*state, CASES);
    content_become(*state, "ana");
    return 0;
}

static void shows_what_waits(void **state)
{
    struct screen *screen = sitting_start(*state, CONTENT_CLONE, 24, 120);
    sitting_expect(screen, "prompt/concise");
    sitting_expect(screen, "prompt/verbose");
    sitting_expect(screen, "prompt/model");
    sitting_expect(screen, "OWNER");
    sitting_expect(screen, "3 pending");
    sitting_expect(screen, "in step");
    sitting_quit(screen);
}

/* What is told at the start is still there when the queue was read, and goes away with the program. */
static void damaged_drafts_are_told(void **state)
{
    struct fixture *f = *state;
    fixture_write_text(f, CONTENT_CLONE "/.git/assay/drafts.db", "Dear diary, this is not a database.\n");
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 24, 120);
    sitting_expect(screen, "in step");
    sitting_expect(screen, "prompt/model");
    assert_true(screen_wait_quiet(screen));
    sitting_expect(screen, "drafts.db was damaged: 0 rows could be read");
    sitting_quit(screen);
    screen = sitting_start(f, CONTENT_CLONE, 24, 120);
    sitting_expect(screen, "in step");
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_has(screen, "damaged"));
    sitting_quit(screen);
}

static void what_a_crash_left_is_told(void **state)
{
    struct fixture *f = *state;
    content_become(f, "lena");
    fixture_write_text(f, CONTENT_CLONE "/.git/refs/assay/pending.lock", ""); /* it fails after the signature */
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", "prompt/concise", "--module", "assistant", "--role",
                                   "legal", "--verdict", "approve", NULL),
                     4);
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 24, 120);
    sitting_expect(screen, "What was signed before could not be looked through");
    sitting_quit(screen);
    assert_int_equal(remove(fixture_path(f, CONTENT_CLONE "/.git/refs/assay/pending.lock")), 0);
    screen = sitting_start(f, CONTENT_CLONE, 24, 120);
    sitting_expect(screen, "1 signed record of an earlier run that was interrupted is in the log now.");
    sitting_expect(screen, "in step");
    sitting_quit(screen);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", "--json", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "\"good\": 1,"));
}

static void filters_and_sorts(void **state)
{
    struct screen *screen = sitting_start(*state, CONTENT_CLONE, 24, 120);
    sitting_expect(screen, "prompt/model");
    screen_keys(screen, "frisk:high<Enter>");
    sitting_expect_gone(screen, "prompt/concise");
    sitting_expect(screen, "tutor");
    screen_keys(screen, "f<C-u><Enter>");
    sitting_expect(screen, "prompt/concise");
    screen_keys(screen, "s");
    sitting_expect(screen, "Sorted by CHANGE");
    sitting_quit(screen);
}

static void walks_through_a_change(void **state)
{
    struct screen *screen = sitting_start(*state, CONTENT_CLONE, 30, 110);
    sitting_open_change(screen, "prompt/verbose");
    sitting_expect(screen, "module 1 of 2");
    screen_keys(screen, "l");
    sitting_expect(screen, "module 2 of 2");
    screen_keys(screen, "<Tab>");
    sitting_expect(screen, "You are a patient teacher.");
    screen_keys(screen, "<Tab>");
    sitting_expect(screen, "CANDIDATE");
    screen_keys(screen, "<Tab>");
    sitting_expect(screen, "Nobody has signed");
    screen_keys(screen, "<Tab>");
    sitting_expect(screen, "before it may be merged into main");
    sitting_expect(screen, "could be Ana Ruiz, Ines Roy");
    sitting_expect(screen, "A person whose role has the duty `score`, and no author, scores them and signs.");
    screen_keys(screen, "<Tab>q");
    sitting_expect(screen, "3 pending");
    screen_keys(screen, "L");
    sitting_expect(screen, "Nobody has signed anything yet.");
    screen_keys(screen, "q<Esc>");
    sitting_expect(screen, "first screen");
    sitting_quit(screen);
}

static void opens_with_the_mouse(void **state)
{
    struct screen *screen = sitting_start(*state, CONTENT_CLONE, 30, 110);
    int row, column;
    sitting_expect(screen, "prompt/concise");
    sitting_expect(screen, "in step");
    assert_true(screen_wait_quiet(screen));
    assert_true(screen_find(screen, "prompt/concise", &row, &column));
    screen_click(screen, row, column + 2);
    screen_click(screen, row, column + 2);
    sitting_expect(screen, "Evidence");
    assert_true(screen_find(screen, "Evidence", &row, &column));
    screen_click(screen, row, column);
    sitting_expect(screen, "golden cases");
    sitting_quit(screen);
}

static void needs_a_terminal(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "console", NULL), 2);
    assert_non_null(strstr(f->result.errors.data, "needs a terminal"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, NULL), 2);
}

static void empty_repository_of_changes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_git(f, NULL, "init", "-q", "-b", "main", "empty", NULL), 0);
    fixture_commit(
        f, "empty",
        &(struct fixture_commit){
            .branch = "main", .from = "", .files = &(struct fixture_file){"a", SLICE("b")}, .file_count = 1});
    struct screen *screen = sitting_start(f, "empty", 24, 100);
    sitting_expect(screen, "Nothing waits for review.");
    sitting_quit(screen);
}

/* --- hostile bytes ------------------------------------------------------------------------------------------------- */

#define EVIL                                                                                                           \
    "\x1b]0;OWNED\x07\x1b]52;c;T1dORUQ=\x07\x1b[2J\xc2\x9b"                                                            \
    "31m\xe2\x80\xae"
#define EVIL_JSON "\\u001b]0;OWNED\\u0007\\u001b]52;c;T1dORUQ=\\u0007\\u001b[2J\\u009b31m\\u202e\\u2066"
#define BRANCH    "prompt/\xe2\x80\xaelive"

static void make_hostile(struct fixture *f)
{
    static const char template_text[] = "Say " EVIL "\n\n{{instruction}}\n";
    const struct fixture_file files[] = {
        {CONTENT_ASSISTANT "/prompts/answer.tpl", SLICE("Say " EVIL "\n\n{{instruction}}\n")},
        {CONTENT_ASSISTANT "/tests/outputs/answer.json",
         slice_of(content_outputs(f, template_text, "model-a", EVIL_JSON, CASES))},
        {CONTENT_ASSISTANT "/manifest.yaml",
         slice_of(content_manifest(f, "\"assis\\u001b]0;OWNED\\u0007tant\"", "model-a", "high", "pii"))},
    };
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = BRANCH,
                                            .from = "main",
                                            .files = files,
                                            .file_count = sizeof files / sizeof *files,
                                            .message = "subject " EVIL,
                                            .author = "Evil" EVIL " <evil" EVIL "@example.com>"});
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL), 0);
}

static void assert_clean(const struct screen *screen)
{
    struct slice stream = screen_stream(screen);
    static const char *const forbidden[] = {"\x1b]0;OWNED", "\x1b]52;", "\xe2\x80\xae", "\xc2\x9b", "\xe2\x81\xa6"};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (slice_find(stream, slice_of(forbidden[i])) != SLICE_NOT_FOUND)
            fail_msg("byte sequence %zu of the repository reached the terminal", i);
}

static void hostile_bytes_become_marks(void **state)
{
    struct fixture *f = *state;
    make_hostile(f);
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 30, 120);
    sitting_expect(screen, "4 pending");
    screen_keys(screen, "/live<Enter>");
    sitting_expect(screen, "U+202E");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "Gate");
    for (int tab = 0; tab < 5; tab++) {
        screen_keys(screen, "<Tab>");
        assert_true(screen_wait_quiet(screen));
    }
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "shown as marks");
    sitting_expect(screen, "␛");
    static const char *const keys[] = {"m", "d", "b", "b", "i", "q", "S", "q", "q", "t", "q", "i", "q", "q", "L"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        screen_keys(screen, keys[i]);
        assert_true(screen_wait_quiet(screen));
    }
    assert_clean(screen);
    sitting_quit(screen);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_what_waits),           TEST(walks_through_a_change),  TEST(filters_and_sorts),
        TEST(opens_with_the_mouse),       TEST(needs_a_terminal),        TEST(empty_repository_of_changes),
        TEST(hostile_bytes_become_marks), TEST(damaged_drafts_are_told), TEST(what_a_crash_left_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
