#include "assay/commands/seal_command.h"

#include "assay/commands/print.h"
#include "assay/commands/subject.h"
#include "assay/review/seal_change.h"

static const char *outcome_name(const struct seal_change_result *result)
{
    static const char *const names[] = {
        [SEAL_CHANGE_DONE] = "sealed", [SEAL_CHANGE_ALREADY] = "already", [SEAL_CHANGE_BLOCKED] = "blocked"};
    return names[result->outcome];
}

static void print_result_json(const struct seal_change_result *result)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *records = value_new_list(&arena), *blocking = value_new_list(&arena);
    for (size_t i = 0; i < result->record_count; i++)
        value_add(&arena, records, subject_digest(&arena, &result->records[i]));
    for (size_t i = 0; i < result->block_count; i++) {
        struct value *block = value_new_map(&arena);
        value_set(&arena, block, "reason", value_of_text(slice_of(reason_name(result->blocks[i].reason))));
        value_set(&arena, block, "module", subject_text(result->blocks[i].module));
        value_set(&arena, block, "detail", value_of_text(result->blocks[i].detail));
        value_set(&arena, block, "record", subject_digest(&arena, &result->blocks[i].record));
        value_set(&arena, block, "file", subject_text(result->blocks[i].file));
        value_set(&arena, block, "principal", subject_text(result->blocks[i].principal));
        value_set(&arena, block, "advice", subject_text(result->blocks[i].advice));
        value_add(&arena, blocking, *block);
    }
    value_set(&arena, map, "change", value_of_text(result->change));
    value_set(&arena, map, "result", value_of_text(slice_of(outcome_name(result))));
    value_set(&arena, map, "commit", subject_oid(&arena, &result->commit));
    value_set(&arena, map, "ref", value_of_text(result->ref));
    value_set(&arena, map, "pushed", value_of_bool(result->is_pushed));
    value_set(&arena, map, "records", *records);
    value_set(&arena, map, "copied", value_of_integer((int64_t)result->copied));
    value_set(&arena, map, "blocking", *blocking);
    print_json(map);
    arena_clear(&arena);
}

static void print_blocks(const struct seal_change_result *result)
{
    print_line("%.*s is not sealed: the gate is blocked.\n", SLICE_ARG(result->change));
    for (size_t i = 0; i < result->block_count; i++) {
        const struct seal_change_block *block = &result->blocks[i];
        print_text("  ✗ %s", reason_name(block->reason));
        if (block->module.size > 0)
            print_line(" in %.*s", SLICE_ARG(block->module));
        print_line(block->detail.size > 0 ? ": %.*s\n" : "%.*s\n", SLICE_ARG(block->detail));
        if (block->file.size > 0)
            print_line("      %.*s\n", SLICE_ARG(block->file));
        if (block->advice.size > 0)
            print_line("      %.*s\n", SLICE_ARG(block->advice));
    }
}

static void print_result(const struct seal_change_result *result)
{
    char commit[OID_HEX_SIZE + 1];
    oid_format(&result->commit, commit);
    if (result->outcome == SEAL_CHANGE_BLOCKED) {
        print_blocks(result);
    } else if (result->outcome == SEAL_CHANGE_ALREADY) {
        print_line("%.*s is sealed already, at %.12s.\n", SLICE_ARG(result->change), commit);
    } else {
        print_line("Sealed %.*s at %.12s: %zu record%s, %zu of them counted.\n", SLICE_ARG(result->change), commit,
                   result->copied, result->copied == 1 ? "" : "s", result->record_count);
        print_text(result->is_pushed ? "The seal is on the remote's branch; merge it by any method.\n"
                                     : "The seal is on the local branch; merge it by any method.\n");
    }
}

static int run(const struct command_line *line, struct error *error)
{
    struct workspace *workspace = NULL;
    struct seal_change_result result;
    process_follow_signals();
    if (workspace_open(line->folder, &workspace, error) < 0)
        return -1;
    const struct transport transport = subject_transport(workspace);
    if (seal_change(workspace, slice_of(line->words[0]), &transport, &result, error) < 0) {
        workspace_close(workspace);
        return -1;
    }
    if (line->json)
        print_result_json(&result);
    else
        print_result(&result);
    int code = result.outcome == SEAL_CHANGE_BLOCKED;
    seal_change_clear(&result);
    workspace_close(workspace);
    return code;
}

const struct command seal_command = {
    .name = "seal",
    .words = "CHANGE",
    .summary = "Puts the records of a change on its branch, with a signed seal",
    .details = "Fetches first and refuses unless the gate passes, and where no module changes: what is merged already "
               "cannot be "
               "sealed afterwards. The records lie under reviews/ of the branch, byte for "
               "byte, so any merge carries them into the target, and “assay audit” can tell who allowed what. The seal "
               "names the modules' digests and the records that count; no digest changes by it. Sealing again what is "
               "sealed changes nothing. With stock tools:\n" COMMAND_LITERAL
               "ssh-keygen -Y verify -f policies/allowed_signers -I PRINCIPAL -n seal.v1@assay -s seal.json.sig < "
               "seal.json",
    .exits = "0 sealed, 1 gate blocked, 3 no module changes, 4 not fresh or not sent",
    .words_min = 1,
    .words_max = 1,
    .run = run,
};
