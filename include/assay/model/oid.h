/* The name of a git object, as bytes. */
#ifndef ASSAY_MODEL_OID_H
#define ASSAY_MODEL_OID_H

#include "assay/base/slice.h"

enum { OID_SIZE = 20, OID_HEX_SIZE = 40 };

struct oid {
    unsigned char bytes[OID_SIZE]; /* all zero: none */
};

bool oid_equal(const struct oid *a, const struct oid *b);
bool oid_is_none(const struct oid *oid);
void oid_format(const struct oid *oid, char hex[OID_HEX_SIZE + 1]);
bool oid_parse(struct slice hex, struct oid *oid); /* exactly 40 lower-case hexadecimal digits */
struct slice oid_slice(const struct oid *oid);     /* the 20 bytes, as a key of tables */

#endif
