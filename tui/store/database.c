#include "assay/store/database.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/embedded.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"

enum { DATABASE_CHECK_MAX = 16 << 20 };

struct prepared {
    const char *sql; /* the literal itself: compared by address */
    sqlite3_stmt *statement;
};

struct database {
    sqlite3 *handle;
    char *path;
    enum database_state state;
    struct prepared *prepared;
    size_t count, capacity;
};

static enum database_state database_judge(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
        return DATABASE_OK;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return DATABASE_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return DATABASE_LOCKED;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
        return DATABASE_FORBIDDEN;
    default:
        return DATABASE_FAILED;
    }
}

static int database_fail(struct database *database, struct error *error)
{
    static const char *const ways_out[] = {
        [DATABASE_OK] = "try again",
        [DATABASE_DAMAGED] = "start assay again to have it repaired",
        [DATABASE_NEWER] = "update assay",
        [DATABASE_LOCKED] = "another assay holds it: try again, or end that one",
        [DATABASE_FORBIDDEN] = "check that you may write to the file and its folder, and that the disk is not full",
        [DATABASE_FAILED] = "check the disk and the space left on it",
    };
    database->state = database_judge(sqlite3_extended_errcode(database->handle));
    return error_set(error, ERROR_ENVIRONMENT, "%s: %s (%s)", database->path, sqlite3_errmsg(database->handle),
                     ways_out[database->state]);
}

static int database_execute(struct database *database, const char *sql, struct error *error)
{
    return sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : database_fail(database, error);
}

static int database_number(struct database *database, const char *sql, int64_t *number, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL);

    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    return sqlite3_finalize(statement) == SQLITE_OK && code == SQLITE_OK ? 0 : database_fail(database, error);
}

/* Whether `path` is schema/NNN-<which>-….sql; its number. */
static bool database_migration(const char *path, const char *which, int64_t *number)
{
    struct slice rest = slice_of(path), digits, name;
    uint64_t parsed;

    if (!slice_starts_with(rest, SLICE("schema/")) || !slice_ends_with(rest, SLICE(".sql")))
        return false;
    rest = slice_from(rest, strlen("schema/"));
    if (!slice_cut(&rest, '-', &digits) || !slice_to_uint64(digits, &parsed) || !slice_cut(&rest, '-', &name))
        return false;
    *number = (int64_t)parsed;
    return slice_is(name, which);
}

static int database_apply(struct database *database, struct slice sql, int64_t number, struct error *error)
{
    struct str text = STR_INIT;
    int64_t version = 0;
    int result = database_begin(database, error);

    if (result)
        return result;
    /* Another process may have been quicker. */
    result = database_number(database, "PRAGMA user_version", &version, error);
    if (result == 0 && version < number) {
        str_append(&text, sql);
        str_appendf(&text, "\nPRAGMA user_version = %lld;", (long long)number);
        result = database_execute(database, text.data, error);
    }
    str_clear(&text);
    return database_end(database, result, error);
}

static int database_migrate(struct database *database, const char *which, struct error *error)
{
    size_t count;
    int64_t version = 0, newest = 0, number;
    const struct embedded *files = embedded_all(&count);

    if (database_number(database, "PRAGMA user_version", &version, error))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!database_migration(files[i].path, which, &number))
            continue;
        newest = number;
        if (number > version && database_apply(database, files[i].bytes, number, error))
            return -1;
    }
    if (version > newest) {
        database->state = DATABASE_NEWER;
        return error_set(error, ERROR_ENVIRONMENT,
                         "%s: written by a newer assay (version %lld, this one knows %lld); update assay",
                         database->path, (long long)version, (long long)newest);
    }
    return 0;
}

static int database_check(struct database *database, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    bool sound = false;

    if (database_size(database) > DATABASE_CHECK_MAX)
        return 0;
    if (sqlite3_prepare_v2(database->handle, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        sound = slice_is(database_slice(statement, 0), "ok");
    if (sqlite3_finalize(statement) != SQLITE_OK)
        return database_fail(database, error);
    if (!sound) {
        database->state = DATABASE_DAMAGED;
        return error_set(error, ERROR_ENVIRONMENT, "%s: the database is damaged; start assay again to have it repaired",
                         database->path);
    }
    return 0;
}

/* Where two processes turn a new file over to its log at once SQLite refuses one of them without waiting, since each
 * would wait for the other's lock. So the waiting is done here, as long as its own would last. */
static int database_use_log(struct database *database, int busy_ms, struct error *error)
{
    enum { PAUSE_MS = 5 };
    int result = -1;

    for (int left = busy_ms; result && left >= 0; left -= PAUSE_MS) {
        struct error refused = ERROR_INIT;
        result = database_execute(database, "PRAGMA journal_mode = WAL", &refused);
        if (result && (database->state != DATABASE_LOCKED || left < PAUSE_MS))
            return error_set(error, refused.kind, "%s", refused.text);
        if (result)
            sqlite3_sleep(PAUSE_MS);
    }
    sqlite3_busy_timeout(database->handle, busy_ms);
    return result;
}

static int database_prepare_file(struct database *database, const struct database_options *options, struct error *error)
{
    sqlite3_extended_result_codes(database->handle, 1);
    /* The file is the user's own, but a hostile one must not make SQLite run its functions or triggers. */
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (database_use_log(database, options->busy_ms, error) ||
        database_execute(database, options->durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                         error) ||
        (options->check && database_check(database, error)))
        return -1;
    return database_migrate(database, options->migrations, error);
}

int database_open(const char *path, const struct database_options *options, struct database **database,
                  enum database_state *state, struct error *error)
{
    struct database *made = memory_new(sizeof *made);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int result = 0;

    made->path = memory_copy_text(path);
    if (sqlite3_open_v2(path, &made->handle, flags, NULL) != SQLITE_OK)
        result = made->handle ? database_fail(made, error)
                              : error_set(error, ERROR_ENVIRONMENT, "%s: cannot be opened: out of memory", path);
    if (result == 0)
        result = database_prepare_file(made, options, error);
    *state = result == 0 ? DATABASE_OK : made->state;
    if (result) {
        database_close(made);
        made = NULL;
    }
    *database = made;
    return result;
}

void database_close(struct database *database)
{
    if (!database)
        return;
    for (size_t i = 0; i < database->count; i++)
        sqlite3_finalize(database->prepared[i].statement);
    memory_free(database->prepared);
    sqlite3_close(database->handle);
    memory_free(database->path);
    memory_free(database);
}

static sqlite3_stmt *database_prepare(struct database *database, const char *sql, struct error *error)
{
    for (size_t i = 0; i < database->count; i++)
        if (database->prepared[i].sql == sql)
            return database->prepared[i].statement;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        database_fail(database, error);
        return NULL;
    }
    *ARRAY_PUSH(database->prepared, database->count, database->capacity) = (struct prepared){sql, statement};
    return statement;
}

/* The caller's bytes stay where they are until the statement is reset, so none is copied. */
static void database_bind_one(sqlite3_stmt *statement, int at, char type, va_list *arguments)
{
    struct slice bytes;

    switch (type) {
    case 'i':
        sqlite3_bind_int64(statement, at, va_arg(*arguments, int64_t));
        return;
    case 's':
        bytes = va_arg(*arguments, struct slice);
        sqlite3_bind_text64(statement, at, bytes.size ? bytes.data : "", bytes.size, SQLITE_STATIC, SQLITE_UTF8);
        return;
    case 'd':
        bytes = digest_slice(va_arg(*arguments, const struct digest *));
        break;
    case 'o':
        bytes = oid_slice(va_arg(*arguments, const struct oid *));
        break;
    default:
        bytes = va_arg(*arguments, struct slice);
        break;
    }
    sqlite3_bind_blob64(statement, at, bytes.size ? bytes.data : "", bytes.size, SQLITE_STATIC);
}

static sqlite3_stmt *database_bind_list(struct database *database, struct error *error, const char *sql,
                                        const char *types, va_list *arguments)
{
    sqlite3_stmt *statement = database_prepare(database, sql, error);

    for (int i = 0; statement && types[i]; i++)
        database_bind_one(statement, i + 1, types[i], arguments);
    return statement;
}

sqlite3_stmt *database_bind(struct database *database, struct error *error, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = database_bind_list(database, error, sql, types, &arguments);
    va_end(arguments);
    return statement;
}

int database_step(struct database *database, sqlite3_stmt *statement, struct error *error)
{
    int code = sqlite3_step(statement);

    if (code == SQLITE_ROW)
        return 1;
    int result = code == SQLITE_DONE ? 0 : database_fail(database, error);
    database_reset(statement);
    return result;
}

void database_reset(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

int database_run(struct database *database, struct error *error, const char *sql, const char *types, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, types);
    sqlite3_stmt *statement = database_bind_list(database, error, sql, types, &arguments);
    va_end(arguments);
    if (!statement)
        return -1;
    do
        result = database_step(database, statement, error);
    while (result == 1);
    return result;
}

int database_begin(struct database *database, struct error *error)
{
    return database_run(database, error, "BEGIN IMMEDIATE", "");
}

int database_end(struct database *database, int result, struct error *error)
{
    if (result == 0)
        result = database_run(database, error, "COMMIT", "");
    if (result && !sqlite3_get_autocommit(database->handle))
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

bool database_has_moved(struct database *database)
{
    int moved = 0;
    return sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved;
}

int64_t database_changes(const struct database *database)
{
    return sqlite3_changes64(database->handle);
}

int64_t database_last_id(const struct database *database)
{
    return sqlite3_last_insert_rowid(database->handle);
}

enum database_state database_state(const struct database *database)
{
    return database->state;
}

sqlite3 *database_handle(struct database *database)
{
    return database->handle;
}

size_t database_size(struct database *database)
{
    struct error ignored = ERROR_INIT;
    int64_t pages = 0, page = 0;

    if (database_number(database, "PRAGMA page_count", &pages, &ignored) ||
        database_number(database, "PRAGMA page_size", &page, &ignored))
        return 0;
    return (size_t)(pages * page);
}

struct slice database_slice(sqlite3_stmt *statement, int column)
{
    const void *data = sqlite3_column_blob(statement, column);
    return slice_make(data, (size_t)sqlite3_column_bytes(statement, column));
}

bool database_digest(sqlite3_stmt *statement, int column, struct digest *digest)
{
    struct slice bytes = database_slice(statement, column);

    *digest = (struct digest){{0}};
    if (bytes.size != DIGEST_SIZE)
        return false;
    memcpy(digest->bytes, bytes.data, DIGEST_SIZE);
    return true;
}

bool database_oid(sqlite3_stmt *statement, int column, struct oid *oid)
{
    struct slice bytes = database_slice(statement, column);

    *oid = (struct oid){{0}};
    if (bytes.size != OID_SIZE)
        return false;
    memcpy(oid->bytes, bytes.data, OID_SIZE);
    return true;
}

/* The log before the file: a log without its file is never applied to a new one. */
static const char *const database_parts[] = {"-wal", "-shm", ""};

int database_remove(const char *path, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < ARRAY_COUNT(database_parts) && result == 0; i++) {
        struct str part = STR_INIT;
        str_appendf(&part, "%s%s", path, database_parts[i]);
        result = file_remove(part.data, error);
        str_clear(&part);
    }
    return result;
}

int database_rename(const char *path, const char *suffix, struct error *error)
{
    int result = 0;
    for (size_t i = 0; i < ARRAY_COUNT(database_parts) && result == 0; i++) {
        struct str from = STR_INIT, to = STR_INIT;
        str_appendf(&from, "%s%s", path, database_parts[i]);
        str_appendf(&to, "%s%s%s", path, suffix, database_parts[i]);
        if (rename(from.data, to.data) && errno != ENOENT)
            result =
                error_set_system(error, ERROR_ENVIRONMENT, errno, "%s cannot be renamed to %s", from.data, to.data);
        str_clear(&from);
        str_clear(&to);
    }
    return result;
}
