#include "harness/test.h"

#include <stdio.h>

#include "assay/base/table.h"

static void empty_table_has_nothing(void **state)
{
    (void)state;
    struct table *table = table_new();
    size_t number = 5;
    assert_int_equal(table_count(table), 0);
    assert_false(table_has(table, SLICE("")));
    assert_false(table_get(table, SLICE("x"), &number));
    assert_int_equal(number, 5);
    table_free(table);
    table_free(NULL);
}

static void any_bytes_are_a_key(void **state)
{
    (void)state;
    struct table *table = table_new();
    size_t number = 0;
    assert_true(table_add(table, SLICE("a\0b"), 1));
    assert_true(table_add(table, SLICE("a\0c"), 2));
    assert_true(table_add(table, SLICE("a"), 3));
    assert_true(table_add(table, slice_of(NULL), 4));
    assert_false(table_add(table, SLICE(""), 5));
    assert_true(table_get(table, SLICE(""), &number));
    assert_int_equal(number, 4);
    assert_true(table_get(table, SLICE("a\0c"), &number));
    assert_int_equal(number, 2);
    table_set(table, SLICE("a\0c"), 9);
    table_set(table, SLICE("new"), 10);
    assert_true(table_get(table, SLICE("a\0c"), &number));
    assert_int_equal(number, 9);
    assert_int_equal(table_count(table), 5);
    assert_slice(table_key(table, 4), "new");
    assert_int_equal(table_number(table, 1), 9);
    table_free(table);
}

static void keys_are_copied(void **state)
{
    (void)state;
    struct table *table = table_new();
    char key[] = "first";
    table_add(table, slice_of(key), 1);
    memcpy(key, "other", 5);
    assert_true(table_has(table, SLICE("first")));
    assert_false(table_has(table, SLICE("other")));
    table_free(table);
}

/* Many keys, each added twice, beside an array that is the truth; order is that of insertion. */
static void many_keys_keep_their_order(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct table *table = table_new();
    char key[32];
    for (size_t i = 0; i < COUNT; i++) {
        int size = snprintf(key, sizeof key, "%zx", i * 7919);
        assert_true(table_add(table, slice_make(key, (size_t)size), i));
        assert_false(table_add(table, slice_make(key, (size_t)size), COUNT));
    }
    assert_int_equal(table_count(table), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        int size = snprintf(key, sizeof key, "%zx", i * 7919);
        size_t number = COUNT;
        if (!table_get(table, slice_make(key, (size_t)size), &number) || number != i)
            fail_msg("key %zu has number %zu", i, number);
        assert_true(slice_equal(table_key(table, i), slice_make(key, (size_t)size)));
        assert_int_equal(table_number(table, i), i);
    }
    assert_false(table_has(table, SLICE("no such key")));
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_table_has_nothing),
        cmocka_unit_test(any_bytes_are_a_key),
        cmocka_unit_test(keys_are_copied),
        cmocka_unit_test(many_keys_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
