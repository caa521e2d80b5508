#include "assay/git/refs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <git2.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/library.h"
#include "assay/text/utf8.h"

void refs_list_init(struct ref_list *list)
{
    *list = (struct ref_list){.arena = ARENA_INIT};
}

void refs_list_clear(struct ref_list *list)
{
    arena_clear(&list->arena);
    refs_list_init(list);
}

static int compare_refs(const void *a, const void *b)
{
    const struct ref *left = a, *right = b;
    return slice_compare(left->name, right->name);
}

struct collected {
    struct ref_list *list;
    struct ref *refs; /* grows; moves into the arena at the end */
    size_t count, capacity;
};

static void collect(struct collected *collected, const git_reference *reference)
{
    struct arena *arena = &collected->list->arena;
    struct ref *ref = ARRAY_PUSH(collected->refs, collected->count, collected->capacity);
    *ref = (struct ref){.name = arena_copy(arena, slice_of(git_reference_name(reference)))};
    if (git_reference_type(reference) == GIT_REFERENCE_SYMBOLIC) {
        ref->symbolic = arena_copy(arena, slice_of(git_reference_symbolic_target(reference)));
    } else {
        memcpy(ref->commit.bytes, git_reference_target(reference)->id, OID_SIZE);
    }
}

int refs_list(const struct repo *repo, const char *prefix, struct ref_list *list, struct error *error)
{
    struct collected collected = {.list = list};
    struct str glob = STR_INIT;
    str_appendf(&glob, "%s*", prefix);
    git_reference_iterator *iterator = NULL;
    if (git_reference_iterator_glob_new(&iterator, repo_handle(repo), glob.data) < 0) {
        str_clear(&glob);
        return library_fail(error, ERROR_ENVIRONMENT, "the references of %s cannot be read", repo_folder(repo));
    }
    git_reference *reference = NULL;
    while (git_reference_next(&reference, iterator) == 0) {
        collect(&collected, reference);
        git_reference_free(reference);
    }
    git_reference_iterator_free(iterator);
    str_clear(&glob);
    list->count = collected.count;
    list->refs = arena_alloc_array(&list->arena, collected.count, sizeof *list->refs);
    if (collected.count > 0) {
        memcpy(list->refs, collected.refs, collected.count * sizeof *list->refs);
        qsort(list->refs, list->count, sizeof *list->refs, compare_refs);
    }
    memory_free(collected.refs);
    return 0;
}

/* A commit is not parsed for it: libgit2 refuses some that git itself takes, and a branch that seems not to be there
 * would be worse than one that cannot be read. */
static bool is_commit(git_repository *handle, const git_oid *oid)
{
    git_odb *odb = NULL;
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    const bool found = git_repository_odb(&odb, handle) == 0 && git_odb_read_header(&size, &type, odb, oid) == 0;
    git_odb_free(odb);
    return found && type == GIT_OBJECT_COMMIT;
}

bool refs_find(const struct repo *repo, const char *name, struct oid *commit)
{
    git_oid oid;
    git_object *object = NULL, *peeled = NULL;
    if (git_reference_name_to_id(&oid, repo_handle(repo), name) != 0) {
        return false;
    }
    bool found = is_commit(repo_handle(repo), &oid);
    if (!found && git_object_lookup(&object, repo_handle(repo), &oid, GIT_OBJECT_ANY) == 0 &&
        git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0) {
        git_oid_cpy(&oid, git_object_id(peeled));
        found = true;
    }
    if (found) {
        memcpy(commit->bytes, oid.id, OID_SIZE);
    }
    git_object_free(peeled);
    git_object_free(object);
    return found;
}

bool refs_object(const struct repo *repo, const char *name, struct oid *object)
{
    git_oid found;
    if (git_reference_name_to_id(&found, repo_handle(repo), name) != 0) {
        return false;
    }
    memcpy(object->bytes, found.id, OID_SIZE);
    return true;
}

bool refs_symbolic(const struct repo *repo, const char *name, struct str *target)
{
    git_reference *reference = NULL;
    bool found = false;
    if (git_reference_lookup(&reference, repo_handle(repo), name) == 0 && git_reference_symbolic_target(reference)) {
        str_append_text(target, git_reference_symbolic_target(reference));
        found = true;
    }
    git_reference_free(reference);
    return found;
}

static int write_reference(git_repository *handle, const char *name, const struct oid *expected, const struct oid *next)
{
    git_reference *reference = NULL;
    git_oid old, new;
    memcpy(old.id, expected->bytes, OID_SIZE);
    memcpy(new.id, next->bytes, OID_SIZE);
    const int code = oid_is_none(expected)
                         ? git_reference_create(&reference, handle, name, &new, 0, "assay")
                         : git_reference_create_matching(&reference, handle, name, &new, 1, &old, "assay");
    git_reference_free(reference);
    return code;
}

static int remove_reference(git_repository *handle, const char *name, const struct oid *expected)
{
    git_reference *reference = NULL;
    int code = git_reference_lookup(&reference, handle, name);
    if (code == 0) {
        const git_oid *now = git_reference_target(reference);
        code = now && memcmp(now->id, expected->bytes, OID_SIZE) == 0 ? git_reference_delete(reference) : GIT_EMODIFIED;
    }
    git_reference_free(reference);
    return code;
}

/* Neither there nor absent: an empty file that power loss left, say. Waiting for it to change would be in vain. */
static bool is_damaged(git_repository *handle, const char *name)
{
    git_reference *reference = NULL;
    const int code = git_reference_lookup(&reference, handle, name);
    git_reference_free(reference);
    return code < 0 && code != GIT_ENOTFOUND;
}

int refs_swap(const struct repo *repo, const char *name, const struct oid *expected, const struct oid *next,
              bool *moved, struct error *error)
{
    enum { TRIES = 200, WAIT_MS = 10 };
    *moved = false;
    for (int try = 0; try < TRIES; try++) {
        git_repository *handle = repo_handle(repo);
        const int code = oid_is_none(next) ? remove_reference(handle, name, expected)
                                           : write_reference(handle, name, expected, next);
        if (code == 0) {
            return 0;
        }
        if (is_damaged(handle, name)) {
            return error_set(error, ERROR_ENVIRONMENT,
                             "the reference %s is damaged; remove %s/%s and start assay again, what waits is made anew",
                             name, repo_common_folder(repo), name);
        }
        if (code == GIT_EMODIFIED || code == GIT_EEXISTS || code == GIT_ENOTFOUND) {
            *moved = true;
            return 0;
        }
        if (code != GIT_ELOCKED) {
            return library_fail(error, ERROR_ENVIRONMENT, "the reference %s cannot be written", name);
        }
        nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
    }
    return error_set(error, ERROR_ENVIRONMENT,
                     "the reference %s is locked; when no other git or assay runs, remove %s/%s.lock", name,
                     repo_common_folder(repo), name);
}

const char *refs_refusal(struct slice name)
{
    if (!utf8_valid(name)) {
        return "is not UTF-8";
    }
    for (size_t i = 0; i < name.size; i++) {
        if ((unsigned char)name.data[i] < 0x20 || name.data[i] == 0x7f) {
            return "holds a control character";
        }
    }
    return NULL;
}
