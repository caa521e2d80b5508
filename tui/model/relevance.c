#include "assay/model/relevance.h"

#include "assay/base/table.h"

static bool has_digest(const struct relevance_subject *subject, const struct digest *digest)
{
    for (size_t i = 0; i < subject->module_count; i++)
        if (digest_equal(&subject->modules[i], digest))
            return true;
    return false;
}

static bool has_path(const struct relevance_subject *subject, struct slice path)
{
    for (size_t i = 0; i < subject->path_count; i++)
        if (slice_equal(subject->paths[i], path))
            return true;
    return false;
}

static bool rejects(const struct relevance_header *header)
{
    return header->decoded && header->verdict == VERDICT_REQUEST_CHANGES;
}

static bool is_about(const struct relevance_record *record, const struct relevance_subject *subject)
{
    const struct relevance_header *header = record->header;
    if (slice_equal(record->folder, subject->change))
        return true;
    return header->decoded &&
           (slice_equal(header->change, subject->change) || (rejects(header) && has_digest(subject, &header->module)) ||
            has_path(subject, header->path));
}

/* What ends a rejection by naming it. */
static void mark_endings(struct relevance_record *records, size_t count)
{
    struct table *rejections = table_new();
    for (size_t i = 0; i < count; i++)
        if (records[i].needed && rejects(records[i].header))
            table_add(rejections, digest_slice(&records[i].name), i);
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; !records[i].needed && s < records[i].header->supersedes_count; s++)
            records[i].needed = table_has(rejections, digest_slice(&records[i].header->supersedes[s]));
    table_free(rejections);
}

/* Text of a record holds no NUL, so NUL separates. */
static struct slice signer_key(struct str *key, const struct relevance_header *header)
{
    str_reset(key);
    str_append(key, header->principal);
    str_push(key, '\0');
    str_append(key, header->change);
    return str_slice(key);
}

/* A chain follows `prev` among the records of one person for one change. */
static void mark_chains(struct relevance_record *records, size_t count)
{
    struct table *signers = table_new();
    struct str key = STR_INIT;
    for (size_t i = 0; i < count; i++)
        if (records[i].needed && records[i].header->decoded)
            table_add(signers, signer_key(&key, records[i].header), i);
    for (size_t i = 0; i < count; i++)
        if (!records[i].needed && records[i].header->decoded)
            records[i].needed = table_has(signers, signer_key(&key, records[i].header));
    str_clear(&key);
    table_free(signers);
}

static void mark_copies(struct relevance_record *records, size_t count)
{
    struct table *names = table_new();
    for (size_t i = 0; i < count; i++)
        if (records[i].needed)
            table_add(names, digest_slice(&records[i].name), i);
    for (size_t i = 0; i < count; i++)
        if (!records[i].needed)
            records[i].needed = table_has(names, digest_slice(&records[i].name));
    table_free(names);
}

void relevance_mark(struct relevance_record *records, size_t count, const struct relevance_subject *subject)
{
    for (size_t i = 0; i < count; i++)
        if (!records[i].needed)
            records[i].needed = is_about(&records[i], subject);
    mark_endings(records, count);
    mark_chains(records, count);
    mark_copies(records, count);
}
