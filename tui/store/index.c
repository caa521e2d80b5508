#include "assay/store/index.h"

#include <string.h>

#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/store/database.h"

enum {
    INDEX_BUSY_MS = 2000,
    INDEX_SIZE_MAX = 512 << 20, /* facts of objects that are gone are never looked for: beyond this, begin anew */
};

struct index {
    struct database *database; /* NULL: cannot be used */
    char *path;
    int depth;     /* of index_begin */
    bool skipping; /* the transaction could not begin: its writes are left out */
};

static int index_connect(const char *path, struct database **database, enum database_state *state, struct error *error)
{
    const struct database_options options = {.migrations = "index", .busy_ms = INDEX_BUSY_MS};

    if (database_open(path, &options, database, state, error))
        return -1;
    if (database_size(*database) > INDEX_SIZE_MAX) {
        database_close(*database);
        *database = NULL;
        *state = DATABASE_DAMAGED;
        return error_set(error, ERROR_ENVIRONMENT, "%s: grown over 512 MiB", path);
    }
    return 0;
}

static void index_note(struct str *note, const char *what, const struct error *error)
{
    if (note) {
        str_reset(note);
        str_appendf(note, "%s: %s", what, error->text);
    }
}

struct index *index_open(const char *folder, struct str *note)
{
    struct index *index = memory_new(sizeof *index);
    struct error error = ERROR_INIT, again = ERROR_INIT;
    struct str path = STR_INIT;
    enum database_state state = DATABASE_FAILED;

    if (note)
        str_reset(note);
    file_join(&path, folder, "assay.db");
    index->path = str_take(&path);
    if (file_make_folders(folder, 0700, &error) == 0)
        index_connect(index->path, &index->database, &state, &error);
    if (!index->database && state == DATABASE_DAMAGED) {
        if (database_remove(index->path, &again) == 0 &&
            index_connect(index->path, &index->database, &state, &again) == 0)
            index_note(note, "The index is built anew", &error);
        else
            error = again;
    }
    if (!index->database)
        index_note(note, "Working without the index, more slowly", &error);
    return index;
}

void index_close(struct index *index)
{
    if (!index)
        return;
    database_close(index->database);
    memory_free(index->path);
    memory_free(index);
}

bool index_usable(const struct index *index)
{
    return index->database != NULL;
}

/* After a failure: a damaged file is removed, so that the next start builds it anew; this one goes on without. */
static void index_failed(struct index *index)
{
    struct error ignored = ERROR_INIT;

    if (database_state(index->database) != DATABASE_DAMAGED)
        return;
    database_close(index->database);
    index->database = NULL;
    database_remove(index->path, &ignored);
}

static bool index_may_write(const struct index *index)
{
    return index->database && !index->skipping;
}

void index_begin(struct index *index)
{
    struct error ignored = ERROR_INIT;

    if (index->depth++ == 0 && index->database) {
        index->skipping = database_begin(index->database, &ignored) != 0;
        if (index->skipping)
            index_failed(index);
    }
}

void index_commit(struct index *index)
{
    struct error ignored = ERROR_INIT;

    if (--index->depth > 0)
        return;
    if (index_may_write(index) && database_end(index->database, 0, &ignored))
        index_failed(index);
    index->skipping = false;
}

static void index_written(struct index *index, int result)
{
    if (result)
        index_failed(index);
}

/* The statement at its first row, or NULL. */
static sqlite3_stmt *index_first(struct index *index, sqlite3_stmt *statement, struct error *error)
{
    if (statement && database_step(index->database, statement, error) == 1)
        return statement;
    if (error_is_set(error))
        index_failed(index);
    return NULL;
}

bool index_fact(struct index *index, const char *kind, const struct oid *oid, struct str *out)
{
    struct error error = ERROR_INIT;

    if (!index->database)
        return false;
    sqlite3_stmt *row =
        index_first(index,
                    database_bind(index->database, &error, "SELECT bytes FROM fact WHERE kind = ? AND oid = ?", "so",
                                  slice_of(kind), oid),
                    &error);
    if (!row)
        return false;
    str_append(out, database_slice(row, 0));
    database_reset(row);
    return true;
}

void index_remember(struct index *index, const char *kind, const struct oid *oid, struct slice bytes)
{
    struct error ignored = ERROR_INIT;

    if (index_may_write(index))
        index_written(index, database_run(index->database, &ignored,
                                          "INSERT OR REPLACE INTO fact (kind, oid, bytes) VALUES (?, ?, ?)", "sob",
                                          slice_of(kind), oid, bytes));
}

bool index_merge_base(struct index *index, const struct oid *target, const struct oid *tip, struct oid *base)
{
    struct error error = ERROR_INIT;

    if (!index->database)
        return false;
    sqlite3_stmt *row =
        index_first(index,
                    database_bind(index->database, &error, "SELECT base FROM merge_base WHERE target = ? AND tip = ?",
                                  "oo", target, tip),
                    &error);
    if (!row)
        return false;
    bool known = database_oid(row, 0, base);
    database_reset(row);
    return known;
}

void index_remember_merge_base(struct index *index, const struct oid *target, const struct oid *tip,
                               const struct oid *base)
{
    struct error ignored = ERROR_INIT;

    if (index_may_write(index))
        index_written(index, database_run(index->database, &ignored,
                                          "INSERT OR REPLACE INTO merge_base (target, tip, base) VALUES (?, ?, ?)",
                                          "ooo", target, tip, base));
}

bool index_digest(struct index *index, const struct oid *blob, struct digest *digest)
{
    struct error error = ERROR_INIT;

    if (!index->database)
        return false;
    sqlite3_stmt *row = index_first(
        index, database_bind(index->database, &error, "SELECT digest FROM file_digest WHERE blob = ?", "o", blob),
        &error);
    if (!row)
        return false;
    bool known = database_digest(row, 0, digest);
    database_reset(row);
    return known;
}

void index_remember_digest(struct index *index, const struct oid *blob, const struct digest *digest)
{
    struct error ignored = ERROR_INIT;

    if (index_may_write(index))
        index_written(index, database_run(index->database, &ignored,
                                          "INSERT OR REPLACE INTO file_digest (blob, digest) VALUES (?, ?)", "od", blob,
                                          digest));
}

void index_save_snapshot(struct index *index, struct slice key, const struct slice *rows, size_t count)
{
    struct error error = ERROR_INIT;
    int result = 0;

    index_begin(index);
    if (index_may_write(index))
        result = database_run(index->database, &error, "DELETE FROM snapshot WHERE key = ?", "s", key);
    for (size_t i = 0; i < count && result == 0 && index_may_write(index); i++)
        result = database_run(index->database, &error, "INSERT INTO snapshot (key, position, bytes) VALUES (?, ?, ?)",
                              "sib", key, (int64_t)i, rows[i]);
    index_written(index, result);
    index_commit(index);
}

size_t index_snapshot(struct index *index, struct slice key, bool (*row)(void *context, struct slice bytes),
                      void *context)
{
    struct error error = ERROR_INIT;
    size_t given = 0;
    bool more = true;

    if (!index->database)
        return 0;
    sqlite3_stmt *statement = index_first(
        index,
        database_bind(index->database, &error, "SELECT bytes FROM snapshot WHERE key = ? ORDER BY position", "s", key),
        &error);
    while (statement && more) {
        given++;
        more = row(context, database_slice(statement, 0));
        if (!more)
            database_reset(statement);
        else if (database_step(index->database, statement, &error) != 1)
            more = false;
    }
    return given;
}

bool index_log_position(struct index *index, struct slice log, struct oid *commit)
{
    struct error error = ERROR_INIT;

    if (!index->database)
        return false;
    sqlite3_stmt *row = index_first(
        index, database_bind(index->database, &error, "SELECT position FROM log WHERE log = ?", "s", log), &error);
    if (!row)
        return false;
    bool known = database_oid(row, 0, commit);
    database_reset(row);
    return known;
}

/* All or nothing: a position without its records would hide them for good. */
void index_save_log(struct index *index, struct slice log, const struct oid *position,
                    const struct index_record *records, size_t count)
{
    struct error error = ERROR_INIT;
    int result = 0;

    if (!index_may_write(index) || database_run(index->database, &error, "SAVEPOINT log", ""))
        return;
    for (size_t i = 0; i < count && result == 0; i++)
        result =
            database_run(index->database, &error,
                         "INSERT OR IGNORE INTO log_record (log, path, record, signature, commit_oid) "
                         "VALUES (?, ?, ?, ?, ?)",
                         "ssooo", log, records[i].path, &records[i].record, &records[i].signature, &records[i].commit);
    if (result == 0)
        result = database_run(index->database, &error, "INSERT OR REPLACE INTO log (log, position) VALUES (?, ?)", "so",
                              log, position);
    if (result)
        database_run(index->database, &error, "ROLLBACK TO log", "");
    result |= database_run(index->database, &error, "RELEASE log", "");
    index_written(index, result);
}

size_t index_log_records(struct index *index, struct slice log, struct slice prefix,
                         bool (*each)(void *context, const struct index_record *record), void *context)
{
    struct error error = ERROR_INIT;
    size_t given = 0;
    bool more = true;

    if (!index->database)
        return 0;
    /* By range and not by LIKE, which knows wildcards and folds case. */
    sqlite3_stmt *row = index_first(index,
                                    database_bind(index->database, &error,
                                                  "SELECT path, record, signature, commit_oid FROM log_record "
                                                  "WHERE log = ? AND path >= ? ORDER BY path, record, signature",
                                                  "ss", log, prefix),
                                    &error);
    while (row && more) {
        struct index_record record = {.path = database_slice(row, 0)};
        more = slice_starts_with(record.path, prefix) && database_oid(row, 1, &record.record) &&
               database_oid(row, 2, &record.signature) && database_oid(row, 3, &record.commit);
        given += more;
        more = more && each(context, &record);
        if (!more)
            database_reset(row);
        else
            more = database_step(index->database, row, &error) == 1;
    }
    return given;
}

void index_forget_log(struct index *index, struct slice log)
{
    struct error error = ERROR_INIT;

    index_begin(index);
    if (index_may_write(index)) {
        int result = database_run(index->database, &error, "DELETE FROM log_record WHERE log = ?", "s", log);
        if (result == 0)
            result = database_run(index->database, &error, "DELETE FROM log WHERE log = ?", "s", log);
        index_written(index, result);
    }
    index_commit(index);
}
