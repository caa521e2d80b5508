#include "assay/commands/verify_command.h"

#include <string.h>

#include "assay/base/memory.h"
#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/model/chain.h"
#include "assay/review/sync.h"

/* What is to be said about one record. */
struct finding {
    const struct ledger_record *record;
    enum reason reason;
    struct slice detail, accepted; /* accepted: the policy's reason; empty: none */
};

struct verification {
    struct subject subject;
    struct arena arena;
    struct finding *findings;
    size_t count, good, bad;
    size_t incidents; /* of the log, that are not accepted */
};

/* ---- judging ---- */

/* Gaps and forgeries in the chains, over records that were signed by their person. */
static void find_chain_problems(struct verification *verification)
{
    const struct ledger *ledger = &verification->subject.ledger;
    const struct record **records =
        arena_alloc_array(&verification->arena, ledger->count, sizeof(const struct record *));
    size_t *findings = arena_alloc_array(&verification->arena, ledger->count, sizeof *findings);
    size_t count = 0, problem_count;
    for (size_t i = 0; i < ledger->count; i++) {
        if (ledger->records[i].decoded != RECORD_OK || ledger->records[i].signature > GATE_SIGNATURE_COMPROMISED)
            continue;
        findings[count] = i;
        records[count++] = &ledger->records[i].record;
    }
    struct chain *chain = chain_new(records, count);
    const struct chain_problem *problems = chain_problems(chain, &problem_count);
    static const char *const words[] = {
        [CHAIN_GAP] = "it names an earlier record that cannot be found",
        [CHAIN_FOREIGN] = "it names a record of another person or change as its own",
        [CHAIN_SEQ] = "its number does not follow those before it",
    };
    for (size_t i = 0; i < problem_count; i++) {
        struct finding *finding = &verification->findings[findings[problems[i].record]];
        if (finding->reason != REASON_NONE)
            continue;
        finding->reason = REASON_CHAIN_GAP;
        finding->detail = slice_of(words[problems[i].kind]);
    }
    chain_free(chain);
}

static struct slice find_accepted(const struct policy *policy, struct slice name)
{
    for (size_t i = 0; i < policy->accepted_count; i++)
        if (slice_equal(policy->accepted[i].commit_or_record, name))
            return policy->accepted[i].reason.size ? policy->accepted[i].reason : SLICE("accepted by the policy");
    return (struct slice){0};
}

/* By the record's whole name, with sha256: or without. */
static struct slice find_accepted_record(const struct policy *policy, const struct digest *name)
{
    char text[DIGEST_TEXT_SIZE + 1];
    digest_format(name, text);
    struct slice reason = find_accepted(policy, slice_of(text));
    return reason.size ? reason : find_accepted(policy, slice_of(text + 7));
}

static struct slice find_accepted_commit(const struct policy *policy, const struct oid *commit)
{
    char hex[OID_HEX_SIZE + 1];
    oid_format(commit, hex);
    return find_accepted(policy, slice_of(hex));
}

static void judge(struct verification *verification, struct slice change)
{
    const struct workspace *workspace = verification->subject.workspace;
    const struct ledger *ledger = &verification->subject.ledger;
    verification->findings = arena_alloc_array(&verification->arena, ledger->count, sizeof *verification->findings);
    for (size_t i = 0; i < ledger->count; i++)
        verification->findings[i] = (struct finding){.record = &ledger->records[i],
                                                     .reason = ledger_reason(workspace, &ledger->records[i]),
                                                     .detail = ledger->records[i].detail};
    find_chain_problems(verification);
    for (size_t i = 0; i < ledger->count; i++) {
        struct finding finding = verification->findings[i];
        if (change.size > 0 && !slice_equal(finding.record->change, change))
            continue;
        if (finding.reason != REASON_NONE)
            finding.accepted = find_accepted_record(&workspace->policy, &finding.record->name);
        verification->good += finding.reason == REASON_NONE;
        verification->bad += finding.reason != REASON_NONE && finding.accepted.size == 0;
        verification->findings[verification->count++] = finding;
    }
    for (size_t i = 0; i < ledger->incident_count; i++)
        verification->incidents += find_accepted_commit(&workspace->policy, &ledger->incidents[i].commit).size == 0;
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
        value_set(arena, item, "accepted", subject_text(find_accepted_commit(policy, &incident->commit)));
        value_add(arena, list, *item);
    }
    return list;
}

static void print_findings_json(const struct verification *verification)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *records = value_new_list(&arena);
    for (size_t i = 0; i < verification->count; i++) {
        const struct finding *finding = &verification->findings[i];
        struct value *item = value_new_map(&arena);
        value_set(&arena, item, "record", subject_digest(&arena, &finding->record->name));
        value_set(&arena, item, "change", subject_text(finding->record->change));
        value_set(&arena, item, "principal", subject_text(finding->record->principal));
        value_set(&arena, item, "result", value_of_text(slice_of(reason_name(finding->reason))));
        if (finding->reason != REASON_NONE)
            value_set(&arena, item, "detail", value_of_text(finding->detail));
        if (finding->accepted.size > 0)
            value_set(&arena, item, "accepted", value_of_text(finding->accepted));
        value_add(&arena, records, *item);
    }
    value_set(&arena, map, "records", *records);
    value_set(&arena, map, "good", value_of_integer((int64_t)verification->good));
    value_set(&arena, map, "bad", value_of_integer((int64_t)verification->bad));
    value_set(&arena, map, "log", *new_incidents(&arena, verification));
    print_json(map);
    arena_clear(&arena);
}

static void print_finding(const struct finding *finding)
{
    char hex[64 + 1];
    digest_format_hex(&finding->record->name, hex);
    print_text("%s %.12s  ", finding->reason == REASON_NONE ? "✓" : finding->accepted.size ? "·" : "✗", hex);
    print_cell(finding->record->change, 28);
    print_text("  ");
    print_cell(finding->record->principal.size ? finding->record->principal : SLICE("?"), 24);
    if (finding->reason != REASON_NONE) {
        print_text("  %s: %s", reason_name(finding->reason), reason_words(finding->reason));
        if (finding->detail.size > 0)
            print_line(" (%.*s)", SLICE_ARG(finding->detail));
    }
    if (finding->accepted.size > 0)
        print_line("; accepted: %.*s", SLICE_ARG(finding->accepted));
    print_text("\n");
}

static void print_findings(const struct verification *verification)
{
    for (size_t i = 0; i < verification->count; i++)
        print_finding(&verification->findings[i]);
    if (verification->count == 0)
        print_text("There are no records.\n");
    else
        print_text("%zu good, %zu bad\n", verification->good, verification->bad);
}

static void note_incidents(const struct verification *verification)
{
    const struct policy *policy = &verification->subject.workspace->policy;
    const struct ledger *ledger = &verification->subject.ledger;
    for (size_t i = 0; i < ledger->incident_count; i++) {
        const struct ledger_incident *incident = &ledger->incidents[i];
        struct slice accepted = find_accepted_commit(policy, &incident->commit);
        char hex[OID_HEX_SIZE + 1];
        oid_format(&incident->commit, hex);
        print_note("%.*s in the log %s, in commit %.12s%s%.*s", SLICE_ARG(incident->path), incident->what, hex,
                   accepted.size ? "; accepted: " : ".", SLICE_ARG(accepted));
    }
}

/* The log lost commits, as the fetch found or a record remembers. */
static bool note_rewound(const struct verification *verification, bool rewound)
{
    const struct ledger *ledger = &verification->subject.ledger;
    for (size_t i = 0; i < ledger->problem_count; i++)
        print_note("%s: %.*s.", reason_name(ledger->problems[i].reason), SLICE_ARG(ledger->problems[i].detail));
    if (rewound && ledger->problem_count == 0)
        print_note("log-rewound: the log at the remote lost commits that were there before.");
    return rewound || ledger->problem_count > 0;
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

static int freshen(const struct command_line *line, struct verification *verification, bool *rewound,
                   struct error *error)
{
    if (command_flag(line, "offline"))
        return 0;
    return subject_freshen(verification->subject.workspace, (struct slice){0}, rewound, error);
}

static int run(const struct command_line *line, struct error *error)
{
    struct verification verification = {.count = 0};
    bool rewound = false;
    if (subject_open(line, &verification.subject, error) == 0 && freshen(line, &verification, &rewound, error) == 0 &&
        workspace_need_policy(verification.subject.workspace, error) == 0 &&
        read_records(&verification, line->word_count ? line->words[0] : NULL, error) == 0) {
        if (line->json)
            print_findings_json(&verification);
        else
            print_findings(&verification);
        note_incidents(&verification);
        rewound = note_rewound(&verification, rewound);
    }
    bool bad = verification.bad > 0 || verification.incidents > 0 || rewound;
    arena_clear(&verification.arena);
    subject_close(&verification.subject);
    return bad ? 1 : 0;
}

static const struct command_option options[] = {
    {"offline", NULL, "do not fetch: verify what is here", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command verify_command = {
    .name = "verify",
    .words = "[CHANGE]",
    .summary = "Verifies every record: signature, chain, schema",
    .details = "Reads the log and the sealed records of the target, and of a change that is named those on its branch. "
               "Each signature is checked against policies/allowed_signers of the target. What the policy lists under "
               "`accepted` is reported as settled, by the whole name of a record or of the commit that removed one.",
    .exits = "0 all good or accepted, 1 any bad, 4 not fresh",
    .words_max = 1,
    .options = options,
    .run = run,
};
