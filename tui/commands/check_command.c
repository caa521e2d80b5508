#include "assay/commands/check_command.h"

#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/review/lint.h"

struct checking {
    const struct command_line *line;
    struct subject subject;
    struct arena arena;
    struct value *changes; /* --json */
    size_t checked, faults;
};

static struct value keep(struct arena *arena, struct slice text)
{
    return value_of_text(arena_copy(arena, text));
}

static void add_json(struct checking *checking, struct slice change, const struct lint *lint)
{
    struct arena *arena = &checking->arena;
    struct value *map = value_new_map(arena), *findings = value_new_list(arena), *notes = value_new_list(arena);
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_finding *finding = &lint->findings[i];
        struct value *item = value_new_map(arena);
        value_set(arena, item, "what", value_of_text(slice_of(finding->what)));
        value_set(arena, item, "module", keep(arena, finding->module));
        value_set(arena, item, "place", keep(arena, finding->place));
        value_set(arena, item, "detail", keep(arena, finding->detail));
        value_add(arena, finding->note ? notes : findings, *item);
    }
    value_set(arena, map, "change", change.size ? keep(arena, change) : value_of_null());
    value_set(arena, map, "findings", *findings);
    value_set(arena, map, "notes", *notes);
    value_add(arena, checking->changes, *map);
}

static void print_findings(struct slice change, const struct lint *lint)
{
    struct slice module = {0};
    print_line("%.*s: ", SLICE_ARG(change));
    if (lint->faults)
        print_text("%zu finding%s\n", lint->faults, lint->faults == 1 ? "" : "s");
    else
        print_text("nothing found\n");
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_finding *finding = &lint->findings[i];
        if (finding->module.size && !slice_equal(module, finding->module))
            print_line("  %.*s\n", SLICE_ARG(finding->module));
        module = finding->module;
        print_text("    %s %s: ", finding->note ? "·" : "!", finding->what);
        /* Details that begin with the place say it well enough. */
        if (finding->place.size && slice_find(finding->detail, finding->place) == SLICE_NOT_FOUND)
            print_line("%.*s: ", SLICE_ARG(finding->place));
        print_line("%.*s\n", SLICE_ARG(finding->detail));
    }
}

static void show(struct checking *checking, struct slice change, const struct lint *lint)
{
    checking->faults += lint->faults;
    checking->checked++;
    if (checking->changes)
        add_json(checking, change, lint);
    else if (change.size || lint->count)
        print_findings(change.size ? change : str_slice(&checking->subject.workspace->target.name), lint);
}

static void check_loaded(struct checking *checking)
{
    struct lint lint;
    lint_init(&lint);
    lint_change(&checking->subject.load, &lint);
    show(checking, checking->subject.load.change, &lint);
    lint_clear(&lint);
}

static void check_unreadable(struct checking *checking, const struct change *change)
{
    struct lint_finding finding = {.what = "unreadable", .detail = change->problem};
    struct lint lint = {.findings = &finding, .count = 1, .faults = 1};
    show(checking, change->name, &lint);
}

static int check_all(struct checking *checking, struct error *error)
{
    struct subject *subject = &checking->subject;
    struct lint lint;
    lint_init(&lint);
    lint_target(subject->workspace, &lint);
    show(checking, (struct slice){0}, &lint);
    lint_clear(&lint);
    int result = subject_list(subject, error);
    for (size_t i = 0; result == 0 && i < subject->changes.count; i++) {
        const struct change *change = &subject->changes.changes[i];
        if (change->state == CHANGE_UNREADABLE)
            check_unreadable(checking, change);
        if (change->state != CHANGE_PENDING)
            continue;
        result = subject_load_change(subject, change, NULL, error);
        if (result == 0 && load_is_pending(&subject->load))
            check_loaded(checking);
    }
    for (size_t i = 0; i < subject->changes.problem_count; i++)
        print_note("%.*s", SLICE_ARG(subject->changes.problems[i]));
    return result;
}

static int run(const struct command_line *line, struct error *error)
{
    struct checking checking = {.line = line, .arena = ARENA_INIT};
    int result = subject_open(line, &checking.subject, error);
    checking.changes = line->json ? value_new_list(&checking.arena) : NULL;
    if (result == 0 && line->word_count == 0) {
        result = check_all(&checking, error);
    } else if (result == 0) {
        result = subject_load(&checking.subject, line->words[0], error);
        if (result == 0)
            check_loaded(&checking);
    }
    if (result == 0 && line->json) {
        struct value *map = value_new_map(&checking.arena);
        value_set(&checking.arena, map, "changes", *checking.changes);
        value_set(&checking.arena, map, "findings", value_of_integer((int64_t)checking.faults));
        print_json(map);
    }
    arena_clear(&checking.arena);
    subject_close(&checking.subject);
    return checking.faults > 0 ? 1 : 0;
}

const struct command check_command = {
    .name = "check",
    .words = "[CHANGE]",
    .summary = "Finds what is wrong with a change before people review it",
    .details =
        "Files that cannot be read, placeholders without a value, outputs that are stale, missing or for unknown "
        "cases, evidence beyond its thresholds, policies that would not load. Without CHANGE: the target's "
        "policy and every pending change.",
    .exits = "0 no findings, 1 findings",
    .words_max = 1,
    .run = run,
};
