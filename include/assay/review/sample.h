/* The sample of `assay demo`: a bare origin, a clone, keys of the reviewers, a target branch and pending changes, made
 * of the content that is built into the program (tests/demo/). Everything is real: real git, real signatures.
 *
 *   FOLDER/origin.git   what the team shares
 *   FOLDER/clone        one person's copy; its git config names the key that signs
 *   FOLDER/keys/NAME    fresh keys, one for each person of the sample's policy, no passphrase */
#ifndef ASSAY_REVIEW_SAMPLE_H
#define ASSAY_REVIEW_SAMPLE_H

#include "assay/base/error.h"
#include "assay/base/str.h"

/* Makes it in a folder that is empty or does not exist. When it fails half-way, the folder is removed again if it was
 * made here. */
int sample_make(const char *folder, struct error *error);
/* Whether the folder holds a sample already. */
bool sample_exists(const char *folder);
/* Who signs in the clone from now on: "ana", "lena", "ines". */
int sample_sit_down(const char *folder, const char *who, struct error *error);

#endif
