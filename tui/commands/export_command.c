#include "assay/commands/export_command.h"

#include <string.h>

#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/data/json.h"
#include "assay/data/json_encode.h"
#include "assay/review/attest.h"

enum { PREFIX_MIN = 7, ENVELOPE_SIZE_MAX = 64 << 20, ENVELOPE_DEPTH_MAX = 16 };

struct exporting {
    const struct command_line *line;
    struct subject subject;
    struct value *envelopes; /* for --json; NULL: a line each */
    struct arena arena;
    size_t count;
};

static bool is_named(const struct ledger_record *record, struct slice wanted)
{
    char hex[64 + 1];
    struct slice name = slice_starts_with(wanted, SLICE("sha256:")) ? slice_from(wanted, 7) : wanted;
    digest_format_hex(&record->name, hex);
    return name.size >= PREFIX_MIN && slice_starts_with(slice_of(hex), name);
}

static int export_record(struct exporting *exporting, const struct ledger_record *record, struct error *error)
{
    struct str envelope = STR_INIT;
    int result = attest_envelope(exporting->subject.workspace, record, subject_mode(), &envelope, error);
    if (result == 0 && exporting->envelopes)
        value_add(&exporting->arena, exporting->envelopes,
                  value_of_text(arena_copy(&exporting->arena, str_slice(&envelope))));
    else if (result == 0)
        print_text("%s\n", envelope.data);
    exporting->count += result == 0;
    str_clear(&envelope);
    return result;
}

/* Records of the change of this name, or the record of this name. What is not well signed is not exported, and said. */
static int export_all(struct exporting *exporting, struct slice wanted, struct error *error)
{
    const struct ledger *ledger = &exporting->subject.ledger;
    struct digest last = {{0}};
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        char name[DIGEST_TEXT_SIZE + 1];
        if (!slice_equal(record->change, wanted) && !is_named(record, wanted))
            continue;
        enum reason reason = ledger_reason(exporting->subject.workspace, record);
        digest_format(&record->name, name);
        if (reason != REASON_NONE) {
            print_note("%s is left out: %s, %s.", name, reason_name(reason), reason_words(reason));
            continue;
        }
        if (digest_equal(&last, &record->name))
            continue;
        last = record->name;
        if (export_record(exporting, record, error) < 0)
            return -1;
    }
    if (exporting->count > 0)
        return 0;
    return error_set(error, ERROR_INPUT,
                     "There is no good record of a change or record “%.*s”; “assay log” lists them.",
                     SLICE_ARG(wanted));
}

/* Each envelope as the object that it is. */
static int print_envelopes(struct exporting *exporting, struct error *error)
{
    struct arena arena = ARENA_INIT;
    size_t count = value_count(exporting->envelopes);
    struct document *documents = arena_alloc_array(&arena, count, sizeof *documents);
    struct value *map = value_new_map(&arena), *list = value_new_list(&arena);
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++) {
        result = json_load(value_text(value_at(exporting->envelopes, i)), SLICE("envelope"), ENVELOPE_SIZE_MAX,
                           ENVELOPE_DEPTH_MAX, &documents[i], error);
        if (result == 0)
            value_add(&arena, list, *documents[i].root);
    }
    value_set(&arena, map, "format", value_of_text(SLICE("in-toto")));
    value_set(&arena, map, "envelopes", *list);
    if (result == 0)
        print_json(map);
    for (size_t i = 0; i < count; i++)
        document_clear(&documents[i]);
    arena_clear(&arena);
    return result;
}

static int need_key(const struct workspace *workspace, struct error *error)
{
    const struct error *cause = &workspace->identity.key_error;
    return error_is_set(cause) ? error_set(error, cause->kind, "%s", cause->text) : 0;
}

/* A pending change's branch may hold records too; a merged one has them in the log and on the target. */
static int read_records(struct exporting *exporting, const char *wanted, struct error *error)
{
    struct error gone = ERROR_INIT;
    if (subject_load(&exporting->subject, wanted, &gone) < 0 && gone.kind != ERROR_INPUT)
        return error_set(error, gone.kind, "%s", gone.text);
    return subject_read_ledger(&exporting->subject, error);
}

static int run(const struct command_line *line, struct error *error)
{
    struct exporting exporting = {.line = line, .arena = ARENA_INIT};
    if (strcmp(line->words[0], "in-toto") != 0)
        return error_set(error, ERROR_USAGE, "There is no export format “%s”; it is in-toto.", line->words[0]);
    int result = subject_open(line, &exporting.subject, error);
    exporting.envelopes = line->json ? value_new_list(&exporting.arena) : NULL;
    if (result == 0)
        result = need_key(exporting.subject.workspace, error);
    if (result == 0)
        result = read_records(&exporting, line->words[1], error);
    if (result == 0)
        result = export_all(&exporting, slice_of(line->words[1]), error);
    if (result == 0 && exporting.envelopes)
        result = print_envelopes(&exporting, error);
    arena_clear(&exporting.arena);
    subject_close(&exporting.subject);
    return result;
}

const struct command export_command = {
    .name = "export",
    .words = "in-toto CHANGE|RECORD",
    .summary = "Prints records as in-toto Statements in DSSE envelopes, a line each",
    .details =
        "The Statement's subject is the module with its digest; its predicate carries the record's own bytes, base64, "
        "and "
        "the reviewer's own signature. The envelope is signed with your key over DSSE's encoding, in the namespace "
        "dsse.v1@assay: it vouches for the wrapping, the inner signature for the review. With stock tools, the "
        "review:\n" COMMAND_LITERAL "jq -r .payload e.json | base64 -d > statement.json\n" COMMAND_LITERAL
        "jq -r .predicate.record statement.json | base64 -d > r.json; jq -r .predicate.signature statement.json > "
        "r.json.sig\n" COMMAND_LITERAL
        "ssh-keygen -Y verify -f policies/allowed_signers -I PRINCIPAL -n review.v1@assay -s r.json.sig < r.json\n"
        "and the envelope:\n" COMMAND_LITERAL "jq -r '.signatures[0].sig' e.json | base64 -d > e.sig\n" COMMAND_LITERAL
        "(printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(wc -c < statement.json); cat statement.json) | "
        "ssh-keygen "
        "-Y check-novalidate -n dsse.v1@assay -s e.sig",
    .exits = "0 exported",
    .words_min = 2,
    .words_max = 2,
    .run = run,
};
