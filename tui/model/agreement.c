#include "assay/model/agreement.h"

#include <math.h>
#include <stdlib.h>

#include "assay/base/memory.h"

/* Ratings as counts: n[unit][category], with the categories in ascending order. */
struct counts {
    double *values; /* the categories */
    size_t categories;
    double *n;     /* [unit * categories + category] */
    double *total; /* ratings of each unit */
    size_t units;
};

static int agreement_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static size_t agreement_category(const struct counts *counts, double value)
{
    size_t low = 0, high = counts->categories;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (counts->values[middle] <= value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void agreement_count(const struct agreement_table *table, struct counts *counts)
{
    size_t all = 0, cells = table->units * table->raters;

    *counts = (struct counts){.units = table->units};
    counts->values = memory_new_array(cells, sizeof(double));
    for (size_t i = 0; i < cells; i++)
        if (!isnan(table->ratings[i]))
            counts->values[all++] = table->ratings[i];
    qsort(counts->values, all, sizeof(double), agreement_compare);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || counts->values[i] > counts->values[counts->categories - 1])
            counts->values[counts->categories++] = counts->values[i];
    counts->n = memory_new_array(table->units * (counts->categories + 1), sizeof(double));
    counts->total = memory_new_array(table->units, sizeof(double));
    for (size_t i = 0; i < cells; i++) {
        if (isnan(table->ratings[i]))
            continue;
        size_t unit = i / table->raters;
        counts->n[unit * counts->categories + agreement_category(counts, table->ratings[i])]++;
        counts->total[unit]++;
    }
}

static void agreement_clear(struct counts *counts)
{
    memory_free(counts->values);
    memory_free(counts->n);
    memory_free(counts->total);
}

bool agreement_percent(const struct agreement_table *table, double *result)
{
    struct counts counts;
    double equal = 0, pairs = 0;

    agreement_count(table, &counts);
    for (size_t u = 0; u < counts.units; u++) {
        pairs += counts.total[u] * (counts.total[u] - 1);
        for (size_t c = 0; c < counts.categories; c++) {
            double n = counts.n[u * counts.categories + c];
            equal += n * (n - 1);
        }
    }
    agreement_clear(&counts);
    if (pairs <= 0)
        return false;
    *result = equal / pairs;
    return true;
}

static double agreement_penalty(double a, double b, enum agreement_weight weight)
{
    double distance = fabs(a - b);
    if (weight == AGREEMENT_UNWEIGHTED)
        return distance > 0;
    return weight == AGREEMENT_LINEAR ? distance : distance * distance;
}

/* κ = 1 − observed / expected penalty; both sums over pairs, so neither needs the table of categories. */
bool agreement_cohen(const struct agreement_table *table, size_t a, size_t b, enum agreement_weight weight,
                     double *result)
{
    struct counts counts;
    double *rows, observed = 0, expected = 0, units = 0;

    agreement_count(table, &counts);
    rows = memory_new_array(2 * (counts.categories + 1), sizeof(double));
    for (size_t u = 0; u < table->units; u++) {
        double x = table->ratings[u * table->raters + a], y = table->ratings[u * table->raters + b];
        if (isnan(x) || isnan(y))
            continue;
        observed += agreement_penalty(x, y, weight);
        rows[agreement_category(&counts, x)]++;
        rows[counts.categories + agreement_category(&counts, y)]++;
        units++;
    }
    for (size_t i = 0; i < counts.categories; i++)
        for (size_t j = 0; j < counts.categories; j++)
            expected +=
                rows[i] * rows[counts.categories + j] * agreement_penalty(counts.values[i], counts.values[j], weight);
    memory_free(rows);
    agreement_clear(&counts);
    if (expected <= 0)
        return false;
    *result = 1 - observed * units / expected;
    return true;
}

bool agreement_fleiss(const struct agreement_table *table, double *result)
{
    struct counts counts;
    double agreed = 0, chance = 0, raters;
    bool even = true;

    agreement_count(table, &counts);
    raters = counts.units ? counts.total[0] : 0;
    for (size_t u = 0; u < counts.units; u++)
        even &= !(counts.total[u] < raters || counts.total[u] > raters);
    for (size_t c = 0; c < counts.categories; c++) {
        double sum = 0;
        for (size_t u = 0; u < counts.units; u++) {
            double n = counts.n[u * counts.categories + c];
            agreed += n * (n - 1);
            sum += n;
        }
        chance += sum * sum;
    }
    double units = (double)counts.units;
    agreement_clear(&counts);
    if (!even || raters < 2)
        return false;
    agreed /= units * raters * (raters - 1);
    chance /= units * raters * units * raters;
    if (chance >= 1)
        return false;
    *result = (agreed - chance) / (1 - chance);
    return true;
}

/* Krippendorff's metric δ² between two categories; `sums` are n_c over the pairable values. */
static double agreement_difference(const struct counts *counts, const double *sums, size_t c, size_t k,
                                   enum agreement_level level)
{
    if (c == k)
        return 0;
    if (level == AGREEMENT_NOMINAL)
        return 1;
    if (level == AGREEMENT_INTERVAL)
        return (counts->values[c] - counts->values[k]) * (counts->values[c] - counts->values[k]);
    double between = -(sums[c] + sums[k]) / 2;
    for (size_t g = c < k ? c : k; g <= (c < k ? k : c); g++)
        between += sums[g];
    return between * between;
}

bool agreement_alpha(const struct agreement_table *table, enum agreement_level level, double *result)
{
    struct counts counts;
    double *sums, all = 0, observed = 0, expected = 0;

    agreement_count(table, &counts);
    sums = memory_new_array(counts.categories, sizeof(double));
    for (size_t u = 0; u < counts.units; u++) {
        for (size_t c = 0; c < counts.categories && counts.total[u] >= 2; c++) {
            sums[c] += counts.n[u * counts.categories + c];
            all += counts.n[u * counts.categories + c];
        }
    }
    for (size_t c = 0; c < counts.categories; c++) {
        for (size_t k = 0; k < counts.categories; k++) {
            double difference = agreement_difference(&counts, sums, c, k, level);
            expected += sums[c] * sums[k] * difference;
            for (size_t u = 0; u < counts.units && difference > 0; u++) {
                const double *n = &counts.n[u * counts.categories];
                if (counts.total[u] >= 2)
                    observed += n[c] * n[k] / (counts.total[u] - 1) * difference;
            }
        }
    }
    memory_free(sums);
    agreement_clear(&counts);
    if (expected <= 0)
        return false;
    *result = 1 - (all - 1) * observed / expected;
    return true;
}

bool agreement_ac1(const struct agreement_table *table, size_t categories, double *result)
{
    struct counts counts;
    double agreed = 0, chance = 0, pairable = 0, rated = 0;

    agreement_count(table, &counts);
    for (size_t u = 0; u < counts.units; u++) {
        double total = counts.total[u], equal = 0;
        rated += total >= 1;
        for (size_t c = 0; c < counts.categories && total >= 2; c++) {
            double n = counts.n[u * counts.categories + c];
            equal += n * (n - 1);
        }
        if (total >= 2) {
            agreed += equal / (total * (total - 1));
            pairable++;
        }
    }
    for (size_t c = 0; c < counts.categories; c++) {
        double share = 0;
        for (size_t u = 0; u < counts.units; u++)
            if (counts.total[u] >= 1)
                share += counts.n[u * counts.categories + c] / counts.total[u];
        share /= rated;
        chance += share * (1 - share);
    }
    size_t q = categories ? categories : counts.categories;
    agreement_clear(&counts);
    if (pairable <= 0 || q < 2)
        return false;
    agreed /= pairable;
    chance /= (double)(q - 1);
    *result = (agreed - chance) / (1 - chance);
    return true;
}
