/* The user's own signing key, and signing with it through `ssh-keygen -Y sign`, so that agents, security keys and
 * passphrases are OpenSSH's business. */
#ifndef ASSAY_TRUST_KEYS_H
#define ASSAY_TRUST_KEYS_H

#include "assay/base/error.h"
#include "assay/base/process.h"

/* Values of git config; NULL where unset. */
struct keys_settings {
    const char *assay_signing_key; /* assay.signingKey */
    const char *user_signing_key;  /* user.signingKey: used when assay.signingKey is unset and gpg.format is ssh */
    const char *gpg_format;        /* gpg.format */
};

struct keys {
    struct str path; /* of the private or public key file; empty when the key was given as text */
    struct str line; /* the public key as text: `type base64 comment` */
    struct str blob; /* its identity */
};

/* Finds the key and reads its public half: from FILE.pub, from FILE when it is a public key, or from the clear part of
 * an OpenSSH private key. Values are a path (`~/` is HOME) or the public key itself (`key::ssh-ed25519 AAAA…` or
 * `ssh-ed25519 AAAA…`), whose private half an agent holds. ERROR_ENVIRONMENT with what to do. keys_clear also after a
 * failure. */
int keys_find(const struct keys_settings *settings, struct keys *keys, struct error *error);
void keys_clear(struct keys *keys);

/* Appends the armored signature over message (hash sha512). PROCESS_FOREGROUND may ask for a passphrase or a touch on
 * the terminal, which the caller must have handed over; PROCESS_BACKGROUND never asks. The signature is verified before
 * it is returned. *foreground_helps (may be NULL) tells whether trying again in the foreground could work. */
int keys_sign(const struct keys *keys, const char *namespace_name, struct slice message, enum process_mode mode,
              struct str *signature, bool *foreground_helps, struct error *error);

#endif
