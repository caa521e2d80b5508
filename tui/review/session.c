#include "assay/review/session.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"

struct session {
    struct workspace *workspace;
    struct drafts *drafts;
    const struct load *load;
    const struct module *module;
    const struct rubric *rubric;
    size_t role;
    int64_t draft;
    struct session_case *cases;
    size_t count;
    struct table *by_case; /* prompt and case id → position */
    struct session_decision *decisions;
    size_t decision_count, decision_capacity;
    struct slice comment;
    bool files_read;
    struct arena arena; /* every text that was entered */
};

/* --- finding ----------------------------------------------------------------------------------------------------- */

static void case_key(struct slice prompt, struct slice case_id, struct str *key)
{
    str_append(key, prompt);
    str_push(key, '\0');
    str_append(key, case_id);
}

size_t session_find(const struct session *session, struct slice prompt, struct slice case_id)
{
    struct str key = STR_INIT;
    size_t at = SESSION_NOT_FOUND;
    case_key(prompt, case_id, &key);
    table_get(session->by_case, str_slice(&key), &at);
    str_clear(&key);
    return at;
}

static bool same_target(const struct session_target *a, const struct session_target *b)
{
    return slice_equal(a->prompt, b->prompt) && slice_equal(a->case_id, b->case_id) && slice_equal(a->flag, b->flag) &&
           digest_equal(&a->output, &b->output);
}

static struct session_decision *find_decision(const struct session *session, const struct session_target *target)
{
    for (size_t i = 0; i < session->decision_count; i++)
        if (same_target(&session->decisions[i].target, target))
            return &session->decisions[i];
    return NULL;
}

const struct session_decision *session_decision(const struct session *session, const struct session_target *target)
{
    return find_decision(session, target);
}

/* --- entries of the draft into memory ---------------------------------------------------------------------------- */

static void take_flag(struct session *session, struct session_case *item, const struct drafts_entry *entry)
{
    size_t at = 0, kept = item->flag_count;
    struct session_flag *flags = arena_alloc_array(&session->arena, item->flag_count + 1, sizeof *flags);
    while (at < kept && !slice_equal(item->flags[at].code, entry->name))
        at++;
    if (kept > 0)
        memcpy(flags, item->flags, kept * sizeof *flags);
    if (entry->removed && at < kept)
        memmove(&flags[at], &flags[at + 1], (--kept - at) * sizeof *flags);
    if (!entry->removed) {
        flags[at] =
            (struct session_flag){arena_copy(&session->arena, entry->name), arena_copy(&session->arena, entry->text)};
        kept += at == kept;
    }
    item->flags = flags;
    item->flag_count = kept;
}

static void take_decision(struct session *session, const struct drafts_entry *entry)
{
    struct session_target target = {entry->prompt, entry->case_id, entry->output, entry->name};
    struct session_decision *found = find_decision(session, &target);
    if (entry->removed) {
        if (found)
            *found = session->decisions[--session->decision_count];
        return;
    }
    if (!found) {
        found = ARRAY_PUSH(session->decisions, session->decision_count, session->decision_capacity);
        found->target = (struct session_target){arena_copy(&session->arena, entry->prompt),
                                                arena_copy(&session->arena, entry->case_id), entry->output,
                                                arena_copy(&session->arena, entry->name)};
    }
    found->decision = (enum triage_decision)entry->value;
    found->reason = arena_copy(&session->arena, entry->text);
}

static void take_score(const struct session *session, struct session_case *item, const struct drafts_entry *entry)
{
    size_t criterion = session->rubric ? rubric_find(session->rubric, entry->name) : SIZE_MAX;
    if (criterion == SIZE_MAX)
        return; /* of a rubric that was replaced since */
    bool fits = entry->value >= session->rubric->scale_low && entry->value <= session->rubric->scale_high, first = true;
    for (size_t c = 0; c < session->rubric->count; c++)
        first = first && item->scores[c] == SESSION_NO_SCORE;
    item->carried = entry->carried && !entry->removed && (first || item->carried);
    item->scores[criterion] = entry->removed || !fits ? SESSION_NO_SCORE : (int)entry->value;
}

static void take_comparison(struct session *session, struct session_case *item, const struct drafts_entry *entry)
{
    item->side_a = entry->removed ? slice_make(NULL, 0) : arena_copy(&session->arena, entry->name);
    item->answer = entry->removed ? slice_make(NULL, 0) : arena_copy(&session->arena, entry->text);
}

/* Returns the case that the entry is about. */
static size_t take(struct session *session, const struct drafts_entry *entry)
{
    if (entry->kind == DRAFTS_TRIAGE)
        take_decision(session, entry);
    struct slice text = {0};
    if (!entry->removed)
        text = entry->text;
    if (entry->kind == DRAFTS_COMMENT && entry->case_id.size == 0)
        session->comment = arena_copy(&session->arena, text);
    if (entry->kind == DRAFTS_SEEN && entry->case_id.size == 0 &&
        digest_equal(&entry->output, &session->module->digest))
        session->files_read = !entry->removed;
    size_t at = session_find(session, entry->prompt, entry->case_id);
    struct session_case *item = at == SESSION_NOT_FOUND ? NULL : &session->cases[at];
    if (!item || !digest_equal(&item->output, &entry->output))
        return SESSION_NOT_FOUND;
    if (entry->kind == DRAFTS_SCORE)
        take_score(session, item, entry);
    else if (entry->kind == DRAFTS_COMMENT)
        item->comment = arena_copy(&session->arena, text);
    else if (entry->kind == DRAFTS_FLAG)
        take_flag(session, item, entry);
    else if (entry->kind == DRAFTS_COMPARISON)
        take_comparison(session, item, entry);
    else if (entry->kind == DRAFTS_SEEN)
        item->seen = !entry->removed;
    return at;
}

/* --- carrying over ----------------------------------------------------------------------------------------------- */

/* The newest of this person's own well-signed records that scores this output of this case. */
static const struct record_score *find_own_score(const struct session *session, const struct ledger *ledger,
                                                 const struct session_case *item, const struct record **from)
{
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (record->decoded != RECORD_OK || record->signature != GATE_SIGNATURE_GOOD ||
            !slice_equal(record->principal, session->workspace->identity.principal) ||
            !slice_equal(record->record.module.path, session->module->path))
            continue;
        for (size_t s = 0; s < record->record.score_count; s++) {
            const struct record_score *score = &record->record.scores[s];
            if (digest_equal(&score->output, &item->output) && slice_equal(score->case_id, item->item->id) &&
                slice_equal(score->prompt, item->prompt->id)) {
                *from = &record->record;
                return score;
            }
        }
    }
    return NULL;
}

static struct drafts_entry *push_entry(struct drafts_entries *entries, const struct session_case *item,
                                       enum drafts_kind kind)
{
    struct drafts_entry *entry = ARRAY_PUSH(entries->items, entries->count, entries->capacity);
    *entry = (struct drafts_entry){
        .kind = kind, .prompt = item->prompt->id, .case_id = item->item->id, .output = item->output, .carried = true};
    return entry;
}

static void carry_record(const struct session *session, const struct ledger *ledger, const struct session_case *item,
                         struct drafts_entries *entries)
{
    const struct record *record;
    const struct record_score *score = find_own_score(session, ledger, item, &record);
    if (!score)
        return;
    for (size_t c = 0; c < record->criteria_count; c++) {
        if (score->scores[c] < 0)
            continue;
        struct drafts_entry *entry = push_entry(entries, item, DRAFTS_SCORE);
        entry->name = record->criteria[c];
        entry->value = score->scores[c];
    }
    if (score->comment.size > 0)
        push_entry(entries, item, DRAFTS_COMMENT)->text = score->comment;
    for (size_t f = 0; f < record->flag_count; f++) {
        const struct record_flag *flag = &record->flags[f];
        if (!digest_equal(&flag->output, &item->output) || !slice_equal(flag->case_id, item->item->id) ||
            !slice_equal(flag->prompt, item->prompt->id))
            continue;
        struct drafts_entry *entry = push_entry(entries, item, DRAFTS_FLAG);
        entry->name = flag->code;
        entry->text = flag->comment;
    }
}

/* `touched`: cases about whose output the draft says something already. */
static int carry_over(struct session *session, const struct ledger *ledger, const bool *touched, struct error *error)
{
    struct drafts_entries entries = {0};
    int result = 0;
    for (size_t at = 0; result == 0 && at < session->count; at++) {
        const struct session_case *item = &session->cases[at];
        size_t before = entries.count;
        if (touched[at] || digest_is_none(&item->output))
            continue;
        result = drafts_recall(session->drafts, session->draft, item->prompt->id, item->item->id, &item->output,
                               &entries, error);
        if (result == 0 && entries.count == before && ledger)
            carry_record(session, ledger, item, &entries);
    }
    if (result == 0 && entries.count > 0)
        result = drafts_apply(session->drafts, session->draft, entries.items, entries.count, false, error);
    for (size_t i = 0; result == 0 && i < entries.count; i++)
        take(session, &entries.items[i]);
    drafts_entries_clear(&entries);
    return result;
}

/* A person who signed this very content as seen to its end need not read it again to correct a score. */
static bool has_signed_as_seen(const struct session *session, const struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (record->decoded == RECORD_OK && record->signature == GATE_SIGNATURE_GOOD &&
            slice_equal(record->principal, session->workspace->identity.principal) &&
            slice_equal(record->record.module.path, session->module->path) &&
            digest_equal(&record->record.module.digest, &session->module->digest) &&
            digest_equal(&record->record.evidence.digest, &session->module->evidence) &&
            record->record.evidence.seen == record->record.evidence.cases)
            return true;
    }
    return false;
}

static int carry_seen(struct session *session, const struct ledger *ledger, struct error *error)
{
    struct drafts_entries entries = {0};
    int result = 0;
    for (size_t at = 0; at < session->count; at++)
        if (!session->cases[at].seen)
            push_entry(&entries, &session->cases[at], DRAFTS_SEEN);
    if (entries.count > 0 && has_signed_as_seen(session, ledger))
        result = drafts_apply(session->drafts, session->draft, entries.items, entries.count, false, error);
    else
        entries.count = 0;
    for (size_t i = 0; result == 0 && i < entries.count; i++)
        take(session, &entries.items[i]);
    drafts_entries_clear(&entries);
    return result;
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

static bool has_output(const struct module_case *item)
{
    return item->candidate && item->candidate->failed.size == 0;
}

static void list_cases(struct session *session)
{
    struct str key = STR_INIT;
    size_t count = 0;
    for (size_t p = 0; p < session->module->prompt_count; p++)
        count += session->module->prompts[p].case_count;
    session->cases = memory_new_array(count, sizeof *session->cases);
    for (size_t p = 0; p < session->module->prompt_count; p++) {
        const struct module_prompt *prompt = &session->module->prompts[p];
        for (size_t c = 0; c < prompt->case_count; c++) {
            struct session_case *item = &session->cases[session->count];
            *item = (struct session_case){.prompt = prompt, .item = &prompt->cases[c]};
            if (has_output(item->item))
                item->output = item->item->candidate->digest;
            for (size_t i = 0; i < RUBRIC_CRITERIA_MAX; i++)
                item->scores[i] = SESSION_NO_SCORE;
            str_reset(&key);
            case_key(prompt->id, item->item->id, &key);
            table_add(session->by_case, str_slice(&key), session->count++);
        }
    }
    str_clear(&key);
}

static int read_draft(struct session *session, const struct ledger *ledger, struct error *error)
{
    struct drafts_entries entries = {0};
    bool *touched = memory_new_array(session->count, sizeof *touched);
    int result = drafts_load(session->drafts, session->draft, &entries, error);
    for (size_t i = 0; result == 0 && i < entries.count; i++) {
        size_t at = take(session, &entries.items[i]);
        if (at != SESSION_NOT_FOUND)
            touched[at] = true;
    }
    if (result == 0)
        result = carry_over(session, ledger, touched, error);
    if (result == 0 && ledger)
        result = carry_seen(session, ledger, error);
    memory_free(touched);
    drafts_entries_clear(&entries);
    return result;
}

int session_open(struct workspace *workspace, struct drafts *drafts, const struct load *load,
                 const struct module *module, size_t role, const struct ledger *ledger, struct session **session,
                 struct error *error)
{
    struct session *opened = memory_new(sizeof *opened);
    *opened = (struct session){.workspace = workspace, .drafts = drafts, .load = load, .module = module, .role = role};
    arena_init(&opened->arena);
    opened->by_case = table_new();
    if (workspace_has_policy(workspace))
        opened->rubric = &workspace->policy.rubric;
    list_cases(opened);
    int result = 0;
    if (drafts && role != SIZE_MAX && opened->rubric && workspace->identity.person) {
        result = drafts_begin(drafts, load->change, module->path, workspace->identity.principal, &opened->draft, error);
        if (result == 0)
            result = read_draft(opened, ledger, error);
    }
    if (result < 0) {
        session_close(opened);
        return -1;
    }
    *session = opened;
    return 0;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    table_free(session->by_case);
    memory_free(session->cases);
    memory_free(session->decisions);
    arena_clear(&session->arena);
    memory_free(session);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

size_t session_count(const struct session *session)
{
    return session->count;
}

const struct session_case *session_case(const struct session *session, size_t at)
{
    return &session->cases[at];
}

size_t session_role(const struct session *session)
{
    return session->role;
}

bool session_is_read_only(const struct session *session)
{
    return session->draft == 0;
}

const struct rubric *session_rubric(const struct session *session)
{
    return session->rubric;
}

int64_t session_draft(const struct session *session)
{
    return session->draft;
}

const struct load *session_load(const struct session *session)
{
    return session->load;
}

const struct module *session_module(const struct session *session)
{
    return session->module;
}

struct slice session_comment(const struct session *session)
{
    return session->comment;
}

const struct session_decision *session_decisions(const struct session *session, size_t *count)
{
    *count = session->decision_count;
    return session->decisions;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* On disk first, then in memory. */
static int apply(struct session *session, const struct drafts_entry *entries, size_t count, bool undoable,
                 struct error *error)
{
    if (session->draft == 0)
        return error_set(error, ERROR_USAGE,
                         "Nothing can be entered here: the policy gives you no role in this repository.");
    if (drafts_apply(session->drafts, session->draft, entries, count, undoable, error) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        take(session, &entries[i]);
    return 0;
}

static struct drafts_entry entry_of(const struct session *session, size_t at, enum drafts_kind kind)
{
    const struct session_case *item = &session->cases[at];
    return (struct drafts_entry){
        .kind = kind, .prompt = item->prompt->id, .case_id = item->item->id, .output = item->output};
}

int session_set_score(struct session *session, size_t at, size_t criterion, int score, struct error *error)
{
    const struct rubric *rubric = session->rubric;
    if (!rubric || criterion >= rubric->count)
        return error_set(error, ERROR_USAGE, "There is no such criterion.");
    if (!session_can_score(session, at))
        return error_set(error, ERROR_INPUT, "There is no output to score in this case.");
    if (score != SESSION_NO_SCORE && (score < rubric->scale_low || score > rubric->scale_high))
        return error_set(error, ERROR_USAGE, "Scores go from %d to %d.", rubric->scale_low, rubric->scale_high);
    struct drafts_entry entry = entry_of(session, at, DRAFTS_SCORE);
    entry.name = rubric->criteria[criterion].id;
    entry.value = score;
    entry.removed = score == SESSION_NO_SCORE;
    return apply(session, &entry, 1, true, error);
}

int session_set_comment(struct session *session, size_t at, struct slice comment, struct error *error)
{
    struct drafts_entry entry = {.kind = DRAFTS_COMMENT};
    if (at != SESSION_NOT_FOUND)
        entry = entry_of(session, at, DRAFTS_COMMENT);
    entry.text = slice_trim(comment);
    entry.removed = entry.text.size == 0;
    return apply(session, &entry, 1, true, error);
}

int session_set_flag(struct session *session, size_t at, struct slice code, bool raised, struct slice comment,
                     struct error *error)
{
    struct drafts_entry entry = entry_of(session, at, DRAFTS_FLAG);
    entry.name = code;
    entry.text = slice_trim(comment);
    entry.removed = !raised;
    return apply(session, &entry, 1, true, error);
}

int session_set_comparison(struct session *session, size_t at, struct slice side_a, struct slice answer,
                           struct error *error)
{
    struct drafts_entry entry = entry_of(session, at, DRAFTS_COMPARISON);
    entry.name = side_a;
    entry.text = answer;
    entry.removed = answer.size == 0;
    return apply(session, &entry, 1, true, error);
}

int session_decide(struct session *session, const struct session_target *targets, size_t count,
                   const enum triage_decision *decision, struct slice reason, struct error *error)
{
    struct drafts_entry *entries = memory_new_array(count, sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct drafts_entry){.kind = DRAFTS_TRIAGE,
                                           .prompt = targets[i].prompt,
                                           .case_id = targets[i].case_id,
                                           .output = targets[i].output,
                                           .name = targets[i].flag,
                                           .value = decision ? (int64_t)*decision : 0,
                                           .text = slice_trim(reason),
                                           .removed = !decision};
    int result = apply(session, entries, count, true, error);
    memory_free(entries);
    return result;
}

int session_mark_seen(struct session *session, size_t at, struct error *error)
{
    if (session->cases[at].seen || session->draft == 0)
        return 0;
    struct drafts_entry entry = entry_of(session, at, DRAFTS_SEEN);
    return apply(session, &entry, 1, false, error);
}

int session_mark_files_read(struct session *session, struct error *error)
{
    if (session_has_read_files(session) || session->draft == 0)
        return 0;
    struct drafts_entry entry = {.kind = DRAFTS_SEEN, .output = session->module->digest};
    return apply(session, &entry, 1, false, error);
}

/* --- undo -------------------------------------------------------------------------------------------------------- */

typedef int step_function(struct drafts *drafts, int64_t draft, struct drafts_entries *changed, struct error *error);

static int step(struct session *session, step_function *function, bool *stepped, size_t *at, struct error *error)
{
    struct drafts_entries changed = {0};
    int result = session->draft ? function(session->drafts, session->draft, &changed, error) : 0;
    *stepped = result == 0 && changed.count > 0;
    *at = SESSION_NOT_FOUND;
    for (size_t i = 0; result == 0 && i < changed.count; i++) {
        size_t taken = take(session, &changed.items[i]);
        if (*at == SESSION_NOT_FOUND)
            *at = taken != SESSION_NOT_FOUND ? taken
                                             : session_find(session, changed.items[i].prompt, changed.items[i].case_id);
    }
    drafts_entries_clear(&changed);
    return result;
}

int session_undo(struct session *session, bool *stepped, size_t *at, struct error *error)
{
    return step(session, drafts_undo, stepped, at, error);
}

int session_redo(struct session *session, bool *stepped, size_t *at, struct error *error)
{
    return step(session, drafts_redo, stepped, at, error);
}

int session_place(struct session *session, struct arena *arena, struct drafts_place *place, struct error *error)
{
    *place = (struct drafts_place){0};
    return session->draft ? drafts_place(session->drafts, session->draft, arena, place, error) : 0;
}

int session_set_place(struct session *session, const struct drafts_place *place, struct error *error)
{
    return session->draft ? drafts_set_place(session->drafts, session->draft, place, error) : 0;
}

/* --- questions --------------------------------------------------------------------------------------------------- */

bool session_can_score(const struct session *session, size_t at)
{
    return !digest_is_none(&session->cases[at].output);
}

bool session_needs_comment(const struct session *session, size_t at)
{
    const struct session_case *item = &session->cases[at];
    for (size_t c = 0; session->rubric && c < session->rubric->count && item->comment.size == 0; c++)
        if (item->scores[c] != SESSION_NO_SCORE && item->scores[c] <= session->rubric->comment_required_at)
            return true;
    return false;
}

bool session_is_scored(const struct session *session, size_t at)
{
    const struct session_case *item = &session->cases[at];
    if (!session->rubric || !session_can_score(session, at))
        return false;
    for (size_t c = 0; c < session->rubric->count; c++)
        if (item->scores[c] == SESSION_NO_SCORE)
            return false;
    return !session_needs_comment(session, at);
}

bool session_has_read_files(const struct session *session)
{
    return session->files_read || session->module->file_count == 0;
}

size_t session_next_unscored(const struct session *session, size_t from)
{
    for (size_t step_count = 1; step_count <= session->count; step_count++) {
        size_t at = (from + step_count) % session->count;
        if (session_can_score(session, at) && !session_is_scored(session, at))
            return at;
    }
    return SESSION_NOT_FOUND;
}

struct session_progress session_progress(const struct session *session)
{
    struct session_progress progress = {.cases = session->count};
    for (size_t at = 0; at < session->count; at++) {
        progress.to_score += session_can_score(session, at);
        progress.scored += session_is_scored(session, at);
        progress.judged += session_is_scored(session, at) && session->cases[at].seen;
        progress.seen += session->cases[at].seen;
        progress.flags += session->cases[at].flag_count;
    }
    return progress;
}
