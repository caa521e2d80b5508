#include "assay/review/cache.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/data/yaml.h"
#include "assay/git/merge.h"
#include "assay/git/objects.h"

/* Blobs are kept in two pools: outputs and texts, of which each change has its own, and golden datasets, manifests and
 * partials, which many changes share. */
enum cache_kind {
    CACHE_MANIFEST = 'm',
    CACHE_GOLDEN = 'g',
    CACHE_PARTIALS = 'p',
    CACHE_OUTPUTS = 'o',
    CACHE_TEXT = 't',
};

/* One decoded blob; `source` stays where it is, since documents point into it. */
struct cache_item {
    enum cache_kind kind;
    struct str source;
    union {
        struct manifest manifest;
        struct golden golden;
        struct outputs outputs;
        struct document partials;
    };
};

struct pool {
    struct table *by_key; /* kind and blob → index */
    struct cache_item **items;
    size_t count, capacity;
    size_t bytes, bytes_max; /* of sources */
};

struct cache {
    struct workspace *workspace;
    struct pool shared, own;
    struct tree_list holders; /* of the target as it was at `target` */
    struct oid target;
};

struct cache *cache_new(struct workspace *workspace)
{
    struct cache *cache = memory_new(sizeof *cache);
    cache->workspace = workspace;
    cache->shared = (struct pool){.by_key = table_new(), .bytes_max = CACHE_SHARED_MAX};
    cache->own = (struct pool){.by_key = table_new(), .bytes_max = CACHE_OWN_MAX};
    trees_list_init(&cache->holders);
    return cache;
}

static void item_free(struct cache_item *item)
{
    switch (item->kind) {
    case CACHE_MANIFEST:
        manifest_clear(&item->manifest);
        break;
    case CACHE_GOLDEN:
        golden_clear(&item->golden);
        break;
    case CACHE_OUTPUTS:
        outputs_clear(&item->outputs);
        break;
    case CACHE_PARTIALS:
        document_clear(&item->partials);
        break;
    case CACHE_TEXT:
        break;
    }
    str_clear(&item->source);
    memory_free(item);
}

static void pool_clear(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        item_free(pool->items[i]);
    pool->count = pool->bytes = 0;
    table_free(pool->by_key);
    pool->by_key = NULL;
}

static void pool_trim(struct pool *pool)
{
    if (pool->bytes <= pool->bytes_max)
        return;
    pool_clear(pool);
    pool->by_key = table_new();
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    pool_clear(&cache->shared);
    pool_clear(&cache->own);
    trees_list_clear(&cache->holders);
    memory_free(cache->shared.items);
    memory_free(cache->own.items);
    memory_free(cache);
}

void cache_trim(struct cache *cache)
{
    pool_trim(&cache->shared);
    pool_trim(&cache->own);
}

/* The shared partials are a map of names to texts, nothing else. */
static int load_partials(struct slice bytes, struct slice name, struct document *document, struct error *error)
{
    if (yaml_load(bytes, name, document, error) < 0)
        return -1;
    const struct value *root = document->root;
    int result = 0;
    if (root->kind != VALUE_MAP && root->kind != VALUE_NULL)
        result = document_error(document, root, error, "shared partials must be a map of names to texts.");
    for (size_t i = 0; result == 0 && i < value_count(root); i++) {
        const struct value_pair *pair = value_pair_at(root, i);
        if (!value_is_text(&pair->value))
            result =
                document_error(document, &pair->value, error, "the partial “%.*s” must be text.", SLICE_ARG(pair->key));
    }
    if (result < 0)
        document_clear(document);
    return result;
}

static int decode(struct cache_item *item, struct slice name, struct error *error)
{
    struct slice bytes = str_slice(&item->source);
    switch (item->kind) {
    case CACHE_MANIFEST:
        return manifest_load(bytes, name, &item->manifest, error);
    case CACHE_GOLDEN:
        return golden_load(bytes, name, &item->golden, error);
    case CACHE_OUTPUTS:
        return outputs_load(bytes, name, &item->outputs, error);
    case CACHE_PARTIALS:
        return load_partials(bytes, name, &item->partials, error);
    case CACHE_TEXT:
        break;
    }
    return 0;
}

static struct pool *pool_of(struct cache *cache, enum cache_kind kind)
{
    return kind == CACHE_OUTPUTS || kind == CACHE_TEXT ? &cache->own : &cache->shared;
}

static struct slice key_of(enum cache_kind kind, const struct oid *oid, char key[1 + OID_SIZE])
{
    key[0] = (char)kind;
    memcpy(key + 1, oid->bytes, OID_SIZE);
    return slice_make(key, 1 + OID_SIZE);
}

/* The bytes of a blob. What cache_digest has read already is not inflated again. */
static int read_source(struct cache *cache, const struct tree_entry *entry, size_t limit, struct str *source,
                       struct error *error)
{
    char key[1 + OID_SIZE];
    size_t at;
    if (!table_get(cache->own.by_key, key_of(CACHE_TEXT, &entry->oid, key), &at))
        return trees_read_entry(cache->workspace->repo, entry, limit, source, error);
    const struct str *read = &cache->own.items[at]->source;
    if (read->size > limit)
        return error_set(error, ERROR_INPUT, "%.*s is larger than %zu bytes.", SLICE_ARG(entry->path), limit);
    str_append(source, str_slice(read));
    return 0;
}

static int find(struct cache *cache, enum cache_kind kind, const struct tree_entry *entry, size_t limit,
                struct cache_item **out, struct error *error)
{
    struct pool *pool = pool_of(cache, kind);
    char key[1 + OID_SIZE];
    size_t at;
    if (table_get(pool->by_key, key_of(kind, &entry->oid, key), &at)) {
        *out = pool->items[at];
        return 0;
    }
    struct cache_item *item = memory_new(sizeof *item);
    item->kind = kind;
    str_init(&item->source);
    if (read_source(cache, entry, limit, &item->source, error) < 0 || decode(item, entry->path, error) < 0) {
        str_clear(&item->source);
        memory_free(item);
        return -1;
    }
    table_add(pool->by_key, key_of(kind, &entry->oid, key), pool->count);
    *ARRAY_PUSH(pool->items, pool->count, pool->capacity) = item;
    pool->bytes += item->source.size;
    *out = item;
    return 0;
}

int cache_manifest(struct cache *cache, const struct tree_entry *entry, const struct manifest **manifest,
                   struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_MANIFEST, entry, MANIFEST_SIZE_MAX, &item, error) < 0)
        return -1;
    *manifest = &item->manifest;
    return 0;
}

int cache_golden(struct cache *cache, const struct tree_entry *entry, const struct golden **golden, struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_GOLDEN, entry, GOLDEN_SIZE_MAX, &item, error) < 0)
        return -1;
    *golden = &item->golden;
    return 0;
}

int cache_outputs(struct cache *cache, const struct tree_entry *entry, const struct outputs **outputs,
                  struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_OUTPUTS, entry, OUTPUTS_SIZE_MAX, &item, error) < 0)
        return -1;
    *outputs = &item->outputs;
    return 0;
}

int cache_partials(struct cache *cache, const struct tree_entry *entry, const struct value **partials,
                   struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_PARTIALS, entry, MANIFEST_SIZE_MAX, &item, error) < 0)
        return -1;
    *partials = item->partials.root;
    return 0;
}

int cache_text(struct cache *cache, const struct tree_entry *entry, size_t limit, struct slice *text,
               struct error *error)
{
    struct cache_item *item;
    if (find(cache, CACHE_TEXT, entry, limit, &item, error) < 0)
        return -1;
    *text = str_slice(&item->source);
    return 0;
}

/* The folder of a manifest at this path; false: it is another file. */
static bool holder_of(struct slice path, struct slice *folder)
{
    const struct slice name = SLICE(MANIFEST_NAME);
    const size_t rest = path.size - (path.size < name.size ? path.size : name.size);
    *folder = slice_part(path, 0, rest ? rest - 1 : 0);
    return slice_ends_with(path, name) && (rest == 0 || path.data[rest - 1] == '/');
}

static void drop_holder(struct tree_list *holders, struct slice folder)
{
    for (size_t i = 0; i < holders->count; i++)
        if (slice_equal(holders->entries[i].path, folder)) {
            holders->entries[i] = holders->entries[--holders->count];
            return;
        }
}

/* Those who judge the past go from one target to the next: what differs between the two is little, the whole much. False
 * when the whole must be walked. */
static bool follow_target(struct cache *cache, const struct oid *target)
{
    struct tree_list *holders = &cache->holders;
    struct error error = ERROR_INIT;
    struct merge merge;
    merge_init(&merge);
    bool followed = !oid_is_none(&cache->target) &&
                    merge_compare(cache->workspace->repo, &cache->target, target, &merge, &error) == 0 &&
                    merge.conflict_count == 0;
    for (size_t i = 0; followed && i < merge.difference_count; i++) {
        struct tree_entry entry = merge.differences[i].after;
        struct slice folder;
        if (!holder_of(merge.differences[i].path, &folder))
            continue;
        drop_holder(holders, folder);
        entry.path = arena_copy(&holders->arena, folder);
        if (entry.kind != TREE_NONE)
            *ARRAY_PUSH(holders->entries, holders->count, holders->capacity) = entry;
    }
    merge_clear(&merge);
    return followed;
}

int cache_holders(struct cache *cache, const struct tree_list **holders, struct error *error)
{
    const struct workspace *workspace = cache->workspace;
    const struct oid *target = &workspace->target.commit;
    if (!oid_equal(&cache->target, target) && !follow_target(cache, target)) {
        trees_list_clear(&cache->holders);
        cache->target = (struct oid){{0}};
        if (trees_holders(workspace->repo, target, SLICE(MANIFEST_NAME), &cache->holders, error) < 0)
            return -1;
    }
    cache->target = *target;
    *holders = &cache->holders;
    return 0;
}

int cache_digest(struct cache *cache, const struct tree_entry *entry, struct digest *digest, struct error *error)
{
    if (index_digest(cache->workspace->index, &entry->oid, digest))
        return 0;
    struct cache_item *item;
    if (find(cache, CACHE_TEXT, entry, OUTPUTS_SIZE_MAX, &item, error) < 0)
        return -1;
    digest_of(str_slice(&item->source), digest);
    index_remember_digest(cache->workspace->index, &entry->oid, digest);
    return 0;
}
