#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/memory.h"
#include "assay/base/str.h"

static void empty_text_can_be_handed_out(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    assert_string_equal(s.data, "");
    str_append(&s, slice_of(NULL));
    str_append_repeat(&s, 'x', 0);
    str_appendf(&s, "%s", "");
    str_remove(&s, 0, 10);
    str_truncate(&s, 5);
    str_reset(&s);
    assert_int_equal(s.capacity, 0);
    assert_string_equal(str_empty, "");
    str_clear(&s);
    char *taken = str_take(&s);
    assert_string_equal(taken, "");
    memory_free(taken);
}

static void pieces_are_appended(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    str_append_text(&s, "a");
    str_push(&s, 'b');
    str_append(&s, SLICE("c\0d"));
    str_append_repeat(&s, '-', 3);
    str_appendf(&s, "%d/%s", 42, "x");
    assert_int_equal(s.size, 12);
    assert_memory_equal(s.data, "abc\0d---42/x", 13);
    str_remove(&s, 2, 6);
    assert_slice(str_slice(&s), "ab42/x");
    str_remove(&s, 4, 100);
    assert_slice(str_slice(&s), "ab42");
    str_insert(&s, 2, SLICE("--"));
    str_insert(&s, 100, SLICE("!"));
    str_insert(&s, 0, SLICE(">"));
    assert_slice(str_slice(&s), ">ab--42!");
    str_truncate(&s, 3);
    assert_string_equal(s.data, ">ab");
    char *taken = str_take(&s);
    assert_string_equal(taken, ">ab");
    assert_string_equal(s.data, "");
    memory_free(taken);
}

static void arguments_are_safe_in_a_shell(void **state)
{
    static const struct {
        const char *text, *argument;
    } rows[] = {{"prompt/plain-language_2.0", "prompt/plain-language_2.0"},
                {"refs/a:refs/b+c", "refs/a:refs/b+c"},
                {"", "''"},
                {"-rf", "'-rf'"},
                {"a b", "'a b'"},
                {"a;$(id)", "'a;$(id)'"},
                {"it's", "'it'\\''s'"},
                {"\303\251t\303\251", "'\303\251t\303\251'"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str s = STR_INIT;
        str_append_argument(&s, slice_of(rows[i].text));
        assert_string_equal(s.data, rows[i].argument);
        str_clear(&s);
    }
    struct str s = STR_INIT;
    str_append_quoted(&s, SLICE("plain"));
    assert_string_equal(s.data, "'plain'");
    str_clear(&s);
}

/* A part of the text itself, for every part and place, whether or not the memory moves. */
static void own_parts_may_be_inserted(void **state)
{
    (void)state;
    static const char whole[] = "0123456";
    enum { SIZE = sizeof whole - 1 };
    for (size_t from = 0; from <= SIZE; from++)
        for (size_t size = 0; from + size <= SIZE; size++)
            for (size_t at = 0; at <= SIZE; at++)
                for (int roomy = 0; roomy < 2; roomy++) {
                    struct str s = STR_INIT;
                    if (roomy)
                        str_reserve(&s, 100);
                    str_append_text(&s, whole);
                    if (!roomy) /* exactly full, so that it must move */
                        str_append_repeat(&s, '.', s.capacity - s.size - 1);
                    str_insert(&s, at, slice_part(str_slice(&s), from, size));
                    char expected[3 * SIZE];
                    snprintf(expected, sizeof expected, "%.*s%.*s%s", (int)at, whole, (int)size, whole + from,
                             whole + at);
                    assert_true(slice_starts_with(str_slice(&s), slice_of(expected)));
                    assert_int_equal(s.data[s.size], '\0');
                    str_clear(&s);
                }
}

static void long_formats_fit(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    for (int width = 0; width < 300; width++) {
        str_reset(&s);
        str_push(&s, '|');
        str_appendf(&s, "%*s|", width, "");
        assert_int_equal(s.size, (size_t)width + 2);
        assert_int_equal(s.data[s.size - 1], '|');
        assert_int_equal(strlen(s.data), s.size);
    }
    str_clear(&s);
}

/* Random edits, beside a plain array that does the same. */
static void random_edits_match_a_plain_array(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    static char model[20000];
    size_t size = 0;
    unsigned seed = 1;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        size_t at = (seed >> 8) % (size + 1);
        size_t length = (seed >> 4) % 17;
        char byte = (char)('a' + i % 26);
        if ((seed >> 16) % 3 != 0 && size + length < sizeof model) {
            char part[17];
            memset(part, byte, length);
            str_insert(&s, at, slice_make(part, length));
            memmove(model + at + length, model + at, size - at);
            memset(model + at, byte, length);
            size += length;
        } else {
            str_remove(&s, at, length);
            size_t removed = length < size - at ? length : size - at;
            memmove(model + at, model + at + removed, size - at - removed);
            size -= removed;
        }
        assert_int_equal(s.size, size);
        assert_int_equal(s.data[size], '\0');
        if (i % 100 == 0)
            assert_memory_equal(s.data, model, size);
    }
    assert_memory_equal(s.data, model, size);
    str_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_text_can_be_handed_out),     cmocka_unit_test(pieces_are_appended),
        cmocka_unit_test(own_parts_may_be_inserted),        cmocka_unit_test(long_formats_fit),
        cmocka_unit_test(random_edits_match_a_plain_array), cmocka_unit_test(arguments_are_safe_in_a_shell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
