/* Real rubrics, templates and data sets through the loaders. */
#include "harness/corpus.h"
#include "harness/test.h"

#include "assay/base/table.h"
#include "assay/data/json_encode.h"
#include "assay/model/golden.h"
#include "assay/model/outputs.h"
#include "assay/model/policy.h"
#include "assay/model/template.h"

#define POLICY_TOP                                                                                                     \
    "schema: assay.policy/1\nrepository: r\ntarget: main\npeople: []\nroles: {o: {title: t, duty: score, meaning: "    \
    "m}}\n"                                                                                                            \
    "require: [{roles: {o: 1}}]\nrubric:\n  version: 1\n  scale: [1, 5]\n  criteria:\n    - id: c\n      title: "

static void append_json(struct str *out, struct slice text)
{
    struct value value = value_of_text(text);
    json_encode(&value, JSON_CANONICAL, out);
}

/* 304 rubrics of BiGGen-Bench, five levels each. */
static void rubrics(void **state)
{
    (void)state;
    struct str bytes;
    struct document corpus;
    corpus_load("sets/setD_biggen_rubrics.json", &bytes, &corpus);
    const struct value *cases = value_get(corpus.root, "cases");
    assert_int_equal(value_count(cases), 304);
    for (size_t i = 0; i < value_count(cases); i++) {
        const struct value *rubric = value_get(value_at(cases, i), "rubric"), *levels = value_get(rubric, "levels");
        struct str text = STR_INIT;
        struct policy policy;
        struct error error = ERROR_INIT;
        str_append_text(&text, POLICY_TOP);
        append_json(&text, value_text(value_get(rubric, "criteria")));
        str_append_text(&text, "\n      levels:\n");
        for (size_t level = 0; level < value_count(levels); level++) {
            str_appendf(&text, "        %.*s: ", SLICE_ARG(value_pair_at(levels, level)->key));
            append_json(&text, value_text(&value_pair_at(levels, level)->value));
            str_push(&text, '\n');
        }
        assert_success(policy_load(str_slice(&text), SLICE("rubric"), &policy, &error), error);
        assert_true(slice_equal(policy.rubric.criteria[0].title, value_text(value_get(rubric, "criteria"))));
        for (size_t level = 0; level < 5; level++)
            assert_true(
                slice_equal(policy.rubric.criteria[0].levels[level], value_text(&value_pair_at(levels, level)->value)));
        policy_clear(&policy);
        str_clear(&text);
    }
    document_clear(&corpus);
    str_clear(&bytes);
}

/* 237 templates: each can be rendered and hashed, or is refused by name and line. */
static void templates(void **state)
{
    (void)state;
    struct str bytes;
    struct document corpus;
    size_t rendered = 0, refused = 0;
    corpus_load("prompts/prompt_templates_marketing_education.json", &bytes, &corpus);
    const struct value *prompts = value_get(corpus.root, "prompts");
    for (size_t i = 0; i < value_count(prompts); i++) {
        struct template template = {value_text(value_get(value_at(prompts, i), "text")), SLICE("prompt.tpl"), NULL};
        struct str out = STR_INIT;
        struct table *misses = table_new();
        struct digest hash;
        struct error error = ERROR_INIT;
        if (template_render(&template, NULL, &out, misses, &error) == 0) {
            rendered++;
            assert_success(template_hash(&template, &hash, &error), error);
            if (slice_find(template.text, SLICE("{{")) == SLICE_NOT_FOUND)
                assert_true(slice_equal(str_slice(&out), template.text));
            else
                assert_true(table_count(misses) > 0);
        } else {
            refused++;
            assert_int_equal(strncmp(error.text, "prompt.tpl:", 11), 0);
        }
        table_free(misses);
        str_clear(&out);
    }
    print_message("%zu templates rendered, %zu refused\n", rendered, refused);
    assert_true(rendered >= 230);
    document_clear(&corpus);
    str_clear(&bytes);
}

static void append_output(struct str *text, struct slice id, struct slice answer)
{
    str_append_text(text, text->data[text->size - 1] == '[' ? "{\"case\":" : ",{\"case\":");
    append_json(text, id);
    str_append_text(text, ",\"text\":");
    append_json(text, answer);
    str_push(text, '}');
}

/* A set's golden answers as a dataset and as outputs: every text and digest comes through. */
static void one_set(const char *path)
{
    struct str bytes, dataset = STR_INIT, file = STR_INIT;
    struct document corpus;
    struct golden golden;
    struct outputs outputs;
    struct error error = ERROR_INIT;
    corpus_load(path, &bytes, &corpus);
    const struct value *cases = value_get(corpus.root, "cases");
    str_append_text(&file, "{\"schema\":\"assay.outputs/1\",\"prompt\":\"p\",\"prompt_hash\":\"sha256:");
    str_append_repeat(&file, '0', 64);
    str_append_text(&file, "\",\"outputs\":[");
    for (size_t i = 0; i < value_count(cases); i++) {
        struct slice id = value_text(value_get(value_at(cases, i), "id"));
        struct slice answer = value_text(value_get(value_get(value_at(cases, i), "golden"), "text"));
        str_append_text(&dataset, "{\"id\":");
        append_json(&dataset, id);
        str_append_text(&dataset, ",\"ideal\":");
        append_json(&dataset, answer);
        str_append_text(&dataset, "}\n");
        append_output(&file, id, answer);
    }
    str_append_text(&file, "]}");
    assert_success(golden_load(str_slice(&dataset), slice_of(path), &golden, &error), error);
    assert_success(outputs_load(str_slice(&file), slice_of(path), &outputs, &error), error);
    assert_int_equal(golden.count, value_count(cases));
    for (size_t i = 0; i < golden.count; i++) {
        struct slice answer = value_text(value_get(value_get(value_at(cases, i), "golden"), "text"));
        const struct output *output = outputs_find(&outputs, golden.cases[i].id);
        struct digest digest;
        digest_of(answer, &digest);
        assert_true(slice_equal(golden.cases[i].expected[0], answer) && slice_equal(output->text, answer));
        assert_true(digest_equal(&output->digest, &digest));
    }
    golden_clear(&golden);
    outputs_clear(&outputs);
    document_clear(&corpus);
    str_clear(&bytes);
    str_clear(&dataset);
    str_clear(&file);
}

static void sets(void **state)
{
    (void)state;
    static const char *const paths[] = {"sets/setA2_alpaca_promptchange.json", "sets/setA3_arenahard.json",
                                        "sets/setB2_mtbench_zh_fr.json",       "sets/setB_mtbench.json",
                                        "sets/setD2_prometheus_vicuna.json",   "sets/setF_wmt23.json"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        one_set(paths[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rubrics), cmocka_unit_test(templates), cmocka_unit_test(sets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
