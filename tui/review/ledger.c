#include "assay/review/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/objects.h"
#include "assay/git/outbox.h"
#include "assay/git/sealing.h"
#include "assay/trust/sshsig.h"

/* What is needed while the ledger is filled. */
struct reading {
    struct workspace *workspace;
    struct ledger *ledger;
    struct table *by_name; /* name and folder's change → index of the record */
    struct table *commits; /* of the log's history */
    int64_t now;
    struct sealing sealing; /* empty where nobody's key has a window or was revoked: then it decides nothing */
};

static void record_key(const struct digest *name, struct slice change, struct str *key)
{
    str_reset(key);
    str_append(key, digest_slice(name));
    str_append(key, change);
}

static int read_blob(struct reading *reading, const struct oid *oid, size_t limit, struct slice *bytes,
                     struct error *error)
{
    struct str blob = STR_INIT;
    int result = objects_read_blob(reading->workspace->repo, oid, limit, &blob, error);
    *bytes = arena_copy(&reading->ledger->arena, str_slice(&blob));
    str_clear(&blob);
    return result;
}

/* Decodes the bytes under the name that its path gives; what is wrong becomes the record's detail. */
static void decode(struct reading *reading, struct ledger_record *record, const struct oid *blob)
{
    struct error error = ERROR_INIT;
    struct digest digest;
    record->decoded = RECORD_MALFORMED;
    if (read_blob(reading, blob, RECORD_SIZE_MAX, &record->bytes, &error) == 0) {
        digest_of(record->bytes, &digest);
        if (!digest_equal(&digest, &record->name))
            error_set(&error, ERROR_INPUT, "its name is not the SHA-256 of its bytes");
        else
            record->decoded = record_decode(record->bytes, &record->record, &error);
    }
    if (error_is_set(&error))
        record->detail = arena_printf(&reading->ledger->arena, "%s", error.text);
}

static int add_record(struct reading *reading, const struct log_file *file, enum ledger_place place)
{
    struct ledger *ledger = reading->ledger;
    struct str key = STR_INIT;
    size_t at;
    record_key(&file->name, file->change, &key);
    if (!table_get(reading->by_name, str_slice(&key), &at)) {
        at = ledger->count;
        table_add(reading->by_name, str_slice(&key), at);
        struct ledger_record *record = ARRAY_PUSH(ledger->records, ledger->count, ledger->capacity);
        record->name = file->name;
        record->change = arena_copy(&ledger->arena, file->change);
        record->signature = GATE_SIGNATURE_NONE;
        record->sealed_at = SIGNERS_NOT_SEALED;
        decode(reading, record, &file->blob);
    } else if (ledger->records[at].decoded == RECORD_MALFORMED) { /* other bytes stood under its name first */
        record_clear(&ledger->records[at].record);
        ledger->records[at].detail = (struct slice){0};
        decode(reading, &ledger->records[at], &file->blob);
    }
    if (place == LEDGER_TARGET)
        ledger->records[at].sealed_at = sealing_time(&reading->sealing, file);
    ledger->records[at].places |= place;
    str_clear(&key);
    return 0;
}

static enum gate_signature judge(const struct reading *reading, const struct sshsig *signature,
                                 const struct ledger_record *record, int64_t sealed_at, struct slice *principal)
{
    const struct signer *signer = NULL;
    enum signers_judgement judgement = signers_judge(reading->workspace->signers, signature->public_key,
                                                     RECORD_NAMESPACE, reading->now, sealed_at, &signer);
    if (!signer)
        return GATE_SIGNATURE_UNKNOWN;
    *principal = signer->principal;
    if (record->decoded == RECORD_OK && !slice_equal(record->record.reviewer.principal, signer->principal))
        return GATE_SIGNATURE_UNKNOWN;
    switch (judgement) {
    case SIGNERS_GOOD:
        return GATE_SIGNATURE_GOOD;
    case SIGNERS_EXPIRED_KEY:
        return GATE_SIGNATURE_EXPIRED;
    case SIGNERS_REVOKED_RETIRED:
        return GATE_SIGNATURE_RETIRED;
    case SIGNERS_REVOKED_COMPROMISED:
        return GATE_SIGNATURE_COMPROMISED;
    case SIGNERS_WRONG_NAMESPACE:
        return GATE_SIGNATURE_NAMESPACE;
    case SIGNERS_UNKNOWN_SIGNER:
        break;
    }
    return GATE_SIGNATURE_UNKNOWN;
}

/* What one armor says about the record; *detail gets a sentence where it is not good. */
static enum gate_signature verify(struct reading *reading, const struct ledger_record *record, struct slice armor,
                                  int64_t sealed_at, struct slice *principal, struct slice *detail)
{
    struct error error = ERROR_INIT;
    struct sshsig signature = {0};
    enum gate_signature result = GATE_SIGNATURE_BAD;
    if (sshsig_parse(armor, &signature, &error) < 0) {
        *detail = arena_printf(&reading->ledger->arena, "%s", error.text);
    } else {
        const struct signer *signer = signers_find(reading->workspace->signers, signature.public_key);
        struct sshsig_options options = {.key = signer ? signer->key : NULL};
        enum sshsig_result checked = sshsig_verify(&signature, record->bytes, RECORD_NAMESPACE, &options);
        if (checked == SSHSIG_GOOD)
            result = judge(reading, &signature, record, sealed_at, principal);
        else if (checked == SSHSIG_WRONG_NAMESPACE)
            result = GATE_SIGNATURE_NAMESPACE;
        else
            *detail = arena_printf(&reading->ledger->arena, "%s", sshsig_result_name(checked));
    }
    sshsig_clear(&signature);
    return result;
}

/* A record counts as sealed when it and this signature lie on the target; a copy elsewhere is judged today. */
static int64_t sealed_time(const struct reading *reading, const struct ledger_record *record,
                           const struct log_file *signature, enum ledger_place place)
{
    int64_t time = place == LEDGER_TARGET ? sealing_time(&reading->sealing, signature) : SIGNERS_NOT_SEALED;
    if (time == SIGNERS_NOT_SEALED || record->sealed_at == SIGNERS_NOT_SEALED)
        return SIGNERS_NOT_SEALED;
    return time > record->sealed_at ? time : record->sealed_at;
}

static int add_signature(struct reading *reading, const struct log_file *file, enum ledger_place place)
{
    struct ledger *ledger = reading->ledger;
    struct error error = ERROR_INIT;
    struct str key = STR_INIT;
    struct slice armor, principal = {0}, detail = {0};
    size_t at;
    record_key(&file->name, file->change, &key);
    bool known = table_get(reading->by_name, str_slice(&key), &at);
    str_clear(&key);
    if (!known || ledger->records[at].bytes.size == 0)
        return 0;
    struct ledger_record *record = &ledger->records[at];
    enum gate_signature signature = GATE_SIGNATURE_BAD;
    if (read_blob(reading, &file->blob, SSHSIG_ARMOR_MAX, &armor, &error) < 0)
        detail = arena_printf(&ledger->arena, "%s", error.text);
    else
        signature = verify(reading, record, armor, sealed_time(reading, record, file, place), &principal, &detail);
    if (signature < record->signature) { /* the enumeration runs from the best to the worst */
        record->signature = signature;
        record->principal = arena_copy(&ledger->arena, principal);
        record->armor = armor;
        if (detail.size > 0 || signature == GATE_SIGNATURE_GOOD)
            record->detail = record->decoded == RECORD_OK ? detail : record->detail;
    }
    return 0;
}

static int add_files(struct reading *reading, const struct log *log, struct slice change, enum ledger_place place)
{
    for (size_t pass = 0; pass < 2; pass++) { /* records first: a signature is verified against one */
        for (size_t i = 0; i < log->file_count; i++) {
            const struct log_file *file = &log->files[i];
            if (change.size > 0 && !slice_equal(change, file->change))
                continue;
            if (pass == 0 && file->kind == LOG_RECORD)
                add_record(reading, file, place);
            else if (pass == 1 && file->kind == LOG_SIGNATURE)
                add_signature(reading, file, place);
        }
    }
    return 0;
}

static void add_problem(struct ledger *ledger, enum reason reason, const struct digest *record, struct slice detail)
{
    struct gate_problem *problem = ARRAY_PUSH(ledger->problems, ledger->problem_count, ledger->problem_capacity);
    *problem = (struct gate_problem){.reason = reason, .detail = detail};
    if (record)
        problem->record = *record;
}

void ledger_add_rewound(struct ledger *ledger)
{
    add_problem(ledger, REASON_LOG_REWOUND, NULL, SLICE("the log at the remote lost commits that were there before"));
}

/* ---- the log ---- */

/* "r/<change>/<hex>.json", as the index keeps it; false for anything else. */
static bool parse_path(struct arena *arena, struct slice path, struct log_file *file)
{
    struct str change = STR_INIT;
    struct slice rest = path, root, encoded;
    bool sound = slice_cut(&rest, '/', &root) && slice_cut(&rest, '/', &encoded) && rest.size == 64 + 5 &&
                 digest_parse_hex(slice_part(rest, 0, 64), &file->name) && log_decode_change(encoded, &change);
    if (sound)
        file->change = arena_copy(arena, str_slice(&change));
    str_clear(&change);
    return sound;
}

static bool take_indexed(void *context, const struct index_record *record)
{
    struct log *log = context;
    struct log_file file = {.kind = LOG_RECORD, .blob = record->record, .commit = record->commit};
    if (!parse_path(&log->arena, record->path, &file))
        return true;
    *ARRAY_PUSH(log->files, log->file_count, log->file_capacity) = file;
    file.kind = LOG_SIGNATURE;
    file.blob = record->signature;
    *ARRAY_PUSH(log->files, log->file_count, log->file_capacity) = file;
    *ARRAY_PUSH(log->commits, log->commit_count, log->commit_capacity) = record->commit;
    return true;
}

static void file_path(const struct log_file *file, struct str *path)
{
    char hex[64 + 1];
    digest_format_hex(&file->name, hex);
    str_append_text(path, "r/");
    log_encode_change(file->change, path);
    str_appendf(path, "/%s.json", hex);
}

/* Pairs of a record and its signature that one commit added, which is all that assay writes. Anything else (a signature
 * that came later, a problem) is not kept, so that part of the log is read again each time; *all is false then. */
static struct index_record *pair_files(const struct log *log, struct arena *arena, size_t *count, bool *all)
{
    struct index_record *pairs = arena_alloc_array(arena, log->file_count, sizeof *pairs);
    struct table *by_path = table_new();
    struct str path = STR_INIT;
    size_t signatures = 0, at;
    *count = 0;
    for (size_t i = 0; i < log->file_count; i++) {
        str_reset(&path);
        file_path(&log->files[i], &path);
        if (log->files[i].kind == LOG_RECORD && table_add(by_path, str_slice(&path), *count))
            pairs[(*count)++] = (struct index_record){.path = arena_copy(arena, str_slice(&path)),
                                                      .record = log->files[i].blob,
                                                      .commit = log->files[i].commit};
    }
    for (size_t i = 0; i < log->file_count; i++) {
        str_reset(&path);
        file_path(&log->files[i], &path);
        if (log->files[i].kind == LOG_SIGNATURE && table_get(by_path, str_slice(&path), &at) &&
            oid_equal(&pairs[at].commit, &log->files[i].commit)) {
            pairs[at].signature = log->files[i].blob;
            signatures++;
        }
    }
    *all = log->problem_count == 0 && signatures == *count && log->file_count == 2 * *count;
    str_clear(&path);
    table_free(by_path);
    return pairs;
}

static void remember(struct reading *reading, struct slice name, const struct log *log)
{
    struct arena arena = ARENA_INIT;
    size_t count;
    bool all;
    const struct index_record *pairs = pair_files(log, &arena, &count, &all);
    if (all)
        index_save_log(reading->workspace->index, name, &reading->ledger->tips.tracked, pairs, count);
    arena_clear(&arena);
}

/* What the log has: what the index knows of it, and what came since. */
static int read_sent(struct reading *reading, bool from_index, struct log *log, struct error *error)
{
    struct index *index = reading->workspace->index;
    struct slice name = slice_of(workspace_log(reading->workspace));
    const struct log_tips sent = {.tracked = reading->ledger->tips.tracked};
    struct oid known;
    if (oid_is_none(&sent.tracked))
        return 0;
    bool indexed = from_index && index_log_position(index, name, &known);
    if (!indexed || !oid_equal(&known, &sent.tracked)) {
        if (log_read(reading->workspace->repo, &sent, indexed ? &known : NULL, log, error) < 0)
            return -1;
        if (indexed && log->rewound) { /* the index knows another log than there is today */
            index_forget_log(index, name);
            log_clear(log);
            return read_sent(reading, false, log, error);
        }
        remember(reading, name, log);
    }
    if (indexed)
        index_log_records(index, name, SLICE("r/"), take_indexed, log);
    return 0;
}

static void note_commits(struct reading *reading, const struct log *log)
{
    for (size_t i = 0; i < log->commit_count; i++)
        table_add(reading->commits, oid_slice(&log->commits[i]), 0);
}

static int read_log(struct reading *reading, struct error *error)
{
    struct ledger *ledger = reading->ledger;
    struct log log;
    log_init(&log);
    int result = read_sent(reading, true, &log, error);
    if (result == 0) {
        add_files(reading, &log, (struct slice){0}, LEDGER_LOG);
        note_commits(reading, &log);
    }
    for (size_t i = 0; result == 0 && i < log.problem_count; i++)
        *ARRAY_PUSH(ledger->incidents, ledger->incident_count, ledger->incident_capacity) =
            (struct ledger_incident){.path = arena_copy(&ledger->arena, log.problems[i].path),
                                     .what = log.problems[i].what,
                                     .commit = log.problems[i].commit};
    if (result == 0 && ledger->tips.rewound)
        ledger_add_rewound(ledger);
    log_clear(&log);
    return result;
}

/* Records of this person that are not sent yet. */
static int read_waiting(struct reading *reading, struct error *error)
{
    const struct log_tips *tips = &reading->ledger->tips;
    struct log log;
    if (oid_is_none(&tips->pending))
        return 0;
    log_init(&log);
    int result =
        log_read(reading->workspace->repo, tips, oid_is_none(&tips->tracked) ? NULL : &tips->tracked, &log, error);
    if (result == 0) {
        add_files(reading, &log, (struct slice){0}, LEDGER_WAITING);
        note_commits(reading, &log);
    }
    log_clear(&log);
    return result;
}

/* ---- what the signers saw of the log ---- */

/* Whether a log that a signer saw is not in the history of today's. */
static bool is_lost(const struct reading *reading, const struct ledger_record *record)
{
    return record->decoded == RECORD_OK && record->signature <= GATE_SIGNATURE_RETIRED &&
           slice_equal(record->record.repository, reading->workspace->policy.repository) &&
           !oid_is_none(&record->record.log) && !table_has(reading->commits, oid_slice(&record->record.log));
}

/* The index knows the commits that brought a record; one that brought none is found by a walk of the whole history. */
static int read_all_commits(struct reading *reading, struct error *error)
{
    struct log log;
    log_init(&log);
    int result = log_read(reading->workspace->repo, &reading->ledger->tips, NULL, &log, error);
    if (result == 0)
        note_commits(reading, &log);
    log_clear(&log);
    return result;
}

static int look_for_lost_logs(struct reading *reading, struct error *error)
{
    struct ledger *ledger = reading->ledger;
    bool walked = false;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (!is_lost(reading, record))
            continue;
        if (!walked && read_all_commits(reading, error) < 0)
            return -1;
        walked = true;
        if (is_lost(reading, record))
            add_problem(ledger, REASON_LOG_REWOUND, &record->name,
                        arena_printf(&ledger->arena,
                                     "%.*s signed with a log in sight that is not in the history of today's log",
                                     SLICE_ARG(record->principal)));
    }
    return 0;
}

static int read_reviews(struct reading *reading, const struct oid *root, struct slice change, enum ledger_place place,
                        struct error *error)
{
    struct log log;
    log_init(&log);
    int result = log_read_reviews(reading->workspace->repo, root, change, &log, error);
    if (result == 0)
        add_files(reading, &log, change, place);
    log_clear(&log);
    return result;
}

static int by_time(const void *a, const void *b)
{
    const struct ledger_record *x = a, *y = b;
    int order = slice_compare(y->record.signed_at, x->record.signed_at);
    if (order == 0 && x->record.seq != y->record.seq) /* within one second a person's own order */
        order = x->record.seq > y->record.seq ? -1 : 1;
    return order ? order : slice_compare(digest_slice(&x->name), digest_slice(&y->name));
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

int ledger_read(struct workspace *workspace, struct slice change, const struct oid *candidate, struct ledger *ledger,
                struct error *error)
{
    *ledger = (struct ledger){0};
    arena_init(&ledger->arena);
    if (workspace_need_policy(workspace, error) < 0)
        return -1;
    struct reading reading = {
        .workspace = workspace, .ledger = ledger, .by_name = table_new(), .commits = table_new(), .now = env_now()};
    sealing_init(&reading.sealing);
    int result = outbox_find_tips(workspace->repo, workspace_log(workspace), &ledger->tips, error);
    if (result == 0)
        result = read_sealing(&reading, error);
    if (result == 0)
        result = read_log(&reading, error);
    if (result == 0)
        result = read_waiting(&reading, error);
    if (result == 0)
        result = read_reviews(&reading, &workspace->target.commit, (struct slice){0}, LEDGER_TARGET, error);
    if (result == 0 && candidate && !oid_is_none(candidate))
        result = read_reviews(&reading, candidate, change, LEDGER_CANDIDATE, error);
    if (result == 0)
        result = look_for_lost_logs(&reading, error);
    sealing_clear(&reading.sealing);
    table_free(reading.commits);
    table_free(reading.by_name);
    if (result < 0)
        ledger_clear(ledger);
    else if (ledger->count > 0)
        qsort(ledger->records, ledger->count, sizeof *ledger->records, by_time);
    return result;
}

/* root: with the sealed records under it, or log: with those in it. */
static int read_past(struct workspace *workspace, const struct oid *root, const struct log *log, struct slice change,
                     int64_t at, struct ledger *ledger, struct error *error)
{
    *ledger = (struct ledger){0};
    arena_init(&ledger->arena);
    if (workspace_need_policy(workspace, error) < 0)
        return -1;
    struct reading reading = {.workspace = workspace, .ledger = ledger, .by_name = table_new(), .now = at};
    int result = log ? add_files(&reading, log, change, LEDGER_LOG)
                     : read_reviews(&reading, root, change, LEDGER_CANDIDATE, error);
    if (result == 0 && root)
        result = read_reviews(&reading, &workspace->target.commit, change, LEDGER_TARGET, error);
    table_free(reading.by_name);
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

void ledger_clear(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++)
        record_clear(&ledger->records[i].record);
    memory_free(ledger->records);
    memory_free(ledger->problems);
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

static enum reason signature_reason(enum gate_signature signature)
{
    switch (signature) {
    case GATE_SIGNATURE_GOOD:
        return REASON_NONE;
    case GATE_SIGNATURE_EXPIRED:
        return REASON_EXPIRED_KEY;
    case GATE_SIGNATURE_RETIRED:
    case GATE_SIGNATURE_COMPROMISED:
        return REASON_REVOKED_KEY;
    case GATE_SIGNATURE_UNKNOWN:
        return REASON_UNKNOWN_SIGNER;
    case GATE_SIGNATURE_BAD:
        return REASON_BAD_SIGNATURE;
    case GATE_SIGNATURE_NAMESPACE:
        return REASON_WRONG_NAMESPACE;
    case GATE_SIGNATURE_NONE:
        break;
    }
    return REASON_NO_SIGNATURE;
}

enum reason ledger_reason(const struct workspace *workspace, const struct ledger_record *record)
{
    const struct policy *policy = &workspace->policy;
    if (record->decoded == RECORD_MALFORMED)
        return REASON_MALFORMED;
    enum reason reason = signature_reason(record->signature);
    if (reason != REASON_NONE)
        return reason;
    if (record->decoded == RECORD_UNKNOWN_SCHEMA)
        return REASON_UNKNOWN_SCHEMA;
    if (!slice_equal(record->record.repository, policy->repository))
        return REASON_OTHER_REPOSITORY;
    if (!slice_equal(record->record.target, policy->target))
        return REASON_OTHER_TARGET;
    if (!slice_equal(record->record.change, record->change))
        return REASON_OTHER_CHANGE;
    const struct policy_person *person = policy_person(policy, record->principal);
    size_t role = policy_role(policy, record->record.reviewer.role);
    return person && role != SIZE_MAX && policy_holds(person, role) ? REASON_NONE : REASON_ROLE_NOT_HELD;
}
