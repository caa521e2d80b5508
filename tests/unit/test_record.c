/* Records: what is written is read, and nothing else is. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/model/record.h"
#include "assay/trust/sshsig.h"
#include "harness/keygen.h"

#define D "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define O "0123456789abcdef0123456789abcdef01234567"

/* The example of FORMATS.md, 4, as its bytes must be. */
static const char example[] = "{\n"
                              "  \"assay\": \"0.1.0\",\n"
                              "  \"candidate\": {\n"
                              "    \"commit\": \"" O "\",\n"
                              "    \"merge_base\": \"" O "\"\n"
                              "  },\n"
                              "  \"change\": \"prompt/plain-language\",\n"
                              "  \"comment\": \"\",\n"
                              "  \"comparisons\": [\n"
                              "    {\n"
                              "      \"a\": \"candidate\",\n"
                              "      \"answer\": \"a\",\n"
                              "      \"case\": \"c1\",\n"
                              "      \"prompt\": \"explain_product\"\n"
                              "    }\n"
                              "  ],\n"
                              "  \"evidence\": {\n"
                              "    \"cases\": 24,\n"
                              "    \"digest\": \"" D "\",\n"
                              "    \"seen\": 24\n"
                              "  },\n"
                              "  \"flags\": [\n"
                              "    {\n"
                              "      \"case\": \"c2\",\n"
                              "      \"code\": \"off-brand\",\n"
                              "      \"comment\": \"\\\"Größe\\\" → 中文\\n\",\n"
                              "      \"output\": \"" D "\",\n"
                              "      \"prompt\": \"explain_product\"\n"
                              "    }\n"
                              "  ],\n"
                              "  \"log\": null,\n"
                              "  \"meaning\": \"The content is accurate and meets its teaching goals.\",\n"
                              "  \"metrics\": \"1\",\n"
                              "  \"module\": {\n"
                              "    \"digest\": \"" D "\",\n"
                              "    \"name\": \"marketing-101\",\n"
                              "    \"path\": \"learning-content/modules/marketing-101\",\n"
                              "    \"version\": \"1.2.0\"\n"
                              "  },\n"
                              "  \"policy\": \"" D "\",\n"
                              "  \"prev\": [\n"
                              "    \"" D "\"\n"
                              "  ],\n"
                              "  \"prompts\": [\n"
                              "    {\n"
                              "      \"hash\": \"" D "\",\n"
                              "      \"id\": \"explain_product\",\n"
                              "      \"model\": {\n"
                              "        \"id\": \"gpt-4o-mini\",\n"
                              "        \"parameters\": {\n"
                              "          \"temperature\": 0.2\n"
                              "        }\n"
                              "      }\n"
                              "    },\n"
                              "    {\n"
                              "      \"hash\": \"" D "\",\n"
                              "      \"id\": \"quiz\",\n"
                              "      \"model\": null\n"
                              "    }\n"
                              "  ],\n"
                              "  \"repository\": \"acme/learning-content\",\n"
                              "  \"reviewer\": {\n"
                              "    \"name\": \"Ana Ruiz\",\n"
                              "    \"principal\": \"ana@acme.example\",\n"
                              "    \"role\": \"content-owner\"\n"
                              "  },\n"
                              "  \"rubric\": \"" D "\",\n"
                              "  \"schema\": \"assay.review/1\",\n"
                              "  \"scores\": [\n"
                              "    {\n"
                              "      \"carried\": false,\n"
                              "      \"case\": \"c1\",\n"
                              "      \"comment\": \"\",\n"
                              "      \"output\": \"" D "\",\n"
                              "      \"prompt\": \"explain_product\",\n"
                              "      \"scores\": {\n"
                              "        \"clarity\": 4,\n"
                              "        \"tone\": 0\n"
                              "      }\n"
                              "    },\n"
                              "    {\n"
                              "      \"carried\": true,\n"
                              "      \"case\": \"c2\",\n"
                              "      \"comment\": \"x\",\n"
                              "      \"output\": \"" D "\",\n"
                              "      \"prompt\": \"explain_product\",\n"
                              "      \"scores\": {\n"
                              "        \"clarity\": 9,\n"
                              "        \"correctness\": 5\n"
                              "      }\n"
                              "    }\n"
                              "  ],\n"
                              "  \"seed\": 0,\n"
                              "  \"seq\": 2,\n"
                              "  \"signed_at\": \"2026-11-20T10:12:00Z\",\n"
                              "  \"supersedes\": [],\n"
                              "  \"target\": \"main\",\n"
                              "  \"triage\": [\n"
                              "    {\n"
                              "      \"case\": \"c1\",\n"
                              "      \"decision\": \"fix-required\",\n"
                              "      \"flag\": \"rouge_l\",\n"
                              "      \"output\": \"" D "\",\n"
                              "      \"prompt\": \"explain_product\",\n"
                              "      \"reason\": \"too far\"\n"
                              "    }\n"
                              "  ],\n"
                              "  \"verdict\": \"approve\",\n"
                              "  \"via\": \"console\"\n"
                              "}\n";

static void reads_the_example(void **state)
{
    (void)state;
    struct record record;
    struct error error = ERROR_INIT;
    struct digest name;
    struct str again = STR_INIT;
    assert_int_equal(record_decode(SLICE(example), &record, &error), RECORD_OK);
    assert_false(error_is_set(&error));
    digest_of(SLICE(example), &name);
    assert_true(digest_equal(&record.name, &name));
    assert_slice(record.change, "prompt/plain-language");
    assert_slice(record.reviewer.role, "content-owner");
    assert_slice(record.module.version, "1.2.0");
    assert_int_equal(record.verdict, VERDICT_APPROVE);
    assert_true(oid_is_none(&record.log) && !oid_is_none(&record.candidate));
    assert_int_equal(record.evidence.seen, 24);
    assert_int_equal(record.seq, 2);
    assert_int_equal(record.prev_count, 1);
    assert_int_equal(record.supersedes_count, 0);
    assert_int_equal(record.criteria_count, 3);
    assert_slice(record.criteria[0], "clarity");
    assert_slice(record.criteria[1], "correctness");
    assert_slice(record.criteria[2], "tone");
    assert_int_equal(record.score_count, 2);
    assert_int_equal(record.scores[0].scores[0], 4);
    assert_int_equal(record.scores[0].scores[1], -1);
    assert_int_equal(record.scores[0].scores[2], 0);
    assert_int_equal(record.scores[1].scores[0], 9);
    assert_int_equal(record.scores[1].scores[2], -1);
    assert_true(record.scores[1].carried && !record.scores[0].carried);
    assert_slice(record.flags[0].comment, "\"Größe\" → 中文\n");
    assert_int_equal(record.triage[0].decision, TRIAGE_FIX_REQUIRED);
    assert_slice(record.comparisons[0].answer, "a");
    assert_slice(record.prompts[0].model, "gpt-4o-mini");
    assert_int_equal(record.prompts[1].model.size, 0);
    record_encode(&record, &again);
    assert_string_equal(again.data, example);
    str_clear(&again);
    record_clear(&record);
}

static void writes_a_record_of_nothing(void **state)
{
    (void)state;
    struct record record = {.reviewer = {.principal = SLICE("ana")}, .via = SLICE("command"), .seq = 1}, again;
    struct str bytes = STR_INIT;
    struct error error = ERROR_INIT;
    record_encode(&record, &bytes);
    assert_int_equal(record_decode(str_slice(&bytes), &again, &error), RECORD_OK);
    assert_slice(again.reviewer.principal, "ana");
    assert_int_equal(again.score_count, 0);
    record_clear(&again);
    str_clear(&bytes);
}

static enum record_problem decode(struct slice bytes, char text[ERROR_TEXT_MAX])
{
    struct record record;
    struct error error = ERROR_INIT;
    enum record_problem problem = record_decode(bytes, &record, &error);
    assert_int_equal(error.kind, problem == RECORD_OK ? ERROR_NONE : ERROR_INPUT);
    memcpy(text, error.text, ERROR_TEXT_MAX);
    record_clear(&record);
    return problem;
}

/* The first `from` in the example becomes `to`. */
static const struct {
    const char *from, *to;
    enum record_problem problem;
    const char *text;
} bent[] = {
    {"{\n", "[\n", RECORD_MALFORMED, "record:"},
    {"  \"assay\"", "   \"assay\"", RECORD_MALFORMED, "line 2 is not written canonically"},
    {"\"assay\": \"0.1.0\",\n  \"candidate\"", "\"assay\": \"0.1.0\", \n  \"candidate\"", RECORD_MALFORMED,
     "canonically"},
    {"}\n  ],\n  \"evidence\"", "}],\n  \"evidence\"", RECORD_MALFORMED, "canonically"},
    {"\"via\": \"console\"\n}\n", "\"via\": \"console\"\n}", RECORD_MALFORMED, "canonically"},
    {"\"via\": \"console\"\n}\n", "\"via\": \"console\"\n}\n\n", RECORD_MALFORMED, "canonically"},
    {"\"via\": \"console\"\n}\n", "\"via\": \"console\"\n}\nx", RECORD_MALFORMED, "record:"},
    {"\"c1\"", "\"\\u00631\"", RECORD_MALFORMED, "canonically"},
    {"24", "24.0", RECORD_MALFORMED, "cases"},
    {"24", "-1", RECORD_MALFORMED, "cases"},
    {"24", "9007199254740993", RECORD_MALFORMED, "cases"},
    {"24", "null", RECORD_MALFORMED, "cases"},
    {"  \"change\": \"prompt/plain-language\",\n", "", RECORD_MALFORMED, "\"change\" is missing"},
    {"\"comment\": \"\",\n", "\"comment\": \"\",\n  \"comment\": \"\",\n", RECORD_MALFORMED, "comment"},
    {"sha256:e3", "SHA256:e3", RECORD_MALFORMED, "digest"},
    {"\"" O "\"", "\"0123\"", RECORD_MALFORMED, "commit"},
    {"\"" O "\"", "\"0000000000000000000000000000000000000000\"", RECORD_MALFORMED, "commit"},
    {"\"supersedes\": []", "\"supersedes\": {}", RECORD_MALFORMED, "supersedes"},
    {"\"supersedes\": []", "\"supersedes\": [\n    1\n  ]", RECORD_MALFORMED, "supersedes"},
    {"\"carried\": false", "\"carried\": 0", RECORD_MALFORMED, "carried"},
    {"\"clarity\": 4", "\"clarity\": \"4\"", RECORD_MALFORMED, "scores"},
    {"\"clarity\": 4", "\"clarity\": -1", RECORD_MALFORMED, "scores"},
    {"\"Ana Ruiz\"", "\"Ana \xff\"", RECORD_MALFORMED, "record:"},
    {"\"Ana Ruiz\"", "\"Ana \\u0000\"", RECORD_MALFORMED, "record:"},
    {"assay.review/1", "assay.review/2", RECORD_UNKNOWN_SCHEMA, "assay.review/2"},
    {"\"approve\"", "\"approve-later\"", RECORD_UNKNOWN_SCHEMA, "approve-later"},
    {"\"fix-required\"", "\"later\"", RECORD_UNKNOWN_SCHEMA, "decision"},
    {"\"answer\": \"a\"", "\"answer\": \"c\"", RECORD_UNKNOWN_SCHEMA, "answer"},
    {"\"via\": \"console\"", "\"via\": \"web\"", RECORD_UNKNOWN_SCHEMA, "web"},
    {"\"clarity\": 4", "\"clarity\": 10", RECORD_UNKNOWN_SCHEMA, "scores"},
    {"\"version\": \"1.2.0\"", "\"version\": \"1.2.0\",\n    \"weight\": 2", RECORD_UNKNOWN_SCHEMA, "newer assay"},
    {"\"via\": \"console\"", "\"via\": \"console\",\n  \"witness\": null", RECORD_UNKNOWN_SCHEMA,
     "line 109 holds something"},
};

static void refuses_each_bend(void **state)
{
    (void)state;
    char text[ERROR_TEXT_MAX];
    for (size_t i = 0; i < ARRAY_COUNT(bent); i++) {
        struct str bytes = STR_INIT;
        str_append(&bytes, SLICE(example));
        size_t at = slice_find(str_slice(&bytes), slice_of(bent[i].from));
        assert_int_not_equal(at, SLICE_NOT_FOUND);
        str_remove(&bytes, at, strlen(bent[i].from));
        str_insert(&bytes, at, slice_of(bent[i].to));
        enum record_problem problem = decode(str_slice(&bytes), text);
        if (problem != bent[i].problem || !strstr(text, bent[i].text))
            fail_msg("%s -> %s: %d, \"%s\"", bent[i].from, bent[i].to, (int)problem, text);
        str_clear(&bytes);
    }
    assert_int_equal(decode(SLICE(""), text), RECORD_MALFORMED);
    assert_int_equal(decode(SLICE("{}\n"), text), RECORD_MALFORMED);
    assert_int_equal(decode(SLICE("null\n"), text), RECORD_MALFORMED);
    assert_int_equal(decode(SLICE("{\n  \"schema\": \"assay.review/7\"\n}\n"), text), RECORD_UNKNOWN_SCHEMA);
}

static void refuses_depth_and_size(void **state)
{
    (void)state;
    char text[ERROR_TEXT_MAX];
    struct str bytes = STR_INIT;
    str_append_text(&bytes, "{\n  \"schema\": ");
    str_append_repeat(&bytes, '[', 100000);
    assert_int_equal(decode(str_slice(&bytes), text), RECORD_MALFORMED);
    str_reset(&bytes);
    str_append_repeat(&bytes, ' ', RECORD_SIZE_MAX + 1);
    assert_int_equal(decode(str_slice(&bytes), text), RECORD_MALFORMED);
    assert_non_null(strstr(text, "record:"));
    str_clear(&bytes);
}

/* Every cut is malformed; every flipped bit gives other bytes under another name, never the same record. */
static void names_exactly_its_bytes(void **state)
{
    (void)state;
    char text[ERROR_TEXT_MAX];
    struct str bytes = STR_INIT, again = STR_INIT;
    struct digest name;
    str_append(&bytes, SLICE(example));
    digest_of(SLICE(example), &name);
    for (size_t size = 0; size < sizeof example - 1; size += 7)
        assert_int_equal(decode(slice_make(example, size), text), RECORD_MALFORMED);
    for (size_t i = 0; i < bytes.size; i++) {
        struct record record;
        struct error error = ERROR_INIT;
        bytes.data[i] ^= (char)(1 << i % 8);
        enum record_problem problem = record_decode(str_slice(&bytes), &record, &error);
        assert_false(digest_equal(&record.name, &name));
        if (problem == RECORD_OK) {
            str_reset(&again);
            record_encode(&record, &again);
            assert_true(slice_equal(str_slice(&again), str_slice(&bytes)));
        }
        record_clear(&record);
        bytes.data[i] ^= (char)(1 << i % 8);
    }
    str_clear(&bytes);
    str_clear(&again);
}

/* Threat 1: every byte of a signed record, and of its signature. */
static void no_flip_survives_its_signature(void **state)
{
    struct fixture *f = *state;
    struct slice armor = keygen_sign(f, keygen_key(f, "ana", "ed25519", NULL), RECORD_NAMESPACE, SLICE(example), NULL);
    struct sshsig signature;
    struct error error = ERROR_INIT;
    struct str bytes = STR_INIT;
    assert_success(sshsig_parse(armor, &signature, &error), error);
    str_append(&bytes, SLICE(example));
    assert_int_equal(sshsig_verify(&signature, str_slice(&bytes), RECORD_NAMESPACE, NULL), SSHSIG_GOOD);
    for (size_t i = 0; i < bytes.size; i++) {
        bytes.data[i] ^= (char)(1 << i % 8);
        assert_int_equal(sshsig_verify(&signature, str_slice(&bytes), RECORD_NAMESPACE, NULL), SSHSIG_BAD_SIGNATURE);
        bytes.data[i] ^= (char)(1 << i % 8);
    }
    assert_int_equal(sshsig_verify(&signature, SLICE(example), "git", NULL), SSHSIG_WRONG_NAMESPACE);
    sshsig_clear(&signature);
    str_clear(&bytes);
}

static void words_round_trip(void **state)
{
    (void)state;
    for (int i = VERDICT_APPROVE; i <= VERDICT_WITHDRAW; i++) {
        enum verdict verdict;
        assert_true(record_verdict_parse(slice_of(record_verdict_name((enum verdict)i)), &verdict));
        assert_int_equal(verdict, i);
    }
    for (int i = TRIAGE_ACCEPTED; i <= TRIAGE_DISMISSED; i++) {
        enum triage_decision decision;
        assert_true(record_decision_parse(slice_of(record_decision_name((enum triage_decision)i)), &decision));
        assert_int_equal(decision, i);
    }
    enum verdict verdict;
    enum triage_decision decision;
    assert_false(record_verdict_parse(SLICE("Approve"), &verdict));
    assert_false(record_decision_parse(SLICE(""), &decision));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_example),
        cmocka_unit_test(writes_a_record_of_nothing),
        cmocka_unit_test(refuses_each_bend),
        cmocka_unit_test(refuses_depth_and_size),
        cmocka_unit_test(names_exactly_its_bytes),
        cmocka_unit_test_setup_teardown(no_flip_survives_its_signature, fixture_setup, fixture_teardown),
        cmocka_unit_test(words_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
