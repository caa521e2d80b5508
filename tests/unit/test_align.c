#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/text/align.h"

static void check_order(const struct align *align, const struct wrap *left, const struct wrap *right)
{
    uint32_t next_left = 0, next_right = 0;
    for (size_t i = 0; i < align->count; i++) {
        const struct align_row *row = &align->rows[i];
        assert_true(row->left != ALIGN_FILLER || row->right != ALIGN_FILLER);
        if (row->left != ALIGN_FILLER) {
            assert_int_equal(row->left, next_left++);
            assert_int_equal(align_find(align, 0, row->left), i);
        }
        if (row->right != ALIGN_FILLER) {
            assert_int_equal(row->right, next_right++);
            assert_int_equal(align_find(align, 1, row->right), i);
        }
    }
    assert_int_equal(next_left, left->count);
    assert_int_equal(next_right, right->count);
    assert_int_equal(align_find(align, 0, left->count), align->count);
}

static void put_side(struct str *out, const char *text, const struct wrap *wrap, uint32_t row)
{
    if (row == ALIGN_FILLER)
        str_append_text(out, "~");
    else
        str_append(out, slice_make(text + wrap->rows[row].offset, wrap->rows[row].size));
}

static char *beside(const char *a, const char *b, unsigned columns)
{
    struct diff diff;
    struct wrap left, right;
    struct align align;
    struct str out = STR_INIT;
    diff_init(&diff);
    wrap_init(&left);
    wrap_init(&right);
    align_init(&align);
    diff_text(&diff, slice_of(a), slice_of(b), NULL);
    wrap_text(&left, slice_of(a), columns);
    wrap_text(&right, slice_of(b), columns);
    align_layouts(&align, &diff, &left, &right);
    check_order(&align, &left, &right);
    for (size_t i = 0; i < align.count; i++) {
        put_side(&out, a, &left, align.rows[i].left);
        str_push(&out, '|');
        put_side(&out, b, &right, align.rows[i].right);
        str_push(&out, '\n');
    }
    align_clear(&align);
    wrap_clear(&right);
    wrap_clear(&left);
    diff_clear(&diff);
    return str_take(&out);
}

static void aligns(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned columns;
        const char *expected;
    } cases[] = {
        {"", "", 10, "|\n"},
        {"a", "", 10, "a|\n"},
        {"", "one two\nthree", 10, "|one two\n~|three\n"},
        {"same\nlines", "same\nlines", 10, "same|same\nlines|lines\n"},
        {"first\nlast", "first\nnew\nlast", 10, "first|first\n~|new\nlast|last\n"},
        {"first\nold\nlast", "first\nlast", 10, "first|first\nold|~\nlast|last\n"},
        /* the longer layout of one line pushes the next line of both sides down */
        {"head word\ntail", "head word and more words\ntail", 10,
         "head word|head word\n~|and more\n~|words\ntail|tail\n"},
        {"aa bb\ncc dd", "xx yy\nzz ww", 10, "aa bb|xx yy\ncc dd|zz ww\n"},
        /* a long paragraph is brought back to one height after an insertion of three rows */
        {"alpha beta gamma delta", "alpha new1 new2 new3 new4 beta gamma delta", 6,
         "alpha|alpha\n~|new1\n~|new2\n~|new3\n~|new4\nbeta|beta\ngamma|gamma\ndelta|delta\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char *got = beside(cases[i].a, cases[i].b, cases[i].columns);
        assert_string_equal(got, cases[i].expected);
        memory_free(got);
    }
}

static void keeps_every_row_at_every_width(void **state)
{
    (void)state;
    static const char a[] =
        "Title\n\nThe quick brown fox jumps over the lazy dog. It runs.\n\n- one\n- two\n\nThe end.";
    static const char b[] =
        "Title\n\nA quick red fox leaps over dogs.\nNew paragraph here.\n\n- two\n- three\n\nThe end.\n";
    for (unsigned columns = 0; columns < 70; columns++)
        memory_free(beside(a, b, columns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns),
        cmocka_unit_test(keeps_every_row_at_every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
