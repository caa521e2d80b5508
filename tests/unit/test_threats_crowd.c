/* Two hundred reviewers, five records each, on one change. */
#include "harness/test.h"

#include <openssl/evp.h>

#include "assay/base/env.h"
#include "assay/model/record.h"
#include "assay/trust/sshwire.h"
#include "harness/attack.h"
#include "harness/keygen.h"

#define CONCISE "prompt/concise"

enum { PEOPLE = 200, RECORDS = 5, NEEDED = 99 }; /* the most that a policy may ask for */

struct person {
    EVP_PKEY *key;
    struct slice public_key; /* as ssh writes it */
    const char *principal;
};

static void make_person(struct fixture *f, struct person *person, int number)
{
    unsigned char raw[32];
    size_t size = sizeof raw;
    struct str blob = STR_INIT;
    person->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    person->principal = fixture_text(f, "p%d@example.com", number);
    assert_int_equal(EVP_PKEY_get_raw_public_key(person->key, raw, &size), 1);
    sshwire_append_string(&blob, SLICE("ssh-ed25519"));
    sshwire_append_string(&blob, slice_make((const char *)raw, size));
    person->public_key = keygen_keep(f, &blob);
}

static struct slice sign(struct fixture *f, const struct person *person, struct slice bytes)
{
    unsigned char signature[64];
    size_t size = sizeof signature;
    struct keygen_parts parts = {.version = 1,
                                 .public_key = person->public_key,
                                 .namespace_name = SLICE(RECORD_NAMESPACE),
                                 .reserved = SLICE(""),
                                 .hash = SLICE("sha512"),
                                 .type = SLICE("ssh-ed25519"),
                                 .signature_trailer = SLICE(""),
                                 .trailer = SLICE("")};
    struct slice message = keygen_signed_bytes(f, &parts, bytes);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, person->key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, (const unsigned char *)message.data, message.size), 1);
    EVP_MD_CTX_free(context);
    parts.signature = slice_make((const char *)signature, size);
    return keygen_armor(f, keygen_blob(f, &parts));
}

/* A chain of one person: says yes, no, takes it back, says nothing, says yes. */
static void sign_chain(struct fixture *f, const struct person *person, const struct record *model,
                       struct attack_record *records)
{
    static const enum verdict verdicts[RECORDS] = {VERDICT_APPROVE, VERDICT_REQUEST_CHANGES, VERDICT_WITHDRAW,
                                                   VERDICT_ABSTAIN, VERDICT_APPROVE};
    struct digest before;
    for (int i = 0; i < RECORDS; i++) {
        struct record record = *model;
        struct str bytes = STR_INIT;
        record.reviewer.principal = record.reviewer.name = slice_of(person->principal);
        record.verdict = verdicts[i];
        record.comment = SLICE("Because.");
        record.seq = i + 1;
        record.prev = &before;
        record.prev_count = i ? 1 : 0;
        record_encode(&record, &bytes);
        digest_of(str_slice(&bytes), &before);
        records[i].bytes = keygen_keep(f, &bytes);
        records[i].name = fixture_sha256(f, records[i].bytes) + strlen("sha256:");
        records[i].armor = sign(f, person, records[i].bytes);
    }
}

/* Policy and signers of main, with everybody in the role legal and NEEDED of them needed. */
static void invite(struct fixture *f, const struct person *people)
{
    struct str policy = STR_INIT, signers = STR_INIT;
    struct slice before =
        attack_bend(f, slice_of(content_policy), "roles: {legal: 1}}", fixture_text(f, "roles: {legal: %d}}", NEEDED));
    size_t at = slice_find(before, SLICE("roles:\n"));
    str_append(&policy, slice_part(before, 0, at));
    for (int i = 0; i < PEOPLE; i++) {
        struct str base64 = STR_INIT;
        sshwire_base64_encode(people[i].public_key, true, &base64);
        str_appendf(&policy, "  - {principal: %s, name: %s, roles: [legal]}\n", people[i].principal,
                    people[i].principal);
        str_appendf(&signers, "%s ssh-ed25519 %s\n", people[i].principal, base64.data);
        str_clear(&base64);
    }
    str_append(&policy, slice_from(before, at));
    str_append_text(&signers, content_signer(f, "ana"));
    str_append_text(&signers, content_signer(f, "lena"));
    attack_commit(f, "main", NULL, "policies/review.yaml", keygen_keep(f, &policy).data);
    attack_signers(f, keygen_keep(f, &signers).data);
}

static void two_hundred_reviewers(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct record model;
    struct person *people = arena_alloc_array(&f->arena, PEOPLE, sizeof *people);
    struct attack_record *records = arena_alloc_array(&f->arena, PEOPLE * RECORDS, sizeof *records);
    for (int i = 0; i < PEOPLE; i++)
        make_person(f, &people[i], i);
    invite(f, people);
    struct attack_record lena = attack_take(f, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(record_decode(lena.bytes, &model, &error), RECORD_OK);
    for (int i = 0; i < PEOPLE; i++)
        sign_chain(f, &people[i], &model, &records[i * RECORDS]);
    fixture_git(f, NULL, "-C", CONTENT_ORIGIN, "show", "main:policies/allowed_signers", NULL);
    fixture_write(f, "allowed", str_slice(&f->result.output));
    assert_true(keygen_verifies(f, fixture_path(f, "allowed"), people[7].principal, records[7 * RECORDS].armor,
                                RECORD_NAMESPACE, records[7 * RECORDS].bytes, NULL));
    attack_put(f, "assay/log", "r/prompt%2Fconcise", records, NEEDED * RECORDS - 3); /* the last one says no */
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "legal: 1 of 99 missing");
    attack_put(f, "assay/log", "r/prompt%2Fconcise", &records[NEEDED * RECORDS - 3], 3);
    attack_gate(f, CONCISE, "pass");
    attack_put(f, "assay/log", "r/prompt%2Fconcise", &records[NEEDED * RECORDS], (PEOPLE - NEEDED) * RECORDS);
    int64_t begin = env_monotonic_us();
    attack_gate(f, CONCISE, "pass");
    int64_t middle = env_monotonic_us();
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "verify", "--offline", "--json", NULL), 0);
    int64_t end = env_monotonic_us();
    review_said(f, "\"good\": 1001,");
    print_message("gate %.0f ms, verify of 1001 records %.0f ms\n", (double)(middle - begin) / 1e3,
                  (double)(end - middle) / 1e3);
    attack_gate(f, CONCISE, "pass");
    size_t counted = 0, spare = 0;
    for (int i = 0; i < PEOPLE; i++) {
        const char *last = records[i * RECORDS + RECORDS - 1].name, *reason = attack_ignored(f, last);
        counted += attack_counts(f, last) ? 1 : 0;
        spare += reason && strcmp(reason, "no-seat") == 0 ? 1 : 0;
    }
    assert_int_equal(counted, NEEDED);
    assert_int_equal(spare, PEOPLE - NEEDED);
    record_clear(&model);
    for (int i = 0; i < PEOPLE; i++)
        EVP_PKEY_free(people[i].key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_hundred_reviewers, attack_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
