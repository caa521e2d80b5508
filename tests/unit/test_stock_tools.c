/* What others need to check a record without assay: the lines that `assay log -v` prints are run as they stand, for every
 * type of key. */
#include "harness/test.h"

#include <openssl/ec.h>

#include "assay/base/array.h"
#include "assay/trust/sshwire.h"
#include "harness/attack.h"
#include "harness/softkey.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

enum { LINES = 4 };

/* The lines below the record of this name, as a person would copy them. */
static const char *printed_lines(struct fixture *f, const char *record)
{
    struct str lines = STR_INIT;
    assert_int_equal(fixture_assay(f, C, "log", "-v", NULL), 0);
    const char *at = strstr(f->result.output.data, fixture_text(f, "record %s\n", record));
    if (!at)
        fail_msg("log -v does not show %s:\n%s", record, f->result.output.data);
    struct slice rest = slice_of(at), line;
    size_t count = 0;
    while (count < LINES && slice_cut_line(&rest, &line)) {
        line = slice_trim(line);
        if (!slice_starts_with(line, SLICE("git ")) && !slice_starts_with(line, SLICE("ssh-keygen ")))
            continue;
        str_append(&lines, line);
        str_push(&lines, '\n');
        count++;
    }
    assert_int_equal(count, LINES);
    return keygen_keep(f, &lines).data;
}

static void run_lines(struct fixture *f, const char *record, const char *principal, int code)
{
    const char *lines = printed_lines(f, record);
    int got = fixture_run(f, C, "sh", "-ec", lines, NULL);
    if (got != code)
        fail_msg("exit %d, expected %d\n%s\n%s%s", got, code, lines, f->result.output.data, f->result.errors.data);
    if (code == 0)
        review_said(f, fixture_text(f, "Good \"review.v1@assay\" signature for %s", principal));
}

static const char *signer_line(struct fixture *f, const char *name, struct slice blob)
{
    struct str base64 = STR_INIT;
    struct slice rest = blob, type;
    assert_true(sshwire_string(&rest, &type));
    sshwire_base64_encode(blob, true, &base64);
    const char *line =
        fixture_text(f, "%s@example.com namespaces=\"review.v1@assay\" %.*s %s\n", name, SLICE_ARG(type), base64.data);
    str_clear(&base64);
    return line;
}

struct person {
    const char *name, *type; /* of ssh-keygen; NULL: a security key */
    EVP_PKEY *pkey;
};

static const char *line_of(struct fixture *f, const struct person *person)
{
    if (person->type) {
        keygen_key(f, person->name, person->type, NULL);
        return content_signer(f, person->name);
    }
    bool ecdsa = EVP_PKEY_get_base_id(person->pkey) == EVP_PKEY_EC;
    return signer_line(
        f, person->name,
        ecdsa ? softkey_ecdsa_blob(f, person->pkey, "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", "ssh:")
              : softkey_ed25519_blob(f, person->pkey, "sk-ssh-ed25519@openssh.com", "ssh:"));
}

static struct attack_record sign_as(struct fixture *f, const struct attack_record *base, const struct person *person)
{
    const struct softkey_touch touched = {0x01, "ssh:", NULL};
    struct slice bytes =
        attack_bend(f, base->bytes, "lena@example.com", fixture_text(f, "%s@example.com", person->name));
    if (person->type)
        return attack_sign(f, person->name, bytes);
    return (struct attack_record){.name = fixture_sha256(f, bytes) + strlen("sha256:"),
                                  .bytes = bytes,
                                  .armor = softkey_armor(f, person->pkey, &touched, "review.v1@assay", bytes)};
}

static void the_printed_lines_verify_every_type_of_key(void **state)
{
    struct fixture *f = *state;
    struct person people[] = {{"edda", "ed25519", NULL},
                              {"ecki", "ecdsa", NULL},
                              {"rosa", "rsa", NULL},
                              {"skadi", NULL, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")},
                              {"skela", NULL, EVP_EC_gen("P-256")}};
    struct attack_record records[ARRAY_COUNT(people)];
    struct str signers = STR_INIT, policy = STR_INIT;
    struct attack_record base = attack_take(f, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    for (size_t i = 0; i < ARRAY_COUNT(people); i++) {
        str_append_text(&signers, line_of(f, &people[i]));
        str_appendf(&policy, "  - {principal: %s@example.com, name: %s, roles: [legal]}\n", people[i].name,
                    people[i].name);
        records[i] = sign_as(f, &base, &people[i]);
    }
    str_append_text(&policy, "roles:\n");
    attack_policy(f, "roles:\n", policy.data);
    attack_signers(f, signers.data);
    attack_put(f, "assay/log", "r/prompt%2Fconcise", records, ARRAY_COUNT(records));
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 0);
    review_said(f, "5 good, 0 bad");
    for (size_t i = 0; i < ARRAY_COUNT(people); i++) {
        run_lines(f, records[i].name, fixture_text(f, "%s@example.com", people[i].name), 0);
        EVP_PKEY_free(people[i].pkey);
    }
    str_clear(&signers);
    str_clear(&policy);
}

/* A line that cannot fail would prove nothing. */
static void the_printed_lines_refuse_a_forgery(void **state)
{
    struct fixture *f = *state;
    struct attack_record good = attack_take(f, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    struct slice bytes = attack_bend(f, good.bytes, "\"comment\": \"\"", "\"comment\": \"Forged.\"");
    struct attack_record bad = {fixture_sha256(f, bytes) + strlen("sha256:"), bytes, good.armor};
    attack_log(f, CONCISE, &bad);
    attack_log(f, CONCISE, &good);
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 1);
    run_lines(f, good.name, "lena@example.com", 0);
    run_lines(f, bad.name, NULL, 255);
    /* Names of people and changes are text to a shell, whatever they hold. */
    struct attack_record odd =
        attack_sign(f, "lena", attack_bend(f, good.bytes, "lena@example.com", "lena'; touch hacked; '"));
    attack_log(f, "prompt/$(touch hacked)", &odd);
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 1);
    fixture_run(f, C, "sh", "-ec", printed_lines(f, odd.name), NULL);
    assert_int_not_equal(fixture_run(f, C, "test", "-e", "hacked", NULL), 0);
}

/* A removed file is still an object, and its lines still run. */
static void the_printed_lines_find_a_removed_record(void **state)
{
    struct fixture *f = *state;
    struct attack_record record = attack_take(f, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    attack_log(f, CONCISE, &record);
    const char *path = fixture_text(f, "r/prompt%%2Fconcise/%s.json", record.name);
    attack_commit(f, "assay/log", NULL, path, NULL);
    attack_commit(f, "assay/log", NULL, fixture_text(f, "%s.sig", path), NULL);
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 1);
    run_lines(f, record.name, "lena@example.com", 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_printed_lines_verify_every_type_of_key),
        TEST(the_printed_lines_refuse_a_forgery),
        TEST(the_printed_lines_find_a_removed_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
