/* Which records stand: the newest of each (person, role, module), what ended, what rejects (FORMATS.md, 4).
 *
 * Like model/chain, which serves those who write records, this follows `prev`; but here a link has power only as far as
 * its signature has: a stolen expired key must not end a rejection. */
#ifndef ASSAY_MODEL_STANDING_H
#define ASSAY_MODEL_STANDING_H

#include "assay/model/gate_input.h"

enum standing_power {
    POWER_NONE,   /* not a record of its signer at all: cannot even be found by a `prev` */
    POWER_FOUND,  /* can be found by a `prev`, says nothing: a compromised key, or no rejection by an expired one */
    POWER_REJECT, /* a rejection by an expired or retired key */
    POWER_FULL,
};

/* Whether the signer's chain is whole before a record, or the policy accepts that it is not. */
enum standing_gap { STANDING_GAP_NONE, STANDING_GAP_MISSING, STANDING_GAP_NUMBER };

struct standing_record {
    const struct gate_record *source;
    const struct record *record; /* NULL: not decoded */
    bool sealed, filed_here;     /* of all good copies */
    struct slice replaced_words; /* why it is spent without a seal; empty: it is not */
    bool own;                    /* of this change */
    enum standing_power power;
    enum standing_gap gap;            /* a `prev` cannot be found; `seq` does not follow them */
    bool replaced;                    /* a descendant of the same three stands in its place */
    bool withdrawn;                   /* a withdraw of the same three descends from it */
    bool ended;                       /* a rejection named in the `supersedes` of somebody who may */
    bool outranked;                   /* on a fork, a stricter record stands beside it */
    const struct standing_record *by; /* that ended it or stands in its place, the newest; NULL: none, or on a fork */
    size_t module;                    /* index in the input's modules, or GATE_CHANGE */
    size_t role;                      /* index in the policy's roles; SIZE_MAX: unknown there */
    bool held;                        /* the signer holds that role today */
    bool author;                      /* the signer is an author and self_approval is off */
    enum reason fault;                /* why it counts for nothing but a rejection; REASON_NONE: it counts */
    struct slice detail;
};

struct standing {
    struct standing_record *records; /* one for each name, in order of name */
    size_t count;
    struct table *by_name; /* name → position, of those that can be found */
};

/* The input needs a policy. */
void standing_find(const struct gate_input *input, struct standing *standing);
void standing_clear(struct standing *standing);
/* The newest word of its three, strictest on a fork, and not ended. */
bool standing_stands(const struct standing_record *record);
/* Holds the change up: module is then where, GATE_CHANGE for a module that is not in the change. */
bool standing_rejects(const struct standing_record *record);

#endif
