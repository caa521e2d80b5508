/* How far raters agree. Missing ratings are NaN. Each function answers false when the figure is not defined (no unit
 * with two ratings, no variance to correct for) and leaves *result alone.
 *
 * Cohen 1960, 1968 (weighted); Fleiss 1971; Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011;
 * Gwet 2008, "Computing inter-rater reliability and its variance in the presence of high agreement". */
#ifndef ASSAY_MODEL_AGREEMENT_H
#define ASSAY_MODEL_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

struct agreement_table {
    const double *ratings; /* [unit * raters + rater] */
    size_t units, raters;
};

enum agreement_weight { AGREEMENT_UNWEIGHTED, AGREEMENT_LINEAR, AGREEMENT_QUADRATIC };
enum agreement_level { AGREEMENT_NOMINAL, AGREEMENT_ORDINAL, AGREEMENT_INTERVAL };

/* Share of equal pairs, 0..1, over all pairs of ratings of one unit. */
bool agreement_percent(const struct agreement_table *table, double *result);
/* Two raters of the table; units that one of them did not rate are left out. Weights go by the distance
 * between the ratings themselves. */
bool agreement_cohen(const struct agreement_table *table, size_t a, size_t b, enum agreement_weight weight,
                     double *result);
/* Needs the same number of ratings, at least two, for every unit. */
bool agreement_fleiss(const struct agreement_table *table, double *result);
bool agreement_alpha(const struct agreement_table *table, enum agreement_level level, double *result);
/* Gwet's AC1. `categories`: how many the scale has, or 0 for those that occur. */
bool agreement_ac1(const struct agreement_table *table, size_t categories, double *result);

#endif
