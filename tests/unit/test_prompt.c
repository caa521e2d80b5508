#include "harness/test.h"

#include "assay/ui/input.h"
#include "assay/ui/prompt.h"
#include "harness/screen.h"

static enum prompt_outcome type(struct prompt *prompt, const char *keys)
{
    struct input input;
    struct event event;
    struct str bytes = STR_INIT;
    enum prompt_outcome outcome = PROMPT_IGNORED;
    input_init(&input);
    screen_encode(keys, &bytes);
    input_feed(&input, str_slice(&bytes));
    while (input_next(&input, 1, &event))
        outcome = prompt_event(prompt, &event);
    str_clear(&bytes);
    input_clear(&input);
    return outcome;
}

static void edits_by_clusters(void **state)
{
    (void)state;
    struct prompt prompt;
    prompt_init(&prompt, false);
    prompt_insert(&prompt, SLICE("ae\xcc\x81👨‍👩‍👧‍👦b"));
    type(&prompt, "<Left><BS>");
    assert_string_equal(prompt.text.data, "ae\xcc\x81"
                                          "b");
    type(&prompt, "<BS>x<End>y<Home><Del>");
    assert_string_equal(prompt.text.data, "xby");
    prompt_set(&prompt, SLICE("one two, three"));
    type(&prompt, "<C-w>");
    assert_string_equal(prompt.text.data, "one two, ");
    type(&prompt, "<C-Left><C-k>");
    assert_string_equal(prompt.text.data, "one ");
    type(&prompt, "<C-u>");
    assert_string_equal(prompt.text.data, "");
    assert_int_equal(type(&prompt, "<BS>"), PROMPT_MOVED);
    assert_int_equal(type(&prompt, "<Enter>"), PROMPT_ACCEPTED);
    assert_int_equal(type(&prompt, "<Esc>"), PROMPT_CANCELLED);
    prompt_clear(&prompt);
}

static void every_step_can_be_taken_back(void **state)
{
    (void)state;
    struct prompt prompt;
    prompt_init(&prompt, false);
    type(&prompt, "hello world<C-w>you<Left><Left><BS>");
    assert_string_equal(prompt.text.data, "hello ou");
    type(&prompt, "<C-z>");
    assert_string_equal(prompt.text.data, "hello you");
    type(&prompt, "<C-z><C-z>");
    assert_string_equal(prompt.text.data, "hello world");
    type(&prompt, "<C-z><C-z><C-z>");
    assert_string_equal(prompt.text.data, "");
    type(&prompt, "<C-y><C-y>");
    assert_string_equal(prompt.text.data, "hello ");
    type(&prompt, "x<C-y>");
    assert_string_equal(prompt.text.data, "hello x");
    for (int at = 0; at < 1500; at++)
        type(&prompt, "a<BS>");
    assert_string_equal(prompt.text.data, "hello x");
    prompt_clear(&prompt);
}

static void pastes_are_text_and_limited(void **state)
{
    (void)state;
    struct prompt prompt;
    prompt_init(&prompt, false);
    struct event paste = {.kind = EVENT_PASTE, .paste = SLICE("a\nb\x1b[31m\xff")};
    assert_int_equal(prompt_event(&prompt, &paste), PROMPT_CHANGED);
    assert_string_equal(prompt.text.data, "a b[31m\xef\xbf\xbd");
    prompt_set(&prompt, SLICE(""));
    prompt.limit = 4;
    paste.paste = SLICE("ab中文");
    prompt_event(&prompt, &paste);
    assert_string_equal(prompt.text.data, "ab");
    type(&prompt, "cdef");
    assert_string_equal(prompt.text.data, "abcd");
    prompt_clear(&prompt);
}

static void several_rows_wrap_and_the_cursor_follows(void **state)
{
    (void)state;
    struct prompt prompt;
    struct canvas *canvas = canvas_new(3, 11);
    struct str drawn = STR_INIT;
    prompt_init(&prompt, true);
    type(&prompt, "the quick brown<Enter><Enter>fox");
    assert_string_equal(prompt.text.data, "the quick brown\n\nfox");
    prompt_draw(&prompt, canvas_area(canvas), ROLE_INPUT);
    canvas_print_text(canvas, &drawn);
    assert_string_equal(drawn.data, "brown\n\nfox\n");
    assert_int_equal(canvas->cursor_row, 2);
    assert_int_equal(canvas->cursor_column, 3);
    type(&prompt, "<Up><Up><Up>");
    prompt_draw(&prompt, canvas_area(canvas), ROLE_INPUT);
    assert_int_equal(prompt.cursor, 0);
    assert_int_equal(canvas->cursor_row, 0);
    type(&prompt, "<Down><Down><Down>");
    assert_int_equal(prompt.cursor, 17);
    assert_int_equal(type(&prompt, "<C-d>"), PROMPT_ACCEPTED);
    prompt_set(&prompt, SLICE("0123456789012345678901234567890123456789"));
    prompt_draw(&prompt, canvas_area(canvas), ROLE_INPUT);
    assert_int_equal(canvas->cursor_row, 2);
    prompt_set(&prompt, SLICE("中文中文中文中文中文"));
    prompt_draw(&prompt, canvas_area(canvas), ROLE_INPUT);
    str_reset(&drawn);
    canvas_print_text(canvas, &drawn);
    assert_string_equal(drawn.data, "中文中文中\n文中文中文\n\n");
    prompt_clear(&prompt);
    canvas_free(canvas);
    str_clear(&drawn);
}

static void one_row_scrolls_sideways(void **state)
{
    (void)state;
    struct prompt prompt;
    struct canvas *canvas = canvas_new(1, 8);
    struct str drawn = STR_INIT;
    prompt_init(&prompt, false);
    prompt_set(&prompt, SLICE("abcdefghijkl"));
    prompt_draw(&prompt, canvas_area(canvas), ROLE_INPUT);
    canvas_print_text(canvas, &drawn);
    assert_string_equal(drawn.data, "fghijkl\n");
    assert_int_equal(canvas->cursor_column, 7);
    type(&prompt, "<Home>");
    prompt_draw(&prompt, canvas_area(canvas), ROLE_INPUT);
    assert_int_equal(canvas->cursor_column, 0);
    prompt_clear(&prompt);
    canvas_free(canvas);
    str_clear(&drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_by_clusters),           cmocka_unit_test(every_step_can_be_taken_back),
        cmocka_unit_test(pastes_are_text_and_limited), cmocka_unit_test(several_rows_wrap_and_the_cursor_follows),
        cmocka_unit_test(one_row_scrolls_sideways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
