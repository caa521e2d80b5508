/* What became of a record that stands no more: for a list in a word, for the gate in a sentence. */
#ifndef ASSAY_MODEL_SUCCESSION_H
#define ASSAY_MODEL_SUCCESSION_H

#include "assay/base/arena.h"

enum succession {
    SUCCESSION_NONE, /* it stands */
    SUCCESSION_OVERRULED,
    SUCCESSION_WITHDRAWN,
    SUCCESSION_SIGNED_ANEW,
    SUCCESSION_OUTRANKED, /* on a fork of its signer's chain, by a stricter record */
};

struct policy;
struct standing_record;

enum succession succession_of(const struct standing_record *entry);
const char *succession_name(enum succession succession); /* "overruled", …; "" for none */
/* "Lena Ortiz withdrew it on 2026-11-21 (b58fe248c199)"; in the arena. Names are the policy's. Empty: it stands. */
struct slice succession_words(const struct policy *policy, const struct standing_record *entry, struct arena *arena);

#endif
