/* Attacks on the small content repository: records that are taken, bent, signed by whom one likes and put into the log
 * or a branch by hand; and what the gate said of them, decoded. */
#ifndef ASSAY_TESTS_ATTACK_H
#define ASSAY_TESTS_ATTACK_H

#include "harness/review.h"

#define ATTACK_JUDGE  CONTENT_CLONE    /* the clone in which the gate is asked */
#define ATTACK_SIGNER "signer"         /* the clone in which people sign without sending */
#define ATTACK_CHANGE "prompt/concise" /* the change that most attacks are about, of the module `assistant` */

/* review_setup, and a second clone ATTACK_SIGNER. */
int attack_setup(void **state);

struct attack_record {
    const char *name; /* 64 hexadecimal digits */
    struct slice bytes, armor;
};

/* `person` signs in ATTACK_SIGNER, and nothing is sent: what an attacker has in hand. Further options end with NULL. */
struct attack_record attack_take(struct fixture *f, const char *person, const char *change, const char *module,
                                 const char *role, const char *verdict, ...) __attribute__((sentinel));
/* Lena's word about ATTACK_CHANGE as `legal`, with a comment. */
struct attack_record attack_take_legal(struct fixture *f, const char *verdict);
/* Signs and sends all that ATTACK_CHANGE needs but the sign-off of `legal`. */
void attack_all_but_legal(struct fixture *f);
/* The first `from` becomes `to`; it must be there. */
struct slice attack_bend(struct fixture *f, struct slice bytes, const char *from, const char *to);
/* Names and signs these bytes with keys/PERSON. */
struct attack_record attack_sign(struct fixture *f, const char *person, struct slice bytes);
/* Puts the records into FOLDER of a branch of the origin, in one commit: "r/prompt%2Fconcise" of "assay/log",
 * "reviews/prompt%2Fconcise" of a candidate. An armor with data NULL is left out. */
void attack_put(struct fixture *f, const char *branch, const char *folder, const struct attack_record *records,
                size_t count);
void attack_log(struct fixture *f, const char *change, const struct attack_record *record);

/* Commits one file to a branch of the origin; bytes NULL removes it. */
void attack_commit(struct fixture *f, const char *branch, const char *author, const char *path, const char *bytes);
/* What somebody with the right to push does to main by shell commands, in a new clone `maintainer`: nothing asks the
 * gate. */
void attack_push_main(struct fixture *f, const char *commands);
/* Makes another policy of the sample's: the first `from` becomes `to`, on main. */
void attack_policy(struct fixture *f, const char *from, const char *to);
/* Signers of main: lines, each with its end. */
void attack_signers(struct fixture *f, const char *lines);

/* `assay gate CHANGE --json` in ATTACK_JUDGE says this result ("pass", "blocked") and its exit code fits. */
void attack_gate(struct fixture *f, const char *change, const char *result);
/* A command with --json in ATTACK_JUDGE, in bounded memory and time: its exit code. change NULL: none is named. */
int attack_limited(struct fixture *f, const char *command, const char *change);
/* So limited, the gate refuses the change in words that hold `named`; and what is not about it is as it was:
 * ATTACK_CHANGE is listed. */
void attack_refused(struct fixture *f, const char *change, const char *named);
/* Of the document that the last program printed. */
bool attack_blocks(struct fixture *f, const char *reason);
bool attack_counts(struct fixture *f, const char *record);
/* Why the gate ignored a record, how `verify` found it; NULL: it is not there. */
const char *attack_ignored(struct fixture *f, const char *record);
size_t attack_ignored_count(struct fixture *f);

#define assert_blocks(f, reason)                                                                                       \
    do {                                                                                                               \
        if (!attack_blocks(f, reason))                                                                                 \
            fail_msg("not blocked by %s:\n%s", reason, (f)->result.output.data);                                       \
    } while (0)

#define assert_ignored(f, record, expected)                                                                            \
    do {                                                                                                               \
        const char *reason_ = attack_ignored(f, record);                                                               \
        if (!reason_ || strcmp(reason_, (expected)) != 0)                                                              \
            fail_msg("ignored for %s, expected %s:\n%s", reason_ ? reason_ : "nothing", expected,                      \
                     (f)->result.output.data);                                                                         \
    } while (0)

#endif
