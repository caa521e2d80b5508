#include "assay/commands/audit_command.h"

#include "assay/base/env.h"
#include "assay/commands/print.h"
#include "assay/commands/refused.h"
#include "assay/commands/settling.h"
#include "assay/commands/subject.h"
#include "assay/review/audit.h"
#include "assay/review/sync.h"

struct report {
    const struct workspace *workspace;
    const struct audit *audit;
    bool fresh, rewound; /* not fresh: not compared with the remote, or found that it lost commits */
};

static const char *const result_names[] = {
    [AUDIT_ALLOWED] = "allowed", [AUDIT_GAP] = "gap", [AUDIT_ACCEPTED] = "accepted"};

#define ACCEPTED "add this under `accepted` in policies/review.yaml, in a change that is approved and sealed:\n"

/* What settles a gap of the past: nobody can sign it any more. */
static void append_step_advice(const struct audit_step *step, struct str *out)
{
    if (step->result != AUDIT_GAP)
        return;
    str_append_text(out, "To settle it, " ACCEPTED);
    settling_append_entry(&step->commit, NULL, out);
}

static void append_problem_advice(const struct report *report, const struct audit_problem *problem, struct str *out)
{
    if (problem->accepted.size > 0)
        return;
    if (problem->reason == REASON_RECORDS_REMOVED)
        str_append_text(out, "Bring it back from a clone that has it.");
    else if (problem->reason == REASON_TARGET_REPLACED)
        str_append_text(out, "Put the target's own history first again.");
    else if (problem->reason == REASON_REQUEST_CHANGES)
        str_append_text(out,
                        "Find out why the gate was not asked again before the merge, and whether to take it back.");
    else if (problem->reason == REASON_LOG_REWOUND)
        settling_append_push(report->workspace, out);
    else
        str_append_text(out, reason_advice(problem->reason));
    str_append_text(out, "\nTo settle it instead, " ACCEPTED);
    settling_append_entry(&problem->commit, &problem->record, out);
}

static void print_advice(const struct str *advice)
{
    struct slice rest = str_slice(advice), line;
    while (slice_cut_line(&rest, &line))
        print_line("    %.*s\n", SLICE_ARG(line));
}

static struct value new_advice(struct arena *arena, const struct str *advice)
{
    return subject_text(arena_copy(arena, str_slice(advice)));
}

/* ---- JSON ---- */

static struct value *new_module(struct arena *arena, const struct past_module *module)
{
    struct value *map = value_new_map(arena), *records = value_new_list(arena);
    for (size_t i = 0; i < module->record_count; i++)
        value_add(arena, records, subject_digest(arena, &module->records[i]));
    value_set(arena, map, "path", value_of_text(module->path));
    value_set(arena, map, "digest", subject_digest(arena, &module->digest));
    value_set(arena, map, "evidence", subject_digest(arena, &module->evidence));
    value_set(arena, map, "records", *records);
    return map;
}

static struct value *new_seal(struct arena *arena, const struct audit_step *step)
{
    struct value *map = value_new_map(arena);
    value_set(arena, map, "change", value_of_text(step->sealed_change));
    value_set(arena, map, "commit", subject_oid(arena, &step->sealed_in));
    value_set(arena, map, "principal", value_of_text(step->sealer));
    return map;
}

static struct value *new_refused(struct arena *arena, const struct audit_step *step)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < step->refused_count; i++) {
        const struct past_refusal *refusal = &step->refused[i];
        struct value *map = value_new_map(arena);
        value_set(arena, map, "record", subject_digest(arena, &refusal->record));
        value_set(arena, map, "reason", value_of_text(slice_of(reason_name(refusal->reason))));
        value_set(arena, map, "detail", value_of_text(refusal->detail));
        value_set(arena, map, "file", value_of_text(refusal->file));
        value_set(arena, map, "principal", subject_text(refusal->principal));
        value_add(arena, list, *map);
    }
    return list;
}

static struct value *new_step(struct arena *arena, const struct audit_step *step)
{
    struct value *map = value_new_map(arena), *modules = value_new_list(arena);
    struct str advice = STR_INIT;
    char time[21];
    env_format_utc(step->time, time);
    append_step_advice(step, &advice);
    for (size_t i = 0; i < step->module_count; i++)
        value_add(arena, modules, *new_module(arena, &step->modules[i]));
    value_set(arena, map, "commit", subject_oid(arena, &step->commit));
    value_set(arena, map, "author", value_of_text(step->author));
    value_set(arena, map, "time", value_of_text(arena_copy(arena, slice_of(time))));
    value_set(arena, map, "subject", value_of_text(step->subject));
    value_set(arena, map, "modules", *modules);
    value_set(arena, map, "result", value_of_text(slice_of(result_names[step->result])));
    value_set(arena, map, "seal", step->result == AUDIT_ALLOWED ? *new_seal(arena, step) : value_of_null());
    if (step->result != AUDIT_ALLOWED) {
        value_set(arena, map, "reason", value_of_text(step->reason));
        value_set(arena, map, "refused", *new_refused(arena, step));
        value_set(arena, map, "advice", new_advice(arena, &advice));
    }
    if (step->result == AUDIT_ACCEPTED)
        value_set(arena, map, "accepted", value_of_text(step->accepted));
    str_clear(&advice);
    return map;
}

static struct value *new_problem(struct arena *arena, const struct report *report, const struct audit_problem *problem)
{
    struct value *map = value_new_map(arena);
    struct str advice = STR_INIT;
    append_problem_advice(report, problem, &advice);
    value_set(arena, map, "reason", value_of_text(slice_of(reason_name(problem->reason))));
    value_set(arena, map, "detail", value_of_text(problem->detail));
    value_set(arena, map, "record", subject_digest(arena, &problem->record));
    value_set(arena, map, "commit", subject_oid(arena, &problem->commit));
    value_set(arena, map, "file", subject_text(problem->file));
    value_set(arena, map, "principal", subject_text(problem->principal));
    value_set(arena, map, "advice", new_advice(arena, &advice));
    value_set(arena, map, "accepted", subject_text(problem->accepted));
    str_clear(&advice);
    return map;
}

static void print_audit_json(const struct report *report)
{
    struct arena arena = ARENA_INIT;
    const struct audit *audit = report->audit;
    struct value *map = value_new_map(&arena), *steps = value_new_list(&arena), *problems = value_new_list(&arena);
    for (size_t i = 0; i < audit->step_count; i++)
        value_add(&arena, steps, *new_step(&arena, &audit->steps[i]));
    for (size_t i = 0; i < audit->problem_count; i++)
        value_add(&arena, problems, *new_problem(&arena, report, &audit->problems[i]));
    value_set(&arena, map, "target", value_of_text(str_slice(&report->workspace->target.name)));
    value_set(&arena, map, "target_commit", subject_oid(&arena, &report->workspace->target.commit));
    value_set(&arena, map, "log_commit", subject_oid(&arena, &audit->tips.tracked));
    value_set(&arena, map, "fresh", value_of_bool(report->fresh));
    value_set(&arena, map, "rewound", value_of_bool(report->rewound));
    value_set(&arena, map, "since", subject_oid(&arena, &audit->since));
    value_set(&arena, map, "commits", value_of_integer((int64_t)audit->commits));
    value_set(&arena, map, "changes", *steps);
    value_set(&arena, map, "problems", *problems);
    value_set(&arena, map, "gaps", value_of_integer((int64_t)audit->gaps));
    print_json(map);
    arena_clear(&arena);
}

/* ---- text ---- */

static void print_refusal(const struct past_refusal *refusal)
{
    char hex[64 + 1];
    digest_format_hex(&refusal->record, hex);
    print_text("    %.12s  ", hex);
    print_cell(refusal->principal.size > 0 ? refusal->principal : SLICE("signer unknown"), 0);
    print_text("  ");
    refused_print_reason(refusal->reason, refusal->detail);
    print_line("\n      %.*s\n", SLICE_ARG(refusal->file));
}

static void print_step(const struct audit_step *step)
{
    static const char *const marks[] = {[AUDIT_ALLOWED] = "✓", [AUDIT_GAP] = "✗", [AUDIT_ACCEPTED] = "·"};
    struct str advice = STR_INIT;
    char commit[OID_HEX_SIZE + 1], time[21];
    oid_format(&step->commit, commit);
    env_format_utc(step->time, time);
    append_step_advice(step, &advice);
    print_text("%s %.12s  %.10s  ", marks[step->result], commit, time);
    print_cell(step->subject, 0);
    print_text("\n");
    for (size_t i = 0; i < step->module_count; i++) {
        print_line("    %.*s", SLICE_ARG(step->modules[i].path));
        for (size_t r = 0; r < step->modules[i].record_count; r++) {
            char hex[64 + 1];
            digest_format_hex(&step->modules[i].records[r], hex);
            print_text("%s%.12s", r ? " " : "  by ", hex);
        }
        print_text("\n");
    }
    if (step->result == AUDIT_ALLOWED)
        print_line("    sealed as %.*s by %.*s\n", SLICE_ARG(step->sealed_change), SLICE_ARG(step->sealer));
    else
        print_line("    %.*s\n", SLICE_ARG(step->reason));
    for (size_t i = 0; i < step->refused_count; i++)
        print_refusal(&step->refused[i]);
    if (step->result == AUDIT_ACCEPTED)
        print_line("    accepted: %.*s\n", SLICE_ARG(step->accepted));
    print_advice(&advice);
    str_clear(&advice);
}

static void print_problem(const struct report *report, const struct audit_problem *problem)
{
    struct str advice = STR_INIT;
    char commit[OID_HEX_SIZE + 1], record[DIGEST_TEXT_SIZE + 1];
    oid_format(&problem->commit, commit);
    digest_format(&problem->record, record);
    print_line("%s %s: %.*s\n", problem->accepted.size > 0 ? "·" : "✗", reason_name(problem->reason),
               SLICE_ARG(problem->detail));
    if (!digest_is_none(&problem->record))
        print_text("    record %s\n", record);
    if (problem->file.size > 0)
        print_line("    %.*s, signed by %.*s\n", SLICE_ARG(problem->file),
                   SLICE_ARG(problem->principal.size > 0 ? problem->principal : SLICE("somebody who is not known")));
    if (!oid_is_none(&problem->commit))
        print_text("    commit %s\n", commit);
    if (problem->accepted.size > 0)
        print_line("    accepted: %.*s\n", SLICE_ARG(problem->accepted));
    append_problem_advice(report, problem, &advice);
    print_advice(&advice);
    str_clear(&advice);
}

static void print_audit(const struct report *report)
{
    const struct audit *audit = report->audit;
    for (size_t i = 0; i < audit->step_count; i++)
        print_step(&audit->steps[i]);
    for (size_t i = 0; i < audit->problem_count; i++)
        print_problem(report, &audit->problems[i]);
    print_text("%zu commit%s of %s since it has a policy, %zu changed a module, %zu gap%s%s\n", audit->commits,
               audit->commits == 1 ? "" : "s", report->workspace->target.name.data, audit->step_count, audit->gaps,
               audit->gaps == 1 ? "" : "s",
               report->rewound ? "; the log at the remote lost commits"
               : report->fresh ? ""
                               : " (offline: not compared with the remote)");
}

/* ---- the command ---- */

static void note_rewound(const struct workspace *workspace)
{
    struct str advice = STR_INIT;
    settling_append_push(workspace, &advice);
    print_note("log-rewound: the log at the remote lost commits that were there before; what is judged is the log as "
               "it was, which is here.\n%s",
               advice.data);
    str_clear(&advice);
}

static int audit(const struct command_line *line, struct workspace *workspace, struct error *error)
{
    struct audit audit;
    bool fresh = false, rewound = false;
    if (!command_flag(line, "offline")) {
        if (subject_freshen(workspace, str_slice(&workspace->target.name), &rewound, error) < 0)
            return -1;
        fresh = !rewound;
    }
    if (audit_run(workspace, &audit, error) < 0)
        return -1;
    struct report report = {workspace, &audit, fresh, rewound};
    if (line->json)
        print_audit_json(&report);
    else
        print_audit(&report);
    if (rewound)
        note_rewound(workspace);
    int code = audit.gaps > 0 || rewound;
    audit_clear(&audit);
    return code;
}

static int run(const struct command_line *line, struct error *error)
{
    struct workspace *workspace = NULL;
    if (workspace_open(line->folder, &workspace, error) < 0)
        return -1;
    int code = audit(line, workspace, error);
    workspace_close(workspace);
    return code;
}

static const struct command_option options[] = {
    {"offline", NULL, "do not fetch: audit what is here, and say so", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command audit_command = {
    .name = "audit",
    .words = "",
    .summary = "Lists every change of a module on the target, and the records that allowed it",
    .details =
        "Walks the first parents of the target since it has a policy. A merge is judged as it stood then: policy, "
        "signers "
        "and revocations of the target before it, the records and the seal that came with it, digests of what it made. "
        "A change whose commits came one by one (a rebase, a fast-forward) is judged as a whole. What no seal allowed "
        "is "
        "a gap, and so is a record that was removed from the log, a log that was rewound, a sealed record that the log "
        "does not have. `accepted` in policies/review.yaml settles the commits and records that it names.",
    .exits = "0 no gaps, 1 gaps that are not accepted or a log that was rewound, 4 not fresh or a history that is cut",
    .words_max = 0,
    .options = options,
    .run = run,
};
