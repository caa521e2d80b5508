#include "assay/git/log.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/merge.h"
#include "assay/git/trees.h"

void log_init(struct log *log)
{
    *log = (struct log){.arena = ARENA_INIT};
}

void log_clear(struct log *log)
{
    arena_clear(&log->arena);
    memory_free(log->files);
    memory_free(log->commits);
    memory_free(log->problems);
    log_init(log);
}

/* --- names of changes --------------------------------------------------------------------------------------------- */

static bool is_plain(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           byte == '.' || byte == '_' || byte == '-';
}

void log_encode_change(struct slice change, struct str *out)
{
    const bool is_dots = slice_is(change, ".") || slice_is(change, "..");
    for (size_t i = 0; i < change.size; i++) {
        const unsigned char byte = (unsigned char)change.data[i];
        if (is_plain(byte) && !is_dots) {
            str_push(out, (char)byte);
        } else {
            str_appendf(out, "%%%02X", byte);
        }
    }
}

static int hex_digit(char digit)
{
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static bool decode(struct slice encoded, struct str *out)
{
    for (size_t i = 0; i < encoded.size; i++) {
        if (encoded.data[i] != '%') {
            str_push(out, encoded.data[i]);
            continue;
        }
        const int high = i + 2 < encoded.size ? hex_digit(encoded.data[i + 1]) : -1;
        const int low = i + 2 < encoded.size ? hex_digit(encoded.data[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return false;
        }
        str_push(out, (char)(high * 16 + low));
        i += 2;
    }
    return true;
}

bool log_decode_change(struct slice encoded, struct str *out)
{
    struct str decoded = STR_INIT, again = STR_INIT;
    bool sound = encoded.size > 0 && decode(encoded, &decoded);
    if (sound) {
        log_encode_change(str_slice(&decoded), &again);
        sound = slice_equal(str_slice(&again), encoded);
    }
    if (sound) {
        str_append(out, str_slice(&decoded));
    }
    str_clear(&decoded);
    str_clear(&again);
    return sound;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

struct reading {
    const struct repo *repo;
    struct log *log;
    struct table *seen;  /* path NUL blob */
    struct slice folder; /* "r/" or "reviews/" */
    bool seals;
    const struct commit *commit; /* NULL: files of a tree */
    const struct commit *next;   /* that will be read, its parent as a rule; NULL: none */
};

static bool parse_file_name(struct slice name, bool seals, struct log_file *file)
{
    const struct slice end = SLICE(".sig");
    const bool is_signature = slice_ends_with(name, end);
    const struct slice plain = slice_part(name, 0, name.size - (is_signature ? end.size : 0));
    if (seals && slice_is(plain, "seal.json")) {
        file->kind = is_signature ? LOG_SEAL_SIGNATURE : LOG_SEAL;
        return true;
    }
    file->kind = is_signature ? LOG_SIGNATURE : LOG_RECORD;
    return slice_ends_with(plain, SLICE(".json")) &&
           digest_parse_hex(slice_part(plain, 0, plain.size - 5), &file->name);
}

/* FOLDER/CHANGE/NAME */
static bool parse_path(const struct reading *reading, struct slice path, struct log_file *file)
{
    struct slice rest = slice_from(path, reading->folder.size), encoded;
    struct str change = STR_INIT;
    const bool sound = slice_starts_with(path, reading->folder) && slice_cut(&rest, '/', &encoded) && rest.data &&
                       parse_file_name(rest, reading->seals, file) && log_decode_change(encoded, &change);
    if (sound) {
        file->change = arena_copy(&reading->log->arena, str_slice(&change));
    }
    str_clear(&change);
    return sound;
}

static void add_problem(struct reading *reading, struct slice path, const char *what)
{
    struct log *log = reading->log;
    struct log_problem *problem = ARRAY_PUSH(log->problems, log->problem_count, log->problem_capacity);
    *problem = (struct log_problem){.path = arena_copy(&log->arena, path), .what = what};
    if (reading->commit) {
        problem->commit = reading->commit->oid;
    }
}

static bool is_new(struct reading *reading, const struct tree_entry *entry)
{
    struct str key = STR_INIT;
    str_append(&key, entry->path);
    str_push(&key, '\0');
    str_append(&key, oid_slice(&entry->oid));
    const bool added = table_add(reading->seen, str_slice(&key), 0);
    str_clear(&key);
    return added;
}

static void add_file(struct reading *reading, const struct tree_entry *entry)
{
    struct log_file file = {.blob = entry->oid};
    if (!is_new(reading, entry)) {
        return;
    }
    if (trees_refusal(entry)) {
        add_problem(reading, entry->path, trees_refusal(entry));
    } else if (!parse_path(reading, entry->path, &file)) {
        add_problem(reading, entry->path, "is not the name of a record");
    } else {
        if (reading->commit) {
            file.commit = reading->commit->oid;
            file.time = reading->commit->committer.time;
        }
        *ARRAY_PUSH(reading->log->files, reading->log->file_count, reading->log->file_capacity) = file;
    }
}

/* --- history ------------------------------------------------------------------------------------------------------ */

/* Whether another parent than the first has the file: then it came with that one, and is as old as it was there. */
static int is_inherited(const struct reading *reading, const struct tree_entry *added, bool *inherited,
                        struct error *error)
{
    const struct commit *commit = reading->commit;
    *inherited = false;
    for (size_t i = 1; i < commit->parent_count && !*inherited; i++) {
        struct tree_entry entry;
        if (trees_find(reading->repo, &commit->parents[i], added->path, &entry, error) != 0) {
            return -1;
        }
        *inherited = entry.kind == added->kind && oid_equal(&entry.oid, &added->oid);
    }
    return 0;
}

static int take_differences(struct reading *reading, const struct merge *merge, bool additions, struct error *error)
{
    for (size_t i = 0; i < merge->difference_count; i++) {
        const struct merge_difference *difference = &merge->differences[i];
        bool inherited = false;
        if (difference->before.kind != TREE_NONE) {
            add_problem(reading, difference->path, difference->after.kind == TREE_NONE ? "was removed" : "was changed");
        }
        if (!additions || difference->after.kind == TREE_NONE) {
            continue;
        }
        if (is_inherited(reading, &difference->after, &inherited, error) != 0) {
            return -1;
        }
        if (!inherited) {
            add_file(reading, &difference->after);
        }
    }
    return 0;
}

/* The parent, or its tree where that is known, which spares reading it again. */
static struct oid parent_root(const struct reading *reading, const struct oid *parent)
{
    return reading->next && oid_equal(&reading->next->oid, parent) ? reading->next->tree : *parent;
}

/* What a commit adds is what none of its parents has; what it takes away, against each. */
static int read_commit(struct reading *reading, struct error *error)
{
    const struct commit *commit = reading->commit;
    const size_t comparisons = commit->parent_count > 0 ? commit->parent_count : 1;
    int result = 0;
    for (size_t i = 0; i < comparisons && result == 0; i++) {
        struct merge merge;
        struct oid before = {{0}};
        merge_init(&merge);
        if (commit->parent_count > 0) {
            before = parent_root(reading, &commit->parents[i]);
        }
        result = merge_compare(reading->repo, &before, &commit->tree, &merge, error);
        if (result == 0) {
            result = take_differences(reading, &merge, i == 0, error);
        }
        merge_clear(&merge);
    }
    return result;
}

struct history {
    struct table *seen; /* commits that were met */
    struct oid *waiting;
    size_t count, capacity, next;
    struct arena arena;     /* of the parents */
    struct commit *commits; /* to be read, without texts */
    size_t commit_count, commit_capacity;
};

static void wait_for(struct history *history, const struct oid *commit)
{
    if (!oid_is_none(commit) && table_add(history->seen, oid_slice(commit), 0)) {
        *ARRAY_PUSH(history->waiting, history->count, history->capacity) = *commit;
    }
}

static void close_history(struct history *history)
{
    table_free(history->seen);
    memory_free(history->waiting);
    memory_free(history->commits);
    arena_clear(&history->arena);
}

/* Marks everything that `known` holds as met. A log is a line as a rule, so nothing but `known` itself needs to be
 * marked; only where a commit has several parents (nobody but an attacker makes one) the whole past is. */
static int mark_known(const struct repo *repo, const struct oid *known, struct history *history, struct error *error)
{
    struct history past = {.seen = table_new()};
    int result = 0;
    wait_for(&past, known);
    while (result == 0 && past.next < past.count) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        table_add(history->seen, oid_slice(&past.waiting[past.next]), 0);
        result = commits_read(repo, &past.waiting[past.next++], &arena, &commit, error);
        for (size_t i = 0; result == 0 && i < commit.parent_count; i++) {
            wait_for(&past, &commit.parents[i]);
        }
        arena_clear(&arena);
    }
    close_history(&past);
    return result;
}

static void note_commit(struct history *history, const struct commit *commit)
{
    struct commit *noted = ARRAY_PUSH(history->commits, history->commit_count, history->commit_capacity);
    *noted = (struct commit){.oid = commit->oid,
                             .tree = commit->tree,
                             .parent_count = commit->parent_count,
                             .committer.time = commit->committer.time};
    noted->parents = arena_alloc_array(&history->arena, commit->parent_count, sizeof *noted->parents);
    for (size_t i = 0; i < commit->parent_count; i++) {
        noted->parents[i] = commit->parents[i];
    }
}

/* Finds the commits down to `known`. */
static int walk_history(const struct repo *repo, const struct oid *known, struct history *history, bool *rewound,
                        struct error *error)
{
    bool known_met = oid_is_none(known), all_marked = known_met;
    int result = 0;
    while (result == 0 && history->next < history->count) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        const struct oid oid = history->waiting[history->next++];
        if (!oid_is_none(known) && oid_equal(&oid, known)) {
            known_met = true;
            continue;
        }
        result = commits_read(repo, &oid, &arena, &commit, error);
        if (result == 0 && commit.parent_count > 1 && !all_marked) {
            for (size_t i = 0; i < commit.parent_count; i++) {
                known_met = known_met || oid_equal(&commit.parents[i], known);
            }
            all_marked = true;
            result = mark_known(repo, known, history, error);
        }
        if (result == 0) {
            note_commit(history, &commit);
        }
        for (size_t i = 0; result == 0 && i < commit.parent_count; i++) {
            known_met = known_met || oid_equal(&commit.parents[i], known);
            wait_for(history, &commit.parents[i]);
        }
        arena_clear(&arena);
    }
    *rewound = result == 0 && !known_met;
    return result;
}

/* --- reading the commits ------------------------------------------------------------------------------------------ */

enum { TOLD_AFTER = 128 }; /* commits */

static void tell(const struct log *log, size_t *told)
{
    if (log->listener.tell && log->file_count > *told) {
        log->listener.tell(log->listener.context, &log->files[*told], log->file_count - *told);
    }
    *told = log->file_count;
}

static int read_commits(struct reading *reading, const struct history *history, struct error *error)
{
    size_t told = reading->log->file_count;
    int result = 0;
    for (size_t i = 0; i < history->commit_count && result == 0; i++) {
        reading->commit = &history->commits[i];
        reading->next = i + 1 < history->commit_count ? &history->commits[i + 1] : NULL;
        result = read_commit(reading, error);
        if ((i + 1) % TOLD_AFTER == 0) {
            tell(reading->log, &told);
        }
    }
    reading->commit = reading->next = NULL;
    return result;
}

static int read_history(struct reading *reading, const struct oid *known, struct history *history, struct error *error)
{
    struct log *log = reading->log;
    if (walk_history(reading->repo, known, history, &log->rewound, error) < 0) {
        return -1;
    }
    for (size_t i = 0; i < history->commit_count; i++) {
        *ARRAY_PUSH(log->commits, log->commit_count, log->commit_capacity) = history->commits[i].oid;
    }
    return read_commits(reading, history, error);
}

int log_read(const struct repo *repo, const struct log_tips *tips, const struct oid *known, struct log *log,
             struct error *error)
{
    const struct oid none = {{0}};
    struct reading reading = {.repo = repo, .log = log, .seen = table_new(), .folder = SLICE("r/")};
    struct history history = {.seen = table_new()};
    wait_for(&history, &tips->pending);
    wait_for(&history, &tips->tracked);
    int result = 0;
    if (history.count > 0 || (known && !oid_is_none(known))) {
        result = read_history(&reading, known ? known : &none, &history, error);
    }
    close_history(&history);
    table_free(reading.seen);
    return result == 0 ? 0 : error_prefix(error, "the log");
}

int log_read_reviews(const struct repo *repo, const struct oid *root, struct slice change, struct log *log,
                     struct error *error)
{
    struct reading reading = {
        .repo = repo, .log = log, .seen = table_new(), .folder = SLICE("reviews/"), .seals = true};
    struct tree_list list;
    struct str folder = STR_INIT;
    trees_list_init(&list);
    str_append_text(&folder, "reviews");
    if (change.size > 0) {
        str_push(&folder, '/');
        log_encode_change(change, &folder);
    }
    const int result = trees_list(repo, root, str_slice(&folder), &list, error);
    for (size_t i = 0; result == 0 && i < list.count; i++) {
        add_file(&reading, &list.entries[i]);
    }
    trees_list_clear(&list);
    str_clear(&folder);
    table_free(reading.seen);
    return result;
}
