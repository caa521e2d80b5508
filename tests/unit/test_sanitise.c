#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

struct sample {
    struct slice bytes;
    size_t marks;
    const char *expected;
};

static void check(const struct sample *samples, size_t count, unsigned how)
{
    for (size_t i = 0; i < count; i++) {
        struct str out = STR_INIT;
        size_t marks = sanitise_append(&out, samples[i].bytes, how);
        assert_string_equal(out.data, samples[i].expected);
        assert_int_equal(marks, samples[i].marks);
        assert_true(sanitise_is_clean(str_slice(&out), how));
        str_clear(&out);
    }
}

static void marks_what_a_terminal_obeys(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {{"", 0}, 0, ""},
        {{"plain text", 10}, 0, "plain text"},
        {{"\x1b[31mred\x07", 9}, 2, "␛[31mred␇"},
        {{"a\0b", 3}, 1, "a␀b"},
        {{"\x7f", 1}, 1, "␡"},
        {{"\xC2\x9B"
          "2J",
          4},
         1,
         "⟨U+009B⟩2J"},
        {{"\x9B"
          "2J",
          3},
         1,
         "\uFFFD2J"},
        {{"a\r\nb\tc\n", 7}, 0, "a\nb\tc\n"},
        {{"over\rwrite", 10}, 1, "over␍write"},
        {{"\xE2\x80\xAE"
          "evil\xE2\x80\xAC",
          10},
         2,
         "⟨U+202E⟩evil⟨U+202C⟩"},
        {{"\xE2\x81\xA6\xE2\x81\xA9\xE2\x80\x8E\xD8\x9C", 11}, 4, "⟨U+2066⟩⟨U+2069⟩⟨U+200E⟩⟨U+061C⟩"},
        {{"pass\xE2\x80\x8Bword", 11}, 1, "pass⟨U+200B⟩word"},
        {{"\xE2\x80\xA8", 3}, 1, "⟨U+2028⟩"},
        {{"\xEF\xBB\xBFx", 4}, 1, "⟨U+FEFF⟩x"},
        {{"\xC2\xAD", 2}, 1, "⟨U+00AD⟩"},
        {{"\xF3\xA0\x81\x81", 4}, 1, "⟨U+E0041⟩"},
        {{"\xE3\x85\xA4", 3}, 1, "⟨U+3164⟩"},
        {{"\xEF\xB7\x90", 3}, 1, "⟨U+FDD0⟩"},
        {{"日本語 é 😀", 17}, 0, "日本語 é 😀"},
    };
    check(samples, ARRAY_COUNT(samples), SANITISE_TEXT);
}

static void keeps_what_scripts_and_pictures_need(void **state)
{
    (void)state;
    static const char *const kept[] = {
        "👩‍👩‍👧‍👦",
        "👩🏽‍💻",
        "❤️‍🔥",
        "1️⃣ #️⃣",
        "☎︎",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "می‌خواهم",
        "क्‍ष",
        "葛\U000E0100",
        "e\u0301\u0323",
        "≨︀",
    };
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++)
        assert_true(sanitise_is_clean(slice_of(kept[i]), SANITISE_TEXT));

    static const char *const marked[] = {
        "a\u200Db",    "a\u200Cb",       "👩\u200D",
        "\u200D👩",     "a\uFE0F",        "❤\uFE0F\uFE0F",
        "1\uFE0F",     "🏴\U000E0067", "😀\u200D😀\u200D😀\u200D😀\u200D😀\u200D😀",
        "a\U000E0100",
    };
    for (size_t i = 0; i < ARRAY_COUNT(marked); i++)
        assert_false(sanitise_is_clean(slice_of(marked[i]), SANITISE_TEXT));
}

static void gives_marks_a_base_and_a_limit(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {{"\xCC\x81"
          "a",
          3},
         1,
         "\u25CC\u0301a"},
        {{"a\n\xCC\x81", 4}, 1, "a\n\u25CC\u0301"},
        {{"a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", 21},
         2,
         "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301⟨U+0301⟩⟨U+0301⟩"},
    };
    check(samples, ARRAY_COUNT(samples), SANITISE_TEXT);
}

static void makes_one_line(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {{"a\r\nb\tc\n", 7}, 0, "a␊b c␊"},
        {{"a\rb", 3}, 1, "a␍b"},
    };
    check(samples, ARRAY_COUNT(samples), SANITISE_LINE);
}

static void spells_in_ascii(void **state)
{
    (void)state;
    const struct sample samples[] = {
        {SLICE("“naïve” – it’s…"), 0, "\"naive\" - it's..."}, {SLICE("\x1b[0m\x7f"), 2, "^[[0m^?"},
        {SLICE("日\u202E"), 1, "<U+65E5><U+202E>"},           {SLICE("a\xFF"), 1, "a?"},
        {SLICE("ﬁ ½ € → •"), 0, "fi 1/2 EUR -> *"},           {SLICE("\u2028"), 1, "<U+2028>"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(samples); i++) {
        struct str out = STR_INIT;
        assert_int_equal(sanitise_append(&out, samples[i].bytes, SANITISE_ASCII), samples[i].marks);
        assert_string_equal(out.data, samples[i].expected);
        str_clear(&out);
    }
}

/* What no output may hold, told apart here by the ranges of the standard and not by the code under test. */
static bool is_obeyed(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E ||
           c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x200B;
}

static void lets_no_code_point_through_that_is_obeyed(void **state)
{
    (void)state;
    struct str in = STR_INIT, out = STR_INIT;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        str_push(&in, 'a');
        utf8_append(&in, c);
    }
    for (unsigned byte = 0; byte < 256; byte++)
        str_push(&in, (char)byte);
    sanitise_append(&out, str_slice(&in), SANITISE_TEXT);
    assert_true(utf8_valid(str_slice(&out)));
    for (size_t i = 0; i < out.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(str_slice(&out), i), &c, NULL);
        assert_false(is_obeyed(c));
    }
    str_reset(&out);
    sanitise_append(&out, str_slice(&in), SANITISE_LINE | SANITISE_ASCII);
    for (size_t i = 0; i < out.size; i++)
        assert_true(out.data[i] >= 0x20 && out.data[i] < 0x7F);
    str_clear(&in);
    str_clear(&out);
}

static void copies_into_an_arena(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    size_t marks;
    struct slice copy = sanitise_copy(&arena, SLICE("\x1bx"), SANITISE_LINE, &marks);
    assert_string_equal(copy.data, "␛x");
    assert_int_equal(marks, 1);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_what_a_terminal_obeys),
        cmocka_unit_test(keeps_what_scripts_and_pictures_need),
        cmocka_unit_test(gives_marks_a_base_and_a_limit),
        cmocka_unit_test(makes_one_line),
        cmocka_unit_test(spells_in_ascii),
        cmocka_unit_test(lets_no_code_point_through_that_is_obeyed),
        cmocka_unit_test(copies_into_an_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
