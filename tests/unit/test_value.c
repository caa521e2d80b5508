#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "assay/data/value.h"

static void questions_about_nothing(void **state)
{
    (void)state;
    struct value text = value_of_text(SLICE("x"));
    const struct value *nothing[] = {NULL, &text};
    for (size_t i = 0; i < 2; i++) {
        assert_null(value_get(nothing[i], "key"));
        assert_null(value_at(nothing[i], 0));
        assert_null(value_pair_at(nothing[i], 0));
        assert_int_equal(value_count(nothing[i]), 0);
        assert_int_equal(value_integer(nothing[i], -7), -7);
        assert_true(value_number(nothing[i], 0.5) > 0.4);
        assert_true(value_boolean(nothing[i], true));
        assert_false(value_is_number(nothing[i]));
        assert_false(value_is_list(nothing[i]));
        assert_false(value_is_map(nothing[i]));
    }
    assert_int_equal(value_text(NULL).size, 0);
    assert_true(slice_is(value_text(value_get(value_get(value_get(NULL, "a"), "b"), "c")), ""));
}

static void building_keeps_order_over_growth(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct value *list = value_new_list(&arena);
    struct value *map = value_new_map(&arena);
    for (int i = 0; i < 1000; i++) {
        value_add(&arena, list, value_of_integer(i));
        value_set_slice(&arena, map, arena_printf(&arena, "key%d", i), value_of_integer(i));
    }
    value_set(&arena, map, "list", *list);
    assert_int_equal(value_count(list), 1000);
    assert_int_equal(value_count(map), 1001);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(value_integer(value_at(list, i), -1), i);
        assert_int_equal(value_integer(&value_pair_at(map, i)->value, -1), i);
    }
    assert_int_equal(value_integer(value_get(map, "key999"), -1), 999);
    assert_int_equal(value_integer(value_at(value_get(map, "list"), 500), -1), 500);
    assert_null(value_at(list, 1000));
    arena_clear(&arena);
}

static void equality_is_that_of_json_schema(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct value one = value_of_integer(1), real = value_of_real(1.0), yes = value_of_bool(true),
                 none = value_of_null();
    assert_true(value_equal(&one, &real));
    assert_false(value_equal(&one, &yes));
    assert_false(value_equal(&none, &yes));
    assert_true(value_equal(&none, &none));
    struct value big = value_of_integer(INT64_MAX), less = value_of_integer(INT64_MAX - 1);
    assert_false(value_equal(&big, &less));
    struct value *a = value_new_map(&arena), *b = value_new_map(&arena);
    value_set(&arena, a, "x", one);
    value_set(&arena, a, "y", none);
    value_set(&arena, b, "y", none);
    assert_false(value_equal(a, b));
    value_set(&arena, b, "x", real);
    assert_true(value_equal(a, b));
    struct value *p = value_new_list(&arena), *q = value_new_list(&arena);
    value_add(&arena, p, one);
    value_add(&arena, p, none);
    value_add(&arena, q, none);
    value_add(&arena, q, one);
    assert_false(value_equal(p, q));
    assert_false(value_equal(p, a));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(questions_about_nothing),
                                       cmocka_unit_test(building_keeps_order_over_growth),
                                       cmocka_unit_test(equality_is_that_of_json_schema)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
