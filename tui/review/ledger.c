#include "assay/review/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/objects.h"
#include "assay/review/examine_ahead.h"
#include "assay/trust/sshsig.h"

/* What is needed while the ledger is filled. */
struct reading {
    struct workspace *workspace;
    struct ledger *ledger;
    struct places places;
    int64_t now;
    struct gathered gathered;
    struct examine_ahead *ahead; /* what the log brings; NULL: nothing is, or no more */
};

static int open_reading(struct workspace *workspace, struct ledger *ledger, int64_t now, struct reading *reading,
                        struct error *error)
{
    *ledger = (struct ledger){0};
    if (workspace_need_policy(workspace, error) < 0)
        return -1;
    arena_init(&ledger->arena);
    *reading = (struct reading){.workspace = workspace, .ledger = ledger, .now = now};
    places_init(&reading->places, workspace);
    return 0;
}

/* Those of the log will be examined to this depth while it is read. */
static void look_ahead(struct reading *reading, enum examine_depth depth)
{
    reading->ahead = examine_ahead_new(reading->workspace, depth, reading->now);
    reading->places.listener = examine_ahead_listener(reading->ahead);
}

static void end_ahead(struct reading *reading)
{
    examine_ahead_free(reading->ahead);
    reading->ahead = NULL;
}

static void close_reading(struct reading *reading)
{
    end_ahead(reading);
    gathered_clear(&reading->gathered);
    places_clear(&reading->places);
}

/* ---- from files to records ---- */

/* wanted: the keys of the records to be taken; NULL: all. */
static void gather(struct reading *reading, const struct table *wanted)
{
    gathered_clear(&reading->gathered);
    places_gather(&reading->places, wanted, &reading->gathered);
}

static int examine_gathered(struct reading *reading, enum examine_depth depth, struct examine_results *results,
                            struct error *error)
{
    const struct workspace *workspace = reading->workspace;
    const struct examination examination = {.workspace = workspace,
                                            .tools = {.repo = workspace->repo, .signers = workspace->signers},
                                            .items = reading->gathered.items,
                                            .blobs = reading->gathered.blobs,
                                            .count = reading->gathered.count,
                                            .depth = depth,
                                            .now = reading->now,
                                            .revocations = &reading->places.revocations};
    if (!reading->ahead)
        return examine(&examination, results, error);
    int result = examine_ahead_finish(reading->ahead, &examination, results, error);
    end_ahead(reading);
    return result;
}

static struct ledger_record record_of(const struct reading *reading, size_t at, const struct examined *examined)
{
    const struct gathered_record *gathered = &reading->gathered.records[at];
    return (struct ledger_record){.name = reading->gathered.items[at].name,
                                  .record = examined->record,
                                  .decoded = examined->decoded,
                                  .signature = examined->signature,
                                  .principal = examined->principal,
                                  .change = arena_copy(&reading->ledger->arena, gathered->change),
                                  .places = gathered->places,
                                  .detail = examined->detail,
                                  .blob = examined->blob,
                                  .signature_blob = examined->signature_blob,
                                  .sealed_at = examined->sealed_at};
}

/* What was gathered becomes the ledger. */
static void take(struct reading *reading, struct examine_results *results)
{
    struct ledger *ledger = reading->ledger;
    ledger->records = memory_new_array(results->count, sizeof *ledger->records);
    ledger->count = results->count;
    for (size_t i = 0; i < results->count; i++)
        ledger->records[i] = record_of(reading, i, &results->items[i]);
    ledger->parts = results->arenas;
    ledger->part_count = results->arena_count;
    memory_free(results->items);
}

static int fill(struct reading *reading, enum examine_depth depth, struct error *error)
{
    struct examine_results results;
    if (examine_gathered(reading, depth, &results, error) < 0)
        return -1;
    take(reading, &results);
    return 0;
}

/* ---- what the signers saw of the log ---- */

void ledger_add_rewound(struct ledger *ledger)
{
    *ARRAY_PUSH(ledger->problems, ledger->problem_count, ledger->problem_capacity) = (struct gate_problem){
        .reason = REASON_LOG_REWOUND, .detail = SLICE("the log at the remote lost commits that were there before")};
}

/* What one record says about the log may be settled by the policy; that the remote lost commits may not. */
static void add_lost_log(struct reading *reading, const struct ledger_record *record)
{
    struct ledger *ledger = reading->ledger;
    const struct gate_problem problem = {
        .reason = REASON_LOG_REWOUND,
        .record = record->name,
        .detail =
            arena_printf(&ledger->arena, "%.*s signed with a log in sight that is not in the history of today's log",
                         SLICE_ARG(record->principal))};
    if (policy_accepts(&reading->workspace->policy, NULL, &record->name).size > 0)
        *ARRAY_PUSH(ledger->settled, ledger->settled_count, ledger->settled_capacity) = problem;
    else
        *ARRAY_PUSH(ledger->problems, ledger->problem_count, ledger->problem_capacity) = problem;
}

/* Whether the log that a signer saw is not in the history of today's. */
static bool is_lost(struct reading *reading, size_t at)
{
    const struct ledger_record *record = &reading->ledger->records[at];
    return record->decoded == RECORD_OK && record->signature <= GATE_SIGNATURE_RETIRED &&
           slice_equal(record->record.repository, reading->workspace->policy.repository) &&
           !reading->gathered.records[at].log_found && !places_in_history(&reading->places, &record->record.log);
}

static int look_for_lost_logs(struct reading *reading, struct error *error)
{
    struct ledger *ledger = reading->ledger;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (!is_lost(reading, i))
            continue;
        if (places_walk_history(&reading->places, error) < 0)
            return -1;
        if (is_lost(reading, i))
            add_lost_log(reading, record);
    }
    return 0;
}

/* ---- where they lie ---- */

static void note_incidents(struct reading *reading)
{
    struct ledger *ledger = reading->ledger;
    const struct catalogue *log = &reading->places.catalogues[PLACE_LOG];
    for (size_t i = 0; i < log->problem_count; i++)
        *ARRAY_PUSH(ledger->incidents, ledger->incident_count, ledger->incident_capacity) =
            (struct ledger_incident){.path = arena_copy(&ledger->arena, log->problems[i].path),
                                     .what = arena_copy(&ledger->arena, slice_of(log->problems[i].what)).data,
                                     .commit = log->problems[i].commit};
    if (ledger->tips.rewound)
        ledger_add_rewound(ledger);
}

static int locate(struct reading *reading, struct slice change, const struct oid *candidate, struct error *error)
{
    if (places_read(&reading->places, change, candidate, error) < 0)
        return -1;
    reading->ledger->tips = reading->places.tips;
    note_incidents(reading);
    return 0;
}

/* Reads the headers that are not known yet, and looks again for the logs that were not found. */
static int complete_headers(struct reading *reading, struct error *error)
{
    struct examine_results results;
    struct table *unread = places_unread(&reading->places);
    int result = 0;
    if (table_count(unread) > 0) {
        gather(reading, unread);
        result = examine_gathered(reading, EXAMINE_HEADERS, &results, error);
        if (result == 0) {
            places_note(&reading->places, &reading->gathered, &results);
            examine_clear(&results);
        }
    }
    table_free(unread);
    end_ahead(reading);
    return result;
}

static void gather_relevant(struct reading *reading, const struct load *load)
{
    struct digest *modules = memory_new_array(load->module_count, sizeof *modules);
    for (size_t i = 0; i < load->module_count; i++)
        modules[i] = load->modules[i].digest;
    struct table *relevant = places_relevant(
        &reading->places,
        &(struct relevance_subject){.change = load->change, .modules = modules, .module_count = load->module_count});
    gather(reading, relevant);
    table_free(relevant);
    memory_free(modules);
}

/* ---- reading ---- */

static int by_time(const void *a, const void *b)
{
    const struct ledger_record *x = a, *y = b;
    int order = slice_compare(y->record.signed_at, x->record.signed_at);
    if (order == 0 && x->record.seq != y->record.seq) /* within one second a person's own order */
        order = x->record.seq > y->record.seq ? -1 : 1;
    return order ? order : slice_compare(digest_slice(&x->name), digest_slice(&y->name));
}

static int finish(struct reading *reading, int result)
{
    struct ledger *ledger = reading->ledger;
    close_reading(reading);
    if (result < 0)
        ledger_clear(ledger);
    else if (ledger->count > 0)
        qsort(ledger->records, ledger->count, sizeof *ledger->records, by_time);
    return result;
}

static int read_all(struct workspace *workspace, struct slice change, const struct oid *candidate,
                    enum examine_depth depth, struct ledger *ledger, struct error *error)
{
    struct reading reading;
    struct examine_results results;
    if (open_reading(workspace, ledger, env_now(), &reading, error) < 0)
        return -1;
    look_ahead(&reading, depth);
    int result = locate(&reading, change, candidate, error);
    if (result == 0) {
        gather(&reading, NULL);
        result = examine_gathered(&reading, depth, &results, error);
    }
    if (result == 0) {
        places_note(&reading.places, &reading.gathered, &results);
        take(&reading, &results);
        places_save(&reading.places);
        result = look_for_lost_logs(&reading, error);
    }
    return finish(&reading, result);
}

int ledger_read(struct workspace *workspace, struct slice change, const struct oid *candidate, struct ledger *ledger,
                struct error *error)
{
    return read_all(workspace, change, candidate, EXAMINE_WHOLE, ledger, error);
}

int ledger_read_headers(struct workspace *workspace, struct slice change, const struct oid *candidate,
                        struct ledger *ledger, struct error *error)
{
    return read_all(workspace, change, candidate, EXAMINE_SIGNED_HEADERS, ledger, error);
}

int ledger_read_relevant(struct workspace *workspace, const struct load *load, struct ledger *ledger,
                         struct error *error)
{
    struct reading reading;
    if (open_reading(workspace, ledger, env_now(), &reading, error) < 0)
        return -1;
    look_ahead(&reading, EXAMINE_HEADERS);
    int result = locate(&reading, load->change, &load->commit, error);
    if (result == 0)
        result = complete_headers(&reading, error);
    if (result == 0) {
        places_save(&reading.places);
        gather_relevant(&reading, load);
        result = fill(&reading, EXAMINE_WHOLE, error);
    }
    if (result == 0)
        result = look_for_lost_logs(&reading, error);
    return finish(&reading, result);
}

/* root: with the sealed records under it, or log: with those in it. */
static int read_past(struct workspace *workspace, const struct oid *root, const struct log *log, struct slice change,
                     int64_t at, struct ledger *ledger, struct error *error)
{
    struct reading reading;
    int result = 0;
    if (open_reading(workspace, ledger, at, &reading, error) < 0)
        return -1;
    if (log)
        places_add_log(&reading.places, log, change);
    if (root)
        result = places_add_reviews(&reading.places, PLACE_CANDIDATE, root, change, error);
    if (result == 0 && root)
        result = places_add_reviews(&reading.places, PLACE_TARGET, &workspace->target.commit, change, error);
    if (result == 0) {
        gather(&reading, NULL);
        result = fill(&reading, EXAMINE_WHOLE, error);
    }
    close_reading(&reading);
    if (result < 0)
        ledger_clear(ledger);
    return result;
}

int ledger_read_sealed(struct workspace *workspace, const struct oid *root, struct slice change, int64_t at,
                       struct ledger *ledger, struct error *error)
{
    return read_past(workspace, root, NULL, change, at, ledger, error);
}

int ledger_read_log(struct workspace *workspace, const struct log *log, struct slice change, int64_t at,
                    struct ledger *ledger, struct error *error)
{
    return read_past(workspace, NULL, log, change, at, ledger, error);
}

int ledger_read_bytes(const struct workspace *workspace, const struct ledger_record *record, struct str *bytes,
                      struct str *armor, struct error *error)
{
    if (!oid_is_none(&record->blob) &&
        objects_read_blob(workspace->repo, &record->blob, RECORD_SIZE_MAX, bytes, error) < 0)
        return -1;
    return oid_is_none(&record->signature_blob)
               ? 0
               : objects_read_blob(workspace->repo, &record->signature_blob, SSHSIG_ARMOR_MAX, armor, error);
}

void ledger_clear(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++)
        record_clear(&ledger->records[i].record);
    for (size_t i = 0; i < ledger->part_count; i++)
        arena_clear(&ledger->parts[i]);
    memory_free(ledger->parts);
    memory_free(ledger->records);
    memory_free(ledger->problems);
    memory_free(ledger->settled);
    memory_free(ledger->incidents);
    arena_clear(&ledger->arena);
    *ledger = (struct ledger){0};
}

const struct ledger_record *ledger_find(const struct ledger *ledger, const struct digest *name)
{
    for (size_t i = 0; i < ledger->count; i++)
        if (digest_equal(&ledger->records[i].name, name))
            return &ledger->records[i];
    return NULL;
}

/* Today's roles are for what is to count today: a record that is sealed is judged by what held then, which `audit` does. */
enum reason ledger_reason(const struct workspace *workspace, const struct ledger_record *record)
{
    const struct policy *policy = &workspace->policy;
    const struct gate_record source = {.record = record->decoded == RECORD_OK ? &record->record : NULL,
                                       .decoded = record->decoded,
                                       .signature = record->signature,
                                       .principal = record->principal};
    enum reason reason = gate_input_fault(policy, &source, record->change);
    if (reason != REASON_NONE || (record->places & LEDGER_TARGET))
        return reason;
    const struct policy_person *person = policy_person(policy, record->principal);
    size_t role = policy_role(policy, record->record.reviewer.role);
    return person && role != SIZE_MAX && policy_holds(person, role) ? REASON_NONE : REASON_ROLE_NOT_HELD;
}
