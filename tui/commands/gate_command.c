#include "assay/commands/gate_command.h"

#include "assay/base/table.h"
#include "assay/commands/print.h"
#include "assay/commands/refused.h"
#include "assay/commands/subject.h"
#include "assay/git/ancestry.h"
#include "assay/review/advice.h"
#include "assay/review/sync.h"

/* One change, judged. */
struct judged {
    const struct workspace *workspace;
    const struct load *load;
    const struct ledger *ledger;
    const struct assessment *assessment;
    struct table *names; /* record → position in the ledger */
    bool fresh, rewound; /* not fresh: not compared with the remote, or found that it lost commits */
};

static const struct gate_module_verdict *verdict_of(const struct judged *judged, size_t module)
{
    return module < judged->assessment->verdict.module_count ? &judged->assessment->verdict.modules[module] : NULL;
}

/* ---- JSON ---- */

static const struct ledger_record *record_of(const struct judged *judged, const struct digest *name)
{
    size_t at;
    return table_get(judged->names, digest_slice(name), &at) ? &judged->ledger->records[at] : NULL;
}

static void append_advice(const struct judged *judged, const struct gate_block *block, struct str *out)
{
    advice_append(judged->workspace, judged->load, block->reason, record_of(judged, &block->record), out);
}

static void set_advice(struct arena *arena, struct value *map, const struct judged *judged,
                       const struct gate_block *block)
{
    struct str advice = STR_INIT;
    append_advice(judged, block, &advice);
    value_set(arena, map, "advice", subject_text(arena_copy(arena, str_slice(&advice))));
    str_clear(&advice);
}

static struct value *new_blocks(struct arena *arena, const struct judged *judged, size_t module)
{
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < verdict->block_count; i++) {
        const struct gate_block *block = &verdict->blocks[i];
        if (block->module != module)
            continue;
        struct value *map = value_new_map(arena);
        value_set(arena, map, "reason", value_of_text(slice_of(reason_name(block->reason))));
        value_set(arena, map, "detail", value_of_text(block->detail));
        value_set(arena, map, "record", subject_digest(arena, &block->record));
        refused_set_record(arena, map, record_of(judged, &block->record));
        set_advice(arena, map, judged, block);
        value_add(arena, list, *map);
    }
    return list;
}

static struct value *new_required(struct arena *arena, const struct judged *judged, size_t module)
{
    struct value *list = value_new_list(arena);
    const struct gate_module_verdict *verdict = verdict_of(judged, module);
    for (size_t i = 0; verdict && i < verdict->required_count; i++) {
        const struct gate_role *role = &verdict->required[i];
        struct value *map = value_new_map(arena), *have = value_new_list(arena);
        for (size_t s = 0; s < role->have_count; s++) {
            struct value *seat = value_new_map(arena);
            value_set(arena, seat, "principal", value_of_text(role->have[s].principal));
            value_set(arena, seat, "record", subject_digest(arena, &role->have[s].record));
            value_add(arena, have, *seat);
        }
        value_set(arena, map, "role", value_of_text(judged->workspace->policy.roles[role->role].id));
        value_set(arena, map, "need", value_of_integer(role->need));
        value_set(arena, map, "have", *have);
        value_set(arena, map, "missing", value_of_integer(role->missing));
        value_add(arena, list, *map);
    }
    return list;
}

static struct value *new_modules(struct arena *arena, const struct judged *judged)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < judged->load->module_count; i++) {
        const struct module *module = &judged->load->modules[i];
        struct value *map = value_new_map(arena);
        value_set(arena, map, "path", value_of_text(module->path));
        value_set(arena, map, "digest", subject_digest(arena, &module->digest));
        value_set(arena, map, "evidence", subject_digest(arena, &module->evidence));
        value_set(arena, map, "required", *new_required(arena, judged, i));
        value_set(arena, map, "blocking", *new_blocks(arena, judged, i));
        value_add(arena, list, *map);
    }
    return list;
}

/* What the gate says of it, else what was found when it was read: of its bytes and its signature. */
static struct slice detail_of(const struct judged *judged, const struct gate_ignored *ignored)
{
    const struct ledger_record *record = record_of(judged, &ignored->record);
    bool is_found = record && ignored->reason == ledger_reason(judged->workspace, record);
    return ignored->detail.size > 0 || !is_found ? ignored->detail : record->detail;
}

static struct value *new_records(struct arena *arena, const struct judged *judged)
{
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    struct value *map = value_new_map(arena), *counted = value_new_list(arena), *ignored = value_new_list(arena);
    for (size_t i = 0; i < verdict->counted_count; i++)
        value_add(arena, counted, subject_digest(arena, &verdict->counted[i]));
    for (size_t i = 0; i < verdict->ignored_count; i++) {
        struct value *item = value_new_map(arena);
        value_set(arena, item, "record", subject_digest(arena, &verdict->ignored[i].record));
        value_set(arena, item, "reason", value_of_text(slice_of(reason_name(verdict->ignored[i].reason))));
        value_set(arena, item, "detail", value_of_text(detail_of(judged, &verdict->ignored[i])));
        refused_set(arena, item, record_of(judged, &verdict->ignored[i].record), verdict->ignored[i].reason);
        value_add(arena, ignored, *item);
    }
    value_set(arena, map, "counted", *counted);
    value_set(arena, map, "ignored", *ignored);
    return map;
}

static struct value *new_texts(struct arena *arena, const struct slice *texts, size_t count)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < count; i++)
        value_add(arena, list, value_of_text(texts[i]));
    return list;
}

static struct value *new_gate(struct arena *arena, const struct judged *judged)
{
    const struct workspace *workspace = judged->workspace;
    const struct load *load = judged->load;
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    struct value *map = value_new_map(arena);
    value_set(arena, map, "change", value_of_text(load->change));
    value_set(arena, map, "commit", subject_oid(arena, &load->commit));
    value_set(arena, map, "target", value_of_text(str_slice(&workspace->target.name)));
    value_set(arena, map, "target_commit", subject_oid(arena, &workspace->target.commit));
    value_set(arena, map, "log_commit", subject_oid(arena, &judged->ledger->tips.tracked));
    value_set(arena, map, "fresh", value_of_bool(judged->fresh));
    value_set(arena, map, "policy",
              workspace_has_policy(workspace) ? subject_digest(arena, &workspace->policy.digest) : value_of_null());
    value_set(arena, map, "result", value_of_text(verdict->pass ? SLICE("pass") : SLICE("blocked")));
    value_set(arena, map, "blocking", *new_blocks(arena, judged, GATE_CHANGE));
    value_set(arena, map, "modules", *new_modules(arena, judged));
    value_set(arena, map, "records", *new_records(arena, judged));
    value_set(arena, map, "authors", *new_texts(arena, load->authors, load->author_count));
    value_set(arena, map, "unknown_authors", *new_texts(arena, load->unknown_authors, load->unknown_author_count));
    return map;
}

/* ---- text ---- */

static struct slice name_of(const struct judged *judged, struct slice principal)
{
    return advice_name(&judged->workspace->policy, principal);
}

/* The withdrawal by which somebody took a sign-off of this role back, and it stands; NULL: none. */
static const struct ledger_record *withdrawal_of(const struct judged *judged, size_t module, size_t role,
                                                 struct slice principal)
{
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    for (size_t i = 0; i < verdict->counted_count; i++) {
        const struct ledger_record *found = record_of(judged, &verdict->counted[i]);
        const struct record *record = found ? &found->record : NULL;
        if (record && found->decoded == RECORD_OK && record->verdict == VERDICT_WITHDRAW &&
            slice_equal(record->reviewer.principal, principal) &&
            slice_equal(record->reviewer.role, judged->workspace->policy.roles[role].id) &&
            slice_equal(record->module.path, judged->load->modules[module].path))
            return found;
    }
    return NULL;
}

static void print_withdrawal(const struct ledger_record *withdrawal)
{
    char hex[64 + 1];
    digest_format_hex(&withdrawal->name, hex);
    print_line(" (withdrew on %.*s, %.12s)", SLICE_ARG(slice_part(withdrawal->record.signed_at, 0, 10)), hex);
}

/* Why those who hold the role cannot give it. */
static void print_why_nobody(const struct judged *judged, const struct gate_role *role)
{
    const struct policy *policy = &judged->workspace->policy;
    size_t count = 0;
    print_text(", and nobody in the policy can give it: ");
    for (size_t i = 0; i < policy->person_count; i++) {
        const struct policy_person *person = &policy->people[i];
        if (!policy_holds(person, role->role))
            continue;
        bool author = !policy->self_approval && gate_input_is_author(&judged->assessment->input, person->principal);
        print_text(count++ ? ", " : "");
        print_cell(advice_name(policy, person->principal), 0);
        print_text(author ? " is an author" : " signed already");
    }
    if (count == 0)
        print_text("no person holds the role");
}

/* Who could give the sign-offs that are missing. */
static void print_candidates(const struct judged *judged, size_t module, const struct gate_role *role)
{
    const struct policy *policy = &judged->workspace->policy;
    const struct gate_module_verdict *verdict = verdict_of(judged, module);
    size_t count = 0;
    for (size_t i = 0; i < policy->person_count; i++) {
        const struct policy_person *person = &policy->people[i];
        if (!assess_could_sign(judged->assessment, verdict, role->role, person))
            continue;
        print_text(count++ ? ", " : " by ");
        print_cell(advice_name(policy, person->principal), 0);
        const struct ledger_record *withdrawal = withdrawal_of(judged, module, role->role, person->principal);
        if (withdrawal)
            print_withdrawal(withdrawal);
    }
    if (count == 0)
        print_why_nobody(judged, role);
}

static void print_role(const struct judged *judged, size_t module, const struct gate_role *role)
{
    const struct policy_role *known = &judged->workspace->policy.roles[role->role];
    print_text("    %s ", role->missing ? "–" : "✓");
    print_cell(known->title.size ? known->title : known->id, 20);
    for (size_t i = 0; i < role->have_count; i++) {
        print_text(i ? ", " : " signed by ");
        print_cell(name_of(judged, role->have[i].principal), 0);
    }
    if (role->missing) {
        print_text("%s %u missing", role->have_count ? ";" : "", role->missing);
        print_candidates(judged, module, role);
    }
    print_text("\n");
}

static bool is_about_a_record(enum reason reason)
{
    return reason == REASON_REQUEST_CHANGES || reason == REASON_CHAIN_GAP || reason == REASON_UNKNOWN_SCHEMA ||
           reason == REASON_LOG_REWOUND || (reason >= REASON_STALE_MODULE && reason <= REASON_STALE_RUBRIC);
}

/* The advice of several of one kind is given once, after the last. */
static void print_advice(const struct judged *judged, const struct gate_block *block, const struct gate_block *next,
                         const char *indent)
{
    struct str advice = STR_INIT;
    const struct ledger_record *record = is_about_a_record(block->reason) ? record_of(judged, &block->record) : NULL;
    if (record)
        refused_print_file(record, indent);
    append_advice(judged, block, &advice);
    if (advice.size > 0 && (record || !next || next->reason != block->reason || next->module != block->module))
        print_line("%s%.*s\n", indent, SLICE_ARG(str_slice(&advice)));
    str_clear(&advice);
}

static void print_blocks(const struct judged *judged, size_t module, const char *indent)
{
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    struct str deeper = STR_INIT;
    str_appendf(&deeper, "%s  ", indent);
    for (size_t i = 0; i < verdict->block_count; i++) {
        const struct gate_block *block = &verdict->blocks[i];
        if (block->module != module || (module != GATE_CHANGE && block->reason == REASON_MISSING_SIGN_OFF))
            continue; /* the roles say it already */
        print_text("%s! %s: %s", indent, reason_name(block->reason), reason_words(block->reason));
        if (block->detail.size > 0)
            print_line(": %.*s", SLICE_ARG(block->detail));
        print_text("\n");
        print_advice(judged, block, i + 1 < verdict->block_count ? block + 1 : NULL, deeper.data);
    }
    str_clear(&deeper);
}

static void print_module(const struct judged *judged, size_t at)
{
    const struct module *module = &judged->load->modules[at];
    const struct gate_module_verdict *verdict = verdict_of(judged, at);
    print_line("\n  %.*s%s%.*s   %.*s\n", SLICE_ARG(module->name), module->version.size ? " " : "",
               SLICE_ARG(module->version), SLICE_ARG(module->path));
    for (size_t i = 0; verdict && i < verdict->required_count; i++)
        print_role(judged, at, &verdict->required[i]);
    print_blocks(judged, at, "    ");
}

static void print_ignored_line(const struct judged *judged, const struct gate_ignored *ignored)
{
    const struct ledger_record *record = record_of(judged, &ignored->record);
    struct slice detail = detail_of(judged, ignored);
    char hex[64 + 1];
    digest_format_hex(&ignored->record, hex);
    print_text("  %.12s  ", hex);
    print_cell(record && record->principal.size ? name_of(judged, record->principal) : SLICE("signer unknown"), 0);
    print_text("  ");
    if (ignored->reason == REASON_SUPERSEDED && detail.size > 0)
        print_line("%s: %.*s", reason_name(ignored->reason), SLICE_ARG(detail));
    else
        refused_print_reason(ignored->reason, detail);
    print_text("\n");
}

/* Harmless ones ask nothing of anybody: a line each, after the others. */
static void print_ignored(const struct judged *judged, bool harmless, const char *title)
{
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    size_t count = 0;
    for (size_t i = 0; i < verdict->ignored_count; i++) {
        const struct gate_ignored *ignored = &verdict->ignored[i];
        if (reason_is_harmless(ignored->reason) != harmless)
            continue;
        if (count++ == 0)
            print_text("\n%s:\n", title);
        print_ignored_line(judged, ignored);
        if (!harmless)
            refused_print(record_of(judged, &ignored->record), ignored->reason, "    ");
    }
}

static void print_gate(const struct judged *judged)
{
    const struct load *load = judged->load;
    const struct gate_verdict *verdict = &judged->assessment->verdict;
    print_line("%.*s → %s: %s%s\n", SLICE_ARG(load->change), judged->workspace->target.name.data,
               verdict->pass ? "pass" : "blocked",
               judged->fresh     ? ""
               : judged->rewound ? " (the log at the remote lost commits)"
                                 : " (offline: not compared with the remote)");
    print_blocks(judged, GATE_CHANGE, "  ");
    for (size_t i = 0; i < load->module_count; i++)
        print_module(judged, i);
    if (load->unknown_author_count > 0) {
        print_text("\nAuthors whom the policy does not know: ");
        for (size_t i = 0; i < load->unknown_author_count; i++) {
            print_text(i ? ", " : "");
            print_cell(load->unknown_authors[i], 0);
        }
        print_text("\n");
    }
    print_ignored(judged, false, "Records that do not count");
    print_ignored(judged, true, "Records that are not needed any more");
}

/* ---- the command ---- */

struct run {
    const struct command_line *line;
    struct subject subject;
    struct arena arena;
    struct value *changes; /* --all --json */
    bool fresh, rewound, blocked, incidents;
    size_t shown;
};

/* The change is forgotten before the document is printed. */
static struct value copy(struct arena *arena, const struct value *value)
{
    struct value *made = value->kind == VALUE_LIST ? value_new_list(arena) : value_new_map(arena);
    if (value->kind == VALUE_TEXT)
        return value_of_text(arena_copy(arena, value->text));
    if (value->kind != VALUE_LIST && value->kind != VALUE_MAP)
        return *value;
    for (size_t i = 0; i < value_count(value); i++) {
        const struct value_pair *pair = value_pair_at(value, i);
        if (pair)
            value_set_slice(arena, made, arena_copy(arena, pair->key), copy(arena, &pair->value));
        else
            value_add(arena, made, copy(arena, value_at(value, i)));
    }
    return *made;
}

/* A policy that is not there blocks the gate; one that is there and wrong is bad input. */
static int need_readable_policy(const struct workspace *workspace, bool *missing, struct error *error)
{
    struct tree_entry entry;
    *missing = false;
    if (trees_find(workspace->repo, &workspace->target_tree, SLICE(WORKSPACE_POLICY_PATH), &entry, error) < 0)
        return -1;
    *missing = entry.kind == TREE_NONE;
    return *missing ? 0 : workspace_need_policy(workspace, error);
}

/* A record that lies in several folders is told of as it lies in that of the change. */
static struct table *name_records(const struct load *load, const struct ledger *ledger)
{
    struct table *names = table_new();
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (!table_add(names, digest_slice(&record->name), i) && slice_equal(record->change, load->change))
            table_set(names, digest_slice(&record->name), i);
    }
    return names;
}

/* Prints what the gate says of a change. */
static int show(struct run *run, const struct load *load, const struct ledger *ledger, struct error *error)
{
    const struct workspace *workspace = run->subject.workspace;
    struct assessment assessment;
    if (assess_change(workspace, load, ledger, &assessment, error) < 0)
        return -1;
    struct judged judged = {workspace, load, ledger, &assessment, name_records(load, ledger), run->fresh, run->rewound};
    run->blocked |= !assessment.verdict.pass;
    run->incidents |= ledger->incident_count > 0;
    if (run->changes) {
        value_add(&run->arena, run->changes, copy(&run->arena, new_gate(&run->arena, &judged)));
    } else if (run->line->json) {
        print_json(new_gate(&run->arena, &judged));
    } else {
        print_text(run->shown++ ? "\n" : "");
        print_gate(&judged);
    }
    table_free(judged.names);
    assess_clear(&assessment);
    return 0;
}

/* Judges the change that the subject has loaded. */
static int judge(struct run *run, struct error *error)
{
    struct subject *subject = &run->subject;
    struct ledger none = {.count = 0};
    bool missing;
    if (need_readable_policy(subject->workspace, &missing, error) < 0 ||
        (!missing && subject_read_relevant(subject, error) < 0))
        return -1;
    struct ledger *ledger = missing ? &none : &subject->ledger;
    if (run->rewound)
        ledger_add_rewound(ledger);
    return show(run, &subject->load, ledger, error);
}

/* One change that cannot be read, or compared, does not keep the others from being judged: it is blocked, and says why. */
static int show_unreadable(struct run *run, const struct change *change, struct slice why, struct error *error)
{
    enum reason reason = change->state == CHANGE_UNRELATED ? REASON_MERGE_CONFLICT : REASON_BAD_MANIFEST;
    struct gate_problem problem = {.reason = reason, .detail = why};
    const struct load load = {.change = change->name, .commit = change->tip, .problems = &problem, .problem_count = 1};
    const struct ledger none = {.count = 0};
    return show(run, &load, &none, error);
}

static int judge_all(struct run *run, struct error *error)
{
    struct subject *subject = &run->subject;
    struct ancestry *ancestry = ancestry_new(subject->workspace->repo);
    int result = subject_list(subject, error);
    if (result == 0)
        result = ancestry_set_target(ancestry, &subject->workspace->target.commit, NULL, NULL, error);
    for (size_t i = 0; result == 0 && i < subject->changes.count; i++) {
        const struct change *change = &subject->changes.changes[i];
        if (change->state == CHANGE_UNREADABLE || change->state == CHANGE_UNRELATED)
            result = show_unreadable(run, change, change->problem, error);
        if (change->state != CHANGE_PENDING)
            continue;
        struct error cause = ERROR_INIT;
        if (subject_load_change(subject, change, ancestry, &cause) == 0)
            result = load_is_pending(&subject->load) ? judge(run, error) : 0;
        else if (cause.kind == ERROR_INPUT)
            result = show_unreadable(run, change, slice_of(cause.text), error);
        else
            result = error_set(error, cause.kind, "%s", cause.text);
    }
    ancestry_free(ancestry);
    return result;
}

static int freshen(struct run *run, struct error *error)
{
    const char *change = run->line->word_count ? run->line->words[0] : "";
    if (command_flag(run->line, "offline"))
        return 0;
    if (subject_freshen(run->subject.workspace, slice_of(change), &run->rewound, error) < 0)
        return -1;
    run->fresh = !run->rewound;
    return 0;
}

static int check_usage(const struct command_line *line, struct error *error)
{
    if (command_flag(line, "all") == (line->word_count == 1))
        return error_set(error, ERROR_USAGE, "Name one change, or give --all; usage: assay gate CHANGE|--all");
    return 0;
}

static int run_gate(const struct command_line *line, struct error *error)
{
    struct run run = {.line = line};
    arena_init(&run.arena);
    if (check_usage(line, error) < 0)
        return -1;
    int result = subject_open(line, &run.subject, error);
    if (result == 0)
        result = freshen(&run, error);
    if (result == 0 && line->word_count == 1) {
        result = subject_load(&run.subject, line->words[0], error);
        if (result == 0)
            result = judge(&run, error);
    } else if (result == 0) {
        run.changes = line->json ? value_new_list(&run.arena) : NULL;
        result = judge_all(&run, error);
    }
    if (result == 0 && run.changes) {
        struct value *map = value_new_map(&run.arena);
        value_set(&run.arena, map, "changes", *run.changes);
        print_json(map);
    }
    if (result == 0 && error_is_set(&run.subject.workspace->policy_error))
        print_note("%s", run.subject.workspace->policy_error.text);
    if (run.incidents)
        print_note("Records were removed from the log or changed there, and count all the same: “assay verify” names "
                   "the commits.");
    arena_clear(&run.arena);
    subject_close(&run.subject);
    return run.blocked ? 1 : 0;
}

static const struct command_option options[] = {
    {"all", NULL, "every pending change", OPTION_FLAG},
    {"offline", NULL, "do not fetch: judge what is here, and say so", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command gate_command = {
    .name = "gate",
    .words = "CHANGE|--all",
    .summary = "Says whether a change may merge, and who or what is missing",
    .details = "Fetches the target, the change and the log first and compares them with the remote; when that fails it "
               "ends with 4 and never passes. Policy, rubric and keys are the target's, never the branch's.\n"
               "In a script write assay gate -- \"$BRANCH\": git allows a branch that is called --help.",
    .exits = "0 pass, 1 blocked, 3 no such change or rules that cannot be read, 4 not fresh",
    .words_max = 1,
    .options = options,
    .run = run_gate,
};
