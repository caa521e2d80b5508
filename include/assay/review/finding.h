/* What is found in a record by itself: signature, chain, schema, and the names that it was signed for. `verify`, `log`,
 * `audit` and the console say the same of one record, in the words that the gate uses too. */
#ifndef ASSAY_REVIEW_FINDING_H
#define ASSAY_REVIEW_FINDING_H

#include "assay/review/ledger.h"

struct finding {
    enum reason reason;  /* REASON_NONE: it is good */
    struct slice detail; /* one sentence; may be empty */
};

/* As many as the ledger has records, in their order; in the arena, details are borrowed from the ledger. */
struct finding *finding_list(const struct workspace *workspace, const struct ledger *ledger, struct arena *arena);

/* The file of a record in the log, else under reviews/, appended. */
void finding_file(const struct ledger_record *record, struct str *out);

/* Stock commands that check a record without assay, a line each, appended; nothing where it has no signature. The files
 * that they write are named by `stem`; `indent` goes before each line. */
void finding_commands(const struct workspace *workspace, const struct ledger_record *record, struct slice stem,
                      const char *indent, struct str *out);

#endif
