#include "harness/test.h"

#include "assay/base/embedded.h"
#include "harness/fixture.h"

/* What is built in is what lies in the source tree, byte for byte; sorted, so that each is found. */
static void built_in_files_are_the_source_s(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    const struct embedded *all = embedded_all(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            assert_true(strcmp(all[i - 1].path, all[i].path) < 0);
        struct slice found;
        assert_true(embedded_find(all[i].path, &found));
        assert_ptr_equal(found.data, all[i].bytes.data);
        bool sample = strncmp(all[i].path, "demo/", 5) == 0;
        const char *source = fixture_text(f, "%s/%s%s", ASSAY_SOURCE, sample ? "tests/" : "", all[i].path);
        assert_true(slice_equal(found, fixture_read(f, source)));
        assert_int_equal(found.data[found.size], '\0');
    }
}

static void others_are_not_found(void **state)
{
    (void)state;
    struct slice bytes;
    assert_false(embedded_find("", &bytes));
    assert_false(embedded_find("schema/no.such", &bytes));
    assert_false(embedded_find("zzz", &bytes));
    assert_false(embedded_find("\xff", &bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(built_in_files_are_the_source_s, fixture_setup, fixture_teardown),
        cmocka_unit_test(others_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
