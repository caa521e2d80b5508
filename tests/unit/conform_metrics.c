/* Published values of rouge_score and sacrebleu, and values computed with them on real texts. */
#include "harness/test.h"

#include <math.h>

#include "assay/base/str.h"
#include "assay/text/metrics.h"
#include "harness/corpus.h"

static struct slice text_of(const json_t *value)
{
    return json_is_string(value) ? slice_make(json_string_value(value), json_string_length(value)) : slice_of("");
}

static void check(const char *id, const char *what, double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%s %s: %.10f, expected %.10f", id, what, got, expected);
}

static void check_rouge(const char *id, const char *what, struct metrics_rouge got, const json_t *expected,
                        double tolerance)
{
    check(id, what, got.precision, json_number_value(json_object_get(expected, "p")), tolerance);
    check(id, what, got.recall, json_number_value(json_object_get(expected, "r")), tolerance);
    check(id, what, got.f, json_number_value(json_object_get(expected, "f")), tolerance);
}

/* Segments × references, turned from sacrebleu's streams. */
static void each_segment(const json_t *vector, void (*add)(void *, const struct slice *, size_t, struct slice),
                         void *sum)
{
    const json_t *streams = json_object_get(vector, "references"), *ours = json_object_get(vector, "hypotheses");
    for (size_t i = 0; i < json_array_size(ours); i++) {
        struct slice references[8];
        size_t count = 0;
        for (size_t r = 0; r < json_array_size(streams) && r < 8; r++) {
            const json_t *reference = json_array_get(json_array_get(streams, r), i);
            if (json_is_string(reference))
                references[count++] = text_of(reference);
        }
        add(sum, references, count, text_of(json_array_get(ours, i)));
    }
}

static void add_bleu(void *sum, const struct slice *references, size_t count, struct slice ours)
{
    metrics_bleu_add(sum, references, count, ours);
}

static void add_chrf(void *sum, const struct slice *references, size_t count, struct slice ours)
{
    metrics_chrf_add(sum, references, count, ours);
}

/* Only the settings that assay offers: 13a, exponential smoothing; character order 6, no words, no epsilon. */
static bool is_ours(const json_t *vector, bool chrf)
{
    const json_t *o = json_object_get(vector, "options");
    const char *method = json_string_value(json_object_get(o, "smooth_method"));
    const char *tokenize = json_string_value(json_object_get(o, "tokenize"));
    if (!chrf && json_object_get(o, "max_ngram_order") &&
        json_integer_value(json_object_get(o, "max_ngram_order")) != 4)
        return false;
    if (!chrf)
        return (!method || strcmp(method, "exp") == 0) && (!tokenize || strcmp(tokenize, "13a") == 0) &&
               !json_is_true(json_object_get(o, "lowercase"));
    return json_integer_value(json_object_get(o, "char_order")) == 6 &&
           json_integer_value(json_object_get(o, "word_order")) == 0 &&
           !json_is_true(json_object_get(o, "eps_smoothing")) && !json_is_true(json_object_get(o, "lowercase")) &&
           json_object_get(o, "remove_whitespace") == NULL;
}

static bool check_published(const json_t *v)
{
    const char *id = json_string_value(json_object_get(v, "id")),
               *metric = json_string_value(json_object_get(v, "metric"));
    const json_t *expected = json_object_get(v, "published");
    double tolerance = json_number_value(json_object_get(v, "tolerance"));
    struct slice reference = text_of(json_object_get(v, "reference")), ours = text_of(json_object_get(v, "candidate"));
    bool stem = json_is_true(json_object_get(v, "stemmer"));
    if (strcmp(metric, "rouge1") == 0 || strcmp(metric, "rouge2") == 0)
        check_rouge(id, metric, metrics_rouge_n(reference, ours, (unsigned)(metric[5] - '0'), stem), expected,
                    tolerance);
    else if (strcmp(metric, "rougeL") == 0)
        check_rouge(id, metric, metrics_rouge_l(reference, ours, stem), expected, tolerance);
    else if (strncmp(metric, "bleu (corpus", 12) == 0 || strncmp(metric, "bleu (sentence", 14) == 0) {
        struct metrics_bleu bleu = {.candidate_size = 0};
        if (!is_ours(v, false))
            return false;
        each_segment(v, add_bleu, &bleu);
        bool effective = json_is_true(json_object_get(json_object_get(v, "options"), "effective_order"));
        check(id, metric, metrics_bleu_score(&bleu, effective), json_number_value(expected), tolerance);
    } else if (strncmp(metric, "chrf", 4) == 0) {
        struct metrics_chrf chrf = {.matches = {0}};
        if (!is_ours(v, true))
            return false;
        double beta = json_number_value(json_object_get(json_object_get(v, "options"), "beta"));
        each_segment(v, add_chrf, &chrf);
        check(id, metric, metrics_chrf_score(&chrf, beta), json_number_value(expected), tolerance);
    } else
        return false;
    return true;
}

static void reproduces_published_values(void **state)
{
    (void)state;
    json_t *root = corpus_vectors("metrics_published_vectors.json"), *v;
    size_t i, checked = 0;
    json_array_foreach(json_object_get(root, "vectors"), i, v) checked += check_published(v);
    print_message("# %zu of %zu published values are of metrics that assay offers\n", checked, i);
    assert_true(checked >= 29);
    json_decref(root);
}

static void check_pair(const json_t *pair)
{
    static const char *const names[] = {"rouge", "rouge_stemmed"};
    const char *id = json_string_value(json_object_get(pair, "id"));
    struct slice reference = text_of(json_object_get(pair, "reference")),
                 ours = text_of(json_object_get(pair, "candidate"));
    for (size_t stem = 0; stem < 2; stem++) {
        const json_t *rouge = json_object_get(pair, names[stem]);
        check_rouge(id, "rouge1", metrics_rouge_n(reference, ours, 1, stem), json_object_get(rouge, "rouge1"), 1e-9);
        check_rouge(id, "rouge2", metrics_rouge_n(reference, ours, 2, stem), json_object_get(rouge, "rouge2"), 1e-9);
        check_rouge(id, "rougeL", metrics_rouge_l(reference, ours, stem), json_object_get(rouge, "rougeL"), 1e-9);
    }
    const json_t *bleu = json_object_get(json_object_get(pair, "bleu_sentence"), "score");
    const char *signature = json_string_value(json_object_get(json_object_get(pair, "bleu_sentence"), "signature"));
    if (strncmp(signature, "tok:13a", 7) == 0)
        check(id, "bleu", metrics_bleu_sentence(reference, ours), json_number_value(bleu), 1e-7);
    check(id, "chrf2", metrics_chrf_sentence(reference, ours), json_number_value(json_object_get(pair, "chrf2")), 1e-7);
    check(id, "levenshtein", (double)metrics_levenshtein(reference, ours),
          (double)json_integer_value(json_object_get(pair, "levenshtein_codepoints")), 0);
}

static void reproduces_real_pairs(void **state)
{
    (void)state;
    json_t *root = corpus_vectors("metrics_computed_real_pairs.json"), *pair;
    size_t i;
    json_array_foreach(json_object_get(root, "pairs"), i, pair) check_pair(pair);
    assert_true(i >= 200);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reproduces_published_values),
        cmocka_unit_test(reproduces_real_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
