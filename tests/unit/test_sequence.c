#include "harness/test.h"

#include "assay/text/sequence.h"

enum { LONGEST = 24 };

static size_t longest_common(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t table[LONGEST + 1][LONGEST + 1] = {{0}};
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            size_t up = table[i - 1][j], left = table[i][j - 1];
            table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1 : up > left ? up : left;
        }
    return table[n][m];
}

static size_t pair_up(const struct sequence *a, const struct sequence *b)
{
    size_t i = 0, j = 0, pairs = 0;
    for (;; i++, j++, pairs++) {
        while (i < a->count && a->changed[i])
            i++;
        while (j < b->count && b->changed[j])
            j++;
        if (i == a->count || j == b->count)
            break;
        assert_int_equal(a->numbers[i], b->numbers[j]);
    }
    assert_int_equal(i, a->count);
    assert_int_equal(j, b->count);
    return pairs;
}

/* All sorts of short sequences over few numbers: the script is a script, and the shortest. */
static void is_shortest_for_short_ones(void **state)
{
    (void)state;
    uint32_t x = 7, a[LONGEST], b[LONGEST];
    bool changed_a[LONGEST], changed_b[LONGEST];
    for (int round = 0; round < 20000; round++) {
        uint32_t numbers = 1 + (x >> 13) % 6;
        size_t n = (x >> 8) % (LONGEST + 1), m = (x >> 17) % (LONGEST + 1);
        for (size_t i = 0; i < LONGEST; i++) {
            a[i] = ((x = x * 1664525u + 1013904223u) >> 16) % numbers;
            b[i] = ((x = x * 1664525u + 1013904223u) >> 16) % numbers;
        }
        x = x * 1664525u + 1013904223u;
        memset(changed_a, round & 1, sizeof changed_a);
        memset(changed_b, round & 1, sizeof changed_b);
        struct sequence left = {a, n, changed_a}, right = {b, m, changed_b};
        sequence_compare(&left, &right, numbers);
        assert_int_equal(pair_up(&left, &right), longest_common(a, n, b, m));
    }
}

/* More edits than the bound allows for: still a script. */
static void is_right_when_it_gives_up(void **state)
{
    (void)state;
    enum { COUNT = 40000 };
    static uint32_t a[COUNT], b[COUNT];
    static bool changed_a[COUNT], changed_b[COUNT];
    uint32_t x = 3;
    for (size_t i = 0; i < COUNT; i++) {
        a[i] = ((x = x * 1664525u + 1013904223u) >> 16) % 500;
        b[i] = ((x = x * 1664525u + 1013904223u) >> 16) % 500;
    }
    struct sequence left = {a, COUNT, changed_a}, right = {b, COUNT - 7, changed_b};
    sequence_compare(&left, &right, 500);
    assert_true(pair_up(&left, &right) > COUNT / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_shortest_for_short_ones),
        cmocka_unit_test(is_right_when_it_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
