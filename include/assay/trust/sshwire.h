/* The encodings that OpenSSH's formats are made of: u32 big-endian, strings with a length before them, multiple
 * precision integers (RFC 4251, 5) and base64 (RFC 4648, 4). A reader never goes past its bytes. */
#ifndef ASSAY_TRUST_SSHWIRE_H
#define ASSAY_TRUST_SSHWIRE_H

#include "assay/base/str.h"

/* Each takes its item off the front of *rest; false leaves *rest in an unspecified state. */
bool sshwire_u8(struct slice *rest, unsigned char *number);
bool sshwire_u32(struct slice *rest, uint32_t *number);
bool sshwire_string(struct slice *rest, struct slice *string);
/* A positive integer as its big-endian bytes without leading zeros; zero gives the empty slice. Negative numbers are
 * refused, and so are superfluous leading zeros: one number has one encoding. */
bool sshwire_mpint(struct slice *rest, struct slice *magnitude);

void sshwire_append_u32(struct str *out, uint32_t number);
void sshwire_append_string(struct str *out, struct slice string);

/* Appends the decoded bytes. Padding is required and the bits beyond the last byte are zero; line ends are skipped where
 * `lines` says so, and anything else is refused. */
bool sshwire_base64_decode(struct slice text, bool lines, struct str *out);
void sshwire_base64_encode(struct slice bytes, bool padding, struct str *out);

#endif
