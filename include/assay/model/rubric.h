/* The rubric of a policy: criteria, a scale, what each level means. */
#ifndef ASSAY_MODEL_RUBRIC_H
#define ASSAY_MODEL_RUBRIC_H

#include "assay/data/document.h"
#include "assay/trust/digest.h"

enum { RUBRIC_LEVELS_MAX = 10, RUBRIC_CRITERIA_MAX = 9 };

struct rubric_criterion {
    struct slice id, title;
    struct slice levels[RUBRIC_LEVELS_MAX]; /* [score - scale_low]; empty: no words for this level */
    int minimum;                            /* the lowest counted score of a case; scale_low when none is named */
};

struct rubric {
    int version;
    int scale_low, scale_high; /* within 0..9, so that one digit is one score */
    struct rubric_criterion criteria[RUBRIC_CRITERIA_MAX];
    size_t count;            /* 1..RUBRIC_CRITERIA_MAX */
    double mean_minimum;     /* 0: none */
    int comment_required_at; /* scale_low - 1: never */
    struct digest digest;    /* of the rubric as canonical JSON */
};

/* `value` has the shape of schema/policy.schema.json, $defs/rubric, as policy_load checks; here its meaning is read. The
 * slices live in the document. */
int rubric_load(const struct document *document, const struct value *value, struct rubric *rubric, struct error *error);
size_t rubric_find(const struct rubric *rubric, struct slice id); /* SIZE_MAX: none */

#endif
