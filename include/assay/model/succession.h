/* In words: what became of a record that stands no more. */
#ifndef ASSAY_MODEL_SUCCESSION_H
#define ASSAY_MODEL_SUCCESSION_H

#include "assay/model/standing.h"

/* "Lena Ortiz withdrew it on 2026-11-21 (b58fe248c199)"; in the arena. Names are the policy's. Empty: it stands. */
struct slice succession_words(const struct policy *policy, const struct standing_record *entry, struct arena *arena);

#endif
