#include "assay/review/queue.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/merge.h"

/* What is needed while the queue is read. */
struct reading {
    struct workspace *workspace;
    struct cache *cache;
    struct ledger ledger;      /* empty without a policy */
    bool any_rejection;        /* somewhere in it: may hold for a change with the same content */
    struct ancestry *ancestry; /* NULL until authors are asked for */
    const struct queue_watch *watch;
    struct queue *queue;
};

void queue_init(struct queue *queue)
{
    *queue = (struct queue){0};
    arena_init(&queue->arena);
}

void queue_clear(struct queue *queue)
{
    memory_free(queue->changes);
    memory_free(queue->problems);
    arena_clear(&queue->arena);
    queue_init(queue);
}

static void add_problem(struct queue *queue, struct slice text)
{
    *ARRAY_PUSH(queue->problems, queue->problem_count, queue->problem_capacity) = arena_copy(&queue->arena, text);
}

/* ---- what the index knows ---- */

#define ROW_KIND "queue/2"

/* A row is a function of these: as long as none moves, it is the same. */
static struct oid row_key(const struct reading *reading, const struct change *change)
{
    const struct workspace *workspace = reading->workspace;
    struct str text = STR_INIT;
    struct digest digest;
    struct oid key;
    str_append(&text, oid_slice(&workspace->target.commit));
    str_append(&text, oid_slice(&change->tip));
    str_append(&text, oid_slice(&reading->ledger.tips.tracked));
    str_append(&text, oid_slice(&reading->ledger.tips.pending));
    str_appendf(&text, "%.*s\n%.*s\n%.*s", SLICE_ARG(workspace->identity.principal), SLICE_ARG(change->name),
                SLICE_ARG(change->ref));
    digest_of(str_slice(&text), &digest);
    memcpy(key.bytes, digest.bytes, OID_SIZE);
    str_clear(&text);
    return key;
}

/* A change that was found to be about nothing is remembered as a row without a name. */
static bool recall_row(struct reading *reading, const struct change *change, struct queue_change *row)
{
    struct str bytes = STR_INIT;
    struct oid key = row_key(reading, change);
    bool known = index_fact(reading->workspace->index, ROW_KIND, &key, &bytes) &&
                 queue_row_decode(str_slice(&bytes), &reading->queue->arena, row);
    str_clear(&bytes);
    return known;
}

static void remember_row(struct reading *reading, const struct change *change, const struct queue_change *row)
{
    struct str bytes = STR_INIT;
    struct oid key = row_key(reading, change);
    queue_row_encode(row, &bytes);
    index_remember(reading->workspace->index, ROW_KIND, &key, str_slice(&bytes));
    str_clear(&bytes);
}

/* ---- one change ---- */

static void begin_row(struct reading *reading, const struct change *change, struct queue_change *row)
{
    struct arena *arena = &reading->queue->arena;
    *row = (struct queue_change){
        .change = arena_copy(arena, change->name),
        .ref = arena_copy(arena, change->ref),
        .commit = change->tip,
        .author = arena_copy(arena, change->author_name.size ? change->author_name : change->author_email),
        .subject = arena_copy(arena, change->subject),
        .time = change->time,
    };
}

/* The modules by their folders alone, from the trees: what the first rows show. */
static int sketch_row(struct reading *reading, const struct change *change, struct queue_change *row,
                      struct error *error)
{
    struct arena *arena = &reading->queue->arena;
    struct merge merge;
    begin_row(reading, change, row);
    merge_init(&merge);
    int result = merge_compute(reading->workspace->repo, &reading->workspace->target.commit, &change->tip,
                               change->bases, change->base_count, &merge, error);
    if (result == 0) {
        row->modules = arena_alloc_array(arena, merge.module_count, sizeof *row->modules);
        row->module_count = merge.module_count;
        for (size_t i = 0; i < merge.module_count; i++)
            row->modules[i].path = row->modules[i].name = arena_copy(arena, merge.modules[i].path);
    }
    merge_clear(&merge);
    return result;
}

static void fill_prompts(struct arena *arena, const struct module *module, struct queue_module *row)
{
    row->prompts = arena_alloc_array(arena, module->prompt_count, sizeof *row->prompts);
    row->prompt_count = module->prompt_count;
    for (size_t i = 0; i < module->prompt_count; i++) {
        const struct module_prompt *prompt = &module->prompts[i];
        row->prompts[i] = (struct queue_prompt){
            .id = arena_copy(arena, prompt->id),
            .cases = prompt->golden ? prompt->golden->count : 0,
            .outputs = prompt->outputs ? prompt->outputs->count : 0,
            .stale = prompt->stale_count,
        };
    }
}

static void fill_module(struct arena *arena, const struct module *module, struct queue_module *row)
{
    *row = (struct queue_module){
        .path = arena_copy(arena, module->path),
        .name = arena_copy(arena, module->name),
        .version = arena_copy(arena, module->version),
        .risk = module->risk,
        .flags = module->flags.count,
        .cases = module->case_count,
    };
    row->sensitivities = arena_alloc_array(arena, module->sensitivity_count, sizeof *row->sensitivities);
    row->sensitivity_count = module->sensitivity_count;
    for (size_t i = 0; i < module->sensitivity_count; i++)
        row->sensitivities[i] = arena_copy(arena, module->sensitivities[i]);
    fill_prompts(arena, module, row);
}

/* Whether this person is asked for: holds a role that is still missing and has not taken a seat, or can settle what is
 * open; never on a change of their own. */
static bool module_needs(const struct workspace *workspace, const struct gate_module_verdict *verdict)
{
    const struct policy_person *me = workspace->identity.person;
    for (size_t r = 0; r < verdict->required_count; r++) {
        const struct gate_role *role = &verdict->required[r];
        bool seated = false;
        for (size_t s = 0; s < role->have_count; s++)
            seated = seated || slice_equal(role->have[s].principal, me->principal);
        if (role->missing > 0 && !seated && policy_holds(me, role->role))
            return true;
    }
    for (size_t r = 0; verdict->open_flags > 0 && r < workspace->policy.role_count; r++)
        if (workspace->policy.roles[r].duty == DUTY_TRIAGE && policy_holds(me, r))
            return true;
    return false;
}

static bool is_mine(const struct workspace *workspace, const struct load *load)
{
    const struct policy_person *me = workspace->identity.person;
    if (workspace->policy.self_approval)
        return false;
    for (size_t i = 0; i < load->author_count; i++)
        if (slice_equal(load->authors[i], me->principal))
            return true;
    return policy_person_by_email(&workspace->policy, load->author_email) == me;
}

static void fill_roles(const struct reading *reading, const struct assessment *assessment, size_t at,
                       struct queue_module *row)
{
    const struct gate_verdict *verdict = &assessment->verdict;
    const struct gate_module_verdict *module = &verdict->modules[at];
    for (size_t r = 0; r < module->required_count; r++)
        row->roles[module->required[r].role] = module->required[r].missing > 0 ? QUEUE_ROLE_MISSING : QUEUE_ROLE_SIGNED;
    for (size_t b = 0; b < verdict->block_count; b++) {
        const struct gate_block *block = &verdict->blocks[b];
        if (block->reason != REASON_REQUEST_CHANGES || (block->module != GATE_CHANGE && block->module != at))
            continue;
        const struct ledger_record *record = ledger_find(&reading->ledger, &block->record);
        size_t role = record && record->decoded == RECORD_OK
                          ? policy_role(&reading->workspace->policy, record->record.reviewer.role)
                          : SIZE_MAX;
        if (role != SIZE_MAX)
            row->roles[role] = QUEUE_ROLE_REJECTED;
    }
}

static bool module_passes(const struct gate_verdict *verdict, size_t at)
{
    for (size_t b = 0; b < verdict->block_count; b++)
        if (verdict->blocks[b].module == at || verdict->blocks[b].module == GATE_CHANGE)
            return false;
    return true;
}

static void fill_verdict(const struct reading *reading, const struct load *load, const struct assessment *assessment,
                         struct queue_change *row)
{
    const struct workspace *workspace = reading->workspace;
    bool mine = workspace->identity.person && is_mine(workspace, load);
    row->pass = assessment->verdict.pass;
    for (size_t i = 0; i < load->module_count; i++) {
        struct queue_module *module = &row->modules[i];
        const struct gate_module_verdict *verdict = &assessment->verdict.modules[i];
        module->flags = verdict->open_flags;
        module->scored = verdict->scored;
        module->pass = module_passes(&assessment->verdict, i);
        fill_roles(reading, assessment, i, module);
        if (workspace->identity.person && !mine && module_needs(workspace, verdict))
            row->needs_me = true;
    }
}

/* Authors only matter to records, and to a policy that wants to know all of them. */
static bool needs_authors(const struct reading *reading, const struct load *load)
{
    if (reading->any_rejection || reading->workspace->policy.block_unknown_authors)
        return true;
    for (size_t i = 0; i < reading->ledger.count; i++)
        if (slice_equal(reading->ledger.records[i].change, load->change))
            return true;
    return false;
}

static int find_authors(struct reading *reading, struct load *load, struct error *error)
{
    if (!reading->ancestry) {
        reading->ancestry = ancestry_new(reading->workspace->repo);
        if (ancestry_set_target(reading->ancestry, &reading->workspace->target.commit, NULL, NULL, error) < 0)
            return -1;
    }
    return load_authors(reading->workspace, reading->ancestry, load, error);
}

static int judge_row(struct reading *reading, struct load *load, struct queue_change *row, struct error *error)
{
    struct workspace *workspace = reading->workspace;
    const struct ledger *ledger = &reading->ledger;
    struct assessment assessment;
    struct ledger own; /* with the records that the branch itself carries */
    int result = 0;
    if (load->adds_records && workspace_need_policy(workspace, &(struct error){0}) == 0) {
        if (ledger_read(workspace, load->change, &load->commit, &own, error) < 0)
            return -1;
        ledger = &own;
    }
    if (workspace_has_policy(workspace) && (load->adds_records || needs_authors(reading, load)))
        result = find_authors(reading, load, error);
    if (result == 0)
        result = assess_change(workspace, load, ledger, &assessment, error);
    if (result == 0) {
        fill_verdict(reading, load, &assessment, row);
        assess_clear(&assessment);
    }
    if (ledger == &own)
        ledger_clear(&own);
    return result;
}

/* Stale outputs block the gate and raise no flag, so the row has to say it. */
static struct slice describe_stale(struct arena *arena, const struct load *load)
{
    size_t stale = 0, outputs = 0;
    for (size_t m = 0; m < load->module_count; m++)
        for (size_t p = 0; p < load->modules[m].prompt_count; p++) {
            const struct module_prompt *prompt = &load->modules[m].prompts[p];
            stale += prompt->stale_count;
            outputs += prompt->outputs ? prompt->outputs->count : 0;
        }
    if (stale == 0)
        return (struct slice){0};
    return arena_printf(arena, "%zu of %zu outputs are stale: they were made before the prompt became what it is",
                        stale, outputs);
}

static int detail_row(struct reading *reading, const struct change *change, struct queue_change *row,
                      struct error *error)
{
    struct arena *arena = &reading->queue->arena;
    struct load load;
    if (load_change(reading->workspace, reading->cache, change, &load, error) < 0)
        return -1;
    begin_row(reading, change, row);
    row->details = true;
    if (!load_is_pending(&load)) {
        row->change = (struct slice){0};
        load_clear(&load);
        return 0;
    }
    row->modules = arena_alloc_array(arena, load.module_count, sizeof *row->modules);
    row->module_count = load.module_count;
    for (size_t i = 0; i < load.module_count; i++)
        fill_module(arena, &load.modules[i], &row->modules[i]);
    if (load.problem_count > 0)
        row->problem = arena_copy(arena, load.problems[0].detail);
    else
        row->problem = describe_stale(arena, &load);
    int result = judge_row(reading, &load, row, error);
    load_clear(&load);
    return result;
}

/* One change that cannot be read does not hide the others. */
static int refuse_row(struct reading *reading, const struct change *change, struct queue_change *row,
                      const struct error *cause, struct error *error)
{
    if (cause->kind != ERROR_INPUT)
        return error_set(error, cause->kind, "%s", cause->text);
    begin_row(reading, change, row);
    row->details = true;
    row->problem = arena_printf(&reading->queue->arena, "%s", cause->text);
    return 0;
}

/* ---- the whole ---- */

static bool is_cancelled(const struct reading *reading)
{
    const struct queue_watch *watch = reading->watch;
    return watch && watch->cancelled && watch->cancelled(watch->context);
}

static void report(const struct reading *reading, size_t done, size_t total)
{
    const struct queue_watch *watch = reading->watch;
    if (watch && watch->progress)
        watch->progress(watch->context, done, total);
}

static bool is_flagged(const struct queue_change *change)
{
    for (size_t i = 0; i < change->module_count; i++)
        if (change->modules[i].flags > 0)
            return true;
    return false;
}

static int by_urgency(const void *a, const void *b)
{
    const struct queue_change *x = a, *y = b;
    if (x->needs_me != y->needs_me)
        return x->needs_me ? -1 : 1;
    if (is_flagged(x) != is_flagged(y))
        return is_flagged(x) ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return slice_compare(x->change, y->change);
}

/* Drops what is about nothing, and sorts. */
static void arrange(struct queue *queue)
{
    size_t kept = 0;
    for (size_t i = 0; i < queue->count; i++)
        if (queue->changes[i].change.size > 0)
            queue->changes[kept++] = queue->changes[i];
    queue->count = kept;
    if (kept > 1)
        qsort(queue->changes, kept, sizeof *queue->changes, by_urgency);
}

static void report_rows(struct reading *reading)
{
    const struct queue_watch *watch = reading->watch;
    struct queue view = *reading->queue;
    if (!watch || !watch->rows)
        return;
    view.changes = memory_new_array(view.count, sizeof *view.changes);
    for (size_t i = 0; i < view.count; i++)
        view.changes[i] = reading->queue->changes[i];
    arrange(&view);
    watch->rows(watch->context, &view);
    memory_free(view.changes);
}

/* The rows that the index has, and sketches of the others; `known` tells which are which. */
static int first_rows(struct reading *reading, struct changes *changes, bool *known, struct error *error)
{
    struct queue *queue = reading->queue;
    struct workspace *workspace = reading->workspace;
    queue->changes = array_grow(queue->changes, &queue->capacity, changes->count, sizeof *queue->changes);
    queue->count = changes->count;
    for (size_t i = 0; i < changes->count; i++) {
        known[i] = recall_row(reading, &changes->changes[i], &queue->changes[i]);
        if (known[i])
            changes->changes[i].state = CHANGE_MERGED; /* needs no tracing */
    }
    struct changes_watch trace = {0};
    if (reading->watch) {
        trace.cancelled = reading->watch->cancelled;
        trace.context = reading->watch->context;
    }
    if (changes_trace(workspace->repo, &workspace->target.commit, changes, &trace, error) < 0)
        return -1;
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->changes[i];
        struct error cause = ERROR_INIT;
        if (known[i])
            continue;
        queue->changes[i] = (struct queue_change){0};
        if (change->state == CHANGE_PENDING && sketch_row(reading, change, &queue->changes[i], &cause) < 0 &&
            refuse_row(reading, change, &queue->changes[i], &cause, error) < 0)
            return -1;
        if (change->state == CHANGE_UNRELATED || change->state == CHANGE_UNREADABLE)
            add_problem(queue, change->problem);
    }
    report_rows(reading);
    return 0;
}

static int all_details(struct reading *reading, const struct changes *changes, const bool *known, struct error *error)
{
    index_begin(reading->workspace->index);
    int result = 0;
    for (size_t i = 0; result == 0 && i < changes->count; i++) {
        const struct change *change = &changes->changes[i];
        if (known[i] || change->state == CHANGE_UNRELATED || change->state == CHANGE_UNREADABLE)
            continue;
        if (change->state != CHANGE_PENDING) { /* else the target's history would be read for it each time */
            remember_row(reading, change, &(struct queue_change){0});
            continue;
        }
        if (is_cancelled(reading)) {
            result = error_set(error, ERROR_INTERRUPTED, "Stopped.");
            break;
        }
        struct error cause = ERROR_INIT;
        struct queue_change *row = &reading->queue->changes[i];
        if (detail_row(reading, change, row, &cause) == 0)
            remember_row(reading, change, row);
        else
            result = refuse_row(reading, change, row, &cause, error);
        cache_trim(reading->cache);
        report(reading, i + 1, changes->count);
    }
    index_commit(reading->workspace->index);
    return result;
}

static struct slice snapshot_key(const struct workspace *workspace, struct str *key)
{
    str_appendf(key, ROW_KIND "\n%s\n%.*s", workspace->target.ref.data, SLICE_ARG(workspace->identity.principal));
    return str_slice(key);
}

static void save_snapshot(struct workspace *workspace, const struct queue *queue)
{
    struct str key = STR_INIT;
    struct str *rows = memory_new_array(queue->count, sizeof *rows);
    struct slice *slices = memory_new_array(queue->count, sizeof *slices);
    for (size_t i = 0; i < queue->count; i++) {
        str_init(&rows[i]);
        queue_row_encode(&queue->changes[i], &rows[i]);
        slices[i] = str_slice(&rows[i]);
    }
    index_save_snapshot(workspace->index, snapshot_key(workspace, &key), slices, queue->count);
    for (size_t i = 0; i < queue->count; i++)
        str_clear(&rows[i]);
    memory_free(slices);
    memory_free(rows);
    str_clear(&key);
}

static int read_ledger(struct reading *reading, struct error *error)
{
    struct ledger *ledger = &reading->ledger;
    if (workspace_need_policy(reading->workspace, &(struct error){0}) < 0)
        return 0; /* no policy, no records that could count */
    if (ledger_read(reading->workspace, (struct slice){0}, NULL, ledger, error) < 0)
        return -1;
    for (size_t i = 0; i < ledger->count; i++)
        if (ledger->records[i].decoded == RECORD_OK && ledger->records[i].record.verdict == VERDICT_REQUEST_CHANGES)
            reading->any_rejection = true;
    return 0;
}

int queue_read(struct workspace *workspace, const struct queue_watch *watch, struct queue *queue, struct error *error)
{
    struct reading reading = {.workspace = workspace, .watch = watch, .queue = queue};
    struct changes changes;
    bool *known = NULL;
    changes_init(&changes);
    reading.cache = cache_new(workspace);
    int result = changes_list(workspace->repo, &workspace->target, slice_of(workspace_log(workspace)), &changes, error);
    if (result == 0)
        result = read_ledger(&reading, error);
    if (result == 0) {
        known = memory_new_array(changes.count, sizeof *known);
        result = first_rows(&reading, &changes, known, error);
    }
    if (result == 0)
        result = all_details(&reading, &changes, known, error);
    if (result == 0) {
        for (size_t i = 0; i < changes.problem_count; i++)
            add_problem(queue, changes.problems[i]);
        arrange(queue);
        save_snapshot(workspace, queue);
    }
    memory_free(known);
    ancestry_free(reading.ancestry);
    ledger_clear(&reading.ledger);
    cache_free(reading.cache);
    changes_clear(&changes);
    return result;
}

struct recall {
    struct queue *queue;
    bool bad;
};

static bool recall_one(void *context, struct slice bytes)
{
    struct recall *recall = context;
    struct queue *queue = recall->queue;
    struct queue_change *row = ARRAY_PUSH(queue->changes, queue->count, queue->capacity);
    recall->bad = !queue_row_decode(bytes, &queue->arena, row);
    return !recall->bad;
}

bool queue_recall(struct workspace *workspace, struct queue *queue)
{
    struct recall recall = {queue, false};
    struct str key = STR_INIT;
    size_t count = index_snapshot(workspace->index, snapshot_key(workspace, &key), recall_one, &recall);
    str_clear(&key);
    if (recall.bad)
        queue_clear(queue);
    return count > 0 && !recall.bad;
}

bool queue_waits_for(const struct queue_change *change, size_t role)
{
    if (role == SIZE_MAX)
        return change->needs_me;
    for (size_t i = 0; i < change->module_count; i++)
        if (change->modules[i].roles[role] == QUEUE_ROLE_MISSING)
            return true;
    return false;
}
