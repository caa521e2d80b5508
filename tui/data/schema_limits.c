#include "assay/data/schema_limits.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t code_points(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] & 0xc0) != 0x80;
    return count;
}

/* One keyword of the min… and max… family: which kind of value it measures, and which side is wrong. */
enum measure { MEASURE_ITEMS, MEASURE_KEYS, MEASURE_LENGTH, MEASURE_NUMBER };

static bool measured(const struct value *value, enum measure measure, double *amount)
{
    switch (measure) {
    case MEASURE_ITEMS:
        *amount = (double)value_count(value);
        return value->kind == VALUE_LIST;
    case MEASURE_KEYS:
        *amount = (double)value_count(value);
        return value->kind == VALUE_MAP;
    case MEASURE_LENGTH:
        *amount = (double)code_points(value_text(value));
        return value->kind == VALUE_TEXT;
    default:
        *amount = value_number(value, 0);
        return value_is_number(value);
    }
}

SCHEMA_CHECK(schema_limits_check)
{
    (void)node;
    static const struct {
        const char *name, *words;
        enum measure measure;
        bool upper, exclusive;
    } limits[] = {
        {"minItems", "must have at least %g items", MEASURE_ITEMS, false, false},
        {"maxItems", "must have at most %g items", MEASURE_ITEMS, true, false},
        {"minProperties", "must have at least %g keys", MEASURE_KEYS, false, false},
        {"maxProperties", "must have at most %g keys", MEASURE_KEYS, true, false},
        {"minLength", "must have at least %g characters", MEASURE_LENGTH, false, false},
        {"maxLength", "must have at most %g characters", MEASURE_LENGTH, true, false},
        {"minimum", "must be at least %g", MEASURE_NUMBER, false, false},
        {"maximum", "must be at most %g", MEASURE_NUMBER, true, false},
        {"exclusiveMinimum", "must be above %g", MEASURE_NUMBER, false, true},
        {"exclusiveMaximum", "must be below %g", MEASURE_NUMBER, true, true},
    };
    size_t i = 0;
    while (strcmp(limits[i].name, rule->keyword->name) != 0)
        i++;
    double amount, limit = value_number(rule->argument, 0);
    if (!measured(value, limits[i].measure, &amount))
        return true;
    bool beyond = limits[i].upper ? amount > limit : amount < limit;
    bool at = !(amount < limit) && !(amount > limit);
    if (!beyond && !(at && limits[i].exclusive))
        return true;
    if (limits[i].measure == MEASURE_LENGTH && amount < 1)
        return schema_report_failure(run, value, frame, "must not be empty");
    char words[64];
    char number[32];
    snprintf(number, sizeof number, "%.12g", limit);
    const char *place = strstr(limits[i].words, "%g");
    snprintf(words, sizeof words, "%.*s%s%s", (int)(place - limits[i].words), limits[i].words, number, place + 2);
    return schema_report_failure(run, value, frame, "%s", words);
}

SCHEMA_CHECK(schema_limits_check_multiple)
{
    (void)node;
    double divisor = value_number(rule->argument, 1);
    if (!value_is_number(value))
        return true;
    /* The quotient, not fmod: 0.0075 is a multiple of 0.0001 although neither is exact in binary. */
    double quotient = value_number(value, 0) / divisor;
    double off = fabs(quotient - nearbyint(quotient));
    bool whole = isfinite(quotient) ? off <= fabs(quotient) * DBL_EPSILON : fmod(value_number(value, 0), divisor) == 0;
    return whole || schema_report_failure(run, value, frame, "must be a multiple of %.12g", divisor);
}
