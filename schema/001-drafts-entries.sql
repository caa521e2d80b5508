-- drafts.db: what was entered and not signed yet, and submissions on their way. Nothing else holds it.
CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    change      TEXT    NOT NULL,
    module      TEXT    NOT NULL,
    principal   TEXT    NOT NULL,
    record      BLOB, -- NULL while it is open; then the record that was made of it
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    step        INTEGER NOT NULL DEFAULT 0, -- of the history: where undo stands
    prompt      TEXT    NOT NULL DEFAULT '',
    case_id     TEXT    NOT NULL DEFAULT '',
    criterion   TEXT    NOT NULL DEFAULT '',
    scroll      INTEGER NOT NULL DEFAULT 0,
    typing      TEXT    NOT NULL DEFAULT '',
    typing_what TEXT    NOT NULL DEFAULT '',
    seed        INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX draft_open ON draft (change, module, principal) WHERE record IS NULL;
CREATE INDEX draft_of_person ON draft (principal, module);
CREATE TABLE entry (
    draft      INTEGER NOT NULL,
    kind       INTEGER NOT NULL, -- enum drafts_kind
    prompt     TEXT    NOT NULL,
    case_id    TEXT    NOT NULL,
    output     BLOB    NOT NULL, -- SHA-256
    name       TEXT    NOT NULL,
    value      INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    carried    INTEGER NOT NULL,
    PRIMARY KEY (draft, kind, prompt, case_id, output, name)
) WITHOUT ROWID;
CREATE INDEX entry_of_output ON entry (output, case_id, prompt);
CREATE TABLE history (
    id          INTEGER PRIMARY KEY,
    draft       INTEGER NOT NULL,
    step        INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    prompt      TEXT    NOT NULL,
    case_id     TEXT    NOT NULL,
    output      BLOB    NOT NULL,
    name        TEXT    NOT NULL,
    old_present INTEGER NOT NULL,
    old_value   INTEGER NOT NULL,
    old_text    TEXT    NOT NULL,
    old_carried INTEGER NOT NULL,
    new_present INTEGER NOT NULL,
    new_value   INTEGER NOT NULL,
    new_text    TEXT    NOT NULL,
    new_carried INTEGER NOT NULL
);
CREATE INDEX history_of_draft ON history (draft, step);
CREATE TABLE journal (
    id         INTEGER PRIMARY KEY,
    name       BLOB    NOT NULL UNIQUE, -- SHA-256 of bytes
    state      INTEGER NOT NULL,        -- enum journal_state
    kind       TEXT    NOT NULL,
    change     TEXT    NOT NULL,
    module     TEXT    NOT NULL,
    principal  TEXT    NOT NULL,
    bytes      BLOB    NOT NULL,
    signature  BLOB    NOT NULL,
    commit_oid BLOB    NOT NULL,
    draft      INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    problem    TEXT    NOT NULL,
    created_at INTEGER NOT NULL
);
