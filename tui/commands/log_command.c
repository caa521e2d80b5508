#include "assay/commands/log_command.h"

#include "assay/commands/print.h"
#include "assay/commands/refused.h"
#include "assay/commands/subject.h"

struct listing {
    struct subject subject;
    struct slice change;            /* empty: all */
    const struct finding *findings; /* of the ledger's records */
    struct arena arena;
    bool verbose;
    size_t shown;
};

static bool is_wanted(const struct listing *listing, const struct ledger_record *record)
{
    return listing->change.size == 0 || slice_equal(record->change, listing->change);
}

/* ---- JSON ---- */

static struct value *new_places(struct arena *arena, unsigned places)
{
    static const struct {
        enum ledger_place place;
        const char *name;
    } names[] = {
        {LEDGER_LOG, "log"}, {LEDGER_WAITING, "waiting"}, {LEDGER_CANDIDATE, "candidate"}, {LEDGER_TARGET, "target"}};
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (places & names[i].place)
            value_add(arena, list, value_of_text(slice_of(names[i].name)));
    return list;
}

static struct value *new_superseded(struct arena *arena, const struct record *record)
{
    struct value *list = value_new_list(arena);
    for (size_t i = 0; i < record->supersedes_count; i++)
        value_add(arena, list, subject_digest(arena, &record->supersedes[i]));
    return list;
}

static struct value *new_record(struct arena *arena, const struct ledger_record *found, const struct finding *finding)
{
    const struct record *record = &found->record;
    struct value *map = value_new_map(arena);
    value_set(arena, map, "record", subject_digest(arena, &found->name));
    value_set(arena, map, "change", value_of_text(found->change));
    refused_set(arena, map, found, finding->reason);
    value_set(arena, map, "result", value_of_text(slice_of(reason_name(finding->reason))));
    if (finding->reason != REASON_NONE)
        value_set(arena, map, "detail", value_of_text(finding->detail));
    value_set(arena, map, "places", *new_places(arena, found->places));
    if (found->decoded != RECORD_OK)
        return map;
    value_set(arena, map, "module", value_of_text(record->module.path));
    value_set(arena, map, "role", value_of_text(record->reviewer.role));
    value_set(arena, map, "verdict", value_of_text(slice_of(record_verdict_name(record->verdict))));
    value_set(arena, map, "comment", value_of_text(record->comment));
    value_set(arena, map, "scores", value_of_integer((int64_t)record->score_count));
    value_set(arena, map, "flags", value_of_integer((int64_t)record->flag_count));
    value_set(arena, map, "triage", value_of_integer((int64_t)record->triage_count));
    value_set(arena, map, "seq", value_of_integer(record->seq));
    value_set(arena, map, "signed_at", value_of_text(record->signed_at));
    value_set(arena, map, "supersedes", *new_superseded(arena, record));
    return map;
}

static void print_records_json(const struct listing *listing)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *list = value_new_list(&arena);
    const struct ledger *ledger = &listing->subject.ledger;
    for (size_t i = 0; i < ledger->count; i++)
        if (is_wanted(listing, &ledger->records[i]))
            value_add(&arena, list, *new_record(&arena, &ledger->records[i], &listing->findings[i]));
    value_set(&arena, map, "records", *list);
    print_json(map);
    arena_clear(&arena);
}

/* ---- text ---- */

/* The lines that check the record with stock tools alone. */
static void print_check(const struct listing *listing, const struct ledger_record *record)
{
    struct str lines = STR_INIT;
    char hex[64 + 1];
    digest_format_hex(&record->name, hex);
    finding_commands(listing->subject.workspace, record, slice_part(slice_of(hex), 0, 12), "    ", &lines);
    print_text("%s", lines.data ? lines.data : "");
    str_clear(&lines);
}

/* Whether the one who names it in `supersedes` may end it, as far as the policy's lists tell. */
static bool overrules(const struct listing *listing, const struct record *record, const struct record *named)
{
    const struct policy *policy = &listing->subject.workspace->policy;
    const struct policy_person *person = policy_person(policy, record->reviewer.principal);
    size_t role = policy_role(policy, named->reviewer.role);
    return named->verdict == VERDICT_REQUEST_CHANGES && person && role != SIZE_MAX && policy_holds(person, role) &&
           policy_may_override(policy, person->principal) && slice_equal(record->change, named->change);
}

static void print_superseded(const struct listing *listing, const struct record *record)
{
    for (size_t i = 0; i < record->supersedes_count; i++) {
        const struct ledger_record *found = ledger_find(&listing->subject.ledger, &record->supersedes[i]);
        char hex[64 + 1];
        digest_format_hex(&record->supersedes[i], hex);
        if (!found || found->decoded != RECORD_OK) {
            print_text("    names %.12s as superseded, which is not here\n", hex);
            continue;
        }
        const struct record *named = &found->record;
        bool own = slice_equal(named->reviewer.principal, record->reviewer.principal);
        const char *words = own ? "supersedes" : overrules(listing, record, named) ? "overrules" : "may not supersede";
        print_line("    %s %.12s, %s by %.*s\n", words, hex, record_verdict_name(named->verdict),
                   SLICE_ARG(named->reviewer.name.size ? named->reviewer.name : named->reviewer.principal));
    }
}

static void print_details(const struct listing *listing, const struct ledger_record *found)
{
    const struct record *record = &found->record;
    char hex[64 + 1];
    digest_format_hex(&found->name, hex);
    print_text("    record %s\n", hex);
    if (found->decoded == RECORD_OK) {
        char digest[DIGEST_TEXT_SIZE + 1];
        digest_format(&record->module.digest, digest);
        print_line("    %.*s %.*s, %.19s…; %lld of %lld cases seen, %zu scored, %zu flagged, %zu decided\n",
                   SLICE_ARG(record->module.path), SLICE_ARG(record->module.version), digest,
                   (long long)record->evidence.seen, (long long)record->evidence.cases, record->score_count,
                   record->flag_count, record->triage_count);
        if (record->verdict == VERDICT_APPROVE)
            print_line("    “%.*s”\n", SLICE_ARG(record->meaning));
        struct slice rest = slice_trim(record->comment), line;
        while (slice_cut_line(&rest, &line))
            print_line("    %.*s\n", SLICE_ARG(line));
    }
    print_check(listing, found);
    print_text("\n");
}

static void print_refused(const struct ledger_record *record, const struct finding *finding)
{
    print_text("    ");
    refused_print_reason(finding->reason, finding->detail);
    if (record->principal.size > 0)
        print_line("; signed by %.*s\n", SLICE_ARG(record->principal));
    else
        print_text("; signer unknown\n");
    refused_print(record, finding->reason, "    ");
}

static void print_record(const struct listing *listing, size_t at)
{
    const struct ledger_record *found = &listing->subject.ledger.records[at];
    const struct record *record = &found->record;
    enum reason reason = listing->findings[at].reason;
    char hex[64 + 1];
    digest_format_hex(&found->name, hex);
    print_text("%s %.12s  ", reason == REASON_NONE ? "✓" : "✗", hex);
    print_cell(found->decoded == RECORD_OK ? record->signed_at : SLICE("?"), 20);
    print_text("  ");
    print_cell(found->change, 26);
    print_text("  ");
    if (found->decoded == RECORD_OK) {
        print_cell(record->module.name, 16);
        print_text("  ");
        print_cell(slice_of(record_verdict_name(record->verdict)), 15);
        print_text("  ");
        print_cell(record->reviewer.name.size ? record->reviewer.name : record->reviewer.principal, 0);
        print_text(", ");
        print_cell(record->reviewer.role, 0);
    }
    if (found->places == LEDGER_WAITING)
        print_text("  waiting to be sent");
    print_text("\n");
    if (reason != REASON_NONE)
        print_refused(found, &listing->findings[at]);
    if (found->decoded == RECORD_OK)
        print_superseded(listing, record);
    if (listing->verbose)
        print_details(listing, found);
}

static void print_records(struct listing *listing)
{
    const struct ledger *ledger = &listing->subject.ledger;
    for (size_t i = 0; i < ledger->count; i++) {
        if (!is_wanted(listing, &ledger->records[i]))
            continue;
        print_record(listing, i);
        listing->shown++;
    }
    if (listing->shown == 0)
        print_text("There are no records%s.\n", listing->change.size ? " of this change" : "");
}

static int run(const struct command_line *line, struct error *error)
{
    struct listing listing = {.verbose = command_flag(line, "verbose")};
    struct error gone = ERROR_INIT; /* a merged change has records too */
    if (subject_open(line, &listing.subject, error) == 0 &&
        workspace_need_policy(listing.subject.workspace, error) == 0) {
        if (line->word_count) {
            listing.change = slice_of(line->words[0]);
            if (subject_load(&listing.subject, line->words[0], &gone) == 0)
                listing.change = listing.subject.load.change;
        }
        if (subject_read_ledger(&listing.subject, error) == 0) {
            listing.findings = finding_list(listing.subject.workspace, &listing.subject.ledger, &listing.arena);
            if (line->json)
                print_records_json(&listing);
            else
                print_records(&listing);
        }
    }
    arena_clear(&listing.arena);
    subject_close(&listing.subject);
    return 0;
}

static const struct command_option options[] = {
    {"verbose", NULL, "each record whole, with the lines that verify it without assay", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command log_command = {
    .name = "log",
    .words = "[CHANGE]",
    .summary = "Lists the review records, newest first",
    .details = "-v (--verbose) shows each record's comment and the stock commands that verify it. Nothing is fetched: "
               "“assay sync” does that.",
    .exits = "0 listed",
    .words_max = 1,
    .options = options,
    .run = run,
};
