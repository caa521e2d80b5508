#include "assay/review/assess.h"

#include "assay/base/memory.h"
#include "assay/review/spent.h"

static enum gate_case_state state_of(const struct module_prompt *prompt, const struct module_case *item)
{
    if (!prompt->outputs)
        return GATE_CASE_NO_FILE;
    if (item->state == STALENESS_MISSING)
        return GATE_CASE_MISSING;
    if (staleness_is_stale(item->state))
        return GATE_CASE_STALE;
    return item->state == STALENESS_FAILED ? GATE_CASE_FAILED : GATE_CASE_PRESENT;
}

/* The golden cases alone: an output for a case that nobody asked about needs no score. */
static void fill_cases(const struct module *module, struct arena *arena, struct gate_module *out)
{
    struct gate_case *cases = arena_alloc_array(arena, module->case_count, sizeof *cases);
    for (size_t p = 0; p < module->prompt_count; p++) {
        const struct module_prompt *prompt = &module->prompts[p];
        for (size_t c = 0; c < prompt->case_count; c++) {
            const struct module_case *item = &prompt->cases[c];
            if (!item->golden)
                continue;
            struct gate_case *filled = &cases[out->case_count++];
            *filled = (struct gate_case){.prompt = prompt->id, .case_id = item->id, .state = state_of(prompt, item)};
            if (filled->state == GATE_CASE_PRESENT || filled->state == GATE_CASE_STALE)
                filled->output = item->candidate->digest;
        }
    }
    out->cases = cases;
}

static void fill_module(const struct module *module, struct arena *arena, struct gate_module *out)
{
    *out = (struct gate_module){
        .path = module->path,
        .name = module->name,
        .digest = module->digest,
        .evidence = module->evidence,
        .subject = {.risk = module->risk,
                    .sensitivities = module->sensitivities,
                    .sensitivity_count = module->sensitivity_count,
                    .paths = module->paths,
                    .path_count = module->path_count,
                    .is_policy = module->is_policies},
        .flags = module->flags.items,
        .flag_count = module->flags.count,
        .problems = module->problems,
        .problem_count = module->problem_count,
    };
    fill_cases(module, arena, out);
}

static struct gate_record *fill_records(const struct ledger *ledger, struct slice change, struct arena *arena)
{
    struct gate_record *records = arena_alloc_array(arena, ledger->count, sizeof *records);
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *from = &ledger->records[i];
        records[i] = (struct gate_record){
            .name = from->name,
            .record = from->decoded == RECORD_OK ? &from->record : NULL,
            .decoded = from->decoded,
            .signature = from->signature,
            .principal = from->principal,
            .filed_here = slice_equal(from->change, change),
            .sealed = (from->places & LEDGER_TARGET) != 0,
        };
    }
    return records;
}

/* What is wrong with the log is wrong with every change. */
static struct gate_problem *join_problems(const struct load *load, const struct ledger *ledger, struct arena *arena,
                                          size_t *count)
{
    struct gate_problem *problems =
        arena_alloc_array(arena, load->problem_count + ledger->problem_count, sizeof *problems);
    *count = 0;
    for (size_t i = 0; i < load->problem_count; i++)
        problems[(*count)++] = load->problems[i];
    for (size_t i = 0; i < ledger->problem_count; i++)
        problems[(*count)++] = ledger->problems[i];
    return problems;
}

void assess_clear(struct assessment *assessment)
{
    gate_clear(&assessment->verdict);
    arena_clear(&assessment->arena);
    *assessment = (struct assessment){0};
}

int assess_change(const struct workspace *workspace, const struct load *load, const struct ledger *ledger,
                  struct assessment *assessment, struct error *error)
{
    *assessment = (struct assessment){0};
    arena_init(&assessment->arena);
    struct arena *arena = &assessment->arena;
    struct gate_module *modules = arena_alloc_array(arena, load->module_count, sizeof *modules);
    for (size_t i = 0; i < load->module_count; i++)
        fill_module(&load->modules[i], arena, &modules[i]);
    struct gate_record *records = fill_records(ledger, load->change, arena);
    if (spent_find(workspace, load, records, ledger->count, arena, error) < 0) {
        assess_clear(assessment);
        return -1;
    }
    struct gate_input *input = &assessment->input;
    *input = (struct gate_input){
        .policy = workspace_has_policy(workspace) ? &workspace->policy : NULL,
        .change = load->change,
        .modules = modules,
        .module_count = load->module_count,
        .records = records,
        .record_count = ledger->count,
        .authors = load->authors,
        .author_count = load->author_count,
        .unknown_authors = load->unknown_authors,
        .unknown_author_count = load->unknown_author_count,
    };
    input->problems = join_problems(load, ledger, arena, &input->problem_count);
    gate_judge(input, &assessment->verdict);
    return 0;
}

static bool has_seat(const struct gate_module_verdict *module, struct slice principal)
{
    for (size_t r = 0; r < module->required_count; r++)
        for (size_t i = 0; i < module->required[r].have_count; i++)
            if (slice_equal(module->required[r].have[i].principal, principal))
                return true;
    return false;
}

bool assess_could_sign(const struct assessment *assessment, const struct gate_module_verdict *module, size_t role,
                       const struct policy_person *person)
{
    return policy_holds(person, role) && !has_seat(module, person->principal) &&
           (assessment->input.policy->self_approval || !gate_input_is_author(&assessment->input, person->principal));
}
