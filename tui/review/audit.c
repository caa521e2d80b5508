#include "assay/review/audit.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/git/outbox.h"
#include "assay/git/trees.h"
#include "assay/review/mainline.h"
#include "assay/review/sync.h"
#include "assay/review/unseen.h"

/* A rebased change is a row of at most so many commits. */
enum { ROW_MAX = 256 };

struct point {
    struct oid commit, tree;
    bool has_parents;  /* a merge commit */
    int64_t time;      /* committer's */
    int64_t sealed_at; /* the latest of it and its first-parent ancestors */
    size_t step;       /* index in the audit's steps; SIZE_MAX: it changed no module */
    size_t seal, last; /* index of the seal that allowed the step, and of the point that completed its merge */
    const struct slice *authors; /* of that merge; NULL: git does not keep them */
    size_t author_count;
};

struct walk {
    struct workspace *workspace, *past; /* today's; one that looks back */
    struct cache *cache;
    struct audit *audit;
    struct past_log log;
    struct point *points; /* oldest first */
    size_t count, capacity;
    struct table *positions; /* commit → index in points */
    struct absence_seals seals;
};

/* ---- the first parents ---- */

static int collect_points(struct walk *walk, struct error *error)
{
    struct oid next = walk->workspace->target.commit;
    while (!oid_is_none(&next)) {
        struct arena arena = ARENA_INIT;
        struct commit commit;
        int result = commits_read(walk->workspace->repo, &next, &arena, &commit, error);
        if (result == 0) {
            *ARRAY_PUSH(walk->points, walk->count, walk->capacity) =
                (struct point){.commit = commit.oid,
                               .tree = commit.tree,
                               .has_parents = commit.parent_count > 1,
                               .time = commit.committer.time,
                               .step = SIZE_MAX};
            next = commit.parent_count > 0 ? commit.parents[0] : (struct oid){{0}};
        }
        arena_clear(&arena);
        if (result < 0)
            return -1;
    }
    return 0;
}

static void order_points(struct walk *walk)
{
    for (size_t i = 0; i < walk->count / 2; i++) {
        struct point other = walk->points[i];
        walk->points[i] = walk->points[walk->count - 1 - i];
        walk->points[walk->count - 1 - i] = other;
    }
    for (size_t i = 0; i < walk->count; i++) {
        struct point *point = &walk->points[i];
        int64_t before = i > 0 ? walk->points[i - 1].sealed_at : INT64_MIN;
        point->sealed_at = point->time > before ? point->time : before;
        table_add(walk->positions, oid_slice(&point->commit), i);
    }
}

/* The first point with a policy; count: none. */
static int find_policy(const struct walk *walk, size_t *first, struct error *error)
{
    for (*first = 0; *first < walk->count; ++*first) {
        struct tree_entry entry;
        if (*first > 0 && oid_equal(&walk->points[*first].tree, &walk->points[*first - 1].tree))
            continue;
        if (trees_find(walk->workspace->repo, &walk->points[*first].tree, SLICE(WORKSPACE_POLICY_PATH), &entry, error) <
            0)
            return -1;
        if (entry.kind != TREE_NONE)
            return 0;
    }
    return 0;
}

/* ---- one step ---- */

static void add_problem(struct audit *audit, struct audit_problem problem)
{
    *ARRAY_PUSH(audit->problems, audit->problem_count, audit->problem_capacity) = problem;
}

static int judge(struct walk *walk, size_t from, size_t to, const struct absence_seal *seal,
                 struct past_verdict *verdict, struct error *error)
{
    struct oid commits[ROW_MAX];
    struct past_merge merge = {.before = walk->points[from - 1].commit,
                               .commits = commits,
                               .has_parents = walk->points[to].has_parents,
                               .time = walk->points[to].sealed_at,
                               .change = seal ? seal->change : (struct slice){0},
                               .seal_is_older = seal && seal->point < from};
    for (size_t i = from; i <= to; i++)
        commits[merge.commit_count++] = walk->points[i].commit;
    if (past_merge_judge(walk->past, walk->cache, &walk->log, &merge, verdict, error) < 0)
        return error_prefix(error, "judging the target's history");
    return 0;
}

static int describe(struct walk *walk, const struct point *point, struct audit_step *step, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct commit commit;
    int result = commits_read(walk->workspace->repo, &point->commit, &arena, &commit, error);
    if (result == 0) {
        step->commit = point->commit;
        step->time = point->time;
        step->author = arena_copy(&walk->audit->arena, commit.author.name);
        step->subject = arena_copy(&walk->audit->arena, commit.subject);
    }
    arena_clear(&arena);
    return result;
}

static struct past_module *copy_modules(struct arena *arena, const struct past_verdict *verdict)
{
    struct past_module *copy = arena_alloc_array(arena, verdict->module_count, sizeof *copy);
    for (size_t i = 0; i < verdict->module_count; i++) {
        copy[i] = verdict->modules[i];
        copy[i].path = arena_copy(arena, verdict->modules[i].path);
        copy[i].records = arena_alloc_array(arena, copy[i].record_count, sizeof *copy[i].records);
        for (size_t r = 0; r < copy[i].record_count; r++)
            copy[i].records[r] = verdict->modules[i].records[r];
    }
    return copy;
}

/* What the step changed, by itself. */
static int find_modules(struct walk *walk, size_t at, struct error *error)
{
    struct point *point = &walk->points[at];
    struct audit *audit = walk->audit;
    struct past_verdict verdict;
    if (judge(walk, at, at, NULL, &verdict, error) < 0)
        return -1;
    for (size_t i = 0; i < verdict.removed_count; i++)
        add_problem(audit, (struct audit_problem){.reason = REASON_RECORDS_REMOVED,
                                                  .detail = arena_copy(&audit->arena, verdict.removed[i]),
                                                  .commit = point->commit});
    int result = 0;
    if (verdict.module_count > 0) {
        point->step = audit->step_count;
        struct audit_step *step = ARRAY_PUSH(audit->steps, audit->step_count, audit->step_capacity);
        *step = (struct audit_step){.modules = copy_modules(&audit->arena, &verdict),
                                    .module_count = verdict.module_count,
                                    .result = AUDIT_GAP};
        result = describe(walk, point, step, error);
    }
    past_merge_clear(&verdict);
    return result;
}

/* ---- seals ---- */

/* A step of a row keeps what it changed by itself, and has its records from the row as a whole. */
static void name_records(struct arena *arena, const struct past_verdict *row, struct audit_step *step)
{
    struct past_module *modules = arena_alloc_array(arena, step->module_count, sizeof *modules);
    for (size_t i = 0; i < step->module_count; i++) {
        modules[i] = step->modules[i];
        for (size_t r = 0; r < row->module_count; r++)
            if (slice_equal(row->modules[r].path, modules[i].path)) {
                modules[i].records = row->modules[r].records;
                modules[i].record_count = row->modules[r].record_count;
            }
    }
    step->modules = modules;
}

/* NULL: a squash leaves none. */
static const struct slice *copy_authors(const struct walk *walk, size_t from, size_t to,
                                        const struct past_verdict *verdict)
{
    struct arena *arena = &walk->audit->arena;
    struct slice *copy = arena_alloc_array(arena, verdict->author_count + 1, sizeof *copy);
    for (size_t i = 0; i < verdict->author_count; i++)
        copy[i] = arena_copy(arena, verdict->authors[i]);
    return from < to || walk->points[to].has_parents ? copy : NULL;
}

static void settle(struct walk *walk, size_t from, size_t to, struct absence_seal *seal,
                   const struct past_verdict *verdict)
{
    struct arena *arena = &walk->audit->arena;
    struct past_verdict row = *verdict;
    const struct slice *authors = copy_authors(walk, from, to, verdict);
    row.modules = copy_modules(arena, verdict);
    seal->is_used = true;
    for (size_t i = from; i <= to; i++) {
        if (walk->points[i].step == SIZE_MAX)
            continue;
        struct audit_step *step = &walk->audit->steps[walk->points[i].step];
        step->result = AUDIT_ALLOWED;
        step->reason = (struct slice){0};
        step->refused_count = 0;
        step->sealed_change = seal->change;
        step->sealer = arena_copy(arena, verdict->sealed_by);
        step->sealed_in = walk->points[seal->point].commit;
        walk->points[i].seal = (size_t)(seal - walk->seals.items);
        walk->points[i].last = to;
        walk->points[i].authors = authors;
        walk->points[i].author_count = verdict->author_count;
        name_records(arena, &row, step);
    }
}

static const struct past_refusal *copy_refused(struct arena *arena, const struct past_verdict *verdict)
{
    struct past_refusal *copy = arena_alloc_array(arena, verdict->refused_count, sizeof *copy);
    for (size_t i = 0; i < verdict->refused_count; i++) {
        copy[i] = verdict->refused[i];
        copy[i].detail = arena_copy(arena, copy[i].detail);
        copy[i].file = arena_copy(arena, copy[i].file);
        copy[i].principal = arena_copy(arena, copy[i].principal);
    }
    return copy;
}

static void tell_reason(struct walk *walk, size_t from, size_t to, const struct past_verdict *verdict)
{
    struct arena *arena = &walk->audit->arena;
    for (size_t i = from; i <= to; i++) {
        size_t at = walk->points[i].step;
        struct audit_step *step = at == SIZE_MAX ? NULL : &walk->audit->steps[at];
        if (!step || step->reason.size > 0)
            continue;
        step->reason = arena_copy(arena, verdict->reason);
        step->refused = copy_refused(arena, verdict);
        step->refused_count = verdict->refused_count;
    }
}

static bool is_open(const struct walk *walk, size_t at)
{
    size_t step = walk->points[at].step;
    return step != SIZE_MAX && walk->audit->steps[step].result == AUDIT_GAP;
}

/* The first commit of the row that this seal may be about: commits with one parent, nothing allowed among them, and all
 * younger than the target that the seal's maker saw. */
static size_t find_row(const struct walk *walk, size_t first, size_t to, const struct absence_seal *seal)
{
    size_t seen, from = to;
    if (seal->point != to || walk->points[to].has_parents ||
        !table_get(walk->positions, oid_slice(&seal->target_commit), &seen))
        return to;
    while (from > first + 1 && from - 1 > seen && to - from + 1 < ROW_MAX && !walk->points[from - 1].has_parents &&
           (walk->points[from - 1].step == SIZE_MAX || is_open(walk, from - 1)))
        from--;
    return from;
}

/* The longest row first, so that a change whose commits came one by one is settled as a whole. */
static int try_seal(struct walk *walk, size_t first, size_t to, struct absence_seal *seal, struct error *error)
{
    size_t longest = find_row(walk, first, to, seal);
    for (size_t from = longest; from <= to && !seal->is_used; from++) {
        struct past_verdict verdict;
        if (!is_open(walk, from))
            continue;
        if (judge(walk, from, to, seal, &verdict, error) < 0)
            return -1;
        if (verdict.allowed)
            settle(walk, from, to, seal, &verdict);
        else if (seal->point == to)
            tell_reason(walk, from, to, &verdict);
        past_merge_clear(&verdict);
    }
    return 0;
}

/* A seal that came with this commit may be about it and the row before it; one that came earlier and has allowed nothing
 * yet, about what this commit changes. */
static int try_seals(struct walk *walk, size_t first, size_t to, struct error *error)
{
    for (size_t i = walk->seals.count; i-- > 0;) {
        struct absence_seal *seal = &walk->seals.items[i];
        bool is_new = seal->point == to;
        if (seal->is_used || (!is_new && !is_open(walk, to)))
            continue;
        if (try_seal(walk, first, to, seal, error) < 0)
            return -1;
    }
    return 0;
}

static int walk_points(struct walk *walk, size_t first, struct error *error)
{
    for (size_t i = first; i < walk->count; i++) {
        bool same = i > 0 && oid_equal(&walk->points[i].tree, &walk->points[i - 1].tree);
        walk->audit->commits++;
        if (i == 0 || same)
            continue;
        struct absence_seal place = {.commit = walk->points[i].commit, .point = i};
        if (absence_collect_seals(walk->workspace->repo, &walk->points[i - 1].tree, &walk->points[i].tree, &place,
                                  &walk->audit->arena, &walk->seals, error) < 0)
            return -1;
        if (i == first)
            continue;
        if (find_modules(walk, i, error) < 0 || try_seals(walk, first, i, error) < 0)
            return -1;
    }
    return 0;
}

/* ---- what the policy accepts ---- */

static void accept(const struct policy *policy, struct audit *audit)
{
    for (size_t i = 0; i < audit->step_count; i++) {
        struct audit_step *step = &audit->steps[i];
        if (step->result == AUDIT_ALLOWED)
            continue;
        if (step->reason.size == 0)
            step->reason = SLICE("no seal came with it");
        step->accepted = arena_copy(&audit->arena, policy_accepts(policy, &step->commit, NULL));
        step->result = step->accepted.size > 0 ? AUDIT_ACCEPTED : AUDIT_GAP;
        audit->gaps += step->result == AUDIT_GAP;
    }
    for (size_t i = 0; i < audit->problem_count; i++) {
        struct audit_problem *problem = &audit->problems[i];
        problem->accepted = arena_copy(&audit->arena, policy_accepts(policy, &problem->commit, &problem->record));
        audit->gaps += problem->accepted.size == 0;
    }
}

/* ---- the whole ---- */

/* A merge commit and a squash are made when they are merged. A row may have been fast-forwarded, any time after its
 * commits and before the next. */
static int64_t latest_time(const struct walk *walk, size_t at)
{
    size_t last = walk->points[at].last;
    bool is_row = at != last && !walk->points[last].has_parents;
    if (!is_row)
        return walk->points[last].sealed_at;
    return last + 1 < walk->count ? walk->points[last + 1].sealed_at : INT64_MAX;
}

/* The steps that a seal allowed. */
static void list_merges(const struct walk *walk, struct unseen_merges *merges)
{
    for (size_t i = 0; i < walk->count; i++) {
        const struct point *point = &walk->points[i];
        if (point->step == SIZE_MAX || walk->audit->steps[point->step].result != AUDIT_ALLOWED)
            continue;
        *ARRAY_PUSH(merges->items, merges->count, merges->capacity) =
            (struct unseen_merge){.seal = &walk->seals.items[point->seal],
                                  .commit = point->commit,
                                  .last = walk->points[point->last].commit,
                                  .point = point->last,
                                  .earliest = walk->points[point->last].sealed_at,
                                  .latest = latest_time(walk, i),
                                  .authors = point->authors,
                                  .author_count = point->author_count,
                                  .modules = walk->audit->steps[point->step].modules,
                                  .module_count = walk->audit->steps[point->step].module_count};
    }
}

static int find_absences(struct walk *walk, struct error *error)
{
    struct audit *audit = walk->audit;
    struct absences absences = {.items = NULL};
    struct unseen_merges merges = {.items = NULL};
    struct ledger ledger;
    if (ledger_read(walk->workspace, (struct slice){0}, NULL, &ledger, error) < 0)
        return -1;
    absence_find(walk->workspace, &ledger, &walk->log, &walk->seals, &audit->arena, &absences);
    merges.points = walk->positions;
    list_merges(walk, &merges);
    int result =
        unseen_find(walk->workspace, &ledger, &walk->log, &walk->seals, &merges, &audit->arena, &absences, error);
    for (size_t i = 0; result == 0 && i < absences.count; i++)
        add_problem(audit, (struct audit_problem){.reason = absences.items[i].reason,
                                                  .detail = absences.items[i].detail,
                                                  .file = absences.items[i].file,
                                                  .principal = absences.items[i].principal,
                                                  .record = absences.items[i].record,
                                                  .commit = absences.items[i].commit});
    memory_free(merges.items);
    memory_free(absences.items);
    ledger_clear(&ledger);
    return result;
}

/* What came in by merges from a history that the walk does not see. */
static int find_replaced(struct walk *walk, size_t first, struct error *error)
{
    struct audit *audit = walk->audit;
    struct mainline_findings findings;
    struct oid *commits = memory_new_array(walk->count, sizeof *commits);
    for (size_t i = 0; i < walk->count; i++)
        commits[i] = walk->points[i].commit;
    int result =
        mainline_check(&(struct mainline){walk->workspace->repo, commits, walk->count, first}, &findings, error);
    for (size_t i = 0; result == 0 && i < findings.count; i++) {
        char hex[OID_HEX_SIZE + 1];
        oid_format(&findings.items[i].commit, hex);
        add_problem(audit,
                    (struct audit_problem){
                        .reason = REASON_TARGET_REPLACED,
                        .detail = arena_printf(&audit->arena,
                                               "it merges %.12s, which has a policy and is no branch of the first "
                                               "parents: what happened there is not judged; look with git log %.12s",
                                               hex, hex),
                        .commit = findings.items[i].merge});
    }
    memory_free(findings.items);
    memory_free(commits);
    return result;
}

static int run(struct walk *walk, struct error *error)
{
    struct workspace *workspace = walk->workspace;
    struct audit *audit = walk->audit;
    size_t first;
    if (outbox_find_tips(workspace->repo, workspace_log(workspace), &audit->tips, error) < 0 ||
        past_log_read(workspace, &audit->tips, &walk->log, error) < 0 || collect_points(walk, error) < 0)
        return -1;
    order_points(walk);
    if (find_policy(walk, &first, error) < 0)
        return -1;
    if (first < walk->count)
        audit->since = walk->points[first].commit;
    if (find_replaced(walk, first, error) < 0 || walk_points(walk, first, error) < 0)
        return -1;
    return find_absences(walk, error);
}

int audit_run(struct workspace *workspace, struct audit *audit, struct error *error)
{
    struct walk walk = {.workspace = workspace, .audit = audit};
    *audit = (struct audit){.arena = ARENA_INIT};
    if (sync_need_whole_history(workspace, error) < 0 || workspace_need_policy(workspace, error) < 0 ||
        workspace_open(repo_folder(workspace->repo), &walk.past, error) < 0)
        return -1;
    walk.cache = cache_new(walk.past);
    walk.positions = table_new();
    int result = run(&walk, error);
    if (result == 0)
        accept(&workspace->policy, audit);
    past_log_clear(&walk.log);
    table_free(walk.positions);
    memory_free(walk.points);
    memory_free(walk.seals.items);
    cache_free(walk.cache);
    workspace_close(walk.past);
    if (result < 0)
        audit_clear(audit);
    return result;
}

void audit_clear(struct audit *audit)
{
    memory_free(audit->steps);
    memory_free(audit->problems);
    arena_clear(&audit->arena);
    *audit = (struct audit){.arena = ARENA_INIT};
}
