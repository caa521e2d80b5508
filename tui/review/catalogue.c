#include "assay/review/catalogue.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/trees.h"

void catalogue_init(struct catalogue *catalogue)
{
    *catalogue = (struct catalogue){.arena = ARENA_INIT};
}

void catalogue_clear(struct catalogue *catalogue)
{
    memory_free(catalogue->files);
    memory_free(catalogue->problems);
    arena_clear(&catalogue->arena);
    catalogue_init(catalogue);
}

void catalogue_add(struct catalogue *catalogue, const struct log *log)
{
    struct slice change = {0}; /* files of one folder come together: one copy for all of them */
    for (size_t i = 0; i < log->file_count; i++) {
        if (!slice_equal(change, log->files[i].change))
            change = arena_copy(&catalogue->arena, log->files[i].change);
        struct catalogue_file *file = ARRAY_PUSH(catalogue->files, catalogue->count, catalogue->capacity);
        *file = (struct catalogue_file){.file = log->files[i]};
        file->file.change = change;
    }
    for (size_t i = 0; i < log->problem_count; i++) {
        const struct log_problem *problem = &log->problems[i];
        *ARRAY_PUSH(catalogue->problems, catalogue->problem_count, catalogue->problem_capacity) =
            (struct log_problem){.path = arena_copy(&catalogue->arena, problem->path),
                                 .what = arena_copy(&catalogue->arena, slice_of(problem->what)).data,
                                 .commit = problem->commit};
    }
}

struct relevance_header *catalogue_header(struct catalogue *catalogue, const struct record *record)
{
    struct relevance_header *header = arena_alloc(&catalogue->arena, sizeof *header);
    if (!record)
        return header;
    *header = (struct relevance_header){.decoded = true,
                                        .change = arena_copy(&catalogue->arena, record->change),
                                        .principal = arena_copy(&catalogue->arena, record->reviewer.principal),
                                        .path = arena_copy(&catalogue->arena, record->module.path),
                                        .module = record->module.digest,
                                        .verdict = record->verdict,
                                        .log = record->log,
                                        .supersedes_count = record->supersedes_count};
    header->supersedes = arena_alloc_array(&catalogue->arena, record->supersedes_count, sizeof *header->supersedes);
    if (record->supersedes_count > 0)
        memcpy(header->supersedes, record->supersedes, record->supersedes_count * sizeof *header->supersedes);
    return header;
}

/* ---- bytes ---- */

/* Numbers are seven bits a byte, the lowest first, the high bit on all but the last. A text that occurred before is its
 * number from 1; a new one is 0, its size and its bytes. */
struct writer {
    struct str *out;
    struct table *texts;
};

static void put_number(struct writer *writer, uint64_t number)
{
    for (; number > 127; number >>= 7)
        str_push(writer->out, (char)(number | 128));
    str_push(writer->out, (char)number);
}

static void put_text(struct writer *writer, struct slice text)
{
    size_t at;
    if (table_get(writer->texts, text, &at)) {
        put_number(writer, at + 1);
        return;
    }
    table_add(writer->texts, text, table_count(writer->texts));
    put_number(writer, 0);
    put_number(writer, text.size);
    str_append(writer->out, text);
}

enum { HAS_HEADER = 1, IS_DECODED = 2, LOG_FOUND = 4 };

static void put_header(struct writer *writer, const struct relevance_header *header)
{
    put_text(writer, header->change);
    put_text(writer, header->principal);
    put_text(writer, header->path);
    str_append(writer->out, digest_slice(&header->module));
    str_append(writer->out, oid_slice(&header->log));
    put_number(writer, (uint64_t)header->verdict);
    put_number(writer, header->supersedes_count);
    for (size_t i = 0; i < header->supersedes_count; i++)
        str_append(writer->out, digest_slice(&header->supersedes[i]));
}

static void put_file(struct writer *writer, const struct catalogue_file *file)
{
    const struct relevance_header *header = file->header;
    put_number(writer, (uint64_t)file->file.kind);
    put_text(writer, file->file.change);
    str_append(writer->out, digest_slice(&file->file.name));
    str_append(writer->out, oid_slice(&file->file.blob));
    str_append(writer->out, oid_slice(&file->file.commit));
    put_number(writer, (uint64_t)file->file.time);
    put_number(writer, (header ? HAS_HEADER : 0u) | (header && header->decoded ? IS_DECODED : 0u) |
                           (file->log_found ? LOG_FOUND : 0u));
    if (header && header->decoded)
        put_header(writer, header);
}

void catalogue_encode(const struct catalogue *catalogue, struct str *out)
{
    struct writer writer = {out, table_new()};
    str_append(out, oid_slice(&catalogue->tip));
    put_number(&writer, catalogue->count);
    for (size_t i = 0; i < catalogue->count; i++)
        put_file(&writer, &catalogue->files[i]);
    put_number(&writer, catalogue->problem_count);
    for (size_t i = 0; i < catalogue->problem_count; i++) {
        put_text(&writer, catalogue->problems[i].path);
        put_text(&writer, slice_of(catalogue->problems[i].what));
        str_append(out, oid_slice(&catalogue->problems[i].commit));
    }
    table_free(writer.texts);
}

struct reader {
    struct catalogue *catalogue;
    struct slice rest;
    struct slice *texts;
    size_t text_count, text_capacity;
    bool failed;
};

static uint64_t take_number(struct reader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0; reader->rest.size > 0 && shift < 64; shift += 7) {
        const unsigned char byte = (unsigned char)*reader->rest.data;
        reader->rest = slice_from(reader->rest, 1);
        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return number;
    }
    reader->failed = true;
    return 0;
}

static uint64_t take_below(struct reader *reader, uint64_t limit)
{
    uint64_t number = take_number(reader);
    reader->failed |= number >= limit;
    return number < limit ? number : 0;
}

static void take_bytes(struct reader *reader, void *out, size_t size)
{
    reader->failed |= reader->rest.size < size;
    if (reader->failed)
        return;
    memcpy(out, reader->rest.data, size);
    reader->rest = slice_from(reader->rest, size);
}

static struct slice take_text(struct reader *reader)
{
    uint64_t at = take_below(reader, reader->text_count + 1);
    if (at > 0 || reader->failed)
        return at > 0 ? reader->texts[at - 1] : (struct slice){0};
    uint64_t size = take_below(reader, reader->rest.size + 1);
    struct slice text = arena_copy(&reader->catalogue->arena, slice_part(reader->rest, 0, (size_t)size));
    reader->rest = slice_from(reader->rest, (size_t)size);
    *ARRAY_PUSH(reader->texts, reader->text_count, reader->text_capacity) = text;
    return text;
}

static void take_header(struct reader *reader, struct relevance_header *header)
{
    header->decoded = true;
    header->change = take_text(reader);
    header->principal = take_text(reader);
    header->path = take_text(reader);
    take_bytes(reader, header->module.bytes, sizeof header->module.bytes);
    take_bytes(reader, header->log.bytes, sizeof header->log.bytes);
    header->verdict = (enum verdict)take_below(reader, VERDICT_WITHDRAW + 1);
    header->supersedes_count = (size_t)take_below(reader, reader->rest.size / sizeof(struct digest) + 1);
    header->supersedes =
        arena_alloc_array(&reader->catalogue->arena, header->supersedes_count, sizeof *header->supersedes);
    for (size_t i = 0; i < header->supersedes_count; i++)
        take_bytes(reader, header->supersedes[i].bytes, sizeof header->supersedes[i].bytes);
}

static void take_file(struct reader *reader, struct catalogue_file *out)
{
    struct log_file *file = &out->file;
    file->kind = (enum log_kind)take_below(reader, LOG_SEAL_SIGNATURE + 1);
    file->change = take_text(reader);
    take_bytes(reader, file->name.bytes, sizeof file->name.bytes);
    take_bytes(reader, file->blob.bytes, sizeof file->blob.bytes);
    take_bytes(reader, file->commit.bytes, sizeof file->commit.bytes);
    file->time = (int64_t)take_number(reader);
    const unsigned flags = (unsigned)take_below(reader, 8);
    out->log_found = flags & LOG_FOUND;
    if (flags & HAS_HEADER)
        out->header = arena_alloc(&reader->catalogue->arena, sizeof *out->header);
    if (out->header && flags & IS_DECODED)
        take_header(reader, out->header);
}

bool catalogue_decode(struct slice bytes, struct catalogue *catalogue)
{
    struct reader reader = {.catalogue = catalogue, .rest = bytes};
    take_bytes(&reader, catalogue->tip.bytes, sizeof catalogue->tip.bytes);
    for (uint64_t left = take_number(&reader); left > 0 && !reader.failed; left--)
        take_file(&reader, ARRAY_PUSH(catalogue->files, catalogue->count, catalogue->capacity));
    for (uint64_t left = take_number(&reader); left > 0 && !reader.failed; left--) {
        struct log_problem *problem =
            ARRAY_PUSH(catalogue->problems, catalogue->problem_count, catalogue->problem_capacity);
        problem->path = take_text(&reader);
        problem->what = take_text(&reader).data;
        take_bytes(&reader, problem->commit.bytes, sizeof problem->commit.bytes);
        reader.failed |= !problem->what;
    }
    memory_free(reader.texts);
    bool sound = !reader.failed && reader.rest.size == 0;
    if (!sound)
        catalogue_clear(catalogue);
    return sound;
}

/* ---- the index ---- */

static const char target_kind[] = "catalogue/2 target";

static void append_log_kind(const struct workspace *workspace, struct str *kind)
{
    str_appendf(kind, "catalogue/2 log %s", workspace_log(workspace));
}

/* Under no object's name: there is one of a kind. */
static void save(struct workspace *workspace, const char *kind, const struct catalogue *catalogue)
{
    const struct oid none = {{0}};
    struct str bytes = STR_INIT;
    if (!catalogue->changed)
        return;
    catalogue_encode(catalogue, &bytes);
    index_remember(workspace->index, kind, &none, str_slice(&bytes));
    str_clear(&bytes);
}

static void recall(struct workspace *workspace, const char *kind, struct catalogue *catalogue)
{
    const struct oid none = {{0}};
    struct str bytes = STR_INIT;
    if (index_fact(workspace->index, kind, &none, &bytes))
        catalogue_decode(str_slice(&bytes), catalogue);
    str_clear(&bytes);
}

void catalogue_save_log(struct workspace *workspace, const struct catalogue *catalogue)
{
    struct str kind = STR_INIT;
    append_log_kind(workspace, &kind);
    save(workspace, kind.data, catalogue);
    str_clear(&kind);
}

void catalogue_save_target(struct workspace *workspace, const struct catalogue *catalogue)
{
    save(workspace, target_kind, catalogue);
}

/* ---- reading ---- */

static int continue_log(struct workspace *workspace, const struct oid *tip, struct log_listener listener,
                        struct catalogue *catalogue, struct error *error)
{
    const struct log_tips tips = {.tracked = *tip};
    struct log log;
    log_init(&log);
    log.listener = listener;
    int result = log_read(workspace->repo, &tips, &catalogue->tip, &log, error);
    if (result == 0 && log.rewound) { /* the index knows another log than there is today */
        catalogue_clear(catalogue);
        log_clear(&log);
        return continue_log(workspace, tip, listener, catalogue, error);
    }
    if (result == 0) {
        catalogue->anew = oid_is_none(&catalogue->tip);
        catalogue->changed = true;
        catalogue->tip = *tip;
        catalogue_add(catalogue, &log);
    }
    log_clear(&log);
    return result;
}

int catalogue_read_log(struct workspace *workspace, const struct oid *tip, struct log_listener listener,
                       struct catalogue *catalogue, struct error *error)
{
    struct str kind = STR_INIT;
    if (oid_is_none(tip))
        return 0;
    append_log_kind(workspace, &kind);
    recall(workspace, kind.data, catalogue);
    str_clear(&kind);
    return oid_equal(tip, &catalogue->tip) ? 0 : continue_log(workspace, tip, listener, catalogue, error);
}

/* The header of a blob says the same wherever the blob lies. */
static void keep_headers(const struct catalogue *old, struct catalogue *catalogue)
{
    struct table *blobs = table_new();
    size_t at;
    for (size_t i = 0; i < old->count; i++)
        if (old->files[i].header)
            table_add(blobs, oid_slice(&old->files[i].file.blob), i);
    for (size_t i = 0; i < catalogue->count; i++) {
        struct catalogue_file *file = &catalogue->files[i];
        if (file->file.kind != LOG_RECORD || !table_get(blobs, oid_slice(&file->file.blob), &at) || at >= old->count ||
            !old->files)
            continue;
        const struct relevance_header *header = old->files[at].header;
        if (!header || !digest_equal(&old->files[at].file.name, &file->file.name))
            continue;
        const struct record record = {.change = header->change,
                                      .reviewer.principal = header->principal,
                                      .module = {.path = header->path, .digest = header->module},
                                      .verdict = header->verdict,
                                      .log = header->log,
                                      .supersedes = header->supersedes,
                                      .supersedes_count = header->supersedes_count};
        file->header = catalogue_header(catalogue, header->decoded ? &record : NULL);
        file->log_found = old->files[at].log_found;
    }
    table_free(blobs);
}

int catalogue_read_target(struct workspace *workspace, struct catalogue *catalogue, struct error *error)
{
    struct catalogue old;
    struct tree_entry folder;
    struct log log;
    const struct oid *target = &workspace->target.commit;
    if (trees_find(workspace->repo, target, SLICE("reviews"), &folder, error) < 0)
        return -1;
    if (folder.kind == TREE_NONE)
        return 0;
    catalogue_init(&old);
    recall(workspace, target_kind, &old);
    if (oid_equal(&old.tip, &folder.oid)) {
        *catalogue = old;
        return 0;
    }
    log_init(&log);
    int result = log_read_reviews(workspace->repo, target, (struct slice){0}, &log, error);
    if (result == 0) {
        log.problem_count = 0; /* what else lies under reviews/ is no incident of the log */
        catalogue_add(catalogue, &log);
        keep_headers(&old, catalogue);
        catalogue->tip = folder.oid;
        catalogue->changed = true;
    }
    log_clear(&log);
    catalogue_clear(&old);
    return result;
}
