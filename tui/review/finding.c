#include "assay/review/finding.h"

#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/model/chain.h"

/* ---- what is wrong ---- */

/* Gaps in the chains, over records that were signed by their person. */
static void find_gaps(const struct ledger *ledger, struct finding *findings)
{
    static const char *const words[] = {
        [CHAIN_GAP] = "it names an earlier record that cannot be found",
        [CHAIN_FOREIGN] = "it names a record of another person or change as its own",
        [CHAIN_SEQ] = "its number does not follow those before it",
    };
    const struct record **records = memory_new_array(ledger->count, sizeof(const struct record *));
    size_t *positions = memory_new_array(ledger->count, sizeof *positions);
    size_t count = 0, problem_count;
    for (size_t i = 0; i < ledger->count; i++) {
        if (ledger->records[i].decoded != RECORD_OK || ledger->records[i].signature > GATE_SIGNATURE_COMPROMISED)
            continue;
        positions[count] = i;
        records[count++] = &ledger->records[i].record;
    }
    struct chain *chain = chain_new(records, count);
    const struct chain_problem *problems = chain_problems(chain, &problem_count);
    for (size_t i = 0; i < problem_count; i++) {
        struct finding *finding = &findings[positions[problems[i].record]];
        if (finding->reason == REASON_NONE)
            *finding = (struct finding){REASON_CHAIN_GAP, slice_of(words[problems[i].kind])};
    }
    chain_free(chain);
    memory_free(positions);
    memory_free(records);
}

struct finding *finding_list(const struct workspace *workspace, const struct ledger *ledger, struct arena *arena)
{
    struct finding *findings = arena_alloc_array(arena, ledger->count, sizeof *findings);
    for (size_t i = 0; i < ledger->count; i++)
        findings[i] = (struct finding){ledger_reason(workspace, &ledger->records[i]), ledger->records[i].detail};
    find_gaps(ledger, findings);
    return findings;
}

/* ---- where it lies ---- */

void finding_file(const struct ledger_record *record, struct str *out)
{
    char hex[64 + 1];
    digest_format_hex(&record->name, hex);
    str_append_text(out, record->places & (LEDGER_LOG | LEDGER_WAITING) ? "r/" : "reviews/");
    log_encode_change(record->change, out);
    str_appendf(out, "/%s.json", hex);
}

/* ---- checking it without assay ---- */

/* A key with a time window is judged as on the day on which the record was sealed. */
static void append_time(int64_t sealed_at, struct str *out)
{
    char time[21];
    if (sealed_at == SIGNERS_NOT_SEALED)
        return;
    env_format_utc(sealed_at, time); /* 2026-11-20T10:12:00Z */
    str_appendf(out, " -O verify-time=%.4s%.2s%.2s%.2s%.2s%.2sZ", time, time + 5, time + 8, time + 11, time + 14,
                time + 17);
}

/* By the names of the blobs: they are there whatever became of the file. */
void finding_commands(const struct workspace *workspace, const struct ledger_record *record, struct slice stem,
                      const char *indent, struct str *out)
{
    char blob[OID_HEX_SIZE + 1], signature[OID_HEX_SIZE + 1];
    if (oid_is_none(&record->blob) || oid_is_none(&record->signature_blob))
        return;
    oid_format(&record->blob, blob);
    oid_format(&record->signature_blob, signature);
    str_appendf(out, "%sgit cat-file blob %s > %.*s.json\n", indent, blob, SLICE_ARG(stem));
    str_appendf(out, "%sgit cat-file blob %s > %.*s.json.sig\n", indent, signature, SLICE_ARG(stem));
    str_appendf(out, "%sgit show ", indent);
    str_append_quoted(out, slice_of(workspace->target.ref.data));
    str_appendf(out, ":" WORKSPACE_SIGNERS_PATH " > allowed_signers\n%sssh-keygen -Y verify -f allowed_signers -I ",
                indent);
    str_append_quoted(out, record->principal.size > 0 ? record->principal : record->record.reviewer.principal);
    str_append_text(out, " -n " RECORD_NAMESPACE);
    append_time(record->sealed_at, out);
    str_appendf(out, " -s %.*s.json.sig < %.*s.json\n", SLICE_ARG(stem), SLICE_ARG(stem));
}
