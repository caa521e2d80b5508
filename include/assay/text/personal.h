/* Personal data in text: what looks like it by pattern and passes its checksum. A hint for people, not a proof. */
#ifndef ASSAY_TEXT_PERSONAL_H
#define ASSAY_TEXT_PERSONAL_H

#include "assay/base/error.h"
#include "assay/base/slice.h"

enum personal_kind {
    PERSONAL_EMAIL,
    PERSONAL_CARD, /* 13..19 digits, Luhn (ISO/IEC 7812-1) */
    PERSONAL_IBAN, /* ISO 13616, mod 97 */
    PERSONAL_SSN,  /* United States social security number */
    PERSONAL_IPV4,
    PERSONAL_PHONE,
    PERSONAL_KINDS,
};

struct personal_find {
    enum personal_kind kind;
    size_t offset, size; /* bytes */
};

struct personal_finds {
    struct personal_find *items;
    size_t count, capacity;
    bool limited; /* a scan gave up at a limit: there may be more */
};

struct personal; /* the compiled patterns; one for each thread */

struct personal *personal_new(void);
void personal_free(struct personal *personal);
/* Replaces finds: in order, without overlap (the kind that stands first in the enum wins). */
void personal_scan(struct personal *personal, struct slice text, struct personal_finds *finds);
void personal_finds_clear(struct personal_finds *finds);
const char *personal_kind_name(enum personal_kind kind); /* "email", "card", "iban", "ssn", "ipv4", "phone" */

#endif
