/* Submissions on their way: composed → signed → committed → pushed. In drafts.db, since it is as precious.
 *
 * Each step is written, fully synced, when it is done; after a crash at any point the next start takes the open entries up
 * where they are. Nothing is lost, because the record's bytes are here before anything else happens. Nothing is
 * doubled, because a record's name is the hash of its bytes: the same bytes are the same entry, and committing or pushing
 * them again changes nothing. */
#ifndef ASSAY_STORE_JOURNAL_H
#define ASSAY_STORE_JOURNAL_H

#include "assay/base/arena.h"
#include "assay/base/error.h"
#include "assay/base/str.h"
#include "assay/model/oid.h"
#include "assay/trust/digest.h"

struct journal;

enum journal_state { JOURNAL_COMPOSED, JOURNAL_SIGNED, JOURNAL_COMMITTED, JOURNAL_PUSHED };

struct journal_entry {
    enum journal_state state;
    struct digest name; /* SHA-256 of bytes: identifies the entry */
    struct slice kind;  /* "record" or "seal" */
    struct slice change, module, principal;
    struct slice bytes;     /* what is signed */
    struct slice signature; /* armored; empty before JOURNAL_SIGNED */
    struct oid commit;      /* on the log or candidate; none before JOURNAL_COMMITTED; may be rebuilt */
    int64_t draft;          /* it was made of; 0: none */
    int64_t attempts;       /* pushes that failed */
    struct slice problem;   /* of the last attempt; empty: none */
    int64_t created_at;     /* seconds UTC */
};

int journal_open(const char *folder, struct journal **journal, struct str *note, struct error *error);
void journal_close(struct journal *journal);

/* Adds a composed entry; `name` is computed here. An entry of the same bytes that is there already is left as it is. */
int journal_add(struct journal *journal, const struct journal_entry *entry, struct digest *name, struct error *error);
/* Each moves an entry forward, never back: one that is further already is left alone, an unknown one is an error. */
int journal_signed(struct journal *journal, const struct digest *name, struct slice signature, struct error *error);
int journal_committed(struct journal *journal, const struct digest *name, const struct oid *commit,
                      struct error *error);
int journal_pushed(struct journal *journal, const struct digest *name, struct error *error);
/* A push failed: the entry stays committed. */
int journal_failed(struct journal *journal, const struct digest *name, struct slice problem, struct error *error);
/* Gives an entry up that was never committed (the user cancelled the signing); a committed one is an error. */
int journal_drop(struct journal *journal, const struct digest *name, struct error *error);

struct journal_entries {
    struct arena arena;
    struct journal_entry *items;
    size_t count, capacity;
};
void journal_entries_clear(struct journal_entries *entries);
/* Those that are not pushed, oldest first. Appended. */
int journal_pending(struct journal *journal, struct journal_entries *entries, struct error *error);

#endif
