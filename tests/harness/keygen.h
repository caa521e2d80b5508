/* ssh-keygen as the oracle: keys of every type, its signatures, its verdicts; and SSHSIGs built byte by byte. */
#ifndef ASSAY_TESTS_KEYGEN_H
#define ASSAY_TESTS_KEYGEN_H

#include "harness/fixture.h"

/* Makes keys/NAME and keys/NAME.pub without a passphrase; bits NULL: the type's own. Returns the private one's path. */
const char *keygen_key(struct fixture *f, const char *name, const char *type, const char *bits);
struct slice keygen_public_blob(struct fixture *f, const char *key); /* decoded from KEY.pub */
const char *keygen_public_line(struct fixture *f, const char *key);  /* "type base64", without the comment */
/* hash NULL: ssh-keygen's own choice, sha512. */
struct slice keygen_sign(struct fixture *f, const char *key, const char *namespace_name, struct slice message,
                         const char *hash);
/* ssh-keygen -Y check-novalidate: the signature alone. */
bool keygen_checks(struct fixture *f, struct slice armor, const char *namespace_name, struct slice message);
/* ssh-keygen -Y verify against a signers file; time NULL: now, else YYYYMMDDHHMMSSZ. */
bool keygen_verifies(struct fixture *f, const char *allowed, const char *principal, struct slice armor,
                     const char *namespace_name, struct slice message, const char *time);

/* The fields of an SSHSIG, to be bent. */
struct keygen_parts {
    uint32_t version;
    struct slice public_key, namespace_name, reserved, hash, type, signature, signature_trailer, trailer;
};
struct keygen_parts keygen_take_apart(struct fixture *f, struct slice armor);
struct slice keygen_blob(struct fixture *f, const struct keygen_parts *parts);
struct slice keygen_armor(struct fixture *f, struct slice blob);
/* The bytes under the signature. */
struct slice keygen_signed_bytes(struct fixture *f, const struct keygen_parts *parts, struct slice message);
/* The arena's copy of what was built; the text is cleared. */
struct slice keygen_keep(struct fixture *f, struct str *text);

#endif
