#include "assay/git/commits.h"

#include <string.h>
#include <strings.h>

#include "assay/base/array.h"
#include "assay/git/objects.h"

/* "Name <mail> 1700000000 +0100": the first < and the first > behind it, as git splits it (ident.c, split_ident_line). */
static struct commit_person decode_person(struct slice line)
{
    struct commit_person person = {.time = 0};
    const size_t open = slice_find_byte(line, '<');
    if (open == SLICE_NOT_FOUND) {
        person.name = slice_trim(line);
        return person;
    }
    const struct slice rest = slice_from(line, open + 1);
    const size_t close = slice_find_byte(rest, '>');
    person.name = slice_trim(slice_part(line, 0, open));
    person.email = slice_trim(close == SLICE_NOT_FOUND ? rest : slice_part(rest, 0, close));
    struct slice tail = close == SLICE_NOT_FOUND ? slice_of("") : slice_trim(slice_from(rest, close + 1));
    struct slice number;
    uint64_t seconds = 0;
    if (slice_cut(&tail, ' ', &number) && slice_to_uint64(number, &seconds) && seconds <= INT64_MAX) {
        person.time = (int64_t)seconds;
    }
    return person;
}

static bool cut_label(struct slice line, struct slice label, struct slice *value)
{
    if (line.size < label.size || strncasecmp(line.data, label.data, label.size) != 0) {
        return false;
    }
    *value = slice_from(line, label.size);
    return true;
}

/* `Co-authored-by: Name <mail>` in any case, with blanks before the colon as git's trailers allow (trailer.c). */
static bool cut_co_author(struct slice line, struct slice *value)
{
    if (!cut_label(slice_trim(line), SLICE("co-authored-by"), value)) {
        return false;
    }
    const size_t colon = slice_find_byte(*value, ':');
    if (colon == SLICE_NOT_FOUND || slice_trim(slice_part(*value, 0, colon)).size > 0) {
        return false;
    }
    *value = slice_from(*value, colon + 1);
    return true;
}

/* A trailer goes on in the next line where that begins with a blank. */
static struct commit_person decode_co_author(struct slice value, struct slice rest)
{
    struct slice line;
    const bool folds = slice_find_byte(value, '<') == SLICE_NOT_FOUND && slice_cut_line(&rest, &line) &&
                       line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t');
    struct commit_person person = decode_person(folds ? line : value);
    if (person.email.size == 0 && slice_find_byte(person.name, '@') != SLICE_NOT_FOUND) {
        person.email = person.name; /* an address without brackets */
    }
    return person;
}

/* Anywhere in the message, not only in its last paragraph: one author too many keeps a gate shut, one too few opens it. */
static void decode_co_authors(struct arena *arena, struct commit *commit)
{
    struct slice rest = commit->message, line, value;
    size_t count = 0;
    while (slice_cut_line(&rest, &line)) {
        count += cut_co_author(line, &value) ? 1 : 0;
    }
    commit->co_authors = arena_alloc_array(arena, count, sizeof *commit->co_authors);
    rest = commit->message;
    while (slice_cut_line(&rest, &line)) {
        if (cut_co_author(line, &value)) {
            commit->co_authors[commit->co_author_count++] = decode_co_author(value, rest);
        }
    }
}

static void decode_message(struct slice message, struct commit *commit)
{
    struct slice rest = message, line;
    commit->message = message;
    while (commit->subject.size == 0 && slice_cut_line(&rest, &line)) {
        commit->subject = slice_trim(line);
    }
}

static int malformed(struct error *error)
{
    return error_set(error, ERROR_INPUT, "a commit is malformed; run `git fsck`");
}

int commits_decode(struct slice bytes, struct arena *arena, struct commit *commit, struct error *error)
{
    struct slice rest = bytes, line, value;
    size_t parents = 0, capacity = 0;
    const struct oid name = commit->oid;
    *commit = (struct commit){.oid = name};
    if (!slice_cut(&rest, '\n', &line) || !cut_label(line, SLICE("tree "), &value) ||
        !oid_parse(value, &commit->tree)) {
        return malformed(error);
    }
    for (struct slice ahead = rest; slice_cut(&ahead, '\n', &line) && slice_starts_with(line, SLICE("parent "));) {
        capacity++;
    }
    commit->parents = arena_alloc_array(arena, capacity, sizeof *commit->parents);
    while (slice_cut(&rest, '\n', &line) && line.size > 0) {
        if (parents < capacity && cut_label(line, SLICE("parent "), &value)) {
            if (!oid_parse(value, &commit->parents[parents++])) {
                return malformed(error);
            }
        } else if (cut_label(line, SLICE("author "), &value) && !commit->author.name.data) {
            commit->author = decode_person(value);
        } else if (cut_label(line, SLICE("committer "), &value) && !commit->committer.name.data) {
            commit->committer = decode_person(value);
        }
    }
    commit->parent_count = parents;
    decode_message(rest, commit);
    decode_co_authors(arena, commit);
    return 0;
}

int commits_read(const struct repo *repo, const struct oid *oid, struct arena *arena, struct commit *commit,
                 struct error *error)
{
    struct object object;
    *commit = (struct commit){.oid = *oid};
    if (objects_open(repo, oid, OBJECT_COMMIT, 0, &object, error) != 0) {
        return -1;
    }
    const int result = commits_decode(arena_copy(arena, object.bytes), arena, commit, error);
    objects_close(&object);
    if (result != 0) {
        char hex[OID_HEX_SIZE + 1];
        oid_format(oid, hex);
        return error_prefix(error, "commit %s", hex);
    }
    if (repo_is_cut(repo, oid)) {
        commit->parent_count = 0;
    }
    return 0;
}

int commits_tree(const struct repo *repo, const struct oid *commit_or_tree, struct oid *tree, struct error *error)
{
    enum object_kind kind = OBJECT_BLOB;
    size_t size = 0;
    if (objects_header(repo, commit_or_tree, &kind, &size, error) != 0) {
        return -1;
    }
    if (kind == OBJECT_TREE) {
        *tree = *commit_or_tree;
        return 0;
    }
    struct object object;
    if (objects_open(repo, commit_or_tree, OBJECT_COMMIT, 0, &object, error) != 0) {
        return -1;
    }
    struct slice value;
    const bool sound =
        cut_label(object.bytes, SLICE("tree "), &value) && oid_parse(slice_part(value, 0, OID_HEX_SIZE), tree);
    objects_close(&object);
    return sound ? 0 : malformed(error);
}
