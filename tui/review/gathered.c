#include "assay/review/gathered.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"

struct slice gathered_key(struct str *key, const struct log_file *file)
{
    str_reset(key);
    str_append(key, digest_slice(&file->name));
    str_append(key, file->change);
    return str_slice(key);
}

bool gathered_find(const struct gathered *gathered, const struct log_file *file, size_t *at)
{
    struct str key = STR_INIT;
    bool found = gathered->keys && table_get(gathered->keys, gathered_key(&key, file), at);
    str_clear(&key);
    return found;
}

static void link_blob(struct gathered *gathered, const struct gathered_source *source, const struct log_file *file,
                      size_t *first, size_t *last)
{
    *ARRAY_PUSH(gathered->blobs, gathered->blob_count, gathered->blob_capacity) = (struct examine_blob){
        .oid = file->blob,
        .sealed_at = source->sealing ? sealing_time(source->sealing, file) : SIGNERS_NOT_SEALED,
    };
    if (*last > 0)
        gathered->blobs[*last - 1].next = gathered->blob_count;
    else
        *first = gathered->blob_count;
    *last = gathered->blob_count;
}

static void add_record(struct gathered *gathered, const struct gathered_source *source,
                       const struct catalogue_file *file, struct slice key)
{
    size_t at = gathered->count, items = at;
    if (table_add(gathered->keys, key, at)) {
        *ARRAY_PUSH(gathered->items, items, gathered->item_capacity) = (struct examine_item){.name = file->file.name};
        *ARRAY_PUSH(gathered->records, gathered->count, gathered->record_capacity) =
            (struct gathered_record){.change = file->file.change};
    } else {
        table_get(gathered->keys, key, &at);
    }
    struct gathered_record *record = &gathered->records[at];
    record->places |= source->place;
    record->log_found |= file->log_found;
    link_blob(gathered, source, &file->file, &gathered->items[at].records, &record->last_record);
}

static void add_signature(struct gathered *gathered, const struct gathered_source *source, const struct log_file *file,
                          struct slice key)
{
    size_t at;
    if (table_get(gathered->keys, key, &at))
        link_blob(gathered, source, file, &gathered->items[at].signatures, &gathered->records[at].last_signature);
}

/* Records first: a signature belongs to one. */
void gathered_make(const struct gathered_source *sources, size_t count, const struct table *wanted,
                   struct gathered *gathered)
{
    struct str key = STR_INIT;
    *gathered = (struct gathered){.keys = table_new()};
    for (size_t source = 0; source < count; source++)
        for (size_t i = 0; i < sources[source].catalogue->count; i++) {
            const struct catalogue_file *file = &sources[source].catalogue->files[i];
            if (file->file.kind == LOG_RECORD && (!wanted || table_has(wanted, gathered_key(&key, &file->file))))
                add_record(gathered, &sources[source], file, gathered_key(&key, &file->file));
        }
    for (size_t source = 0; source < count; source++)
        for (size_t i = 0; i < sources[source].catalogue->count; i++) {
            const struct log_file *file = &sources[source].catalogue->files[i].file;
            if (file->kind == LOG_SIGNATURE)
                add_signature(gathered, &sources[source], file, gathered_key(&key, file));
        }
    str_clear(&key);
}

void gathered_clear(struct gathered *gathered)
{
    table_free(gathered->keys);
    memory_free(gathered->records);
    memory_free(gathered->items);
    memory_free(gathered->blobs);
    *gathered = (struct gathered){.keys = NULL};
}
