#include "harness/test.h"

#include "assay/model/staleness.h"

static void of_a_file(void **state)
{
    (void)state;
    struct outputs outputs = {.model = SLICE("m")};
    struct digest hash, other;
    digest_of(SLICE("a"), &hash);
    digest_of(SLICE("b"), &other);
    outputs.prompt_hash = hash;
    assert_int_equal(staleness_of_file(&outputs, &hash, SLICE("m")), STALENESS_FRESH);
    assert_int_equal(staleness_of_file(&outputs, &hash, SLICE("")), STALENESS_FRESH);
    assert_int_equal(staleness_of_file(&outputs, &hash, SLICE("n")), STALENESS_MODEL);
    assert_int_equal(staleness_of_file(&outputs, &other, SLICE("n")), STALENESS_TEMPLATE);
}

static void of_one_output(void **state)
{
    (void)state;
    struct digest input, other;
    digest_of(SLICE("a"), &input);
    digest_of(SLICE("b"), &other);
    struct output proved = {.input = input}, unproved = {0}, failed = {.failed = SLICE("timeout"), .input = input};
    assert_int_equal(staleness_of_output(STALENESS_FRESH, NULL, &input), STALENESS_MISSING);
    assert_int_equal(staleness_of_output(STALENESS_MODEL, NULL, &input), STALENESS_MISSING);
    assert_int_equal(staleness_of_output(STALENESS_FRESH, &proved, &input), STALENESS_FRESH);
    assert_int_equal(staleness_of_output(STALENESS_FRESH, &proved, &other), STALENESS_INPUT);
    assert_int_equal(staleness_of_output(STALENESS_FRESH, &unproved, &input), STALENESS_UNPROVED);
    assert_int_equal(staleness_of_output(STALENESS_FRESH, &failed, &input), STALENESS_FAILED);
    assert_int_equal(staleness_of_output(STALENESS_TEMPLATE, &failed, &input), STALENESS_TEMPLATE);
    assert_int_equal(staleness_of_output(STALENESS_MODEL, &proved, &input), STALENESS_MODEL);
}

static void stale_are_three(void **state)
{
    (void)state;
    size_t stale = 0;
    for (enum staleness s = STALENESS_FRESH; s <= STALENESS_MISSING; s++) {
        stale += staleness_is_stale(s);
        assert_true((staleness_words(s)[0] == '\0') == (s == STALENESS_FRESH));
    }
    assert_int_equal(stale, 3);
    assert_false(staleness_is_stale(STALENESS_UNPROVED) || staleness_is_stale(STALENESS_MISSING));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_file), cmocka_unit_test(of_one_output),
                                       cmocka_unit_test(stale_are_three)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
