/* A SQLite file with numbered migrations: what index, drafts and journal have in common. For this folder only. */
#ifndef ASSAY_STORE_DATABASE_H
#define ASSAY_STORE_DATABASE_H

#include "assay/base/error.h"
#include "assay/model/oid.h"
#include "assay/trust/digest.h"

/* SQLite's own names, so that rows can be handed around; who reads columns includes sqlite3.h. */
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

enum database_state {
    DATABASE_OK,
    DATABASE_DAMAGED,   /* no database, or its pages contradict each other */
    DATABASE_NEWER,     /* a later assay wrote it */
    DATABASE_LOCKED,    /* somebody held it longer than the timeout */
    DATABASE_FORBIDDEN, /* no permission, read-only */
    DATABASE_FAILED,    /* disk full, I/O, anything else */
};

struct database;

struct database_options {
    const char *migrations; /* "index": schema/NNN-index-*.sql, each applied once, in order */
    bool durable;           /* each transaction is synced; else the last ones may be lost at power loss, none half */
    bool check;             /* look through the whole file for damage first, if it is not over 16 MiB */
    int busy_ms;            /* how long to wait for other processes */
};

/* Opens or makes it and brings it up to date. On failure *state says which, and the error names the file. */
int database_open(const char *path, const struct database_options *options, struct database **database,
                  enum database_state *state, struct error *error);
void database_close(struct database *database); /* NULL is fine */

/* A statement with its parameters bound, by a letter for each: s struct slice as text, b struct slice as blob,
 * i int64_t, d const struct digest *, o const struct oid *. `sql` has to be a literal: prepared once a database. NULL and the error
 * when the database is damaged or the statement cannot be prepared. */
sqlite3_stmt *database_bind(struct database *database, struct error *error, const char *sql, const char *types, ...);
/* 1: a row is there; 0: done; -1: error. The statement is reset by all but 1. */
int database_step(struct database *database, sqlite3_stmt *statement, struct error *error);
void database_reset(sqlite3_stmt *statement); /* after a row, when no more are wanted */
/* Binds and steps to the end. */
int database_run(struct database *database, struct error *error, const char *sql, const char *types, ...);

int database_begin(struct database *database, struct error *error); /* takes the write lock at once */
/* Commits when result is 0, else rolls back; returns result, or -1 when the commit failed. */
int database_end(struct database *database, int result, struct error *error);
/* Another process gave the file another name (a repair): what is written here now would be read by nobody. */
bool database_has_moved(struct database *database);
int64_t database_changes(const struct database *database); /* rows that the last statement changed */
int64_t database_last_id(const struct database *database);
enum database_state database_state(const struct database *database); /* of the last failure */
sqlite3 *database_handle(struct database *database);
size_t database_size(struct database *database); /* bytes of the file */

/* Columns of the row; valid until the next step. */
struct slice database_slice(sqlite3_stmt *statement, int column);
bool database_digest(sqlite3_stmt *statement, int column, struct digest *digest); /* false, none: not 32 bytes */
bool database_oid(sqlite3_stmt *statement, int column, struct oid *oid);

/* The file and its -wal and -shm: removed, or given `suffix`. */
int database_remove(const char *path, struct error *error);
int database_rename(const char *path, const char *suffix, struct error *error);

#endif
