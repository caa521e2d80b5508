/* OpenSSH public keys, ready to verify with. The blob is the key's identity, so each key has exactly one blob here:
 * encodings that are not canonical (padded integers, compressed points, bytes after the end) are malformed. */
#ifndef ASSAY_TRUST_SSHKEY_H
#define ASSAY_TRUST_SSHKEY_H

#include "assay/base/str.h"

enum sshkey_type {
    SSHKEY_ED25519,
    SSHKEY_ECDSA_256,
    SSHKEY_ECDSA_384,
    SSHKEY_ECDSA_521,
    SSHKEY_RSA,
    SSHKEY_SK_ED25519,
    SSHKEY_SK_ECDSA_256,
};

enum sshkey_problem {
    SSHKEY_OK,
    SSHKEY_MALFORMED,   /* not a public key, or not in its one canonical form */
    SSHKEY_UNSUPPORTED, /* a type that assay does not verify: certificates, ssh-dss, … */
    SSHKEY_WEAK,        /* RSA below SSHKEY_RSA_BITS_MIN */
};

enum { SSHKEY_RSA_BITS_MIN = 2048, SSHKEY_RSA_BITS_GOOD = 3072, SSHKEY_RSA_BITS_MAX = 16384 };

struct sshkey;

/* On SSHKEY_OK *key is the caller's to free; else it is NULL. The blob is copied. */
enum sshkey_problem sshkey_new(struct slice blob, struct sshkey **key);
void sshkey_free(struct sshkey *key); /* NULL is fine */

struct slice sshkey_blob(const struct sshkey *key);
enum sshkey_type sshkey_type(const struct sshkey *key);
const char *sshkey_type_name(const struct sshkey *key); /* "ssh-ed25519" */
unsigned sshkey_bits(const struct sshkey *key);
bool sshkey_is_short(const struct sshkey *key); /* RSA below SSHKEY_RSA_BITS_GOOD: counts, with a warning */

/* Appends "SHA256:…" as ssh-keygen -l prints it. Any bytes have a fingerprint. */
void sshkey_fingerprint(struct slice blob, struct str *out);

/* Takes `keytype base64 [comment]` apart, decodes the blob into *blob (appended) and points *comment into the line.
 * False: no such line, or the type in the blob is another than the one in front. The key itself is not judged. */
bool sshkey_parse_line(struct slice line, struct str *blob, struct slice *comment);

/* Whether `signature` (type name and inner signature, as in an SSHSIG) signs `data`. Questions of presence are
 * answered apart, since the signature itself may well be good. */
enum sshkey_verdict {
    SSHKEY_SIGNED,
    SSHKEY_NOT_SIGNED,
    SSHKEY_SIGNATURE_MALFORMED, /* not a signature of this kind of key: another type, SHA-1, trailing bytes */
};
struct sshkey_presence {
    bool present;  /* a person touched the security key; true for keys that are none */
    bool verified; /* … and showed a PIN or fingerprint; false for keys that are no security key */
    uint32_t counter;
};
enum sshkey_verdict sshkey_verify(const struct sshkey *key, struct slice signature, struct slice data,
                                  struct sshkey_presence *presence);

#endif
