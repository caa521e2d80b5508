#include "assay/review/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/objects.h"
#include "assay/git/outbox.h"
#include "assay/review/gathered.h"
#include "assay/trust/sshsig.h"

enum { SOURCE_LOG, SOURCE_TARGET, SOURCE_WAITING, SOURCE_CANDIDATE, SOURCE_COUNT };
static const enum ledger_place source_places[] = {
    [SOURCE_LOG] = LEDGER_LOG,
    [SOURCE_TARGET] = LEDGER_TARGET,
    [SOURCE_WAITING] = LEDGER_WAITING,
    [SOURCE_CANDIDATE] = LEDGER_CANDIDATE,
};

/* What is needed while the ledger is filled. */
struct reading {
    struct workspace *workspace;
    struct ledger *ledger;
    struct catalogue sources[SOURCE_COUNT];
    struct sealing sealing; /* empty where nobody's key has a window or was revoked: then it decides nothing */
    int64_t now;
    struct gathered gathered;
    struct table *commits; /* of the log's history, as far as they brought files; NULL: not asked yet */
    bool all_commits;      /* the others too */
};

static void open_reading(struct workspace *workspace, struct ledger *ledger, int64_t now, struct reading *reading)
{
    *ledger = (struct ledger){0};
    arena_init(&ledger->arena);
    *reading = (struct reading){.workspace = workspace, .ledger = ledger, .now = now};
    sealing_init(&reading->sealing);
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        catalogue_init(&reading->sources[i]);
}

static void close_reading(struct reading *reading)
{
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        catalogue_clear(&reading->sources[i]);
    sealing_clear(&reading->sealing);
    gathered_clear(&reading->gathered);
    table_free(reading->commits);
}

/* ---- from files to records ---- */

/* wanted: the keys of the records to be taken; NULL: all. */
static void gather(struct reading *reading, const struct table *wanted)
{
    struct gathered_source sources[SOURCE_COUNT];
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        sources[i] = (struct gathered_source){.catalogue = &reading->sources[i],
                                              .place = source_places[i],
                                              .sealing = i == SOURCE_TARGET ? &reading->sealing : NULL};
    gathered_clear(&reading->gathered);
    gathered_make(sources, SOURCE_COUNT, wanted, &reading->gathered);
}

static int examine_gathered(const struct reading *reading, enum examine_depth depth, struct examine_results *results,
                            struct error *error)
{
    const struct examination examination = {.workspace = reading->workspace,
                                            .items = reading->gathered.items,
                                            .blobs = reading->gathered.blobs,
                                            .count = reading->gathered.count,
                                            .depth = depth,
                                            .now = reading->now};
    return examine(&examination, results, error);
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
static int fill(struct reading *reading, enum examine_depth depth, struct error *error)
{
    struct ledger *ledger = reading->ledger;
    struct examine_results results;
    if (examine_gathered(reading, depth, &results, error) < 0)
        return -1;
    ledger->records = memory_new_array(results.count, sizeof *ledger->records);
    ledger->count = results.count;
    for (size_t i = 0; i < results.count; i++)
        ledger->records[i] = record_of(reading, i, &results.items[i]);
    ledger->parts = results.arenas;
    ledger->part_count = results.arena_count;
    memory_free(results.items);
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

static void note_commits(struct reading *reading, const struct catalogue *source)
{
    for (size_t i = 0; i < source->count; i++)
        table_add(reading->commits, oid_slice(&source->files[i].file.commit), i);
}

static bool is_in_history(struct reading *reading, const struct oid *commit)
{
    if (oid_is_none(commit))
        return true;
    if (!reading->commits) {
        reading->commits = table_new();
        note_commits(reading, &reading->sources[SOURCE_LOG]);
        note_commits(reading, &reading->sources[SOURCE_WAITING]);
    }
    return table_has(reading->commits, oid_slice(commit));
}

/* The catalogue knows the commits that brought a record; one that brought none is found by a walk of the whole history. */
static int read_all_commits(struct reading *reading, struct error *error)
{
    struct log log;
    if (reading->all_commits)
        return 0;
    log_init(&log);
    int result = log_read(reading->workspace->repo, &reading->ledger->tips, NULL, &log, error);
    for (size_t i = 0; i < log.commit_count; i++)
        table_add(reading->commits, oid_slice(&log.commits[i]), i);
    reading->all_commits = true;
    log_clear(&log);
    return result;
}

/* Whether the log that a signer saw is not in the history of today's. */
static bool is_lost(struct reading *reading, size_t at)
{
    const struct ledger_record *record = &reading->ledger->records[at];
    return record->decoded == RECORD_OK && record->signature <= GATE_SIGNATURE_RETIRED &&
           slice_equal(record->record.repository, reading->workspace->policy.repository) &&
           !reading->gathered.records[at].log_found && !is_in_history(reading, &record->record.log);
}

static int look_for_lost_logs(struct reading *reading, struct error *error)
{
    struct ledger *ledger = reading->ledger;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (!is_lost(reading, i))
            continue;
        if (read_all_commits(reading, error) < 0)
            return -1;
        if (is_lost(reading, i))
            add_lost_log(reading, record);
    }
    return 0;
}

/* ---- where they lie ---- */

static int read_waiting(struct reading *reading, struct error *error)
{
    const struct log_tips *tips = &reading->ledger->tips;
    struct log log;
    if (oid_is_none(&tips->pending))
        return 0;
    log_init(&log);
    int result =
        log_read(reading->workspace->repo, tips, oid_is_none(&tips->tracked) ? NULL : &tips->tracked, &log, error);
    if (result == 0)
        catalogue_add(&reading->sources[SOURCE_WAITING], &log);
    log_clear(&log);
    return result;
}

static int read_reviews(struct reading *reading, const struct oid *root, struct slice change, int source,
                        struct error *error)
{
    struct log log;
    log_init(&log);
    int result = log_read_reviews(reading->workspace->repo, root, change, &log, error);
    if (result == 0)
        catalogue_add(&reading->sources[source], &log);
    log_clear(&log);
    return result;
}

static void note_incidents(struct reading *reading)
{
    struct ledger *ledger = reading->ledger;
    const struct catalogue *log = &reading->sources[SOURCE_LOG];
    for (size_t i = 0; i < log->problem_count; i++)
        *ARRAY_PUSH(ledger->incidents, ledger->incident_count, ledger->incident_capacity) =
            (struct ledger_incident){.path = arena_copy(&ledger->arena, log->problems[i].path),
                                     .what = arena_copy(&ledger->arena, slice_of(log->problems[i].what)).data,
                                     .commit = log->problems[i].commit};
    if (ledger->tips.rewound)
        ledger_add_rewound(ledger);
}

/* That a log was in the history was found in another history. */
static void doubt_logs(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        catalogue->changed |= catalogue->files[i].log_found;
        catalogue->files[i].log_found = false;
    }
}

static int locate(struct reading *reading, struct slice change, const struct oid *candidate, struct error *error)
{
    struct workspace *workspace = reading->workspace;
    struct catalogue *sources = reading->sources;
    struct log_tips *tips = &reading->ledger->tips;
    if (outbox_find_tips(workspace->repo, workspace_log(workspace), tips, error) < 0 ||
        catalogue_read_log(workspace, &tips->tracked, &sources[SOURCE_LOG], error) < 0 ||
        catalogue_read_target(workspace, &sources[SOURCE_TARGET], error) < 0 || read_waiting(reading, error) < 0)
        return -1;
    if (sources[SOURCE_LOG].anew || oid_is_none(&tips->tracked))
        doubt_logs(&sources[SOURCE_TARGET]);
    note_incidents(reading);
    return candidate && !oid_is_none(candidate) ? read_reviews(reading, candidate, change, SOURCE_CANDIDATE, error) : 0;
}

/* ---- what is sealed ---- */

static bool needs_sealing(const struct signers *signers)
{
    for (size_t i = 0; i < signers_count(signers); i++) {
        const struct signer *signer = signers_at(signers, i);
        if (signer->valid_after != SIGNERS_ALWAYS || signer->valid_before != SIGNERS_FOREVER ||
            signer->revocation != SIGNERS_NOT_REVOKED)
            return true;
    }
    return false;
}

/* Kept in the index under no object's name: it goes on from the target that was read last. */
static int read_sealing(struct reading *reading, struct error *error)
{
    static const char kind[] = "sealing/1";
    const struct workspace *workspace = reading->workspace;
    const struct oid none = {{0}};
    struct str bytes = STR_INIT;
    if (!needs_sealing(workspace->signers))
        return 0;
    if (index_fact(workspace->index, kind, &none, &bytes))
        sealing_decode(str_slice(&bytes), &reading->sealing);
    struct oid known = reading->sealing.tip;
    int result = sealing_read(workspace->repo, &workspace->target.commit, &reading->sealing, error);
    if (result == 0 && !oid_equal(&known, &reading->sealing.tip)) {
        str_reset(&bytes);
        sealing_encode(&reading->sealing, &bytes);
        index_remember(workspace->index, kind, &none, str_slice(&bytes));
    }
    str_clear(&bytes);
    return result;
}

/* ---- headers ---- */

/* Of the records that were examined, for the files that have none yet. records: in the order they were gathered; NULL:
 * the bytes are none. */
static void note_headers(struct reading *reading, const struct record *const *records)
{
    size_t at;
    for (size_t source = 0; source < SOURCE_COUNT; source++) {
        struct catalogue *catalogue = &reading->sources[source];
        for (size_t i = 0; i < catalogue->count; i++) {
            struct catalogue_file *file = &catalogue->files[i];
            if (file->file.kind != LOG_RECORD || (file->header && file->log_found) ||
                !gathered_find(&reading->gathered, &file->file, &at))
                continue;
            bool known = file->header, found = file->log_found;
            if (!known)
                file->header = catalogue_header(catalogue, records[at]);
            file->log_found = !file->header->decoded || is_in_history(reading, &file->header->log);
            catalogue->changed |= !known || found != file->log_found;
        }
    }
}

static void note_ledger(struct reading *reading)
{
    const struct ledger *ledger = reading->ledger;
    const struct record **records = memory_new_array(ledger->count, sizeof(const struct record *));
    for (size_t i = 0; i < ledger->count; i++)
        records[i] = ledger->records[i].decoded == RECORD_OK ? &ledger->records[i].record : NULL;
    note_headers(reading, records);
    memory_free(records);
}

static void save_catalogues(struct reading *reading)
{
    struct workspace *workspace = reading->workspace;
    if (!reading->sources[SOURCE_LOG].changed && !reading->sources[SOURCE_TARGET].changed)
        return;
    index_begin(workspace->index);
    catalogue_save_log(workspace, &reading->sources[SOURCE_LOG]);
    catalogue_save_target(workspace, &reading->sources[SOURCE_TARGET]);
    index_commit(workspace->index);
}

/* The keys of the records that pass `wanted`. */
static struct table *keys_of(const struct reading *reading, bool (*wanted)(const struct catalogue_file *file))
{
    struct table *keys = table_new();
    struct str key = STR_INIT;
    for (size_t source = 0; source < SOURCE_COUNT; source++)
        for (size_t i = 0; i < reading->sources[source].count; i++) {
            const struct catalogue_file *file = &reading->sources[source].files[i];
            if (file->file.kind == LOG_RECORD && wanted(file))
                table_add(keys, gathered_key(&key, &file->file), i);
        }
    str_clear(&key);
    return keys;
}

static bool lacks_header(const struct catalogue_file *file)
{
    return !file->header || !file->log_found;
}

/* Reads the headers that are not known yet, and looks again for the logs that were not found. */
static int complete_headers(struct reading *reading, struct error *error)
{
    struct examine_results results;
    struct table *missing = keys_of(reading, lacks_header);
    int result = 0;
    if (table_count(missing) > 0) {
        gather(reading, missing);
        result = examine_gathered(reading, EXAMINE_HEADERS, &results, error);
        if (result == 0) {
            const struct record **records = memory_new_array(results.count, sizeof(const struct record *));
            for (size_t i = 0; i < results.count; i++)
                records[i] = results.items[i].decoded == RECORD_OK ? &results.items[i].record : NULL;
            note_headers(reading, records);
            memory_free(records);
            examine_clear(&results);
        }
    }
    table_free(missing);
    return result;
}

/* ---- what can matter ---- */

static struct relevance_record *list_relevance(const struct reading *reading, size_t *count)
{
    struct relevance_record *records;
    size_t total = 0;
    for (size_t source = 0; source < SOURCE_COUNT; source++)
        total += reading->sources[source].count;
    records = memory_new_array(total, sizeof *records);
    *count = 0;
    for (size_t source = 0; source < SOURCE_COUNT; source++)
        for (size_t i = 0; i < reading->sources[source].count; i++) {
            const struct catalogue_file *file = &reading->sources[source].files[i];
            if (file->file.kind == LOG_RECORD) /* a lost log blocks every change */
                records[(*count)++] = (struct relevance_record){.name = file->file.name,
                                                                .folder = file->file.change,
                                                                .header = file->header,
                                                                .needed = !file->log_found};
        }
    return records;
}

static void gather_relevant(struct reading *reading, const struct load *load)
{
    struct digest *modules = memory_new_array(load->module_count, sizeof *modules);
    struct table *needed = table_new();
    struct str key = STR_INIT;
    size_t count;
    struct relevance_record *records = list_relevance(reading, &count);
    for (size_t i = 0; i < load->module_count; i++)
        modules[i] = load->modules[i].digest;
    relevance_mark(
        records, count,
        &(struct relevance_subject){.change = load->change, .modules = modules, .module_count = load->module_count});
    for (size_t i = 0; i < count; i++)
        if (records[i].needed)
            table_add(needed,
                      gathered_key(&key, &(struct log_file){.name = records[i].name, .change = records[i].folder}), i);
    gather(reading, needed);
    str_clear(&key);
    table_free(needed);
    memory_free(records);
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
    if (workspace_need_policy(workspace, error) < 0) {
        *ledger = (struct ledger){0};
        return -1;
    }
    open_reading(workspace, ledger, env_now(), &reading);
    int result = read_sealing(&reading, error);
    if (result == 0)
        result = locate(&reading, change, candidate, error);
    if (result == 0) {
        gather(&reading, NULL);
        result = fill(&reading, depth, error);
    }
    if (result == 0) {
        note_ledger(&reading);
        save_catalogues(&reading);
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
    if (workspace_need_policy(workspace, error) < 0) {
        *ledger = (struct ledger){0};
        return -1;
    }
    open_reading(workspace, ledger, env_now(), &reading);
    int result = read_sealing(&reading, error);
    if (result == 0)
        result = locate(&reading, load->change, &load->commit, error);
    if (result == 0)
        result = complete_headers(&reading, error);
    if (result == 0) {
        save_catalogues(&reading);
        gather_relevant(&reading, load);
        result = fill(&reading, EXAMINE_WHOLE, error);
    }
    if (result == 0)
        result = look_for_lost_logs(&reading, error);
    return finish(&reading, result);
}

/* Many merges are judged by one log, each by a few of its files. */
static void add_of_change(struct catalogue *catalogue, const struct log *log, struct slice change)
{
    struct log part = {.arena = ARENA_INIT};
    for (size_t i = 0; i < log->file_count; i++)
        if (change.size == 0 || slice_equal(change, log->files[i].change))
            *ARRAY_PUSH(part.files, part.file_count, part.file_capacity) = log->files[i];
    catalogue_add(catalogue, &part);
    log_clear(&part);
}

/* root: with the sealed records under it, or log: with those in it. */
static int read_past(struct workspace *workspace, const struct oid *root, const struct log *log, struct slice change,
                     int64_t at, struct ledger *ledger, struct error *error)
{
    struct reading reading;
    int result = 0;
    if (workspace_need_policy(workspace, error) < 0) {
        *ledger = (struct ledger){0};
        return -1;
    }
    open_reading(workspace, ledger, at, &reading);
    if (log)
        add_of_change(&reading.sources[SOURCE_LOG], log, change);
    if (root)
        result = read_reviews(&reading, root, change, SOURCE_CANDIDATE, error);
    if (result == 0 && root)
        result = read_reviews(&reading, &workspace->target.commit, change, SOURCE_TARGET, error);
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
