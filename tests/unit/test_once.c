#include "harness/test.h"

#include <pthread.h>

#include "assay/base/once.h"

static struct once once;
static atomic_int runs;

static void run(void)
{
    atomic_fetch_add(&runs, 1);
}

static void *call(void *unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        once_run(&once, run);
        if (atomic_load(&runs) != 1) /* whoever comes back comes back after it */
            return &once;
    }
    return NULL;
}

static void test_of_many_threads_one_runs_it(void **state)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call, NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(atomic_load(&runs), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_of_many_threads_one_runs_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
