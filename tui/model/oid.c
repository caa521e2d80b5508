#include "assay/model/oid.h"

#include <string.h>

bool oid_equal(const struct oid *a, const struct oid *b)
{
    return memcmp(a->bytes, b->bytes, OID_SIZE) == 0;
}

bool oid_is_none(const struct oid *oid)
{
    static const struct oid none;
    return oid_equal(oid, &none);
}

void oid_format(const struct oid *oid, char hex[OID_HEX_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < OID_SIZE; i++) {
        hex[2 * i] = digits[oid->bytes[i] >> 4];
        hex[2 * i + 1] = digits[oid->bytes[i] & 15];
    }
    hex[OID_HEX_SIZE] = '\0';
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool oid_parse(struct slice hex, struct oid *oid)
{
    struct oid parsed;
    if (hex.size != OID_HEX_SIZE)
        return false;
    for (size_t i = 0; i < OID_SIZE; i++) {
        int high = digit_value(hex.data[2 * i]), low = digit_value(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        parsed.bytes[i] = (unsigned char)(high << 4 | low);
    }
    *oid = parsed;
    return true;
}

struct slice oid_slice(const struct oid *oid)
{
    return slice_make((const char *)oid->bytes, OID_SIZE);
}
