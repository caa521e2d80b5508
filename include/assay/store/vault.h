/* drafts.db: the one file that cannot be rebuilt, opened for drafts and for the journal. For this folder only.
 *
 * A damaged file is renamed to drafts.db.damaged-<time> and never removed; every row of it that can still be read is
 * copied into a new one. Processes that find the damage together repair it once. */
#ifndef ASSAY_STORE_VAULT_H
#define ASSAY_STORE_VAULT_H

#include "assay/base/str.h"
#include "assay/store/database.h"

/* `folder` is made with mode 0700. `note` gets one sentence when the file was repaired; NULL: not wanted. */
int vault_open(const char *folder, struct database **database, struct str *note, struct error *error);

#endif
