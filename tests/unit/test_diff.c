#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/text/diff.h"

static void check_tiles(const struct diff *diff, struct slice a, struct slice b)
{
    size_t at_a = 0, at_b = 0, changes = 0;
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_hunk *h = &diff->hunks[i];
        assert_int_equal(h->a.offset, at_a);
        assert_int_equal(h->b.offset, at_b);
        assert_true(h->kind == DIFF_ADDED ? h->a.size == 0 : h->a.size > 0);
        assert_true(h->kind == DIFF_REMOVED ? h->b.size == 0 : h->b.size > 0 || h->kind == DIFF_EQUAL);
        assert_true(i == 0 || (h->kind == DIFF_EQUAL) != (diff->hunks[i - 1].kind == DIFF_EQUAL));
        if (h->a.size > 0)
            assert_int_equal(diff_hunk_at(diff, 0, at_a), i);
        if (h->b.size > 0)
            assert_int_equal(diff_hunk_at(diff, 1, at_b + h->b.size - 1), i);
        changes += h->kind != DIFF_EQUAL;
        at_a += h->a.size;
        at_b += h->b.size;
    }
    assert_int_equal(at_a, a.size);
    assert_int_equal(at_b, b.size);
    assert_int_equal(diff->changes, changes);
    assert_int_equal(diff_hunk_at(diff, 0, a.size), diff_hunk_at(diff, 1, b.size + 1));
}

/* "equal {removed} [added]", as the screens sketch it. */
static char *shown(const char *a, const char *b, const struct diff_options *options)
{
    struct diff diff;
    struct str out = STR_INIT;
    diff_init(&diff);
    diff_text(&diff, slice_of(a), slice_of(b), options);
    check_tiles(&diff, slice_of(a), slice_of(b));
    for (size_t i = 0; i < diff.count; i++) {
        const struct diff_hunk *h = &diff.hunks[i];
        struct slice left = slice_part(slice_of(a), h->a.offset, h->a.size);
        struct slice right = slice_part(slice_of(b), h->b.offset, h->b.size);
        if (h->kind == DIFF_EQUAL)
            str_append(&out, left);
        if (h->kind == DIFF_REMOVED || h->kind == DIFF_CHANGED)
            str_appendf(&out, "{%.*s}", SLICE_ARG(left));
        if (h->kind == DIFF_ADDED || h->kind == DIFF_CHANGED)
            str_appendf(&out, "[%.*s]", SLICE_ARG(right));
    }
    diff_clear(&diff);
    return str_take(&out);
}

struct sample {
    const char *a, *b, *expected;
};

static void check(const struct sample *samples, size_t count, const struct diff_options *options)
{
    for (size_t i = 0; i < count; i++) {
        char *got = shown(samples[i].a, samples[i].b, options);
        assert_string_equal(got, samples[i].expected);
        memory_free(got);
    }
}

static void compares_words(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"", "", ""},
        {"", "new", "[new]"},
        {"old", "", "{old}"},
        {"same words", "same words", "same words"},
        {"a b c", "a x c", "a {b}[x] c"},
        {"a c", "a b c", "a[b] c"},
        {"a b c", "a c", "a {b} c"},
        {"end", "end here", "end[here]"},
        {"same  spaces\tcount not", "same spaces count not", "same  spaces\tcount not"},
        {"  \n", " ", "{  \n}[ ]"},
        {"  ", " ", "  "},
        {"don't stop", "do not stop", "{don't}[do not] stop"},
        {"costs 3.14 now", "costs 3.15 now", "costs {3.14}[3.15] now"},
        {"price: €5.", "price: €6.", "price: €{5}[6]."},
        {"日本語の文", "日本人の文", "日本{語}[人]の文"},
        {"one\ntwo", "one\n\ntwo", "one{\n}[\n\n]two"},
        {"one\r\ntwo", "one\ntwo", "one\r\ntwo"},
        {"naïve café", "naïve cafe", "naïve {café}[cafe]"},
        {"wait...", "wait.", "wait{...}[.]"},
        {"สวัสดีครับ", "สวัสดีค่ะ", "สวัสดี{ครับ}[ค่ะ]"},
    };
    check(samples, ARRAY_COUNT(samples), NULL);
}

static void reads_well(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        /* a lone 'the' between two rewritten parts is noise */
        {"start Sending the message end", "start Firing the letter end",
         "start {Sending the message}[Firing the letter] end"},
        /* a whole clause is not */
        {"red apples are good for everybody blue", "green apples are good for everybody yellow",
         "{red}[green] apples are good for everybody {blue}[yellow]"},
        /* a sentence that came in shows as that sentence */
        {"We sell. We ship.", "We sell. We bill. We ship.", "We sell.[We bill.] We ship."},
        /* line ends keep lines apart */
        {"alpha\nbeta", "gamma\ndelta", "{alpha}[gamma]\n{beta}[delta]"},
    };
    check(samples, ARRAY_COUNT(samples), NULL);
}

static void ignores_what_it_is_told(void **state)
{
    (void)state;
    const struct diff_options ignore_case = {.ignore_case = true}, ignore_space = {.ignore_space = true};
    static const struct sample cases[] = {
        {"The STRASSE", "the straße", "The STRASSE"},
        {"A b", "a c", "A {b}[c]"},
    };
    static const struct sample spaces[] = {
        {"one\ntwo\n\nthree", "one two three", "one\ntwo\n\nthree"},
    };
    check(cases, ARRAY_COUNT(cases), &ignore_case);
    check(spaces, ARRAY_COUNT(spaces), &ignore_space);
}

static void compares_lines_and_sentences(void **state)
{
    (void)state;
    const struct diff_options lines = {.unit = DIFF_BY_LINE}, sentences = {.unit = DIFF_BY_SENTENCE};
    const struct diff_options loose = {.unit = DIFF_BY_LINE, .ignore_case = true, .ignore_space = true};
    static const struct sample by_line[] = {
        {"a b\nc d\ne\n", "a b\nc x\ne\n", "a b\n{c d\n}[c x\n]e\n"},
        {"a\nb", "a\nb\n", "a\nb"},
        {"a\n\nb\n", "a\nb\n", "a\n{\n}b\n"},
    };
    static const struct sample by_sentence[] = {
        {"One is. Two is. Three.", "One is. Two was. Three.", "One is. {Two is.}[Two was.] Three."},
        {"第一句。第二句。", "第一句。第三句。", "第一句。{第二句。}[第三句。]"},
        {"He said “no.” Then left.", "He said “no.” Then stayed.", "He said “no.” {Then left.}[Then stayed.]"},
    };
    static const struct sample loosely[] = {
        {"A  b \nc", "a b\nC", "A  b \nc"},
    };
    check(by_line, ARRAY_COUNT(by_line), &lines);
    check(by_sentence, ARRAY_COUNT(by_sentence), &sentences);
    check(loosely, ARRAY_COUNT(loosely), &loose);
}

static void survives_any_bytes(void **state)
{
    (void)state;
    static const char bytes[] = "\xFF\xFE\0\x1b[m \xE2\x82 a\x80\r\r\n\x0B\x0C\xC2\x85\xF0\x9F";
    struct diff diff;
    diff_init(&diff);
    for (size_t i = 0; i < sizeof bytes; i++)
        for (size_t j = 0; j < sizeof bytes; j++) {
            struct slice a = slice_make(bytes, i), b = slice_make(bytes + j, sizeof bytes - j);
            for (int unit = DIFF_BY_WORD; unit <= DIFF_BY_SENTENCE; unit++) {
                struct diff_options options = {
                    .unit = (enum diff_unit)unit, .ignore_case = i & 1, .ignore_space = j & 1};
                diff_text(&diff, a, b, &options);
                check_tiles(&diff, a, b);
            }
        }
    diff_clear(&diff);
}

/* Two large texts without order in common: the bound on the work holds, or this test does not end. */
static void stays_bounded(void **state)
{
    (void)state;
    struct str a = STR_INIT, b = STR_INIT;
    struct diff diff;
    uint32_t x = 1;
    for (int i = 0; i < 60000; i++) {
        x = x * 1664525u + 1013904223u;
        str_appendf(&a, "w%u ", (unsigned)(x >> 20) % 997);
        x = x * 1664525u + 1013904223u;
        str_appendf(&b, "w%u ", (unsigned)(x >> 20) % 997);
    }
    diff_init(&diff);
    diff_text(&diff, str_slice(&a), str_slice(&b), NULL);
    check_tiles(&diff, str_slice(&a), str_slice(&b));
    diff_clear(&diff);
    str_clear(&a);
    str_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_words),          cmocka_unit_test(reads_well),
        cmocka_unit_test(ignores_what_it_is_told), cmocka_unit_test(compares_lines_and_sentences),
        cmocka_unit_test(survives_any_bytes),      cmocka_unit_test(stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
