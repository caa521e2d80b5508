/* Mutations at random, of signatures, messages and signers' lines: ours accepts only what ssh-keygen accepts. It is
 * asked whenever ours accepts, and about some of the rest, where only the rules that are stricter on purpose may
 * explain the difference. ASSAY_MUTATIONS enlarges it (default 1000; CI 10000), ASSAY_SEED repeats a run. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/trust/signers.h"
#include "assay/trust/sshsig.h"
#include "assay/trust/sshwire.h"
#include "harness/keygen.h"

#define NAMESPACE "review.v1@assay"
enum { KEYS = 5, ASK_EVERY = 10 };

static uint64_t seed;

/* xorshift64*: a run is repeated by its seed. */
static size_t below(size_t limit)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return limit ? (size_t)((seed * 0x2545f4914f6cdd1dULL) >> 33) % limit : 0;
}

static size_t mutations(void)
{
    const char *asked = getenv("ASSAY_MUTATIONS"), *again = getenv("ASSAY_SEED");
    if (again)
        seed = strtoull(again, NULL, 10);
    else
        env_random(&seed, sizeof seed);
    seed |= 1;
    print_message("# ASSAY_SEED=%llu\n", (unsigned long long)seed);
    return asked ? strtoull(asked, NULL, 10) : 1000;
}

/* --- bytes --------------------------------------------------------------------------------------------------------- */

static void mutate_bytes(struct str *text)
{
    static const char interesting[] = "\0\x01\x7f\x80\xff\n\r\t =-\"\\,*!?#AZaz09";
    for (size_t times = 1 + below(3); times > 0; times--) {
        size_t at = below(text->size), size = below(8);
        char byte = below(2) ? interesting[below(sizeof interesting - 1)] : (char)below(256);
        switch (below(text->size ? 6 : 1)) {
        case 0:
            str_insert(text, text->size ? at : 0, slice_make(&byte, 1));
            break;
        case 1:
            text->data[at] = byte;
            break;
        case 2:
            text->data[at] ^= (char)(1 << below(8));
            break;
        case 3:
            str_remove(text, at, size < text->size - at ? size : text->size - at);
            break;
        case 4: {
            char copy[8];
            struct slice part = slice_part(str_slice(text), at, size);
            memcpy(copy, part.data, part.size);
            str_insert(text, below(text->size), slice_make(copy, part.size));
            break;
        }
        default:
            if (below(8) == 0)
                str_truncate(text, at);
            break;
        }
    }
}

static struct slice mutated(struct fixture *f, struct slice bytes)
{
    struct str text = STR_INIT;
    str_append(&text, bytes);
    mutate_bytes(&text);
    return keygen_keep(f, &text);
}

/* --- signatures ---------------------------------------------------------------------------------------------------- */

static struct slice mutate_field(struct fixture *f, struct slice armor, const struct keygen_parts *other)
{
    struct keygen_parts parts = keygen_take_apart(f, armor);
    struct slice *fields[] = {&parts.public_key, &parts.namespace_name, &parts.reserved,          &parts.hash,
                              &parts.type,       &parts.signature,      &parts.signature_trailer, &parts.trailer};
    const struct slice theirs[] = {other->public_key, other->namespace_name, other->reserved,          other->hash,
                                   other->type,       other->signature,      other->signature_trailer, other->trailer};
    size_t at = below(ARRAY_COUNT(fields) + 1);
    if (at == ARRAY_COUNT(fields))
        parts.version = (uint32_t)below(3);
    else
        *fields[at] = below(2) ? mutated(f, *fields[at]) : theirs[at];
    return keygen_armor(f, keygen_blob(f, &parts));
}

static struct slice rewrap(struct fixture *f, struct slice armor)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < armor.size; i++) {
        str_push(&text, armor.data[i]);
        bool inside = i > 40 && i + 40 < armor.size;
        if (inside && below(20) == 0)
            str_append_text(&text, below(2) ? "\n" : "\r\n");
    }
    return keygen_keep(f, &text);
}

static struct slice mutate_blob(struct fixture *f, struct slice armor)
{
    struct keygen_parts parts = keygen_take_apart(f, armor);
    return keygen_armor(f, mutated(f, keygen_blob(f, &parts)));
}

static bool ours_accepts(struct slice armor, struct slice message)
{
    struct sshsig signature;
    struct error error = ERROR_INIT;
    bool good = sshsig_parse(armor, &signature, &error) == 0 &&
                sshsig_verify(&signature, message, NAMESPACE, NULL) == SSHSIG_GOOD;
    sshsig_clear(&signature);
    return good;
}

/* The rules that are stricter than ssh-keygen's: then only may it accept what we refuse. */
static bool is_known_exception(struct slice armor)
{
    static const char end[] = "\n-----END SSH SIGNATURE-----";
    struct sshsig signature;
    struct error error = ERROR_INIT;
    int parsed = sshsig_parse(armor, &signature, &error);
    sshsig_clear(&signature);
    if (parsed == 0)
        return false;
    static const char *const rules[] = {"version is not 1", "reserved field", "follows its END line", "holds a NUL",
                                        "neither sha512 nor sha256"};
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
        if (strstr(error.text, rules[i]))
            return true;
    struct slice body = slice_part(armor, 0, slice_find(armor, SLICE(end)));
    return strstr(error.text, "not base64") &&
           (slice_find_byte(slice_from(body, 28), ' ') != SLICE_NOT_FOUND ||
            slice_find_byte(body, '\t') != SLICE_NOT_FOUND || slice_find_byte(body, '\v') != SLICE_NOT_FOUND ||
            slice_find_byte(body, '\f') != SLICE_NOT_FOUND);
}

/* A name within the blob that ends with a NUL, or an integer with superfluous zeros, is one of them too. */
static bool has_loose_end(struct fixture *f, struct slice armor)
{
    static const struct slice names[] = {
        {"ssh-ed25519", 11}, {"ecdsa-sha2-nistp256", 19}, {"nistp256", 8}, {"rsa-sha2-512", 12}, {"ssh-rsa", 7}};
    struct sshsig signature;
    struct error error = ERROR_INIT;
    bool loose = false;
    (void)f;
    if (sshsig_parse(armor, &signature, &error) == 0) {
        struct slice blob = str_slice(&signature.blob);
        for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
            struct str needle = STR_INIT;
            sshwire_append_u32(&needle, (uint32_t)names[i].size + 1);
            str_append(&needle, names[i]);
            str_push(&needle, '\0');
            loose = loose || slice_find(blob, str_slice(&needle)) != SLICE_NOT_FOUND;
            str_clear(&needle);
        }
        struct slice inner = signature.signature, type, integers, mpint;
        if (!loose && sshwire_string(&inner, &type) && slice_starts_with(type, SLICE("ecdsa-")) &&
            sshwire_string(&inner, &integers))
            loose = !sshwire_mpint(&integers, &mpint) || !sshwire_mpint(&integers, &mpint);
    }
    sshsig_clear(&signature);
    return loose;
}

static void signatures(void **state)
{
    struct fixture *f = *state;
    static const char *const types[KEYS][2] = {
        {"ed25519", NULL}, {"ed25519", NULL}, {"ecdsa", "256"}, {"ecdsa", "521"}, {"rsa", "2048"}};
    struct slice message = SLICE("{\n  \"assay\": \"0.1.0\"\n}\n"), armors[KEYS][2];
    struct keygen_parts parts[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        const char *key = keygen_key(f, fixture_text(f, "k%zu", i), types[i][0], types[i][1]);
        armors[i][0] = keygen_sign(f, key, NAMESPACE, message, "sha512");
        armors[i][1] = keygen_sign(f, key, NAMESPACE, message, "sha256");
        parts[i] = keygen_take_apart(f, armors[i][1]);
    }
    size_t count = mutations(), accepted = 0, asked = 0;
    for (size_t i = 0; i < count; i++) {
        struct slice armor = armors[below(KEYS)][below(2)], bent = armor, said = message;
        size_t way = below(20);
        if (way < 7)
            bent = mutated(f, armor);
        else if (way < 12)
            bent = mutate_blob(f, armor);
        else if (way < 18)
            bent = mutate_field(f, armor, &parts[below(KEYS)]);
        else if (way < 19)
            bent = rewrap(f, armor);
        else
            said = mutated(f, message);
        bool ours = ours_accepts(bent, said);
        accepted += ours;
        if (!ours && below(ASK_EVERY) != 0)
            continue;
        asked++;
        bool theirs = keygen_checks(f, bent, NAMESPACE, said);
        if (ours && !theirs)
            fail_msg("ours accepts what ssh-keygen refuses:\n%.*s", SLICE_ARG(bent));
        if (theirs && !ours && !is_known_exception(bent) && !has_loose_end(f, bent))
            fail_msg("ours refuses without a rule:\n%.*s", SLICE_ARG(bent));
    }
    print_message("# %zu signatures, %zu accepted, ssh-keygen asked %zu times\n", count, accepted, asked);
    assert_true(accepted > 0 && accepted < count);
}

/* --- signers ------------------------------------------------------------------------------------------------------- */

static const char *random_line(struct fixture *f, const char *key)
{
    static const char *const principals[] = {"ana", "ana", "ana", "ana", "lena", "a*", "ana,lena", "\"ana\"", "!ana"};
    static const char *const options[] = {"namespaces=\"review.v1@assay\"",
                                          "namespaces=\"review.*,!x\"",
                                          "NAMESPACES=\"*\"",
                                          "namespaces=\"!review.v1@assay\"",
                                          "namespaces=\"git\"",
                                          "valid-after=\"20200101Z\"",
                                          "valid-before=\"20301231235959Z\"",
                                          "valid-before=\"20200101000000Z\"",
                                          "valid-after=\"202001010000\"",
                                          "valid-after=\"20200231Z\"",
                                          "cert-authority",
                                          "unknown"};
    struct str line = STR_INIT;
    size_t count = below(4);
    str_append_text(&line, principals[below(ARRAY_COUNT(principals))]);
    str_push(&line, below(8) ? ' ' : '\t');
    for (size_t i = 0; i < count; i++)
        str_appendf(&line, "%s%s", i ? "," : "", options[below(below(3) ? 7 : ARRAY_COUNT(options))]);
    str_appendf(&line, "%s%s%s\n", count ? " " : "", key, below(2) ? " a comment" : "");
    if (below(3) == 0)
        mutate_bytes(&line);
    struct slice kept = keygen_keep(f, &line);
    return kept.data;
}

static bool ours_knows(struct slice file, struct slice blob, int64_t now)
{
    struct signers *signers;
    struct error error = ERROR_INIT;
    if (signers_load(file, "a", (struct slice){NULL, 0}, "r", &signers, &error) != 0) {
        assert_true(strncmp(error.text, "a:1: ", 5) == 0 || strncmp(error.text, "a:2: ", 5) == 0 ||
                    strncmp(error.text, "a:3: ", 5) == 0 || strncmp(error.text, "a:4: ", 5) == 0);
        return false;
    }
    const struct signer *signer;
    bool good = signers_judge(signers, blob, NAMESPACE, now, SIGNERS_NOT_SEALED, &signer) == SIGNERS_GOOD &&
                slice_is(signer->principal, "ana");
    signers_free(signers);
    return good;
}

static void signers_lines(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    struct slice message = SLICE("m"), armor = keygen_sign(f, key, NAMESPACE, message, NULL);
    struct slice blob = keygen_public_blob(f, key);
    size_t count = mutations(), accepted = 0, asked = 0;
    for (size_t i = 0; i < count; i++) {
        const char *file = random_line(f, line);
        if (below(4) == 0)
            file = fixture_text(f, "# people\n%s%s", random_line(f, line), file);
        if (!ours_knows(slice_of(file), blob, 1800000000))
            continue;
        accepted++;
        if (below(4) != 0 && accepted > 20) /* there are many of these; each fourth is enough */
            continue;
        asked++;
        FILE *out = fopen(fixture_path(f, "allowed"), "wb");
        assert_non_null(out);
        fputs(file, out);
        fclose(out);
        if (!keygen_verifies(f, fixture_path(f, "allowed"), "ana", armor, NAMESPACE, message, "20270115080000Z"))
            fail_msg("ours accepts what ssh-keygen refuses:\n%s", file);
    }
    print_message("# %zu files, %zu accepted, ssh-keygen asked %zu times\n", count, accepted, asked);
    assert_true(accepted > 0 && accepted < count);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(signatures), TEST(signers_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
