#include "assay/commands/sign_command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/data/json.h"
#include "assay/review/earlier.h"
#include "assay/review/ending.h"
#include "assay/review/short_key.h"
#include "assay/review/statement.h"
#include "assay/review/submit.h"
#include "assay/review/sync.h"

enum { STATEMENT_SIZE_MAX = 16 << 20, STATEMENT_DEPTH_MAX = 16, PREFIX_MIN = 7, SHORT_WAIT_MS = 1000 };

/* A file of the command line; "-" is standard input. */
struct input {
    struct str bytes;
    struct document document;
    bool given;
};

struct signing {
    const struct command_line *line;
    struct subject subject;
    struct journal *journal;
    struct drafts *drafts;
    struct arena arena;
    struct input scores, triage;
    struct submit_request request;
    struct turn turn;
    struct sync_report report;
    bool unreachable; /* the remote, when the log was looked for */
};

/* ---- what the command line says ---- */

static int read_standard_input(struct str *bytes, struct error *error)
{
    char block[65536];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stdin)) > 0 && bytes->size <= STATEMENT_SIZE_MAX)
        str_append(bytes, slice_make(block, got));
    return ferror(stdin) ? error_set(error, ERROR_ENVIRONMENT, "Standard input could not be read.") : 0;
}

static int read_input(const char *path, struct input *input, struct error *error)
{
    bool standard = path && strcmp(path, "-") == 0;
    if (!path)
        return 0;
    if ((standard ? read_standard_input(&input->bytes, error)
                  : file_read(path, STATEMENT_SIZE_MAX, &input->bytes, error)) < 0)
        return -1;
    input->given = json_load(str_slice(&input->bytes), standard ? SLICE("standard input") : slice_of(path),
                             STATEMENT_SIZE_MAX, STATEMENT_DEPTH_MAX, &input->document, error) == 0;
    return input->given ? 0 : -1;
}

static int refuse_module(const struct load *load, const char *name, struct error *error)
{
    struct str all = STR_INIT;
    for (size_t i = 0; load->modules && i < load->module_count; i++)
        str_appendf(&all, "%s%.*s", i ? ", " : "", SLICE_ARG(load->modules[i].path));
    if (load->module_count == 0)
        error_set(error, ERROR_USAGE,
                  "%.*s touches no module, so there is nothing to judge; a request for changes that holds it up is "
                  "ended by --verdict withdraw --supersedes RECORD.",
                  SLICE_ARG(load->change));
    else if (name)
        error_set(error, ERROR_USAGE, "%.*s does not touch a module “%s”; it touches: %s.", SLICE_ARG(load->change),
                  name, all.data);
    else
        error_set(error, ERROR_USAGE, "--module is missing; %.*s touches: %s.", SLICE_ARG(load->change), all.data);
    str_clear(&all);
    return -1;
}

/* name NULL: the module of a change that has one alone. What only ends a rejection is about the module of that one,
 * whether the change touches it or not. *ended: the rejection; NULL: it is about a module as always. */
static int find_module(struct signing *signing, const char *name, const struct record **ended, struct error *error)
{
    const struct load *load = &signing->subject.load;
    const struct ledger *ledger = &signing->subject.ledger;
    struct submit_request *request = &signing->request;
    const bool withdraws = request->verdict == VERDICT_WITHDRAW;
    const struct record *named = ending_named(request, ledger, slice_of(name));
    *ended = NULL;
    request->module = name ? load_module(load, slice_of(name)) : load->module_count == 1 ? &load->modules[0] : NULL;
    if ((withdraws && !name) || (!request->module && (withdraws || request->verdict == VERDICT_ABSTAIN)))
        *ended = named;
    if (!request->module && withdraws && !*ended &&
        ending_own(signing->subject.workspace, load, ledger, slice_of(name), ended, error) < 0)
        return -1;
    if (*ended)
        request->module = ending_module(load, *ended, &signing->arena);
    return request->module ? 0 : refuse_module(load, name, error);
}

/* name NULL: the role of a person who holds one alone, or that of the rejection that ends. */
static int find_role(struct signing *signing, const char *name, const struct record *ended, struct error *error)
{
    const struct workspace *workspace = signing->subject.workspace;
    const struct policy *policy = &workspace->policy;
    struct str held = STR_INIT;
    size_t count = 0, *role = &signing->request.role;
    if (name) {
        *role = policy_role(policy, slice_of(name));
        return *role != SIZE_MAX ? 0
                                 : error_set(error, ERROR_USAGE, "The policy of %s has no role “%s”.",
                                             workspace->target.name.data, name);
    }
    if (ended && (*role = policy_role(policy, ended->reviewer.role)) != SIZE_MAX)
        return 0;
    for (size_t i = 0; i < policy->role_count; i++)
        if (policy_holds(workspace->identity.person, i)) {
            str_appendf(&held, "%s%.*s", count++ ? ", " : "", SLICE_ARG(policy->roles[i].id));
            *role = i;
        }
    if (count != 1)
        error_set(error, ERROR_USAGE, "--role is missing; you hold: %s.", count ? held.data : "none");
    str_clear(&held);
    return count == 1 ? 0 : -1;
}

static int find_verdict(struct signing *signing, const char *name, struct error *error)
{
    if (name && record_verdict_parse(slice_of(name), &signing->request.verdict))
        return 0;
    if (!name)
        return error_set(error, ERROR_USAGE, "--verdict is missing: approve, request-changes, abstain or withdraw.");
    return error_set(error, ERROR_USAGE, "--verdict is approve, request-changes, abstain or withdraw, not “%s”.", name);
}

/* A record's name, whole or its beginning, with sha256: or without. */
static int find_record(const struct ledger *ledger, struct slice name, struct digest *found, struct error *error)
{
    size_t count = 0;
    struct slice wanted = slice_starts_with(name, SLICE("sha256:")) ? slice_from(name, 7) : name;
    for (size_t i = 0; wanted.size >= PREFIX_MIN && i < ledger->count; i++) {
        char hex[64 + 1];
        digest_format_hex(&ledger->records[i].name, hex);
        if (!slice_starts_with(slice_of(hex), wanted) || (count && digest_equal(found, &ledger->records[i].name)))
            continue;
        *found = ledger->records[i].name;
        count++;
    }
    if (count == 1)
        return 0;
    return error_set(error, ERROR_USAGE, "--supersedes: %s record is named “%.*s”; “assay log -v” shows the names.",
                     count ? "more than one" : "no", SLICE_ARG(name));
}

static int find_superseded(struct signing *signing, struct error *error)
{
    struct slice rest = slice_of(command_option(signing->line, "supersedes")), name;
    struct submit_request *request = &signing->request;
    size_t capacity = 0;
    struct digest *names = NULL;
    int result = 0;
    while (result == 0 && rest.data && slice_cut(&rest, ',', &name)) {
        struct digest found;
        result = find_record(&signing->subject.ledger, slice_trim(name), &found, error);
        if (result == 0)
            *ARRAY_PUSH(names, request->supersedes_count, capacity) = found;
    }
    request->supersedes = arena_alloc_array(&signing->arena, request->supersedes_count, sizeof *names);
    if (names)
        memcpy(request->supersedes, names, request->supersedes_count * sizeof *names);
    memory_free(names);
    return result;
}

static int fill_request(struct signing *signing, struct error *error)
{
    const struct command_line *line = signing->line;
    struct submit_request *request = &signing->request;
    request->load = &signing->subject.load;
    request->comment = slice_of(command_option(line, "comment"));
    request->via = "command";
    const struct record *ended;
    if (find_verdict(signing, command_option(line, "verdict"), error) < 0 || find_superseded(signing, error) < 0 ||
        find_module(signing, command_option(line, "module"), &ended, error) < 0 ||
        find_role(signing, command_option(line, "role"), ended, error) < 0)
        return -1;
    return statement_read(signing->subject.workspace, signing->scores.given ? &signing->scores.document : NULL,
                          signing->triage.given ? &signing->triage.document : NULL, &signing->subject.ledger,
                          &signing->arena, request, error);
}

static void append_earlier(const struct earlier *earlier, struct str *out)
{
    if (earlier->score_count > 0)
        str_appendf(out, "\nthe scores of %zu case%s", earlier->score_count, earlier->score_count == 1 ? "" : "s");
    for (size_t i = 0; i < earlier->flag_count; i++)
        str_appendf(out, "\n%.*s, case %.*s: %.*s raised", SLICE_ARG(earlier->flags[i].prompt),
                    SLICE_ARG(earlier->flags[i].case_id), SLICE_ARG(earlier->flags[i].code));
    for (size_t i = 0; i < earlier->triage_count; i++) {
        const struct record_triage *triage = &earlier->triage[i];
        str_appendf(out, "\n%.*s%s%.*s: %.*s %s", SLICE_ARG(triage->prompt), triage->case_id.size ? ", case " : "",
                    SLICE_ARG(triage->case_id), SLICE_ARG(triage->flag), record_decision_name(triage->decision));
    }
}

static void warn_of_approval(const struct signing *signing)
{
    const struct submit_request *request = &signing->request;
    const struct workspace *workspace = signing->subject.workspace;
    if (earlier_ends_approval(workspace, request, &signing->subject.ledger))
        print_note(
            "This %s ends your own approval of %.*s in %.*s as %.*s. To approve still, sign again with --verdict "
            "approve.",
            record_verdict_name(request->verdict), SLICE_ARG(request->module->name), SLICE_ARG(request->load->change),
            SLICE_ARG(workspace->policy.roles[request->role].id));
}

/* What the person said before ends with the record that this one replaces. */
static void mind_earlier(struct signing *signing)
{
    struct earlier earlier = {.scores = NULL};
    struct str list = STR_INIT;
    warn_of_approval(signing);
    earlier_find(signing->subject.workspace, &signing->request, &signing->subject.ledger, &signing->arena, &earlier);
    append_earlier(&earlier, &list);
    if (list.size == 0)
        return;
    if (command_flag(signing->line, "carry")) {
        earlier_carry(&earlier, &signing->arena, &signing->request);
        print_note("Carried along from your earlier record:%s", list.data);
    } else {
        print_note("This record replaces your earlier one. What it does not give again ends with it; --carry takes it "
                   "along:%s",
                   list.data);
    }
    str_clear(&list);
}

/* ---- signing and sending ---- */

static int open_state(struct signing *signing, struct error *error)
{
    const char *folder = signing->subject.workspace->state_folder.data;
    struct str note = STR_INIT;
    size_t resumed = 0;
    int result = journal_open(folder, &signing->journal, &note, error);
    if (result == 0)
        result = drafts_open(folder, &signing->drafts, NULL, error);
    if (note.size > 0)
        print_note("%s", note.data);
    if (result == 0)
        result = submit_resume(signing->subject.workspace, signing->journal, signing->drafts, &resumed, error);
    if (resumed > 0)
        print_note("%zu signed record%s of an earlier run that was interrupted %s in the log now.", resumed,
                   resumed == 1 ? "" : "s", resumed == 1 ? "is" : "are");
    str_clear(&note);
    return result;
}

static bool goes_online(const struct signing *signing)
{
    return !command_flag(signing->line, "offline") && repo_remote(signing->subject.workspace->repo);
}

/* The same person may have signed in another clone. When the remote cannot be asked the record waits, and is not tried
 * to be sent either: it may be a long time until a remote that hangs is given up. */
static int look_at_log(struct signing *signing, struct error *error)
{
    struct workspace *workspace = signing->subject.workspace;
    const struct transport transport = subject_transport(workspace);
    struct sync_report *report = &signing->report;
    struct error cause = ERROR_INIT;
    if (!goes_online(signing))
        return 0;
    if (sync_fetch_log(workspace, &transport, report, &cause) < 0) {
        if (cause.kind == ERROR_INTERRUPTED)
            return error_set(error, cause.kind, "%s; nothing was signed.", cause.text);
        report->fetched = OUTCOME_OFFLINE;
        str_append_text(&report->words, cause.text);
    }
    signing->unreachable = report->fetched != OUTCOME_DONE && report->fetched != OUTCOME_REWOUND;
    return 0;
}

static int take_turn(struct signing *signing, struct error *error)
{
    const char *folder = signing->subject.workspace->state_folder.data;
    bool taken = false;
    if (turn_take(folder, SHORT_WAIT_MS, &signing->turn, &taken, error) < 0)
        return -1;
    if (taken)
        return 0;
    print_note("Another assay is signing in this repository and may be asking for a passphrase; waiting for it.");
    return turn_take(folder, TURN_AS_LONG_AS_IT_TAKES, &signing->turn, &taken, error);
}

static void tell_why_not(enum outcome outcome, const struct sync_report *report)
{
    struct slice words = slice_trim(str_slice(&report->words));
    print_note("The log was not sent: %s%s%.*s", outcome_text(outcome), words.size ? ": " : ".", SLICE_ARG(words));
}

/* *sent: the remote has it, whatever others signed here since. A remote that cannot be reached is no failure: the record is safe here. */
static int send(struct signing *signing, bool *sent, struct error *error)
{
    struct workspace *workspace = signing->subject.workspace;
    struct sync_report *report = &signing->report;
    const struct transport transport = subject_transport(workspace);
    *sent = !repo_remote(workspace->repo);
    if (*sent)
        return 0;
    if (signing->unreachable)
        tell_why_not(report->fetched, report);
    if (signing->unreachable || !goes_online(signing))
        return sync_waiting(workspace, &report->waiting, error);
    str_reset(&report->words);
    if (sync_send(workspace, signing->journal, &transport, report, error) < 0)
        return -1;
    *sent = report->pushed == OUTCOME_DONE;
    if (!*sent)
        tell_why_not(report->pushed, report);
    return 0;
}

static void print_signed_json(const struct signing *signing, const struct digest *name, bool sent, size_t waiting)
{
    struct arena arena = ARENA_INIT;
    const struct submit_request *request = &signing->request;
    struct value *map = value_new_map(&arena);
    value_set(&arena, map, "record", subject_digest(&arena, name));
    value_set(&arena, map, "change", value_of_text(request->load->change));
    value_set(&arena, map, "module", value_of_text(request->module->path));
    value_set(&arena, map, "principal", value_of_text(signing->subject.workspace->identity.principal));
    value_set(&arena, map, "role", value_of_text(signing->subject.workspace->policy.roles[request->role].id));
    value_set(&arena, map, "verdict", value_of_text(slice_of(record_verdict_name(request->verdict))));
    value_set(&arena, map, "sent", value_of_bool(sent));
    value_set(&arena, map, "waiting", value_of_integer((int64_t)waiting));
    print_json(map);
    arena_clear(&arena);
}

static void print_signed(const struct signing *signing, const struct digest *name, bool sent)
{
    const struct submit_request *request = &signing->request;
    char hex[64 + 1];
    digest_format_hex(name, hex);
    print_line("%s: %s for %.*s of %.*s as %.*s\n", sent ? "signed and sent" : "signed, waiting to be sent",
               record_verdict_name(request->verdict), SLICE_ARG(request->module->name),
               SLICE_ARG(request->load->change), SLICE_ARG(signing->subject.workspace->policy.roles[request->role].id));
    print_text("record %s\n", hex);
}

static void warn_of_personal_data(const struct submit_request *request)
{
    struct str found = STR_INIT;
    submit_personal_data(request, &found);
    if (found.size > 0)
        print_note("The record holds %s; it cannot be taken back.", found.data);
    str_clear(&found);
}

static void warn_of_short_key(const struct workspace *workspace)
{
    struct str words = STR_INIT;
    if (short_key_own(workspace, &words))
        print_note("%s", words.data);
    str_clear(&words);
}

static int sign_and_send(struct signing *signing, struct error *error)
{
    struct subject *subject = &signing->subject;
    struct submit_result result;
    struct error cause = ERROR_INIT;
    bool sent = false;
    const int code = submit_sign(subject->workspace, signing->journal, signing->drafts, &signing->request,
                                 &subject->ledger, subject_mode(), &result, error);
    turn_give_back(&signing->turn);
    if (code < 0)
        return -1;
    warn_of_personal_data(&signing->request);
    warn_of_short_key(subject->workspace);
    if (send(signing, &sent, &cause) < 0) { /* the record is safe: say so, whatever sending ran into */
        if (cause.kind != ERROR_INTERRUPTED)
            print_note("The log was not sent: %s", cause.text);
        sent = false;
    }
    if (signing->line->json)
        print_signed_json(signing, &result.name, sent, signing->report.waiting);
    else
        print_signed(signing, &result.name, sent);
    if (cause.kind == ERROR_INTERRUPTED)
        return error_set(error, cause.kind, "Stopped; the record is signed and kept here, and “assay sync” sends it.");
    return 0;
}

static void close_signing(struct signing *signing)
{
    struct input *inputs[] = {&signing->scores, &signing->triage};
    for (size_t i = 0; i < ARRAY_COUNT(inputs); i++) {
        if (inputs[i]->given)
            document_clear(&inputs[i]->document);
        str_clear(&inputs[i]->bytes);
    }
    turn_give_back(&signing->turn);
    sync_report_clear(&signing->report);
    drafts_close(signing->drafts);
    journal_close(signing->journal);
    arena_clear(&signing->arena);
    subject_close(&signing->subject);
}

static int run(const struct command_line *line, struct error *error)
{
    struct signing signing = {.line = line, .scores.bytes = STR_INIT, .triage.bytes = STR_INIT, .turn = TURN_INIT};
    const char *scores = command_option(line, "scores"), *triage = command_option(line, "triage");
    if (scores && triage && strcmp(scores, "-") == 0 && strcmp(triage, "-") == 0)
        return error_set(error, ERROR_USAGE, "Only one of --scores and --triage can be standard input.");
    sync_report_init(&signing.report);
    if (subject_open(line, &signing.subject, error) == 0 &&
        workspace_need_identity(signing.subject.workspace, error) == 0 &&
        subject_load(&signing.subject, line->words[0], error) == 0 && read_input(scores, &signing.scores, error) == 0 &&
        read_input(triage, &signing.triage, error) == 0 && open_state(&signing, error) == 0 &&
        look_at_log(&signing, error) == 0 && take_turn(&signing, error) == 0 &&
        subject_read_ledger(&signing.subject, error) == 0 && fill_request(&signing, error) == 0) {
        mind_earlier(&signing);
        sign_and_send(&signing, error);
    }
    close_signing(&signing);
    return 0;
}

static const struct command_option options[] = {
    {"module", "M", "the module that is judged, by path or name; not needed where there is one", OPTION_VALUE},
    {"role", "R", "the role in which you sign; not needed where you hold one", OPTION_VALUE},
    {"verdict", "V", "approve, request-changes, abstain (comment only) or withdraw", OPTION_VALUE},
    {"scores", "F", "a JSON file: the record's `scores` array; - is standard input", OPTION_VALUE},
    {"triage", "F", "a JSON file: the record's `triage` array; - is standard input", OPTION_VALUE},
    {"carry", NULL, "take along what your earlier record scored, flagged and decided, and this does not", OPTION_FLAG},
    {"supersedes", "R", "records that this one ends, by name, with commas between", OPTION_VALUE},
    {"comment", "T", "what you have to say about the whole module", OPTION_VALUE},
    {"offline", NULL, "neither fetch nor send: the record waits for “assay sync”", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command sign_command = {
    .name = "sign",
    .words = "CHANGE",
    .summary = "Signs a review record without the console",
    .details =
        "Who signs here asserts that they saw every case. The record is signed by ssh-keygen with your own key "
        "(assay.signingKey, else user.signingKey), committed to the log and sent. The log is fetched first, so that "
        "the record follows what you signed in another clone. When it cannot be sent it waits, and “assay sync” "
        "sends it.\n"
        "A scores file is a list of {\"prompt\", \"case\", \"scores\": {criterion: score}, \"comment\"}, a triage "
        "file a list of {\"prompt\", \"case\", \"flag\", \"decision\": accepted|fix-required|dismissed, "
        "\"reason\"}. Digests of outputs are filled in; one that is given must be the present one. A flag is "
        "an automatic one, a code that somebody raised, or where a score is below its minimum the criterion's id or "
        "below-minimum. The record replaces your earlier one of the same role and module: scores, flags and decisions "
        "that it does not give again end, unless --carry takes them along.\n"
        "A request for changes holds until it is ended: --verdict withdraw --supersedes RECORD ends your own, or with "
        "--comment one that the policy lets you overrule, also where the change does not touch its module any more.",
    .exits = "0 signed, even where it still waits to be sent",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .run = run,
};
