#include "assay/review/seal_change.h"

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/log.h"
#include "assay/git/outbox.h"
#include "assay/git/program.h"
#include "assay/git/refs.h"
#include "assay/git/write.h"
#include "assay/review/advice.h"
#include "assay/review/assess.h"
#include "assay/review/finding.h"
#include "assay/review/seal_check.h"
#include "assay/review/sync.h"

/* One try. */
struct sealing_try {
    struct workspace *workspace;
    const struct transport *transport;
    struct seal_change_result *result;
    struct cache *cache;
    struct changes changes;
    const struct change *change;
    struct load load;
    struct ledger ledger;
    struct assessment assessment;
    struct arena arena;
    struct write_file *files;
    size_t file_count, file_capacity;
    bool busy; /* somebody moved the branch */
};

/* ---- what is to be sealed ---- */

/* Records that wait would be missing from the log that the seal names. */
static int send_waiting(const struct sealing_try *try, struct error *error)
{
    struct sync_report report;
    size_t count = 0;
    if (sync_waiting(try->workspace, &count, error) < 0)
        return -1;
    if (count == 0)
        return 0;
    sync_report_init(&report);
    int result = sync_send(try->workspace, NULL, try->transport, &report, error);
    if (result == 0 && report.pushed != OUTCOME_DONE)
        result = error_set(error, ERROR_ENVIRONMENT,
                           "%zu record%s of yours cannot be sent, and a seal names only what the log has: %s.", count,
                           count == 1 ? "" : "s", outcome_text(report.pushed));
    sync_report_clear(&report);
    return result;
}

static int judge(struct sealing_try *try, struct slice name, bool rewound, struct error *error)
{
    if (load_find(try->workspace, name, &try->changes, &try->change, error) < 0 ||
        load_change(try->workspace, try->cache, try->change, &try->load, error) < 0 ||
        load_authors(try->workspace, NULL, &try->load, error) < 0 ||
        ledger_read(try->workspace, try->load.change, &try->load.commit, &try->ledger, error) < 0)
        return -1;
    if (rewound)
        ledger_add_rewound(&try->ledger);
    return assess_change(try->workspace, &try->load, &try->ledger, &try->assessment, error);
}

/* In the words of the gate. record: that it is about; NULL: none. */
static void describe_block(struct sealing_try *try, const struct ledger_record *record, struct seal_change_block *told)
{
    struct arena *arena = &try->result->arena;
    struct str text = STR_INIT;
    advice_append(try->workspace, &try->load, told->reason, record, &text);
    told->advice = arena_copy(arena, str_slice(&text));
    if (record) {
        str_truncate(&text, 0);
        finding_file(record, &text);
        told->record = record->name;
        told->file = arena_copy(arena, str_slice(&text));
        told->principal = arena_copy(arena, record->principal);
    }
    str_clear(&text);
}

static void tell_blocks(struct sealing_try *try)
{
    struct seal_change_result *result = try->result;
    const struct gate_verdict *verdict = &try->assessment.verdict;
    result->outcome = SEAL_CHANGE_BLOCKED;
    result->blocks = arena_alloc_array(&result->arena, verdict->block_count, sizeof *result->blocks);
    for (size_t i = 0; i < verdict->block_count; i++) {
        const struct gate_block *block = &verdict->blocks[i];
        struct seal_change_block *told = &result->blocks[result->block_count++];
        told->reason = block->reason;
        told->detail = arena_copy(&result->arena, block->detail);
        if (block->module != GATE_CHANGE)
            told->module = arena_copy(&result->arena, try->load.modules[block->module].path);
        describe_block(try, ledger_find(&try->ledger, &block->record), told);
    }
}

static void fill_seal(const struct sealing_try *try, struct arena *arena, char time[21], struct seal *seal)
{
    const struct load *load = &try->load;
    const struct gate_verdict *verdict = &try->assessment.verdict;
    env_format_utc(env_now(), time);
    *seal = (struct seal){
        .repository = try->workspace->policy.repository,
        .target = try->workspace->policy.target,
        .change = load->change,
        .target_commit = try->workspace->target.commit,
        .log = try->ledger.tips.tracked,
        .records = verdict->counted,
        .record_count = verdict->counted_count,
        .principal = try->workspace->identity.principal,
        .assay = SLICE(ASSAY_VERSION),
        .sealed_at = slice_of(time),
    };
    seal->modules = arena_alloc_array(arena, load->module_count, sizeof *seal->modules);
    for (size_t i = 0; i < load->module_count; i++)
        seal->modules[seal->module_count++] =
            (struct seal_module){load->modules[i].path, load->modules[i].digest, load->modules[i].evidence};
}

static bool says_the_same(const struct seal *a, const struct seal *b)
{
    bool same = a->module_count == b->module_count && a->record_count == b->record_count;
    for (size_t i = 0; same && i < a->module_count; i++)
        same = slice_equal(a->modules[i].path, b->modules[i].path) &&
               digest_equal(&a->modules[i].digest, &b->modules[i].digest) &&
               digest_equal(&a->modules[i].evidence, &b->modules[i].evidence);
    for (size_t i = 0; same && i < a->record_count; i++)
        same = digest_equal(&a->records[i], &b->records[i]);
    return same;
}

/* ---- files ---- */

static void add_file(struct sealing_try *try, const char *name, const char *end, struct slice bytes)
{
    struct str path = STR_INIT;
    str_append_text(&path, "reviews/");
    log_encode_change(try->load.change, &path);
    str_appendf(&path, "/%s.json%s", name, end);
    *ARRAY_PUSH(try->files, try->file_count, try->file_capacity) =
        (struct write_file){.path = arena_copy(&try->arena, str_slice(&path)), .bytes = bytes};
    str_clear(&path);
}

/* Every record of the change that one of its people signed, whether it counts or not: approvals that have no seat,
 * rejections that were withdrawn, and what a `prev` needs. What nobody known signed stays where it is. */
static int add_records(struct sealing_try *try, struct error *error)
{
    for (size_t i = 0; i < try->ledger.count; i++) {
        const struct ledger_record *record = &try->ledger.records[i];
        struct str bytes = STR_INIT, armor = STR_INIT;
        char hex[64 + 1];
        if (record->decoded != RECORD_OK || record->signature > GATE_SIGNATURE_COMPROMISED ||
            (record->places & LEDGER_TARGET) || !slice_equal(record->change, try->load.change) ||
            !slice_equal(record->record.change, try->load.change))
            continue;
        int result = ledger_read_bytes(try->workspace, record, &bytes, &armor, error);
        digest_format_hex(&record->name, hex);
        add_file(try, hex, "", arena_copy(&try->arena, str_slice(&bytes)));
        add_file(try, hex, ".sig", arena_copy(&try->arena, str_slice(&armor)));
        try->result->copied++;
        str_clear(&armor);
        str_clear(&bytes);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int write_files(struct sealing_try *try, struct oid *commit, struct error *error)
{
    struct str message = STR_INIT;
    str_appendf(&message, "review: seal %.*s\n\n", SLICE_ARG(try->load.change));
    str_appendf(&message, "%zu record%s allow%s this change into %s.", try->assessment.verdict.counted_count,
                try->assessment.verdict.counted_count == 1 ? "" : "s",
                try->assessment.verdict.counted_count == 1 ? "s" : "", try->workspace->target.name.data);
    struct write_request request = {.parent = try->load.commit,
                                    .files = try->files,
                                    .file_count = try->file_count,
                                    .message = message.data,
                                    .author = try->workspace->identity.name,
                                    .email = try->workspace->identity.principal,
                                    .mode = try->transport->mode};
    int result = write_commit(try->workspace->repo, &request, commit, error);
    str_clear(&message);
    return result;
}

/* Whether the branch carries all of it already. */
static int is_sealed(struct sealing_try *try, const struct seal *seal, bool *sealed, struct error *error)
{
    struct seal_check check;
    struct oid commit;
    if (seal_check_read(try->workspace, &try->load.commit, try->load.change, env_now(), &check, error) < 0)
        return -1;
    *sealed = check.reason == REASON_NONE && says_the_same(seal, &check.seal);
    seal_check_clear(&check);
    if (!*sealed || try->file_count == 0)
        return 0;
    if (write_files(try, &commit, error) < 0)
        return -1;
    *sealed = oid_equal(&commit, &try->load.commit);
    return 0;
}

/* ---- signing ---- */

static int add_seal(struct sealing_try *try, const struct seal *seal, struct error *error)
{
    struct str bytes = STR_INIT, signature = STR_INIT;
    seal_encode(seal, &bytes);
    int result = keys_sign(&try->workspace->identity.keys, SEAL_NAMESPACE, str_slice(&bytes), try->transport->mode,
                           &signature, NULL, error);
    add_file(try, "seal", "", arena_copy(&try->arena, str_slice(&bytes)));
    add_file(try, "seal", ".sig", arena_copy(&try->arena, str_slice(&signature)));
    str_clear(&signature);
    str_clear(&bytes);
    return result;
}

/* The branch with its seal, loaded once more: the modules must be what was approved. */
static int check_sealed(struct sealing_try *try, const struct oid *commit, struct error *error)
{
    struct change sealed = *try->change;
    struct load load;
    sealed.tip = *commit;
    if (load_change(try->workspace, try->cache, &sealed, &load, error) < 0)
        return -1;
    bool same = load.problem_count == 0 && load.module_count == try->load.module_count;
    for (size_t i = 0; same && i < load.module_count; i++)
        same = digest_equal(&load.modules[i].digest, &try->load.modules[i].digest) &&
               digest_equal(&load.modules[i].evidence, &try->load.modules[i].evidence);
    if (!same)
        error_set(error, ERROR_INPUT, "The seal cannot be put on %.*s: %.*s.", SLICE_ARG(try->load.change),
                  SLICE_ARG(load.problem_count ? load.problems[0].detail
                                               : SLICE("a module holds reviews/ and would change by it")));
    load_clear(&load);
    return same ? 0 : -1;
}

/* ---- publishing ---- */

static int push(struct sealing_try *try, const struct oid *commit, struct error *error)
{
    struct transport_result sent;
    transport_result_init(&sent);
    int result =
        transport_push_branch(try->workspace->repo, try->transport, commit, try->load.change.data, &sent, error);
    if (result == 0 && sent.outcome == OUTCOME_BUSY) {
        try->busy = true;
    } else if (result == 0 && sent.outcome != OUTCOME_DONE) {
        result =
            error_set(error, ERROR_ENVIRONMENT, "The seal of %.*s was not sent: %s: %.*s", SLICE_ARG(try->load.change),
                      outcome_text(sent.outcome), SLICE_ARG(slice_trim(str_slice(&sent.words))));
    } else {
        try->result->is_pushed = result == 0;
    }
    transport_result_clear(&sent);
    return result;
}

/* The branch that is checked out takes its files along, as git itself does it: nothing of the user's is overwritten. */
static int fast_forward(struct sealing_try *try, const struct oid *commit, struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(commit, hex);
    const char *const arguments[] = {"merge", "--quiet", "--ff-only", hex, NULL};
    struct program program = {.mode = try->transport->mode};
    struct process_result ran;
    process_result_init(&ran);
    int result = program_git(try->workspace->repo, &program, arguments, &ran, error);
    if (result == 0 && ran.exit_code != 0)
        result =
            error_set(error, ERROR_ENVIRONMENT, "The branch %.*s, which is checked out, could not take the seal: %.*s",
                      SLICE_ARG(try->load.change), SLICE_ARG(slice_trim(str_slice(&ran.errors))));
    process_result_clear(&ran);
    return result;
}

static int publish(struct sealing_try *try, const struct oid *commit, struct error *error)
{
    struct repo *repo = try->workspace->repo;
    if (slice_starts_with(try->load.ref, SLICE("refs/remotes/")))
        return push(try, commit, error);
    if (!repo_is_bare(repo) && slice_equal(repo_head(repo), try->load.ref))
        return fast_forward(try, commit, error);
    return refs_swap(repo, try->load.ref.data, &try->load.commit, commit, &try->busy, error);
}

/* ---- the whole ---- */

static void keep_result(struct sealing_try *try, const struct seal *seal)
{
    struct seal_change_result *result = try->result;
    result->records = arena_alloc_array(&result->arena, seal->record_count, sizeof *result->records);
    for (; result->record_count < seal->record_count; result->record_count++)
        result->records[result->record_count] = seal->records[result->record_count];
}

static int seal_it(struct sealing_try *try, struct error *error)
{
    struct seal seal;
    char time[21];
    bool sealed = false;
    fill_seal(try, &try->arena, time, &seal);
    keep_result(try, &seal);
    if (add_records(try, error) < 0 || is_sealed(try, &seal, &sealed, error) < 0)
        return -1;
    try->result->outcome = sealed ? SEAL_CHANGE_ALREADY : SEAL_CHANGE_DONE;
    if (sealed)
        return 0;
    struct oid commit;
    if (add_seal(try, &seal, error) < 0 || write_files(try, &commit, error) < 0 ||
        check_sealed(try, &commit, error) < 0)
        return -1;
    try->result->commit = commit;
    return publish(try, &commit, error);
}

static int run(struct sealing_try *try, struct slice name, struct error *error)
{
    struct seal_change_result *result = try->result;
    bool rewound = false;
    if (sync_freshen(try->workspace, name, try->transport, &rewound, error) < 0 ||
        workspace_need_right(try->workspace, SEAL_NAMESPACE, "seal", error) < 0 || send_waiting(try, error) < 0 ||
        judge(try, name, rewound, error) < 0)
        return -1;
    result->change = arena_copy(&result->arena, try->load.change);
    result->ref = arena_copy(&result->arena, try->load.ref);
    result->commit = try->load.commit;
    if (!try->assessment.verdict.pass) {
        tell_blocks(try);
        return 0;
    }
    if (try->load.module_count == 0)
        return error_set(error, ERROR_INPUT, "%.*s changes no module of %s: there is nothing to seal.",
                         SLICE_ARG(try->load.change), try->workspace->target.name.data);
    return seal_it(try, error);
}

static int try_once(struct workspace *workspace, struct slice name, const struct transport *transport,
                    struct seal_change_result *result, bool *busy, struct error *error)
{
    struct sealing_try try = {.workspace = workspace,
                              .transport = transport,
                              .result = result,
                              .cache = cache_new(workspace),
                              .arena = ARENA_INIT};
    *result = (struct seal_change_result){.arena = ARENA_INIT};
    changes_init(&try.changes);
    int code = run(&try, name, error);
    *busy = code == 0 && try.busy;
    assess_clear(&try.assessment);
    ledger_clear(&try.ledger);
    load_clear(&try.load);
    changes_clear(&try.changes);
    memory_free(try.files);
    arena_clear(&try.arena);
    cache_free(try.cache);
    if (code < 0)
        seal_change_clear(result);
    return code;
}

int seal_change(struct workspace *workspace, struct slice change, const struct transport *transport,
                struct seal_change_result *result, struct error *error)
{
    enum { TRIES = 2 };
    bool busy = true;
    for (int i = 0; busy && i < TRIES; i++) {
        if (i > 0)
            seal_change_clear(result);
        if (try_once(workspace, change, transport, result, &busy, error) < 0)
            return -1;
    }
    if (!busy)
        return 0;
    seal_change_clear(result);
    return error_set(error, ERROR_ENVIRONMENT,
                     "%.*s moves while it is being sealed; try again when nobody pushes to it.", SLICE_ARG(change));
}

void seal_change_clear(struct seal_change_result *result)
{
    arena_clear(&result->arena);
    *result = (struct seal_change_result){.arena = ARENA_INIT};
}
