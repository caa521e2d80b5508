#include "assay/trust/sshkey.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium/crypto_core_ed25519.h>
#include <sodium/crypto_sign_ed25519.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/trust/digest.h"
#include "assay/trust/sshwire.h"

enum { ED25519_KEY_SIZE = 32, ED25519_SIGNATURE_SIZE = 64, RSA_EXPONENT_SIZE_MAX = 8 };
enum { FLAG_PRESENT = 0x01, FLAG_VERIFIED = 0x04 }; /* WebAuthn, 6.1: UP and UV */

struct kind;
typedef enum sshkey_problem key_builder(struct sshkey *key, struct slice *rest);
typedef enum sshkey_verdict signature_checker(const struct sshkey *key, struct slice type, struct slice signature,
                                              struct slice data);

struct kind {
    const char *name;
    enum sshkey_type type;
    key_builder *build;
    signature_checker *check;
    const char *curve; /* in the blob */
    const char *group; /* libcrypto's name for it */
    const EVP_MD *(*hash)(void);
    unsigned bits;
    bool security_key; /* the blob ends with an application, signatures with flags and a counter */
};

struct sshkey {
    const struct kind *kind;
    struct str blob;
    EVP_PKEY *pkey;
    unsigned char point[ED25519_KEY_SIZE]; /* of an Ed25519 key */
    unsigned bits;
    struct digest application; /* of a security key */
};

static const unsigned char *bytes_of(struct slice slice)
{
    return (const unsigned char *)(slice.data ? slice.data : "");
}

static EVP_PKEY *key_from_parameters(const char *algorithm, OSSL_PARAM_BLD *builder)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
    if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return pkey;
}

/* Under a point of small order anybody signs anything, with no key at all; ssh-keygen takes it. No key pair has such a
 * point, nor one outside the group of the base point, nor one that is not written canonically. */
static enum sshkey_problem build_ed25519(struct sshkey *key, struct slice *rest)
{
    struct slice point;
    if (!sshwire_string(rest, &point) || point.size != ED25519_KEY_SIZE ||
        !crypto_core_ed25519_is_valid_point(bytes_of(point)))
        return SSHKEY_MALFORMED;
    key->bits = key->kind->bits;
    memcpy(key->point, point.data, point.size);
    key->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes_of(point), point.size);
    return key->pkey ? SSHKEY_OK : SSHKEY_MALFORMED;
}

static enum sshkey_problem build_ecdsa(struct sshkey *key, struct slice *rest)
{
    struct slice curve, point;
    if (!sshwire_string(rest, &curve) || !slice_is(curve, key->kind->curve) || !sshwire_string(rest, &point))
        return SSHKEY_MALFORMED;
    size_t coordinate = (key->kind->bits + 7) / 8;
    if (point.size != 1 + 2 * coordinate || point.data[0] != POINT_CONVERSION_UNCOMPRESSED)
        return SSHKEY_MALFORMED;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, key->kind->group, 0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.size))
        key->pkey = key_from_parameters("EC", builder); /* refuses a point that is not on the curve */
    OSSL_PARAM_BLD_free(builder);
    key->bits = key->kind->bits;
    return key->pkey ? SSHKEY_OK : SSHKEY_MALFORMED;
}

static EVP_PKEY *rsa_key(struct slice modulus, struct slice exponent)
{
    EVP_PKEY *pkey = NULL;
    BIGNUM *n = BN_bin2bn(bytes_of(modulus), (int)modulus.size, NULL);
    BIGNUM *e = BN_bin2bn(bytes_of(exponent), (int)exponent.size, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (n && e && builder && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        pkey = key_from_parameters("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return pkey;
}

static unsigned bit_count(struct slice magnitude)
{
    unsigned bits = (unsigned)magnitude.size * 8;
    for (unsigned top = magnitude.size ? (unsigned char)magnitude.data[0] : 0; bits && !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

static enum sshkey_problem build_rsa(struct sshkey *key, struct slice *rest)
{
    struct slice exponent, modulus;
    if (!sshwire_mpint(rest, &exponent) || !sshwire_mpint(rest, &modulus) || exponent.size > RSA_EXPONENT_SIZE_MAX ||
        modulus.size > SSHKEY_RSA_BITS_MAX / 8)
        return SSHKEY_MALFORMED;
    key->bits = bit_count(modulus);
    if (key->bits < SSHKEY_RSA_BITS_MIN)
        return SSHKEY_WEAK;
    key->pkey = rsa_key(modulus, exponent);
    return key->pkey ? SSHKEY_OK : SSHKEY_MALFORMED;
}

static bool verify_bytes(const struct sshkey *key, const EVP_MD *hash, struct slice signature, struct slice data)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestVerifyInit(context, NULL, hash, NULL, key->pkey) == 1 &&
                EVP_DigestVerify(context, bytes_of(signature), signature.size, bytes_of(data), data.size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

/* RFC 8032, 5.1.7: S must be below the group order, else S + L would sign as well. libcrypto checks it too; a rule of
 * ours does not hang on another's version. */
static bool scalar_below_order(struct slice signature)
{
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                            0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                            0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    const unsigned char *scalar = bytes_of(signature) + 32;
    for (size_t i = sizeof order; i-- > 0;)
        if (scalar[i] != order[i])
            return scalar[i] < order[i];
    return false;
}

/* libsodium needs half the time. It computes what libcrypto computes and refuses more (an R of small order), so what it
 * accepts is good; what it refuses libcrypto decides, as ssh-keygen would. */
static bool verify_ed25519(const struct sshkey *key, struct slice signature, struct slice data)
{
    return crypto_sign_ed25519_verify_detached(bytes_of(signature), bytes_of(data), data.size, key->point) == 0 ||
           verify_bytes(key, NULL, signature, data);
}

static enum sshkey_verdict check_ed25519(const struct sshkey *key, struct slice type, struct slice signature,
                                         struct slice data)
{
    if (!slice_is(type, key->kind->name) || signature.size != ED25519_SIGNATURE_SIZE)
        return SSHKEY_SIGNATURE_MALFORMED;
    if (!scalar_below_order(signature))
        return SSHKEY_NOT_SIGNED;
    return verify_ed25519(key, signature, data) ? SSHKEY_SIGNED : SSHKEY_NOT_SIGNED;
}

/* libcrypto wants r and s in DER. */
static bool verify_ecdsa(const struct sshkey *key, struct slice r, struct slice s, struct slice data)
{
    unsigned char *der = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *big_r = BN_bin2bn(bytes_of(r), (int)r.size, NULL), *big_s = BN_bin2bn(bytes_of(s), (int)s.size, NULL);
    bool good = false;
    if (pair && big_r && big_s && ECDSA_SIG_set0(pair, big_r, big_s) == 1) {
        int size = i2d_ECDSA_SIG(pair, &der);
        if (size > 0)
            good = verify_bytes(key, key->kind->hash(), (struct slice){(const char *)der, (size_t)size}, data);
    } else {
        BN_free(big_r);
        BN_free(big_s);
    }
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return good;
}

static enum sshkey_verdict check_ecdsa(const struct sshkey *key, struct slice type, struct slice signature,
                                       struct slice data)
{
    struct slice r, s;
    if (!slice_is(type, key->kind->name) || !sshwire_mpint(&signature, &r) || !sshwire_mpint(&signature, &s) ||
        signature.size || r.size > (key->bits + 7) / 8 || s.size > (key->bits + 7) / 8)
        return SSHKEY_SIGNATURE_MALFORMED;
    return verify_ecdsa(key, r, s, data) ? SSHKEY_SIGNED : SSHKEY_NOT_SIGNED;
}

static enum sshkey_verdict check_rsa(const struct sshkey *key, struct slice type, struct slice signature,
                                     struct slice data)
{
    unsigned char padded[SSHKEY_RSA_BITS_MAX / 8] = {0};
    size_t size = (key->bits + 7) / 8;
    const EVP_MD *hash = slice_is(type, "rsa-sha2-512")   ? EVP_sha512()
                         : slice_is(type, "rsa-sha2-256") ? EVP_sha256()
                                                          : NULL;
    if (!hash || !signature.size || signature.size > size)
        return SSHKEY_SIGNATURE_MALFORMED;
    /* Some agents drop leading zeros; OpenSSH puts them back, so do we. */
    memcpy(padded + size - signature.size, signature.data, signature.size);
    struct slice whole = {(const char *)padded, size};
    return verify_bytes(key, hash, whole, data) ? SSHKEY_SIGNED : SSHKEY_NOT_SIGNED;
}

static const struct kind kinds[] = {
    {"ssh-ed25519", SSHKEY_ED25519, build_ed25519, check_ed25519, .bits = 256},
    {"ecdsa-sha2-nistp256", SSHKEY_ECDSA_256, build_ecdsa, check_ecdsa, "nistp256", "P-256", EVP_sha256, 256},
    {"ecdsa-sha2-nistp384", SSHKEY_ECDSA_384, build_ecdsa, check_ecdsa, "nistp384", "P-384", EVP_sha384, 384},
    {"ecdsa-sha2-nistp521", SSHKEY_ECDSA_521, build_ecdsa, check_ecdsa, "nistp521", "P-521", EVP_sha512, 521},
    {"ssh-rsa", SSHKEY_RSA, build_rsa, check_rsa},
    {"sk-ssh-ed25519@openssh.com", SSHKEY_SK_ED25519, build_ed25519, check_ed25519, .bits = 256, .security_key = true},
    {"sk-ecdsa-sha2-nistp256@openssh.com", SSHKEY_SK_ECDSA_256, build_ecdsa, check_ecdsa, "nistp256", "P-256",
     EVP_sha256, 256, true},
};

static enum sshkey_problem build(struct sshkey *key)
{
    struct slice rest = str_slice(&key->blob), name, application;
    if (!sshwire_string(&rest, &name) || !name.size)
        return SSHKEY_MALFORMED;
    for (size_t i = 0; i < ARRAY_COUNT(kinds) && !key->kind; i++)
        if (slice_is(name, kinds[i].name))
            key->kind = &kinds[i];
    if (!key->kind)
        return SSHKEY_UNSUPPORTED;
    enum sshkey_problem problem = key->kind->build(key, &rest);
    if (problem == SSHKEY_OK && key->kind->security_key) {
        if (!sshwire_string(&rest, &application) || slice_find_byte(application, '\0') != SLICE_NOT_FOUND)
            return SSHKEY_MALFORMED;
        digest_of(application, &key->application);
    }
    return rest.size && (problem == SSHKEY_OK || problem == SSHKEY_WEAK) ? SSHKEY_MALFORMED : problem;
}

enum sshkey_problem sshkey_new(struct slice blob, struct sshkey **key)
{
    struct sshkey *made = memory_new(sizeof *made);
    str_init(&made->blob);
    str_append(&made->blob, blob);
    enum sshkey_problem problem = build(made);
    if (problem != SSHKEY_OK) {
        ERR_clear_error();
        sshkey_free(made);
        made = NULL;
    }
    *key = made;
    return problem;
}

void sshkey_free(struct sshkey *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    str_clear(&key->blob);
    memory_free(key);
}

struct slice sshkey_blob(const struct sshkey *key)
{
    return str_slice(&key->blob);
}

enum sshkey_type sshkey_type(const struct sshkey *key)
{
    return key->kind->type;
}

const char *sshkey_type_name(const struct sshkey *key)
{
    return key->kind->name;
}

unsigned sshkey_bits(const struct sshkey *key)
{
    return key->bits;
}

bool sshkey_is_short(const struct sshkey *key)
{
    return key->kind->type == SSHKEY_RSA && key->bits < SSHKEY_RSA_BITS_GOOD;
}

void sshkey_fingerprint(struct slice blob, struct str *out)
{
    struct digest digest;
    digest_of(blob, &digest);
    str_append_text(out, "SHA256:");
    sshwire_base64_encode(digest_slice(&digest), false, out);
}

static struct slice take_word(struct slice *rest)
{
    size_t end = 0;
    while (end < rest->size && rest->data[end] != ' ' && rest->data[end] != '\t')
        end++;
    struct slice word = slice_part(*rest, 0, end);
    while (end < rest->size && (rest->data[end] == ' ' || rest->data[end] == '\t'))
        end++;
    *rest = slice_from(*rest, end);
    return word;
}

bool sshkey_parse_line(struct slice line, struct str *blob, struct slice *comment)
{
    struct slice rest = line, inner;
    struct slice name = take_word(&rest), base64 = take_word(&rest);
    size_t start = blob->size;
    if (!name.size || !base64.size || !sshwire_base64_decode(base64, false, blob))
        return false;
    struct slice decoded = slice_from(str_slice(blob), start);
    *comment = slice_trim(rest);
    return sshwire_string(&decoded, &inner) && slice_equal(inner, name);
}

/* What a security key really signs (PROTOCOL.u2f, "SSH U2F Signatures"). */
static void append_authenticator_message(const struct sshkey *key, unsigned char flags, uint32_t counter,
                                         struct slice data, struct str *out)
{
    struct digest digest;
    digest_of(data, &digest);
    str_append(out, digest_slice(&key->application));
    str_push(out, (char)flags);
    sshwire_append_u32(out, counter);
    str_append(out, digest_slice(&digest));
}

static enum sshkey_verdict verify_security_key(const struct sshkey *key, struct slice type, struct slice inner,
                                               struct slice rest, struct slice data, struct sshkey_presence *presence)
{
    unsigned char flags;
    if (!sshwire_u8(&rest, &flags) || !sshwire_u32(&rest, &presence->counter) || rest.size)
        return SSHKEY_SIGNATURE_MALFORMED;
    struct str message = STR_INIT;
    append_authenticator_message(key, flags, presence->counter, data, &message);
    enum sshkey_verdict verdict = key->kind->check(key, type, inner, str_slice(&message));
    str_clear(&message);
    presence->present = flags & FLAG_PRESENT;
    presence->verified = flags & FLAG_VERIFIED;
    return verdict;
}

enum sshkey_verdict sshkey_verify(const struct sshkey *key, struct slice signature, struct slice data,
                                  struct sshkey_presence *presence)
{
    struct slice type, inner;
    enum sshkey_verdict verdict = SSHKEY_SIGNATURE_MALFORMED;
    *presence = (struct sshkey_presence){.present = true};
    if (!sshwire_string(&signature, &type) || !sshwire_string(&signature, &inner))
        return verdict;
    if (key->kind->security_key)
        verdict = verify_security_key(key, type, inner, signature, data, presence);
    else if (!signature.size)
        verdict = key->kind->check(key, type, inner, data);
    if (verdict != SSHKEY_SIGNED)
        ERR_clear_error(); /* libcrypto's queue belongs to the thread, and so to other libraries too */
    return verdict;
}
