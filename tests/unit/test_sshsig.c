/* SSHSIG against the table of rules and against ssh-keygen. */
#include "harness/test.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/trust/digest.h"
#include "assay/trust/sshsig.h"
#include "assay/trust/sshwire.h"
#include "harness/keygen.h"
#include "harness/softkey.h"

#define NAMESPACE "review.v1@assay"
static const struct slice message = {"the message\n", 12};

static enum sshsig_result verify_as(struct slice armor, struct slice bytes, const char *namespace_name,
                                    bool user_verification)
{
    struct sshsig signature;
    struct error error = ERROR_INIT;
    struct sshsig_options options = {.user_verification = user_verification};
    enum sshsig_result result = SSHSIG_MALFORMED;
    if (sshsig_parse(armor, &signature, &error) == 0)
        result = sshsig_verify(&signature, bytes, namespace_name, &options);
    else
        assert_int_equal(error.kind, ERROR_INPUT);
    sshsig_clear(&signature);
    return result;
}

static enum sshsig_result verify(struct slice armor)
{
    return verify_as(armor, message, NAMESPACE, false);
}

/* Ours gives `result`, and ssh-keygen accepts or not. */
static void compare(struct fixture *f, const char *what, struct slice armor, enum sshsig_result result, bool theirs)
{
    enum sshsig_result ours = verify(armor);
    if (ours != result)
        fail_msg("%s: %s, expected %s", what, sshsig_result_name(ours), sshsig_result_name(result));
    if (keygen_checks(f, armor, NAMESPACE, message) != theirs)
        fail_msg("%s: ssh-keygen was expected to %s it", what, theirs ? "accept" : "reject");
}

/* --- what ssh-keygen signs ----------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *type, *bits;
    enum sshsig_result result;
    bool is_short;
} signers[] = {
    {"ed25519", "ed25519", NULL, SSHSIG_GOOD, false},  {"ecdsa256", "ecdsa", "256", SSHSIG_GOOD, false},
    {"ecdsa384", "ecdsa", "384", SSHSIG_GOOD, false},  {"ecdsa521", "ecdsa", "521", SSHSIG_GOOD, false},
    {"rsa4096", "rsa", "4096", SSHSIG_GOOD, false},    {"rsa3072", "rsa", "3072", SSHSIG_GOOD, false},
    {"rsa2048", "rsa", "2048", SSHSIG_GOOD, true},     {"rsa2047", "rsa", "2047", SSHSIG_WEAK_KEY, true},
    {"rsa1024", "rsa", "1024", SSHSIG_WEAK_KEY, true},
};

static void check_fingerprint(struct fixture *f, const char *key, struct slice blob)
{
    struct str fingerprint = STR_INIT;
    sshkey_fingerprint(blob, &fingerprint);
    assert_int_equal(fixture_run(f, NULL, "ssh-keygen", "-l", "-f", key, (char *)NULL), 0);
    assert_non_null(strstr(f->result.output.data, fingerprint.data));
    str_clear(&fingerprint);
}

static void accepts_what_ssh_keygen_signs(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(signers); i++) {
        const char *key = keygen_key(f, signers[i].name, signers[i].type, signers[i].bits);
        struct slice blob = keygen_public_blob(f, key);
        struct sshkey *made;
        check_fingerprint(f, key, blob);
        assert_int_equal(sshkey_new(blob, &made), signers[i].result == SSHSIG_GOOD ? SSHKEY_OK : SSHKEY_WEAK);
        if (made)
            assert_int_equal(sshkey_is_short(made), signers[i].is_short);
        for (int hash = 0; hash < 2; hash++) {
            struct slice armor = keygen_sign(f, key, NAMESPACE, message, hash ? "sha256" : "sha512");
            compare(f, signers[i].name, armor, signers[i].result, true);
            if (signers[i].result != SSHSIG_GOOD)
                continue;
            assert_int_equal(verify_as(armor, SLICE("the message"), NAMESPACE, false), SSHSIG_BAD_SIGNATURE);
            assert_int_equal(verify_as(armor, SLICE(""), NAMESPACE, false), SSHSIG_BAD_SIGNATURE);
            assert_int_equal(verify_as(armor, message, "git", false), SSHSIG_WRONG_NAMESPACE);
            assert_int_equal(verify_as(armor, message, NAMESPACE "x", false), SSHSIG_WRONG_NAMESPACE);
            assert_int_equal(verify_as(armor, message, NAMESPACE, true),
                             SSHSIG_GOOD); /* no security key: no question */
        }
        sshkey_free(made);
    }
}

/* A key made once serves any number of signatures; one of somebody else's is not used by mistake. */
static void takes_a_key_that_was_made_before(void **state)
{
    struct fixture *f = *state;
    const char *ana = keygen_key(f, "ana", "ed25519", NULL), *lena = keygen_key(f, "lena", "ed25519", NULL);
    struct sshkey *key, *other;
    struct sshsig signature;
    struct error error = ERROR_INIT;
    assert_int_equal(sshkey_new(keygen_public_blob(f, ana), &key), SSHKEY_OK);
    assert_int_equal(sshkey_new(keygen_public_blob(f, lena), &other), SSHKEY_OK);
    assert_success(sshsig_parse(keygen_sign(f, ana, NAMESPACE, message, NULL), &signature, &error), error);
    assert_true(slice_equal(signature.public_key, sshkey_blob(key)));
    assert_int_equal(sshsig_verify(&signature, message, NAMESPACE, &(struct sshsig_options){.key = key}), SSHSIG_GOOD);
    assert_int_equal(sshsig_verify(&signature, message, NAMESPACE, &(struct sshsig_options){.key = other}),
                     SSHSIG_GOOD);
    assert_int_equal(sshsig_verify(&signature, message, NAMESPACE, NULL), SSHSIG_GOOD);
    assert_string_equal(sshkey_type_name(key), "ssh-ed25519");
    sshsig_clear(&signature);
    sshkey_free(key);
    sshkey_free(other);
}

/* --- the table of edges -------------------------------------------------------------------------------------------- */

static struct slice joined(struct fixture *f, struct slice a, struct slice b)
{
    struct str text = STR_INIT;
    str_append(&text, a);
    str_append(&text, b);
    return keygen_keep(f, &text);
}

/* A signature of 64 bytes with the group order added to S: the same point equation, other bytes. */
static struct slice plus_order(struct fixture *f, struct slice signature)
{
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                            0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    struct str sum = STR_INIT;
    unsigned carry = 0;
    str_append(&sum, signature);
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned char)sum.data[32 + i] + order[i];
        sum.data[32 + i] = (char)(carry & 0xff);
        carry >>= 8;
    }
    return keygen_keep(f, &sum);
}

static void judges_each_edge_of_the_blob(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL);
    struct slice armor = keygen_sign(f, key, NAMESPACE, message, NULL);
    const struct keygen_parts good = keygen_take_apart(f, armor);
    assert_true(slice_equal(keygen_armor(f, keygen_blob(f, &good)), armor));
#define FIELD(name) offsetof(struct keygen_parts, name)
    const struct {
        const char *what;
        size_t field;
        struct slice value;
        enum sshsig_result result;
        bool theirs;
    } rows[] = {
        {"reserved", FIELD(reserved), SLICE("x"), SSHSIG_MALFORMED, true},
        {"trailing bytes", FIELD(trailer), SLICE("x"), SSHSIG_MALFORMED, false},
        {"trailing bytes in the signature", FIELD(signature_trailer), SLICE("x"), SSHSIG_MALFORMED, false},
        {"hash SHA512", FIELD(hash), SLICE("SHA512"), SSHSIG_MALFORMED, false},
        {"hash sha384", FIELD(hash), SLICE("sha384"), SSHSIG_MALFORMED, false},
        {"another hash", FIELD(hash), SLICE("sha256"), SSHSIG_BAD_SIGNATURE, false},
        {"hash with a NUL", FIELD(hash), SLICE("sha512\0"), SSHSIG_MALFORMED, true},
        {"namespace with a last NUL", FIELD(namespace_name), SLICE(NAMESPACE "\0"), SSHSIG_MALFORMED, true},
        {"namespace with a NUL", FIELD(namespace_name), SLICE(NAMESPACE "\0x"), SSHSIG_MALFORMED, false},
        {"empty namespace", FIELD(namespace_name), SLICE(""), SSHSIG_MALFORMED, false},
        {"another namespace", FIELD(namespace_name), SLICE("git"), SSHSIG_WRONG_NAMESPACE, false},
        {"S + L", FIELD(signature), plus_order(f, good.signature), SSHSIG_BAD_SIGNATURE, true},
        {"short", FIELD(signature), slice_part(good.signature, 0, 63), SSHSIG_MALFORMED, false},
        {"long", FIELD(signature), joined(f, good.signature, SLICE("x")), SSHSIG_MALFORMED, false},
        {"another type", FIELD(type), SLICE("ssh-rsa"), SSHSIG_MALFORMED, false},
        {"type with a NUL", FIELD(type), SLICE("ssh-ed25519\0"), SSHSIG_MALFORMED, true},
        {"key with a trailing byte", FIELD(public_key), joined(f, good.public_key, SLICE("x")), SSHSIG_MALFORMED,
         false},
        {"empty key", FIELD(public_key), SLICE(""), SSHSIG_MALFORMED, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct keygen_parts parts = good;
        memcpy((char *)&parts + rows[i].field, &rows[i].value, sizeof rows[i].value);
        compare(f, rows[i].what, keygen_armor(f, keygen_blob(f, &parts)), rows[i].result, rows[i].theirs);
    }
    struct keygen_parts old = good, next = good;
    old.version = 0;
    next.version = 2;
    compare(f, "version 0", keygen_armor(f, keygen_blob(f, &old)), SSHSIG_MALFORMED, true);
    compare(f, "version 2", keygen_armor(f, keygen_blob(f, &next)), SSHSIG_MALFORMED, false);
}

static void judges_each_edge_of_the_armor(void **state)
{
    struct fixture *f = *state;
    struct slice armor = keygen_sign(f, keygen_key(f, "ana", "ed25519", NULL), NAMESPACE, message, NULL);
    const struct keygen_parts parts = keygen_take_apart(f, armor);
    struct slice whole = slice_part(armor, 0, armor.size - 1); /* without its newline */
    struct str base64 = STR_INIT, one_line = STR_INIT, crlf = STR_INIT, blank = STR_INIT;
    sshwire_base64_encode(keygen_blob(f, &parts), true, &base64);
    str_appendf(&one_line, "-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n", base64.data);
    str_appendf(&crlf, "-----BEGIN SSH SIGNATURE-----\n%s\r\n-----END SSH SIGNATURE-----\r\n", base64.data);
    str_appendf(&blank, "-----BEGIN SSH SIGNATURE-----\n%.9s %s\n-----END SSH SIGNATURE-----\n", base64.data,
                base64.data + 9);
    compare(f, "as it is", armor, SSHSIG_GOOD, true);
    compare(f, "no newline at the end", whole, SSHSIG_GOOD, true);
    compare(f, "one line", str_slice(&one_line), SSHSIG_GOOD, true);
    compare(f, "CRLF in the body", str_slice(&crlf), SSHSIG_GOOD, true);
    str_insert(&crlf, sizeof "-----BEGIN SSH SIGNATURE-----" - 1, SLICE("\r"));
    compare(f, "CRLF after BEGIN", str_slice(&crlf), SSHSIG_MALFORMED, false);
    compare(f, "a blank in the base64", str_slice(&blank), SSHSIG_MALFORMED, true);
    compare(f, "text after the end", joined(f, armor, SLICE("x\n")), SSHSIG_MALFORMED, true);
    compare(f, "text on the END line", joined(f, whole, SLICE("x\n")), SSHSIG_MALFORMED, true);
    compare(f, "two armors", joined(f, armor, armor), SSHSIG_MALFORMED, true);
    compare(f, "text before", joined(f, SLICE("\n"), armor), SSHSIG_MALFORMED, false);
    compare(f, "no END line", slice_part(armor, 0, armor.size - 10), SSHSIG_MALFORMED, false);
    compare(f, "empty", SLICE(""), SSHSIG_MALFORMED, false);
    compare(f, "an empty body", SLICE("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"), SSHSIG_MALFORMED,
            false);
    str_reset(&one_line);
    str_append_repeat(&one_line, 'A', SSHSIG_ARMOR_MAX + 1);
    assert_int_equal(verify(str_slice(&one_line)), SSHSIG_MALFORMED);
    str_clear(&base64);
    str_clear(&one_line);
    str_clear(&crlf);
    str_clear(&blank);
}

/* No cut of a blob reads past its end, and none is accepted. */
static void refuses_every_cut(void **state)
{
    struct fixture *f = *state;
    struct slice armor = keygen_sign(f, keygen_key(f, "p", "ecdsa", "256"), NAMESPACE, message, NULL);
    struct keygen_parts parts = keygen_take_apart(f, armor);
    struct slice blob = keygen_blob(f, &parts);
    for (size_t size = 0; size < blob.size; size++)
        assert_int_equal(verify(keygen_armor(f, slice_part(blob, 0, size))), SSHSIG_MALFORMED);
    for (size_t size = 0; size < armor.size - 1; size++)
        assert_int_equal(verify(slice_part(armor, 0, size)), SSHSIG_MALFORMED);
}

/* Threat 1: no byte of a message or of its signature can be another. */
static void refuses_every_flip(void **state)
{
    struct fixture *f = *state;
    struct slice armor = keygen_sign(f, keygen_key(f, "ana", "ed25519", NULL), NAMESPACE, message, NULL);
    for (int side = 0; side < 2; side++) {
        struct str bytes = STR_INIT;
        str_append(&bytes, side ? armor : message);
        for (size_t i = 0; i < bytes.size; i++) {
            for (int bit = 0; bit < 9; bit++) {
                char flip = (char)(bit == 8 ? 0xff : 1 << bit);
                bytes.data[i] ^= flip;
                enum sshsig_result result =
                    side ? verify(str_slice(&bytes)) : verify_as(armor, str_slice(&bytes), NAMESPACE, false);
                assert_int_not_equal(result, SSHSIG_GOOD);
                bytes.data[i] ^= flip;
            }
        }
        assert_int_equal(side ? verify(str_slice(&bytes)) : verify_as(armor, str_slice(&bytes), NAMESPACE, false),
                         SSHSIG_GOOD);
        str_clear(&bytes);
    }
}

/* --- keys and signatures that ssh-keygen would not make ------------------------------------------------------------ */

static struct slice string_of(struct fixture *f, struct slice a)
{
    struct str text = STR_INIT;
    sshwire_append_string(&text, a);
    return keygen_keep(f, &text);
}

static struct keygen_parts plain_parts(struct slice blob, const char *type)
{
    return (struct keygen_parts){.version = 1,
                                 .public_key = blob,
                                 .namespace_name = SLICE(NAMESPACE),
                                 .hash = SLICE("sha512"),
                                 .type = slice_of(type)};
}

static struct slice security_key_armor(struct fixture *f, EVP_PKEY *pkey, unsigned char flags, const char *application,
                                       const char *extra)
{
    return softkey_armor(f, pkey, &(struct softkey_touch){flags, application, extra}, NAMESPACE, message);
}

static void verifies_security_keys(void **state)
{
    struct fixture *f = *state;
    for (int ecdsa = 0; ecdsa < 2; ecdsa++) {
        EVP_PKEY *pkey = ecdsa ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        struct slice touched = security_key_armor(f, pkey, 0x01, "ssh:", "");
        struct slice verified = security_key_armor(f, pkey, 0x05, "ssh:", "");
        compare(f, "touched", touched, SSHSIG_GOOD, true);
        compare(f, "touched and verified", verified, SSHSIG_GOOD, true);
        assert_int_equal(verify_as(touched, message, NAMESPACE, true), SSHSIG_USER_UNVERIFIED);
        assert_int_equal(verify_as(verified, message, NAMESPACE, true), SSHSIG_GOOD);
        assert_int_equal(verify_as(touched, SLICE("x"), NAMESPACE, false), SSHSIG_BAD_SIGNATURE);
        compare(f, "no touch", security_key_armor(f, pkey, 0x00, "ssh:", ""), SSHSIG_USER_ABSENT, true);
        compare(f, "a PIN, no touch", security_key_armor(f, pkey, 0x04, "ssh:", ""), SSHSIG_USER_ABSENT, true);
        compare(f, "another application", security_key_armor(f, pkey, 0x01, "ssh:x", ""), SSHSIG_BAD_SIGNATURE, false);
        compare(f, "trailing byte", security_key_armor(f, pkey, 0x01, "ssh:", "x"), SSHSIG_MALFORMED, false);
        /* The flags are under the signature: a touch cannot be added afterwards. */
        struct keygen_parts parts = keygen_take_apart(f, security_key_armor(f, pkey, 0x00, "ssh:", ""));
        parts.signature_trailer = SLICE("\x01\x01\x02\x03\x04");
        compare(f, "a touch added", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_BAD_SIGNATURE, false);
        parts.signature_trailer = SLICE("\x01");
        compare(f, "no counter", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_MALFORMED, false);
        EVP_PKEY_free(pkey);
    }
}

/* y as 32 bytes, x's sign in the last bit (RFC 8032, 5.1.2): the neutral point, one of order four, the one of order two;
 * the first two with y not reduced below the prime; the neutral one with a sign that no zero has; two of order eight. */
static void refuses_keys_that_sign_for_everybody(void **state)
{
    struct fixture *f = *state;
#define FULL                                                                                                           \
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
    "\xff\xff"
#define NONE "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    const struct slice points[] = {
        SLICE("\x01" NONE "\0"),
        SLICE("\0" NONE "\0"),
        SLICE("\xec" FULL "\x7f"),
        SLICE("\xee" FULL "\x7f"),
        SLICE("\xed" FULL "\x7f"),
        SLICE("\x01" NONE "\x80"),
        SLICE("\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
              "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05"),
        SLICE("\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
              "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a"),
    };
    for (size_t i = 0; i < ARRAY_COUNT(points); i++) {
        struct sshkey *key;
        struct slice point = string_of(f, points[i]);
        struct slice blob = joined(f, string_of(f, SLICE("ssh-ed25519")), point);
        struct slice security = joined(f, string_of(f, SLICE("sk-ssh-ed25519@openssh.com")), point);
        assert_int_equal(points[i].size, 32);
        assert_int_equal(sshkey_new(blob, &key), SSHKEY_MALFORMED);
        assert_int_equal(sshkey_new(joined(f, security, string_of(f, SLICE("ssh:"))), &key), SSHKEY_MALFORMED);
        if (i > 0)
            continue;
        struct keygen_parts parts = plain_parts(blob, "ssh-ed25519");
        parts.signature = joined(f, points[i], SLICE("\0" NONE "\0")); /* R and S: it signs whatever one likes */
        compare(f, "no key at all", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_MALFORMED, true);
    }
}

static void refuses_other_ways_of_rsa(void **state)
{
    struct fixture *f = *state;
    EVP_PKEY *pkey = EVP_RSA_gen(3072);
    struct slice blob = softkey_rsa_blob(f, pkey);
    struct keygen_parts parts = plain_parts(blob, "rsa-sha2-512");
    struct slice data = keygen_signed_bytes(f, &parts, message);
    parts.signature = softkey_sign(f, pkey, EVP_sha512(), data);
    compare(f, "rsa-sha2-512", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_GOOD, true);
    parts.type = SLICE("rsa-sha2-256");
    compare(f, "the other hash", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_BAD_SIGNATURE, false);
    parts.signature = softkey_sign(f, pkey, EVP_sha256(), data);
    compare(f, "rsa-sha2-256", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_GOOD, true);
    parts.signature = joined(f, parts.signature, SLICE("x"));
    compare(f, "longer than the modulus", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_MALFORMED, false);
    parts.type = SLICE("ssh-rsa");
    parts.signature = softkey_sign(f, pkey, EVP_sha1(), data);
    compare(f, "SHA-1", keygen_armor(f, keygen_blob(f, &parts)), SSHSIG_MALFORMED, false);
    EVP_PKEY_free(pkey);
}

static void refuses_other_forms_of_keys(void **state)
{
    struct fixture *f = *state;
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    struct slice blob = softkey_ecdsa_blob(f, pkey, "ecdsa-sha2-nistp256", "nistp256", NULL);
    struct sshkey *key;
    assert_int_equal(sshkey_new(blob, &key), SSHKEY_OK);
    sshkey_free(key);
    assert_int_equal(sshkey_new(softkey_ecdsa_blob(f, pkey, "ecdsa-sha2-nistp256", "nistp384", NULL), &key),
                     SSHKEY_MALFORMED);
    assert_int_equal(sshkey_new(softkey_ecdsa_blob(f, pkey, "ecdsa-sha2-nistp384", "nistp384", NULL), &key),
                     SSHKEY_MALFORMED);
    assert_int_equal(
        sshkey_new(softkey_ecdsa_blob(f, pkey, "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", NULL), &key),
        SSHKEY_MALFORMED);
    struct slice head = joined(f, string_of(f, SLICE("ecdsa-sha2-nistp256")), string_of(f, SLICE("nistp256")));
    char off_curve[65] = {POINT_CONVERSION_UNCOMPRESSED, [64] = 1}, compressed[33] = {POINT_CONVERSION_COMPRESSED};
    assert_int_equal(sshkey_new(joined(f, head, string_of(f, slice_make(off_curve, 65))), &key), SSHKEY_MALFORMED);
    assert_int_equal(sshkey_new(joined(f, head, string_of(f, slice_make(compressed, 33))), &key), SSHKEY_MALFORMED);
    static const char *const unsupported[] = {"ssh-dss", "ssh-ed25519-cert-v01@openssh.com",
                                              "rsa-sha2-512-cert-v01@openssh.com", "ssh-xmss@openssh.com", "ssh-ed448"};
    EVP_PKEY *edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    for (size_t i = 0; i < ARRAY_COUNT(unsupported); i++) {
        struct keygen_parts parts = plain_parts(softkey_ed25519_blob(f, edwards, unsupported[i], NULL), unsupported[i]);
        parts.signature = SLICE("x");
        assert_int_equal(verify(keygen_armor(f, keygen_blob(f, &parts))), SSHSIG_UNSUPPORTED_KEY);
    }
    EVP_PKEY_free(edwards);
    EVP_PKEY_free(pkey);
}

/* One number has one encoding, or one RSA key could stand under two people's names. */
static void refuses_padded_integers(void **state)
{
    struct fixture *f = *state;
    EVP_PKEY *pkey = EVP_RSA_gen(2048);
    struct slice rest = softkey_rsa_blob(f, pkey), name, e, n;
    struct sshkey *key;
    assert_true(sshwire_string(&rest, &name) && sshwire_string(&rest, &e) && sshwire_string(&rest, &n));
    struct slice padded_e =
        joined(f, string_of(f, name), joined(f, string_of(f, joined(f, SLICE("\0"), e)), string_of(f, n)));
    struct slice padded_n =
        joined(f, string_of(f, name), joined(f, string_of(f, e), string_of(f, joined(f, SLICE("\0"), n))));
    struct slice negative = joined(f, string_of(f, name), joined(f, string_of(f, e), string_of(f, slice_from(n, 1))));
    struct slice even = joined(f, string_of(f, name), joined(f, string_of(f, SLICE("\4")), string_of(f, n)));
    struct slice one = joined(f, string_of(f, name), joined(f, string_of(f, SLICE("\1")), string_of(f, n)));
    assert_int_equal(sshkey_new(padded_e, &key), SSHKEY_MALFORMED);
    assert_int_equal(sshkey_new(padded_n, &key), SSHKEY_MALFORMED);
    assert_int_equal(sshkey_new(negative, &key), SSHKEY_MALFORMED);
    assert_int_equal(sshkey_new(even, &key), SSHKEY_MALFORMED);
    assert_int_equal(sshkey_new(one, &key), SSHKEY_MALFORMED);
    EVP_PKEY_free(pkey);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accepts_what_ssh_keygen_signs),
        TEST(takes_a_key_that_was_made_before),
        TEST(judges_each_edge_of_the_blob),
        TEST(judges_each_edge_of_the_armor),
        TEST(refuses_every_cut),
        TEST(refuses_every_flip),
        TEST(refuses_keys_that_sign_for_everybody),
        TEST(verifies_security_keys),
        TEST(refuses_other_ways_of_rsa),
        TEST(refuses_other_forms_of_keys),
        TEST(refuses_padded_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
