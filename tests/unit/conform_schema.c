/* The JSON Schema test suite for draft 2020-12. A schema that schema_new refuses must be of a file that uses what we do
 * not support; every test of the others must come out as the suite says. */
#include "harness/corpus.h"
#include "harness/test.h"

#include "assay/data/json_encode.h"
#include "assay/data/schema.h"

/* Groups that schema_new refuses, by file: anchors, references elsewhere, dynamic scope, unevaluated keywords, other
 * dialects and \p{…}. */
static const struct {
    const char *file;
    size_t groups;
} unsupported[] = {{"anchor.json", 4},
                   {"defs.json", 1},
                   {"dynamicRef.json", 21},
                   {"not.json", 1},
                   {"pattern.json", 1},
                   {"patternProperties.json", 1},
                   {"ref.json", 17},
                   {"refRemote.json", 15},
                   {"unevaluatedItems.json", 29},
                   {"unevaluatedProperties.json", 44},
                   {"vocabulary.json", 2}};
enum { FILES = sizeof unsupported / sizeof *unsupported };

/* FILES: every group of the file is supported. */
static size_t find_file(struct slice file)
{
    size_t at = 0;
    while (at < FILES && !slice_is(file, unsupported[at].file))
        at++;
    return at;
}

static size_t run_group(const struct value *group, const struct schema *schema, size_t *wrong)
{
    const struct value *tests = value_get(group, "tests");
    for (size_t i = 0; i < value_count(tests); i++) {
        const struct value *test = value_at(tests, i);
        struct document document = {.root = value_get(test, "data"), .name = SLICE("data")};
        struct error error = ERROR_INIT;
        bool valid = schema_check(schema, &document, NULL, NULL, &error) == 0;
        if (valid == value_boolean(value_get(test, "valid"), false))
            continue;
        *wrong += 1;
        print_message("WRONG %.*s: %.*s: %.*s (%s)\n", SLICE_ARG(value_text(value_get(group, "file"))),
                      SLICE_ARG(value_text(value_get(group, "description"))),
                      SLICE_ARG(value_text(value_get(test, "description"))), error.text);
    }
    return value_count(tests);
}

static void suite(void **state)
{
    (void)state;
    struct str bytes;
    struct document corpus;
    size_t run = 0, wrong = 0, refused[FILES + 1] = {0};
    corpus_load("vectors/json_schema_2020_12.json", &bytes, &corpus);
    const struct value *groups = value_get(corpus.root, "groups");
    for (size_t i = 0; i < value_count(groups); i++) {
        const struct value *group = value_at(groups, i);
        struct str text = STR_INIT;
        struct error error = ERROR_INIT;
        if (slice_starts_with(value_text(value_get(group, "file")), SLICE("optional/")))
            continue; /* formats, ECMA-262 expressions, older dialects */
        json_encode(value_get(group, "schema"), JSON_CANONICAL, &text);
        struct schema *schema = schema_new(str_slice(&text), SLICE("schema"), &error);
        if (schema) {
            run += run_group(group, schema, &wrong);
        } else {
            refused[find_file(value_text(value_get(group, "file")))]++;
        }
        schema_free(schema);
        str_clear(&text);
    }
    print_message("%zu tests run\n", run);
    assert_true(run > 900);
    assert_int_equal(wrong, 0);
    for (size_t i = 0; i < FILES; i++)
        assert_int_equal(refused[i], unsupported[i].groups);
    assert_int_equal(refused[FILES], 0);
    document_clear(&corpus);
    str_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
