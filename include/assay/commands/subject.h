/* What most commands are about: a repository, one of its changes, the records. */
#ifndef ASSAY_COMMANDS_SUBJECT_H
#define ASSAY_COMMANDS_SUBJECT_H

#include "assay/commands/command.h"
#include "assay/git/transport.h"
#include "assay/review/assess.h"

struct subject {
    struct workspace *workspace;
    struct cache *cache;
    struct changes changes;
    struct load load;
    struct ledger ledger;
    bool has_load, has_ledger;
};

/* Clear it in any case. */
int subject_open(const struct command_line *line, struct subject *subject, struct error *error);
void subject_close(struct subject *subject);
/* The change by its name, with its authors where there is a policy. */
int subject_load(struct subject *subject, const char *change, struct error *error);
/* The same for one of subject->changes, which is traced; what was loaded before is forgotten. */
int subject_load_change(struct subject *subject, const struct change *change, struct ancestry *ancestry,
                        struct error *error);
/* All records, those on the loaded change's branch too; what they say apart from scores and texts; those that can matter
 * to the gate of the loaded change. */
int subject_read_ledger(struct subject *subject, struct error *error);
int subject_read_headers(struct subject *subject, struct error *error);
int subject_read_relevant(struct subject *subject, struct error *error);
/* Lists and traces every change. */
int subject_list(struct subject *subject, struct error *error);

/* Who asks: a person at a terminal can be asked for a passphrase, a script cannot. */
enum process_mode subject_mode(void);
struct transport subject_transport(const struct workspace *workspace);
/* sync_freshen, for commands that have --offline: the error names it. */
int subject_freshen(struct workspace *workspace, struct slice change, bool *rewound, struct error *error);

/* "sha256:…" in the arena; null for none. */
struct value subject_digest(struct arena *arena, const struct digest *digest);
struct value subject_oid(struct arena *arena, const struct oid *oid);
struct value subject_text(struct slice text); /* null where it is empty */

#endif
