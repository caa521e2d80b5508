/* What every test program includes first: cmocka and what it needs, and checks for the types of base. */
#ifndef ASSAY_TESTS_TEST_H
#define ASSAY_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assay/base/error.h"
#include "assay/base/slice.h"

/* TEST_LARGE=1, as in CI: all that a test can do, not just what is enough while working. */
static inline bool test_is_large(void)
{
    return getenv("TEST_LARGE") != NULL;
}

/* The call returned 0; else its error is shown. */
#define assert_success(call, error)                                                                                    \
    do {                                                                                                               \
        if ((call) != 0)                                                                                               \
            fail_msg("%s: %s", #call, (error).text);                                                                   \
    } while (0)

/* The call returned -1 with this kind, and its text holds `part`. The error is forgotten afterwards. */
#define assert_failure(call, error, expected_kind, part)                                                               \
    do {                                                                                                               \
        assert_int_equal((call), -1);                                                                                  \
        if ((error).kind != (expected_kind) || !strstr((error).text, (part)))                                          \
            fail_msg("%s: kind %d, \"%s\"; expected kind %d, \"%s\"", #call, (int)(error).kind, (error).text,          \
                     (int)(expected_kind), (part));                                                                    \
        error_clear(&(error));                                                                                         \
    } while (0)

#define assert_slice(actual, expected)                                                                                 \
    do {                                                                                                               \
        struct slice actual_ = (actual);                                                                               \
        if (!slice_is(actual_, (expected)))                                                                            \
            fail_msg("%s is \"%.*s\", expected \"%s\"", #actual, SLICE_ARG(actual_), (expected));                      \
    } while (0)

#endif
