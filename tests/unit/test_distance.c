#include "harness/test.h"

#include "assay/text/distance.h"

enum { LONGEST = 200 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void naive(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t *common, size_t *edits)
{
    static size_t lcs[LONGEST + 1][LONGEST + 1], lev[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                lcs[i][j] = 0;
                lev[i][j] = i + j;
                continue;
            }
            bool same = a[i - 1] == b[j - 1];
            size_t up = lcs[i - 1][j], left = lcs[i][j - 1];
            lcs[i][j] = same ? lcs[i - 1][j - 1] + 1 : up > left ? up : left;
            lev[i][j] = smaller(lev[i - 1][j - 1] + !same, smaller(lev[i - 1][j], lev[i][j - 1]) + 1);
        }
    *common = lcs[n][m];
    *edits = lev[n][m];
}

static void agrees_with_the_table(void **state)
{
    (void)state;
    uint32_t x = 11, a[LONGEST], b[LONGEST];
    for (int round = 0; round < 600; round++) {
        uint32_t numbers = 1 + (x >> 13) % 40;
        size_t n = (x >> 8) % (LONGEST + 1), m = (x >> 16) % (LONGEST + 1), common, edits;
        for (size_t i = 0; i < LONGEST; i++) {
            a[i] = ((x = x * 1664525u + 1013904223u) >> 16) % numbers;
            x = x * 1664525u + 1013904223u;
            b[i] = (round & 1) && (x >> 16) % 8 ? a[i] : (x >> 20) % numbers;
        }
        x = x * 1664525u + 1013904223u;
        naive(a, n, b, m, &common, &edits);
        assert_int_equal(distance_common(a, n, b, m, numbers), common);
        assert_int_equal(distance_edits(a, n, b, m, numbers), edits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
