/* The keys of the console in the manual page, from the same table that drives them. */
#ifndef ASSAY_COMMANDS_KEYS_MANUAL_H
#define ASSAY_COMMANDS_KEYS_MANUAL_H

#include "assay/base/str.h"

void keys_manual_page(struct str *out); /* roff: a .SS for each context, a .TP for each action */

#endif
