#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/text/utf8.h"
#include "assay/text/wrap.h"

/* Rows as they would be drawn, a | after each. */
static char *drawn(const char *text, unsigned columns)
{
    struct wrap wrap;
    struct str out = STR_INIT;
    wrap_init(&wrap);
    wrap_text(&wrap, slice_of(text), columns);
    for (size_t i = 0; i < wrap.count; i++) {
        const struct wrap_row *row = &wrap.rows[i];
        struct wrap_cell cell = {.size = 0};
        unsigned column = 0;
        str_append_repeat(&out, ' ', row->indent);
        while (wrap_next(slice_of(text), row, &cell)) {
            if (text[cell.offset] == '\t')
                str_append_repeat(&out, '.', cell.columns);
            else
                str_append(&out, slice_make(text + cell.offset, cell.size));
            column = cell.column + cell.columns;
        }
        assert_true(row->size == 0 || column == row->indent + row->columns);
        assert_true(columns < 2 || row->indent + row->columns <= columns);
        str_push(&out, '|');
    }
    wrap_clear(&wrap);
    return str_take(&out);
}

static void lays_out(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned columns;
        const char *expected;
    } cases[] = {
        {"", 10, "|"},
        {"\n", 10, "|"},
        {"a\n\nb\n", 10, "a||b|"},
        {"one two three", 7, "one two|three|"},
        {"one two three", 8, "one two|three|"},
        {"one   two", 5, "one|two|"},
        {"one two   ", 7, "one two|"},
        {"well-known fact", 6, "well-|known|fact|"},
        {"minus -5 --option", 8, "minus -5|--option|"},
        {"abcdefghij", 4, "abcd|efgh|ij|"},
        {"go https://example.org/a/b?c=d", 12, "go|https://|example.org/|a/b?c=d|"},
        {"日本語の文章。次の文", 8, "日本語の|文章。次|の文|"},
        {"日本語文。次", 8, "日本語|文。次|"},
        {"「日本」語", 4, "「日|本」|語|"},
        {"中文and English混排", 8, "中文and|English|混排|"},
        {"- item one that goes on", 12, "- item one|  that goes|  on|"},
        {"12. item one goes on", 11, "12. item|    one|    goes on|"},
        {"  • deep item here", 10, "  • deep|    item|    here|"},
        {"   File      a/long name here", 28, "   File      a/long name|             here|"},
        {"   File      a/long name here", 20, "   File      a/long|   name here|"},
        {"   Name      0123456789abcdefgh", 26, "   Name      0123456789abc|             defgh|"},
        {"- 0123456789", 8, "- 012345|  6789|"},
        {"- \t0123456789", 8, "-|  012345|  6789|"},
        {"-  \u3000\u3000\u3000 end", 8, "-|   end|"},
        {"   File      ", 8, "   File|"},
        {"a label   at the left edge", 16, "a label   at the|left edge|"},
        {"    indented line goes", 14, "    indented|    line goes|"},
        {"> quoted words here", 10, "> quoted|  words|  here|"},
        {"a\tb", 10, "a...b|"},
        {"\tcode line", 9, "....code|    line|"},
        {"👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 4,
         "👩‍👩‍👧‍👦👩‍👩‍👧‍👦|👩‍👩‍👧‍👦|"},
        {"one two three\nfour", 0, "one two three|four|"},
        {"日", 1, "日|"},
        {"                    far", 10, "|far|"},
        {"he said “yes” and “no”", 8, "he said|“yes”|and “no”|"},
        {"a — b—c d", 5, "a —|b—c d|"},
        {"abc \u0301d", 4, "abc \u0301|d|"},
        {"10\u00A0000 people", 6, "10\u00A0000|people|"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char *got = drawn(cases[i].text, cases[i].columns);
        assert_string_equal(got, cases[i].expected);
        memory_free(got);
    }
}

static void tiles_the_text(void **state)
{
    (void)state;
    static const char text[] = "A line of prose, well-known.\n\n- a list item 日本語の文章 https://example.org/xyz\n"
                               "\tcode   with   gaps   \n  \n   x";
    struct wrap wrap;
    wrap_init(&wrap);
    for (unsigned columns = 0; columns < 90; columns++) {
        size_t end = 0;
        unsigned line = 0;
        wrap_text(&wrap, slice_of(text), columns);
        for (size_t i = 0; i < wrap.count; i++) {
            const struct wrap_row *row = &wrap.rows[i];
            assert_true(row->offset >= end);
            for (; end < row->offset; end++) {
                assert_non_null(strchr(" \t\n", text[end]));
                line += text[end] == '\n';
            }
            assert_int_equal(row->line, line);
            assert_int_equal(row->continued, i > 0 && wrap.rows[i - 1].line == row->line);
            assert_int_equal(wrap_row_at(&wrap, row->offset), i);
            if (row->size > 0)
                assert_int_equal(wrap_row_at(&wrap, row->offset + row->size - 1), i);
            end += row->size;
        }
        assert_true(strspn(text + end, " \t\n") == sizeof text - 1 - end);
    }
    wrap_clear(&wrap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lays_out),
        cmocka_unit_test(tiles_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
