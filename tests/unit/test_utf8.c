#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/text/utf8.h"

static void decodes_by_maximal_subpart(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t replaced;
        const char *expected;
    } cases[] = {
        {"", 0, ""},
        {"plain", 0, "plain"},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 0, "é€😀"},
        {"a\xFF"
         "b",
         1, "a\uFFFDb"},
        {"\xC0\xAF", 2, "\uFFFD\uFFFD"},                     /* overlong */
        {"\xE0\x80\xAF", 3, "\uFFFD\uFFFD\uFFFD"},           /* overlong: E0 wants A0..BF */
        {"\xED\xA0\x80", 3, "\uFFFD\uFFFD\uFFFD"},           /* surrogate */
        {"\xF4\x90\x80\x80", 4, "\uFFFD\uFFFD\uFFFD\uFFFD"}, /* beyond U+10FFFF */
        {"\xE2\x82", 1, "\uFFFD"},                           /* cut short */
        {"\xF0\x9F\x98"
         "x",
         1, "\uFFFDx"},
        /* table 3-8 of the standard */
        {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", 6, "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct str out = STR_INIT;
        assert_int_equal(utf8_append_valid(&out, slice_of(cases[i].bytes)), cases[i].replaced);
        assert_string_equal(out.data, cases[i].expected);
        assert_true(utf8_valid(str_slice(&out)));
        assert_int_equal(utf8_valid(slice_of(cases[i].bytes)), cases[i].replaced == 0);
        str_clear(&out);
    }
}

static void every_code_point_survives_both_ways(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4];
        uint32_t back;
        bool valid;
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        size_t size = utf8_encode(c, bytes);
        assert_int_equal(utf8_decode(slice_make(bytes, size), &back, &valid), size);
        assert_true(valid);
        assert_int_equal(back, surrogate ? UTF8_REPLACEMENT : c);
    }
}

static void measures_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns, clusters;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"日本語", 6, 3},
        {"e\u0301", 1, 1},
        {"é", 1, 1},
        {"👩‍👩‍👧‍👦", 2, 1},
        {"👍🏽", 2, 1},
        {"🇩🇪🇫🇷", 4, 2},
        {"❤️", 2, 1},
        {"❤", 1, 1},
        {"1️⃣", 2, 1},
        {"한글", 4, 2},
        {"\u1112\u1161\u11AB", 2, 1},
        {"\u1100\u1100\u1100", 6, 3}, /* one cluster by the book, three letters on a terminal */
        {"ｶﾞ", 2, 1},
        {"क्षि", 3, 2},
        {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", 2, 1},
        {"\n\x1b\x7f", 0, 3},
        {"a\xFFz", 3, 3},
        {"\r\n", 0, 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice s = slice_of(cases[i].text);
        size_t clusters = 0;
        for (size_t at = 0, size; (size = utf8_cluster(s, at, NULL)) > 0; at += size)
            clusters++;
        if (utf8_columns(s) != cases[i].columns || clusters != cases[i].clusters)
            print_message("case %zu: %zu columns, %zu clusters\n", i, utf8_columns(s), clusters);
        assert_int_equal(utf8_columns(s), cases[i].columns);
        assert_int_equal(clusters, cases[i].clusters);
    }
}

static void cuts_in_front_of_what_does_not_fit(void **state)
{
    (void)state;
    struct slice s = SLICE("a日b👩‍👩‍👧‍👦c");
    static const size_t used[] = {0, 1, 1, 3, 4, 4, 6, 7, 7};
    for (size_t columns = 0; columns < ARRAY_COUNT(used); columns++) {
        size_t got;
        struct slice front = utf8_cut(s, columns, &got);
        assert_int_equal(got, used[columns]);
        assert_int_equal(utf8_columns(front), got);
    }
    assert_int_equal(utf8_cut(SLICE("e\u0301x"), 1, NULL).size, 3);
}

static void steps_back_by_cluster(void **state)
{
    (void)state;
    struct slice s = SLICE("a\r\ne\u0301🇩🇪🇫🇷👩‍👩‍👧‍👦z");
    size_t starts[16], count = 0;
    for (size_t at = 0, size; (size = utf8_cluster(s, at, NULL)) > 0; at += size)
        starts[count++] = at;
    size_t at = s.size;
    while (count > 0) {
        at = utf8_cluster_before(s, at);
        assert_int_equal(at, starts[--count]);
    }
    assert_int_equal(utf8_cluster_before(s, 0), 0);
    assert_int_equal(utf8_cluster_before((struct slice){NULL, 0}, 5), 0);
}

static void folds_case(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    utf8_append_folded(&out, SLICE("STRASSE Straße ΣΑΣ Ä İ"));
    assert_string_equal(out.data, "strasse strasse σασ ä i\u0307");
    str_clear(&out);
    assert_true(utf8_has_upper(SLICE("aÄ")));
    assert_false(utf8_has_upper(SLICE("aä1日")));
}

static void knows_kinds(void **state)
{
    (void)state;
    static const struct {
        uint32_t codepoint;
        enum utf8_kind kind;
    } cases[] = {
        {'a', UTF8_WORD},         {'7', UTF8_WORD},        {'_', UTF8_WORD},           {0xE9, UTF8_WORD},
        {0x0301, UTF8_WORD},      {0xAC00, UTF8_WORD},     {0x4E00, UTF8_IDEOGRAPH},   {0x3042, UTF8_IDEOGRAPH},
        {0x30FC, UTF8_IDEOGRAPH}, {'.', UTF8_PUNCTUATION}, {0x3002, UTF8_PUNCTUATION}, {0x1F600, UTF8_PUNCTUATION},
        {' ', UTF8_SPACE},        {'\t', UTF8_SPACE},      {0xA0, UTF8_SPACE},         {'\n', UTF8_LINE_END},
        {0x2028, UTF8_LINE_END},  {0x1B, UTF8_OTHER},      {0xE000, UTF8_OTHER},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(utf8_kind(cases[i].codepoint), cases[i].kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_by_maximal_subpart),
        cmocka_unit_test(every_code_point_survives_both_ways),
        cmocka_unit_test(measures_columns),
        cmocka_unit_test(cuts_in_front_of_what_does_not_fit),
        cmocka_unit_test(steps_back_by_cluster),
        cmocka_unit_test(folds_case),
        cmocka_unit_test(knows_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
