#include "assay/model/outputs.h"

#include <stdlib.h>

#include "assay/data/json.h"
#include "assay/model/shape.h"

enum { OUTPUTS_DEPTH_MAX = 32 };

static void take_measures(struct arena *arena, const struct value *map, struct output *output)
{
    output->measures = arena_alloc_array(arena, value_count(map), sizeof *output->measures);
    for (size_t i = 0; i < value_count(map); i++) {
        const struct value_pair *pair = value_pair_at(map, i);
        if (value_is_number(&pair->value))
            output->measures[output->measure_count++] =
                (struct output_measure){pair->key, value_number(&pair->value, 0)};
    }
}

static int take_output(struct document *document, const struct value *value, struct output *output, struct error *error)
{
    const struct value *tokens = value_get(value, "tokens"), *text = value_get(value, "text");
    output->case_id = value_text(value_get(value, "case"));
    output->failed = value_text(value_get(value, "error"));
    if (!value_is_text(text) && !output->failed.size)
        return document_error(document, value, error, "case %.*s has neither a text nor an error",
                              SLICE_ARG(output->case_id));
    if (!output->failed.size)
        output->text = value_text(text);
    digest_of(output->text, &output->digest);
    digest_parse(value_text(value_get(value, "input")), &output->input);
    output->latency_ms = value_number(value_get(value, "latency_ms"), -1);
    output->tokens_input = value_number(value_get(tokens, "input"), -1);
    output->tokens_output = value_number(value_get(tokens, "output"), -1);
    output->cost_usd = value_number(value_get(value, "cost_usd"), -1);
    output->finish_reason = value_text(value_get(value, "finish_reason"));
    if (value_is_map(value_get(value, "measures")))
        take_measures(&document->arena, value_get(value, "measures"), output);
    return 0;
}

static int compare_cases(const void *a, const void *b)
{
    const struct output *const *x = a, *const *y = b;
    return slice_compare((*x)->case_id, (*y)->case_id);
}

static void sort_cases(struct arena *arena, struct outputs *outputs)
{
    outputs->by_case = arena_alloc_array(arena, outputs->count, sizeof *outputs->by_case);
    for (size_t i = 0; i < outputs->count; i++)
        outputs->by_case[i] = &outputs->items[i];
    qsort(outputs->by_case, outputs->count, sizeof *outputs->by_case, compare_cases);
}

static int take(struct document *document, struct outputs *outputs, struct error *error)
{
    if (shape_check(document, "schema/outputs.schema.json", NULL, NULL, error))
        return -1;
    const struct value *root = document->root, *model = value_get(root, "model"), *list = value_get(root, "outputs");
    outputs->prompt = value_text(value_get(root, "prompt"));
    digest_parse(value_text(value_get(root, "prompt_hash")), &outputs->prompt_hash);
    outputs->model = value_text(value_get(model, "id"));
    outputs->parameters = value_get(model, "parameters");
    outputs->endpoint = value_text(value_get(root, "endpoint"));
    outputs->generated_at = value_text(value_get(root, "generated_at"));
    if (shape_unique(document, list, "case", "case", error))
        return -1;
    outputs->count = value_count(list);
    outputs->items = arena_alloc_array(&document->arena, outputs->count, sizeof *outputs->items);
    for (size_t i = 0; i < outputs->count; i++)
        if (take_output(document, value_at(list, i), &outputs->items[i], error))
            return -1;
    sort_cases(&document->arena, outputs);
    return 0;
}

int outputs_load(struct slice bytes, struct slice name, struct outputs *outputs, struct error *error)
{
    struct outputs loaded = {0};
    struct document document;
    if (json_load(bytes, name, OUTPUTS_SIZE_MAX, OUTPUTS_DEPTH_MAX, &document, error))
        return -1;
    if (take(&document, &loaded, error)) {
        document_clear(&document);
        return -1;
    }
    document.source = (struct slice){0};
    *outputs = loaded;
    outputs->document = document;
    return 0;
}

void outputs_clear(struct outputs *outputs)
{
    document_clear(&outputs->document);
    *outputs = (struct outputs){0};
}

const struct output *outputs_find(const struct outputs *outputs, struct slice case_id)
{
    struct output wanted = {.case_id = case_id};
    const struct output *key = &wanted;
    const struct output **found =
        outputs->count ? bsearch(&key, outputs->by_case, outputs->count, sizeof key, compare_cases) : NULL;
    return found ? *found : NULL;
}

bool outputs_measure(const struct output *output, const char *name, double *value)
{
    for (size_t i = 0; i < output->measure_count; i++)
        if (slice_is(output->measures[i].name, name)) {
            *value = output->measures[i].value;
            return true;
        }
    return false;
}
