#include "assay/review/places.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/outbox.h"

void places_init(struct places *places, struct workspace *workspace)
{
    *places = (struct places){.workspace = workspace};
    sealing_init(&places->sealing);
    for (size_t i = 0; i < PLACE_COUNT; i++)
        catalogue_init(&places->catalogues[i]);
}

void places_clear(struct places *places)
{
    for (size_t i = 0; i < PLACE_COUNT; i++)
        catalogue_clear(&places->catalogues[i]);
    revocations_clear(&places->revocations);
    sealing_clear(&places->sealing);
    table_free(places->commits);
}

/* ---- where they lie ---- */

static int read_waiting(struct places *places, struct error *error)
{
    const struct log_tips *tips = &places->tips;
    struct log log;
    if (oid_is_none(&tips->pending))
        return 0;
    log_init(&log);
    int result =
        log_read(places->workspace->repo, tips, oid_is_none(&tips->tracked) ? NULL : &tips->tracked, &log, error);
    if (result == 0)
        catalogue_add(&places->catalogues[PLACE_WAITING], &log);
    log_clear(&log);
    return result;
}

int places_add_reviews(struct places *places, enum place place, const struct oid *root, struct slice change,
                       struct error *error)
{
    struct log log;
    log_init(&log);
    int result = log_read_reviews(places->workspace->repo, root, change, &log, error);
    if (result == 0)
        catalogue_add(&places->catalogues[place], &log);
    log_clear(&log);
    return result;
}

/* Many merges are judged by one log, each by a few of its files. */
void places_add_log(struct places *places, const struct log *log, struct slice change)
{
    struct log part = {.arena = ARENA_INIT};
    for (size_t i = 0; i < log->file_count; i++)
        if (change.size == 0 || slice_equal(change, log->files[i].change))
            *ARRAY_PUSH(part.files, part.file_count, part.file_capacity) = log->files[i];
    catalogue_add(&places->catalogues[PLACE_LOG], &part);
    log_clear(&part);
}

/* That a log was in the history was found in another history. */
static void doubt_logs(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        catalogue->changed |= catalogue->files[i].log_found;
        catalogue->files[i].log_found = false;
    }
}

static int locate(struct places *places, struct slice change, const struct oid *candidate, struct error *error)
{
    struct workspace *workspace = places->workspace;
    struct catalogue *catalogues = places->catalogues;
    struct log_tips *tips = &places->tips;
    if (outbox_find_tips(workspace->repo, workspace_log(workspace), tips, error) < 0 ||
        catalogue_read_log(workspace, &tips->tracked, places->listener, &catalogues[PLACE_LOG], error) < 0 ||
        catalogue_read_target(workspace, &catalogues[PLACE_TARGET], error) < 0 || read_waiting(places, error) < 0)
        return -1;
    if (catalogues[PLACE_LOG].anew || oid_is_none(&tips->tracked))
        doubt_logs(&catalogues[PLACE_TARGET]);
    return candidate && !oid_is_none(candidate) ? places_add_reviews(places, PLACE_CANDIDATE, candidate, change, error)
                                                : 0;
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
static int read_sealing(struct places *places, struct error *error)
{
    static const char kind[] = "sealing/2";
    const struct workspace *workspace = places->workspace;
    const struct oid none = {{0}};
    struct str bytes = STR_INIT;
    if (!needs_sealing(workspace->signers))
        return 0;
    if (index_fact(workspace->index, kind, &none, &bytes))
        sealing_decode(str_slice(&bytes), &places->sealing);
    struct oid known = places->sealing.tip;
    int result = sealing_read(workspace->repo, &workspace->target.commit, &places->sealing, error);
    if (result == 0 && !oid_equal(&known, &places->sealing.tip)) {
        str_reset(&bytes);
        sealing_encode(&places->sealing, &bytes);
        index_remember(workspace->index, kind, &none, str_slice(&bytes));
    }
    str_clear(&bytes);
    return result == 0 ? revocations_read(workspace->repo, &places->sealing, &places->revocations, error) : result;
}

int places_read(struct places *places, struct slice change, const struct oid *candidate, struct error *error)
{
    int result = read_sealing(places, error);
    return result == 0 ? locate(places, change, candidate, error) : result;
}

void places_gather(const struct places *places, const struct table *wanted, struct gathered *gathered)
{
    struct gathered_source sources[PLACE_COUNT];
    for (size_t i = 0; i < PLACE_COUNT; i++)
        sources[i] = (struct gathered_source){.catalogue = &places->catalogues[i],
                                              .place = 1u << i,
                                              .sealing = i == PLACE_TARGET ? &places->sealing : NULL};
    gathered_make(sources, PLACE_COUNT, wanted, gathered);
}

/* ---- the log's history ---- */

static void note_commits(struct places *places, const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++)
        table_add(places->commits, oid_slice(&catalogue->files[i].file.commit), i);
}

static void know_commits(struct places *places)
{
    if (places->commits)
        return;
    places->commits = table_new();
    note_commits(places, &places->catalogues[PLACE_LOG]);
    note_commits(places, &places->catalogues[PLACE_WAITING]);
}

bool places_in_history(struct places *places, const struct oid *commit)
{
    if (oid_is_none(commit))
        return true;
    know_commits(places);
    return table_has(places->commits, oid_slice(commit));
}

int places_walk_history(struct places *places, struct error *error)
{
    struct log log;
    if (places->all_commits)
        return 0;
    know_commits(places);
    log_init(&log);
    int result = log_read(places->workspace->repo, &places->tips, NULL, &log, error);
    for (size_t i = 0; i < log.commit_count; i++)
        table_add(places->commits, oid_slice(&log.commits[i]), i);
    places->all_commits = true;
    log_clear(&log);
    return result;
}

/* ---- headers ---- */

static void note_file(struct places *places, struct catalogue *catalogue, struct catalogue_file *file,
                      const struct examined *examined)
{
    bool known = file->header, found = file->log_found;
    if (!known)
        file->header = catalogue_header(catalogue, examined->decoded == RECORD_OK ? &examined->record : NULL);
    file->log_found = !file->header->decoded || places_in_history(places, &file->header->log);
    catalogue->changed |= !known || found != file->log_found;
}

static bool is_unread(const struct catalogue_file *file)
{
    return file->file.kind == LOG_RECORD && (!file->header || !file->log_found);
}

void places_note(struct places *places, const struct gathered *gathered, const struct examine_results *results)
{
    size_t at;
    for (size_t place = 0; place < PLACE_COUNT; place++) {
        struct catalogue *catalogue = &places->catalogues[place];
        for (size_t i = 0; i < catalogue->count; i++)
            if (is_unread(&catalogue->files[i]) && gathered_find(gathered, &catalogue->files[i].file, &at))
                note_file(places, catalogue, &catalogue->files[i], &results->items[at]);
    }
}

void places_save(const struct places *places)
{
    struct workspace *workspace = places->workspace;
    if (!places->catalogues[PLACE_LOG].changed && !places->catalogues[PLACE_TARGET].changed)
        return;
    index_begin(workspace->index);
    catalogue_save_log(workspace, &places->catalogues[PLACE_LOG]);
    catalogue_save_target(workspace, &places->catalogues[PLACE_TARGET]);
    index_commit(workspace->index);
}

struct table *places_unread(const struct places *places)
{
    struct table *keys = table_new();
    struct str key = STR_INIT;
    for (size_t place = 0; place < PLACE_COUNT; place++)
        for (size_t i = 0; i < places->catalogues[place].count; i++) {
            const struct catalogue_file *file = &places->catalogues[place].files[i];
            if (is_unread(file))
                table_add(keys, gathered_key(&key, &file->file), i);
        }
    str_clear(&key);
    return keys;
}

/* ---- what can matter ---- */

static struct relevance_record *list_relevance(const struct places *places, size_t *count)
{
    struct relevance_record *records;
    size_t total = 0;
    for (size_t place = 0; place < PLACE_COUNT; place++)
        total += places->catalogues[place].count;
    records = memory_new_array(total, sizeof *records);
    *count = 0;
    for (size_t place = 0; place < PLACE_COUNT; place++)
        for (size_t i = 0; i < places->catalogues[place].count; i++) {
            const struct catalogue_file *file = &places->catalogues[place].files[i];
            if (file->file.kind == LOG_RECORD) /* a lost log blocks every change */
                records[(*count)++] = (struct relevance_record){.name = file->file.name,
                                                                .folder = file->file.change,
                                                                .header = file->header,
                                                                .needed = !file->log_found};
        }
    return records;
}

struct table *places_relevant(const struct places *places, const struct relevance_subject *subject)
{
    struct table *keys = table_new();
    struct str key = STR_INIT;
    size_t count;
    struct relevance_record *records = list_relevance(places, &count);
    relevance_mark(records, count, subject);
    for (size_t i = 0; i < count; i++)
        if (records[i].needed)
            table_add(keys,
                      gathered_key(&key, &(struct log_file){.name = records[i].name, .change = records[i].folder}), i);
    str_clear(&key);
    memory_free(records);
    return keys;
}
