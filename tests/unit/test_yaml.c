#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/data/json_encode.h"
#include "assay/data/yaml.h"

static void expect_json(struct slice yaml, const char *json)
{
    struct document document;
    struct error error = ERROR_INIT;
    struct str out = STR_INIT;
    assert_success(yaml_load(yaml, SLICE("a.yaml"), &document, &error), error);
    json_encode(document.root, JSON_CANONICAL, &out);
    assert_string_equal(out.data, json);
    str_clear(&out);
    document_clear(&document);
}

static void scalars_follow_the_core_schema(void **state)
{
    (void)state;
    expect_json(SLICE("[null, Null, NULL, ~]"), "[null,null,null,null]");
    expect_json(SLICE("- \n- nUll"), "[null,\"nUll\"]");
    expect_json(SLICE("[true, True, TRUE, false, tRue, yes, no, on, off, y]"),
                "[true,true,true,false,\"tRue\",\"yes\",\"no\",\"on\",\"off\",\"y\"]");
    expect_json(SLICE("[0, -0, +12, 007, 0o17, 0xFf, 0o8, 0x, 1_000, -9223372036854775808]"),
                "[0,0,12,7,15,255,\"0o8\",\"0x\",\"1_000\",-9223372036854775808]");
    expect_json(SLICE("[1.5, .5, 1., -1e3, +1.5E-2, ., e3, 1e, 1.2.0, -, +., 2026-11-20]"),
                "[1.5,0.5,1.0,-1000.0,0.015,\".\",\"e3\",\"1e\",\"1.2.0\",\"-\",\"+.\",\"2026-11-20\"]");
    expect_json(SLICE("['1', \"true\", 'null', \"\"]"), "[\"1\",\"true\",\"null\",\"\"]");
    expect_json(SLICE("a: |\n  1\nb: >\n  x\n  y\n"), "{\"a\":\"1\\n\",\"b\":\"x y\\n\"}");
    expect_json(SLICE(""), "null");
    expect_json(SLICE("# nothing\n"), "null");
    expect_json(SLICE("\xef\xbb\xbf"
                      "a: 1\n"),
                "{\"a\":1}");
    expect_json(SLICE("1: a\n-2: b\n'3': c\n? d\n: e\n<<: f"),
                "{\"-2\":\"b\",\"1\":\"a\",\"3\":\"c\",\"<<\":\"f\",\"d\":\"e\"}");
}

static void refused_with_name_and_line(void **state)
{
    (void)state;
    const struct {
        struct slice bytes;
        const char *holds;
    } cases[] = {
        {SLICE("a: 1\nb: &x 2\n"), "a.yaml:2: an anchor"},
        {SLICE("a: &x [1]\n"), "a.yaml:1: an anchor"},
        {SLICE("a: 1\n\nb: *x\n"), "a.yaml:3: an alias"},
        {SLICE("a: !!str 2\n"), "a.yaml:1: a tag"},
        {SLICE("a: ! 2\n"), "a.yaml:1: a tag"},
        {SLICE("!foo {a: 2}\n"), "a.yaml:1: a tag"},
        {SLICE("a: 1\nb: {c: 1,\n c: 2}"), "a.yaml:3: the key \"c\" is there twice"},
        {SLICE("1: a\n\"1\": b\n"), "a.yaml:2: the key \"1\""},
        {SLICE("? [a]\n: b\n"), "a.yaml:1: a key must be text"},
        {SLICE("true: b\n"), "quote \"true\""},
        {SLICE("1.5: b\n"), "quote \"1.5\""},
        {SLICE("~: b\n"), "quote \"~\""},
        {SLICE("a: 1\n---\nb: 1\n"), "a second document"},
        {SLICE("a: 1\n b: 2\n"), "a.yaml:2: not YAML: "},
        {SLICE("a: [1\n"), "not YAML: "},
        {SLICE("a: 9223372036854775808"), "beyond 64 bits"},
        {SLICE("a: 1e999"), "too large"},
        {SLICE("a: .inf"), "infinity"},
        {SLICE("a: .nan"), "infinity"},
        {SLICE("a: \"\\0\""), "U+0000"},
        {SLICE("a: \xff\n"), "not YAML: "},
        {SLICE("\0"), "not YAML: "},
        {SLICE("\tx: 1"), "not YAML: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct document document;
        struct error error = ERROR_INIT;
        if (!yaml_load(cases[i].bytes, SLICE("a.yaml"), &document, &error) || error.kind != ERROR_INPUT ||
            !strstr(error.text, cases[i].holds))
            fail_msg("case %zu, expected %s: %s", i, cases[i].holds, error.text);
    }
}

static void limits_are_exact(void **state)
{
    (void)state;
    struct document document;
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    str_append_repeat(&text, '[', 32);
    str_append_repeat(&text, ']', 32);
    assert_success(yaml_load(str_slice(&text), SLICE("d"), &document, &error), error);
    document_clear(&document);
    str_insert(&text, 32, SLICE("[]"));
    assert_failure(yaml_load(str_slice(&text), SLICE("d"), &document, &error), error, ERROR_INPUT, "32 levels");
    str_reset(&text);
    str_append_repeat(&text, '[', 900000);
    assert_failure(yaml_load(str_slice(&text), SLICE("d"), &document, &error), error, ERROR_INPUT, "32 levels");
    str_reset(&text);
    for (int i = 0; i <= YAML_VALUES_MAX; i++)
        str_append_text(&text, "- 0\n");
    assert_failure(yaml_load(str_slice(&text), SLICE("d"), &document, &error), error, ERROR_INPUT, "too many values");
    str_reset(&text);
    str_append_repeat(&text, '#', YAML_SIZE_MAX);
    assert_success(yaml_load(str_slice(&text), SLICE("d"), &document, &error), error);
    document_clear(&document);
    str_push(&text, '#');
    assert_failure(yaml_load(str_slice(&text), SLICE("d"), &document, &error), error, ERROR_INPUT,
                   "the limit of 1048576");
    str_clear(&text);
}

static void every_value_knows_its_line(void **state)
{
    (void)state;
    struct document document;
    struct error error = ERROR_INIT;
    struct slice bytes = SLICE("a: 1\nb:\n  - x\n  - {c: 2,\n     d: [3]}\n");
    assert_success(yaml_load(bytes, SLICE("a.yaml"), &document, &error), error);
    const struct value *list = value_get(document.root, "b");
    assert_int_equal(document_line(&document, document.root), 1);
    assert_int_equal(document_line(&document, list), 3);
    assert_int_equal(document_line(&document, value_at(list, 1)), 4);
    assert_int_equal(document_line(&document, value_get(value_at(list, 1), "d")), 5);
    document_error(&document, value_at(list, 1), &error, "no");
    assert_string_equal(error.text, "a.yaml:4: no");
    document_clear(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scalars_follow_the_core_schema),
                                       cmocka_unit_test(refused_with_name_and_line), cmocka_unit_test(limits_are_exact),
                                       cmocka_unit_test(every_value_knows_its_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
