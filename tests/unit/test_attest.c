/* `assay export in-toto`: the real program, its envelopes verified by ssh-keygen. */
#include "harness/content.h"
#include "harness/test.h"

#include "assay/data/json.h"
#include "assay/review/attest.h"
#include "assay/trust/sshwire.h"

#define CHANGE "prompt/concise"

static void sign(struct fixture *f)
{
    fixture_write_text(f, "scores.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 4, \"correctness\": 5, "
                       "\"tone\": 4}}]\n");
    if (fixture_assay(f, CONTENT_CLONE, "sign", CHANGE, "--module", CONTENT_ASSISTANT, "--role", "content-owner",
                      "--verdict", "approve", "--scores", fixture_path(f, "scores.json"), NULL) != 0)
        fail_msg("assay sign: %s", f->result.errors.data);
}

static struct slice decode(struct fixture *f, const struct value *base64)
{
    struct str bytes = STR_INIT;
    assert_true(sshwire_base64_decode(value_text(base64), false, &bytes));
    struct slice kept = arena_copy(&f->arena, str_slice(&bytes));
    str_clear(&bytes);
    return kept;
}

static void load(struct slice bytes, struct document *document)
{
    struct error error = ERROR_INIT;
    assert_success(json_load(bytes, SLICE("test"), 1 << 20, 16, document, &error), error);
}

static void test_encoding_is_that_of_the_specification(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    attest_encoding(SLICE("hello world"), &out); /* protocol.md's own example, with this payload type */
    assert_string_equal(out.data, "DSSEv1 28 application/vnd.in-toto+json 11 hello world");
    str_reset(&out);
    attest_encoding(SLICE(""), &out);
    assert_string_equal(out.data, "DSSEv1 28 application/vnd.in-toto+json 0 ");
    str_clear(&out);
}

static void test_both_signatures_verify_with_ssh_keygen(void **state)
{
    struct fixture *f = *state;
    struct document envelope, statement;
    content_make(f, 1);
    sign(f);
    content_become(f, "lena"); /* who exports is not who reviewed */
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "export", "in-toto", CHANGE, NULL), 0);
    struct slice line, rest = arena_copy(&f->arena, str_slice(&f->result.output));
    assert_true(slice_cut_line(&rest, &line));
    load(line, &envelope);
    assert_slice(value_text(value_get(envelope.root, "payloadType")), "application/vnd.in-toto+json");
    struct slice payload = decode(f, value_get(envelope.root, "payload"));
    load(payload, &statement);
    assert_slice(value_text(value_get(statement.root, "_type")), "https://in-toto.io/Statement/v1");
    const struct value *subject = value_at(value_get(statement.root, "subject"), 0);
    assert_slice(value_text(value_get(subject, "name")), CONTENT_ASSISTANT);
    assert_int_equal(value_text(value_get(value_get(subject, "digest"), "dirHash")).size, 64);
    const struct value *predicate = value_get(statement.root, "predicate");
    /* the review */
    struct slice record = decode(f, value_get(predicate, "record"));
    fixture_write(f, "r.json.sig", value_text(value_get(predicate, "signature")));
    assert_int_equal(fixture_run_with_input(f, NULL, record, "ssh-keygen", "-Y", "verify", "-f",
                                            fixture_path(f, CONTENT_CLONE "/policies/allowed_signers"), "-I",
                                            "ana@example.com", "-n", "review.v1@assay", "-s",
                                            fixture_path(f, "r.json.sig"), NULL),
                     0);
    assert_slice(value_text(value_get(predicate, "name")), fixture_sha256(f, record));
    /* the envelope */
    const struct value *signature = value_at(value_get(envelope.root, "signatures"), 0);
    fixture_write(f, "e.sig", decode(f, value_get(signature, "sig")));
    struct str encoding = STR_INIT;
    attest_encoding(payload, &encoding);
    assert_int_equal(fixture_run_with_input(f, NULL, str_slice(&encoding), "ssh-keygen", "-Y", "check-novalidate", "-n",
                                            "dsse.v1@assay", "-s", fixture_path(f, "e.sig"), NULL),
                     0);
    assert_non_null(
        strstr(f->result.output.data, arena_copy(&f->arena, value_text(value_get(signature, "keyid"))).data));
    encoding.data[encoding.size - 1] ^= 1;
    assert_int_not_equal(fixture_run_with_input(f, NULL, str_slice(&encoding), "ssh-keygen", "-Y", "check-novalidate",
                                                "-n", "dsse.v1@assay", "-s", fixture_path(f, "e.sig"), NULL),
                         0);
    str_clear(&encoding);
    document_clear(&statement);
    document_clear(&envelope);
}

static void run(struct fixture *f, const char *command)
{
    if (fixture_run(f, NULL, "sh", "-ec", command, NULL) != 0)
        fail_msg("%s: %s%s", command, f->result.output.data, f->result.errors.data);
}

/* By openssl alone, with nothing of this program and nothing of OpenSSH: the encoding by printf as DSSE's protocol.md has
 * it, SSHSIG's by PROTOCOL.sshsig, the key out of allowed_signers. */
static void test_the_envelope_verifies_with_openssl(void **state)
{
    struct fixture *f = *state;
    struct document envelope;
    content_make(f, 1);
    sign(f);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "export", "in-toto", CHANGE, NULL), 0);
    load(arena_copy(&f->arena, slice_trim(str_slice(&f->result.output))), &envelope);
    fixture_write(f, "payload.b64", value_text(value_get(envelope.root, "payload")));
    const struct value *signature = value_at(value_get(envelope.root, "signatures"), 0);
    fixture_write(f, "sig.b64", value_text(value_get(signature, "sig")));
    run(f,
        "base64 -d payload.b64 > payload; base64 -d sig.b64 | grep -v -e ----- | base64 -d > blob; "
        "{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(wc -c < payload); cat payload; } > pae; "
        /* "SSHSIG" version; the key's string 4+51: its 32 bytes at 6+4+4+19; the last 64 bytes are the signature */
        "{ printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; tail -c +34 blob | head -c 32; } > "
        "key.der; tail -c 64 blob > signature; "
        "{ printf "
        "'SSHSIG\\000\\000\\000\\015dsse.v1@assay\\000\\000\\000\\000\\000\\000\\000\\006sha512\\000\\000\\000\\100'; "
        "openssl dgst -sha512 -binary pae; } > signed; "
        "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed -sigfile signature");
    run(f, "awk '/^ana@/ {print $4}' " CONTENT_CLONE "/policies/allowed_signers | base64 -d | tail -c 32 > ana; "
           "tail -c 32 key.der | cmp - ana");
    run(f, "printf x >> pae; { head -c -64 signed; openssl dgst -sha512 -binary pae; } > other; "
           "! openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in other -sigfile signature");
    document_clear(&envelope);
}

static void test_one_record_by_name_and_json(void **state)
{
    struct fixture *f = *state;
    struct document document;
    content_make(f, 1);
    sign(f);
    const char *path = fixture_git_output(f, CONTENT_ORIGIN, "ls-tree", "-r", "--name-only", "assay/log", NULL);
    const char *name = fixture_text(f, "%.12s", strrchr(fixture_text(f, "%.*s", 90, path), '/') + 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "export", "in-toto", name, "--json", NULL), 0);
    load(arena_copy(&f->arena, str_slice(&f->result.output)), &document);
    assert_int_equal(value_count(value_get(document.root, "envelopes")), 1);
    assert_true(value_is_text(value_get(value_at(value_get(document.root, "envelopes"), 0), "payload")));
    document_clear(&document);
}

static void test_what_cannot_be_exported_is_named(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "export", "in-toto", CHANGE, NULL), 3);
    assert_non_null(strstr(f->result.errors.data, "no good record"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "export", "toto", CHANGE, NULL), 2);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "export", NULL), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoding_is_that_of_the_specification),
        TEST(test_both_signatures_verify_with_ssh_keygen),
        TEST(test_the_envelope_verifies_with_openssl),
        TEST(test_one_record_by_name_and_json),
        TEST(test_what_cannot_be_exported_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
