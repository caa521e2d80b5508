#include "harness/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void first_error_wins(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    assert_false(error_is_set(&error));
    assert_int_equal(error_set(&error, ERROR_INPUT, "line %d is wrong", 7), -1);
    assert_int_equal(error_set(&error, ERROR_USAGE, "later"), -1);
    assert_int_equal(error_set_system(&error, ERROR_USAGE, ENOENT, "later"), -1);
    assert_true(error_is_set(&error));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "line 7 is wrong");
    error_clear(&error);
    assert_false(error_is_set(&error));
    assert_string_equal(error.text, "");
}

static void system_errors_have_the_system_s_words(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    error_set_system(&error, ERROR_ENVIRONMENT, ENOENT, "%s cannot be opened", "a.yaml");
    assert_string_equal(error.text, "a.yaml cannot be opened: No such file or directory");
}

static void prefix_needs_an_error(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    assert_int_equal(error_prefix(&error, "manifest.yaml"), -1);
    assert_string_equal(error.text, "");
    error_set(&error, ERROR_INPUT, "no name");
    assert_int_equal(error_prefix(&error, "%s:%d", "manifest.yaml", 3), -1);
    assert_string_equal(error.text, "manifest.yaml:3: no name");
    assert_int_equal(error.kind, ERROR_INPUT);
}

static void no_error_struct_is_fine(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, ERROR_INPUT, "x"), -1);
    assert_int_equal(error_set_system(NULL, ERROR_INPUT, ENOENT, "x"), -1);
    assert_int_equal(error_prefix(NULL, "x"), -1);
}

/* For every distance to the limit and every length of a sequence: what remains is a prefix that ends at a whole one. */
static void long_texts_end_at_a_whole_sequence(void **state)
{
    (void)state;
    static const char *const sequences[] = {"x", "é", "€", "𝄞"};
    for (size_t s = 0; s < 4; s++)
        for (size_t padding = 0; padding < 8; padding++) {
            char text[3 * ERROR_TEXT_MAX] = "";
            memset(text, '.', padding);
            size_t length = strlen(sequences[s]);
            for (size_t at = padding; at < 2 * ERROR_TEXT_MAX; at += length)
                memcpy(text + at, sequences[s], length);
            struct error error = ERROR_INIT;
            error_set(&error, ERROR_INPUT, "%s", text);
            size_t kept = strlen(error.text);
            assert_in_range(kept, ERROR_TEXT_MAX - 4, ERROR_TEXT_MAX - 1);
            assert_int_equal((kept - padding) % length, 0);
            assert_memory_equal(error.text, text, kept);
            error_prefix(&error, "%s", "where it was");
            kept = strlen(error.text);
            assert_in_range(kept, ERROR_TEXT_MAX - 4, ERROR_TEXT_MAX - 1);
            assert_int_equal((kept - padding - strlen("where it was: ")) % length, 0);
        }
}

static void exactly_the_limit_is_kept(void **state)
{
    (void)state;
    char text[ERROR_TEXT_MAX];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_INPUT, "%s", text);
    assert_string_equal(error.text, text);
    error_prefix(&error, "%s", text);
    assert_string_equal(error.text, text);
    error_clear(&error);
    error_set_system(&error, ERROR_INPUT, ENOENT, "%s", text);
    assert_string_equal(error.text, text);
}

static void bytes_that_are_no_utf8_survive(void **state)
{
    (void)state;
    char text[2 * ERROR_TEXT_MAX];
    memset(text, 0x80, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_INPUT, "%s", text);
    assert_int_equal(strlen(error.text), ERROR_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(system_errors_have_the_system_s_words),
        cmocka_unit_test(prefix_needs_an_error),
        cmocka_unit_test(no_error_struct_is_fine),
        cmocka_unit_test(long_texts_end_at_a_whole_sequence),
        cmocka_unit_test(exactly_the_limit_is_kept),
        cmocka_unit_test(bytes_that_are_no_utf8_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
