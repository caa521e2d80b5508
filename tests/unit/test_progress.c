#include "harness/test.h"

#include "assay/ui/progress.h"

static void count(void *context)
{
    (*(int *)context)++;
}

static void only_what_runs_can_be_cancelled(void **state)
{
    (void)state;
    struct progress progress;
    int cancelled = 0;
    progress_init(&progress);
    assert_false(progress_cancel(&progress));
    progress_set(&progress, "Fetching", 1, 2, NULL, NULL);
    assert_false(progress_cancel(&progress));
    progress_set(&progress, "Fetching", 1, 2, count, &cancelled);
    assert_true(progress_cancel(&progress));
    progress_set(&progress, NULL, 0, 0, NULL, NULL);
    assert_false(progress_cancel(&progress));
    assert_int_equal(cancelled, 1);
    progress_clear(&progress);
}

static void its_label_is_sanitised(void **state)
{
    (void)state;
    struct progress progress;
    progress_init(&progress);
    progress_set(&progress, "Fetching \x1b]0;x\a", 0, 0, NULL, NULL);
    assert_null(strchr(progress.label.data, '\x1b'));
    progress_clear(&progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_runs_can_be_cancelled),
        cmocka_unit_test(its_label_is_sanitised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
