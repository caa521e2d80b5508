#include "assay/git/outbox.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/merge.h"
#include "assay/git/objects.h"
#include "assay/git/refs.h"
#include "assay/git/write.h"

enum { TRIES = 1000 }; /* compare and swap: each loss means that another process won */

static const struct oid none;

/* --- where two lines meet ------------------------------------------------------------------------------------------ */

struct side {
    struct table *seen;
    struct oid *waiting;
    size_t count, capacity, next;
};

static void add(struct side *side, const struct oid *commit)
{
    if (!oid_is_none(commit) && table_add(side->seen, oid_slice(commit), 0)) {
        *ARRAY_PUSH(side->waiting, side->count, side->capacity) = *commit;
    }
}

/* One step down; *met is set when the other side was there. */
static int step(const struct repo *repo, struct side *side, const struct side *other, struct oid *met,
                struct error *error)
{
    if (side->next == side->count) {
        return 0;
    }
    const struct oid oid = side->waiting[side->next++];
    if (table_has(other->seen, oid_slice(&oid))) {
        *met = oid;
        return 0;
    }
    struct arena arena = ARENA_INIT;
    struct commit commit;
    const int result = commits_read(repo, &oid, &arena, &commit, error);
    for (size_t i = 0; result == 0 && i < commit.parent_count; i++) {
        add(side, &commit.parents[i]);
    }
    arena_clear(&arena);
    return result;
}

/* The commit where the histories of two tips meet, none when they never do. Both sides walk in turn, so the cost is the
 * distance and not the length of the log. */
static int find_meeting(const struct repo *repo, const struct oid *a, const struct oid *b, struct oid *met,
                        struct error *error)
{
    struct side left = {.seen = table_new()}, right = {.seen = table_new()};
    int result = 0;
    *met = none;
    add(&left, a);
    add(&right, b);
    while (result == 0 && oid_is_none(met) && (left.next < left.count || right.next < right.count)) {
        result = step(repo, &left, &right, met, error);
        if (result == 0 && oid_is_none(met)) {
            result = step(repo, &right, &left, met, error);
        }
    }
    table_free(left.seen);
    table_free(right.seen);
    memory_free(left.waiting);
    memory_free(right.waiting);
    return result;
}

/* --- tips ---------------------------------------------------------------------------------------------------------- */

static void find_ref(const struct repo *repo, const char *name, struct oid *commit)
{
    if (!refs_find(repo, name, commit)) {
        *commit = none;
    }
}

/* A clone or the user's own fetch may have brought more of the log than refs/assay/log has. Not being able to write the
 * reference (somebody else's repository) is no reason not to read. */
static int adopt(const struct repo *repo, const struct oid *fetched, struct log_tips *tips, struct error *error)
{
    struct oid met = none;
    struct error ignored = ERROR_INIT;
    bool moved = false;
    if (oid_is_none(fetched) || oid_equal(fetched, &tips->tracked)) {
        return 0;
    }
    if (!oid_is_none(&tips->tracked) && find_meeting(repo, &tips->tracked, fetched, &met, error) != 0) {
        return -1;
    }
    if (oid_equal(&met, &tips->tracked)) {
        refs_swap(repo, OUTBOX_TRACKED_REF, &tips->tracked, fetched, &moved, &ignored);
        tips->tracked = *fetched;
    } else {
        tips->rewound = !oid_equal(&met, fetched);
    }
    return 0;
}

static void append_branch(struct str *out, const struct repo *repo, const char *branch)
{
    if (repo_remote(repo)) {
        str_appendf(out, "refs/remotes/%s/%s", repo_remote(repo), branch);
    } else {
        str_appendf(out, "refs/heads/%s", branch);
    }
}

int outbox_find_tips(const struct repo *repo, const char *branch, struct log_tips *tips, struct error *error)
{
    struct str name = STR_INIT;
    struct oid fetched = none;
    int result = 0;
    *tips = (struct log_tips){.rewound = false};
    append_branch(&name, repo, branch);
    if (!repo_remote(repo)) {
        find_ref(repo, name.data, &tips->tracked);
    } else {
        find_ref(repo, OUTBOX_TRACKED_REF, &tips->tracked);
        find_ref(repo, OUTBOX_PENDING_REF, &tips->pending);
        find_ref(repo, name.data, &fetched);
        result = adopt(repo, &fetched, tips, error);
    }
    str_clear(&name);
    return result;
}

/* --- append -------------------------------------------------------------------------------------------------------- */

static void append_path(struct str *out, struct slice change, const struct digest *name, const char *end)
{
    char hex[64 + 1];
    digest_format_hex(name, hex);
    str_append_text(out, "r/");
    log_encode_change(change, out);
    str_appendf(out, "/%s.json%s", hex, end);
}

static int try_append(struct repo *repo, const char *ref, const struct oid *expected, struct write_request *request,
                      bool *moved, struct error *error)
{
    struct oid commit;
    if (write_commit(repo, request, &commit, error) != 0) {
        return -1;
    }
    if (oid_equal(&commit, &request->parent)) {
        return 0; /* it is there already */
    }
    return refs_swap(repo, ref, expected, &commit, moved, error);
}

static int append_files(struct repo *repo, const char *branch, struct write_request *request, struct error *error)
{
    const bool remote = repo_remote(repo) != NULL;
    struct str ref = STR_INIT;
    append_branch(&ref, repo, branch);
    int result = 0;
    bool moved = true;
    for (int try = 0; result == 0 && moved && try < TRIES; try++) {
        struct log_tips tips;
        moved = false;
        result = outbox_find_tips(repo, branch, &tips, error);
        if (result == 0) {
            const struct oid *expected = remote ? &tips.pending : &tips.tracked;
            request->parent = oid_is_none(&tips.pending) ? tips.tracked : tips.pending;
            result = try_append(repo, remote ? OUTBOX_PENDING_REF : ref.data, expected, request, &moved, error);
        }
    }
    str_clear(&ref);
    if (result == 0 && moved) {
        return error_set(error, ERROR_ENVIRONMENT, "the log changes faster than the record can be added; try again");
    }
    return result;
}

int outbox_append(struct repo *repo, const char *branch, const struct outbox_record *record, enum process_mode mode,
                  struct error *error)
{
    struct str paths[2] = {STR_INIT, STR_INIT}, message = STR_INIT;
    append_path(&paths[0], record->change, &record->name, "");
    append_path(&paths[1], record->change, &record->name, ".sig");
    const struct write_file files[] = {{.path = str_slice(&paths[0]), .bytes = record->record},
                                       {.path = str_slice(&paths[1]), .bytes = record->signature}};
    str_append_text(&message, "review: ");
    log_encode_change(record->change, &message);
    struct write_request request = {.files = files,
                                    .file_count = ARRAY_COUNT(files),
                                    .way = TREE_EDIT_CLEAR,
                                    .message = message.data,
                                    .author = record->author,
                                    .email = record->email,
                                    .mode = mode};
    const int result = append_files(repo, branch, &request, error);
    str_clear(&paths[0]);
    str_clear(&paths[1]);
    str_clear(&message);
    return result;
}

static int find_in(const struct repo *repo, const struct oid *commit, struct slice path, bool *found,
                   struct error *error)
{
    struct tree_entry entry;
    if (oid_is_none(commit)) {
        return 0;
    }
    if (trees_find(repo, commit, path, &entry, error) != 0) {
        return -1;
    }
    *found = entry.kind != TREE_NONE && objects_has(repo, &entry.oid);
    return 0;
}

int outbox_find(const struct repo *repo, const char *branch, struct slice change, const struct digest *name, bool *kept,
                bool *sent, struct error *error)
{
    struct log_tips tips;
    struct str path = STR_INIT;
    *kept = *sent = false;
    append_path(&path, change, name, "");
    int result = outbox_find_tips(repo, branch, &tips, error);
    if (result == 0) {
        result = find_in(repo, &tips.tracked, str_slice(&path), sent, error);
    }
    if (result == 0 && !*sent) {
        result = find_in(repo, &tips.pending, str_slice(&path), kept, error);
    }
    *kept = *kept || *sent;
    str_clear(&path);
    return result;
}

/* --- what waits ---------------------------------------------------------------------------------------------------- */

struct waiting {
    struct merge since; /* from where pending left the log to pending */
    struct write_file *files;
    size_t count, capacity;
    size_t records;
};

/* Files that pending added since it left the log, and that the log does not have. */
static int find_waiting(const struct repo *repo, const struct log_tips *tips, const struct oid *met,
                        struct waiting *waiting, struct error *error)
{
    if (merge_compare(repo, met, &tips->pending, &waiting->since, error) != 0) {
        return -1;
    }
    for (size_t i = 0; i < waiting->since.difference_count; i++) {
        const struct merge_difference *difference = &waiting->since.differences[i];
        struct tree_entry there;
        if (difference->after.kind == TREE_NONE) {
            continue;
        }
        if (trees_find(repo, &tips->tracked, difference->path, &there, error) != 0) {
            return -1;
        }
        if (there.kind == TREE_NONE) {
            *ARRAY_PUSH(waiting->files, waiting->count, waiting->capacity) =
                (struct write_file){.path = difference->path, .blob = difference->after.oid};
            waiting->records += slice_ends_with(difference->path, SLICE(".json")) ? 1 : 0;
        }
    }
    return 0;
}

static int write_anew(struct repo *repo, const struct log_tips *tips, const struct waiting *waiting,
                      enum process_mode mode, struct oid *commit, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct commit pending;
    int result = commits_read(repo, &tips->pending, &arena, &pending, error);
    if (result == 0) {
        const struct write_request request = {.parent = tips->tracked,
                                              .way = TREE_EDIT_CLEAR,
                                              .files = waiting->files,
                                              .file_count = waiting->count,
                                              .message = waiting->records > 1 ? "review: records that waited"
                                                                              : "review: a record that waited",
                                              .author = pending.author.name,
                                              .email = pending.author.email,
                                              .mode = mode};
        result = write_commit(repo, &request, commit, error);
    }
    arena_clear(&arena);
    return result;
}

static int try_rebuild(struct repo *repo, const struct log_tips *tips, enum process_mode mode, struct oid *tip,
                       size_t *count, bool *moved, struct error *error)
{
    struct oid met = none;
    struct waiting waiting = {.files = NULL};
    merge_init(&waiting.since);
    int result = find_meeting(repo, &tips->tracked, &tips->pending, &met, error);
    if (result == 0) {
        result = find_waiting(repo, tips, &met, &waiting, error);
    }
    *count = waiting.records;
    *tip = waiting.count > 0 ? tips->pending : none;
    if (result == 0 && waiting.count > 0 && !oid_equal(&met, &tips->tracked)) {
        result = write_anew(repo, tips, &waiting, mode, tip, error);
    }
    if (result == 0 && !oid_equal(tip, &tips->pending)) {
        result = refs_swap(repo, OUTBOX_PENDING_REF, &tips->pending, tip, moved, error);
    }
    merge_clear(&waiting.since);
    memory_free(waiting.files);
    return result;
}

int outbox_rebuild(struct repo *repo, const char *branch, enum process_mode mode, struct oid *tip, size_t *count,
                   struct error *error)
{
    *tip = none;
    *count = 0;
    for (int try = 0; try < TRIES; try++) {
        struct log_tips tips;
        bool moved = false;
        if (outbox_find_tips(repo, branch, &tips, error) != 0) {
            return -1;
        }
        if (oid_is_none(&tips.pending)) {
            return 0;
        }
        if (try_rebuild(repo, &tips, mode, tip, count, &moved, error) != 0) {
            return -1;
        }
        if (!moved) {
            return 0;
        }
    }
    return error_set(error, ERROR_ENVIRONMENT, "the records that wait change all the time; try again");
}

/* Dies between the two swaps: the next rebuild finds nothing that waits and drops pending. */
int outbox_mark_sent(struct repo *repo, const struct oid *tip, struct error *error)
{
    bool moved = true;
    for (int try = 0; moved && try < TRIES; try++) {
        struct oid tracked, met = none;
        moved = false;
        find_ref(repo, OUTBOX_TRACKED_REF, &tracked);
        if (!oid_is_none(&tracked) && find_meeting(repo, &tracked, tip, &met, error) != 0) {
            return -1;
        }
        if (!oid_equal(&met, &tracked)) {
            break; /* somebody fetched more already */
        }
        if (!oid_equal(&tracked, tip) && refs_swap(repo, OUTBOX_TRACKED_REF, &tracked, tip, &moved, error) != 0) {
            return -1;
        }
    }
    struct oid pending;
    find_ref(repo, OUTBOX_PENDING_REF, &pending);
    /* Anything on top of what was sent goes on waiting. */
    return oid_equal(&pending, tip) ? refs_swap(repo, OUTBOX_PENDING_REF, tip, &none, &moved, error) : 0;
}
