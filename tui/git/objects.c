#include "assay/git/objects.h"

#include <string.h>
#include <git2.h>

#include "assay/git/ceiling.h"
#include "assay/git/library.h"

static const char *const kind_names[] = {
    [OBJECT_COMMIT] = "commit", [OBJECT_TREE] = "tree", [OBJECT_BLOB] = "file", [OBJECT_TAG] = "tag"};

/* The repository keeps its object database for as long as it lives, so the reference can be given back at once. */
static git_odb *database(const struct repo *repo)
{
    git_odb *odb = NULL;
    if (git_repository_odb(&odb, repo_handle(repo)) == 0) {
        git_odb_free(odb);
    }
    return odb;
}

static void to_library(const struct oid *oid, git_oid *out)
{
    memcpy(out->id, oid->bytes, OID_SIZE);
}

static int fail_to_read(const struct repo *repo, const struct oid *oid, int code, struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(oid, hex);
    if (code == GIT_ENOTFOUND && repo_is_partial(repo)) {
        return error_set(error, ERROR_ENVIRONMENT,
                         "the object %s is not here, since this is a partial clone; run "
                         "`git fetch --refetch --no-filter`",
                         hex);
    }
    if (code == GIT_ENOTFOUND && repo_is_shallow(repo)) {
        return error_set(error, ERROR_ENVIRONMENT,
                         "the object %s is not here, since this is a shallow clone; run `git fetch --unshallow`", hex);
    }
    if (code == GIT_ENOTFOUND) {
        return error_set(error, ERROR_ENVIRONMENT, "the object %s is missing; run `git fsck`", hex);
    }
    return library_fail(error, ERROR_ENVIRONMENT, "the object %s cannot be read", hex);
}

int objects_header(const struct repo *repo, const struct oid *oid, enum object_kind *kind, size_t *size,
                   struct error *error)
{
    git_oid id;
    git_object_t type = GIT_OBJECT_INVALID;
    to_library(oid, &id);
    const int code = git_odb_read_header(size, &type, database(repo), &id);
    if (code < 0) {
        return fail_to_read(repo, oid, code, error);
    }
    *kind = (enum object_kind)type;
    return 0;
}

bool objects_has(const struct repo *repo, const struct oid *oid)
{
    git_oid id;
    to_library(oid, &id);
    return git_odb_exists(database(repo), &id) == 1;
}

static int fail_kind(const struct oid *oid, enum object_kind wanted, enum object_kind found, struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(oid, hex);
    return error_set(error, ERROR_INPUT, "the object %s is a %s where a %s is needed", hex,
                     found >= OBJECT_COMMIT && found <= OBJECT_TAG ? kind_names[found] : "thing", kind_names[wanted]);
}

static int check_size(const struct oid *oid, enum object_kind kind, size_t size, size_t limit, struct error *error)
{
    if (size <= limit) {
        return 0;
    }
    char hex[OID_HEX_SIZE + 1];
    oid_format(oid, hex);
    return error_set(error, ERROR_INPUT, "the %s %s has %zu bytes, more than the %zu that are allowed",
                     kind_names[kind], hex, size, limit);
}

/* Nothing was read, since what was to be allocated was too much: the object itself, or what it is packed against. */
static int fail_size(const struct repo *repo, const struct oid *oid, size_t limit, struct error *error)
{
    char hex[OID_HEX_SIZE + 1];
    enum object_kind kind = OBJECT_BLOB;
    size_t size = 0;
    if (objects_header(repo, oid, &kind, &size, error) != 0 || check_size(oid, kind, size, limit, error) != 0) {
        return -1;
    }
    oid_format(oid, hex);
    return error_set(error, ERROR_ENVIRONMENT,
                     "the %s %s is packed as a difference to one of more than %d MiB; run "
                     "`git -c core.bigFileThreshold=64m repack -adf`",
                     kind_names[kind], hex, CEILING >> 20);
}

static int read_object(const struct repo *repo, const struct oid *oid, size_t limit, struct object *object,
                       struct error *error)
{
    git_oid id;
    to_library(oid, &id);
    const int code = git_odb_read(&object->handle, database(repo), &id);
    if (code >= 0) {
        object->bytes = slice_make(git_odb_object_data(object->handle), git_odb_object_size(object->handle));
        return 0;
    }
    return ceiling_was_met() ? fail_size(repo, oid, limit, error) : fail_to_read(repo, oid, code, error);
}

static int check_kind(const struct oid *oid, enum object_kind wanted, enum object_kind found, struct error *error)
{
    return found == wanted ? 0 : fail_kind(oid, wanted, found, error);
}

/* Many blobs may be bombs, and each is refused in its place, so their headers are read first. The first tree or commit
 * that is one ends what is being done; there the ceiling alone stands, for a header costs as much as the rest. */
static int check_header(const struct repo *repo, const struct oid *oid, enum object_kind kind, size_t limit,
                        struct error *error)
{
    enum object_kind found = kind;
    size_t size = 0;
    if (kind != OBJECT_BLOB) {
        return 0;
    }
    if (objects_header(repo, oid, &found, &size, error) != 0 || check_kind(oid, kind, found, error) != 0) {
        return -1;
    }
    return check_size(oid, kind, size, limit, error);
}

int objects_open(const struct repo *repo, const struct oid *oid, enum object_kind kind, size_t limit,
                 struct object *object, struct error *error)
{
    const size_t own_limit = kind == OBJECT_COMMIT ? (size_t)OBJECTS_COMMIT_MAX : (size_t)OBJECTS_TREE_MAX;
    const size_t most = limit ? limit : own_limit;
    *object = (struct object){.handle = NULL};
    if (check_header(repo, oid, kind, most, error) != 0 || read_object(repo, oid, most, object, error) != 0) {
        return -1;
    }
    const enum object_kind found = (enum object_kind)git_odb_object_type(object->handle);
    if (check_kind(oid, kind, found, error) != 0 || check_size(oid, kind, object->bytes.size, most, error) != 0) {
        objects_close(object);
        return -1;
    }
    return 0;
}

void objects_close(struct object *object)
{
    git_odb_object_free(object->handle);
    *object = (struct object){.handle = NULL};
}

int objects_read_blob(const struct repo *repo, const struct oid *oid, size_t limit, struct str *out,
                      struct error *error)
{
    struct object object;
    if (objects_open(repo, oid, OBJECT_BLOB, limit ? limit : SIZE_MAX, &object, error) != 0) {
        return -1;
    }
    git_oid hashed;
    int result = 0;
    if (git_odb_hash(&hashed, object.bytes.data, object.bytes.size, GIT_OBJECT_BLOB) < 0 ||
        memcmp(hashed.id, oid->bytes, OID_SIZE) != 0) {
        char hex[OID_HEX_SIZE + 1];
        oid_format(oid, hex);
        result = error_set(error, ERROR_ENVIRONMENT, "the object %s is damaged; run `git fsck`", hex);
    } else {
        str_append(out, object.bytes);
    }
    objects_close(&object);
    return result;
}

int objects_write(const struct repo *repo, enum object_kind kind, struct slice bytes, struct oid *oid,
                  struct error *error)
{
    git_oid id;
    if (git_odb_write(&id, database(repo), bytes.size ? bytes.data : "", bytes.size, (git_object_t)kind) < 0) {
        return library_fail(error, ERROR_ENVIRONMENT, "no object can be written in %s", repo_common_folder(repo));
    }
    memcpy(oid->bytes, id.id, OID_SIZE);
    return 0;
}
