#include "assay/commands/verify_command.h"

#include "assay/commands/print.h"
#include "assay/commands/refused.h"
#include "assay/commands/settling.h"
#include "assay/commands/subject.h"
#include "assay/review/short_key.h"
#include "assay/review/sync.h"

/* What is to be said about one record. */
struct result {
    const struct ledger_record *record;
    struct finding finding;
    struct slice accepted; /* the policy's reason; empty: none */
};

struct verification {
    struct subject subject;
    struct arena arena;
    struct result *results;
    size_t count, good, bad;
    size_t incidents; /* of the log, that are not accepted */
    bool fresh, rewound;
};

/* ---- judging ---- */

static void judge(struct verification *verification, struct slice change)
{
    const struct workspace *workspace = verification->subject.workspace;
    const struct ledger *ledger = &verification->subject.ledger;
    const struct finding *findings = finding_list(workspace, ledger, &verification->arena);
    verification->results = arena_alloc_array(&verification->arena, ledger->count, sizeof *verification->results);
    for (size_t i = 0; i < ledger->count; i++) {
        struct result result = {.record = &ledger->records[i], .finding = findings[i]};
        bool good = result.finding.reason == REASON_NONE;
        if (change.size > 0 && !slice_equal(result.record->change, change))
            continue;
        if (!good)
            result.accepted = policy_accepts(&workspace->policy, NULL, &result.record->name);
        verification->good += good;
        verification->bad += !good && result.accepted.size == 0;
        verification->results[verification->count++] = result;
    }
    for (size_t i = 0; i < ledger->incident_count; i++)
        verification->incidents += policy_accepts(&workspace->policy, &ledger->incidents[i].commit, NULL).size == 0;
}

/* ---- showing ---- */

static struct value *new_incidents(struct arena *arena, const struct verification *verification)
{
    const struct policy *policy = &verification->subject.workspace->policy;
    const struct ledger *ledger = &verification->subject.ledger;
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < ledger->incident_count; i++) {
        const struct ledger_incident *incident = &ledger->incidents[i];
        struct value *item = value_new_map(arena);
        value_set(arena, item, "path", value_of_text(incident->path));
        value_set(arena, item, "what", value_of_text(slice_of(incident->what)));
        value_set(arena, item, "commit", subject_oid(arena, &incident->commit));
        value_set(arena, item, "accepted", subject_text(policy_accepts(policy, &incident->commit, NULL)));
        value_add(arena, list, *item);
    }
    return list;
}

static struct value *new_result(struct arena *arena, const struct result *result)
{
    const struct finding *finding = &result->finding;
    struct value *map = value_new_map(arena);
    value_set(arena, map, "record", subject_digest(arena, &result->record->name));
    value_set(arena, map, "change", subject_text(result->record->change));
    refused_set(arena, map, result->record, finding->reason);
    value_set(arena, map, "result", value_of_text(slice_of(reason_name(finding->reason))));
    if (finding->reason != REASON_NONE)
        value_set(arena, map, "detail", value_of_text(finding->detail));
    if (result->accepted.size > 0)
        value_set(arena, map, "accepted", value_of_text(result->accepted));
    return map;
}

/* The log lost commits, as the fetch found or a record remembers. */
static bool is_rewound(const struct verification *verification)
{
    return verification->rewound || verification->subject.ledger.problem_count > 0;
}

static void print_results_json(const struct verification *verification)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *records = value_new_list(&arena);
    for (size_t i = 0; i < verification->count; i++)
        value_add(&arena, records, *new_result(&arena, &verification->results[i]));
    value_set(&arena, map, "records", *records);
    value_set(&arena, map, "good", value_of_integer((int64_t)verification->good));
    value_set(&arena, map, "bad", value_of_integer((int64_t)verification->bad));
    value_set(&arena, map, "fresh", value_of_bool(verification->fresh));
    value_set(&arena, map, "rewound", value_of_bool(is_rewound(verification)));
    value_set(&arena, map, "log", *new_incidents(&arena, verification));
    print_json(map);
    arena_clear(&arena);
}

/* What settles it where nobody can make it good any more. */
static void print_entry(const struct oid *commit, const struct digest *record)
{
    struct str entry = STR_INIT;
    settling_append_entry(commit, record, &entry);
    print_text("    Where it can no longer be made good, add this under `accepted` in policies/review.yaml:\n    %s\n",
               entry.data);
    str_clear(&entry);
}

static void print_result(const struct result *result)
{
    enum reason reason = result->finding.reason;
    char hex[64 + 1];
    digest_format_hex(&result->record->name, hex);
    print_text("%s %.12s  ", reason == REASON_NONE ? "✓" : result->accepted.size ? "·" : "✗", hex);
    print_cell(result->record->change, 28);
    print_text("  ");
    print_cell(result->record->principal.size ? result->record->principal : SLICE("signer unknown"), 24);
    if (reason != REASON_NONE) {
        print_text("  ");
        refused_print_reason(reason, result->finding.detail);
    }
    if (result->accepted.size > 0)
        print_line("; accepted: %.*s", SLICE_ARG(result->accepted));
    print_text("\n");
    if (reason == REASON_NONE)
        return;
    refused_print(result->record, reason, "    ");
    if (result->accepted.size == 0)
        print_entry(NULL, &result->record->name);
}

static void print_results(const struct verification *verification)
{
    for (size_t i = 0; i < verification->count; i++)
        print_result(&verification->results[i]);
    if (verification->count == 0)
        print_text("There are no records");
    else
        print_text("%zu good, %zu bad", verification->good, verification->bad);
    if (verification->incidents > 0)
        print_text("; %zu removed from the log or changed there", verification->incidents);
    if (is_rewound(verification))
        print_text("; the log lost commits");
    print_text(verification->fresh || verification->rewound ? "\n" : " (offline: not compared with the remote)\n");
}

static void note_incidents(const struct verification *verification)
{
    const struct policy *policy = &verification->subject.workspace->policy;
    const struct ledger *ledger = &verification->subject.ledger;
    for (size_t i = 0; i < ledger->incident_count; i++) {
        const struct ledger_incident *incident = &ledger->incidents[i];
        struct slice accepted = policy_accepts(policy, &incident->commit, NULL);
        struct str entry = STR_INIT;
        char hex[OID_HEX_SIZE + 1];
        oid_format(&incident->commit, hex);
        if (accepted.size == 0) {
            str_append_text(&entry, "\nTo settle it, add this under `accepted` in policies/review.yaml:\n");
            settling_append_entry(&incident->commit, NULL, &entry);
        }
        print_note("%.*s in the log %s, in commit %.12s%s%.*s%s", SLICE_ARG(incident->path), incident->what, hex,
                   accepted.size ? "; accepted: " : ".", SLICE_ARG(accepted), entry.size ? entry.data : "");
        str_clear(&entry);
    }
}

static void note_problem(const struct verification *verification, const struct gate_problem *problem)
{
    const struct ledger_record *record = ledger_find(&verification->subject.ledger, &problem->record);
    struct str text = STR_INIT;
    if (record)
        finding_file(record, &text);
    str_push(&text, '\n');
    if (problem->reason == REASON_LOG_REWOUND)
        settling_append_push(verification->subject.workspace, &text);
    else
        str_append_text(&text, reason_advice(problem->reason));
    if (record) {
        str_append_text(&text, "\nTo settle it, add this under `accepted` in policies/review.yaml:\n");
        settling_append_entry(NULL, &problem->record, &text);
    }
    print_note("%s: %.*s.\n%s", reason_name(problem->reason), SLICE_ARG(problem->detail), text.data);
    str_clear(&text);
}

/* The log lost commits, as the fetch found or a record remembers. */
static void note_rewound(const struct verification *verification)
{
    const struct ledger *ledger = &verification->subject.ledger;
    struct str advice = STR_INIT;
    for (size_t i = 0; i < ledger->problem_count; i++)
        note_problem(verification, &ledger->problems[i]);
    for (size_t i = 0; i < ledger->settled_count; i++)
        print_note(
            "%s: %.*s; accepted: %.*s", reason_name(ledger->settled[i].reason), SLICE_ARG(ledger->settled[i].detail),
            SLICE_ARG(policy_accepts(&verification->subject.workspace->policy, NULL, &ledger->settled[i].record)));
    settling_append_push(verification->subject.workspace, &advice);
    if (verification->rewound && ledger->problem_count == 0)
        print_note("log-rewound: the log at the remote lost commits that were there before.\n%s", advice.data);
    str_clear(&advice);
}

static void note_short_keys(const struct workspace *workspace)
{
    for (size_t i = 0; i < signers_count(workspace->signers); i++) {
        struct str words = STR_INIT;
        if (short_key_at(workspace, i, &words))
            print_note("%s", words.data);
        str_clear(&words);
    }
}

/* ---- the command ---- */

/* The records on a change's branch count too; a change that is merged or gone has none but those in the log and on the
 * target. */
static int read_records(struct verification *verification, const char *change, struct error *error)
{
    struct error gone = ERROR_INIT;
    if (change && subject_load(&verification->subject, change, &gone) < 0 && gone.kind != ERROR_INPUT)
        return error_set(error, gone.kind, "%s", gone.text);
    if (subject_read_headers(&verification->subject, error) < 0)
        return -1;
    judge(verification, slice_of(change));
    return change && verification->count == 0 && error_is_set(&gone) && !verification->subject.has_load
               ? error_set(error, gone.kind, "%s", gone.text)
               : 0;
}

static int freshen(const struct command_line *line, struct verification *verification, struct error *error)
{
    struct workspace *workspace = verification->subject.workspace;
    if (command_flag(line, "offline"))
        return sync_need_whole_history(workspace, error);
    if (subject_freshen(workspace, (struct slice){0}, &verification->rewound, error) < 0)
        return -1;
    verification->fresh = !verification->rewound;
    return 0;
}

static int run(const struct command_line *line, struct error *error)
{
    struct verification verification = {.count = 0};
    bool bad = false;
    if (subject_open(line, &verification.subject, error) == 0 && freshen(line, &verification, error) == 0 &&
        workspace_need_policy(verification.subject.workspace, error) == 0 &&
        read_records(&verification, line->word_count ? line->words[0] : NULL, error) == 0) {
        if (line->json)
            print_results_json(&verification);
        else
            print_results(&verification);
        note_incidents(&verification);
        note_rewound(&verification);
        note_short_keys(verification.subject.workspace);
        bad = verification.bad > 0 || verification.incidents > 0 || is_rewound(&verification);
    }
    arena_clear(&verification.arena);
    subject_close(&verification.subject);
    return bad ? 1 : 0;
}

static const struct command_option options[] = {
    {"offline", NULL, "do not fetch: verify what is here, and say so", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command verify_command = {
    .name = "verify",
    .words = "[CHANGE]",
    .summary = "Verifies every record: signature, chain, schema",
    .details = "Reads the log and the sealed records of the target, and of a change that is named those on its branch. "
               "Each signature is checked against policies/allowed_signers of the target. What the policy lists under "
               "`accepted` is reported as settled, by the whole name of a record or of the commit that removed one.",
    .exits = "0 all good or accepted, 1 any bad or a log that lost something, 4 not fresh or a history that is cut",
    .words_max = 1,
    .options = options,
    .run = run,
};
