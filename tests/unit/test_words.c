#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/str.h"
#include "assay/text/words.h"

/* The tokens, a | after each; line ends as \ and paragraph ends as ¶. */
static void check(const char *text, enum words_unit unit, const char *expected)
{
    struct words *words = words_new(false, false);
    struct words_list list = {.count = 0};
    struct str out = STR_INIT;
    words_cut(words, slice_of(text), unit, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct words_token *t = &list.tokens[i];
        if (t->kind == WORDS_LINE_END || t->kind == WORDS_PARAGRAPH_END)
            str_append_text(&out, t->kind == WORDS_LINE_END ? "\\" : "¶");
        else
            str_append(&out, slice_make(text + t->offset, t->size));
        str_push(&out, '|');
    }
    assert_string_equal(out.data, expected);
    str_clear(&out);
    words_list_clear(&list);
    words_free(words);
}

static void cuts(void **state)
{
    (void)state;
    check("", WORDS_BY_WORD, "");
    check(" It's 3.14, 1,000 or don’t-know... ", WORDS_BY_WORD, "It's|3.14|,|1,000|or|don’t|-|know|...|");
    check("end. Next", WORDS_BY_WORD, "end|.|Next|");
    check("日本go 한국어", WORDS_BY_WORD, "日|本|go|한국어|");
    check("a\nb\n \nc\r\nd", WORDS_BY_WORD, "a|\\|b|¶|c|\\|d|");
    check("👍🏽👩‍💻 e\u0301a", WORDS_BY_WORD, "👍🏽|👩‍💻|e\u0301a|");
    check("One. Two? “Yes.” 3.5 is\nfour", WORDS_BY_SENTENCE, "One.|Two?|“Yes.”|3.5 is|\\|four|");
}

static uint32_t first_number(struct words *words, const char *text)
{
    struct words_list list = {.count = 0};
    words_cut(words, slice_of(text), WORDS_BY_WORD, &list);
    assert_int_equal(list.count, 1);
    uint32_t number = list.tokens[0].number;
    words_list_clear(&list);
    return number;
}

static void numbers_equal_tokens_equally(void **state)
{
    (void)state;
    struct words *exact = words_new(false, false), *folded = words_new(true, false);
    assert_int_equal(first_number(exact, "word"), first_number(exact, "  word"));
    assert_int_not_equal(first_number(exact, "word"), first_number(exact, "Word"));
    assert_int_equal(words_count(exact), 2);
    assert_int_equal(first_number(folded, "ÄRGER"), first_number(folded, "ärger"));
    assert_int_equal(words_count(folded), 1);
    words_free(exact);
    words_free(folded);
}

/* More different tokens than the first table holds. */
static void keeps_many_apart(void **state)
{
    (void)state;
    enum { MANY = 50000 };
    struct str text = STR_INIT;
    struct words_list list = {.count = 0};
    struct words *words = words_new(false, false);
    for (int i = 0; i < MANY; i++)
        str_appendf(&text, "w%d ", i);
    words_cut(words, str_slice(&text), WORDS_BY_WORD, &list);
    words_cut(words, str_slice(&text), WORDS_BY_WORD, &list);
    assert_int_equal(words_count(words), MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_true(list.tokens[i].number == i && list.tokens[MANY + i].number == i);
    words_list_clear(&list);
    words_free(words);
    str_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts),
        cmocka_unit_test(numbers_equal_tokens_equally),
        cmocka_unit_test(keeps_many_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
