#include "assay/model/rubric.h"

#include "assay/base/str.h"
#include "assay/data/json_encode.h"
#include "assay/model/shape.h"

/* A member that is a score, or with `below` one less, which no score reaches; `otherwise` when it is absent. */
static int take_score(const struct document *document, const struct value *map, const char *key,
                      const struct rubric *rubric, int below, int otherwise, int *score, struct error *error)
{
    const struct value *value = value_get(map, key);
    int64_t integer = value_integer(value, otherwise);
    if (value && (integer < rubric->scale_low - below || integer > rubric->scale_high))
        return document_error(document, value, error, "%s must be on the scale, %d to %d", key, rubric->scale_low,
                              rubric->scale_high);
    *score = (int)integer;
    return 0;
}

static int take_levels(const struct document *document, const struct value *levels, const struct rubric *rubric,
                       struct rubric_criterion *criterion, struct error *error)
{
    for (size_t i = 0; i < value_count(levels); i++) {
        const struct value_pair *pair = value_pair_at(levels, i);
        int score = pair->key.size == 1 ? pair->key.data[0] - '0' : -1;
        if (score < rubric->scale_low || score > rubric->scale_high)
            return document_error(
                document, &pair->value, error, "criterion %.*s: the level %.*s is not on the scale %d to %d",
                SLICE_ARG(criterion->id), SLICE_ARG(pair->key), rubric->scale_low, rubric->scale_high);
        criterion->levels[score - rubric->scale_low] = value_text(&pair->value);
    }
    return 0;
}

static int take_criterion(const struct document *document, const struct value *value, const struct rubric *rubric,
                          struct rubric_criterion *criterion, struct error *error)
{
    criterion->id = value_text(value_get(value, "id"));
    criterion->title = value_get(value, "title") ? value_text(value_get(value, "title")) : criterion->id;
    if (take_levels(document, value_get(value, "levels"), rubric, criterion, error))
        return -1;
    return take_score(document, value, "minimum", rubric, 0, rubric->scale_low, &criterion->minimum, error);
}

static int take_scale(const struct document *document, const struct value *scale, struct rubric *rubric,
                      struct error *error)
{
    rubric->scale_low = (int)value_integer(value_at(scale, 0), 0);
    rubric->scale_high = (int)value_integer(value_at(scale, 1), 0);
    if (rubric->scale_low >= rubric->scale_high)
        return document_error(document, scale, error, "scale: the first number must be below the second");
    return 0;
}

static int take(const struct document *document, const struct value *value, struct rubric *rubric, struct error *error)
{
    const struct value *criteria = value_get(value, "criteria"), *mean = value_get(value, "mean_minimum");
    rubric->version = (int)value_integer(value_get(value, "version"), 0);
    if (take_scale(document, value_get(value, "scale"), rubric, error) ||
        shape_unique(document, criteria, "id", "criterion", error))
        return -1;
    rubric->count = value_count(criteria);
    for (size_t i = 0; i < rubric->count; i++)
        if (take_criterion(document, value_at(criteria, i), rubric, &rubric->criteria[i], error))
            return -1;
    rubric->mean_minimum = value_number(mean, 0);
    if (rubric->mean_minimum > rubric->scale_high)
        return document_error(document, mean, error, "mean_minimum is above the scale, so no mean could reach it");
    return take_score(document, value, "comment_required_at", rubric, 1, rubric->scale_low - 1,
                      &rubric->comment_required_at, error);
}

static void take_digest(const struct value *value, struct rubric *rubric)
{
    struct str canonical = STR_INIT;
    json_encode(value, JSON_CANONICAL, &canonical);
    digest_of(str_slice(&canonical), &rubric->digest);
    str_clear(&canonical);
}

int rubric_load(const struct document *document, const struct value *value, struct rubric *rubric, struct error *error)
{
    struct rubric loaded = {0};
    if (take(document, value, &loaded, error))
        return -1;
    take_digest(value, &loaded);
    *rubric = loaded;
    return 0;
}

size_t rubric_find(const struct rubric *rubric, struct slice id)
{
    for (size_t i = 0; i < rubric->count; i++)
        if (slice_equal(rubric->criteria[i].id, id))
            return i;
    return SIZE_MAX;
}
