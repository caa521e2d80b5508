-- assay.db: facts about immutable git objects and the last queue. All of it can be rebuilt.
CREATE TABLE fact (
    kind  TEXT NOT NULL, -- decoder and its version: "golden/1"
    oid   BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (kind, oid)
) WITHOUT ROWID;
CREATE TABLE merge_base (
    target BLOB NOT NULL,
    tip    BLOB NOT NULL,
    base   BLOB NOT NULL, -- all zero: unrelated
    PRIMARY KEY (target, tip)
) WITHOUT ROWID;
CREATE TABLE file_digest (
    blob   BLOB NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE snapshot (
    key      TEXT    NOT NULL,
    position INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    PRIMARY KEY (key, position)
) WITHOUT ROWID;
CREATE TABLE log (
    log      TEXT NOT NULL PRIMARY KEY,
    position BLOB NOT NULL -- the last commit that was read
) WITHOUT ROWID;
CREATE TABLE log_record (
    log        TEXT NOT NULL,
    path       TEXT NOT NULL,
    record     BLOB NOT NULL,
    signature  BLOB NOT NULL, -- all zero: none
    commit_oid BLOB NOT NULL,
    PRIMARY KEY (log, path, record, signature)
) WITHOUT ROWID;
