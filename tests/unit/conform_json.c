/* The JSON parsing test suite: what must be accepted is, but for what the header says that we refuse; what must be
 * rejected is. */
#include "harness/corpus.h"
#include "harness/test.h"

#include "assay/data/json.h"

/* Valid JSON that we refuse on purpose: duplicate keys, and U+0000 in keys or text. */
static const char *const refused[] = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
                                      "y_object_escaped_null_in_key.json", "y_string_null_escape.json"};

static bool is_refused_on_purpose(struct slice name)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (slice_is(name, refused[i]))
            return true;
    return false;
}

static void decode_base64(struct slice text, struct str *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < text.size && text.data[i] != '='; i++) {
        const char *digit = strchr(digits, text.data[i]);
        assert_non_null(digit);
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            str_push(out, (char)(bits >> count & 0xff));
        }
    }
}

static void suite(void **state)
{
    (void)state;
    struct str bytes;
    struct document corpus;
    corpus_load("vectors/json_parsing_suite.json", &bytes, &corpus);
    const struct value *cases = value_get(corpus.root, "cases");
    size_t judged = 0;
    for (size_t i = 0; i < value_count(cases); i++) {
        const struct value *test = value_at(cases, i);
        struct slice name = value_text(value_get(test, "name")), expect = value_text(value_get(test, "expect"));
        struct str input = STR_INIT;
        struct document document;
        struct error error = ERROR_INIT;
        decode_base64(value_text(value_get(test, "base64")), &input);
        bool accepted = json_load(str_slice(&input), SLICE("case"), 1 << 20, 600, &document, &error) == 0;
        bool must_accept = slice_is(expect, "accept") && !is_refused_on_purpose(name);
        bool must_reject = slice_is(expect, "reject") || is_refused_on_purpose(name);
        if ((must_accept && !accepted) || (must_reject && accepted))
            fail_msg("%.*s: %s %s", SLICE_ARG(name), accepted ? "accepted" : "refused", error.text);
        if (!accepted && strncmp(error.text, "case:", 5))
            fail_msg("%.*s: the error names no file: %s", SLICE_ARG(name), error.text);
        judged += must_accept || must_reject;
        if (accepted)
            document_clear(&document);
        str_clear(&input);
    }
    assert_int_equal(judged, 283);
    document_clear(&corpus);
    str_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
