/* What every command says of a record that does not count: its file, its signer if known, the reason by its name, and
 * what would make it count. */
#ifndef ASSAY_COMMANDS_REFUSED_H
#define ASSAY_COMMANDS_REFUSED_H

#include "assay/data/value.h"
#include "assay/review/finding.h"

/* Two lines below the one that names record and reason: the file; what to do. record NULL: its file is not known. */
void refused_print(const struct ledger_record *record, enum reason reason, const char *indent);
void refused_print_file(const struct ledger_record *record, const char *indent); /* the first line alone */
/* "reason-name: in words (detail)", without a line end. */
void refused_print_reason(enum reason reason, struct slice detail);
/* Keys `file`, `principal` of a map; and `advice`. */
void refused_set_record(struct arena *arena, struct value *map, const struct ledger_record *record);
void refused_set(struct arena *arena, struct value *map, const struct ledger_record *record, enum reason reason);

#endif
