#include "harness/test.h"

#include <math.h>

#include "assay/text/metrics.h"

#define assert_near(got, expected) assert_true(fabs((got) - (expected)) < 1e-9)

static void scores_by_hand(void **state)
{
    (void)state;
    struct slice reference = SLICE("The cat sat on the mat."), candidate = SLICE("the cat is on a mat");
    struct metrics_rouge one = metrics_rouge_n(reference, candidate, 1, false);
    assert_near(one.precision, 4.0 / 6); /* the cat on mat */
    assert_near(one.recall, 4.0 / 6);
    assert_near(metrics_rouge_n(reference, candidate, 2, false).f, 1.0 / 5); /* the cat */
    assert_near(metrics_rouge_l(reference, candidate, false).f, 4.0 / 6);
    assert_near(metrics_rouge_l(SLICE("running dogs"), SLICE("runs dog"), true).f, 1);
    assert_near(metrics_bleu_sentence(reference, reference), 100);
    assert_near(metrics_chrf_sentence(reference, reference), 100);
    assert_int_equal(metrics_levenshtein(SLICE("kitten"), SLICE("sitting")), 3);
    assert_int_equal(metrics_levenshtein(SLICE("naïve"), SLICE("naive")), 1);
    assert_near(metrics_edit_similarity(SLICE("abcd"), SLICE("abcx")), 0.75);
    assert_near(metrics_length_ratio(SLICE("日本語文"), SLICE("ab")), 0.5);
}

/* A word that the candidate repeats counts as often as the reference with most of it has it. */
static void clips_by_the_best_reference(void **state)
{
    (void)state;
    const struct slice references[] = {SLICE("the the cat"), SLICE("the dog the")};
    struct metrics_bleu bleu = {.candidate_size = 0};
    metrics_bleu_add(&bleu, references, 2, SLICE("the the the"));
    assert_int_equal(bleu.matches[0], 2);
    assert_int_equal(bleu.totals[0], 3);
    assert_int_equal(bleu.reference_size, 3);
}

static void takes_empty_and_broken_text(void **state)
{
    (void)state;
    const struct slice none = {NULL, 0}, texts[] = {none, SLICE("..."), SLICE("\xFF\xFE"), SLICE("a"), SLICE("İK")};
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++) {
            double values[] = {
                metrics_rouge_n(texts[i], texts[j], 2, true).f,  metrics_rouge_l(texts[i], texts[j], false).f,
                metrics_bleu_sentence(texts[i], texts[j]) / 100, metrics_chrf_sentence(texts[i], texts[j]) / 100,
                metrics_edit_similarity(texts[i], texts[j]),
            };
            for (size_t k = 0; k < sizeof values / sizeof *values; k++)
                assert_true(values[k] >= 0 && values[k] <= 1 + 1e-9);
        }
    assert_near(metrics_length_ratio(none, SLICE("a")), 0);
    assert_near(metrics_edit_similarity(none, none), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_by_hand),
        cmocka_unit_test(clips_by_the_best_reference),
        cmocka_unit_test(takes_empty_and_broken_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
