#include "harness/test.h"

#include <math.h>

#include "assay/model/manifest.h"

static struct error error;
static struct manifest manifest;

static int load(const char *text)
{
    error = ERROR_INIT;
    return manifest_load(slice_of(text), SLICE("m/manifest.yaml"), &manifest, &error);
}

static void all_of_it(void **state)
{
    (void)state;
    assert_success(load("name: marketing-101\n"
                        "version: 1.2.0-rc.1+b5\n"
                        "risk: high\n"
                        "sensitivity: [pii, compliance]\n"
                        "owner: ana@acme.example\n"
                        "dependencies: [brand-voice@^2.0.0]\n"
                        "sla: {latency_ms_p95: 2500, cost_usd_per_case: 0.01}\n"
                        "model: {id: gpt-4o-mini, parameters: {temperature: 0.2}}\n"
                        "prompts:\n"
                        "  - id: explain_product\n"
                        "    file: prompts/explain_product.tpl\n"
                        "    tests: tests/golden_explain.json\n"
                        "    model: {id: gpt-4o}\n"
                        "  - {id: two, file: p/2.tpl, colour: red}\n"
                        "safety_policy: policies/content_policy.rego\n"
                        "rollout: {strategy: canary, initial_percent: 5, speed: 1}\n"
                        "extra: 1\n"),
                   error);
    assert_slice(manifest.name, "marketing-101");
    assert_slice(manifest.version, "1.2.0-rc.1+b5");
    assert_slice(manifest.owner, "ana@acme.example");
    assert_int_equal(manifest.risk, RISK_HIGH);
    assert_int_equal(manifest.sensitivity_count, 2);
    assert_slice(manifest.sensitivity[1], "compliance");
    assert_true(fabs(manifest.latency_ms_p95 - 2500) < 1e-9 && fabs(manifest.cost_usd_per_case - 0.01) < 1e-9);
    assert_slice(manifest.safety_policy, "policies/content_policy.rego");
    assert_int_equal(manifest.prompt_count, 2);
    assert_slice(manifest.prompts[0].model, "gpt-4o");
    assert_true(fabs(value_number(value_get(manifest.prompts[0].parameters, "temperature"), 0) - 0.2) < 1e-9);
    assert_int_equal(manifest.prompts[0].line, 10);
    const struct manifest_prompt *two = manifest_prompt(&manifest, SLICE("two"));
    assert_slice(two->model, "gpt-4o-mini");
    assert_int_equal(two->tests.size, 0);
    assert_null(manifest_prompt(&manifest, SLICE("three")));
    assert_int_equal(manifest.unknown_key_count, 3);
    assert_slice(manifest.unknown_keys[0], "prompts[1].colour");
    assert_slice(manifest.unknown_keys[1], "rollout.speed");
    assert_slice(manifest.unknown_keys[2], "extra");
    manifest_clear(&manifest);
}

static void the_least(void **state)
{
    (void)state;
    assert_success(load("name: a\nversion: 0.0.0\nprompts: []\n"), error);
    assert_int_equal(manifest.risk, RISK_LOW);
    assert_string_equal(manifest_risk_name(manifest.risk), "low");
    assert_true(manifest.latency_ms_p95 < 0);
    assert_int_equal(manifest.prompt_count + manifest.sensitivity_count + manifest.unknown_key_count, 0);
    manifest_clear(&manifest);
}

#define HEAD "name: a\nversion: 1.0.0\n"

static void refused_by_name_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "m/manifest.yaml:1: the file must be a map, not null"},
        {"just text", "must be a map, not text"},
        {"name: a\nprompts: []\n", "needs the key version"},
        {"name: a\nversion: 1.2\nprompts: []\n", "m/manifest.yaml:2: version must be text, not a number; quote it"},
        {"name: a\nversion: v1.2.0\nprompts: []\n", "m/manifest.yaml:2: version must be a semantic version"},
        {"name: a\nversion: 01.2.0\nprompts: []\n", "version must be a semantic version"},
        {HEAD "risk: huge\nprompts: []\n", "m/manifest.yaml:3: risk must be one of: low, medium, high"},
        {HEAD "prompts:\n - {id: A, file: f}\n", "m/manifest.yaml:4: prompts[0].id must be lower-case letters"},
        {HEAD "prompts:\n - {id: a}\n", "m/manifest.yaml:4: prompts[0] needs the key file"},
        {HEAD "prompts:\n - {id: a, file: f}\n - {id: a, file: g}\n", "m/manifest.yaml:5: the prompt a is there twice"},
        {HEAD "prompts:\n - {id: a, file: ../f}\n", "m/manifest.yaml:4: file: the path ../f"},
        {HEAD "prompts:\n - {id: a, file: f, tests: /etc/passwd}\n", "tests: the path /etc/passwd"},
        {HEAD "prompts: []\nsafety_policy: a//b\n", "safety_policy: the path a//b"},
        {HEAD "prompts: []\nsensitivity: pii\n", "sensitivity must be a list, not text"},
        {HEAD "prompts: []\nname: b\n", "the key \"name\" is there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        manifest.prompt_count = 77;
        assert_failure(load(cases[i].text), error, ERROR_INPUT, cases[i].part);
        assert_int_equal(manifest.prompt_count, 77);
    }
}

static void safe_paths(void **state)
{
    (void)state;
    const struct slice good[] = {SLICE("a"), SLICE("a/b.c"), SLICE("..a/b.."), SLICE("a b/\xc3\xa9"), SLICE("...")};
    const struct slice bad[] = {SLICE(""),      SLICE("/a"),   SLICE("a/"),    SLICE("a//b"), SLICE("."),
                                SLICE(".."),    SLICE("a/.."), SLICE("./a"),   SLICE("a\\b"), SLICE("a\nb"),
                                SLICE("a\x7f"), SLICE("a\0b"), SLICE("a/./b"), SLICE("../a")};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(manifest_path_is_safe(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(manifest_path_is_safe(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_of_it), cmocka_unit_test(the_least),
                                       cmocka_unit_test(refused_by_name_and_line), cmocka_unit_test(safe_paths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
