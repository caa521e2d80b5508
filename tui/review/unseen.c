#include "assay/review/unseen.h"

#include "assay/base/array.h"
#include "assay/base/table.h"
#include "assay/git/sealing.h"
#include "assay/git/trees.h"
#include "assay/review/finding.h"

struct search {
    const struct workspace *workspace;
    const struct ledger *ledger;
    const struct past_log *log;
    const struct absence_seals *seals;
    struct arena *arena;
    struct absences *absences;
    size_t first; /* of the absences that were found here */
};

/* ---- what the log had when ---- */

/* The file of a record in the log; NULL: it is not there. */
static const struct log_file *file_of(const struct search *search, const struct ledger_record *record)
{
    size_t at;
    return table_get(search->log->names, digest_slice(&record->name), &at) ? &search->log->log.files[at] : NULL;
}

static bool log_has(const struct search *search, const struct oid *tip, const struct log_file *file)
{
    size_t newest, at;
    return table_get(search->log->commits, oid_slice(tip), &newest) &&
           table_get(search->log->commits, oid_slice(&file->commit), &at) && at >= newest;
}

/* A seal that came to the target no later than the merge, and names a log that has the file; NULL: none. */
static const struct absence_seal *find_proof(const struct search *search, const struct unseen_merge *merge,
                                             const struct log_file *file)
{
    for (size_t i = 0; i < search->seals->count; i++) {
        const struct absence_seal *seal = &search->seals->items[i];
        if (seal->point <= merge->point && log_has(search, &seal->log, file))
            return seal;
    }
    return NULL;
}

static bool may_be_before(const struct search *search, const struct unseen_merge *merge, const struct log_file *file)
{
    return file && (file->time <= merge->latest || find_proof(search, merge, file));
}

static bool is_before(const struct search *search, const struct unseen_merge *merge, const struct log_file *file)
{
    return file && (file->time <= merge->earliest || find_proof(search, merge, file));
}

/* What was signed on a target that had the merge came after it. */
static bool was_after(const struct unseen_merges *merges, const struct unseen_merge *merge, const struct record *record)
{
    size_t at;
    return table_get(merges->points, oid_slice(&record->merge_base), &at) && at >= merge->point;
}

/* ---- what it meant ---- */

static bool is_signed(const struct search *search, const struct ledger_record *record)
{
    const struct policy *policy = &search->workspace->policy;
    return record->decoded == RECORD_OK && record->signature <= GATE_SIGNATURE_RETIRED &&
           slice_equal(record->change, record->record.change) &&
           slice_equal(record->record.repository, policy->repository) &&
           slice_equal(record->record.target, policy->target);
}

static bool is_about(const struct unseen_merge *merge, const struct record *rejection)
{
    if (slice_equal(rejection->change, merge->seal->change))
        return true;
    for (size_t i = 0; i < merge->module_count; i++)
        if (digest_equal(&merge->modules[i].digest, &rejection->module.digest))
            return true;
    return false;
}

static bool supersedes(const struct record *record, const struct digest *name)
{
    for (size_t i = 0; i < record->supersedes_count; i++)
        if (digest_equal(&record->supersedes[i], name))
            return true;
    return false;
}

static bool follows(const struct record *later, const struct record *record)
{
    return slice_equal(later->reviewer.principal, record->reviewer.principal) &&
           slice_equal(later->change, record->change) && slice_equal(later->reviewer.role, record->reviewer.role) &&
           slice_equal(later->module.path, record->module.path) && later->seq > record->seq;
}

enum { STEPS_MAX = 10000 };

/* By the links of the chain: on a fork nobody saw the other side. */
static bool descends(const struct search *search, const struct record *later, const struct record *record,
                     size_t *steps)
{
    for (size_t i = 0; i<later->prev_count && * steps> 0; i++) {
        --*steps;
        if (digest_equal(&later->prev[i], &record->name))
            return true;
        const struct ledger_record *between = ledger_find(search->ledger, &later->prev[i]);
        if (between && between->decoded == RECORD_OK && between->record.seq > record->seq &&
            between->record.seq < later->seq && descends(search, &between->record, record, steps))
            return true;
    }
    return false;
}

/* Withdrawing again takes no withdrawal back: that one still ends what it named. */
static bool was_withdrawn(const struct search *search, const struct unseen_merge *merge, const struct record *record)
{
    for (size_t i = 0; record->verdict != VERDICT_WITHDRAW && i < search->ledger->count; i++) {
        const struct ledger_record *later = &search->ledger->records[i];
        if (is_signed(search, later) && later->record.verdict == VERDICT_WITHDRAW && follows(&later->record, record) &&
            may_be_before(search, merge, file_of(search, later)))
            return true;
    }
    return false;
}

static bool may_be_author(const struct search *search, const struct unseen_merge *merge, const struct ledger_record *by)
{
    if (!merge->authors)
        return !log_has(search, &merge->seal->log, file_of(search, by));
    for (size_t i = 0; i < merge->author_count; i++)
        if (slice_equal(merge->authors[i], by->record.reviewer.principal))
            return true;
    return false;
}

static bool may_override(const struct search *search, const struct unseen_merge *merge, const struct ledger_record *by,
                         const struct record *rejection)
{
    const struct policy *policy = &search->workspace->policy;
    const struct slice principal = by->record.reviewer.principal;
    const struct policy_person *person = policy_person(policy, principal);
    const size_t role = policy_role(policy, rejection->reviewer.role);
    return person && policy_may_override(policy, principal) && role != SIZE_MAX && policy_holds(person, role) &&
           slice_trim(by->record.comment).size > 0 && !may_be_author(search, merge, by);
}

/* As model/standing has it, by today's policy, of what was in the log before the merge. */
static bool ends(const struct search *search, const struct unseen_merge *merge, const struct ledger_record *by,
                 const struct record *rejection)
{
    size_t steps = STEPS_MAX;
    if (follows(&by->record, rejection) && descends(search, &by->record, rejection, &steps))
        return true;
    return supersedes(&by->record, &rejection->name) &&
           (slice_equal(by->record.reviewer.principal, rejection->reviewer.principal) ||
            may_override(search, merge, by, rejection)) &&
           !was_withdrawn(search, merge, &by->record);
}

static bool was_ended(const struct search *search, const struct unseen_merges *merges, const struct unseen_merge *merge,
                      const struct record *rejection)
{
    for (size_t i = 0; i < search->ledger->count; i++) {
        const struct ledger_record *by = &search->ledger->records[i];
        if (is_signed(search, by) && is_before(search, merge, file_of(search, by)) &&
            !was_after(merges, merge, &by->record) && ends(search, merge, by, rejection))
            return true;
    }
    return false;
}

static int has_file(const struct search *search, const struct unseen_merge *merge, const struct log_file *file,
                    const struct oid *blob, bool *has, struct error *error)
{
    struct str path = STR_INIT;
    struct tree_entry entry;
    sealing_append_path(&path, file);
    int result = trees_find(search->workspace->repo, &merge->last, str_slice(&path), &entry, error);
    *has = result == 0 && entry.kind == TREE_FILE && oid_equal(&entry.oid, blob);
    str_clear(&path);
    return result;
}

/* What came along, with its signature, was judged with the merge. */
static int came_along(const struct search *search, const struct unseen_merge *merge,
                      const struct ledger_record *rejection, const struct log_file *file, bool *came,
                      struct error *error)
{
    struct log_file signature = *file;
    signature.kind = LOG_SIGNATURE;
    *came = false;
    if (!slice_equal(file->change, merge->seal->change))
        return 0;
    int result = has_file(search, merge, file, &rejection->blob, came, error);
    return result < 0 || !*came ? result : has_file(search, merge, &signature, &rejection->signature_blob, came, error);
}

/* ---- telling ---- */

static struct slice describe(const struct search *search, const struct unseen_merge *merge,
                             const struct ledger_record *rejection, const struct log_file *file)
{
    const struct absence_seal *proof = find_proof(search, merge, file);
    struct str text = STR_INIT;
    str_appendf(&text, "%.*s rejected %.*s, and the seal that allowed this merge ", SLICE_ARG(rejection->principal),
                SLICE_ARG(rejection->change));
    if (log_has(search, &merge->seal->log, file))
        str_append_text(&text, "passed over that: the log that it names has the record");
    else if (proof)
        str_appendf(&text,
                    "does not know of it: the log that the seal of %.*s names, which came no later, has the record",
                    SLICE_ARG(proof->change));
    else
        str_append_text(&text, "does not know of it: the record is newer, and nothing shows that it is newer than the "
                               "merge");
    struct slice copy = arena_copy(search->arena, str_slice(&text));
    str_clear(&text);
    return copy;
}

/* A row of commits is one merge. */
static bool is_told(const struct search *search, const struct digest *record, const struct absence_seal *seal,
                    const struct unseen_merges *merges, size_t before)
{
    for (size_t i = search->first; i < search->absences->count; i++)
        for (size_t m = 0; m < before; m++)
            if (digest_equal(&search->absences->items[i].record, record) && merges->items[m].seal == seal &&
                oid_equal(&merges->items[m].commit, &search->absences->items[i].commit))
                return true;
    return false;
}

static void tell(const struct search *search, const struct unseen_merge *merge, const struct ledger_record *rejection,
                 const struct log_file *file)
{
    struct absences *absences = search->absences;
    struct str path = STR_INIT;
    finding_file(rejection, &path);
    *ARRAY_PUSH(absences->items, absences->count, absences->capacity) =
        (struct absence){.reason = REASON_REQUEST_CHANGES,
                         .detail = describe(search, merge, rejection, file),
                         .file = arena_copy(search->arena, str_slice(&path)),
                         .principal = arena_copy(search->arena, rejection->principal),
                         .record = rejection->name,
                         .commit = merge->commit};
    str_clear(&path);
}

static int judge(const struct search *search, const struct unseen_merges *merges, size_t at,
                 const struct ledger_record *rejection, struct error *error)
{
    const struct unseen_merge *merge = &merges->items[at];
    const struct log_file *file = file_of(search, rejection);
    bool came = false;
    if (!is_about(merge, &rejection->record) || was_after(merges, merge, &rejection->record) ||
        !may_be_before(search, merge, file) || is_told(search, &rejection->name, merge->seal, merges, at) ||
        was_ended(search, merges, merge, &rejection->record))
        return 0;
    if (came_along(search, merge, rejection, file, &came, error) < 0)
        return -1;
    if (!came)
        tell(search, merge, rejection, file);
    return 0;
}

int unseen_find(const struct workspace *workspace, const struct ledger *ledger, const struct past_log *log,
                const struct absence_seals *seals, const struct unseen_merges *merges, struct arena *arena,
                struct absences *absences, struct error *error)
{
    const struct search search = {workspace, ledger, log, seals, arena, absences, absences->count};
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (!(record->places & LEDGER_LOG) || !is_signed(&search, record) ||
            record->record.verdict != VERDICT_REQUEST_CHANGES)
            continue;
        for (size_t m = 0; m < merges->count; m++)
            if (judge(&search, merges, m, record, error) < 0)
                return -1;
    }
    return 0;
}
