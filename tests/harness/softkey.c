#include "harness/softkey.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include "assay/trust/digest.h"
#include "assay/trust/sshwire.h"
#include "harness/test.h"

enum { COUNTER = 0x01020304 };

struct slice softkey_sign(struct fixture *f, EVP_PKEY *pkey, const EVP_MD *hash, struct slice data)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 0;
    const unsigned char *bytes = (const unsigned char *)data.data;
    assert_int_equal(EVP_DigestSignInit(context, NULL, hash, NULL, pkey), 1);
    assert_int_equal(EVP_DigestSign(context, NULL, &size, bytes, data.size), 1);
    char *signature = arena_alloc(&f->arena, size);
    assert_int_equal(EVP_DigestSign(context, (unsigned char *)signature, &size, bytes, data.size), 1);
    EVP_MD_CTX_free(context);
    return slice_make(signature, size);
}

static void append_mpint(struct str *out, const BIGNUM *number)
{
    unsigned char bytes[600] = {0};
    int size = BN_bn2bin(number, bytes + 1);
    bool zero = size && bytes[1] & 0x80;
    sshwire_append_string(out, slice_make((char *)bytes + !zero, (size_t)size + zero));
}

struct slice softkey_ed25519_blob(struct fixture *f, EVP_PKEY *pkey, const char *type, const char *application)
{
    unsigned char point[32];
    size_t size = sizeof point;
    struct str blob = STR_INIT;
    assert_int_equal(EVP_PKEY_get_raw_public_key(pkey, point, &size), 1);
    sshwire_append_string(&blob, slice_of(type));
    sshwire_append_string(&blob, slice_make((char *)point, size));
    if (application)
        sshwire_append_string(&blob, slice_of(application));
    return keygen_keep(f, &blob);
}

struct slice softkey_ecdsa_blob(struct fixture *f, EVP_PKEY *pkey, const char *type, const char *curve,
                                const char *application)
{
    unsigned char point[65];
    size_t size = 0;
    struct str blob = STR_INIT;
    assert_int_equal(EVP_PKEY_get_octet_string_param(pkey, "pub", point, sizeof point, &size), 1);
    sshwire_append_string(&blob, slice_of(type));
    sshwire_append_string(&blob, slice_of(curve));
    sshwire_append_string(&blob, slice_make((char *)point, size));
    if (application)
        sshwire_append_string(&blob, slice_of(application));
    return keygen_keep(f, &blob);
}

struct slice softkey_rsa_blob(struct fixture *f, EVP_PKEY *pkey)
{
    BIGNUM *n = NULL, *e = NULL;
    struct str blob = STR_INIT;
    assert_int_equal(EVP_PKEY_get_bn_param(pkey, "n", &n), 1);
    assert_int_equal(EVP_PKEY_get_bn_param(pkey, "e", &e), 1);
    sshwire_append_string(&blob, SLICE("ssh-rsa"));
    append_mpint(&blob, e);
    append_mpint(&blob, n);
    BN_free(n);
    BN_free(e);
    return keygen_keep(f, &blob);
}

/* r and s out of DER. */
static struct slice ecdsa_signature(struct fixture *f, struct slice der)
{
    const unsigned char *at = (const unsigned char *)der.data;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der.size);
    struct str signature = STR_INIT;
    assert_non_null(pair);
    append_mpint(&signature, ECDSA_SIG_get0_r(pair));
    append_mpint(&signature, ECDSA_SIG_get0_s(pair));
    ECDSA_SIG_free(pair);
    return keygen_keep(f, &signature);
}

/* What the authenticator signs, made as its specification says. */
static struct slice authenticator_message(struct fixture *f, const char *application, unsigned char flags,
                                          uint32_t counter, struct slice data)
{
    struct digest digest;
    struct str text = STR_INIT;
    digest_of(slice_of(application), &digest);
    str_append(&text, digest_slice(&digest));
    str_push(&text, (char)flags);
    sshwire_append_u32(&text, counter);
    digest_of(data, &digest);
    str_append(&text, digest_slice(&digest));
    return keygen_keep(f, &text);
}

struct slice softkey_armor(struct fixture *f, EVP_PKEY *pkey, const struct softkey_touch *touch,
                           const char *namespace_name, struct slice message)
{
    bool ecdsa = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC;
    const char *type = ecdsa ? "sk-ecdsa-sha2-nistp256@openssh.com" : "sk-ssh-ed25519@openssh.com";
    struct slice blob =
        ecdsa ? softkey_ecdsa_blob(f, pkey, type, "nistp256", "ssh:") : softkey_ed25519_blob(f, pkey, type, "ssh:");
    struct keygen_parts parts = {.version = 1,
                                 .public_key = blob,
                                 .namespace_name = slice_of(namespace_name),
                                 .hash = SLICE("sha512"),
                                 .type = slice_of(type)};
    struct slice data =
        authenticator_message(f, touch->application, touch->flags, COUNTER, keygen_signed_bytes(f, &parts, message));
    struct str trailer = STR_INIT;
    parts.signature = softkey_sign(f, pkey, ecdsa ? EVP_sha256() : NULL, data);
    if (ecdsa)
        parts.signature = ecdsa_signature(f, parts.signature);
    str_push(&trailer, (char)touch->flags);
    sshwire_append_u32(&trailer, COUNTER);
    str_append_text(&trailer, touch->extra ? touch->extra : "");
    parts.signature_trailer = keygen_keep(f, &trailer);
    return keygen_armor(f, keygen_blob(f, &parts));
}
