#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "assay/data/json.h"
#include "assay/data/json_encode.h"

static char *encoded(const struct value *value, enum json_style style)
{
    struct str out = STR_INIT;
    json_encode(value, style, &out);
    return str_take(&out);
}

static void expect(struct value value, enum json_style style, const char *text)
{
    char *out = encoded(&value, style);
    assert_string_equal(out, text);
    free(out);
}

static void styles(void **state)
{
    (void)state;
    struct document document;
    struct error error = ERROR_INIT;
    assert_int_equal(json_load(SLICE("{\"b\":[1,{\"z\":null,\"a\":[]}],\"a\":{},\"B\":\"x\"}"), SLICE("n"), 100, 8,
                               &document, &error),
                     0);
    expect(*document.root, JSON_CANONICAL, "{\"B\":\"x\",\"a\":{},\"b\":[1,{\"a\":[],\"z\":null}]}");
    expect(*document.root, JSON_RECORD,
           "{\n  \"B\": \"x\",\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"a\": [],\n      \"z\": null\n    }\n  "
           "]\n}\n");
    expect(*document.root, JSON_OUTPUT,
           "{\n  \"b\": [\n    1,\n    {\n      \"z\": null,\n      \"a\": []\n    }\n  ],\n  \"a\": {},\n  \"B\": "
           "\"x\"\n}\n");
    document_clear(&document);
}

/* The record style is what jansson itself writes: any text, compared byte by byte. */
static void as_jansson_writes(void **state)
{
    (void)state;
    struct document document;
    struct error error = ERROR_INIT;
    struct str source = STR_INIT;
    str_append_text(&source, "{\"\xf0\x9f\x8e\x93\":[");
    for (unsigned i = 1; i < 0x100; i++)
        str_appendf(&source, "\"a\\u%04xz\",", i);
    str_append_text(&source, "\"\xe4\xb8\xad\",-0.5,true,{\"y\":1,\"x\":[[]]}]}");
    assert_int_equal(json_load(str_slice(&source), SLICE("n"), 1 << 20, 8, &document, &error), 0);
    json_t *json = json_loadb(source.data, source.size, 0, NULL);
    char *theirs = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
    char *ours = encoded(document.root, JSON_RECORD);
    assert_int_equal(strlen(ours), strlen(theirs) + 1);
    assert_memory_equal(ours, theirs, strlen(theirs));
    free(ours);
    free(theirs);
    json_decref(json);
    document_clear(&document);
    str_clear(&source);
}

static void reals(void **state)
{
    (void)state;
    static const struct {
        double real;
        const char *text;
    } cases[] = {{3.0, "3.0"},         {0.1, "0.1"},
                 {-2.5, "-2.5"},       {1e15, "1000000000000000.0"},
                 {1e16, "1e+16"},      {1e-4, "0.0001"},
                 {1e-7, "1e-07"},      {1.5e300, "1.5e+300"},
                 {0.0, "0.0"},         {-0.0, "-0.0"},
                 {123.456, "123.456"}, {1.0 / 3, "0.3333333333333333"},
                 {5e-324, "5e-324"},   {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {100, "100.0"},       {9007199254740993.0, "9007199254740992.0"}};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            expect(value_of_real(cases[i].real), JSON_CANONICAL, cases[i].text);
        setlocale(LC_NUMERIC, "de_DE.UTF-8"); /* where it exists, its comma must not show */
    }
    setlocale(LC_NUMERIC, "C");
}

static void bad_bytes_become_the_replacement_character(void **state)
{
    (void)state;
    expect(value_of_text(SLICE("a\xffz\xc3")), JSON_RECORD, "\"a\xef\xbf\xbdz\xef\xbf\xbd\"\n");
    expect(value_of_text(SLICE("\xed\xa0\x80")), JSON_CANONICAL, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    expect(value_of_text(SLICE("\xf4\x8f\xbf\xbf\xc0\x80")), JSON_CANONICAL,
           "\"\xf4\x8f\xbf\xbf\xef\xbf\xbd\xef\xbf\xbd\"");
    expect(value_of_text(SLICE("n\0l")), JSON_CANONICAL, "\"n\\u0000l\"");
    expect(value_of_text((struct slice){0}), JSON_CANONICAL, "\"\"");
}

static void output_is_safe_on_a_terminal(void **state)
{
    (void)state;
    struct slice nasty = SLICE("\x1b[31m\x7f\xc2\x9b"
                               "5m\xe2\x80\xae\xf3\xa0\x80\x81\xc3\xa9");
    expect(value_of_text(nasty), JSON_OUTPUT, "\"\\u001B[31m\\u007F\\u009B5m\\u202E\\uDB40\\uDC01\xc3\xa9\"\n");
    char *out = encoded(&(struct value){.kind = VALUE_TEXT, .text = nasty}, JSON_OUTPUT);
    struct document document;
    struct error error = ERROR_INIT;
    assert_int_equal(json_load(slice_of(out), SLICE("n"), 1000, 1, &document, &error), 0);
    assert_true(slice_equal(value_text(document.root), nasty));
    document_clear(&document);
    free(out);
}

static void integers(void **state)
{
    (void)state;
    expect(value_of_integer(INT64_MIN), JSON_CANONICAL, "-9223372036854775808");
    expect(value_of_integer(INT64_MAX), JSON_CANONICAL, "9223372036854775807");
    expect(value_of_bool(false), JSON_CANONICAL, "false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(styles),
                                       cmocka_unit_test(as_jansson_writes),
                                       cmocka_unit_test(reals),
                                       cmocka_unit_test(bad_bytes_become_the_replacement_character),
                                       cmocka_unit_test(output_is_safe_on_a_terminal),
                                       cmocka_unit_test(integers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
