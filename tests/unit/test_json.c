#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "assay/base/str.h"
#include "assay/data/json.h"

static int load(struct slice bytes, struct document *document, struct error *error)
{
    *error = ERROR_INIT;
    return json_load(bytes, SLICE("a.json"), 1 << 20, 8, document, error);
}

static void every_kind(void **state)
{
    (void)state;
    struct document document;
    struct error error;
    struct slice bytes =
        SLICE("{\"n\":null,\"t\":true,\"i\":-9223372036854775808,\"r\":1.5,\"s\":\"a\\u00e9\",\"l\":[1,[]],\"m\":{}}");
    assert_int_equal(load(bytes, &document, &error), 0);
    const struct value *root = document.root;
    assert_int_equal(value_count(root), 7);
    assert_int_equal(value_get(root, "n")->kind, VALUE_NULL);
    assert_true(value_boolean(value_get(root, "t"), false));
    assert_true(value_integer(value_get(root, "i"), 0) == INT64_MIN);
    assert_true(value_number(value_get(root, "r"), 0) > 1.4);
    assert_true(slice_is(value_text(value_get(root, "s")), "a\xc3\xa9"));
    assert_int_equal(value_count(value_get(root, "l")), 2);
    assert_int_equal(value_count(value_get(root, "m")), 0);
    document_clear(&document);
}

static void refused_with_name_and_line(void **state)
{
    (void)state;
    const struct {
        struct slice bytes;
        const char *begins;
        const char *holds;
    } cases[] = {
        {SLICE(""), "a.json:1: not JSON", ""},
        {SLICE("\n\n{\"a\":1,\"a\":2}"), "a.json:3: not JSON", "duplicate"},
        {SLICE("{\"a\":1,\n\"\\u0061\":2}"), "a.json:2: not JSON", "duplicate"},
        {SLICE("[1]\nx"), "a.json:2: not JSON", "end of file"},
        {SLICE("[9223372036854775808]"), "a.json:1: not JSON", "too big"},
        {SLICE("[1e999]"), "a.json:1: not JSON", "overflow"},
        {SLICE("[\"\\u0000\"]"), "a.json:1: not JSON", "NUL"},
        {SLICE("[1]\0"), "a.json:1: not JSON: a NUL byte", ""},
        {SLICE("[\"a\0b\"]"), "a.json:1: not JSON", ""},
        {SLICE("[\"\xff\"]"), "a.json:1: not JSON", "0xff"},
        {SLICE("[\"\\ud800\"]"), "a.json:1: not JSON", ""},
        {SLICE("[NaN]"), "a.json:1: not JSON", ""},
        {SLICE("[1,]"), "a.json:1: not JSON", ""},
        {SLICE("\xef\xbb\xbf{}"), "a.json:1: begins with a byte order mark", ""},
        {SLICE("\n[[[[[[[[[\n"), "a.json:2: nested deeper than 8", ""},
        {SLICE("{\"a\":\"unterminated"), "a.json:1: not JSON", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct document document;
        struct error error;
        assert_int_equal(load(cases[i].bytes, &document, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (strncmp(error.text, cases[i].begins, strlen(cases[i].begins)) || !strstr(error.text, cases[i].holds))
            fail_msg("case %zu: %s", i, error.text);
    }
}

static void limits_are_exact(void **state)
{
    (void)state;
    struct document document;
    struct error error;
    assert_int_equal(load(SLICE("[[[[[[[[\"[[[\"]]]]]]]]"), &document, &error), 0);
    document_clear(&document);
    error = ERROR_INIT;
    assert_int_equal(json_load(SLICE("[12]"), SLICE("n"), 4, 1, &document, &error), 0);
    document_clear(&document);
    assert_int_equal(json_load(SLICE("[123]"), SLICE("n"), 4, 1, &document, &error), -1);
    assert_string_equal(error.text, "n: 5 bytes, more than the limit of 4");
    struct str many = STR_INIT;
    str_push(&many, '[');
    for (size_t i = 0; i <= JSON_VALUES_MAX; i++)
        str_append_text(&many, "0,");
    error = ERROR_INIT;
    assert_int_equal(json_load(str_slice(&many), SLICE("n"), 1 << 30, 8, &document, &error), -1);
    assert_non_null(strstr(error.text, "more than 2000000 values"));
    str_clear(&many);
}

static void lines_of_values(void **state)
{
    (void)state;
    struct document document;
    struct error error;
    struct slice bytes =
        SLICE("{\n \"a\" : \"x:\\\" {\",\n \"b\": [1,\n  {\"c\"\n:\ntrue}, -2.5e3,\n[],\n \"last\"\n]}");
    assert_int_equal(load(bytes, &document, &error), 0);
    const struct value *list = value_get(document.root, "b");
    assert_int_equal(document_line(&document, document.root), 1);
    assert_int_equal(document_line(&document, value_get(document.root, "a")), 2);
    assert_int_equal(document_line(&document, list), 3);
    assert_int_equal(document_line(&document, value_at(list, 0)), 3);
    assert_int_equal(document_line(&document, value_at(list, 1)), 4);
    assert_int_equal(document_line(&document, value_get(value_at(list, 1), "c")), 6);
    assert_int_equal(document_line(&document, value_at(list, 2)), 6);
    assert_int_equal(document_line(&document, value_at(list, 3)), 7);
    assert_int_equal(document_line(&document, value_at(list, 4)), 8);
    assert_int_equal(document_line(&document, NULL), 0);
    struct value elsewhere = value_of_null();
    assert_int_equal(document_line(&document, &elsewhere), 0);
    document_error(&document, value_at(list, 3), &error, "must be %s", "full");
    assert_string_equal(error.text, "a.json:7: must be full");
    document.source = (struct slice){0};
    error = ERROR_INIT;
    document_error(&document, value_at(list, 3), &error, "bad");
    assert_string_equal(error.text, "a.json: bad");
    document_clear(&document);
}

static void json_lines(void **state)
{
    (void)state;
    struct document document;
    struct error error = ERROR_INIT;
    assert_int_equal(json_load_lines(SLICE("{\"id\":\"a\"}\r\n\n  \n[2]\n3"), SLICE("l"), 100, 4, &document, &error),
                     0);
    assert_int_equal(value_count(document.root), 3);
    assert_int_equal(document_line(&document, value_get(value_at(document.root, 0), "id")), 1);
    assert_int_equal(document_line(&document, value_at(value_at(document.root, 1), 0)), 4);
    assert_int_equal(document_line(&document, value_at(document.root, 2)), 5);
    document_clear(&document);
    assert_int_equal(json_load_lines(SLICE(""), SLICE("l"), 100, 4, &document, &error), 0);
    assert_int_equal(value_count(document.root), 0);
    document_clear(&document);
    assert_int_equal(json_load_lines(SLICE("1\n2 3\n"), SLICE("l"), 100, 4, &document, &error), -1);
    assert_non_null(strstr(error.text, "l:2: not JSON"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind), cmocka_unit_test(refused_with_name_and_line),
                                       cmocka_unit_test(limits_are_exact), cmocka_unit_test(lines_of_values),
                                       cmocka_unit_test(json_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
