#include "harness/test.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/arena.h"
#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/base/table.h"

static void on_exhaustion(void)
{
    ssize_t written = write(STDOUT_FILENO, "hook\n", 5);
    (void)written;
}

/* Runs `action` in a child whose standard streams are one pipe; returns its wait status and what it printed. */
static int in_child(void (*action)(void), char *printed, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        memory_on_exhaustion(on_exhaustion);
        action();
        _exit(0);
    }
    close(ends[1]);
    size_t got = 0;
    ssize_t n;
    while ((n = read(ends[0], printed + got, size - 1 - got)) > 0)
        got += (size_t)n;
    printed[got] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void expect_exhaustion(void (*action)(void))
{
    char printed[1024];
    int status = in_child(action, printed, sizeof printed);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ERROR_ENVIRONMENT);
    const char *hook = strstr(printed, "hook\n"); /* a sanitizer may say something before */
    assert_non_null(hook);
    assert_non_null(strstr(hook, "out of memory"));
}

static void third_allocation_fails(void)
{
    memory_fail_after(2);
    memory_new(10);
    memory_new_array(2, 5);
    memory_resize(NULL, 1, 1);
}

static void two_allocations_work(void)
{
    memory_fail_after(2);
    memory_new(10);
    memory_resize(NULL, 1, 1);
}

static void product_overflows(void)
{
    memory_new_array(SIZE_MAX / 2, 3);
}

static void resize_overflows(void)
{
    memory_resize(NULL, SIZE_MAX / 2, 3);
}

static void text_is_too_long(void)
{
    struct str s = STR_INIT;
    str_append_text(&s, "x");
    str_reserve(&s, SIZE_MAX);
}

static void arena_is_too_large(void)
{
    struct arena arena = ARENA_INIT;
    arena_alloc(&arena, SIZE_MAX - 3);
}

static void arena_product_overflows(void)
{
    struct arena arena = ARENA_INIT;
    arena_alloc_array(&arena, SIZE_MAX / 4, 5);
}

static void array_is_too_large(void)
{
    size_t capacity = 0;
    array_grow(NULL, &capacity, SIZE_MAX / 2, 16);
}

static void exhaustion_ends_the_process(void **state)
{
    (void)state;
    expect_exhaustion(third_allocation_fails);
    expect_exhaustion(product_overflows);
    expect_exhaustion(resize_overflows);
    expect_exhaustion(text_is_too_long);
    expect_exhaustion(arena_is_too_large);
    expect_exhaustion(arena_product_overflows);
    expect_exhaustion(array_is_too_large);
    char printed[1024];
    assert_int_equal(in_child(two_allocations_work, printed, sizeof printed), 0);
    assert_string_equal(printed, "");
}

/* A table with text, an arena and arrays in it: each allocation made to fail in turn ends in the same calm way. */
static long fail_at;
static void busy_work(void)
{
    memory_fail_after(fail_at);
    struct table *table = table_new();
    struct str key = STR_INIT;
    for (size_t i = 0; i < 200; i++) {
        str_appendf(&key, "%zu,", i);
        table_set(table, str_slice(&key), i);
    }
    _exit(table_count(table) == 200 ? 0 : 1);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    int failures = 0;
    for (fail_at = 0;; fail_at++) {
        char printed[1024];
        int status = in_child(busy_work, printed, sizeof printed);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 0)
            break;
        assert_int_equal(WEXITSTATUS(status), ERROR_ENVIRONMENT);
        failures++;
    }
    assert_in_range(failures, 10, 400);
}

static void new_memory_is_zero(void **state)
{
    (void)state;
    unsigned char *block = memory_new_array(1000, 3);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(block[i], 0);
    block = memory_resize(block, 2, 5000);
    memset(block, 1, 10000);
    memory_free(block);
    memory_free(memory_new(0));
    memory_free(memory_new_array(0, SIZE_MAX));
    memory_free(memory_resize(NULL, 0, 0));
    memory_free(NULL);
    char *copy = memory_copy_text("text");
    assert_string_equal(copy, "text");
    memory_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exhaustion_ends_the_process),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(new_memory_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
