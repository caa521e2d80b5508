#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "assay/base/table.h"
#include "assay/data/json.h"
#include "assay/model/template.h"

static struct document parse(const char *json)
{
    struct document document;
    struct error error = ERROR_INIT;
    assert_int_equal(json_load(slice_of(json), SLICE("vars"), 1 << 20, 64, &document, &error), 0);
    return document;
}

static void expect(const char *text, const char *vars, const char *partials, const char *wanted)
{
    struct document v = parse(vars), p = parse(partials);
    struct template template = {slice_of(text), SLICE("t.tpl"), p.root};
    struct str out = STR_INIT;
    struct error error = ERROR_INIT;
    if (template_render(&template, v.root, &out, NULL, &error) < 0)
        fail_msg("%s", error.text);
    assert_string_equal(out.data, wanted);
    str_clear(&out);
    document_clear(&v);
    document_clear(&p);
}

static void test_values(void **state)
{
    (void)state;
    expect("Hi {{name}}, {{ a.b }}!", "{\"name\":\"<Ana> & co\",\"a\":{\"b\":1.5}}", "{}", "Hi <Ana> & co, 1.5!");
    expect("{{{x}}}{{&x}}", "{\"x\":\"<\"}", "{}", "<<");
    expect("{{#l}}[{{.}}]{{/l}}{{^l}}none{{/l}}", "{\"l\":[1,true,\"x\"]}", "{}", "[1][true][x]");
    expect("{{#l}}x{{/l}}{{^l}}none{{/l}}", "{\"l\":[]}", "{}", "none");
    expect("{{tags}}", "{\"tags\":[\"a\",\"b\"]}", "{}", "a, b");
    expect("", "{}", "{}", "");
}

static void test_partials_and_lines(void **state)
{
    (void)state;
    expect("a\n  {{> p}}\nb", "{}", "{\"p\":\"1\\n2\\n\"}", "a\n  1\n  2\nb");
    expect("{{#s}}\nx\n{{/s}}\ny", "{\"s\":true}", "{}", "x\ny");
    expect("{{#s}} {{! c }}{{/s}}", "{\"s\":true}", "{}", " ");
    expect("{{=<% %>=}}<%x%> {{x}}", "{\"x\":1}", "{}", "1 {{x}}");
}

static void test_misses_are_named(void **state)
{
    (void)state;
    struct document v = parse("{\"a\":\"\"}");
    struct template template = {SLICE("{{a}}{{b}}{{> c}}{{#d}}x{{/d}}{{b}}"), SLICE("t"), NULL};
    struct table *misses = table_new();
    struct str out = STR_INIT;
    struct error error = ERROR_INIT;
    assert_int_equal(template_render(&template, v.root, &out, misses, &error), 0);
    assert_int_equal(table_count(misses), 3);
    assert_true(slice_is(table_key(misses, 0), "b"));
    assert_true(slice_is(table_key(misses, 1), "c"));
    assert_true(slice_is(table_key(misses, 2), "d"));
    table_free(misses);
    str_clear(&out);
    document_clear(&v);
}

static void refuse(const char *text, const char *partials, const char *wanted)
{
    struct document p = parse(partials), v = parse("{\"x\":[1,2],\"s\":true}");
    struct template template = {slice_of(text), SLICE("t.tpl"), p.root};
    struct str out = STR_INIT;
    struct error error = ERROR_INIT;
    assert_int_equal(template_render(&template, v.root, &out, NULL, &error), -1);
    if (!strstr(error.text, wanted))
        fail_msg("“%s” lacks “%s”", error.text, wanted);
    assert_int_equal(error.kind, ERROR_INPUT);
    str_clear(&out);
    document_clear(&v);
    document_clear(&p);
}

static void test_errors_name_the_line(void **state)
{
    (void)state;
    refuse("a\nb {{x", "{}", "t.tpl:2: this tag is not closed");
    refuse("{{#s}}\n\n{{#x}}\n{{/y}}{{/s}}", "{}", "t.tpl:4: this closes a section that is not open");
    refuse("\n{{#s}}", "{}", "t.tpl:2: this section is not closed");
    refuse("{{/s}}", "{}", "t.tpl:1: this closes a section that is not open");
    refuse("{{ }}", "{}", "without a name");
    refuse("{{=x=}}", "{}", "delimiters");
    refuse("{{=", "{}", "not closed");
    refuse("{{> loop}}", "{\"loop\":\"x{{> loop}}\"}", "nested deeper");
    refuse("{{> a}}", "{\"a\":\"{{> b}}\",\"b\":\"{{> a}}\"}", "nested deeper");
}

static void test_output_is_bounded(void **state)
{
    (void)state;
    /* Each partial doubles the output: 2^31 bytes without the limit. */
    struct str json = STR_INIT;
    str_append_text(&json, "{");
    for (int i = 0; i < 30; i++)
        str_appendf(&json, "\"p%d\":\"{{> p%d}}{{> p%d}}\",", i, i + 1, i + 1);
    str_append_text(&json, "\"p30\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}");
    refuse("{{> p0}}", json.data, "larger than 16 MiB");
    str_clear(&json);
}

static void test_hash_covers_partials(void **state)
{
    (void)state;
    struct document p = parse("{\"b\":\"2\",\"a\":\"{{> b}}\",\"unused\":\"3\"}");
    struct template template = {SLICE("x{{> a}}"), SLICE("t"), p.root};
    struct digest hash, wanted;
    struct error error = ERROR_INIT;
    assert_int_equal(template_hash(&template, &hash, &error), 0);
    static const char bytes[] = "x{{> a}}\0a\0{{> b}}\0b\0"
                                "2";
    digest_of(slice_make(bytes, sizeof bytes - 1), &wanted);
    assert_true(digest_equal(&hash, &wanted));
    document_clear(&p);
}

static void test_loops_that_write_nothing_end(void **state)
{
    (void)state;
    struct str json = STR_INIT, out = STR_INIT;
    struct error error = ERROR_INIT;
    str_append_text(&json, "{\"l\":[0");
    for (int i = 0; i < 2999; i++)
        str_append_text(&json, ",0");
    str_append_text(&json, "]}");
    struct document v = parse(json.data);
    struct template template = {SLICE("{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}"), SLICE("t"), NULL};
    assert_int_equal(template_render(&template, v.root, &out, NULL, &error), -1);
    assert_non_null(strstr(error.text, "t: rendering takes too many steps"));
    document_clear(&v);
    str_clear(&json);
    str_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_partials_and_lines),
        cmocka_unit_test(test_misses_are_named),
        cmocka_unit_test(test_errors_name_the_line),
        cmocka_unit_test(test_output_is_bounded),
        cmocka_unit_test(test_loops_that_write_nothing_end),
        cmocka_unit_test(test_hash_covers_partials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
