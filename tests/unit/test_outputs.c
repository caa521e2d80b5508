#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/model/outputs.h"

#define HASH "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEAD                                                                                                           \
    "{\"schema\":\"assay.outputs/1\",\"prompt\":\"p\",\"prompt_hash\":\"" HASH                                         \
    "\",\"model\":{\"id\":\"m\",\"parameters\":{\"t\":1}},\"outputs\":["

static struct error error;
static struct outputs outputs;

static int load(const char *text)
{
    error = ERROR_INIT;
    return outputs_load(slice_of(text), SLICE("o.json"), &outputs, &error);
}

static void everything_is_taken(void **state)
{
    (void)state;
    char digest[DIGEST_TEXT_SIZE + 1];
    assert_success(load(HEAD "{\"case\":\"z\",\"text\":\"caf\\u00e9\",\"input\":\"" HASH
                             "\",\"latency_ms\":812,\"tokens\":{\"input\":211,\"output\":95},"
                             "\"cost_usd\":0.0012,\"finish_reason\":\"stop\",\"error\":null,\"measures\":{"
                             "\"similarity\":0.91,\"toxicity\":null}},"
                             "{\"case\":\"a\",\"text\":null,\"error\":\"timeout\"},{\"case\":\"m\",\"text\":\"\"}]}"),
                   error);
    assert_slice(outputs.model, "m");
    assert_int_equal(value_integer(value_get(outputs.parameters, "t"), 0), 1);
    assert_int_equal(outputs.count, 3);
    const struct output *z = outputs_find(&outputs, SLICE("z")), *a = outputs_find(&outputs, SLICE("a"));
    assert_slice(z->text, "caf\xc3\xa9");
    digest_format(&z->digest, digest);
    /* printf 'café' | sha256sum */
    assert_string_equal(digest, "sha256:850f7dc43910ff890f8879c0ed26fe697c93a067ad93a7d50f466a7028a9bf4e");
    assert_false(digest_is_none(&z->input));
    assert_true(z->latency_ms > 811 && z->tokens_input > 210 && z->tokens_output > 94 && z->cost_usd > 0.001);
    double measure;
    assert_true(outputs_measure(z, "similarity", &measure));
    assert_true(measure > 0.9);
    assert_false(outputs_measure(z, "toxicity", &measure));
    assert_slice(a->failed, "timeout");
    assert_true(a->latency_ms < 0 && a->tokens_input < 0 && a->cost_usd < 0);
    assert_true(digest_is_none(&a->input));
    assert_int_equal(outputs_find(&outputs, SLICE("m"))->failed.size, 0);
    assert_null(outputs_find(&outputs, SLICE("q")));
    outputs_clear(&outputs);
}

static void refused_by_name_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"{}", "o.json:1: the file needs the key schema"},
        {"{\"schema\":\"assay.outputs/2\"}", "o.json:1: schema must be assay.outputs/1"},
        {HEAD "{\"case\":\"a\",\"text\":\"\"},\n{\"case\":\"a\",\"text\":\"\"}]}",
         "o.json:2: the case a is there twice"},
        {HEAD "{\"case\":\"a\"}]}", "case a has neither a text nor an error"},
        {HEAD "{\"case\":\"a\",\"text\":1}]}", "outputs[0].text must be null or text"},
        {HEAD "{\"case\":\"a\",\"text\":\"\",\"input\":\"sha256:12\"}]}", "outputs[0].input must be a digest"},
        {HEAD "{\"case\":\"a\",\"text\":\"\",\"latency_ms\":-1}]}", "outputs[0].latency_ms must be at least 0"},
        {HEAD "7]}", "outputs[0] must be a map"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_failure(load(cases[i].text), error, ERROR_INPUT, cases[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything_is_taken),
                                       cmocka_unit_test(refused_by_name_and_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
