#include "assay/review/submit.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/git/outbox.h"
#include "assay/model/chain.h"
#include "assay/review/refusal.h"
#include "assay/text/personal.h"

#define METRICS_VERSION "1" /* of text/metrics: a record says by which definitions its numbers were shown */

bool submit_refusal(const struct workspace *workspace, const struct submit_request *request, struct str *why)
{
    return refusal_find(workspace, request, why);
}

/* ---- composing ---- */

static int compare_places(struct slice prompt_a, struct slice case_a, struct slice prompt_b, struct slice case_b)
{
    int order = slice_compare(prompt_a, prompt_b);
    return order ? order : slice_compare(case_a, case_b);
}

static int by_score(const void *a, const void *b)
{
    const struct record_score *x = a, *y = b;
    return compare_places(x->prompt, x->case_id, y->prompt, y->case_id);
}

static int by_flag(const void *a, const void *b)
{
    const struct record_flag *x = a, *y = b;
    int order = compare_places(x->prompt, x->case_id, y->prompt, y->case_id);
    return order ? order : slice_compare(x->code, y->code);
}

static int by_triage(const void *a, const void *b)
{
    const struct record_triage *x = a, *y = b;
    int order = compare_places(x->prompt, x->case_id, y->prompt, y->case_id);
    return order ? order : slice_compare(x->flag, y->flag);
}

/* A sorted copy: the request stays as it is. */
static void *sorted(struct arena *arena, const void *items, size_t count, size_t size,
                    int (*compare)(const void *, const void *))
{
    void *copy = arena_alloc_array(arena, count, size);
    if (count > 0) {
        memcpy(copy, items, count * size);
        qsort(copy, count, size, compare);
    }
    return copy;
}

static bool is_used(const struct submit_request *request, size_t criterion)
{
    for (size_t i = 0; i < request->score_count; i++)
        if (request->scores[i].scores[criterion] >= 0)
            return true;
    return false;
}

/* The rubric's criteria that occur, bytewise by id; positions[i] is where criteria[i] stands in the rubric. */
static void list_criteria(const struct rubric *rubric, const struct submit_request *request, struct record *record,
                          size_t positions[RUBRIC_CRITERIA_MAX])
{
    for (size_t i = 0; i < rubric->count; i++) {
        size_t at = record->criteria_count;
        if (!is_used(request, i))
            continue;
        for (; at > 0 && slice_compare(rubric->criteria[i].id, record->criteria[at - 1]) < 0; at--) {
            record->criteria[at] = record->criteria[at - 1];
            positions[at] = positions[at - 1];
        }
        record->criteria[at] = rubric->criteria[i].id;
        positions[at] = i;
        record->criteria_count++;
    }
}

static void fill_scores(const struct rubric *rubric, const struct submit_request *request, struct arena *arena,
                        struct record *record)
{
    size_t positions[RUBRIC_CRITERIA_MAX] = {0};
    list_criteria(rubric, request, record, positions);
    record->scores = sorted(arena, request->scores, request->score_count, sizeof *record->scores, by_score);
    record->score_count = request->score_count;
    for (size_t i = 0; i < record->score_count; i++) {
        signed char by_position[RUBRIC_CRITERIA_MAX];
        memcpy(by_position, record->scores[i].scores, sizeof by_position);
        memset(record->scores[i].scores, -1, sizeof by_position);
        for (size_t k = 0; k < record->criteria_count; k++)
            record->scores[i].scores[k] = by_position[positions[k]];
    }
}

/* What was judged. */
static void fill_subject(const struct workspace *workspace, const struct submit_request *request, struct arena *arena,
                         struct record *record)
{
    const struct load *load = request->load;
    const struct module *module = request->module;
    record->repository = workspace->policy.repository;
    record->target = workspace->policy.target;
    record->change = load->change;
    record->candidate = load->commit;
    record->merge_base = load->merge_base;
    record->module.path = module->path;
    record->module.name = module->name;
    record->module.version = module->version;
    record->module.digest = module->digest;
    record->prompts = arena_alloc_array(arena, module->prompt_count, sizeof *record->prompts);
    record->prompt_count = module->prompt_count;
    for (size_t i = 0; i < module->prompt_count; i++)
        record->prompts[i] = (struct record_prompt){.id = module->prompts[i].id,
                                                    .hash = module->prompts[i].hash,
                                                    .model = module->prompts[i].model,
                                                    .parameters = module->prompts[i].parameters};
    record->evidence.digest = module->evidence;
    record->evidence.cases = (int64_t)module->case_count;
    record->evidence.seen = request->seen;
    record->policy = workspace->policy.digest;
    record->rubric = workspace->policy.rubric.digest;
}

/* What is said of it, and by whom. */
static void fill_judgement(const struct workspace *workspace, const struct submit_request *request, struct arena *arena,
                           struct record *record)
{
    const struct policy_role *role = &workspace->policy.roles[request->role];
    record->reviewer.principal = workspace->identity.principal;
    record->reviewer.name = workspace->identity.name;
    record->reviewer.role = role->id;
    record->verdict = request->verdict;
    /* The sentence is what an approval says. A rejection that bore it would say the opposite of what it means. */
    if (request->verdict == VERDICT_APPROVE)
        record->meaning = role->meaning;
    fill_scores(&workspace->policy.rubric, request, arena, record);
    record->flags = sorted(arena, request->flags, request->flag_count, sizeof *record->flags, by_flag);
    record->flag_count = request->flag_count;
    record->triage = sorted(arena, request->triage, request->triage_count, sizeof *record->triage, by_triage);
    record->triage_count = request->triage_count;
    record->comparisons = request->comparisons;
    record->comparison_count = request->comparison_count;
    record->seed = request->seed;
    record->metrics = SLICE(METRICS_VERSION);
    record->comment = slice_trim(request->comment);
    record->via = slice_of(request->via);
    record->assay = SLICE(ASSAY_VERSION);
    record->supersedes = request->supersedes;
    record->supersedes_count = request->supersedes_count;
}

/* Everything that was signed by a key of its person, whatever became of the key: as the gate follows `prev`. */
static bool is_link(const struct workspace *workspace, const struct ledger_record *record)
{
    return record->decoded == RECORD_OK && record->signature <= GATE_SIGNATURE_COMPROMISED &&
           slice_equal(record->record.repository, workspace->policy.repository) &&
           slice_equal(record->record.target, workspace->policy.target);
}

static void fill_chain(const struct workspace *workspace, const struct ledger *ledger, struct arena *arena,
                       struct record *record)
{
    const struct record **links = arena_alloc_array(arena, ledger->count, sizeof(const struct record *));
    size_t count = 0;
    struct digest *prev;
    for (size_t i = 0; i < ledger->count; i++)
        if (is_link(workspace, &ledger->records[i]))
            links[count++] = &ledger->records[i].record;
    struct chain *chain = chain_new(links, count);
    chain_next(chain, record->reviewer.principal, record->change, &prev, &record->prev_count, &record->seq);
    record->prev = arena_alloc_array(arena, record->prev_count, sizeof *record->prev);
    if (record->prev_count > 0)
        memcpy(record->prev, prev, record->prev_count * sizeof *prev);
    memory_free(prev);
    chain_free(chain);
    record->log = ledger->tips.tracked;
}

/* Nobody should sign what no verifier would read. */
static int read_back(struct slice bytes, struct error *error)
{
    struct record record;
    struct error cause = ERROR_INIT;
    enum record_problem problem = record_decode(bytes, &record, &cause);
    record_clear(&record);
    return problem == RECORD_OK ? 0 : error_set(error, ERROR_INPUT, "The record would not be readable: %s", cause.text);
}

int submit_compose(const struct workspace *workspace, const struct submit_request *request, const struct ledger *ledger,
                   struct str *bytes, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct record record = {.arena = ARENA_INIT};
    char signed_at[21];
    env_format_utc(env_now(), signed_at);
    record.signed_at = slice_of(signed_at);
    fill_subject(workspace, request, &arena, &record);
    fill_judgement(workspace, request, &arena, &record);
    fill_chain(workspace, ledger, &arena, &record);
    record_encode(&record, bytes);
    arena_clear(&arena);
    return read_back(str_slice(bytes), error);
}

/* ---- signing ---- */

/* The draft is closed before the entry counts as committed: then an entry that is not yet committed is all that a crash
 * can leave, and doing the three steps again changes nothing. */
static int commit_entry(struct workspace *workspace, struct journal *journal, struct drafts *drafts,
                        const struct journal_entry *entry, enum process_mode mode, struct error *error)
{
    struct log_tips tips;
    const struct outbox_record record = {.change = entry->change,
                                         .name = entry->name,
                                         .record = entry->bytes,
                                         .signature = entry->signature,
                                         .author = entry->principal,
                                         .email = entry->principal};
    if (outbox_append(workspace->repo, workspace_log(workspace), &record, mode, error) < 0 ||
        outbox_find_tips(workspace->repo, workspace_log(workspace), &tips, error) < 0)
        return -1;
    if (drafts && entry->draft != 0 && drafts_submitted(drafts, entry->draft, &entry->name, error) < 0)
        return -1;
    const struct oid *tip = oid_is_none(&tips.pending) ? &tips.tracked : &tips.pending;
    if (journal_committed(journal, &entry->name, tip, error) < 0)
        return -1;
    /* Without a remote the log's own branch is where records go: nothing is left to send. */
    return repo_remote(workspace->repo) ? 0 : journal_pushed(journal, &entry->name, error);
}

static int refuse(const struct workspace *workspace, const struct submit_request *request, const struct ledger *ledger,
                  struct error *error)
{
    struct str why = STR_INIT;
    int result = 0;
    if (refusal_find(workspace, request, &why) || refusal_of_records(workspace, request, ledger, &why))
        result = error_set(error, ERROR_INPUT, "%s", why.data);
    str_clear(&why);
    return result;
}

/* What a record says, without when it was said and after what. */
static int take_statement(struct slice bytes, struct str *statement)
{
    struct record record;
    struct error ignored = ERROR_INIT;
    bool read = record_decode(bytes, &record, &ignored) == RECORD_OK;
    if (read) {
        record.signed_at = SLICE("");
        record.log = (struct oid){{0}};
        record.seq = 0;
        record.prev_count = 0;
        record_encode(&record, statement);
    }
    record_clear(&record);
    return read ? 0 : -1;
}

static bool says_the_same(struct slice a, struct slice b)
{
    struct str left = STR_INIT, right = STR_INIT;
    bool same = take_statement(a, &left) == 0 && take_statement(b, &right) == 0 &&
                slice_equal(str_slice(&left), str_slice(&right));
    str_clear(&left);
    str_clear(&right);
    return same;
}

/* The last of this person's records about the module that is signed and not sent yet; NULL: none. */
static const struct journal_entry *find_signed(const struct workspace *workspace, const struct submit_request *request,
                                               const struct journal_entries *entries)
{
    for (size_t i = entries->count; i > 0; i--) {
        const struct journal_entry *entry = &entries->items[i - 1];
        if (slice_is(entry->kind, "record") && (entry->state == JOURNAL_SIGNED || entry->state == JOURNAL_COMMITTED) &&
            slice_equal(entry->change, request->load->change) && slice_equal(entry->module, request->module->path) &&
            slice_equal(entry->principal, workspace->identity.principal))
            return entry;
    }
    return NULL;
}

/* Who was told that something failed, or saw the power go, signs again, and means the record that was kept all the
 * while: it goes on its way. *done: it says what `bytes` says. One that says something else comes first, and the chain
 * has to know it. */
static int take_up(struct workspace *workspace, struct journal *journal, struct drafts *drafts,
                   const struct submit_request *request, struct slice bytes, enum process_mode mode,
                   struct submit_result *result, bool *done, struct error *error)
{
    struct journal_entries entries = {.count = 0};
    int code = journal_pending(journal, &entries, error);
    const struct journal_entry *entry = code == 0 ? find_signed(workspace, request, &entries) : NULL;
    *done = entry && says_the_same(entry->bytes, bytes);
    bool comes_first = entry && !*done && entry->state == JOURNAL_SIGNED;
    if (entry && entry->state == JOURNAL_SIGNED)
        code = commit_entry(workspace, journal, drafts, entry, mode, error);
    if (code == 0 && *done && drafts && request->draft != 0)
        code = drafts_submitted(drafts, request->draft, &entry->name, error);
    if (code == 0 && *done)
        result->name = entry->name;
    if (code == 0 && comes_first)
        code = error_set(error, ERROR_ENVIRONMENT,
                         "A record about %.*s that you signed before was kept here and is in the log only now; look at "
                         "it, and sign again if you mean something else.",
                         SLICE_ARG(request->module->name));
    journal_entries_clear(&entries);
    return code;
}

int submit_take_turn(const struct workspace *workspace, int wait_ms, struct turn *turn, struct error *error)
{
    bool taken = false;
    if (turn_take(workspace->state_folder.data, wait_ms, turn, &taken, error) < 0)
        return -1;
    return taken ? 0
                 : error_set(error, ERROR_ENVIRONMENT,
                             "Another assay is signing in this repository and may be asking for a passphrase; sign "
                             "again when it is done.");
}

/* From composed bytes in the journal to the log. */
static int sign_entry(struct workspace *workspace, struct journal *journal, struct drafts *drafts,
                      struct journal_entry *entry, enum process_mode mode, struct submit_result *result,
                      struct error *error)
{
    struct str signature = STR_INIT;
    struct error ignored = ERROR_INIT;
    int code = keys_sign(&workspace->identity.keys, RECORD_NAMESPACE, entry->bytes, mode, &signature,
                         &result->foreground_helps, error);
    if (code < 0)
        journal_drop(journal, &entry->name, &ignored);
    /* Added again: where there are no turns (turn.h), another assay that started while the key was asked for took the
     * entry for one of a crash. */
    if (code == 0)
        code = journal_add(journal, entry, &entry->name, error);
    if (code == 0)
        code = journal_signed(journal, &entry->name, str_slice(&signature), error);
    entry->signature = str_slice(&signature);
    if (code == 0 && (code = commit_entry(workspace, journal, drafts, entry, mode, error)) < 0)
        error_prefix(error, "The record is signed and kept here, and “assay sync” puts it into the log");
    str_clear(&signature);
    return code;
}

int submit_sign(struct workspace *workspace, struct journal *journal, struct drafts *drafts,
                const struct submit_request *request, const struct ledger *ledger, enum process_mode mode,
                struct submit_result *result, struct error *error)
{
    struct str bytes = STR_INIT;
    bool done = false;
    *result = (struct submit_result){.foreground_helps = false};
    int code = refuse(workspace, request, ledger, error);
    if (code == 0)
        code = submit_compose(workspace, request, ledger, &bytes, error);
    if (code == 0)
        code = take_up(workspace, journal, drafts, request, str_slice(&bytes), mode, result, &done, error);
    if (code != 0 || done) {
        str_clear(&bytes);
        return code;
    }
    struct journal_entry entry = {.kind = SLICE("record"),
                                  .change = request->load->change,
                                  .module = request->module->path,
                                  .principal = workspace->identity.principal,
                                  .bytes = str_slice(&bytes),
                                  .draft = request->draft};
    code = journal_add(journal, &entry, &entry.name, error);
    if (code == 0)
        code = sign_entry(workspace, journal, drafts, &entry, mode, result, error);
    result->name = entry.name;
    str_clear(&bytes);
    return code;
}

/* Back in the log when it is not there: power that went after the commit may have taken what git had not on disk. */
static int resume_entry(struct workspace *workspace, struct journal *journal, struct drafts *drafts,
                        const struct journal_entry *entry, size_t *resumed, struct error *error)
{
    bool kept = false, sent = false;
    if (entry->state == JOURNAL_COMPOSED)
        return journal_drop(journal, &entry->name, error);
    if (outbox_find(workspace->repo, workspace_log(workspace), entry->change, &entry->name, &kept, &sent, error) < 0)
        return -1;
    if (entry->state == JOURNAL_COMMITTED && kept && repo_remote(workspace->repo))
        return 0;
    if (commit_entry(workspace, journal, drafts, entry, PROCESS_BACKGROUND, error) < 0)
        return -1;
    ++*resumed;
    return 0;
}

int submit_resume(struct workspace *workspace, struct journal *journal, struct drafts *drafts, size_t *resumed,
                  struct error *error)
{
    struct journal_entries entries = {.count = 0};
    struct turn turn = TURN_INIT;
    bool taken = false;
    *resumed = 0;
    int result = turn_take(workspace->state_folder.data, 0, &turn, &taken, error);
    if (result == 0 && taken)
        result = journal_pending(journal, &entries, error);
    for (size_t i = 0; result == 0 && i < entries.count; i++) {
        const struct journal_entry *entry = &entries.items[i];
        if (slice_is(entry->kind, "record"))
            result = resume_entry(workspace, journal, drafts, entry, resumed, error);
    }
    turn_give_back(&turn);
    journal_entries_clear(&entries);
    return result;
}

/* ---- personal data ---- */

static void name_personal_data(struct personal *personal, struct slice text, struct slice where, struct slice case_id,
                               struct str *found)
{
    static const char *const words[PERSONAL_KINDS] = {
        [PERSONAL_EMAIL] = "an e-mail address", [PERSONAL_CARD] = "a card number",
        [PERSONAL_IBAN] = "an account number",  [PERSONAL_SSN] = "a social security number",
        [PERSONAL_IPV4] = "an IP address",      [PERSONAL_PHONE] = "a telephone number",
    };
    struct personal_finds finds = {.count = 0};
    if (text.size > 0)
        personal_scan(personal, text, &finds);
    if (finds.count > 0) {
        str_appendf(found, "%s%s in %.*s", found->size ? ", " : "", words[finds.items[0].kind], SLICE_ARG(where));
        if (case_id.size > 0)
            str_appendf(found, " case %.*s", SLICE_ARG(case_id));
    }
    personal_finds_clear(&finds);
}

void submit_personal_data(const struct submit_request *request, struct str *found)
{
    struct personal *personal = personal_new();
    name_personal_data(personal, request->comment, SLICE("the comment"), (struct slice){0}, found);
    for (size_t i = 0; i < request->score_count; i++)
        name_personal_data(personal, request->scores[i].comment, SLICE("the comment on"), request->scores[i].case_id,
                           found);
    for (size_t i = 0; i < request->flag_count; i++)
        name_personal_data(personal, request->flags[i].comment, SLICE("the flag on"), request->flags[i].case_id, found);
    for (size_t i = 0; i < request->triage_count; i++)
        name_personal_data(personal, request->triage[i].reason, SLICE("the decision on"), request->triage[i].case_id,
                           found);
    personal_free(personal);
}
