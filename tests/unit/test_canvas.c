#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/ui/canvas.h"

static void assert_drawn(const struct canvas *canvas, const char *rows, const char *roles)
{
    struct str text = STR_INIT;
    canvas_print_text(canvas, &text);
    assert_string_equal(text.data, rows);
    str_reset(&text);
    canvas_print_roles(canvas, &text);
    if (roles != NULL)
        assert_string_equal(text.data, roles);
    str_clear(&text);
}

static void cuts_at_every_edge(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(2, 6);
    struct area area = canvas_area(canvas);
    canvas_put(area, 0, -2, ROLE_TEXT, "abcdefghij");
    canvas_put(area, 1, 4, ROLE_BAD, "xyz");
    canvas_put(area, 2, 0, ROLE_TEXT, "below");
    canvas_put(area, -1, 0, ROLE_TEXT, "above");
    canvas_put(area, 0, 6, ROLE_TEXT, "right");
    assert_drawn(canvas, "cdefgh\n    xy\n", "\n....xx\n");
    canvas_free(canvas);
}

static void half_a_wide_character_is_a_blank(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(4, 4);
    struct area area = canvas_area(canvas);
    canvas_put(area, 0, 0, ROLE_TEXT, "a中b中");
    canvas_put(area, 1, -1, ROLE_TEXT, "中中");
    canvas_put(area, 2, 0, ROLE_TEXT, "中中");
    canvas_put(area, 2, 1, ROLE_TEXT, "xx");
    canvas_put(area, 3, 0, ROLE_TEXT, "中中");
    canvas_put(area, 3, 1, ROLE_TEXT, "文");
    assert_drawn(canvas, "a中b\n 中\n xx\n 文\n", NULL);
    canvas_free(canvas);
}

static void clusters_stay_whole(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(1, 12);
    int end = canvas_put(canvas_area(canvas), 0, 0, ROLE_TEXT, "e\xcc\x81👨‍👩‍👧‍👦🇫🇷x");
    assert_int_equal(end, 6);
    assert_int_equal(canvas->cells[0].size, 3);
    assert_int_equal(canvas->cells[1].columns, 2);
    assert_int_equal(canvas->cells[1].size, 25);
    assert_int_equal(canvas->cells[2].columns, 0);
    assert_int_equal(canvas->cells[5].text[0], 'x');
    canvas_free(canvas);
}

static void a_cluster_that_is_too_long_is_cut_between_code_points(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(1, 4);
    struct str zalgo = STR_INIT;
    str_push(&zalgo, 'z');
    for (int at = 0; at < 200; at++)
        str_append_text(&zalgo, "\xcc\x81");
    canvas_text(canvas_area(canvas), 0, 0, ROLE_TEXT, str_slice(&zalgo));
    assert_int_equal(canvas->cells[0].size, 27);
    assert_int_equal(canvas->cells[0].columns, 1);
    str_clear(&zalgo);
    canvas_free(canvas);
}

static void nothing_that_a_terminal_obeys_gets_in(void **state)
{
    (void)state;
    static const char *const hostile[] = {"\033[2J",
                                          "\x9b"
                                          "31m",
                                          "a\rb",
                                          "\xe2\x80\xae",
                                          "\xc2\x9b",
                                          "\x7f",
                                          "\xff\xfe",
                                          "\xe2\x81\xa6",
                                          "\xd8\x9c",
                                          "\a\b\v\f"};
    for (size_t at = 0; at < sizeof hostile / sizeof *hostile; at++) {
        struct canvas *canvas = canvas_new(1, 10);
        canvas_put(canvas_area(canvas), 0, 0, ROLE_TEXT, hostile[at]);
        for (int column = 0; column < 10; column++) {
            const struct cell *cell = &canvas->cells[column];
            struct slice text = slice_make(cell->text, cell->size);
            for (size_t byte = 0; byte < text.size; byte++)
                assert_true((unsigned char)text.data[byte] >= 0x20 && text.data[byte] != 0x7f);
            assert_int_equal(slice_find(text, SLICE("\xe2\x80\xae")), SLICE_NOT_FOUND);
            assert_int_equal(slice_find(text, SLICE("\xc2\x9b")), SLICE_NOT_FOUND);
            assert_int_equal(slice_find(text, SLICE("\xe2\x81\xa6")), SLICE_NOT_FOUND);
            assert_int_equal(slice_find(text, SLICE("\xd8\x9c")), SLICE_NOT_FOUND);
            assert_int_equal(slice_find(text, SLICE("\xff")), SLICE_NOT_FOUND);
        }
        canvas_free(canvas);
    }
}

static void fields_pad_align_and_cut(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(6, 12);
    struct area area = canvas_area(canvas);
    canvas_fill(area, ROLE_DIM);
    assert_int_equal(canvas_field(area, 0, 1, 5, CANVAS_LEFT, ROLE_TEXT, SLICE("ab")), 6);
    canvas_field(area, 1, 1, 5, CANVAS_RIGHT, ROLE_TEXT, SLICE("ab"));
    canvas_field(area, 2, 1, 5, CANVAS_CENTRE, ROLE_TEXT, SLICE("ab"));
    canvas_field(area, 3, 1, 5, CANVAS_LEFT, ROLE_TEXT, SLICE("abcdefg"));
    canvas_field(area, 4, 1, 5, CANVAS_RIGHT, ROLE_TEXT, SLICE("中文中文"));
    canvas_field(area, 5, 1, 0, CANVAS_LEFT, ROLE_TEXT, SLICE("x"));
    assert_drawn(canvas, " ab\n    ab\n  ab\n abcd…\n 中文…\n\n",
                 "d.....dddddd\nd.....dddddd\nd.....dddddd\nd.....dddddd\nd.....dddddd\ndddddddddddd\n");
    canvas_free(canvas);
}

static void boxes_bars_and_sparks(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(5, 12);
    struct area inside = canvas_box(area_top(canvas_area(canvas), 3), "A long title", ROLE_BORDER);
    assert_int_equal(inside.rows, 1);
    assert_int_equal(inside.columns, 10);
    canvas_bar(inside, 0, 0, 6, ROLE_PROGRESS, 1, 100);
    canvas_bar(inside, 0, 6, 4, ROLE_PROGRESS, 99, 100);
    canvas_bar(canvas_area(canvas), 3, 0, 4, ROLE_PROGRESS, 7, 7);
    canvas_bar(canvas_area(canvas), 3, 5, 4, ROLE_PROGRESS, 0, 0);
    canvas_spark(canvas_area(canvas), 4, 0, ROLE_TEXT, (double[]){0, 1, 4, 8, 0.01}, 5);
    assert_drawn(canvas, "┌ A long… ─┐\n│█░░░░░███░│\n└──────────┘\n████ ░░░░\n ▁▄█▁\n", NULL);
    struct area none = canvas_box(area_part(canvas_area(canvas), 0, 0, 1, 1), NULL, ROLE_BORDER);
    assert_int_equal(none.rows * none.columns, 0);
    canvas_free(canvas);
}

static void ascii_has_the_same_widths(void **state)
{
    (void)state;
    struct canvas *fancy = canvas_new(1, 1), *plain = canvas_new(1, 1);
    plain->ascii = true;
    for (int symbol = 0; symbol < SYMBOL_COUNT; symbol++) {
        const char *sign = canvas_symbol(fancy, (enum symbol)symbol),
                   *letter = canvas_symbol(plain, (enum symbol)symbol);
        assert_int_equal(canvas_width(slice_of(sign)), 1);
        assert_int_equal(strlen(letter), 1);
        assert_true(letter[0] >= ' ' && letter[0] < 0x7f);
    }
    canvas_free(fancy);
    canvas_free(plain);
}

static void later_layers_win_and_attributes_add_up(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(2, 12);
    const struct span styles[] = {{0, 8, ROLE_CODE | PEN_BOLD}, {8, 100, ROLE_LINK}};
    const struct span words[] = {{2, 2, ROLE_ADDED_WORD}, {6, 4, ROLE_TEXT | PEN_UNDERLINE}};
    struct styled line = {.text = SLICE("abcdefghij"), .pen = ROLE_DIM, .layers = {{styles, 2}, {words, 2}}};
    canvas_styled(canvas_area(canvas), 0, 0, &line);
    line.text = SLICE("fghij");
    line.offset = 5;
    line.indent = 2;
    canvas_styled(canvas_area(canvas), 1, 1, &line);
    assert_drawn(canvas, "abcdefghij\n fghij\n",
                 "ccAAccccll"
                 "dd\n"
                 "dccclldddddd\n");
    assert_int_equal(canvas->cells[2].attributes, PEN_BOLD);
    assert_int_equal(canvas->cells[7].attributes, PEN_BOLD | PEN_UNDERLINE);
    canvas_free(canvas);
}

static void tabs_reach_their_stops(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(1, 12);
    struct styled line = {.text = SLICE("a\tb\tc"), .pen = ROLE_TEXT};
    canvas_styled(canvas_area(canvas), 0, 0, &line);
    assert_drawn(canvas, "a   b   c\n", NULL);
    canvas_free(canvas);
}

static void parts_of_areas_stay_inside(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(10, 10);
    struct area area = area_part(canvas_area(canvas), 2, 3, 100, 4);
    assert_int_equal(area.rows, 8);
    assert_int_equal(area.columns, 4);
    struct area part = area_part(area, -1, -1, 3, 3);
    assert_int_equal(part.row, 2);
    assert_int_equal(part.rows, 2);
    assert_int_equal(part.columns, 2);
    assert_int_equal(area_part(area, 50, 0, 1, 1).rows, 0);
    assert_int_equal(area_part(area, 0, 0, -5, 1).rows, 0);
    assert_int_equal(area_below(area, 9).rows, 0);
    assert_true(area_holds(area, 2, 3));
    assert_false(area_holds(area, 1, 3));
    assert_false(area_holds(area, 2, 7));
    canvas_free(canvas);
}

static void selection_keeps_roles(void **state)
{
    (void)state;
    struct canvas *canvas = canvas_new(1, 4);
    canvas_put(canvas_area(canvas), 0, 0, ROLE_GOOD, "ab");
    canvas_shade(canvas_area(canvas), PEN_SELECTED);
    assert_drawn(canvas, "ab\n", "ggss\n");
    canvas_recolour(canvas_area(canvas), ROLE_BAD);
    assert_drawn(canvas, "ab\n", "xxxx\n");
    canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_every_edge),
        cmocka_unit_test(half_a_wide_character_is_a_blank),
        cmocka_unit_test(clusters_stay_whole),
        cmocka_unit_test(a_cluster_that_is_too_long_is_cut_between_code_points),
        cmocka_unit_test(nothing_that_a_terminal_obeys_gets_in),
        cmocka_unit_test(fields_pad_align_and_cut),
        cmocka_unit_test(boxes_bars_and_sparks),
        cmocka_unit_test(ascii_has_the_same_widths),
        cmocka_unit_test(later_layers_win_and_attributes_add_up),
        cmocka_unit_test(tabs_reach_their_stops),
        cmocka_unit_test(parts_of_areas_stay_inside),
        cmocka_unit_test(selection_keeps_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
