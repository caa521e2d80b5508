#include "assay/commands/queue_command.h"

#include <stdio.h>
#include <string.h>

#include "assay/base/env.h"
#include "assay/commands/print.h"
#include "assay/git/trees.h"
#include "assay/review/queue.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

/* ---- JSON ---- */

static struct value *new_prompt(struct arena *arena, const struct queue_prompt *prompt)
{
    struct value *map = value_new_map(arena);
    value_set(arena, map, "id", value_of_text(prompt->id));
    value_set(arena, map, "cases", value_of_integer((int64_t)prompt->cases));
    value_set(arena, map, "outputs", value_of_integer((int64_t)prompt->outputs));
    value_set(arena, map, "stale", value_of_integer((int64_t)prompt->stale));
    return map;
}

static struct value *new_module(struct arena *arena, const struct queue_module *module)
{
    struct value *map = value_new_map(arena), *labels = value_new_list(arena), *prompts = value_new_list(arena),
                 *progress = value_new_map(arena);
    for (size_t i = 0; i < module->sensitivity_count; i++)
        value_add(arena, labels, value_of_text(module->sensitivities[i]));
    for (size_t i = 0; i < module->prompt_count; i++)
        value_add(arena, prompts, *new_prompt(arena, &module->prompts[i]));
    value_set(arena, progress, "scored", value_of_integer((int64_t)module->scored));
    value_set(arena, progress, "cases", value_of_integer((int64_t)module->cases));
    value_set(arena, map, "path", value_of_text(module->path));
    value_set(arena, map, "name", value_of_text(module->name));
    value_set(arena, map, "version", value_of_text(module->version));
    value_set(arena, map, "risk", value_of_text(slice_of(manifest_risk_name(module->risk))));
    value_set(arena, map, "sensitivity", *labels);
    value_set(arena, map, "prompts", *prompts);
    value_set(arena, map, "flags", value_of_integer((int64_t)module->flags));
    value_set(arena, map, "progress", *progress);
    value_set(arena, map, "gate", value_of_text(module->pass ? SLICE("pass") : SLICE("blocked")));
    return map;
}

static struct value *new_change(struct arena *arena, const struct queue_change *change)
{
    struct value *map = value_new_map(arena), *modules = value_new_list(arena);
    char commit[OID_HEX_SIZE + 1], time[21];
    oid_format(&change->commit, commit);
    env_format_utc(change->time, time);
    for (size_t i = 0; i < change->module_count; i++)
        value_add(arena, modules, *new_module(arena, &change->modules[i]));
    value_set(arena, map, "change", value_of_text(change->change));
    value_set(arena, map, "commit", value_of_text(arena_copy(arena, slice_of(commit))));
    value_set(arena, map, "author", value_of_text(change->author));
    value_set(arena, map, "time", value_of_text(arena_copy(arena, slice_of(time))));
    value_set(arena, map, "subject", value_of_text(change->subject));
    value_set(arena, map, "modules", *modules);
    value_set(arena, map, "gate", value_of_text(change->pass ? SLICE("pass") : SLICE("blocked")));
    value_set(arena, map, "needs_me", value_of_bool(change->needs_me));
    if (change->problem.size > 0)
        value_set(arena, map, "problem", value_of_text(change->problem));
    return map;
}

/* ---- text ---- */

static void print_age(int64_t seconds)
{
    static const struct {
        int64_t unit;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
    char text[40] = "now";
    for (size_t i = sizeof units / sizeof *units; i-- > 0;)
        if (seconds >= units[i].unit)
            snprintf(text, sizeof text, "%lld %s", (long long)(seconds / units[i].unit), units[i].name);
    print_cell(slice_of(text), -7);
}

static void print_roles(const struct workspace *workspace, const struct queue_module *module)
{
    static const char *const marks[] = {"·", "–", "✓", "✗"};
    for (size_t r = 0; workspace_has_policy(workspace) && r < workspace->policy.role_count; r++)
        print_cell(slice_of(marks[module->roles[r]]), 3);
}

/* Columns as wide as what stands in them, so that no name is ever cut: the list may be piped. */
struct widths {
    size_t change, module, risk;
};

static void describe_risk(const struct queue_module *module, struct str *risk)
{
    str_append_text(risk, manifest_risk_name(module->risk));
    for (size_t i = 0; i < module->sensitivity_count; i++)
        str_appendf(risk, "·%.*s", SLICE_ARG(module->sensitivities[i]));
}

static void widen(size_t *width, struct slice text)
{
    struct str safe = STR_INIT;
    sanitise_append(&safe, text, SANITISE_LINE);
    size_t columns = utf8_columns(str_slice(&safe));
    *width = columns > *width ? columns : *width;
    str_clear(&safe);
}

static struct widths measure(const struct queue *queue)
{
    struct widths widths = {strlen("CHANGE"), strlen("MODULE"), strlen("RISK")};
    for (size_t c = 0; c < queue->count; c++) {
        widen(&widths.change, queue->changes[c].change);
        for (size_t m = 0; m < queue->changes[c].module_count; m++) {
            struct str risk = STR_INIT;
            describe_risk(&queue->changes[c].modules[m], &risk);
            widen(&widths.risk, str_slice(&risk));
            widen(&widths.module, queue->changes[c].modules[m].name);
            str_clear(&risk);
        }
    }
    return widths;
}

static void print_heads(const struct workspace *workspace, const struct widths *widths)
{
    print_cell(SLICE("CHANGE"), (int)widths->change);
    print_text("  ");
    print_cell(SLICE("MODULE"), (int)widths->module);
    print_text("  ");
    print_cell(SLICE("RISK"), (int)widths->risk);
    print_text("   SCORED  FLAGS  ");
    print_cell(SLICE("SIGNED"), workspace_has_policy(workspace) ? 3 * (int)workspace->policy.role_count : 0);
    print_text("    AGE  AUTHOR\n");
}

static void print_module(const struct workspace *workspace, const struct widths *widths,
                         const struct queue_change *change, size_t at)
{
    const struct queue_module *module = &change->modules[at];
    struct str risk = STR_INIT, scored = STR_INIT, flags = STR_INIT;
    describe_risk(module, &risk);
    str_appendf(&scored, "%zu/%zu", module->scored, module->cases);
    str_appendf(&flags, "%zu", module->flags);
    print_cell(change->change, (int)widths->change);
    print_text("  ");
    print_cell(module->name, (int)widths->module);
    print_text("  ");
    print_cell(str_slice(&risk), (int)widths->risk);
    print_cell(str_slice(&scored), -9);
    print_cell(str_slice(&flags), -7);
    print_text("  ");
    print_roles(workspace, module);
    print_age(env_now() - change->time);
    print_text("  ");
    print_cell(change->author, 0);
    print_text("\n");
    str_clear(&flags);
    str_clear(&scored);
    str_clear(&risk);
}

static void print_change(const struct workspace *workspace, const struct widths *widths,
                         const struct queue_change *change)
{
    for (size_t i = 0; i < change->module_count; i++)
        print_module(workspace, widths, change, i);
    if (change->module_count == 0) {
        print_cell(change->change, 0);
        print_text("\n");
    }
    if (change->problem.size > 0) {
        print_text("    ! ");
        print_cell(change->problem, 0);
        print_text("\n");
    }
}

static void print_legend(const struct workspace *workspace)
{
    if (!workspace_has_policy(workspace))
        return;
    print_text("\n✓ signed  – missing  ✗ asks for changes  · not needed; in order: ");
    for (size_t r = 0; r < workspace->policy.role_count; r++) {
        print_text(r ? ", " : "");
        print_cell(workspace->policy.roles[r].title.size ? workspace->policy.roles[r].title
                                                         : workspace->policy.roles[r].id,
                   0);
    }
    print_text("\n");
}

/* ---- the command ---- */

static int find_wanted_role(const struct workspace *workspace, const char *needs, size_t *role, struct error *error)
{
    *role = SIZE_MAX;
    if (workspace_need_policy(workspace, error) < 0)
        return -1;
    if (strcmp(needs, "me") == 0)
        return workspace_need_identity(workspace, error);
    *role = policy_role(&workspace->policy, slice_of(needs));
    if (*role == SIZE_MAX)
        return error_set(error, ERROR_USAGE, "The policy of %s has no role “%s”.", workspace->target.name.data, needs);
    return 0;
}

static void keep_waiting(struct queue *queue, size_t role)
{
    size_t kept = 0;
    for (size_t i = 0; i < queue->count; i++)
        if (queue_waits_for(&queue->changes[i], role))
            queue->changes[kept++] = queue->changes[i];
    queue->count = kept;
}

static void print_queue_json(const struct workspace *workspace, const struct queue *queue)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *changes = value_new_list(&arena), *problems = value_new_list(&arena);
    for (size_t i = 0; i < queue->count; i++)
        value_add(&arena, changes, *new_change(&arena, &queue->changes[i]));
    for (size_t i = 0; i < queue->problem_count; i++)
        value_add(&arena, problems, value_of_text(queue->problems[i]));
    value_set(&arena, map, "target", value_of_text(str_slice(&workspace->target.name)));
    value_set(&arena, map, "changes", *changes);
    if (queue->problem_count > 0)
        value_set(&arena, map, "problems", *problems);
    print_json(map);
    arena_clear(&arena);
}

/* needs: whom the list is for, NULL for everybody; others: changes that wait for somebody else. */
static void print_nothing(const struct workspace *workspace, const char *needs, size_t others)
{
    if (!needs || others == 0)
        print_text("Nothing waits for review: no branch would change a module of %s.\n", workspace->target.name.data);
    else
        print_line("Nothing waits for %s; %zu change%s for others.\n", strcmp(needs, "me") == 0 ? "you" : needs, others,
                   others == 1 ? " waits" : "s wait");
}

static void print_queue(const struct workspace *workspace, const struct queue *queue, const char *needs, size_t others)
{
    if (queue->count == 0)
        print_nothing(workspace, needs, others);
    struct widths widths = measure(queue);
    if (queue->count > 0)
        print_heads(workspace, &widths);
    for (size_t i = 0; i < queue->count; i++)
        print_change(workspace, &widths, &queue->changes[i]);
    if (queue->count > 0)
        print_legend(workspace);
}

/* A repository without a policy only lacks something; one with a policy that cannot be read is wrong. */
static bool has_wrong_policy(const struct workspace *workspace)
{
    struct tree_entry entry = {.kind = TREE_NONE};
    struct error ignored = ERROR_INIT;
    return error_is_set(&workspace->policy_error) &&
           trees_find(workspace->repo, &workspace->target_tree, SLICE(WORKSPACE_POLICY_PATH), &entry, &ignored) == 0 &&
           entry.kind != TREE_NONE;
}

static void note_problems(const struct workspace *workspace, const struct queue *queue, struct error *error)
{
    if (has_wrong_policy(workspace))
        *error = workspace->policy_error;
    else if (error_is_set(&workspace->policy_error))
        print_note("%s", workspace->policy_error.text);
    else if (error_is_set(&workspace->signers_error))
        print_note("%s", workspace->signers_error.text);
    if (workspace->notes.size > 0)
        print_note("%s", workspace->notes.data);
    for (size_t i = 0; i < queue->problem_count; i++)
        print_note("%.*s", SLICE_ARG(queue->problems[i]));
}

static int run(const struct command_line *line, struct error *error)
{
    struct workspace *workspace = NULL;
    struct queue queue;
    const char *needs = command_option(line, "needs");
    size_t role = SIZE_MAX, all;
    int code = 0;
    queue_init(&queue);
    if (workspace_open(line->folder, &workspace, error) < 0)
        return -1;
    if (needs && find_wanted_role(workspace, needs, &role, error) < 0)
        goto done;
    if (queue_read(workspace, NULL, &queue, error) < 0)
        goto done;
    all = queue.count;
    if (needs) {
        keep_waiting(&queue, role);
        code = queue.count > 0;
    }
    if (line->json)
        print_queue_json(workspace, &queue);
    else
        print_queue(workspace, &queue, needs, all - queue.count);
    note_problems(workspace, &queue, error);
done:
    queue_clear(&queue);
    workspace_close(workspace);
    return code;
}

static const struct command_option options[] = {
    {"needs", "me|ROLE", "only changes that wait for you, or for a role", OPTION_VALUE},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command queue_command = {
    .name = "queue",
    .words = "",
    .summary = "Lists the changes that wait for review",
    .details =
        "A change is a branch whose merge would change a module, its evidence, a shared file, the policy or sealed "
        "records. What needs you comes first, then what is flagged, then the oldest. Nothing is fetched: “assay "
        "sync” does that.",
    .exits = "0 listed; with --needs 1 when something waits",
    .options = options,
    .run = run,
};
