#include "harness/sitting.h"

#include <sys/wait.h>

#include "harness/test.h"

struct screen *sitting_start(struct fixture *f, const char *folder, int rows, int columns)
{
    struct screen *screen =
        screen_start((const char *[]){ASSAY_BINARY, "-C", fixture_path(f, folder), NULL}, NULL, rows, columns);
    assert_non_null(screen);
    return screen;
}

static void show_and_fail(struct screen *screen, const char *text, const char *what)
{
    struct str shown = STR_INIT;
    screen_text(screen, &shown);
    fail_msg("\"%s\" %s:\n%s", text, what, shown.data);
}

void sitting_expect(struct screen *screen, const char *text)
{
    if (!screen_wait_text(screen, text))
        show_and_fail(screen, text, "never came");
}

void sitting_expect_gone(struct screen *screen, const char *text)
{
    if (!screen_wait_gone(screen, text))
        show_and_fail(screen, text, "never went");
}

struct row {
    const char *title, *part;
};

static bool row_holds(struct screen *screen, void *context)
{
    const struct row *wanted = context;
    struct str text = STR_INIT;
    int row, column;
    bool holds = false;
    if (screen_find(screen, wanted->title, &row, &column)) {
        screen_row(screen, row, &text);
        holds = strstr(text.data, wanted->part) != NULL;
    }
    str_clear(&text);
    return holds;
}

void sitting_expect_row(struct screen *screen, const char *title, const char *part)
{
    struct row wanted = {title, part};
    if (!screen_wait(screen, row_holds, &wanted))
        show_and_fail(screen, part, "never came in its row");
}

void sitting_open_change(struct screen *screen, const char *change)
{
    sitting_expect(screen, change);
    screen_keys(screen, "/");
    screen_keys(screen, change);
    screen_keys(screen, "<Enter><Enter>");
    sitting_expect(screen, "Gate");
}

struct screen *sitting_review(struct fixture *f, const char *change, int rows, int columns)
{
    struct screen *screen = sitting_start(f, CONTENT_CLONE, rows, columns);
    sitting_open_change(screen, change);
    sitting_expect(screen, "c1");
    screen_keys(screen, "<Enter>");
    sitting_expect(screen, "case 1 of ");
    return screen;
}

void sitting_quit(struct screen *screen)
{
    int status;
    screen_keys(screen, "Q");
    assert_true(screen_wait_exit(screen, &status));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    screen_free(screen);
}
