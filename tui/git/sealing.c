#include "assay/git/sealing.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/merge.h"

#define FOLDER "reviews"

void sealing_init(struct sealing *sealing)
{
    *sealing = (struct sealing){.latest = SEALING_NEVER};
}

void sealing_clear(struct sealing *sealing)
{
    table_free(sealing->by_file);
    memory_free(sealing->files);
    arena_clear(&sealing->arena);
    sealing_init(sealing);
}

static void append_key(struct str *key, struct slice path, const struct oid *blob)
{
    str_append(key, path);
    str_push(key, '\0');
    str_append(key, oid_slice(blob));
}

/* Adds the file unless it came before. */
static void add(struct sealing *sealing, struct slice path, const struct oid *blob, const struct oid *commit,
                int64_t time)
{
    struct str key = STR_INIT;
    append_key(&key, path, blob);
    if (!sealing->by_file) {
        sealing->by_file = table_new();
    }
    if (table_add(sealing->by_file, str_slice(&key), sealing->count)) {
        *ARRAY_PUSH(sealing->files, sealing->count, sealing->capacity) = (struct sealing_file){
            .path = arena_copy(&sealing->arena, path), .blob = *blob, .commit = *commit, .time = time};
    }
    str_clear(&key);
}

const struct sealing_file *sealing_find(const struct sealing *sealing, struct slice path, const struct oid *blob)
{
    struct str key = STR_INIT;
    size_t at;
    append_key(&key, path, blob);
    const bool found = sealing->by_file && table_get(sealing->by_file, str_slice(&key), &at);
    str_clear(&key);
    return found ? &sealing->files[at] : NULL;
}

void sealing_append_path(struct str *out, const struct log_file *file)
{
    const bool is_signature = file->kind == LOG_SIGNATURE || file->kind == LOG_SEAL_SIGNATURE;
    char hex[64 + 1];
    digest_format_hex(&file->name, hex);
    str_append_text(out, FOLDER "/");
    log_encode_change(file->change, out);
    str_appendf(out, "/%s.json%s", file->kind == LOG_SEAL || file->kind == LOG_SEAL_SIGNATURE ? "seal" : hex,
                is_signature ? ".sig" : "");
}

int64_t sealing_time(const struct sealing *sealing, const struct log_file *file)
{
    struct str path = STR_INIT;
    sealing_append_path(&path, file);
    const struct sealing_file *found = sealing_find(sealing, str_slice(&path), &file->blob);
    str_clear(&path);
    return found ? found->time : SEALING_NEVER;
}

/* --- the walk ------------------------------------------------------------------------------------------------------ */

struct step {
    struct oid commit, tree;
    int64_t time;
};

struct steps {
    struct step *items; /* target first */
    size_t count, capacity;
};

/* First parents of the target down to `known`; *met: it is among them. */
static int collect(const struct repo *repo, const struct oid *target, const struct oid *known, struct steps *steps,
                   bool *met, struct error *error)
{
    struct oid next = *target;
    *met = false;
    while (!oid_is_none(&next)) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        if (oid_equal(&next, known)) {
            *met = true;
            return 0;
        }
        const int result = commits_read(repo, &next, &arena, &commit, error);
        if (result == 0) {
            *ARRAY_PUSH(steps->items, steps->count, steps->capacity) =
                (struct step){commit.oid, commit.tree, commit.committer.time};
            next = commit.parent_count > 0 ? commit.parents[0] : (struct oid){{0}};
        }
        arena_clear(&arena);
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

/* The tree of reviews/, none where there is no such folder. */
static int find_folder(const struct repo *repo, const struct oid *root, struct oid *folder, struct error *error)
{
    struct tree_entry entry;
    *folder = (struct oid){{0}};
    if (oid_is_none(root)) {
        return 0;
    }
    if (trees_find(repo, root, SLICE(FOLDER), &entry, error) != 0) {
        return -1;
    }
    if (entry.kind == TREE_FOLDER) {
        *folder = entry.oid;
    }
    return 0;
}

static int take_differences(const struct repo *repo, const struct oid *before, const struct oid *after,
                            const struct step *step, struct sealing *sealing, struct error *error)
{
    struct merge merge;
    struct str path = STR_INIT;
    merge_init(&merge);
    const int result = merge_compare(repo, before, after, &merge, error);
    for (size_t i = 0; result == 0 && i < merge.difference_count; i++) {
        const struct tree_entry *entry = &merge.differences[i].after;
        if (entry->kind == TREE_NONE || trees_refusal(entry)) {
            continue;
        }
        str_reset(&path);
        str_append_text(&path, FOLDER "/");
        str_append(&path, entry->path);
        add(sealing, str_slice(&path), &entry->oid, &step->commit, sealing->latest);
    }
    str_clear(&path);
    merge_clear(&merge);
    return result;
}

/* A new version of the list of revoked keys counts a second after all that is there: what came with it came too late. */
static int note_revoked(const struct repo *repo, const struct step *step, struct sealing *sealing, struct error *error)
{
    const struct slice path = SLICE(SEALING_REVOKED_PATH);
    struct tree_entry entry;
    if (trees_find(repo, &step->tree, path, &entry, error) != 0) {
        return -1;
    }
    if ((entry.kind != TREE_FILE && entry.kind != TREE_EXECUTABLE) || sealing_find(sealing, path, &entry.oid)) {
        return 0;
    }
    const struct sealing_file *last = sealing->files ? &sealing->files[sealing->count - 1] : NULL;
    if (last && sealing->latest == last->time) {
        sealing->latest += sealing->latest < INT64_MAX;
    }
    add(sealing, path, &entry.oid, &step->commit, sealing->latest);
    return 0;
}

/* From the oldest step to the newest. */
static int take_steps(const struct repo *repo, const struct steps *steps, struct sealing *sealing, struct error *error)
{
    struct oid root = {{0}}, before, after;
    if (!oid_is_none(&sealing->tip) && commits_tree(repo, &sealing->tip, &root, error) != 0) {
        return -1;
    }
    if (find_folder(repo, &root, &before, error) != 0) {
        return -1;
    }
    for (size_t i = steps->count; i-- > 0;) {
        const struct step *step = &steps->items[i];
        sealing->latest = step->time > sealing->latest ? step->time : sealing->latest;
        after = before;
        if (!oid_equal(&step->tree, &root) &&
            (note_revoked(repo, step, sealing, error) != 0 || find_folder(repo, &step->tree, &after, error) != 0)) {
            return -1;
        }
        if (!oid_equal(&before, &after) && take_differences(repo, &before, &after, step, sealing, error) != 0) {
            return -1;
        }
        root = step->tree;
        before = after;
        sealing->tip = step->commit;
    }
    return 0;
}

int sealing_read(const struct repo *repo, const struct oid *target, struct sealing *sealing, struct error *error)
{
    struct steps steps = {.items = NULL};
    bool met;
    int result = collect(repo, target, &sealing->tip, &steps, &met, error);
    if (result == 0 && !met) {
        sealing_clear(sealing);
    }
    if (result == 0) {
        result = take_steps(repo, &steps, sealing, error);
    }
    memory_free(steps.items);
    if (result != 0) {
        sealing_clear(sealing);
        return error_prefix(error, "the sealed records of the target");
    }
    return 0;
}

/* --- bytes for the index ------------------------------------------------------------------------------------------- */

/* A line each: "tip latest", then "commit blob time path". */
void sealing_encode(const struct sealing *sealing, struct str *out)
{
    char commit[OID_HEX_SIZE + 1], blob[OID_HEX_SIZE + 1];
    oid_format(&sealing->tip, commit);
    str_appendf(out, "%s %lld\n", commit, (long long)sealing->latest);
    for (size_t i = 0; i < sealing->count; i++) {
        const struct sealing_file *file = &sealing->files[i];
        oid_format(&file->commit, commit);
        oid_format(&file->blob, blob);
        str_appendf(out, "%s %s %lld ", commit, blob, (long long)file->time);
        str_append(out, file->path);
        str_push(out, '\n');
    }
}

static bool cut_oid(struct slice *rest, struct oid *oid)
{
    struct slice part;
    return slice_cut(rest, ' ', &part) && oid_parse(part, oid);
}

static bool cut_time(struct slice *rest, int64_t *time)
{
    struct slice part;
    bool negative = false;
    *time = 0;
    if (!slice_cut(rest, ' ', &part) || part.size == 0 || part.size > 18) {
        return false;
    }
    for (size_t i = 0; i < part.size; i++) {
        if (i == 0 && part.data[0] == '-') {
            negative = true;
        } else if (part.data[i] < '0' || part.data[i] > '9') {
            return false;
        } else {
            *time = *time * 10 + (part.data[i] - '0');
        }
    }
    *time = negative ? -*time : *time;
    return true;
}

static bool decode(struct slice bytes, struct sealing *sealing)
{
    struct slice rest = bytes, line;
    if (!slice_cut_line(&rest, &line) || !cut_oid(&line, &sealing->tip) || !cut_time(&line, &sealing->latest)) {
        return false;
    }
    while (slice_cut_line(&rest, &line)) {
        struct oid commit, blob;
        int64_t time;
        if (!cut_oid(&line, &commit) || !cut_oid(&line, &blob) || !cut_time(&line, &time) || line.size == 0) {
            return false;
        }
        add(sealing, line, &blob, &commit, time);
    }
    return true;
}

bool sealing_decode(struct slice bytes, struct sealing *sealing)
{
    sealing_clear(sealing);
    if (decode(bytes, sealing)) {
        return true;
    }
    sealing_clear(sealing);
    return false;
}
