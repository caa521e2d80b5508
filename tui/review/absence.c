#include "assay/review/absence.h"

#include "assay/base/array.h"
#include "assay/base/table.h"
#include "assay/git/merge.h"
#include "assay/model/seal.h"
#include "assay/review/finding.h"

/* ---- seals ---- */

/* reviews/<change>/seal.json: the change of the folder. */
static bool parse_seal_path(struct slice path, struct str *change)
{
    struct slice rest = path, root, folder;
    return slice_cut(&rest, '/', &root) && slice_is(root, "reviews") && slice_cut(&rest, '/', &folder) &&
           slice_is(rest, "seal.json") && log_decode_change(folder, change);
}

static void read_seal(const struct repo *repo, const struct tree_entry *entry, struct arena *arena,
                      struct absence_seal *found)
{
    struct str bytes = STR_INIT;
    struct seal seal;
    struct error ignored = ERROR_INIT; /* a seal that cannot be read allows nothing, and is judged so */
    if (trees_read_entry(repo, entry, RECORD_SIZE_MAX, &bytes, &ignored) == 0) {
        if (seal_decode(str_slice(&bytes), &seal, &ignored) == RECORD_OK) {
            found->target_commit = seal.target_commit;
            found->log = seal.log;
            found->records = arena_alloc_array(arena, seal.record_count, sizeof *found->records);
            for (; found->record_count < seal.record_count; found->record_count++)
                found->records[found->record_count] = seal.records[found->record_count];
        }
        seal_clear(&seal);
    }
    str_clear(&bytes);
}

static int find_reviews(const struct repo *repo, const struct oid *root, struct oid *folder, struct error *error)
{
    struct tree_entry entry;
    *folder = (struct oid){{0}};
    if (trees_find(repo, root, SLICE("reviews"), &entry, error) < 0)
        return -1;
    if (entry.kind == TREE_FOLDER)
        *folder = entry.oid;
    return 0;
}

static void take_seals(const struct repo *repo, const struct merge *merge, const struct absence_seal *place,
                       struct arena *arena, struct absence_seals *seals)
{
    for (size_t i = 0; i < merge->difference_count; i++) {
        const struct merge_difference *difference = &merge->differences[i];
        struct str change = STR_INIT, path = STR_INIT;
        str_append_text(&path, "reviews/");
        str_append(&path, difference->path);
        if (difference->after.kind != TREE_NONE && parse_seal_path(str_slice(&path), &change)) {
            struct absence_seal *seal = ARRAY_PUSH(seals->items, seals->count, seals->capacity);
            *seal = *place;
            seal->change = arena_copy(arena, str_slice(&change));
            read_seal(repo, &difference->after, arena, seal);
        }
        str_clear(&path);
        str_clear(&change);
    }
}

int absence_collect_seals(const struct repo *repo, const struct oid *before, const struct oid *after,
                          const struct absence_seal *place, struct arena *arena, struct absence_seals *seals,
                          struct error *error)
{
    struct oid old, new;
    struct merge merge;
    if (find_reviews(repo, before, &old, error) < 0 || find_reviews(repo, after, &new, error) < 0)
        return -1;
    if (oid_equal(&old, &new))
        return 0;
    merge_init(&merge);
    int result = merge_compare(repo, &old, &new, &merge, error);
    if (result == 0)
        take_seals(repo, &merge, place, arena, seals);
    merge_clear(&merge);
    return result;
}

/* ---- what is missing ---- */

struct search {
    const struct past_log *log;
    struct arena *arena;
    struct absences *absences;
    const struct ledger *ledger;
};

static struct absence *add(struct search *search, enum reason reason, struct slice detail)
{
    struct absences *absences = search->absences;
    struct absence *absence = ARRAY_PUSH(absences->items, absences->count, absences->capacity);
    *absence = (struct absence){.reason = reason, .detail = detail};
    return absence;
}

/* The record is here: its file and its signer are known. */
static void describe(struct search *search, const struct ledger_record *record, struct absence *absence)
{
    struct str file = STR_INIT;
    finding_file(record, &file);
    absence->record = record->name;
    absence->file = arena_copy(search->arena, str_slice(&file));
    absence->principal = arena_copy(search->arena, record->principal);
    str_clear(&file);
}

/* The record that a path of the log is about, or its signature. */
static bool parse_record(struct slice path, struct digest *name)
{
    for (size_t at; (at = slice_find_byte(path, '/')) != SLICE_NOT_FOUND;)
        path = slice_from(path, at + 1);
    return digest_parse_hex(slice_part(path, 0, 64), name);
}

/* A removal takes the signature with it: that is one finding, not two. */
static bool is_told(const struct search *search, const struct oid *commit, const struct digest *record)
{
    for (size_t i = 0; i < search->absences->count; i++)
        if (oid_equal(&search->absences->items[i].commit, commit) &&
            digest_equal(&search->absences->items[i].record, record))
            return true;
    return false;
}

static void find_removed(struct search *search)
{
    const struct log *log = &search->log->log;
    for (size_t i = 0; i < log->problem_count; i++) {
        const struct log_problem *problem = &log->problems[i];
        struct digest record = {{0}};
        if (parse_record(problem->path, &record) && is_told(search, &problem->commit, &record))
            continue;
        struct absence *absence =
            add(search, REASON_RECORDS_REMOVED,
                arena_printf(search->arena, "%.*s in the log %s", SLICE_ARG(problem->path), problem->what));
        const struct ledger_record *found = ledger_find(search->ledger, &record);
        if (found)
            describe(search, found, absence);
        absence->record = record;
        absence->commit = problem->commit;
    }
}

static void add_rewound(struct search *search, const struct gate_problem *problem)
{
    struct absence *absence = add(search, problem->reason, arena_copy(search->arena, problem->detail));
    const struct ledger_record *found = ledger_find(search->ledger, &problem->record);
    if (found)
        describe(search, found, absence);
}

static void find_rewound(struct search *search)
{
    for (size_t i = 0; i < search->ledger->problem_count; i++)
        add_rewound(search, &search->ledger->problems[i]);
    for (size_t i = 0; i < search->ledger->settled_count; i++)
        add_rewound(search, &search->ledger->settled[i]);
}

static void find_unlogged(struct search *search)
{
    for (size_t i = 0; i < search->ledger->count; i++) {
        const struct ledger_record *record = &search->ledger->records[i];
        if (!(record->places & LEDGER_TARGET) || record->signature > GATE_SIGNATURE_COMPROMISED ||
            table_has(search->log->names, digest_slice(&record->name)))
            continue;
        describe(search, record,
                 add(search, REASON_RECORDS_REMOVED,
                     arena_printf(search->arena,
                                  "a record of %.*s for %.*s is sealed on the target, and the log does not have it",
                                  SLICE_ARG(record->principal), SLICE_ARG(record->change))));
    }
}

/* What is missing is what a record names. */
static void find_gaps(struct search *search, const struct workspace *workspace)
{
    const struct finding *findings = finding_list(workspace, search->ledger, search->arena);
    for (size_t i = 0; i < search->ledger->count; i++)
        if (findings[i].reason == REASON_CHAIN_GAP)
            describe(search, &search->ledger->records[i], add(search, REASON_CHAIN_GAP, findings[i].detail));
}

static void find_unsealed(struct search *search, const struct absence_seal *seal)
{
    for (size_t r = 0; r < seal->record_count; r++) {
        if (table_has(search->log->names, digest_slice(&seal->records[r])) ||
            ledger_find(search->ledger, &seal->records[r]))
            continue;
        struct absence *absence = add(search, REASON_RECORDS_REMOVED,
                                      arena_printf(search->arena,
                                                   "a record that the seal of %.*s names is neither in the log nor on "
                                                   "the target",
                                                   SLICE_ARG(seal->change)));
        absence->record = seal->records[r];
        absence->commit = seal->commit;
    }
    if (!oid_is_none(&seal->log) && !table_has(search->log->commits, oid_slice(&seal->log)))
        add(search, REASON_LOG_REWOUND,
            arena_printf(search->arena, "the log that the seal of %.*s saw is not in the history of today's log",
                         SLICE_ARG(seal->change)))
            ->commit = seal->commit;
}

void absence_find(const struct workspace *workspace, const struct ledger *ledger, const struct past_log *log,
                  const struct absence_seals *seals, struct arena *arena, struct absences *absences)
{
    struct search search = {.log = log, .arena = arena, .absences = absences, .ledger = ledger};
    find_removed(&search);
    find_rewound(&search);
    find_unlogged(&search);
    find_gaps(&search, workspace);
    for (size_t i = 0; i < seals->count; i++)
        find_unsealed(&search, &seals->items[i]);
}
