#include "assay/git/heads.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/git/refs.h"

void heads_init(struct heads *heads)
{
    *heads = (struct heads){.names = table_new()};
}

void heads_clear(struct heads *heads)
{
    table_free(heads->names);
    memory_free(heads->commits);
}

void heads_add(struct heads *heads, struct slice listing)
{
    struct slice line;
    const struct slice prefix = SLICE("refs/heads/");
    while (slice_cut_line(&listing, &line)) {
        struct oid commit;
        const struct slice ref = slice_from(line, OID_HEX_SIZE + 1);
        if (oid_parse(slice_part(line, 0, OID_HEX_SIZE), &commit) && slice_starts_with(ref, prefix) &&
            table_add(heads->names, slice_from(ref, prefix.size), heads->count)) {
            *ARRAY_PUSH(heads->commits, heads->count, heads->capacity) = commit;
        }
    }
}

bool heads_find(const struct heads *heads, struct slice name, struct oid *commit)
{
    size_t at = 0;
    *commit = (struct oid){{0}};
    if (!table_get(heads->names, name, &at) || at >= heads->count) {
        return false;
    }
    *commit = heads->commits[at];
    return true;
}

bool heads_at(struct repo *repo, const char *ref, const struct oid *commit)
{
    struct str target = STR_INIT;
    struct oid here = {{0}};
    if (refs_symbolic(repo, ref, &target) || !refs_find(repo, ref, &here)) {
        here = (struct oid){{0}};
    }
    str_clear(&target);
    return oid_equal(&here, commit);
}

/* Every branch here is as it is there, and none is here that is not there. refs/remotes/origin/HEAD is no branch of the
 * remote's, and --prune leaves it. */
static int all_same(const struct heads *heads, struct repo *repo, const char *prefix, bool *same, struct error *error)
{
    struct ref_list list;
    size_t matching = 0;
    refs_list_init(&list);
    const int result = refs_list(repo, prefix, &list, error);
    *same = result == 0;
    for (size_t i = 0; i < list.count; i++) {
        struct oid there;
        if (list.refs[i].symbolic.size > 0) {
            continue;
        }
        heads_find(heads, slice_from(list.refs[i].name, slice_of(prefix).size), &there);
        *same = *same && oid_equal(&there, &list.refs[i].commit);
        matching++;
    }
    *same = *same && matching == heads->count;
    refs_list_clear(&list);
    return result;
}

static bool names_same(const struct heads *heads, struct repo *repo, const char *prefix, const char *const *names)
{
    struct str ref = STR_INIT;
    bool same = true;
    for (; same && *names; names++) {
        struct oid there;
        str_reset(&ref);
        str_appendf(&ref, "%s%s", prefix, *names);
        heads_find(heads, slice_of(*names), &there);
        same = heads_at(repo, ref.data, &there);
    }
    str_clear(&ref);
    return same;
}

int heads_same(const struct heads *heads, struct repo *repo, const char *const *names, bool *same, struct error *error)
{
    struct str prefix = STR_INIT;
    int result = 0;
    str_appendf(&prefix, "refs/remotes/%s/", repo_remote(repo));
    if (names) {
        *same = names_same(heads, repo, prefix.data, names);
    } else {
        result = all_same(heads, repo, prefix.data, same, error);
    }
    str_clear(&prefix);
    return result;
}
