/* The public Mustache specification, without HTML escaping: every test whose result does not depend on it, of the
 * parts that the formats name, and delimiters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "assay/base/file.h"
#include "assay/data/json.h"
#include "assay/model/template.h"

static bool run_one(struct slice file, const struct value *test)
{
    struct template template = {value_text(value_get(test, "template")), SLICE("spec"), value_get(test, "partials")};
    struct str out = STR_INIT;
    struct error error = ERROR_INIT;
    struct slice wanted = value_text(value_get(test, "expected"));
    bool same = template_render(&template, value_get(test, "data"), &out, NULL, &error) == 0 &&
                slice_equal(str_slice(&out), wanted);
    if (!same)
        print_message("%.*s: %.*s: [%s] instead of [%.*s] %s\n", SLICE_ARG(file),
                      SLICE_ARG(value_text(value_get(test, "name"))), out.data, SLICE_ARG(wanted), error.text);
    str_clear(&out);
    return same;
}

static void test_specification(void **state)
{
    (void)state;
    struct str path = STR_INIT, bytes = STR_INIT;
    struct error error = ERROR_INIT;
    struct document document;
    file_join(&path, getenv("CORPUS"), "vectors/mustache_spec.json");
    assert_int_equal(file_read(path.data, 1 << 24, &bytes, &error), 0);
    assert_int_equal(json_load(str_slice(&bytes), SLICE("mustache_spec.json"), 1 << 24, 64, &document, &error), 0);
    size_t run = 0, failed = 0, escaping = 0;
    const struct value *specs = value_get(document.root, "specs");
    for (size_t i = 0; i < value_count(specs); i++) {
        const struct value *spec = value_at(specs, i), *tests = value_get(spec, "tests");
        if (value_boolean(value_get(spec, "optional"), false))
            continue; /* lambdas, inheritance, dynamic names */
        for (size_t t = 0; t < value_count(tests); t++) {
            const struct value *test = value_at(tests, t);
            struct slice wanted = value_text(value_get(test, "expected"));
            if (slice_find(wanted, SLICE("&lt;")) != SLICE_NOT_FOUND ||
                slice_find(wanted, SLICE("&quot;")) != SLICE_NOT_FOUND) {
                escaping++; /* a prompt is no HTML */
                continue;
            }
            run++;
            failed += !run_one(value_text(value_get(spec, "file")), test);
        }
    }
    print_message("%zu of %zu tests of the specification, %zu about HTML escaping left out\n", run - failed, run,
                  escaping);
    assert_true(run > 100);
    assert_int_equal(failed, 0);
    document_clear(&document);
    str_clear(&bytes);
    str_clear(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_specification)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
