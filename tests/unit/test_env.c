#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/env.h"

static void dates_are_utc(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } dates[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {951782399, "2000-02-28T23:59:59Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {1795083120, "2026-11-19T10:12:00Z"},
        {2147483648, "2038-01-19T03:14:08Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {253402300800, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {-62167219200, "0000-01-01T00:00:00Z"},
        {INT64_MIN, "0000-01-01T00:00:00Z"},
    };
    setenv("TZ", "Asia/Tokyo", 1);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char text[21];
        env_format_utc(dates[i].seconds, text);
        assert_string_equal(text, dates[i].text);
    }
}

static int64_t fixed_now(void)
{
    return 42;
}

static const char *fixed_variable(const char *name)
{
    return strcmp(name, "HOME") == 0 ? "/nowhere" : NULL;
}

static void world_can_be_replaced(void **state)
{
    (void)state;
    const struct env env = {.now = fixed_now, .variable = fixed_variable};
    env_replace(&env);
    assert_int_equal(env_now(), 42);
    assert_string_equal(env_variable("HOME"), "/nowhere");
    assert_null(env_variable("PATH"));
    assert_true(env_monotonic_us() > 0); /* left real */
    env_replace(NULL);
    assert_true(env_now() > 1700000000);
    assert_non_null(env_variable("PATH"));
}

static void clock_never_runs_backwards(void **state)
{
    (void)state;
    int64_t last = env_monotonic_us();
    for (int i = 0; i < 10000; i++) {
        int64_t now = env_monotonic_us();
        assert_true(now >= last);
        last = now;
    }
}

/* Beyond one request to the kernel (256 bytes): every byte is written, no piece comes twice. */
static void random_bytes_fill_everything(void **state)
{
    (void)state;
    unsigned char bytes[1000];
    unsigned char seen[1000] = {0};
    for (int round = 0; round < 20; round++) {
        memset(bytes, 0, sizeof bytes);
        env_random(bytes, sizeof bytes - 1);
        assert_int_equal(bytes[sizeof bytes - 1], 0);
        for (size_t i = 0; i < sizeof bytes; i++)
            seen[i] |= bytes[i];
    }
    for (size_t i = 0; i < sizeof bytes - 1; i++)
        assert_int_not_equal(seen[i], 0);
    assert_memory_not_equal(bytes, bytes + 256, 256);
    env_random(bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_utc),
        cmocka_unit_test(world_can_be_replaced),
        cmocka_unit_test(clock_never_runs_backwards),
        cmocka_unit_test(random_bytes_fill_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
