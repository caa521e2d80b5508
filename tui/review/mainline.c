#include "assay/review/mainline.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/trees.h"
#include "assay/review/workspace.h"

struct search {
    const struct mainline *line;
    struct table *positions; /* commit → index in the line */
    struct table *met;
    struct oid *side; /* commits of one other parent's past that are not on the line */
    size_t count, capacity;
    bool stands; /* it stands on the line's first commit with a policy, or on a later one */
};

static void meet(struct search *search, const struct oid *commit)
{
    size_t at;
    if (table_get(search->positions, oid_slice(commit), &at))
        search->stands |= at >= search->line->first;
    else if (table_add(search->met, oid_slice(commit), 0))
        *ARRAY_PUSH(search->side, search->count, search->capacity) = *commit;
}

/* From the parent down, until the line is met where it has a policy: as a rule after the few commits of a branch. */
static int walk_side(struct search *search, const struct oid *parent, struct error *error)
{
    int result = 0;
    search->met = table_new();
    search->count = 0;
    search->stands = false;
    meet(search, parent);
    for (size_t next = 0; result == 0 && !search->stands && next < search->count; next++) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        const struct oid oid = search->side[next];
        result = commits_read(search->line->repo, &oid, &arena, &commit, error);
        for (size_t i = 0; result == 0 && i < commit.parent_count; i++)
            meet(search, &commit.parents[i]);
        arena_clear(&arena);
    }
    table_free(search->met);
    return result;
}

static int has(const struct search *search, const struct oid *commit, struct slice path, bool *there,
               struct error *error)
{
    struct tree_entry entry;
    if (trees_find(search->line->repo, commit, path, &entry, error) < 0)
        return -1;
    *there = entry.kind != TREE_NONE;
    return 0;
}

/* A policy may well be prepared on a branch and come by a merge, which then is the line's first commit with one. Nothing
 * is sealed on such a branch; where something was, the policy was in force there. */
static int was_in_force(const struct search *search, const struct oid *commit, bool is_first, bool *in_force,
                        struct error *error)
{
    *in_force = false;
    int result = has(search, commit, SLICE(WORKSPACE_POLICY_PATH), in_force, error);
    if (result == 0 && *in_force && is_first)
        result = has(search, commit, SLICE("reviews"), in_force, error);
    return result;
}

static int check_parent(struct search *search, size_t at, const struct oid *parent, struct mainline_findings *findings,
                        struct error *error)
{
    const struct mainline *line = search->line;
    bool in_force = false;
    int result = walk_side(search, parent, error);
    for (size_t i = 0; result == 0 && !search->stands && !in_force && i < search->count; i++) {
        result = was_in_force(search, &search->side[i], at == line->first, &in_force, error);
        if (in_force)
            *ARRAY_PUSH(findings->items, findings->count, findings->capacity) =
                (struct mainline_replaced){line->commits[at], search->side[i]};
    }
    return result;
}

static int check_commit(struct search *search, size_t at, struct mainline_findings *findings, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct commit commit;
    int result = commits_read(search->line->repo, &search->line->commits[at], &arena, &commit, error);
    for (size_t i = 1; result == 0 && i < commit.parent_count; i++)
        result = check_parent(search, at, &commit.parents[i], findings, error);
    arena_clear(&arena);
    return result;
}

int mainline_check(const struct mainline *line, struct mainline_findings *findings, struct error *error)
{
    struct search search = {.line = line, .positions = table_new()};
    int result = 0;
    *findings = (struct mainline_findings){0};
    for (size_t i = 0; i < line->count; i++)
        table_add(search.positions, oid_slice(&line->commits[i]), i);
    for (size_t i = line->first; result == 0 && i < line->count; i++)
        result = check_commit(&search, i, findings, error);
    table_free(search.positions);
    memory_free(search.side);
    return result;
}
