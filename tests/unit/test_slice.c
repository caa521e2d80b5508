#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/array.h"

static void comparing(void **state)
{
    (void)state;
    struct slice none = slice_of(NULL);
    assert_true(slice_equal(none, SLICE("")));
    assert_true(slice_is(none, ""));
    assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
    assert_false(slice_is(SLICE("a\0b"), "a"));
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("b"), SLICE("ab")) > 0);
    assert_true(slice_compare(SLICE("\xff"), SLICE("a")) > 0);
    assert_int_equal(slice_compare(none, SLICE("")), 0);
    assert_true(slice_compare(none, SLICE("a")) < 0);
    assert_true(slice_starts_with(SLICE("abc"), SLICE("ab")));
    assert_true(slice_starts_with(none, none));
    assert_false(slice_starts_with(SLICE("a"), SLICE("ab")));
    assert_true(slice_ends_with(SLICE("abc"), SLICE("bc")));
    assert_true(slice_ends_with(SLICE("abc"), SLICE("")));
    assert_false(slice_ends_with(SLICE("c"), SLICE("bc")));
}

static void finding(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("abcabd"), SLICE("abd")), 3);
    assert_int_equal(slice_find(SLICE("abc"), SLICE("")), 0);
    assert_int_equal(slice_find(slice_of(NULL), SLICE("")), 0);
    assert_int_equal(slice_find(SLICE("ab"), SLICE("abc")), SLICE_NOT_FOUND);
    assert_int_equal(slice_find(SLICE("a\0b"), SLICE("b")), 2);
    assert_int_equal(slice_find_byte(SLICE("a\0b"), '\0'), 1);
    assert_int_equal(slice_find_byte(slice_of(NULL), 'a'), SLICE_NOT_FOUND);
}

static void parts_are_clamped(void **state)
{
    (void)state;
    struct slice s = SLICE("abcdef");
    assert_slice(slice_part(s, 2, 3), "cde");
    assert_slice(slice_part(s, 4, SIZE_MAX), "ef");
    assert_slice(slice_part(s, SIZE_MAX, SIZE_MAX), "");
    assert_slice(slice_from(s, 6), "");
    assert_slice(slice_from(s, 7), "");
    assert_null(slice_from(slice_of(NULL), 3).data);
    assert_slice(slice_trim(SLICE(" \t\r\n\v\fa b\n ")), "a b");
    assert_slice(slice_trim(SLICE("  ")), "");
    assert_slice(slice_trim(slice_of(NULL)), "");
}

static void expect_cuts(struct slice text, char separator, const char *joined)
{
    char got[64] = "";
    struct slice part;
    while (slice_cut(&text, separator, &part)) {
        strncat(got, part.data, part.size);
        strcat(got, "|");
    }
    assert_string_equal(got, joined);
    assert_false(slice_cut(&text, separator, &part));
}

static void cutting(void **state)
{
    (void)state;
    expect_cuts(SLICE("a,,b"), ',', "a||b|");
    expect_cuts(SLICE(""), ',', "|");
    expect_cuts(SLICE(","), ',', "||");
    expect_cuts(SLICE("a,"), ',', "a||");
    expect_cuts(slice_of(NULL), ',', "");
}

static void expect_lines(struct slice text, const char *joined)
{
    char got[64] = "";
    struct slice line;
    while (slice_cut_line(&text, &line)) {
        strncat(got, line.data, line.size);
        strcat(got, "|");
    }
    assert_string_equal(got, joined);
    assert_false(slice_cut_line(&text, &line));
}

static void cutting_lines(void **state)
{
    (void)state;
    expect_lines(SLICE(""), "");
    expect_lines(slice_of(NULL), "");
    expect_lines(SLICE("a"), "a|");
    expect_lines(SLICE("a\n"), "a|");
    expect_lines(SLICE("a\r\nb\n\nc"), "a|b||c|");
    expect_lines(SLICE("\n"), "|");
    expect_lines(SLICE("\r\n\r\n"), "||");
    expect_lines(SLICE("a\rb\n"), "a\rb|");
    expect_lines(SLICE("a\r"), "a\r|"); /* no line feed, no CRLF */
}

static void numbers(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(slice_to_uint64(SLICE("0"), &n));
    assert_int_equal(n, 0);
    assert_true(slice_to_uint64(SLICE("00018446744073709551615"), &n));
    assert_true(n == UINT64_MAX);
    assert_false(slice_to_uint64(SLICE("18446744073709551616"), &n));
    assert_false(slice_to_uint64(SLICE("99999999999999999999999"), &n));
    assert_false(slice_to_uint64(SLICE(""), &n));
    assert_false(slice_to_uint64(SLICE("+1"), &n));
    assert_false(slice_to_uint64(SLICE("-1"), &n));
    assert_false(slice_to_uint64(SLICE(" 1"), &n));
    assert_false(slice_to_uint64(SLICE("1\0"), &n));
    assert_false(slice_to_uint64(SLICE("1x"), &n));
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Equal bytes, equal hash, wherever they lie; different bytes of all lengths, no collision (64 bits, few keys) and
 * each of the lowest 8 bits set about half of the time. */
static void hashes_spread(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static uint64_t hashes[COUNT];
    size_t ones[8] = {0};
    for (size_t i = 0; i < COUNT; i++) {
        char key[40] = "", other[41] = "!";
        size_t size = i % 20;
        memcpy(key + size, &(uint32_t){(uint32_t)i}, 4);
        memcpy(other + 1, key, sizeof key);
        hashes[i] = slice_hash(slice_make(key, size + 4));
        assert_true(hashes[i] == slice_hash(slice_make(other + 1, size + 4)));
        for (size_t bit = 0; bit < 8; bit++)
            ones[bit] += hashes[i] >> bit & 1;
    }
    qsort(hashes, COUNT, sizeof *hashes, compare_hashes);
    for (size_t i = 1; i < COUNT; i++)
        assert_true(hashes[i] != hashes[i - 1]);
    for (size_t bit = 0; bit < 8; bit++)
        assert_in_range(ones[bit], COUNT * 45 / 100, COUNT * 55 / 100);
    assert_true(slice_hash(slice_of(NULL)) == slice_hash(SLICE("")));
    assert_true(slice_hash(SLICE("a")) != slice_hash(SLICE("a\0")));
}

static void sorting(void **state)
{
    (void)state;
    struct slice items[] = {SLICE("b"), SLICE("a"), SLICE(""), SLICE("a\0"), SLICE("b"), SLICE("\xff"), SLICE("a")};
    const struct slice wanted[] = {SLICE(""), SLICE("a"), SLICE("a\0"), SLICE("b"), SLICE("\xff")};
    assert_int_equal(slice_sort_unique(items, ARRAY_COUNT(items)), ARRAY_COUNT(wanted));
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++)
        assert_true(slice_equal(items[i], wanted[i]));
    assert_int_equal(slice_sort_unique(NULL, 0), 0);
    slice_sort(NULL, 0);
    struct slice twice[] = {SLICE("z"), SLICE("y"), SLICE("y")};
    slice_sort(twice, 3);
    assert_true(slice_is(twice[0], "y") && slice_is(twice[1], "y") && slice_is(twice[2], "z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),     cmocka_unit_test(finding),       cmocka_unit_test(parts_are_clamped),
        cmocka_unit_test(cutting),       cmocka_unit_test(cutting_lines), cmocka_unit_test(numbers),
        cmocka_unit_test(hashes_spread), cmocka_unit_test(sorting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
