#include "harness/test.h"

#include <stdalign.h>

#include "assay/base/arena.h"
#include "assay/base/memory.h"

/* Pieces of all sizes around the blocks' sizes: zeroed, aligned, apart from each other, alive until the end. */
static void pieces_do_not_touch(void **state)
{
    (void)state;
    enum { PIECES = 3000 };
    static unsigned char *pieces[PIECES];
    static size_t sizes[PIECES];
    struct arena arena = ARENA_INIT;
    unsigned seed = 7;
    for (size_t i = 0; i < PIECES; i++) {
        seed = seed * 1103515245 + 12345;
        size_t largest = i % 100 == 0 ? 300000 : i % 10 == 0 ? 5000 : 64;
        sizes[i] = (seed >> 8) % largest;
        pieces[i] = arena_alloc(&arena, sizes[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t at = 0; at < sizes[i]; at++)
            if (pieces[i][at] != 0)
                fail_msg("byte %zu of piece %zu is not zero", at, i);
        memset(pieces[i], (int)(i % 251), sizes[i]);
    }
    size_t sum = 0;
    for (size_t i = 0; i < PIECES; i++) {
        sum += sizes[i];
        for (size_t at = 0; at < sizes[i]; at++)
            if (pieces[i][at] != i % 251)
                fail_msg("byte %zu of piece %zu was overwritten", at, i);
    }
    assert_in_range(arena.allocated, sum, sum + sum / 2 + 1000000);
    arena_clear(&arena);
    assert_null(arena.block);
    assert_int_equal(arena.allocated, 0);
    arena_clear(&arena);
}

/* A large piece must not throw away the room that is left in the block before it. */
static void large_pieces_waste_nothing(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    arena_alloc(&arena, 1);
    size_t before = arena.allocated;
    for (int i = 0; i < 10; i++) {
        arena_alloc(&arena, 1000000);
        arena_alloc(&arena, 1);
    }
    assert_in_range(arena.allocated, before + 10000000, before + 10000000 + 10 * 64);
    arena_clear(&arena);
}

static void texts_end_with_nul(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct slice copy = arena_copy(&arena, SLICE("a\0b"));
    assert_int_equal(copy.size, 3);
    assert_memory_equal(copy.data, "a\0b", 4);
    copy = arena_copy(&arena, slice_of(NULL));
    assert_int_equal(copy.size, 0);
    assert_string_equal(copy.data, "");
    assert_slice(arena_printf(&arena, "%s-%d", "x", 42), "x-42");
    assert_string_equal(arena_printf(&arena, "%s", "").data, "");
    assert_int_equal(arena_printf(&arena, "%100000d", 1).size, 100000);
    int *numbers = arena_alloc_array(&arena, 1000, sizeof *numbers);
    assert_int_equal(numbers[999], 0);
    assert_non_null(arena_alloc_array(&arena, 0, 8));
    assert_non_null(arena_alloc_array(&arena, 8, 0));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_touch),
        cmocka_unit_test(large_pieces_waste_nothing),
        cmocka_unit_test(texts_end_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
