#include "assay/store/journal.h"

#include <sqlite3.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/store/vault.h"

struct journal {
    struct database *database;
};

int journal_open(const char *folder, struct journal **journal, struct str *note, struct error *error)
{
    struct database *database;

    *journal = NULL;
    if (vault_open(folder, &database, note, error))
        return -1;
    *journal = memory_new(sizeof **journal);
    (*journal)->database = database;
    return 0;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    database_close(journal->database);
    memory_free(journal);
}

int journal_add(struct journal *journal, const struct journal_entry *entry, struct digest *name, struct error *error)
{
    const struct oid none = {{0}};

    digest_of(entry->bytes, name);
    return database_run(
        journal->database, error,
        "INSERT OR IGNORE INTO journal (name, state, kind, change, module, principal, bytes, signature, "
        "commit_oid, draft, attempts, problem, created_at) "
        "VALUES (?, 0, ?, ?, ?, ?, ?, x'', ?, ?, 0, '', ?)",
        "dssssboii", name, entry->kind, entry->change, entry->module, entry->principal, entry->bytes, &none,
        entry->draft, env_now());
}

/* The state of an entry, for the messages of moves that did not happen. */
static int journal_state(struct journal *journal, const struct digest *name, enum journal_state *state,
                         struct error *error)
{
    char text[DIGEST_TEXT_SIZE + 1];
    sqlite3_stmt *row = database_bind(journal->database, error, "SELECT state FROM journal WHERE name = ?", "d", name);
    int found = row ? database_step(journal->database, row, error) : -1;

    if (found == 1) {
        *state = (enum journal_state)sqlite3_column_int(row, 0);
        database_reset(row);
        return 0;
    }
    digest_format(name, text);
    return found < 0 ? -1 : error_set(error, ERROR_ENVIRONMENT, "%s is not in the journal of submissions", text);
}

/* After an UPDATE that ran: it moved, or the entry is there and at least as far as `least`. */
static int journal_moved(struct journal *journal, const struct digest *name, enum journal_state least,
                         struct error *error)
{
    enum journal_state state = JOURNAL_COMPOSED;
    char text[DIGEST_TEXT_SIZE + 1];

    if (database_changes(journal->database) > 0)
        return 0;
    if (journal_state(journal, name, &state, error))
        return -1;
    if (state >= least)
        return 0;
    digest_format(name, text);
    return error_set(error, ERROR_ENVIRONMENT, "%s skipped a step on its way to the log", text);
}

int journal_signed(struct journal *journal, const struct digest *name, struct slice signature, struct error *error)
{
    if (database_run(journal->database, error,
                     "UPDATE journal SET state = 1, signature = ? WHERE name = ? AND state = 0", "bd", signature, name))
        return -1;
    return journal_moved(journal, name, JOURNAL_SIGNED, error);
}

int journal_committed(struct journal *journal, const struct digest *name, const struct oid *commit, struct error *error)
{
    /* From committed to committed: rebuilt on a new tip. */
    if (database_run(journal->database, error,
                     "UPDATE journal SET state = 2, commit_oid = ? WHERE name = ? AND state IN (1, 2)", "od", commit,
                     name))
        return -1;
    return journal_moved(journal, name, JOURNAL_PUSHED, error);
}

int journal_pushed(struct journal *journal, const struct digest *name, struct error *error)
{
    /* The bytes are in git and on the remote now; the row stays, so that the same record is never sent twice. */
    if (database_run(journal->database, error,
                     "UPDATE journal SET state = 3, bytes = x'', signature = x'', problem = '' "
                     "WHERE name = ? AND state = 2",
                     "d", name))
        return -1;
    return journal_moved(journal, name, JOURNAL_PUSHED, error);
}

int journal_failed(struct journal *journal, const struct digest *name, struct slice problem, struct error *error)
{
    if (database_run(journal->database, error,
                     "UPDATE journal SET attempts = attempts + 1, problem = ? WHERE name = ? AND state < 3", "sd",
                     problem, name))
        return -1;
    return journal_moved(journal, name, JOURNAL_PUSHED, error);
}

int journal_drop(struct journal *journal, const struct digest *name, struct error *error)
{
    enum journal_state state;

    if (database_run(journal->database, error, "DELETE FROM journal WHERE name = ? AND state < 2", "d", name))
        return -1;
    if (database_changes(journal->database) > 0)
        return 0;
    if (journal_state(journal, name, &state, error))
        return -1;
    return error_set(error, ERROR_ENVIRONMENT,
                     "the record is committed already: withdraw it with a new record instead");
}

void journal_entries_clear(struct journal_entries *entries)
{
    arena_clear(&entries->arena);
    memory_free(entries->items);
    *entries = (struct journal_entries){.count = 0};
}

static void journal_push(struct journal_entries *entries, sqlite3_stmt *row)
{
    struct arena *arena = &entries->arena;
    struct journal_entry entry = {.state = (enum journal_state)sqlite3_column_int(row, 0)};

    database_digest(row, 1, &entry.name);
    entry.kind = arena_copy(arena, database_slice(row, 2));
    entry.change = arena_copy(arena, database_slice(row, 3));
    entry.module = arena_copy(arena, database_slice(row, 4));
    entry.principal = arena_copy(arena, database_slice(row, 5));
    entry.bytes = arena_copy(arena, database_slice(row, 6));
    entry.signature = arena_copy(arena, database_slice(row, 7));
    database_oid(row, 8, &entry.commit);
    entry.draft = sqlite3_column_int64(row, 9);
    entry.attempts = sqlite3_column_int64(row, 10);
    entry.problem = arena_copy(arena, database_slice(row, 11));
    entry.created_at = sqlite3_column_int64(row, 12);
    *ARRAY_PUSH(entries->items, entries->count, entries->capacity) = entry;
}

int journal_pending(struct journal *journal, struct journal_entries *entries, struct error *error)
{
    sqlite3_stmt *row = database_bind(journal->database, error,
                                      "SELECT state, name, kind, change, module, principal, bytes, signature, "
                                      "commit_oid, draft, attempts, problem, created_at FROM journal "
                                      "WHERE state < 3 ORDER BY id",
                                      "");
    int more = row ? database_step(journal->database, row, error) : -1;

    for (; more == 1; more = database_step(journal->database, row, error))
        journal_push(entries, row);
    return more;
}
