#include "assay/store/drafts.h"

#include <sqlite3.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/store/vault.h"

struct drafts {
    struct database *database;
    struct str folder;
};

int drafts_open(const char *folder, struct drafts **drafts, struct str *note, struct error *error)
{
    struct database *database;

    *drafts = NULL;
    if (vault_open(folder, &database, note, error))
        return -1;
    *drafts = memory_new(sizeof **drafts);
    (*drafts)->database = database;
    str_init(&(*drafts)->folder);
    str_append_text(&(*drafts)->folder, folder);
    return 0;
}

/* The console holds drafts open for hours, and another process may find the file damaged and repair it meanwhile:
 * entries go to the new one, where drafts have the numbers that they had. */
static int drafts_follow(struct drafts *drafts, struct error *error)
{
    struct database *database;

    if (!database_has_moved(drafts->database))
        return 0;
    if (vault_open(drafts->folder.data, &database, NULL, error))
        return -1;
    database_close(drafts->database);
    drafts->database = database;
    return 0;
}

void drafts_close(struct drafts *drafts)
{
    if (!drafts)
        return;
    database_close(drafts->database);
    str_clear(&drafts->folder);
    memory_free(drafts);
}

void drafts_entries_clear(struct drafts_entries *entries)
{
    arena_clear(&entries->arena);
    memory_free(entries->items);
    *entries = (struct drafts_entries){.count = 0};
}

int drafts_find(struct drafts *drafts, struct slice change, struct slice module, struct slice principal, int64_t *draft,
                struct error *error)
{
    *draft = 0;
    if (drafts_follow(drafts, error))
        return -1;
    sqlite3_stmt *row = database_bind(drafts->database, error,
                                      "SELECT id FROM draft "
                                      "WHERE change = ? AND module = ? AND principal = ? AND record IS NULL",
                                      "sss", change, module, principal);
    int found = row ? database_step(drafts->database, row, error) : -1;
    if (found == 1) {
        *draft = sqlite3_column_int64(row, 0);
        database_reset(row);
    }
    return found < 0 ? -1 : 0;
}

int drafts_begin(struct drafts *drafts, struct slice change, struct slice module, struct slice principal,
                 int64_t *draft, struct error *error)
{
    if (drafts_find(drafts, change, module, principal, draft, error) || *draft)
        return error_is_set(error) ? -1 : 0;
    /* OR IGNORE: another process may have begun it since. */
    if (database_run(drafts->database, error,
                     "INSERT OR IGNORE INTO draft (change, module, principal, created_at, changed_at) "
                     "VALUES (?1, ?2, ?3, ?4, ?4)",
                     "sssi", change, module, principal, env_now()))
        return -1;
    return drafts_find(drafts, change, module, principal, draft, error);
}

/* --- entries ---------------------------------------------------------------------------------------------------- */

/* What an entry says, apart from what identifies it. */
struct state {
    bool present, carried;
    int64_t value;
    struct slice text;
};

static struct state drafts_state(const struct drafts_entry *entry)
{
    return (struct state){!entry->removed, !entry->removed && entry->carried, entry->removed ? 0 : entry->value,
                          entry->removed ? slice_make(NULL, 0) : entry->text};
}

static int drafts_read(struct drafts *drafts, int64_t draft, const struct drafts_entry *entry, struct arena *arena,
                       struct state *state, struct error *error)
{
    sqlite3_stmt *row = database_bind(drafts->database, error,
                                      "SELECT value, text, carried FROM entry WHERE draft = ? AND kind = ? AND "
                                      "prompt = ? AND case_id = ? AND output = ? AND name = ?",
                                      "iissds", draft, (int64_t)entry->kind, entry->prompt, entry->case_id,
                                      &entry->output, entry->name);
    *state = (struct state){.present = false};
    int found = row ? database_step(drafts->database, row, error) : -1;
    if (found == 1) {
        *state = (struct state){true, sqlite3_column_int(row, 2) != 0, sqlite3_column_int64(row, 0),
                                arena_copy(arena, database_slice(row, 1))};
        database_reset(row);
    }
    return found < 0 ? -1 : 0;
}

static int drafts_write(struct drafts *drafts, int64_t draft, const struct drafts_entry *entry,
                        const struct state *state, struct error *error)
{
    if (!state->present)
        return database_run(drafts->database, error,
                            "DELETE FROM entry WHERE draft = ? AND kind = ? AND prompt = ? AND case_id = ? AND "
                            "output = ? AND name = ?",
                            "iissds", draft, (int64_t)entry->kind, entry->prompt, entry->case_id, &entry->output,
                            entry->name);
    return database_run(drafts->database, error,
                        "INSERT OR REPLACE INTO entry (draft, kind, prompt, case_id, output, name, value, text, "
                        "carried) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iissdsisi", draft, (int64_t)entry->kind, entry->prompt, entry->case_id, &entry->output,
                        entry->name, state->value, state->text, (int64_t)state->carried);
}

static bool drafts_same(const struct state *a, const struct state *b)
{
    return a->present == b->present &&
           (!a->present || (a->carried == b->carried && a->value == b->value && slice_equal(a->text, b->text)));
}

static int drafts_step(struct drafts *drafts, int64_t draft, int64_t *step, struct error *error)
{
    sqlite3_stmt *row =
        database_bind(drafts->database, error, "SELECT step FROM draft WHERE id = ? AND record IS NULL", "i", draft);
    int found = row ? database_step(drafts->database, row, error) : -1;

    if (found == 1) {
        *step = sqlite3_column_int64(row, 0);
        database_reset(row);
    } else if (found == 0) {
        error_set(error, ERROR_ENVIRONMENT, "the draft was signed or removed meanwhile: open the module again");
    }
    return found == 1 ? 0 : -1;
}

static int drafts_set_step(struct drafts *drafts, int64_t draft, int64_t step, struct error *error)
{
    return database_run(drafts->database, error, "UPDATE draft SET step = ?, changed_at = ? WHERE id = ?", "iii", step,
                        env_now(), draft);
}

static int drafts_record(struct drafts *drafts, int64_t draft, int64_t step, const struct drafts_entry *entry,
                         const struct state *was, const struct state *is, struct error *error)
{
    return database_run(drafts->database, error,
                        "INSERT INTO history (draft, step, kind, prompt, case_id, output, name, old_present, "
                        "old_value, old_text, old_carried, new_present, new_value, new_text, new_carried) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiissdsiisiiisi", draft, step, (int64_t)entry->kind, entry->prompt, entry->case_id,
                        &entry->output, entry->name, (int64_t)was->present, was->value, was->text,
                        (int64_t)was->carried, (int64_t)is->present, is->value, is->text, (int64_t)is->carried);
}

static int drafts_apply_one(struct drafts *drafts, int64_t draft, int64_t *step, bool *stepped,
                            const struct drafts_entry *entry, bool undoable, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct state was, is = drafts_state(entry);
    int result = drafts_read(drafts, draft, entry, &arena, &was, error);

    if (result == 0 && !drafts_same(&was, &is)) {
        if (undoable && !*stepped) {
            /* What was taken back before is out of reach now. */
            result = database_run(drafts->database, error, "DELETE FROM history WHERE draft = ? AND step > ?", "ii",
                                  draft, *step);
            *stepped = true;
            ++*step;
        }
        if (result == 0 && undoable)
            result = drafts_record(drafts, draft, *step, entry, &was, &is, error);
        if (result == 0)
            result = drafts_write(drafts, draft, entry, &is, error);
    }
    arena_clear(&arena);
    return result;
}

int drafts_apply(struct drafts *drafts, int64_t draft, const struct drafts_entry *entries, size_t count, bool undoable,
                 struct error *error)
{
    int64_t step = 0;
    bool stepped = false;

    if (drafts_follow(drafts, error) || database_begin(drafts->database, error))
        return -1;
    int result = drafts_step(drafts, draft, &step, error);
    for (size_t i = 0; i < count && result == 0; i++)
        result = drafts_apply_one(drafts, draft, &step, &stepped, &entries[i], undoable, error);
    if (result == 0)
        result = drafts_set_step(drafts, draft, step, error);
    return database_end(drafts->database, result, error);
}

/* Columns: kind, prompt, case_id, output, name, value, text, carried, present. */
static void drafts_push(struct drafts_entries *entries, sqlite3_stmt *row)
{
    struct drafts_entry entry = {.kind = (enum drafts_kind)sqlite3_column_int(row, 0)};

    entry.prompt = arena_copy(&entries->arena, database_slice(row, 1));
    entry.case_id = arena_copy(&entries->arena, database_slice(row, 2));
    database_digest(row, 3, &entry.output);
    entry.name = arena_copy(&entries->arena, database_slice(row, 4));
    entry.value = sqlite3_column_int64(row, 5);
    entry.text = arena_copy(&entries->arena, database_slice(row, 6));
    entry.carried = sqlite3_column_int(row, 7) != 0;
    entry.removed = sqlite3_column_int(row, 8) == 0;
    *ARRAY_PUSH(entries->items, entries->count, entries->capacity) = entry;
}

static int drafts_collect(struct drafts *drafts, sqlite3_stmt *row, struct drafts_entries *entries, struct error *error)
{
    int found = row ? database_step(drafts->database, row, error) : -1;

    for (; found == 1; found = database_step(drafts->database, row, error))
        drafts_push(entries, row);
    return found;
}

int drafts_load(struct drafts *drafts, int64_t draft, struct drafts_entries *entries, struct error *error)
{
    return drafts_collect(drafts,
                          database_bind(drafts->database, error,
                                        "SELECT kind, prompt, case_id, output, name, value, text, carried, 1 "
                                        "FROM entry WHERE draft = ? ORDER BY kind, prompt, case_id, output, name",
                                        "i", draft),
                          entries, error);
}

/* --- history ---------------------------------------------------------------------------------------------------- */

/* Puts the entries of one step back to how `sql` says they were or became, and the draft to `after`. */
static int drafts_replay(struct drafts *drafts, int64_t draft, const char *sql, int64_t step, int64_t after,
                         struct drafts_entries *changed, struct error *error)
{
    size_t first = changed->count;
    int result = drafts_collect(drafts, database_bind(drafts->database, error, sql, "ii", draft, step), changed, error);

    for (size_t i = first; i < changed->count && result == 0; i++) {
        struct state state = drafts_state(&changed->items[i]);
        result = drafts_write(drafts, draft, &changed->items[i], &state, error);
    }
    if (result == 0 && changed->count > first)
        result = drafts_set_step(drafts, draft, after, error);
    return result;
}

/* Replays the step that ends at the current one, or (`ahead` 1) the one after it. */
static int drafts_move(struct drafts *drafts, int64_t draft, const char *sql, int64_t ahead,
                       struct drafts_entries *changed, struct error *error)
{
    int64_t step = 0;

    if (drafts_follow(drafts, error) || database_begin(drafts->database, error))
        return -1;
    int result = drafts_step(drafts, draft, &step, error);
    if (result == 0)
        result = drafts_replay(drafts, draft, sql, step + ahead, ahead ? step + 1 : step - 1, changed, error);
    return database_end(drafts->database, result, error);
}

int drafts_undo(struct drafts *drafts, int64_t draft, struct drafts_entries *changed, struct error *error)
{
    return drafts_move(drafts, draft,
                       "SELECT kind, prompt, case_id, output, name, old_value, old_text, old_carried, old_present "
                       "FROM history WHERE draft = ? AND step = ? ORDER BY id DESC",
                       0, changed, error);
}

int drafts_redo(struct drafts *drafts, int64_t draft, struct drafts_entries *changed, struct error *error)
{
    return drafts_move(drafts, draft,
                       "SELECT kind, prompt, case_id, output, name, new_value, new_text, new_carried, new_present "
                       "FROM history WHERE draft = ? AND step = ? ORDER BY id",
                       1, changed, error);
}

/* --- place ------------------------------------------------------------------------------------------------------ */

int drafts_set_place(struct drafts *drafts, int64_t draft, const struct drafts_place *place, struct error *error)
{
    if (drafts_follow(drafts, error))
        return -1;
    return database_run(drafts->database, error,
                        "UPDATE draft SET prompt = ?, case_id = ?, criterion = ?, scroll = ?, typing = ?, "
                        "typing_what = ?, seed = ? WHERE id = ?",
                        "sssissii", place->prompt, place->case_id, place->criterion, place->scroll, place->typing,
                        place->typing_what, place->seed, draft);
}

int drafts_place(struct drafts *drafts, int64_t draft, struct arena *arena, struct drafts_place *place,
                 struct error *error)
{
    sqlite3_stmt *row = database_bind(drafts->database, error,
                                      "SELECT prompt, case_id, criterion, scroll, typing, typing_what, seed "
                                      "FROM draft WHERE id = ?",
                                      "i", draft);
    *place = (struct drafts_place){.scroll = 0};
    int found = row ? database_step(drafts->database, row, error) : -1;
    if (found == 1) {
        place->prompt = arena_copy(arena, database_slice(row, 0));
        place->case_id = arena_copy(arena, database_slice(row, 1));
        place->criterion = arena_copy(arena, database_slice(row, 2));
        place->scroll = sqlite3_column_int64(row, 3);
        place->typing = arena_copy(arena, database_slice(row, 4));
        place->typing_what = arena_copy(arena, database_slice(row, 5));
        place->seed = sqlite3_column_int64(row, 6);
        database_reset(row);
    }
    return found < 0 ? -1 : 0;
}

/* --- across drafts ---------------------------------------------------------------------------------------------- */

int drafts_recall(struct drafts *drafts, int64_t draft, struct slice prompt, struct slice case_id,
                  const struct digest *output, struct drafts_entries *entries, struct error *error)
{
    size_t first = entries->count;

    if (digest_is_none(output))
        return 0;
    /* Scores, comments and flags of the newest other draft that says anything about this output. */
    sqlite3_stmt *row = database_bind(
        drafts->database, error,
        "SELECT kind, prompt, case_id, output, name, value, text, 1, 1 FROM entry "
        "WHERE output = ?1 AND case_id = ?2 AND prompt = ?3 AND kind IN (0, 1, 2) AND draft = ("
        "SELECT other.id FROM entry AS e JOIN draft AS other ON other.id = e.draft JOIN draft AS mine ON mine.id = ?4 "
        "WHERE e.output = ?1 AND e.case_id = ?2 AND e.prompt = ?3 AND e.kind IN (0, 1, 2) AND other.id <> mine.id "
        "AND other.principal = mine.principal AND other.module = mine.module "
        "ORDER BY other.changed_at DESC, other.id DESC LIMIT 1) ORDER BY kind, name",
        "dssi", output, case_id, prompt, draft);
    int result = drafts_collect(drafts, row, entries, error);
    for (size_t i = first; i < entries->count; i++)
        entries->items[i].carried = true;
    return result;
}

int drafts_submitted(struct drafts *drafts, int64_t draft, const struct digest *record, struct error *error)
{
    if (drafts_follow(drafts, error))
        return -1;
    return database_run(drafts->database, error,
                        "UPDATE draft SET record = ?, typing = '', typing_what = '' WHERE id = ? AND record IS NULL",
                        "di", record, draft);
}

int drafts_list(struct drafts *drafts, struct slice principal, struct arena *arena, struct drafts_summary **list,
                size_t *count, struct error *error)
{
    size_t capacity = 0;
    struct drafts_summary *found = NULL;
    sqlite3_stmt *row = database_bind(
        drafts->database, error,
        "SELECT d.id, d.change, d.module, "
        "(SELECT count(*) FROM (SELECT DISTINCT prompt, case_id FROM entry WHERE draft = d.id AND kind = 0)), "
        "(SELECT count(*) FROM (SELECT DISTINCT prompt, case_id FROM entry WHERE draft = d.id AND kind = 5)), "
        "d.changed_at FROM draft AS d WHERE d.principal = ? AND d.record IS NULL "
        "AND EXISTS (SELECT 1 FROM entry WHERE draft = d.id) ORDER BY d.changed_at DESC, d.id DESC",
        "s", principal);
    int more = row ? database_step(drafts->database, row, error) : -1;

    *list = NULL;
    *count = 0;
    for (; more == 1; more = database_step(drafts->database, row, error))
        *ARRAY_PUSH(found, *count, capacity) = (struct drafts_summary){
            .draft = sqlite3_column_int64(row, 0),
            .change = arena_copy(arena, database_slice(row, 1)),
            .module = arena_copy(arena, database_slice(row, 2)),
            .scores = (size_t)sqlite3_column_int64(row, 3),
            .cases_seen = (size_t)sqlite3_column_int64(row, 4),
            .changed_at = sqlite3_column_int64(row, 5),
        };
    if (*count) {
        *list = arena_alloc_array(arena, *count, sizeof **list);
        memcpy(*list, found, *count * sizeof **list);
    }
    memory_free(found);
    return more;
}
