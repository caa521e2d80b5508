/* Sign-offs that have done their work: the target has had the content that they are about since they were given, and has
 * it no more. Whether they were sealed or not, they are for that merge alone (FORMATS.md, 4).
 *
 * Decided without a clock: the merge base that a record names was on the target when it was signed. Where the target's
 * first parents had the content after that, and replaced it, only a record whose merge base came later is known to be
 * about bringing it back. */
#ifndef ASSAY_REVIEW_SPENT_H
#define ASSAY_REVIEW_SPENT_H

#include "assay/model/gate_input.h"
#include "assay/review/load.h"

/* Fills `replaced` of the records; texts lie in the arena. Looks at nothing but records of this change with the content
 * of today, so a change without any reads no history. */
int spent_find(const struct workspace *workspace, const struct load *load, struct gate_record *records, size_t count,
               struct arena *arena, struct error *error);

#endif
