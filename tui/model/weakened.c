#include "assay/model/weakened.h"

#include "assay/base/array.h"

bool weakened_is_maximum(struct slice measure)
{
    static const char *const maxima[] = {"toxicity", "pii",        "latency_ms",    "latency_ms_p95",
                                         "cost_usd", "perplexity", "pass_rate_drop"};
    for (size_t i = 0; i < ARRAY_COUNT(maxima); i++)
        if (slice_is(measure, maxima[i]))
            return true;
    return false;
}

static bool weakened_has_answer(const struct golden_case *item, struct slice answer)
{
    for (size_t i = 0; i < item->expected_count; i++)
        if (slice_equal(item->expected[i], answer))
            return true;
    return false;
}

/* Every answer that was right still is, and others became right too. */
static bool weakened_is_wider(const struct golden_case *before, const struct golden_case *after)
{
    if (before->expected_count == 0 || after->expected_count <= before->expected_count)
        return false;
    for (size_t i = 0; i < before->expected_count; i++)
        if (!weakened_has_answer(after, before->expected[i]))
            return false;
    return true;
}

static bool weakened_threshold(const struct golden_case *before, const struct golden_case *after, struct arena *arena,
                               struct slice *how)
{
    for (size_t i = 0; i < value_count(before->thresholds); i++) {
        const struct value_pair *pair = value_pair_at(before->thresholds, i);
        const struct value *now = value_get_slice(after->thresholds, pair->key);
        if (!value_is_number(&pair->value))
            continue;
        double was = value_number(&pair->value, 0), is = value_number(now, 0);
        if (!value_is_number(now)) {
            *how = arena_printf(arena, "its threshold %.*s was removed", SLICE_ARG(pair->key));
            return true;
        }
        if (weakened_is_maximum(pair->key) ? is > was : is < was) {
            *how = arena_printf(arena, "its threshold %.*s was %g and is %g", SLICE_ARG(pair->key), was, is);
            return true;
        }
    }
    return false;
}

bool weakened_case(const struct golden_case *before, const struct golden_case *after, struct arena *arena,
                   struct slice *how)
{
    if (before->expected_count && !after->expected_count) {
        *how = SLICE("its expected answer was removed");
        return true;
    }
    if (weakened_is_wider(before, after)) {
        *how = SLICE("more answers are accepted than before");
        return true;
    }
    return weakened_threshold(before, after, arena, how);
}
