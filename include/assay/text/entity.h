/* Character references of HTML: &amp; &#8364; &#x20AC;. */
#ifndef ASSAY_TEXT_ENTITY_H
#define ASSAY_TEXT_ENTITY_H

#include "assay/base/str.h"

/* Appends what a whole reference stands for, sanitised as one line; one that is not known stays as it is written. */
void entity_append(struct str *out, struct slice reference);

#endif
