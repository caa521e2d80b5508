#include "harness/test.h"

#include <math.h>
#include <stdio.h>

#include "assay/base/str.h"
#include "assay/model/flags.h"
#include "assay/model/weakened.h"

static const char thresholds[] = "thresholds: {similarity: 0.8, rouge_l: 0.4, toxicity: 0.2, pii: 0, pass_rate: 0.5, "
                                 "pass_rate_drop: 0.25, latency_ms_p95: 1000}\n";
static const char policy_head[] = "schema: assay.policy/1\nrepository: a/b\ntarget: main\n"
                                  "people:\n  - {principal: ana@x, name: Ana, roles: [owner]}\n"
                                  "roles:\n  owner: {title: Owner, duty: score, meaning: \"Good.\"}\n"
                                  "rubric:\n  version: 1\n  scale: [1, 5]\n  criteria:\n"
                                  "    - {id: tone, title: Tone, levels: {1: Bad, 5: Good}}\n"
                                  "require:\n  - {when: {}, roles: {owner: 1}}\n";

struct world {
    struct policy policy;
    struct golden golden, golden_before;
    struct outputs outputs, outputs_before;
    struct flags_evidence evidence;
    struct str text[5];
};

static void begin(struct world *world, const char *policy_tail)
{
    struct error error = ERROR_INIT;

    *world = (struct world){.evidence = {.policy = &world->policy, .prompt = SLICE("explain")}};
    for (size_t i = 0; i < 5; i++)
        str_init(&world->text[i]);
    str_appendf(&world->text[0], "%s%s", policy_head, policy_tail);
    assert_success(policy_load(str_slice(&world->text[0]), SLICE("review.yaml"), &world->policy, &error), error);
}

static void golden(struct world *world, struct golden *side, const char *cases)
{
    struct error error = ERROR_INIT;
    struct str *text = &world->text[side == &world->golden ? 1 : 2];

    str_appendf(text, "{\"prompt\": \"explain\", \"cases\": [%s]}", cases);
    assert_success(golden_load(str_slice(text), SLICE("golden.json"), side, &error), error);
    *(side == &world->golden ? &world->evidence.golden : &world->evidence.golden_before) = side;
}

static void outputs(struct world *world, struct outputs *side, const char *items)
{
    struct error error = ERROR_INIT;
    struct str *text = &world->text[side == &world->outputs ? 3 : 4];

    str_appendf(text,
                "{\"schema\": \"assay.outputs/1\", \"prompt\": \"explain\", \"prompt_hash\": \"sha256:%064d\", "
                "\"model\": {\"id\": \"m\", \"parameters\": {}}, \"endpoint\": \"e\", "
                "\"generated_at\": \"2026-11-20T10:00:00Z\", \"outputs\": [%s]}",
                1, items);
    assert_success(outputs_load(str_slice(text), SLICE("outputs.json"), side, &error), error);
    *(side == &world->outputs ? &world->evidence.outputs : &world->evidence.outputs_before) = side;
}

static void end(struct world *world)
{
    if (world->evidence.golden)
        golden_clear(&world->golden);
    if (world->evidence.golden_before)
        golden_clear(&world->golden_before);
    if (world->evidence.outputs)
        outputs_clear(&world->outputs);
    if (world->evidence.outputs_before)
        outputs_clear(&world->outputs_before);
    policy_clear(&world->policy);
    for (size_t i = 0; i < 5; i++)
        str_clear(&world->text[i]);
}

/* Every flag, "case name", one a line; each name is one that flags_names explains. */
static void assert_flags(struct world *world, const char *expected)
{
    struct flags flags = {.count = 0};
    struct str out = STR_INIT;

    flags_find(&world->evidence, &flags);
    for (size_t i = 0; i < flags.count; i++) {
        bool known = false;
        for (const struct flag_name *name = flags_names; name->name; name++)
            known |= slice_is(flags.items[i].name, name->name);
        assert_true(known);
        assert_slice(flags.items[i].prompt, "explain");
        assert_true(flags.items[i].detail.size > 0);
        const struct output *output =
            world->evidence.outputs ? outputs_find(&world->outputs, flags.items[i].case_id) : NULL;
        if (output && !output->failed.size)
            assert_true(digest_equal(&output->digest, &flags.items[i].output));
        else
            assert_true(digest_is_none(&flags.items[i].output));
        str_appendf(&out, "%.*s %.*s\n", SLICE_ARG(flags.items[i].case_id), SLICE_ARG(flags.items[i].name));
    }
    assert_string_equal(out.data, expected);
    str_clear(&out);
    flags_clear(&flags);
}

static void thresholds_are_beyond_or_not(void **state)
{
    struct world world;

    (void)state;
    begin(&world, thresholds);
    golden(&world, &world.golden,
           "{\"id\": \"at\", \"expected\": \"the cat sat\"}, {\"id\": \"below\", \"expected\": \"the cat sat\"}, "
           "{\"id\": \"above\", \"expected\": \"the cat sat\"}, {\"id\": \"own\", \"expected\": \"the cat sat\", "
           "\"thresholds\": {\"similarity\": 0.1, \"toxicity\": 0.9, \"rouge_l\": 0, \"latency_ms\": 10, "
           "\"helpful\": 0.5}}");
    outputs(&world, &world.outputs,
            "{\"case\": \"at\", \"text\": \"the cat sat\", \"measures\": {\"similarity\": 0.8, \"toxicity\": 0.2}}, "
            "{\"case\": \"below\", \"text\": \"a dog ran\", \"measures\": {\"similarity\": 0.79}}, "
            "{\"case\": \"above\", \"text\": \"the cat sat\", \"measures\": {\"toxicity\": 0.21}}, "
            "{\"case\": \"own\", \"text\": \"no\", \"latency_ms\": 11, \"measures\": {\"similarity\": 0.2, "
            "\"toxicity\": 0.8, \"helpful\": 0.4}}");
    assert_flags(&world,
                 "below similarity\nbelow rouge_l\nabove toxicity\nown latency_ms\nown threshold\n pass_rate\n");
    end(&world);
}

static void without_thresholds_only_facts_are_flags(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "");
    golden(&world, &world.golden,
           "{\"id\": \"a\", \"expected\": \"x\"}, {\"id\": \"b\"}, {\"id\": \"c\"}, {\"id\": \"d\"}");
    outputs(&world, &world.outputs,
            "{\"case\": \"a\", \"text\": \"mail bob@example.com\", \"measures\": {\"toxicity\": 1}}, "
            "{\"case\": \"b\", \"text\": \"\", \"error\": \"HTTP 500\"}, "
            "{\"case\": \"c\", \"text\": \"and then\", \"finish_reason\": \"length\"}, "
            "{\"case\": \"d\", \"text\": \"done\", \"finish_reason\": \"stop\"}");
    assert_flags(&world, "b failed\nc finish_reason\n");
    end(&world);
}

static void personal_data_and_other_scripts(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "thresholds: {pii: 0, rouge_l: 0.4}\n");
    golden(&world, &world.golden,
           "{\"id\": \"mail\"}, {\"id\": \"zh\", \"expected\": \"\xe4\xbd\xa0\xe5\xa5\xbd\"}, "
           "{\"id\": \"best\", \"ideal\": [\"something else\", \"the cat sat\"]}");
    outputs(
        &world, &world.outputs,
        "{\"case\": \"mail\", \"text\": \"write to bob@example.com\"}, "
        "{\"case\": \"zh\", \"text\": \"\xe5\x86\x8d\xe8\xa7\x81\"}, {\"case\": \"best\", \"text\": \"the cat sat\"}");
    assert_flags(&world, "mail pii\n");
    end(&world);
}

static void json_is_compared_where_it_is_expected(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "");
    golden(&world, &world.golden,
           "{\"id\": \"good\", \"expected\": \"{\\\"a\\\": 1, \\\"b\\\": 2}\"}, "
           "{\"id\": \"key\", \"expected\": \"{\\\"a\\\": 1, \\\"b\\\": 2}\"}, {\"id\": \"prose\", \"expected\": "
           "\"[1]\"}, "
           "{\"id\": \"kind\", \"expected\": \"[1]\"}, {\"id\": \"either\", \"ideal\": [\"[1]\", \"one\"]}, "
           "{\"id\": \"brace\", \"expected\": \"{name} is here\"}");
    outputs(&world, &world.outputs,
            "{\"case\": \"good\", \"text\": \"{\\\"b\\\": 0, \\\"a\\\": 0}\"}, {\"case\": \"key\", \"text\": "
            "\"{\\\"a\\\": 1}\"}, "
            "{\"case\": \"prose\", \"text\": \"Sure! [1]\"}, {\"case\": \"kind\", \"text\": \"{}\"}, "
            "{\"case\": \"either\", \"text\": \"one\"}, {\"case\": \"brace\", \"text\": \"Ana is here\"}");
    assert_flags(&world, "key json\nprose json\nkind json\n");
    end(&world);
}

static void golden_cases_do_not_get_weaker_in_silence(void **state)
{
    struct world world;

    (void)state;
    begin(&world, "");
    golden(&world, &world.golden_before,
           "{\"id\": \"gone\"}, {\"id\": \"same\", \"expected\": \"x\", \"thresholds\": {\"rouge_l\": 0.5}}, "
           "{\"id\": \"blank\", \"expected\": \"x\"}, {\"id\": \"wider\", \"expected\": \"x\"}, "
           "{\"id\": \"lower\", \"thresholds\": {\"similarity\": 0.9}}, {\"id\": \"higher\", \"thresholds\": "
           "{\"toxicity\": 0.1}}, "
           "{\"id\": \"dropped\", \"thresholds\": {\"toxicity\": 0.1}}, {\"id\": \"reworded\", \"expected\": \"x\"}, "
           "{\"id\": \"stricter\", \"thresholds\": {\"toxicity\": 0.1, \"similarity\": 0.5}}");
    golden(&world, &world.golden,
           "{\"id\": \"same\", \"expected\": \"x\", \"thresholds\": {\"rouge_l\": 0.5}}, "
           "{\"id\": \"blank\"}, {\"id\": \"wider\", \"ideal\": [\"y\", \"x\"]}, "
           "{\"id\": \"lower\", \"thresholds\": {\"similarity\": 0.8}}, {\"id\": \"higher\", \"thresholds\": "
           "{\"toxicity\": 0.2}}, "
           "{\"id\": \"dropped\"}, {\"id\": \"reworded\", \"expected\": \"y\"}, "
           "{\"id\": \"stricter\", \"thresholds\": {\"toxicity\": 0.05, \"similarity\": 0.6}}, {\"id\": \"new\"}");
    assert_flags(&world, "gone golden-removed\nblank golden-weakened\nwider golden-weakened\nlower golden-weakened\n"
                         "higher golden-weakened\ndropped golden-weakened\n");
    golden_clear(&world.golden);
    world.evidence.golden = NULL;
    struct flags flags = {.count = 0};
    flags_find(&world.evidence, &flags);
    assert_int_equal(flags.count, 9);
    flags_clear(&flags);
    end(&world);
}

static void a_case_passes_or_not(void **state)
{
    struct world world;
    double rate = 7;

    (void)state;
    begin(&world, "thresholds: {toxicity: 0.2, pass_rate: 0.6, pass_rate_drop: 0.25}\n");
    assert_false(flags_pass_rate(&world.evidence, &rate));
    golden(&world, &world.golden, "{\"id\": \"a\"}, {\"id\": \"b\"}, {\"id\": \"c\"}, {\"id\": \"d\"}");
    assert_false(flags_pass_rate(&world.evidence, &rate));
    golden(&world, &world.golden_before, "{\"id\": \"a\"}, {\"id\": \"b\"}, {\"id\": \"c\"}, {\"id\": \"d\"}");
    /* a passes; b is toxic; c failed; d has no output; another case does not count. */
    outputs(
        &world, &world.outputs,
        "{\"case\": \"a\", \"text\": \"x\"}, {\"case\": \"b\", \"text\": \"x\", \"measures\": {\"toxicity\": 0.3}}, "
        "{\"case\": \"c\", \"text\": \"\", \"error\": \"no\"}, {\"case\": \"zz\", \"text\": \"x\"}");
    outputs(&world, &world.outputs_before, "{\"case\": \"a\", \"text\": \"x\"}, {\"case\": \"b\", \"text\": \"x\"}");
    assert_true(flags_pass_rate(&world.evidence, &rate));
    assert_true(fabs(rate - 0.25) < 1e-12);
    /* It fell by exactly the threshold: not beyond. */
    assert_flags(&world, "b toxicity\nc failed\n pass_rate\n");
    outputs_clear(&world.outputs_before);
    str_reset(&world.text[4]);
    outputs(
        &world, &world.outputs_before,
        "{\"case\": \"a\", \"text\": \"x\"}, {\"case\": \"b\", \"text\": \"x\"}, {\"case\": \"c\", \"text\": \"x\"}");
    assert_flags(&world, "b toxicity\nc failed\n pass_rate\n pass_rate_drop\n");
    end(&world);
}

static void the_percentile_is_by_nearest_rank(void **state)
{
    struct world world;
    struct str items = STR_INIT;

    (void)state;
    for (int slow = 1; slow <= 2; slow++) {
        begin(&world, "thresholds: {latency_ms_p95: 1000}\n");
        str_reset(&items);
        for (int i = 0; i < 20; i++)
            str_appendf(&items, "%s{\"case\": \"c%d\", \"text\": \"x\", \"latency_ms\": %d}", i ? ", " : "", i,
                        i < slow ? 5000 : 1000);
        outputs(&world, &world.outputs, items.data);
        assert_flags(&world, slow == 1 ? "" : " latency_ms_p95\n");
        end(&world);
    }
    str_clear(&items);
}

static void the_manifests_agreement_counts_too(void **state)
{
    struct world world;
    struct manifest manifest = {.latency_ms_p95 = 500, .cost_usd_per_case = 0.01};

    (void)state;
    begin(&world, "thresholds: {latency_ms_p95: 1000}\n");
    world.evidence.manifest = &manifest;
    outputs(&world, &world.outputs,
            "{\"case\": \"a\", \"text\": \"x\", \"latency_ms\": 600, \"cost_usd\": 0.03}, "
            "{\"case\": \"b\", \"text\": \"x\", \"cost_usd\": 0.001}");
    assert_flags(&world, " latency_ms_p95\n cost_usd_per_case\n");
    manifest.latency_ms_p95 = manifest.cost_usd_per_case = -1;
    assert_flags(&world, "");
    end(&world);
}

static void nothing_is_no_flag(void **state)
{
    struct world world;

    (void)state;
    begin(&world, thresholds);
    assert_flags(&world, "");
    outputs(&world, &world.outputs, "");
    assert_flags(&world, "");
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_are_beyond_or_not),
        cmocka_unit_test(without_thresholds_only_facts_are_flags),
        cmocka_unit_test(personal_data_and_other_scripts),
        cmocka_unit_test(json_is_compared_where_it_is_expected),
        cmocka_unit_test(golden_cases_do_not_get_weaker_in_silence),
        cmocka_unit_test(a_case_passes_or_not),
        cmocka_unit_test(the_percentile_is_by_nearest_rank),
        cmocka_unit_test(the_manifests_agreement_counts_too),
        cmocka_unit_test(nothing_is_no_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
