#include "harness/test.h"

#include <math.h>

#include "assay/model/agreement.h"

#define NA NAN
#define NEAR(actual, expected)                                                                                         \
    do {                                                                                                               \
        if (!(fabs((actual) - (expected)) < 0.0006))                                                                   \
            fail_msg("%s is %f, expected %f", #actual, (actual), (expected));                                          \
    } while (0)

/* Krippendorff 2011, example C: 12 units, 4 observers. */
static const double krippendorff[] = {
    1, 1, NA, 1, 2, 2, 3, 2, 3, 3, 3, 3, 3,  3, 3, 3, 2,  2,  2, 2, 1,  2, 3,  4,
    4, 4, 4,  4, 1, 1, 2, 1, 2, 2, 2, 2, NA, 5, 5, 5, NA, NA, 1, 1, NA, 3, NA, NA,
};

static void alpha_as_published(void **state)
{
    (void)state;
    const struct agreement_table table = {krippendorff, 12, 4};
    double value;
    assert_true(agreement_alpha(&table, AGREEMENT_NOMINAL, &value));
    NEAR(value, 0.743);
    assert_true(agreement_alpha(&table, AGREEMENT_ORDINAL, &value));
    NEAR(value, 0.815);
    assert_true(agreement_alpha(&table, AGREEMENT_INTERVAL, &value));
    NEAR(value, 0.849);
}

/* The 20/5/10/15 of 50 example: κ = 0.4. */
static void kappa_of_two(void **state)
{
    (void)state;
    double ratings[100];
    for (size_t i = 0; i < 50; i++) {
        ratings[2 * i] = i < 25;
        ratings[2 * i + 1] = i < 20 || (i >= 25 && i < 35);
    }
    const struct agreement_table table = {ratings, 50, 2};
    double value;
    assert_true(agreement_cohen(&table, 0, 1, AGREEMENT_UNWEIGHTED, &value));
    NEAR(value, 0.4);
    /* With two categories the weights change nothing. */
    assert_true(agreement_cohen(&table, 1, 0, AGREEMENT_LINEAR, &value));
    NEAR(value, 0.4);
    assert_true(agreement_cohen(&table, 0, 1, AGREEMENT_QUADRATIC, &value));
    NEAR(value, 0.4);
    assert_true(agreement_percent(&table, &value));
    NEAR(value, 0.7);
    assert_true(agreement_fleiss(&table, &value));
    NEAR(value, 0.3939);
    assert_true(agreement_ac1(&table, 0, &value));
    NEAR(value, 0.4059);
}

static void nothing_to_compare_is_undefined(void **state)
{
    (void)state;
    const double alone[] = {1, NA, NA, 2}, same[] = {3, 3, 3, 3}, uneven[] = {1, 2, 1, NA};
    const struct agreement_table tables[] = {{NULL, 0, 0}, {alone, 2, 2}, {same, 2, 2}};
    double value = 7;

    for (size_t i = 0; i < 3; i++) {
        assert_false(agreement_alpha(&tables[i], AGREEMENT_ORDINAL, &value));
        assert_false(agreement_fleiss(&tables[i], &value));
        assert_false(agreement_ac1(&tables[i], 0, &value));
        if (tables[i].raters)
            assert_false(agreement_cohen(&tables[i], 0, 1, AGREEMENT_LINEAR, &value));
    }
    assert_false(agreement_percent(&tables[0], &value));
    assert_false(agreement_percent(&tables[1], &value));
    assert_false(agreement_fleiss(&(struct agreement_table){uneven, 2, 2}, &value));
    assert_true(value >= 7 && value <= 7);
    assert_true(agreement_percent(&tables[2], &value));
    NEAR(value, 1.0);
    /* With the scale known, full agreement in one category is agreement. */
    assert_true(agreement_ac1(&tables[2], 5, &value));
    NEAR(value, 1.0);
}

static void missing_pairs_are_left_out(void **state)
{
    (void)state;
    const double ratings[] = {1, 1, 2, NA, 2, 2, NA, 1, 1, 2};
    const double whole[] = {1, 1, 2, 2, 1, 2};
    double a, b;
    assert_true(agreement_cohen(&(struct agreement_table){ratings, 5, 2}, 0, 1, AGREEMENT_UNWEIGHTED, &a));
    assert_true(agreement_cohen(&(struct agreement_table){whole, 3, 2}, 0, 1, AGREEMENT_UNWEIGHTED, &b));
    NEAR(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alpha_as_published),
        cmocka_unit_test(kappa_of_two),
        cmocka_unit_test(nothing_to_compare_is_undefined),
        cmocka_unit_test(missing_pairs_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
