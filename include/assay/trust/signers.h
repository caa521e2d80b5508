/* Whose keys may sign: OpenSSH's allowed_signers, and the revoked ones, read strictly. One bad line fails the file. */
#ifndef ASSAY_TRUST_SIGNERS_H
#define ASSAY_TRUST_SIGNERS_H

#include "assay/base/error.h"
#include "assay/trust/sshkey.h"

#define SIGNERS_ALWAYS     INT64_MIN /* no lower end of a window */
#define SIGNERS_FOREVER    INT64_MAX /* no upper end */
#define SIGNERS_NOT_SEALED INT64_MIN
enum { SIGNERS_SIZE_MAX = 4 << 20 };

enum signers_revocation { SIGNERS_NOT_REVOKED, SIGNERS_RETIRED, SIGNERS_COMPROMISED };

struct signer {
    struct slice principal;
    struct slice namespaces;           /* OpenSSH pattern list; data NULL: any namespace */
    int64_t valid_after, valid_before; /* seconds since 1970 UTC, both ends included */
    struct sshkey *key;                /* owned by the signers */
    size_t line;                       /* in the file, from 1 */
    enum signers_revocation revocation;
};

struct signers;

/* Both files are bytes and a name for errors ("policies/allowed_signers"). A revoked slice whose data is NULL: there is
 * no such file. The bytes are copied. Errors are ERROR_INPUT and begin `NAME:LINE: `. */
int signers_load(struct slice allowed, const char *allowed_name, struct slice revoked, const char *revoked_name,
                 struct signers **signers, struct error *error);
void signers_free(struct signers *signers); /* NULL is fine */

/* The keys that a file of revoked ones lists, whatever else stands in it: of an older version, which need not be sound. */
void signers_each_revoked(struct slice revoked, void (*take)(void *context, struct slice key_blob), void *context);

size_t signers_count(const struct signers *signers); /* lines with a key */
const struct signer *signers_at(const struct signers *signers, size_t at);
/* The first line of this key, or NULL. All lines of one key name the same principal. */
const struct signer *signers_find(const struct signers *signers, struct slice key_blob);
/* The first line of this principal, or NULL. */
const struct signer *signers_find_principal(const struct signers *signers, struct slice principal);

enum signers_judgement {
    SIGNERS_GOOD,
    SIGNERS_UNKNOWN_SIGNER,
    SIGNERS_EXPIRED_KEY, /* or not valid yet */
    SIGNERS_REVOKED_RETIRED,
    SIGNERS_REVOKED_COMPROMISED,
    SIGNERS_WRONG_NAMESPACE, /* the file does not let this key sign for it */
};

/* What the files say about a signature of this key in this namespace. A record is judged at the time it was sealed on
 * the target, `sealed_at`, or with SIGNERS_NOT_SEALED at `now`. Revocation, of either kind, voids what is not sealed;
 * what is sealed stands: whoever knows that the key was revoked by then says that it is not. *signer is set whenever the key is known, may be NULL. */
enum signers_judgement signers_judge(const struct signers *signers, struct slice key_blob, const char *namespace_name,
                                     int64_t now, int64_t sealed_at, const struct signer **signer);

/* Whether a rejection by this key still holds: expired and retired keys end approvals, never rejections. */
bool signers_may_reject(enum signers_judgement judgement);
/* "good", "unknown-signer", "expired-key", "revoked-key", "wrong-namespace": the reasons of the command contract. */
const char *signers_judgement_name(enum signers_judgement judgement);

#endif
