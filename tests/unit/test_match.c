#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/str.h"
#include "assay/text/match.h"

static void finds(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        enum match_kind kind;
        const char *text;
        size_t offset, size; /* size 0: nothing */
    } cases[] = {
        {"needle", MATCH_LITERAL, "a Needle", 2, 6},
        {"Needle", MATCH_LITERAL, "a needle Needle", 9, 6},
        {"ärger", MATCH_LITERAL, "Ärger", 0, 6},
        {"a.c", MATCH_LITERAL, "abc a.c", 4, 3},
        {"a.c", MATCH_REGEX, "abc a.c", 0, 3},
        {"^second", MATCH_REGEX, "first\nsecond", 6, 6},
        {"\\bword\\b", MATCH_REGEX, "swords word", 7, 4},
        {"é", MATCH_REGEX, "\xFF\xC3 é", 3, 2},
        {"x*", MATCH_REGEX, "aaa", 0, 0},
        {"missing", MATCH_LITERAL, "", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct error error = ERROR_INIT;
        struct match_range range = {0, 0};
        struct match *match = match_new(slice_of(cases[i].pattern), cases[i].kind, &error);
        assert_non_null(match);
        assert_int_equal(match_next(match, slice_of(cases[i].text), 0, &range), cases[i].size > 0);
        assert_int_equal(range.offset, cases[i].offset);
        assert_int_equal(range.size, cases[i].size);
        assert_false(match_limited(match));
        match_free(match);
    }
}

static void walks_through_all_finds(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct match *match = match_new(SLICE("ab"), MATCH_LITERAL, &error);
    struct match_range range;
    size_t count = 0;
    for (size_t from = 0; match_next(match, SLICE("ab AB xaby"), from, &range); from = range.offset + range.size)
        count++;
    assert_int_equal(count, 3);
    match_free(match);
}

static void refuses_bad_patterns(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "(", "[", "a{2,1}", "\\C", "\xFF"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct error error = ERROR_INIT;
        assert_null(match_new(slice_of(bad[i]), MATCH_REGEX, &error));
        assert_int_equal(error.kind, ERROR_USAGE);
    }
}

static void gives_up_at_its_limit(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    struct match_range range;
    str_append_repeat(&text, 'a', 4000);
    struct match *match = match_new(SLICE("(a+)+(a+)+b|(a|aa)+$x"), MATCH_REGEX, &error);
    assert_non_null(match);
    assert_false(match_next(match, str_slice(&text), 0, &range));
    str_push(&text, 'c');
    assert_false(match_next(match, str_slice(&text), 0, &range));
    match_free(match);
    match = match_new(SLICE("(?:a?){40}a{40}(a*)*\\1[bd]"), MATCH_REGEX, &error);
    str_push(&text, 'b');
    assert_non_null(match);
    assert_false(match_next(match, slice_part(str_slice(&text), 0, 4001), 0, &range));
    assert_true(match_limited(match));
    match_free(match);
    str_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(walks_through_all_finds),
        cmocka_unit_test(refuses_bad_patterns),
        cmocka_unit_test(gives_up_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
