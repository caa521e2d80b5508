#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"

static void pushing_keeps_what_is_there(void **state)
{
    (void)state;
    struct {
        size_t *items;
        size_t count, capacity;
    } a = {0};
    size_t moves = 0;
    for (size_t i = 0; i < 100000; i++) {
        size_t *before = a.items;
        size_t *fresh = ARRAY_PUSH(a.items, a.count, a.capacity);
        assert_int_equal(*fresh, 0);
        *fresh = i * 3;
        moves += before != a.items;
    }
    assert_int_equal(a.count, 100000);
    for (size_t i = 0; i < a.count; i++)
        assert_int_equal(a.items[i], i * 3);
    assert_in_range(moves, 1, 40); /* by half each time: log(100000 / 8) / log(1.5) + 1 */
    memory_free(a.items);
}

static void growing_is_exact_where_it_must_be(void **state)
{
    (void)state;
    size_t capacity = 0;
    assert_null(array_grow(NULL, &capacity, 0, 8));
    char *items = array_grow(NULL, &capacity, 1, 1);
    assert_in_range(capacity, 1, 64);
    size_t first = capacity;
    memset(items, 'x', first);
    assert_ptr_equal(array_grow(items, &capacity, first, 1), items);
    items = array_grow(items, &capacity, 5000, 1);
    assert_in_range(capacity, 5000, 8000);
    for (size_t i = 0; i < capacity; i++)
        assert_int_equal(items[i], i < first ? 'x' : 0);
    memory_free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushing_keeps_what_is_there),
        cmocka_unit_test(growing_is_exact_where_it_must_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
