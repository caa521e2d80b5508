/* The YAML test suite: documents of one JSON value give that value, unless we refuse them for a feature that the header
 * names or libyaml (YAML 1.1) cannot read them; what must be rejected is. */
#include "harness/corpus.h"
#include "harness/test.h"

#include "assay/data/json.h"
#include "assay/data/yaml.h"

/* What libyaml 0.2.5, a YAML 1.1 parser, refuses or accepts otherwise than YAML 1.2 asks, by case. */
static const char *const known[] = {
    "2JQS",     "2LFX",     "4ABK",     "4MUZ/00", "4MUZ/01", "4MUZ/02", "58MP",    "5MUD",    "5T43",    "652Z",
    "6BCT",     "6CA3",     "6LVF",     "7Z25",    "8XYN",    "96NN/00", "96NN/01", "9C9N",    "9JBA",    "9SA2",
    "A2M4",     "BEC7",     "CFD4",     "CVW2",    "DBG4",    "DK3J",    "DK95/00", "DK95/01", "DK95/03", "DK95/04",
    "FP8R",     "FRK4",     "G5U8",     "HM87/00", "HM87/01", "HWV9",    "JEF9/02", "K3WX",    "L24T/01", "M7A3",
    "MUS6/00",  "MUS6/05",  "MUS6/06",  "NHX8",    "NJ66",    "NKF9",    "Q5MG",    "QB6E",    "QT73",    "R4YG",
    "S3PD",     "S98Z",     "SM9W/01",  "SU5Z",    "UKK6/00", "UT92",    "VJP3/01", "W4TN",    "W5VH",    "X4QW",
    "Y79Y/001", "Y79Y/003", "Y79Y/010", "YJV2",    NULL};

static bool is_known(struct slice id)
{
    for (size_t i = 0; known[i]; i++)
        if (slice_is(id, known[i]))
            return true;
    return false;
}

static bool is_refused_on_purpose(const struct error *error)
{
    static const char *const features[] = {"an anchor",          "an alias",       "a tag",    "a second document",
                                           "a key must be text", "is there twice", "infinity", "U+0000"};
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (strstr(error->text, features[i]))
            return true;
    return false;
}

static void suite(void **state)
{
    (void)state;
    struct str bytes;
    struct document corpus;
    size_t same = 0, rejected = 0, refused = 0, differ = 0, listed = 0;
    corpus_load("vectors/yaml_test_suite.json", &bytes, &corpus);
    const struct value *cases = value_get(corpus.root, "cases");
    for (size_t i = 0; i < value_count(cases); i++) {
        const struct value *test = value_at(cases, i);
        struct slice id = value_text(value_get(test, "id")), json = value_text(value_get(test, "json"));
        struct document document, expected;
        struct error error = ERROR_INIT, none = ERROR_INIT;
        bool must_reject = value_boolean(value_get(test, "error"), false);
        bool one = json.size && json_load(json, SLICE("json"), 1 << 20, 64, &expected, &none) == 0;
        bool accepted = yaml_load(value_text(value_get(test, "yaml")), SLICE("yaml"), &document, &error) == 0;
        bool wrong = must_reject ? accepted : accepted && one && !value_equal(document.root, expected.root);
        if (!must_reject && !accepted && !is_refused_on_purpose(&error))
            wrong = true;
        if (wrong && !is_known(id))
            print_message("DIFFERS %.*s %.*s: %s %s\n", SLICE_ARG(id), SLICE_ARG(value_text(value_get(test, "name"))),
                          accepted ? "accepted" : "refused", error.text);
        differ += wrong && !is_known(id);
        listed += wrong && is_known(id);
        same += !must_reject && accepted && one && !wrong;
        rejected += must_reject && !accepted;
        refused += !must_reject && !accepted && !wrong;
        if (one)
            document_clear(&expected);
        if (accepted)
            document_clear(&document);
    }
    print_message("%zu give the value, %zu rejected, %zu refused on purpose\n", same, rejected, refused);
    assert_int_equal(differ, 0);
    assert_int_equal(listed, sizeof known / sizeof *known - 1);
    assert_true(same >= 172);
    document_clear(&corpus);
    str_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
