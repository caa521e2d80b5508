#include "harness/test.h"

#include "assay/model/seal.h"

static void round_trips(void **state)
{
    (void)state;
    struct digest digest, evidence, names[2];
    digest_of(SLICE("a"), &digest);
    digest_of(SLICE("b"), &evidence);
    names[0] = digest;
    names[1] = evidence;
    struct seal_module module = {SLICE("modules/m"), digest, evidence};
    struct seal seal = {.repository = SLICE("acme/content"),
                        .target = SLICE("main"),
                        .change = SLICE("prompt/x"),
                        .modules = &module,
                        .module_count = 1,
                        .records = names,
                        .record_count = 2,
                        .principal = SLICE("ana@acme.example"),
                        .assay = SLICE("0.1.0"),
                        .sealed_at = SLICE("2026-11-20T10:12:00Z")},
                read;
    struct str bytes = STR_INIT, again = STR_INIT;
    struct error error = ERROR_INIT;
    assert_true(oid_parse(SLICE("0123456789abcdef0123456789abcdef01234567"), &seal.log));
    seal_encode(&seal, &bytes);
    assert_int_equal(seal_decode(str_slice(&bytes), &read, &error), RECORD_OK);
    assert_slice(read.change, "prompt/x");
    assert_slice(read.modules[0].path, "modules/m");
    assert_true(digest_equal(&read.modules[0].evidence, &evidence));
    assert_int_equal(read.record_count, 2);
    assert_true(digest_equal(&read.records[1], &names[1]));
    assert_true(oid_equal(&read.log, &seal.log));
    seal_encode(&read, &again);
    assert_string_equal(bytes.data, again.data);
    seal_clear(&read);
    str_clear(&bytes);
    str_clear(&again);
}

/* A record is no seal, and the other way round, whatever the signature says. */
static void refuses_other_documents(void **state)
{
    (void)state;
    struct seal seal = {.repository = SLICE("x")}, read;
    struct record record;
    struct str bytes = STR_INIT;
    struct error error = ERROR_INIT;
    seal_encode(&seal, &bytes);
    assert_int_equal(record_decode(str_slice(&bytes), &record, &error), RECORD_UNKNOWN_SCHEMA);
    assert_non_null(strstr(error.text, "assay.seal/1"));
    record_clear(&record);
    error_clear(&error);
    str_push(&bytes, ' ');
    assert_int_equal(seal_decode(str_slice(&bytes), &read, &error), RECORD_MALFORMED);
    seal_clear(&read);
    error_clear(&error);
    assert_int_equal(seal_decode(SLICE("{\n  \"schema\": \"assay.seal/1\"\n}\n"), &read, &error), RECORD_MALFORMED);
    seal_clear(&read);
    str_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trips), cmocka_unit_test(refuses_other_documents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
