/* The key table promises: every action that a screen's contexts have does something there, or says why it cannot. */
#include "harness/content.h"
#include "harness/test.h"

#include <poll.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/screens/desk.h"
#include "assay/screens/queue_screen.h"

enum { CASES = 2, ROWS = 30, COLUMNS = 110, WAIT_MS = 20000 };

struct standing {
    struct desk desk;
    struct keymap *keymap;
    struct theme theme;
    struct canvas *canvas;
};

/* The way from the queue to each screen. */
static const struct {
    const char *name;
    enum action way[3];
} screens[] = {
    {"queue", {ACTION_NONE}},
    {"change", {ACTION_OPEN, ACTION_NONE}},
    {"case", {ACTION_OPEN, ACTION_OPEN, ACTION_NONE}},
    {"sign", {ACTION_OPEN, ACTION_SIGN, ACTION_NONE}},
    {"triage", {ACTION_OPEN, ACTION_TRIAGE, ACTION_NONE}},
    {"text", {ACTION_OPEN, ACTION_PROMPT, ACTION_NONE}},
    {"log", {ACTION_LOG, ACTION_NONE}},
};

static int setup(void **state)
{
    fixture_setup(state);
    content_make(*state, CASES);
    content_become(*state, "ines");
    setenv("VISUAL", "true", 1);
    return 0;
}

static void catch_up(struct standing *standing)
{
    struct desk *desk = &standing->desk;
    while (jobs_busy(desk->jobs)) {
        struct pollfd ready = {.fd = jobs_descriptor(desk->jobs), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
        jobs_deliver(desk->jobs);
    }
    view_tick(desk->stack, 0);
    view_draw(desk->stack, standing->canvas);
}

static unsigned take(struct standing *standing, enum action action)
{
    return view_do(standing->desk.stack, &(struct command){action, action == ACTION_SCORE ? 3 : -1, {0}});
}

static void go_to(struct standing *standing, size_t screen)
{
    struct desk *desk = &standing->desk;
    desk->stack = view_stack_new(NULL, standing->keymap, &standing->theme, desk);
    view_resize(desk->stack, ROWS, COLUMNS);
    view_push(desk->stack, &queue_screen_view, NULL);
    catch_up(standing);
    for (size_t i = 0; screens[screen].way[i] != ACTION_NONE; i++) {
        take(standing, screens[screen].way[i]);
        catch_up(standing);
    }
    assert_string_equal(view_top(desk->stack)->type->name, screens[screen].name);
}

static void leave(struct standing *standing)
{
    catch_up(standing);
    view_stack_free(standing->desk.stack);
    standing->desk.stack = NULL;
}

static void stand(struct standing *standing, struct fixture *f)
{
    struct error error = ERROR_INIT;
    *standing = (struct standing){.keymap = keymap_new(), .canvas = canvas_new(ROWS, COLUMNS)};
    assert_success(theme_load(&standing->theme, "dark", &error), error);
    assert_success(desk_open(&standing->desk, fixture_path(f, CONTENT_CLONE), &error), error);
    go_to(standing, 0);
    desk_refresh(&standing->desk, false);
    leave(standing);
    assert_int_equal(standing->desk.queue.count, 3);
}

static void stand_down(struct standing *standing)
{
    desk_close(&standing->desk);
    canvas_free(standing->canvas);
    keymap_free(standing->keymap);
}

static void every_action_answers(void **state)
{
    struct standing standing;
    stand(&standing, *state);
    for (size_t screen = 0; screen < ARRAY_COUNT(screens); screen++) {
        for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
            go_to(&standing, screen);
            unsigned contexts = view_top(standing.desk.stack)->contexts | CONTEXT_ANYWHERE;
            bool promised = (keymap_contexts((enum action)action) & contexts) != 0;
            if (promised && take(&standing, (enum action)action) == REACT_NOTHING)
                fail_msg("'%s' does nothing in the screen %s", keymap_name((enum action)action), screens[screen].name);
            leave(&standing);
        }
    }
    stand_down(&standing);
}

static void is_ascii(const struct standing *standing, const char *screen)
{
    struct str text = STR_INIT;
    canvas_print_text(standing->canvas, &text);
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            fail_msg("%s has other signs:\n%s", screen, text.data);
    str_clear(&text);
}

/* assay.ascii: the program's own signs, in every screen and every tab; the content of the sample is ASCII. */
static void ascii_is_ascii(void **state)
{
    enum { TABS = 5 };
    struct standing standing;
    fixture_git(*state, CONTENT_CLONE, "config", "assay.ascii", "true", NULL);
    stand(&standing, *state);
    standing.canvas->ascii = true;
    for (size_t screen = 0; screen < ARRAY_COUNT(screens); screen++) {
        go_to(&standing, screen);
        for (int tab = 0; tab < TABS; tab++) {
            is_ascii(&standing, screens[screen].name);
            take(&standing, ACTION_NEXT_FIELD);
            catch_up(&standing);
        }
        leave(&standing);
    }
    stand_down(&standing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_action_answers, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(ascii_is_ascii, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
