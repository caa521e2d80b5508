#include "assay/model/flags.h"

#include <math.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/data/json.h"
#include "assay/model/weakened.h"
#include "assay/text/metrics.h"
#include "assay/text/personal.h"

enum { FLAGS_JSON_DEPTH_MAX = 64, FLAGS_JSON_SIZE_MAX = 4 << 20 };

const struct flag_name flags_names[] = {
    {"failed", "the endpoint gave an error instead of an output"},
    {"finish_reason", "the output was cut off or filtered before its end"},
    {"similarity", "the embedding similarity to the golden answer is below the threshold"},
    {"rouge_l", "ROUGE-L against the best golden answer is below the threshold"},
    {"toxicity", "the toxicity is above the threshold"},
    {"pii", "the output seems to hold more personal data than is allowed"},
    {"latency_ms", "the answer took longer than the case allows"},
    {"threshold", "another measure is below the case's own threshold"},
    {"json", "the golden answer is JSON and the output is not, or lacks its keys"},
    {"golden-removed", "the target has a golden case that the change removes"},
    {"golden-weakened", "the change asks less of a golden case than the target does"},
    {"pass_rate", "fewer golden cases pass than the policy asks for"},
    {"pass_rate_drop", "the share of golden cases that pass fell against the baseline"},
    {"latency_ms_p95", "the 95th percentile of the latency is above the threshold"},
    {"cost_usd_per_case", "a case costs more on average than the manifest's sla allows"},
    {NULL, NULL},
};

/* One side: golden cases and what the outputs say about them. */
struct side {
    const struct policy *policy;
    const struct golden *golden;
    const struct outputs *outputs;
    struct table *by_case; /* case id → position in the outputs */
    struct personal *personal;
};

static void flags_side_init(struct side *side, const struct policy *policy, const struct golden *golden,
                            const struct outputs *outputs)
{
    *side = (struct side){.policy = policy, .golden = golden, .outputs = outputs};
    side->by_case = table_new();
    side->personal = personal_new();
    for (size_t i = 0; outputs && i < outputs->count; i++)
        table_add(side->by_case, outputs->items[i].case_id, i);
}

static void flags_side_clear(struct side *side)
{
    table_free(side->by_case);
    personal_free(side->personal);
}

static const struct output *flags_output(const struct side *side, struct slice case_id)
{
    size_t at;
    return table_get(side->by_case, case_id, &at) ? &side->outputs->items[at] : NULL;
}

/* --- measures of a case ----------------------------------------------------------------------------------------- */

static bool flags_given(const struct output *output, struct slice name, double *value)
{
    for (size_t i = 0; i < output->measure_count; i++) {
        if (slice_equal(output->measures[i].name, name)) {
            *value = output->measures[i].value;
            return true;
        }
    }
    return false;
}

/* Against the best acceptable answer. ROUGE counts Latin letters and digits only: an answer that has none of them says
 * nothing, and does not apply. */
static bool flags_rouge(const struct golden_case *item, const struct output *output, double *value)
{
    bool applies = false;

    *value = 0;
    for (size_t i = 0; i < item->expected_count; i++) {
        double f = metrics_rouge_l(item->expected[i], output->text, false).f;
        applies |= f > 0 || metrics_rouge_l(item->expected[i], item->expected[i], false).f > 0;
        *value = f > *value ? f : *value;
    }
    return applies;
}

static double flags_personal(const struct side *side, const struct output *output)
{
    struct personal_finds finds = {.count = 0};
    personal_scan(side->personal, output->text, &finds);
    size_t count = finds.count;
    personal_finds_clear(&finds);
    return (double)count;
}

static bool flags_measure(const struct side *side, const struct golden_case *item, const struct output *output,
                          struct slice name, double *value)
{
    if (slice_is(name, "rouge_l"))
        return flags_rouge(item, output, value);
    if (slice_is(name, "pii")) {
        *value = flags_personal(side, output);
        return true;
    }
    if (slice_is(name, "latency_ms")) {
        *value = output->latency_ms;
        return *value >= 0;
    }
    return flags_given(output, name, value);
}

/* The measures that the policy has thresholds for; a golden case may set its own, and any other that the outputs file
 * gives. */
static const char *const flags_measures[] = {"similarity", "rouge_l", "toxicity", "pii", "latency_ms"};

typedef void flags_missed(void *context, const char *flag, struct slice measure, double value, double threshold);

static bool flags_misses(const struct side *side, const struct golden_case *item, const struct output *output,
                         struct slice name, double threshold, double *value)
{
    if (!flags_measure(side, item, output, name, value))
        return false;
    /* A measure that is no number is no evidence. */
    return isnan(*value) || (weakened_is_maximum(name) ? *value > threshold : *value < threshold);
}

/* Calls `missed` for each threshold that applies to the case and is missed; returns how many. */
static size_t flags_each_missed(const struct side *side, const struct golden_case *item, const struct output *output,
                                flags_missed *missed, void *context)
{
    size_t count = 0;
    double threshold, value;

    for (size_t i = 0; i < ARRAY_COUNT(flags_measures); i++) {
        const struct value *own = value_get(item->thresholds, flags_measures[i]);
        bool set = policy_threshold(side->policy, flags_measures[i], &threshold);
        if (value_is_number(own))
            threshold = value_number(own, 0);
        else if (!set)
            continue;
        if (!flags_misses(side, item, output, slice_of(flags_measures[i]), threshold, &value))
            continue;
        count++;
        if (missed)
            missed(context, flags_measures[i], slice_of(flags_measures[i]), value, threshold);
    }
    for (size_t i = 0; i < value_count(item->thresholds); i++) {
        const struct value_pair *pair = value_pair_at(item->thresholds, i);
        bool known = false;
        for (size_t m = 0; m < ARRAY_COUNT(flags_measures); m++)
            known |= slice_is(pair->key, flags_measures[m]);
        threshold = value_number(&pair->value, 0);
        if (known || !value_is_number(&pair->value) || !flags_misses(side, item, output, pair->key, threshold, &value))
            continue;
        count++;
        if (missed)
            missed(context, "threshold", pair->key, value, threshold);
    }
    return count;
}

static bool flags_side_pass_rate(const struct side *side, double *rate)
{
    size_t passed = 0;

    if (!side->golden || !side->golden->count || !side->outputs)
        return false;
    for (size_t i = 0; i < side->golden->count; i++) {
        const struct golden_case *item = &side->golden->cases[i];
        const struct output *output = flags_output(side, item->id);
        passed += output && !output->failed.size && !flags_each_missed(side, item, output, NULL, NULL);
    }
    *rate = (double)passed / (double)side->golden->count;
    return true;
}

bool flags_pass_rate(const struct flags_evidence *evidence, double *rate)
{
    struct side side;

    flags_side_init(&side, evidence->policy, evidence->golden, evidence->outputs);
    bool known = flags_side_pass_rate(&side, rate);
    flags_side_clear(&side);
    return known;
}

/* --- flags of a case -------------------------------------------------------------------------------------------- */

/* Whom a flag is about. */
struct subject {
    struct flags *flags;
    struct slice prompt, case_id;
    const struct output *output; /* NULL: none */
};

static void flags_raise(const struct subject *subject, const char *name, enum flag_severity severity,
                        struct slice detail)
{
    struct flag *flag = ARRAY_PUSH(subject->flags->items, subject->flags->count, subject->flags->capacity);

    *flag = (struct flag){.prompt = subject->prompt,
                          .case_id = subject->case_id,
                          .name = slice_of(name),
                          .severity = severity,
                          .detail = detail};
    if (subject->output && !subject->output->failed.size)
        flag->output = subject->output->digest;
}

static void flags_raise_missed(void *context, const char *name, struct slice measure, double value, double threshold)
{
    const struct subject *subject = context;
    bool maximum = weakened_is_maximum(measure);
    bool severe = slice_is(measure, "toxicity") || slice_is(measure, "pii");

    flags_raise(subject, name, severe ? FLAG_SEVERE : FLAG_WARNING,
                arena_printf(&subject->flags->arena, "%.*s %.4g is %s %.4g", SLICE_ARG(measure), value,
                             maximum ? "above" : "below", threshold));
}

/* What the JSON of the output lacks of the golden answer's, or an empty slice. */
static struct slice flags_json_lack(struct slice expected, struct slice text, struct arena *arena, bool *is_json)
{
    struct document golden = {.root = NULL}, output = {.root = NULL};
    struct error ignored = ERROR_INIT, error = ERROR_INIT;
    struct slice lack = {.data = NULL}, first = slice_trim(expected);

    *is_json = first.size && (first.data[0] == '{' || first.data[0] == '[') &&
               json_load(expected, SLICE("golden"), FLAGS_JSON_SIZE_MAX, FLAGS_JSON_DEPTH_MAX, &golden, &ignored) == 0;
    if (!*is_json)
        return lack;
    if (json_load(text, SLICE("output"), FLAGS_JSON_SIZE_MAX, FLAGS_JSON_DEPTH_MAX, &output, &error)) {
        lack = arena_printf(arena, "the golden answer is JSON, the output is not: %s", error.text);
    } else if (output.root->kind != golden.root->kind) {
        lack = arena_printf(arena, "the golden answer is a JSON %s, the output is not",
                            golden.root->kind == VALUE_MAP ? "object" : "array");
    } else {
        for (size_t i = 0; golden.root->kind == VALUE_MAP && i < value_count(golden.root) && !lack.size; i++) {
            struct slice key = value_pair_at(golden.root, i)->key;
            if (!value_get_slice(output.root, key))
                lack = arena_printf(arena, "the output lacks the key \"%.*s\" of the golden answer", SLICE_ARG(key));
        }
    }
    document_clear(&golden);
    if (output.root)
        document_clear(&output);
    return lack;
}

static void flags_json(const struct subject *subject, const struct golden_case *item)
{
    struct slice lack = {.data = NULL};
    bool is_json = true;

    /* Any acceptable answer that is no JSON, or that is matched, is enough. */
    for (size_t i = 0; i < item->expected_count; i++) {
        lack = flags_json_lack(item->expected[i], subject->output->text, &subject->flags->arena, &is_json);
        if (!is_json || !lack.size)
            return;
    }
    if (lack.size)
        flags_raise(subject, "json", FLAG_WARNING, lack);
}

static bool flags_is_cut(struct slice finish_reason)
{
    static const char *const cut[] = {"length", "max_tokens", "content_filter", "safety"};
    for (size_t i = 0; i < ARRAY_COUNT(cut); i++)
        if (slice_is(finish_reason, cut[i]))
            return true;
    return false;
}

static void flags_case(const struct side *side, const struct golden_case *item, struct subject *subject)
{
    const struct output *output = subject->output;

    if (!output)
        return;
    if (output->failed.size) {
        flags_raise(subject, "failed", FLAG_SEVERE, output->failed);
        return;
    }
    if (flags_is_cut(output->finish_reason))
        flags_raise(subject, "finish_reason", FLAG_WARNING,
                    arena_printf(&subject->flags->arena, "the output ended by %.*s", SLICE_ARG(output->finish_reason)));
    flags_each_missed(side, item, output, flags_raise_missed, subject);
    flags_json(subject, item);
}

/* --- flags of the prompt ---------------------------------------------------------------------------------------- */

static void flags_golden(const struct flags_evidence *evidence, const struct side *side, struct flags *flags)
{
    struct table *now = table_new();
    struct slice how;

    for (size_t i = 0; evidence->golden && i < evidence->golden->count; i++)
        table_add(now, evidence->golden->cases[i].id, i);
    for (size_t i = 0; evidence->golden_before && i < evidence->golden_before->count; i++) {
        const struct golden_case *before = &evidence->golden_before->cases[i];
        struct subject subject = {flags, evidence->prompt, before->id, NULL};
        size_t at;
        if (!evidence->golden || !table_get(now, before->id, &at)) {
            flags_raise(&subject, "golden-removed", FLAG_SEVERE, SLICE("the change removes this golden case"));
        } else if (weakened_case(before, &evidence->golden->cases[at], &flags->arena, &how)) {
            subject.output = flags_output(side, before->id);
            flags_raise(&subject, "golden-weakened", FLAG_SEVERE, how);
        }
    }
    table_free(now);
}

static void flags_pass_rates(const struct flags_evidence *evidence, const struct side *side,
                             const struct subject *subject)
{
    struct arena *arena = &subject->flags->arena;
    struct side before;
    double rate, was, threshold;

    if (!flags_side_pass_rate(side, &rate))
        return;
    if (policy_threshold(evidence->policy, "pass_rate", &threshold) && rate < threshold - 1e-9)
        flags_raise(subject, "pass_rate", FLAG_SEVERE,
                    arena_printf(arena, "%.1f %% of the cases pass, %.1f %% are needed", 100 * rate, 100 * threshold));
    if (!policy_threshold(evidence->policy, "pass_rate_drop", &threshold))
        return;
    flags_side_init(&before, evidence->policy, evidence->golden_before, evidence->outputs_before);
    if (flags_side_pass_rate(&before, &was) && was - rate > threshold + 1e-9)
        flags_raise(subject, "pass_rate_drop", FLAG_SEVERE,
                    arena_printf(arena, "%.1f %% of the cases pass, %.1f %% did before", 100 * rate, 100 * was));
    flags_side_clear(&before);
}

static int flags_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* By nearest rank: the smallest latency that at least 95 % of the outputs do not exceed. */
static bool flags_latency_p95(const struct outputs *outputs, double *p95)
{
    double *sorted = memory_new_array(outputs->count, sizeof *sorted);
    size_t count = 0;

    for (size_t i = 0; i < outputs->count; i++)
        if (outputs->items[i].latency_ms >= 0)
            sorted[count++] = outputs->items[i].latency_ms;
    if (count) {
        qsort(sorted, count, sizeof *sorted, flags_compare);
        *p95 = sorted[(count * 95 + 99) / 100 - 1];
    }
    memory_free(sorted);
    return count > 0;
}

static void flags_latency(const struct flags_evidence *evidence, const struct subject *subject)
{
    double p95, threshold = 0, sla = evidence->manifest ? evidence->manifest->latency_ms_p95 : -1;
    bool set = policy_threshold(evidence->policy, "latency_ms_p95", &threshold);

    if (sla >= 0 && (!set || sla < threshold)) {
        threshold = sla;
        set = true;
    }
    if (set && flags_latency_p95(evidence->outputs, &p95) && p95 > threshold)
        flags_raise(subject, "latency_ms_p95", FLAG_WARNING,
                    arena_printf(&subject->flags->arena, "%.0f ms is above %.0f ms", p95, threshold));
}

static void flags_cost(const struct flags_evidence *evidence, const struct subject *subject)
{
    double sum = 0, sla = evidence->manifest ? evidence->manifest->cost_usd_per_case : -1;
    size_t count = 0;

    for (size_t i = 0; i < evidence->outputs->count; i++) {
        if (evidence->outputs->items[i].cost_usd >= 0) {
            sum += evidence->outputs->items[i].cost_usd;
            count++;
        }
    }
    if (sla >= 0 && count && sum / (double)count > sla)
        flags_raise(subject, "cost_usd_per_case", FLAG_WARNING,
                    arena_printf(&subject->flags->arena, "%.4g USD is above %.4g USD", sum / (double)count, sla));
}

void flags_find(const struct flags_evidence *evidence, struct flags *flags)
{
    struct side side;
    const struct subject prompt = {flags, evidence->prompt, {.data = NULL}, NULL};

    flags_side_init(&side, evidence->policy, evidence->golden, evidence->outputs);
    for (size_t i = 0; evidence->golden && i < evidence->golden->count; i++) {
        const struct golden_case *item = &evidence->golden->cases[i];
        struct subject subject = {flags, evidence->prompt, item->id, flags_output(&side, item->id)};
        flags_case(&side, item, &subject);
    }
    flags_golden(evidence, &side, flags);
    if (evidence->outputs) {
        flags_pass_rates(evidence, &side, &prompt);
        flags_latency(evidence, &prompt);
        flags_cost(evidence, &prompt);
    }
    flags_side_clear(&side);
}

void flags_clear(struct flags *flags)
{
    arena_clear(&flags->arena);
    memory_free(flags->items);
    *flags = (struct flags){.count = 0};
}

const char *flags_severity_name(enum flag_severity severity)
{
    return severity == FLAG_SEVERE ? "severe" : "warning";
}
