/* What would unblock a change or make a record count: reason_advice in words, with the people who can do it where the
 * policy knows them. */
#ifndef ASSAY_REVIEW_ADVICE_H
#define ASSAY_REVIEW_ADVICE_H

#include "assay/review/ledger.h"

/* One sentence, appended; nothing where there is no advice. record: that it is about; NULL: none, or not here. */
void advice_append(const struct workspace *workspace, const struct load *load, enum reason reason,
                   const struct ledger_record *record, struct str *out);

/* The name of a person in the policy, else the principal. */
struct slice advice_name(const struct policy *policy, struct slice principal);

#endif
