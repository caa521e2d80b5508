/* OpenSSH's detached signatures, verified in process (openssh-portable, PROTOCOL.sshsig). Everything that is accepted
 * here is accepted by `ssh-keygen -Y verify`, not the other way round: version 0, filled reserved fields, text after
 * the END line, blanks within the base64 and other loose ends are malformed.
 *
 * A signature is malleable: name what was signed by its own hash, never by that of the signature. */
#ifndef ASSAY_TRUST_SSHSIG_H
#define ASSAY_TRUST_SSHSIG_H

#include "assay/base/error.h"
#include "assay/trust/sshkey.h"

enum { SSHSIG_ARMOR_MAX = 64 << 10 };

struct sshsig {
    struct str blob;         /* owns the bytes that the slices point into */
    struct slice public_key; /* blob of the signer's key, its identity; not judged yet */
    struct slice namespace_name;
    struct slice hash; /* "sha256" or "sha512" */
    struct slice signature;
};

enum sshsig_result {
    SSHSIG_GOOD,
    SSHSIG_BAD_SIGNATURE,   /* does not sign this message */
    SSHSIG_WRONG_NAMESPACE, /* made for another purpose */
    SSHSIG_MALFORMED,
    SSHSIG_UNSUPPORTED_KEY, /* perhaps good, but not for assay to say */
    SSHSIG_WEAK_KEY,
    SSHSIG_USER_ABSENT,     /* a security key signed without a touch */
    SSHSIG_USER_UNVERIFIED, /* … without a PIN or fingerprint, and that was asked for */
};

/* Takes the armor apart; sshsig_clear also after a failure. -1: malformed, and the error says in what (ERROR_INPUT). */
int sshsig_parse(struct slice armor, struct sshsig *signature, struct error *error);
void sshsig_clear(struct sshsig *signature);

struct sshsig_options {
    const struct sshkey *key; /* spares making the key again; must be the key of the signature. NULL: made here */
    bool user_verification;   /* a security key must also have verified the person */
};

/* Whether the key in the signature signed the message for this namespace; whose key that is, is signers' to say.
 * options may be NULL. */
enum sshsig_result sshsig_verify(const struct sshsig *signature, struct slice message, const char *namespace_name,
                                 const struct sshsig_options *options);

const char *sshsig_result_name(enum sshsig_result result); /* "good", "bad-signature", "unsupported-key", … */

#endif
