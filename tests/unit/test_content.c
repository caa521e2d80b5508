#include "harness/test.h"

#include "assay/base/file.h"
#include "assay/base/process.h"
#include "assay/model/content.h"

/* sha256sum itself is the oracle, with names that it escapes. */
static void as_sha256sum_prints(void **state)
{
    (void)state;
    static const char *const names[] = {"b.txt", "a b", "Z", "\xc3\xa9", "new\nline", "back\\slash", "a.txt"};
    enum { COUNT = sizeof names / sizeof *names };
    const char *arguments[COUNT + 2] = {"sha256sum"};
    struct content_file files[COUNT];
    struct str folder = STR_INIT, listing = STR_INIT;
    struct error error = ERROR_INIT;
    assert_success(file_make_temporary_folder("content", &folder, &error), error);
    for (size_t i = 0; i < COUNT; i++) {
        struct str path = STR_INIT;
        file_join(&path, folder.data, names[i]);
        assert_success(file_write(path.data, slice_of(names[i]), 0644, &error), error);
        str_clear(&path);
        files[i].path = slice_of(names[i]);
        digest_of(slice_of(names[i]), &files[i].digest);
    }
    static const size_t sorted[] = {2, 1, 6, 0, 5, 4, 3};
    for (size_t i = 0; i < COUNT; i++)
        arguments[i + 1] = names[sorted[i]];
    struct process process = {.arguments = arguments, .folder = folder.data};
    struct process_result result;
    process_result_init(&result);
    assert_success(process_run(&process, &result, &error), error);
    content_listing(files, COUNT, &listing);
    assert_string_equal(listing.data, result.output.data);
    struct digest digest, expected;
    content_digest(files, COUNT, &digest);
    digest_of(str_slice(&result.output), &expected);
    assert_true(digest_equal(&digest, &expected));
    content_digest(NULL, 0, &digest);
    digest_of(SLICE(""), &expected);
    assert_true(digest_equal(&digest, &expected));
    process_result_clear(&result);
    str_clear(&listing);
    assert_success(file_remove_tree(folder.data, &error), error);
    str_clear(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_sha256sum_prints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
