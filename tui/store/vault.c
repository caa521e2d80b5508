#include "assay/store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/file.h"

enum { VAULT_BUSY_MS = 5000, VAULT_NAMES_MAX = 1000 };

static const struct database_options vault_options = {
    .migrations = "drafts", .durable = true, .check = true, .busy_ms = VAULT_BUSY_MS};

/* Tables and their primary keys, so that a table can be read from both ends of its tree. */
static const struct {
    const char *table, *upward, *downward;
} vault_tables[] = {
    {"draft", "id", "id DESC"},
    {"entry", "draft, kind, prompt, case_id, output, name",
     "draft DESC, kind DESC, prompt DESC, case_id DESC, output DESC, name DESC"},
    {"journal", "id", "id DESC"},
    {"history", "id", "id DESC"},
};

static sqlite3_stmt *vault_insertion(sqlite3 *to, const char *table, sqlite3_stmt *row)
{
    struct str sql = STR_INIT;
    sqlite3_stmt *insertion = NULL;
    int columns = sqlite3_column_count(row);

    /* By name: an older file may have fewer columns. Names come from a damaged file, so they are quoted by SQLite. */
    str_appendf(&sql, "INSERT OR IGNORE INTO %s (", table);
    for (int i = 0; i < columns; i++) {
        char *name = sqlite3_mprintf("%s\"%w\"", i ? ", " : "", sqlite3_column_name(row, i));
        str_append_text(&sql, name ? name : "");
        sqlite3_free(name);
    }
    str_append_text(&sql, ") VALUES (?");
    for (int i = 1; i < columns; i++)
        str_append_text(&sql, ", ?");
    str_append_text(&sql, ")");
    sqlite3_prepare_v2(to, sql.data, -1, &insertion, NULL);
    str_clear(&sql);
    return insertion;
}

/* Copies rows in this order until the end or the first page that cannot be read. Returns how many are new. */
static size_t vault_copy(sqlite3 *from, sqlite3 *to, const char *table, const char *order)
{
    struct str sql = STR_INIT;
    sqlite3_stmt *row = NULL, *insertion = NULL;
    size_t copied = 0;

    str_appendf(&sql, "SELECT * FROM %s NOT INDEXED ORDER BY %s", table, order);
    if (sqlite3_prepare_v2(from, sql.data, -1, &row, NULL) == SQLITE_OK)
        insertion = vault_insertion(to, table, row);
    while (insertion && sqlite3_step(row) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(row); i++)
            sqlite3_bind_value(insertion, i + 1, sqlite3_column_value(row, i));
        if (sqlite3_step(insertion) == SQLITE_DONE)
            copied += (size_t)sqlite3_changes64(to);
        sqlite3_reset(insertion);
    }
    sqlite3_finalize(insertion);
    sqlite3_finalize(row);
    str_clear(&sql);
    return copied;
}

static size_t vault_salvage(const char *damaged, struct database *database)
{
    struct error ignored = ERROR_INIT;
    sqlite3 *from = NULL;
    size_t copied = 0;

    if (sqlite3_open_v2(damaged, &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
        database_begin(database, &ignored) == 0) {
        /* The damaged file is kept as it was found. */
        sqlite3_db_config(from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_db_config(from, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        for (size_t i = 0; i < ARRAY_COUNT(vault_tables); i++) {
            sqlite3 *to = database_handle(database);
            copied += vault_copy(from, to, vault_tables[i].table, vault_tables[i].upward);
            copied += vault_copy(from, to, vault_tables[i].table, vault_tables[i].downward);
        }
        if (database_end(database, 0, &ignored))
            copied = 0;
    }
    sqlite3_close(from);
    return copied;
}

/* A suffix that no file has yet: ".damaged-2026-11-20T10:12:00Z", with a number when that is taken. */
static void vault_suffix(const char *path, struct str *suffix)
{
    struct str name = STR_INIT;
    char time[21];

    env_format_utc(env_now(), time);
    for (int i = 0; i < VAULT_NAMES_MAX; i++) {
        str_reset(suffix);
        str_appendf(suffix, ".damaged-%s", time);
        if (i)
            str_appendf(suffix, "-%d", i);
        str_reset(&name);
        str_appendf(&name, "%s%s", path, suffix->data);
        if (!file_exists(name.data))
            break;
    }
    str_clear(&name);
}

static int vault_repair(const char *path, struct database **database, struct str *note, struct error *error)
{
    struct str suffix = STR_INIT, damaged = STR_INIT;
    enum database_state state;

    vault_suffix(path, &suffix);
    str_appendf(&damaged, "%s%s", path, suffix.data);
    int result = database_rename(path, suffix.data, error);
    if (result == 0)
        result = database_open(path, &vault_options, database, &state, error);
    if (result == 0) {
        size_t copied = vault_salvage(damaged.data, *database);
        if (note) {
            str_reset(note);
            str_appendf(note,
                        "drafts.db was damaged: %zu rows could be read and are in a new file; look through what you "
                        "have entered. The damaged one is kept as %s",
                        copied, damaged.data);
        }
    }
    str_clear(&suffix);
    str_clear(&damaged);
    return result;
}

/* Who gets the lock looks again: another process may have repaired it meanwhile. */
static int vault_repair_once(const char *folder, const char *path, struct database **database, struct str *note,
                             struct error *error)
{
    struct str lock = STR_INIT;
    struct error found = ERROR_INIT;
    enum database_state state;
    int result;

    file_join(&lock, folder, "drafts.lock");
    int descriptor = open(lock.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || flock(descriptor, LOCK_EX)) {
        result = error_set_system(error, ERROR_ENVIRONMENT, errno, "%s: cannot be locked to repair drafts", lock.data);
    } else {
        result = database_open(path, &vault_options, database, &state, &found);
        if (result && state == DATABASE_DAMAGED)
            result = vault_repair(path, database, note, error);
        else if (result)
            error_set(error, found.kind, "%s", found.text);
    }
    if (descriptor >= 0)
        close(descriptor);
    str_clear(&lock);
    return result;
}

/* Nothing is in a file that a file system emptied, and SQLite would begin anew in it as if nothing had been. So would a
 * start that was killed before its first page: the words are true of both. */
static bool vault_is_empty(const char *path)
{
    struct stat status;
    struct str log = STR_INIT;
    str_appendf(&log, "%s-wal", path);
    bool empty = stat(path, &status) == 0 && status.st_size == 0 && !file_exists(log.data);
    str_clear(&log);
    return empty;
}

int vault_open(const char *folder, struct database **database, struct str *note, struct error *error)
{
    struct str path = STR_INIT;
    struct error found = ERROR_INIT;
    enum database_state state = DATABASE_FAILED;

    *database = NULL;
    if (file_make_folders(folder, 0700, error))
        return -1;
    file_join(&path, folder, "drafts.db");
    bool empty = vault_is_empty(path.data);
    int result = database_open(path.data, &vault_options, database, &state, &found);
    if (result == 0 && empty && note) {
        str_reset(note);
        str_appendf(note, "drafts.db was empty: drafts that were in it are lost, unless you have a copy of %s",
                    path.data);
    }
    if (result && state == DATABASE_DAMAGED)
        result = vault_repair_once(folder, path.data, database, note, error);
    else if (result)
        error_set(error, found.kind, "%s", found.text);
    str_clear(&path);
    return result;
}
