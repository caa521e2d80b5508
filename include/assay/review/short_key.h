/* RSA keys that count, with a warning: 2048 bits and more, and fewer than 3072. */
#ifndef ASSAY_REVIEW_SHORT_KEY_H
#define ASSAY_REVIEW_SHORT_KEY_H

#include "assay/review/workspace.h"

/* Each question appends one sentence, or says false. */

/* The key that the user signs with. */
bool short_key_own(const struct workspace *workspace, struct str *out);
/* That of a line of the target's signers (0 … signers_count - 1): of several lines of one key the first, and none of a
 * key that is revoked. */
bool short_key_at(const struct workspace *workspace, size_t line, struct str *out);

#endif
