/* SHA-256 digests, written `sha256:<64 lower-case hex>`. */
#ifndef ASSAY_TRUST_DIGEST_H
#define ASSAY_TRUST_DIGEST_H

#include "assay/base/slice.h"

enum { DIGEST_SIZE = 32, DIGEST_TEXT_SIZE = 7 + 64 };

struct digest {
    unsigned char bytes[DIGEST_SIZE]; /* all zero: none */
};

void digest_of(struct slice bytes, struct digest *digest);
bool digest_equal(const struct digest *a, const struct digest *b);
bool digest_is_none(const struct digest *digest);
void digest_format(const struct digest *digest, char text[DIGEST_TEXT_SIZE + 1]); /* with the prefix */
void digest_format_hex(const struct digest *digest, char hex[64 + 1]);            /* without it */
bool digest_parse(struct slice text, struct digest *digest);                      /* with the prefix */
bool digest_parse_hex(struct slice hex, struct digest *digest);                   /* without it */
struct slice digest_slice(const struct digest *digest);                           /* the 32 bytes */

/* In pieces. */
struct digest_stream;
struct digest_stream *digest_stream_new(void);
void digest_stream_add(struct digest_stream *stream, struct slice bytes);
void digest_stream_free(struct digest_stream *stream, struct digest *digest); /* digest may be NULL */

#endif
