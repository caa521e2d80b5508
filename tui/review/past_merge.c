#include "assay/review/past_merge.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"
#include "assay/git/commits.h"
#include "assay/review/assess.h"
#include "assay/review/finding.h"
#include "assay/review/seal_check.h"

/* ---- one judgement ---- */

struct judging {
    struct workspace *workspace;
    const struct past_log *log;
    const struct past_merge *merge;
    struct past_verdict *verdict;
    struct load load;
    struct seal_check seal;
    struct ledger ledger;
};

static const struct oid *last_commit(const struct past_merge *merge)
{
    return &merge->commits[merge->commit_count - 1];
}

/* The first reason stands. */
static bool refuse(struct judging *judging, struct slice reason)
{
    if (judging->verdict->reason.size == 0)
        judging->verdict->reason = reason;
    return false;
}

static void list_modules(struct judging *judging)
{
    struct past_verdict *verdict = judging->verdict;
    const struct load *load = &judging->load;
    verdict->modules = arena_alloc_array(&verdict->arena, load->module_count, sizeof *verdict->modules);
    for (size_t i = 0; i < load->module_count; i++)
        verdict->modules[verdict->module_count++] =
            (struct past_module){.path = arena_copy(&verdict->arena, load->modules[i].path),
                                 .digest = load->modules[i].digest,
                                 .evidence = load->modules[i].evidence};
    verdict->removed = arena_alloc_array(&verdict->arena, load->problem_count, sizeof *verdict->removed);
    for (size_t i = 0; i < load->problem_count; i++)
        if (load->problems[i].reason == REASON_RECORDS_REMOVED)
            verdict->removed[verdict->removed_count++] = arena_copy(&verdict->arena, load->problems[i].detail);
}

/* Whether the seal is about what the merge made of the modules. */
static bool seal_fits(struct judging *judging)
{
    struct arena *arena = &judging->verdict->arena;
    if (judging->seal.reason != REASON_NONE)
        return refuse(judging, arena_printf(arena, "%s: %.*s", reason_name(judging->seal.reason),
                                            SLICE_ARG(judging->seal.problem)));
    for (size_t i = 0; i < judging->load.module_count; i++) {
        const struct module *module = &judging->load.modules[i];
        const struct seal_module *sealed = seal_check_module(&judging->seal, module->path);
        if (!sealed)
            return refuse(judging, arena_printf(arena, "the seal of %.*s says nothing of %.*s",
                                                SLICE_ARG(judging->merge->change), SLICE_ARG(module->path)));
        if (!digest_equal(&sealed->digest, &module->digest) || !digest_equal(&sealed->evidence, &module->evidence))
            return refuse(
                judging, arena_printf(arena, "%s: the seal of %.*s is for other content of %.*s",
                                      reason_name(digest_equal(&sealed->digest, &module->digest) ? REASON_STALE_EVIDENCE
                                                                                                 : REASON_STALE_MODULE),
                                      SLICE_ARG(judging->merge->change), SLICE_ARG(module->path)));
    }
    return true;
}

static bool has_records(struct judging *judging)
{
    char name[DIGEST_TEXT_SIZE + 1];
    for (size_t i = 0; i < judging->seal.seal.record_count; i++) {
        const struct ledger_record *record = ledger_find(&judging->ledger, &judging->seal.seal.records[i]);
        digest_format(&judging->seal.seal.records[i], name);
        if (!record || oid_is_none(&record->blob))
            return refuse(judging, arena_printf(&judging->verdict->arena,
                                                "the record %s, which the seal names, did not come with it", name));
    }
    return true;
}

static bool is_well_signed(const struct ledger_record *record)
{
    return record && record->decoded == RECORD_OK && record->signature <= GATE_SIGNATURE_RETIRED;
}

/* What nobody known signed, nobody can leave out; a copy without its signature is as none. */
static bool is_left_out(const struct judging *judging, const struct ledger *seen, const struct digest *name)
{
    return is_well_signed(ledger_find(seen, name)) && !is_well_signed(ledger_find(&judging->ledger, name));
}

/* The seal names the log that its maker saw: what the log had for the change by then must have come along, rejections
 * above all. */
static int nothing_left_out(struct judging *judging, bool *complete, struct error *error)
{
    const struct past_merge *merge = judging->merge;
    const struct log *log = &judging->log->log;
    struct ledger seen;
    size_t tip, at;
    char name[DIGEST_TEXT_SIZE + 1];
    *complete = true;
    if (oid_is_none(&judging->seal.seal.log) ||
        !table_get(judging->log->commits, oid_slice(&judging->seal.seal.log), &tip))
        return 0; /* a log that is gone is a finding of its own */
    if (ledger_read_log(judging->workspace, log, merge->change, merge->time, &seen, error) < 0)
        return -1;
    for (size_t i = 0; *complete && i < log->file_count; i++) {
        const struct log_file *file = &log->files[i];
        if (file->kind != LOG_RECORD || !slice_equal(file->change, merge->change) ||
            !table_get(judging->log->commits, oid_slice(&file->commit), &at) || at < tip ||
            !is_left_out(judging, &seen, &file->name))
            continue;
        digest_format(&file->name, name);
        *complete = refuse(judging, arena_printf(&judging->verdict->arena,
                                                 "the seal leaves out the record %s, which its maker saw", name));
    }
    ledger_clear(&seen);
    return 0;
}

/* ---- authors ---- */

static void add_author(struct judging *judging, struct slice email)
{
    struct load *load = &judging->load;
    const struct policy_person *person = policy_person_by_email(&judging->workspace->policy, email);
    if (person)
        load->authors[load->author_count++] = person->principal;
    else
        load->unknown_authors[load->unknown_author_count++] = arena_copy(&load->arena, email);
}

/* Commits in a row: a rebase keeps authors, its committer merely rebased. */
static int find_row_authors(struct judging *judging, struct error *error)
{
    const struct past_merge *merge = judging->merge;
    struct load *load = &judging->load;
    struct arena arena = ARENA_INIT;
    size_t room = 0;
    int result = 0;
    struct commit *commits = memory_new_array(merge->commit_count, sizeof *commits);
    for (size_t i = 0; result == 0 && i + 1 < merge->commit_count; i++) {
        result = commits_read(judging->workspace->repo, &merge->commits[i], &arena, &commits[i], error);
        room += result == 0 ? 1 + commits[i].co_author_count : 0;
    }
    load->authors = arena_alloc_array(&load->arena, room, sizeof *load->authors);
    load->unknown_authors = arena_alloc_array(&load->arena, room, sizeof *load->unknown_authors);
    for (size_t i = 0; result == 0 && i + 1 < merge->commit_count; i++) {
        add_author(judging, commits[i].author.email);
        for (size_t c = 0; c < commits[i].co_author_count; c++)
            add_author(judging, commits[i].co_authors[c].email);
    }
    memory_free(commits);
    arena_clear(&arena);
    return result;
}

static int find_authors(struct judging *judging, struct error *error)
{
    if (judging->merge->has_parents)
        return load_authors(judging->workspace, NULL, &judging->load, error);
    return find_row_authors(judging, error);
}

/* ---- the gate ---- */

static void tell_blocks(struct judging *judging, const struct gate_verdict *gate)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < gate->block_count && i < 3; i++) {
        const struct gate_block *block = &gate->blocks[i];
        str_appendf(&text, "%s%s", i ? "; " : "", reason_name(block->reason));
        if (block->module != GATE_CHANGE)
            str_appendf(&text, " in %.*s", SLICE_ARG(judging->load.modules[block->module].path));
        if (block->detail.size > 0)
            str_appendf(&text, ": %.*s", SLICE_ARG(block->detail));
    }
    if (gate->block_count > 3)
        str_appendf(&text, "; and %zu more", gate->block_count - 3);
    refuse(judging, arena_copy(&judging->verdict->arena, str_slice(&text)));
    str_clear(&text);
}

static void refuse_record(struct judging *judging, const struct digest *name, enum reason reason, struct slice detail)
{
    struct past_verdict *verdict = judging->verdict;
    const struct ledger_record *record = ledger_find(&judging->ledger, name);
    struct str file = STR_INIT;
    if (!record || reason_is_harmless(reason))
        return;
    finding_file(record, &file);
    verdict->refused[verdict->refused_count++] =
        (struct past_refusal){.record = *name,
                              .reason = reason,
                              .detail = arena_copy(&verdict->arena, detail.size > 0 ? detail : record->detail),
                              .file = arena_copy(&verdict->arena, str_slice(&file)),
                              .principal = arena_copy(&verdict->arena, record->principal)};
    str_clear(&file);
}

static void list_refused(struct judging *judging, const struct gate_verdict *gate)
{
    struct past_verdict *verdict = judging->verdict;
    verdict->refused =
        arena_alloc_array(&verdict->arena, gate->block_count + gate->ignored_count, sizeof *verdict->refused);
    for (size_t i = 0; i < gate->block_count; i++)
        if (!digest_is_none(&gate->blocks[i].record))
            refuse_record(judging, &gate->blocks[i].record, gate->blocks[i].reason, gate->blocks[i].detail);
    for (size_t i = 0; i < gate->ignored_count; i++)
        refuse_record(judging, &gate->ignored[i].record, gate->ignored[i].reason, gate->ignored[i].detail);
}

static void note_records(struct judging *judging, const struct gate_verdict *gate)
{
    for (size_t m = 0; m < gate->module_count; m++) {
        struct past_module *module = &judging->verdict->modules[m];
        size_t room = 0;
        for (size_t r = 0; r < gate->modules[m].required_count; r++)
            room += gate->modules[m].required[r].have_count;
        module->records = arena_alloc_array(&judging->verdict->arena, room, sizeof *module->records);
        for (size_t r = 0; r < gate->modules[m].required_count; r++)
            for (size_t s = 0; s < gate->modules[m].required[r].have_count; s++)
                module->records[module->record_count++] = gate->modules[m].required[r].have[s].record;
    }
}

static void note_authors(struct judging *judging)
{
    struct past_verdict *verdict = judging->verdict;
    const struct load *load = &judging->load;
    verdict->authors = arena_alloc_array(&verdict->arena, load->author_count, sizeof *verdict->authors);
    for (size_t i = 0; i < load->author_count; i++)
        verdict->authors[verdict->author_count++] = arena_copy(&verdict->arena, load->authors[i]);
}

static int pass_gate(struct judging *judging, struct error *error)
{
    struct assessment assessment;
    if (judging->merge->seal_is_older)
        for (size_t i = 0; i < judging->ledger.count; i++)
            judging->ledger.records[i].places &= ~(unsigned)LEDGER_TARGET;
    if (assess_change(judging->workspace, &judging->load, &judging->ledger, &assessment, error) < 0)
        return -1;
    judging->verdict->allowed = assessment.verdict.pass;
    if (assessment.verdict.pass) {
        note_records(judging, &assessment.verdict);
        note_authors(judging);
    } else {
        tell_blocks(judging, &assessment.verdict);
        list_refused(judging, &assessment.verdict);
    }
    assess_clear(&assessment);
    return 0;
}

static int judge_seal(struct judging *judging, struct error *error)
{
    const struct past_merge *merge = judging->merge;
    bool complete;
    if (seal_check_read(judging->workspace, last_commit(merge), merge->change, merge->time, &judging->seal, error) < 0)
        return -1;
    judging->verdict->sealed_by = arena_copy(&judging->verdict->arena, judging->seal.seal.principal);
    if (!seal_fits(judging))
        return 0;
    if (ledger_read_sealed(judging->workspace, last_commit(merge), merge->change, merge->time, &judging->ledger,
                           error) < 0)
        return -1;
    if (!has_records(judging))
        return 0;
    if (nothing_left_out(judging, &complete, error) < 0 || find_authors(judging, error) < 0)
        return -1;
    return complete ? pass_gate(judging, error) : 0;
}

static int judge(struct judging *judging, struct error *error)
{
    const struct workspace *workspace = judging->workspace;
    const struct error *cause = workspace_has_policy(workspace) ? &workspace->signers_error : &workspace->policy_error;
    list_modules(judging);
    if (judging->load.module_count == 0 || judging->merge->change.size == 0)
        return 0;
    if (error_is_set(cause)) {
        refuse(judging,
               arena_printf(&judging->verdict->arena, "%s: before it, %s", reason_name(REASON_NO_POLICY), cause->text));
        return 0;
    }
    return judge_seal(judging, error);
}

int past_merge_judge(struct workspace *workspace, struct cache *cache, const struct past_log *log,
                     const struct past_merge *merge, struct past_verdict *verdict, struct error *error)
{
    struct judging judging = {.workspace = workspace, .log = log, .merge = merge, .verdict = verdict};
    *verdict = (struct past_verdict){.arena = ARENA_INIT};
    if (workspace_look_back(workspace, &merge->before, error) < 0)
        return -1;
    if (load_past(workspace, cache, last_commit(merge), merge->change, &judging.load, error) < 0)
        return -1;
    int result = judge(&judging, error);
    ledger_clear(&judging.ledger);
    seal_check_clear(&judging.seal);
    load_clear(&judging.load);
    if (result < 0)
        past_merge_clear(verdict);
    return result;
}

void past_merge_clear(struct past_verdict *verdict)
{
    arena_clear(&verdict->arena);
    *verdict = (struct past_verdict){.arena = ARENA_INIT};
}
