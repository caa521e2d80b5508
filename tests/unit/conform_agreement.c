#include "harness/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/memory.h"
#include "assay/base/file.h"
#include "assay/base/str.h"
#include "assay/base/table.h"
#include "assay/data/json.h"
#include "assay/model/agreement.h"

static void load(const char *path, struct str *bytes, struct document *document)
{
    struct error error = ERROR_INIT;
    struct str full = STR_INIT;
    const char *corpus = getenv("CORPUS");

    assert_non_null(corpus);
    file_join(&full, corpus, path);
    assert_success(file_read(full.data, 64 << 20, bytes, &error), error);
    assert_success(json_load(str_slice(bytes), slice_of(path), 64 << 20, 64, document, &error), error);
    str_clear(&full);
}

/* A rating as a number; words get numbers in the order in which they are met: nominal figures do not mind. */
static double rating_of(struct table *words, const struct value *value)
{
    size_t number;
    if (value_is_number(value))
        return value_number(value, 0);
    if (!value_is_text(value))
        return (double)NAN;
    table_add(words, value_text(value), table_count(words));
    table_get(words, value_text(value), &number);
    return (double)number;
}

/* ratings[rater][unit] of the corpus to [unit][rater]. */
static double *table_of(const struct value *ratings, struct agreement_table *table)
{
    struct table *words = table_new();

    table->raters = value_count(ratings);
    table->units = value_count(value_at(ratings, 0));
    double *cells = memory_new_array(table->units * table->raters, sizeof *cells);
    for (size_t u = 0; u < table->units; u++)
        for (size_t r = 0; r < table->raters; r++)
            cells[u * table->raters + r] = rating_of(words, value_at(value_at(ratings, r), u));
    table->ratings = cells;
    table_free(words);
    return cells;
}

static size_t compared;

static void compare(const char *id, const struct value *expected, const char *name, bool known, double value,
                    double tolerance)
{
    const struct value *figure = value_get(expected, name);

    if (!value_is_number(figure))
        return;
    compared++;
    if (!known || !(fabs(value - value_number(figure, 0)) <= tolerance))
        fail_msg("%s: %s is %.12f, expected %.12f", id, name, known ? value : (double)NAN, value_number(figure, 0));
}

static void compare_all(const char *id, const struct agreement_table *table, const struct value *expected,
                        double tolerance)
{
    static const struct {
        const char *name;
        enum agreement_level level;
    } alphas[] = {{"alpha_nominal", AGREEMENT_NOMINAL},
                  {"alpha_ordinal", AGREEMENT_ORDINAL},
                  {"alpha_interval", AGREEMENT_INTERVAL}};
    double value = 0;
    bool known;

    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        known = agreement_alpha(table, alphas[i].level, &value);
        compare(id, expected, alphas[i].name, known, value, tolerance);
    }
    known = agreement_fleiss(table, &value);
    compare(id, expected, "fleiss_kappa", known, value, tolerance);
    known = agreement_ac1(table, 0, &value);
    compare(id, expected, "gwet_ac1", known, value, tolerance);
    known = table->raters >= 2 && agreement_cohen(table, 0, 1, AGREEMENT_UNWEIGHTED, &value);
    compare(id, expected, "cohen_kappa", known, value, tolerance);
}

static void vectors(const char *path)
{
    struct str bytes = STR_INIT;
    struct document document;

    load(path, &bytes, &document);
    const struct value *list = value_get(document.root, "vectors");
    assert_true(value_count(list) > 0);
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *vector = value_at(list, i);
        struct agreement_table table;
        char id[100];
        snprintf(id, sizeof id, "%.*s", SLICE_ARG(value_text(value_get(vector, "id"))));
        double *cells = table_of(value_get(vector, "ratings"), &table);
        compare_all(id, &table, value_get(vector, "published"),
                    value_number(value_get(vector, "tolerance"), 0.0006) + 1e-12);
        compare_all(id, &table, value_get(vector, "computed"), 1e-9);
        memory_free(cells);
    }
    document_clear(&document);
    str_clear(&bytes);
}

static void published_vectors(void **state)
{
    (void)state;
    compared = 0;
    vectors("agreement/agreement_vectors.json");
    vectors("agreement/agreement_vectors_large_dices.json");
    print_message("%zu figures\n", compared);
    assert_true(compared > 50);
}

enum { UNITS_MAX = 4000, RATERS_MAX = 5 };

/* Every rating of one dimension: units are (case, model) pairs, raters the slots `prefix`1..count. */
static double *summeval_table(const struct value *cases, const char *prefix, const char *dimension,
                              struct agreement_table *table)
{
    double *cells = memory_new_array(UNITS_MAX * RATERS_MAX, sizeof *cells);
    struct table *units = table_new();
    char key[200];

    for (size_t i = 0; i < UNITS_MAX * RATERS_MAX; i++)
        cells[i] = (double)NAN;
    for (size_t c = 0; c < value_count(cases); c++) {
        const struct value *human = value_get(value_at(cases, c), "human");
        for (size_t h = 0; h < value_count(human); h++) {
            const struct value *rating = value_at(human, h);
            struct slice rater = value_text(value_get(rating, "rater"));
            if (!slice_starts_with(rater, slice_of(prefix)))
                continue;
            size_t slot = (size_t)(rater.data[rater.size - 1] - '1'), unit = 0;
            snprintf(key, sizeof key, "%zu %.*s", c, SLICE_ARG(value_text(value_get(rating, "model"))));
            table_add(units, slice_of(key), table_count(units));
            table_get(units, slice_of(key), &unit);
            assert_true(slot < table->raters && unit < UNITS_MAX);
            cells[unit * table->raters + slot] =
                value_number(value_get(value_get(rating, "scores"), dimension), (double)NAN);
        }
    }
    table->units = table_count(units);
    table->ratings = cells;
    table_free(units);
    return cells;
}

static void compare_pairs(const char *id, const struct agreement_table *table, const struct value *pairs)
{
    static const char *const names[] = {"unweighted", "linear", "quadratic"};

    for (size_t i = 0; i < value_count(pairs); i++) {
        const struct value_pair *pair = value_pair_at(pairs, i);
        size_t a = (size_t)(pair->key.data[0] - '1'), b = (size_t)(pair->key.data[2] - '1');
        for (int weight = AGREEMENT_UNWEIGHTED; weight <= AGREEMENT_QUADRATIC; weight++) {
            double value = 0;
            bool known = agreement_cohen(table, a, b, (enum agreement_weight)weight, &value);
            compare(id, &pair->value, names[weight], known, value, 1e-9);
        }
    }
}

static void summeval(void **state)
{
    static const struct {
        const char *group, *prefix;
        size_t raters;
    } groups[] = {{"experts", "expert", 3}, {"crowd", "crowd", 5}};
    struct str bytes = STR_INIT, expected_bytes = STR_INIT;
    struct document document, expected;

    (void)state;
    compared = 0;
    load("sets/setC_summeval.json", &bytes, &document);
    load("sets/agreement_expected.json", &expected_bytes, &expected);
    for (size_t g = 0; g < 2; g++) {
        const struct value *dimensions = value_get(value_get(expected.root, "summeval"), groups[g].group);
        for (size_t d = 0; d < value_count(dimensions); d++) {
            char name[100];
            struct agreement_table table = {.raters = groups[g].raters};
            snprintf(name, sizeof name, "%.*s", SLICE_ARG(value_pair_at(dimensions, d)->key));
            if (name[0] == '_') /* all dimensions pooled */
                continue;
            const struct value *figures = &value_pair_at(dimensions, d)->value;
            double *cells = summeval_table(value_get(document.root, "cases"), groups[g].prefix, name, &table);
            assert_int_equal(table.units, value_integer(value_get(figures, "n_units"), 0));
            compare_all(name, &table, figures, 1e-9);
            compare_pairs(name, &table, value_get(figures, "cohen_kappa_pairs"));
            memory_free(cells);
        }
    }
    print_message("%zu figures\n", compared);
    assert_true(compared > 50);
    document_clear(&document);
    document_clear(&expected);
    str_clear(&bytes);
    str_clear(&expected_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(summeval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
