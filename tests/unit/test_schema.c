#include "harness/test.h"

#include "assay/base/embedded.h"
#include "assay/base/str.h"
#include "assay/data/json.h"
#include "assay/data/schema.h"
#include "assay/data/yaml.h"

/* "" when the value is valid, else the error's text. */
static const char *verdict(const char *schema_text, const char *json)
{
    static struct error error;
    struct document document;
    error = ERROR_INIT;
    struct schema *schema = schema_new(slice_of(schema_text), SLICE("schema"), &error);
    if (!schema)
        return error.text;
    assert_success(json_load(slice_of(json), SLICE("f"), 1000, 32, &document, &error), error);
    schema_check(schema, &document, NULL, NULL, &error);
    document_clear(&document);
    schema_free(schema);
    return error.text;
}

static void messages_name_place_and_remedy(void **state)
{
    (void)state;
    const struct {
        const char *schema, *json, *text;
    } cases[] = {
        {"{\"type\":\"object\"}", "[]", "f:1: the file must be a map, not a list"},
        {"{\"properties\":{\"cases\":{\"items\":{\"properties\":{\"id\":{\"type\":\"string\"}}}}}}",
         "{\"cases\":[{},\n{\"id\":1}]}", "f:2: cases[1].id must be text, not an integer"},
        {"{\"items\":{\"type\":[\"string\",\"null\"]}}", "[\"\",null,\n\ntrue]",
         "f:3: [2] must be null or text, not true or false"},
        {"{\"required\":[\"a\",\"b\"]}", "{\"a\":1}", "f:1: the file needs the key b"},
        {"{\"properties\":{\"a\":{\"enum\":[\"x\",1,null]}}}", "{\"a\":2}", "f:1: a must be one of: x, 1, null"},
        {"{\"properties\":{\"a\":{\"const\":\"x/1\"}}}", "{\"a\":2}", "f:1: a must be x/1"},
        {"{\"properties\":{\"a\":1},\"additionalProperties\":false}", "{}",
         "schema:1: a schema must be a map, true or false"},
        {"{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"a\":1,\n\"b\":1}",
         "f:2: b is no key that is known here"},
        {"{\"pattern\":\"^[a-z]+$\"}", "\"A\"", "f:1: the file must match ^[a-z]+$"},
        {"{\"pattern\":\"^[a-z]+$\",\"description\":\"lower-case letters\"}", "\"A\"",
         "f:1: the file must be lower-case letters"},
        {"{\"minLength\":1}", "\"\"", "f:1: the file must not be empty"},
        {"{\"maxLength\":2}", "\"\xc3\xa9\xc3\xa9\xc3\xa9\"", "f:1: the file must have at most 2 characters"},
        {"{\"maxLength\":3}", "\"\xc3\xa9\xc3\xa9\xc3\xa9\"", ""},
        {"{\"minimum\":0.5}", "0.25", "f:1: the file must be at least 0.5"},
        {"{\"exclusiveMaximum\":3}", "3", "f:1: the file must be below 3"},
        {"{\"minItems\":2}", "[1]", "f:1: the file must have at least 2 items"},
        {"{\"uniqueItems\":true}", "[1,\n1.0]", "f:2: [1] is there twice"},
        {"{\"propertyNames\":{\"maxLength\":1}}", "{\"a\":1,\n\"bb\":2}", "f:2: bb must have at most 1 characters"},
        {"{\"anyOf\":[{\"type\":\"null\"},{\"properties\":{\"a\":{\"type\":\"null\"}},\"type\":\"object\"}]}",
         "{\"a\":1}", "f:1: a must be null, not an integer"},
        {"{\"oneOf\":[true,true]}", "1", "f:1: the file matches more than one of the shapes that exclude each other"},
        {"{\"not\":{}}", "1", "f:1: the file has a shape that is not allowed"},
        {"{\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":2},\"else\":{\"type\":\"null\"}}", "\"a\"",
         "f:1: the file must have at least 2 characters"},
        {"{\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":2},\"else\":{\"type\":\"null\"}}", "1",
         "f:1: the file must be null, not an integer"},
        {"{\"contains\":{\"type\":\"null\"}}", "[1]", "f:1: the file holds 0 of the items it needs, too few"},
        {"{\"$ref\":\"#\"}", "1", "f:1: the file is nested too deep for its schema"},
        {"{\"items\":{\"$ref\":\"#\"},\"type\":\"array\"}", "[[[],[1]]]",
         "f:1: [0][1][0] must be a list, not an integer"},
        {"{\"$ref\":\"#/$defs/a~1b%25\",\"$defs\":{\"a/b%\":{\"type\":\"null\"}}}", "1",
         "f:1: the file must be null, not an integer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(verdict(cases[i].schema, cases[i].json), cases[i].text);
}

static void schemas_that_cannot_be_kept_are_refused(void **state)
{
    (void)state;
    assert_non_null(strstr(verdict("{\"unevaluatedItems\":false}", "1"), "unevaluatedItems is not supported"));
    assert_non_null(strstr(verdict("{\"$ref\":\"other.json\"}", "1"), "leads nowhere"));
    assert_non_null(strstr(verdict("{\"$ref\":\"#/$defs/x\"}", "1"), "leads nowhere"));
    assert_non_null(strstr(verdict("{\"pattern\":\"\\\\d\"}", "1"), "pattern \\d is not supported"));
    assert_non_null(strstr(verdict("{\"pattern\":\"(\"}", "1"), "is not supported"));
    assert_non_null(strstr(verdict("{\"type\":\"text\"}", "1"), "text is no type"));
    assert_non_null(strstr(verdict("{\"allOf\":{}}", "1"), "must be a list of schemas"));
    assert_non_null(strstr(verdict("{\"$schema\":\"x\"}", "1"), "only the dialect"));
    assert_non_null(strstr(verdict("{", "1"), "not JSON"));
}

static void collect(void *context, struct slice where, const struct value *value)
{
    str_appendf(context, "%.*s:%d ", SLICE_ARG(where), value->line);
}

static void unknown_keys_are_told_where_nothing_forbids_them(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct document document;
    struct str unknown = STR_INIT;
    struct schema *schema = schema_new(
        SLICE("{\"properties\":{\"a\":{\"items\":{\"properties\":{\"x\":true}}},\"open\":{\"type\":\"object\"}}}"),
        SLICE("s"), &error);
    assert_non_null(schema);
    struct slice yaml = SLICE("a: [{x: 1, y: 2},\n {z: 3}]\nb: 1\nopen: {free: 1}\n");
    assert_success(yaml_load(yaml, SLICE("f"), &document, &error), error);
    assert_success(schema_check(schema, &document, collect, &unknown, &error), error);
    assert_string_equal(unknown.data, "a[0].y:1 a[1].z:2 b:3 ");
    str_clear(&unknown);
    document_clear(&document);
    assert_success(yaml_load(SLICE("a:\n - x\nversion: 1.2"), SLICE("f"), &document, &error), error);
    struct schema *other =
        schema_new(SLICE("{\"properties\":{\"version\":{\"type\":\"string\"}}}"), SLICE("s"), &error);
    assert_failure(schema_check(other, &document, NULL, NULL, &error), error, ERROR_INPUT,
                   "f:3: version must be text, not a number; quote it");
    schema_free(other);
    schema_free(schema);
    document_clear(&document);
}

static void built_in_schemas_compile_once(void **state)
{
    (void)state;
    size_t total, count = 0;
    const struct embedded *files = embedded_all(&total);
    struct error error = ERROR_INIT;
    for (size_t i = 0; i < total; i++) {
        const char *path = files[i].path;
        if (!slice_starts_with(slice_of(path), SLICE("schema/")) || !strstr(path, ".json"))
            continue;
        const struct schema *schema = schema_embedded(path, &error);
        if (!schema)
            fail_msg("%s", error.text);
        assert_ptr_equal(schema, schema_embedded(path, &error));
        count++;
    }
    assert_true(count >= 15);
    assert_null(schema_embedded("schema/none.json", &error));
    assert_non_null(strstr(error.text, "not built in"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(messages_name_place_and_remedy),
                                       cmocka_unit_test(schemas_that_cannot_be_kept_are_refused),
                                       cmocka_unit_test(unknown_keys_are_told_where_nothing_forbids_them),
                                       cmocka_unit_test(built_in_schemas_compile_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
