#include "harness/test.h"

#include "assay/model/branchname.h"

static void as_git_check_ref_format(void **state)
{
    (void)state;
    static const char *const good[] = {"main", "assay/log", "a.b",     "a@b", "prompt/\xc3\xa9",
                                       "x-",   "a/b/c",     "a.lockx", "{"};
    static const char *const bad[] = {"",       "-x",       "a..b", "a b", "a~",   "a^",   "a:",    "a?",
                                      "a*",     "a[",       "a\\",  "/a",  "a/",   "a//b", ".a",    "a/.b",
                                      "a.lock", "a.lock/b", "a.",   "@",   "HEAD", "a@{b", "a\x7f", "a\tb"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!branchname_is_valid(slice_of(good[i])))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (branchname_is_valid(slice_of(bad[i])))
            fail_msg("%s", bad[i]);
    assert_false(branchname_is_valid(SLICE("a\0b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_git_check_ref_format)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
