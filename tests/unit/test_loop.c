#include "harness/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "harness/console.h"
#include "harness/screen.h"
#include "harness/stream.h"

static char *program;

static struct screen *start(const char *theme, const char *word, int rows, int columns)
{
    const char *argv[] = {program, CONSOLE_ARGUMENT, theme, word, NULL};
    struct screen *screen = screen_start(argv, NULL, rows, columns);
    assert_non_null(screen);
    assert_true(screen_wait_text(screen, "Enter open"));
    return screen;
}

static void moves_and_opens(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    assert_true(screen_alternate(screen));
    assert_true(screen_wait_text(screen, "row 1 of 40"));
    screen_keys(screen, "jjj");
    assert_true(screen_wait_text(screen, "row 4 of 40"));
    int row, column, at, from;
    screen_cursor(screen, &row, &column);
    assert_true(screen_find(screen, "▶", &at, &from));
    assert_int_equal(row, at);
    assert_int_equal(column, from);
    screen_keys(screen, "G");
    assert_true(screen_wait_text(screen, "row 40 of 40"));
    screen_keys(screen, "<Enter>");
    assert_true(screen_wait_text(screen, "Golden"));
    assert_true(screen_has(screen, "Candidate"));
    screen_keys(screen, "]");
    assert_true(screen_wait_text(screen, "difference 1 of"));
    screen_keys(screen, "q");
    assert_true(screen_wait_text(screen, "row 40 of 40"));
    screen_free(screen);
}

static void searches_and_finds_nothing(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    screen_keys(screen, "/营销");
    assert_true(screen_wait_text(screen, "row 3 of 40"));
    assert_true(screen_has(screen, "1 of 7"));
    screen_keys(screen, "<Enter>n");
    assert_true(screen_wait_text(screen, "row 9 of 40"));
    screen_keys(screen, "/zebra");
    assert_true(screen_wait_text(screen, "Not found."));
    screen_keys(screen, "<Esc>");
    assert_true(screen_wait_gone(screen, "zebra"));
    screen_free(screen);
}

static void pasted_text_is_no_command(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    screen_paste(screen, "Qjjj\rQ");
    assert_true(screen_wait_text(screen, "Pasted text is never a command"));
    assert_true(screen_has(screen, "row 1 of 40"));
    screen_keys(screen, "<Enter>");
    assert_true(screen_wait_text(screen, "Golden"));
    screen_keys(screen, "c");
    assert_true(screen_wait_text(screen, "Ctrl-d done"));
    screen_paste(screen, "Q\nq 12");
    assert_true(screen_wait_text(screen, "q 12"));
    screen_keys(screen, "<C-d>");
    assert_true(screen_wait_text(screen, "Comment of 6 bytes saved."));
    screen_free(screen);
}

static void refuses_with_the_reason(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 120);
    screen_keys(screen, "<Enter>S");
    assert_true(screen_wait_text(screen, "Not all cases are scored: 17 of 24 are."));
    screen_keys(screen, "?");
    assert_true(screen_wait_text(screen, "Keys here"));
    screen_keys(screen, "q");
    assert_true(screen_wait_gone(screen, "Keys here"));
    screen_keys(screen, ":theme<Enter>");
    assert_true(screen_wait_text(screen, "Theme light"));
    screen_keys(screen, ":nonsense<Enter>");
    assert_true(screen_wait_text(screen, "There is no 'nonsense' here"));
    screen_keys(screen, ":next-d<Tab><Enter>");
    assert_true(screen_wait_text(screen, "difference 1 of"));
    screen_free(screen);
}

static void resizes_and_keeps_the_place(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    screen_keys(screen, "GKkkk");
    assert_true(screen_wait_text(screen, "row 37 of 40"));
    screen_resize(screen, 16, 60);
    assert_true(screen_wait_text(screen, "row 37 of 40"));
    assert_true(screen_wait_text(screen, "▶"));
    screen_resize(screen, 10, 40);
    assert_true(screen_wait_text(screen, "assay needs 60 x 16"));
    screen_resize(screen, 50, 160);
    assert_true(screen_wait_text(screen, "row 37 of 40"));
    screen_free(screen);
}

static void the_mouse_selects_opens_and_can_be_given_back(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 120);
    screen_click(screen, 7, 10);
    assert_true(screen_wait_text(screen, "row 5 of 40"));
    screen_click(screen, 7, 10);
    assert_true(screen_wait_text(screen, "Golden"));
    int row, column;
    assert_true(screen_wait_text(screen, "q back"));
    assert_true(screen_find(screen, "q back", &row, &column));
    screen_click(screen, row, column);
    assert_true(screen_wait_text(screen, "row 5 of 40"));
    screen_forget(screen);
    screen_keys(screen, "M");
    assert_true(screen_wait_text(screen, "belongs to the terminal"));
    assert_int_not_equal(slice_find(screen_stream(screen), SLICE("\033[?1002l")), SLICE_NOT_FOUND);
    screen_free(screen);
}

static void a_job_reports_and_ends(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    screen_keys(screen, "R");
    assert_true(screen_wait_text(screen, "of 40  Esc cancels") || screen_wait_text(screen, "Fetched."));
    assert_true(screen_wait_text(screen, "Fetched."));
    screen_keys(screen, "jR");
    assert_true(screen_wait_text(screen, "Esc cancels"));
    screen_keys(screen, "<Esc>");
    assert_true(screen_wait_text(screen, "cancelled."));
    screen_free(screen);
}

static void assert_restored(struct screen *screen)
{
    struct slice stream = screen_stream(screen);
    static const char *const wanted[] = {"\033[?1049l", "\033[?2004l", "\033[?1002l", "\033[?12l\033[?25h"};
    for (size_t at = 0; at < sizeof wanted / sizeof *wanted; at++)
        assert_int_not_equal(slice_find(stream, slice_of(wanted[at])), SLICE_NOT_FOUND);
    assert_false(screen_alternate(screen));
}

static void quits_and_restores(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        int signal;
    } ways[] = {{"Q", 0}, {"<C-c>", 0}, {"", SIGTERM}, {"", SIGHUP}};
    for (size_t at = 0; at < sizeof ways / sizeof *ways; at++) {
        struct screen *screen = start("dark", NULL, 30, 100);
        int status;
        screen_forget(screen);
        screen_keys(screen, ways[at].keys);
        if (ways[at].signal != 0)
            screen_signal(screen, ways[at].signal);
        assert_true(screen_wait_exit(screen, &status));
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_restored(screen);
        assert_true(screen_has(screen, "saved 1"));
        screen_free(screen);
    }
}

static void a_crash_restores(void **state)
{
    (void)state;
    struct screen *screen = start("dark", "crash", 30, 100);
    int status;
    screen_keys(screen, "R");
    assert_true(screen_wait_exit(screen, &status));
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_restored(screen);
    screen_free(screen);
}

static void no_terminal_and_a_dumb_one_are_refused(void **state)
{
    (void)state;
    const char *argv[] = {program, CONSOLE_ARGUMENT, "dark", NULL};
    const char *dumb[] = {"TERM=dumb", NULL}, *unknown[] = {"TERM=no-such-terminal", NULL};
    int status;
    struct screen *screen = screen_start(argv, dumb, 24, 80);
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(WEXITSTATUS(status), ERROR_ENVIRONMENT);
    assert_true(screen_has(screen, "cannot place its cursor"));
    screen_free(screen);
    screen = screen_start(argv, unknown, 24, 80);
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(WEXITSTATUS(status), ERROR_ENVIRONMENT);
    assert_true(screen_has(screen, "is not known here"));
    screen_free(screen);
    char command[4200];
    snprintf(command, sizeof command, "%s %s dark </dev/null", program, CONSOLE_ARGUMENT);
    const char *piped[] = {"sh", "-c", command, NULL};
    screen = screen_start(piped, NULL, 24, 80);
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(WEXITSTATUS(status), ERROR_ENVIRONMENT);
    assert_true(screen_has(screen, "the console needs a terminal"));
    screen_free(screen);
}

static void an_editor_gets_the_terminal_and_gives_it_back(void **state)
{
    (void)state;
    const char *argv[] = {program, CONSOLE_ARGUMENT, "dark", NULL};
    const char *works[] = {"VISUAL=sed -i $aedited", NULL}, *fails[] = {"VISUAL=false", NULL};
    struct screen *screen = screen_start(argv, works, 30, 100);
    assert_true(screen_wait_text(screen, "Enter open"));
    screen_keys(screen, "<Enter>chello<C-d>");
    assert_true(screen_wait_text(screen, "Comment of 5 bytes saved."));
    screen_forget(screen);
    screen_keys(screen, "e");
    assert_true(screen_wait_text(screen, "Now: hello"));
    assert_true(screen_wait_text(screen, "edited"));
    size_t left = slice_find(screen_stream(screen), SLICE("\033[?1049l"));
    assert_int_not_equal(left, SLICE_NOT_FOUND);
    assert_int_not_equal(slice_find(slice_from(screen_stream(screen), left), SLICE("\033[?1049h")), SLICE_NOT_FOUND);
    screen_free(screen);
    screen = screen_start(argv, fails, 30, 100);
    assert_true(screen_wait_text(screen, "Enter open"));
    screen_keys(screen, "<Enter>e");
    assert_true(screen_wait_text(screen, "the editor 'false' ended with 1: the text is as it was"));
    screen_free(screen);
}

static bool stopped(struct screen *screen, void *context)
{
    (void)context;
    int status;
    return waitpid(screen_process(screen), &status, WNOHANG | WUNTRACED) == screen_process(screen) &&
           WIFSTOPPED(status);
}

static void stopped_and_continued_it_paints_anew(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    screen_keys(screen, "jj");
    assert_true(screen_wait_text(screen, "row 3 of 40"));
    screen_signal(screen, SIGSTOP);
    assert_true(screen_wait(screen, stopped, NULL));
    screen_forget(screen);
    screen_signal(screen, SIGCONT);
    screen_keys(screen, "j");
    assert_true(screen_wait_text(screen, "row 4 of 40"));
    assert_int_not_equal(slice_find(screen_stream(screen), SLICE("\033[?1049h")), SLICE_NOT_FOUND);
    screen_free(screen);
}

static void a_bare_escape_goes_back(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 100);
    screen_keys(screen, "<Enter>");
    assert_true(screen_wait_text(screen, "Golden"));
    screen_bytes(screen, "\033", 1);
    assert_true(screen_wait_text(screen, "row 1 of 40"));
    screen_bytes(screen, "\033", 1);
    assert_true(screen_wait_text(screen, "This is the first screen: Q leaves assay"));
    screen_free(screen);
}

static void only_own_sequences_are_sent(void **state)
{
    (void)state;
    struct screen *screen = start("dark", NULL, 30, 120);
    screen_keys(screen, "jj<Enter>]]]zzv?qTTjG");
    assert_true(screen_wait_quiet(screen));
    stream_expect_own(screen_stream(screen), "the console");
    screen_free(screen);
}

static void colours_follow_the_terminal(void **state)
{
    (void)state;
    const char *argv[] = {program, CONSOLE_ARGUMENT, "dark", NULL};
    const char *plain[] = {"NO_COLOR=1", NULL}, *many[] = {"COLORTERM=", NULL};
    struct screen *screen = screen_start(argv, plain, 30, 100);
    assert_true(screen_wait_text(screen, "Enter open"));
    assert_int_equal(slice_find(screen_stream(screen), SLICE("38;")), SLICE_NOT_FOUND);
    assert_int_equal(slice_find(screen_stream(screen), SLICE("48;")), SLICE_NOT_FOUND);
    screen_free(screen);
    screen = screen_start(argv, many, 30, 100);
    assert_true(screen_wait_text(screen, "Enter open"));
    assert_int_equal(slice_find(screen_stream(screen), SLICE("38;2;")), SLICE_NOT_FOUND);
    assert_int_not_equal(slice_find(screen_stream(screen), SLICE("38;5;")), SLICE_NOT_FOUND);
    screen_free(screen);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], CONSOLE_ARGUMENT) == 0)
        return console_main(argc, argv);
    program = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_and_opens),
        cmocka_unit_test(searches_and_finds_nothing),
        cmocka_unit_test(pasted_text_is_no_command),
        cmocka_unit_test(refuses_with_the_reason),
        cmocka_unit_test(resizes_and_keeps_the_place),
        cmocka_unit_test(the_mouse_selects_opens_and_can_be_given_back),
        cmocka_unit_test(a_job_reports_and_ends),
        cmocka_unit_test(quits_and_restores),
        cmocka_unit_test(a_crash_restores),
        cmocka_unit_test(no_terminal_and_a_dumb_one_are_refused),
        cmocka_unit_test(an_editor_gets_the_terminal_and_gives_it_back),
        cmocka_unit_test(stopped_and_continued_it_paints_anew),
        cmocka_unit_test(a_bare_escape_goes_back),
        cmocka_unit_test(only_own_sequences_are_sent),
        cmocka_unit_test(colours_follow_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
