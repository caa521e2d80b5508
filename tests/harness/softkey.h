/* Keys that no program here would make, by OpenSSL alone: public-key blobs byte by byte, and FIDO keys in software, which
 * are touched whenever the test says so. */
#ifndef ASSAY_TESTS_SOFTKEY_H
#define ASSAY_TESTS_SOFTKEY_H

#include <openssl/evp.h>

#include "harness/keygen.h"

/* A signature as OpenSSL makes it; hash NULL for Ed25519. */
struct slice softkey_sign(struct fixture *f, EVP_PKEY *pkey, const EVP_MD *hash, struct slice data);

/* application NULL: none, else a security key's. */
struct slice softkey_ed25519_blob(struct fixture *f, EVP_PKEY *pkey, const char *type, const char *application);
struct slice softkey_ecdsa_blob(struct fixture *f, EVP_PKEY *pkey, const char *type, const char *curve,
                                const char *application);
struct slice softkey_rsa_blob(struct fixture *f, EVP_PKEY *pkey);

struct softkey_touch {
    unsigned char flags;     /* 0x01 touched, 0x04 verified by a PIN */
    const char *application; /* "ssh:" */
    const char *extra;       /* after the counter; NULL: nothing */
};
/* The armored SSHSIG of an Ed25519 or P-256 key that acts as a security key of the application "ssh:". */
struct slice softkey_armor(struct fixture *f, EVP_PKEY *pkey, const struct softkey_touch *touch,
                           const char *namespace_name, struct slice message);

#endif
