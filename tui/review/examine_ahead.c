#include "assay/review/examine_ahead.h"

#include "assay/base/array.h"
#include "assay/base/jobs.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"

/* Some records of the log, each with its signature; the worker's from its submission to its end. */
struct batch {
    struct examine_ahead *ahead;
    uint64_t job;
    struct examine_item *items; /* the blobs at 2 i and 2 i + 1 are theirs */
    struct examine_blob *blobs;
    size_t count, item_capacity, blob_capacity;
    struct examine_results results; /* empty where nothing could be found out */
};

struct examine_ahead {
    const struct workspace *workspace;
    enum examine_depth depth;
    int64_t now;
    struct jobs *jobs;          /* one worker; NULL: nothing came yet, or none can be had */
    struct examine_tools tools; /* the worker's */
    bool failed;                /* so are they */
    struct batch **batches;
    size_t count, capacity;
};

struct examine_ahead *examine_ahead_new(const struct workspace *workspace, enum examine_depth depth, int64_t now)
{
    struct examine_ahead *ahead = memory_new(sizeof *ahead);
    *ahead = (struct examine_ahead){.workspace = workspace, .depth = depth, .now = now};
    return ahead;
}

/* ---- the worker ---- */

/* What goes wrong here is said when the record is examined in its turn. */
static void work(struct job *job, void *context)
{
    struct batch *batch = context;
    struct examine_ahead *ahead = batch->ahead;
    struct error error = ERROR_INIT;
    (void)job;
    if (!ahead->tools.repo && !ahead->failed)
        ahead->failed = examine_open_tools(ahead->workspace, ahead->depth, &ahead->tools, &error) < 0;
    if (ahead->failed)
        return;
    const struct examination examination = {.workspace = ahead->workspace,
                                            .tools = ahead->tools,
                                            .items = batch->items,
                                            .blobs = batch->blobs,
                                            .count = batch->count,
                                            .depth = ahead->depth,
                                            .now = ahead->now};
    if (examine(&examination, &batch->results, &error) < 0)
        batch->results = (struct examine_results){.items = NULL};
}

static void end(void *context, bool cancelled)
{
    (void)context;
    (void)cancelled; /* then it has no results */
}

static void submit(struct examine_ahead *ahead, struct batch *batch)
{
    if (!ahead->jobs)
        ahead->jobs = jobs_new(1);
    if (ahead->jobs)
        batch->job = jobs_submit(ahead->jobs, "records", work, end, batch);
}

/* ---- what comes ---- */

static struct batch *add_batch(struct examine_ahead *ahead)
{
    struct batch *batch = memory_new(sizeof *batch);
    *batch = (struct batch){.ahead = ahead};
    *ARRAY_PUSH(ahead->batches, ahead->count, ahead->capacity) = batch;
    return batch;
}

static void add_blob(struct batch *batch, const struct oid *oid, size_t at)
{
    *ARRAY_PUSH(batch->blobs, at, batch->blob_capacity) =
        (struct examine_blob){.oid = *oid, .sealed_at = SIGNERS_NOT_SEALED};
}

/* assay commits a record together with its signature; others wait for the end. */
static bool is_pair(const struct log_file *record, const struct log_file *signature)
{
    return record->kind == LOG_RECORD && signature->kind == LOG_SIGNATURE &&
           digest_equal(&record->name, &signature->name) && slice_equal(record->change, signature->change);
}

static void add_pair(struct batch *batch, const struct log_file *pair)
{
    size_t at = batch->count * 2;
    add_blob(batch, &pair[0].blob, at);
    add_blob(batch, &pair[1].blob, at + 1);
    *ARRAY_PUSH(batch->items, batch->count, batch->item_capacity) =
        (struct examine_item){.name = pair[0].name, .records = at + 1, .signatures = at + 2};
}

static void take(void *context, const struct log_file *files, size_t count)
{
    struct examine_ahead *ahead = context;
    struct batch *batch = add_batch(ahead);
    for (size_t i = 0; i + 1 < count; i++) {
        if (batch->count == EXAMINE_ALONE - 1) {
            submit(ahead, batch);
            batch = add_batch(ahead);
        }
        if (is_pair(&files[i], &files[i + 1]))
            add_pair(batch, &files[i]);
    }
    submit(ahead, batch);
}

struct log_listener examine_ahead_listener(struct examine_ahead *ahead)
{
    return (struct log_listener){.tell = take, .context = ahead};
}

/* ---- the end ---- */

/* The worker ends what it has begun. */
static void stop(struct examine_ahead *ahead)
{
    if (!ahead->jobs)
        return;
    for (size_t i = 0; i < ahead->count; i++)
        jobs_cancel(ahead->jobs, ahead->batches[i]->job);
    jobs_wait(ahead->jobs);
    jobs_free(ahead->jobs);
    ahead->jobs = NULL;
    examine_close_tools(&ahead->tools);
}

static struct slice pair_key(struct str *key, const struct digest *name, const struct oid *record,
                             const struct oid *signature)
{
    str_reset(key);
    str_append(key, digest_slice(name));
    str_append(key, oid_slice(record));
    str_append(key, oid_slice(signature));
    return str_slice(key);
}

/* What was found, by name and blobs; the positions are those in `found`. */
struct findings {
    struct table *keys;
    struct examined **found; /* NULL: taken */
    size_t count, capacity;
};

static void collect(const struct examine_ahead *ahead, struct findings *findings)
{
    struct str key = STR_INIT;
    *findings = (struct findings){.keys = table_new()};
    for (size_t i = 0; i < ahead->count; i++) {
        const struct batch *batch = ahead->batches[i];
        for (size_t j = 0; j < batch->results.count; j++)
            if (table_add(findings->keys,
                          pair_key(&key, &batch->items[j].name, &batch->blobs[2 * j].oid, &batch->blobs[2 * j + 1].oid),
                          findings->count))
                *ARRAY_PUSH(findings->found, findings->count, findings->capacity) = &batch->results.items[j];
    }
    str_clear(&key);
}

/* The blob, where a chain holds no other and none that is sealed. */
static const struct oid *only_blob(const struct examination *examination, size_t first)
{
    const struct oid *only = first > 0 ? &examination->blobs[first - 1].oid : NULL;
    for (size_t at = first; at > 0; at = examination->blobs[at - 1].next) {
        const struct examine_blob *blob = &examination->blobs[at - 1];
        if (blob->sealed_at != SIGNERS_NOT_SEALED || !oid_equal(&blob->oid, only))
            return NULL;
    }
    return only;
}

static struct examined *find(struct findings *findings, const struct examination *examination,
                             const struct examine_item *item)
{
    const struct oid *record = only_blob(examination, item->records),
                     *signature = only_blob(examination, item->signatures);
    struct examined *found = NULL;
    struct str key = STR_INIT;
    size_t at;
    if (record && signature && table_get(findings->keys, pair_key(&key, &item->name, record, signature), &at) &&
        at < findings->count) {
        found = findings->found[at];
        findings->found[at] = NULL;
    }
    str_clear(&key);
    return found;
}

/* What the items borrow from goes along. */
static void move_arenas(struct examine_results *from, struct examine_results *to)
{
    for (size_t i = 0; i < from->arena_count; i++) {
        to->arenas[to->arena_count++] = from->arenas[i];
        arena_init(&from->arenas[i]);
    }
}

static void assemble(struct examine_ahead *ahead, struct examined **found, struct examine_results *rest, size_t count,
                     struct examine_results *results)
{
    size_t arenas = rest->arena_count, next = 0;
    for (size_t i = 0; i < ahead->count; i++)
        arenas += ahead->batches[i]->results.arena_count;
    *results = (struct examine_results){.items = memory_new_array(count, sizeof *results->items),
                                        .arenas = memory_new_array(arenas, sizeof *results->arenas),
                                        .count = count};
    for (size_t i = 0; i < count; i++) {
        struct examined *from = found[i] ? found[i] : &rest->items[next++];
        results->items[i] = *from;
        *from = (struct examined){.signature = GATE_SIGNATURE_NONE};
    }
    for (size_t i = 0; i < ahead->count; i++)
        move_arenas(&ahead->batches[i]->results, results);
    move_arenas(rest, results);
    examine_clear(rest);
}

int examine_ahead_finish(struct examine_ahead *ahead, const struct examination *examination,
                         struct examine_results *results, struct error *error)
{
    struct examined **found = memory_new_array(examination->count, sizeof(struct examined *));
    struct examine_item *items = memory_new_array(examination->count, sizeof *items);
    struct examination rest = *examination;
    struct examine_results others;
    struct findings findings;
    stop(ahead);
    collect(ahead, &findings);
    rest.items = items;
    rest.count = 0;
    for (size_t i = 0; i < examination->count; i++) {
        found[i] = find(&findings, examination, &examination->items[i]);
        if (!found[i])
            items[rest.count++] = examination->items[i];
    }
    int result = examine(&rest, &others, error);
    if (result == 0)
        assemble(ahead, found, &others, examination->count, results);
    table_free(findings.keys);
    memory_free(findings.found);
    memory_free(items);
    memory_free(found);
    return result;
}

static void free_batch(struct batch *batch)
{
    examine_clear(&batch->results);
    memory_free(batch->items);
    memory_free(batch->blobs);
    memory_free(batch);
}

void examine_ahead_free(struct examine_ahead *ahead)
{
    if (!ahead)
        return;
    stop(ahead);
    for (size_t i = 0; i < ahead->count; i++)
        free_batch(ahead->batches[i]);
    if (ahead->count > 0)
        memory_return();
    memory_free(ahead->batches);
    memory_free(ahead);
}
