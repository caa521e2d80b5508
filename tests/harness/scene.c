#include "harness/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char scene_policy[] =
    "schema: assay.policy/1\n"
    "repository: acme/learning-content\n"
    "target: main\n"
    "people:\n"
    "  - {principal: ana@x, name: Ana, roles: [content-owner]}\n"
    "  - {principal: bob@x, name: Bob, roles: [content-owner]}\n"
    "  - {principal: lena@x, name: Lena, roles: [legal]}\n"
    "  - {principal: lou@x, name: Lou, roles: [legal, content-owner]}\n"
    "  - {principal: ines@x, name: Ines, roles: [learning-designer, content-owner]}\n"
    "  - {principal: gone@x, name: Gone, roles: []}\n"
    "roles:\n"
    "  content-owner: {title: Content owner, duty: score, meaning: \"The content is accurate.\"}\n"
    "  legal: {title: Legal, duty: sign, meaning: \"It is legal.\"}\n"
    "  learning-designer: {title: Learning designer, duty: triage, meaning: \"It serves the learner.\"}\n"
    "rubric:\n"
    "  version: 1\n"
    "  scale: [1, 5]\n"
    "  criteria:\n"
    "    - {id: clarity, title: Clarity, levels: {1: Bad, 5: Good}, minimum: 3}\n"
    "    - {id: tone, title: Tone, levels: {1: Bad, 5: Good}, minimum: 2}\n"
    "  mean_minimum: 3.5\n"
    "  comment_required_at: 2\n"
    "require:\n"
    "  - {when: {}, roles: {content-owner: 1}}\n"
    "  - {when: {risk: [medium, high]}, roles: {learning-designer: 1}}\n"
    "  - {when: {sensitivity: [pii]}, roles: {legal: 1}}\n"
    "flags: {codes: [off-brand, unclear]}\n"
    "override: [ines@x]\n";

static const struct slice scene_pii[] = {{"pii", 3}};
static const struct slice scene_paths[SCENE_MODULES] = {{"modules/high", 12}, {"modules/low", 11}};
static const struct slice scene_case_ids[SCENE_CASES] = {{"c1", 2}, {"c2", 2}};

static struct digest scene_digest(unsigned kind, unsigned number)
{
    return (struct digest){{(unsigned char)kind, (unsigned char)(number >> 8), (unsigned char)number, 1}};
}

void scene_init(struct scene *scene)
{
    struct error error = ERROR_INIT;

    *scene = (struct scene){.next = 1};
    arena_init(&scene->arena);
    if (policy_load(slice_of(scene_policy), SLICE("review.yaml"), &scene->policy, &error))
        fail_msg("%s", error.text);
    for (unsigned m = 0; m < SCENE_MODULES; m++) {
        struct gate_module *module = &scene->modules[m];
        *module = (struct gate_module){.path = scene_paths[m],
                                       .name = scene_paths[m],
                                       .digest = scene_digest(1, m),
                                       .evidence = scene_digest(2, m),
                                       .cases = scene->cases[m],
                                       .case_count = SCENE_CASES};
        module->subject.paths = &scene_paths[m];
        module->subject.path_count = 1;
        for (unsigned c = 0; c < SCENE_CASES; c++)
            scene->cases[m][c] = (struct gate_case){.prompt = SLICE("explain"),
                                                    .case_id = scene_case_ids[c],
                                                    .output = scene_digest(3, m * 10 + c),
                                                    .state = GATE_CASE_PRESENT};
    }
    scene->modules[SCENE_HIGH].subject.risk = RISK_HIGH;
    scene->modules[SCENE_HIGH].subject.sensitivities = scene_pii;
    scene->modules[SCENE_HIGH].subject.sensitivity_count = 1;
    scene->input = (struct gate_input){.policy = &scene->policy,
                                       .change = SLICE("prompt/plain"),
                                       .modules = scene->modules,
                                       .module_count = SCENE_MODULES,
                                       .problems = scene->problems,
                                       .records = scene->sources,
                                       .authors = scene->authors,
                                       .unknown_authors = scene->unknown_authors};
}

void scene_clear(struct scene *scene)
{
    gate_clear(&scene->verdict);
    policy_clear(&scene->policy);
    arena_clear(&scene->arena);
}

static void scene_scores(struct scene *scene, struct record *record, enum scene_module module)
{
    record->criteria[0] = SLICE("clarity");
    record->criteria[1] = SLICE("tone");
    record->criteria_count = 2;
    record->scores = arena_alloc_array(&scene->arena, SCENE_CASES, sizeof *record->scores);
    record->score_count = SCENE_CASES;
    for (size_t c = 0; c < SCENE_CASES; c++) {
        const struct gate_case *item = &scene->cases[module][c];
        record->scores[c] = (struct record_score){
            .prompt = item->prompt, .case_id = item->case_id, .output = item->output, .scores = {5, 5}};
    }
}

struct record *scene_add(struct scene *scene, const char *principal, const char *role, enum scene_module module,
                         enum verdict verdict)
{
    assert_true(scene->input.record_count < SCENE_RECORDS_MAX);
    struct gate_record *source = &scene->sources[scene->input.record_count];
    struct record *record = &scene->records[scene->input.record_count++];
    size_t role_at = policy_role(&scene->policy, slice_of(role));

    *record = (struct record){.name = scene_digest(4, scene->next++),
                              .repository = scene->policy.repository,
                              .target = scene->policy.target,
                              .change = scene->input.change,
                              .rubric = scene->policy.rubric.digest,
                              .verdict = verdict,
                              .seq = 1};
    record->module.path = scene->modules[module].path;
    record->module.digest = scene->modules[module].digest;
    record->evidence.digest = scene->modules[module].evidence;
    record->evidence.cases = record->evidence.seen = (int64_t)scene->modules[module].case_count;
    record->reviewer.principal = slice_of(principal);
    record->reviewer.role = slice_of(role);
    if (role_at != SIZE_MAX)
        record->meaning = scene->policy.roles[role_at].meaning;
    if (strcmp(role, "content-owner") == 0)
        scene_scores(scene, record, module);
    *source = (struct gate_record){.name = record->name,
                                   .record = record,
                                   .signature = GATE_SIGNATURE_GOOD,
                                   .principal = slice_of(principal),
                                   .filed_here = true};
    return record;
}

struct gate_record *scene_source(struct scene *scene, const struct record *record)
{
    return &scene->sources[record - scene->records];
}

static void scene_name(struct scene *scene, struct digest **names, size_t *count, const struct digest *name)
{
    struct digest *more = arena_alloc_array(&scene->arena, *count + 1, sizeof *more);
    if (*count)
        memcpy(more, *names, *count * sizeof *more);
    more[(*count)++] = *name;
    *names = more;
}

void scene_follow(struct scene *scene, struct record *record, const struct record *before)
{
    scene_name(scene, &record->prev, &record->prev_count, &before->name);
    record->seq = before->seq + 1;
}

void scene_supersede(struct scene *scene, struct record *record, const struct record *before)
{
    scene_name(scene, &record->supersedes, &record->supersedes_count, &before->name);
}

void scene_triage(struct scene *scene, struct record *record, enum scene_module module, size_t case_at,
                  const char *flag, enum triage_decision decision)
{
    const struct gate_case *item = &scene->cases[module][case_at];
    struct record_triage *more = arena_alloc_array(&scene->arena, record->triage_count + 1, sizeof *more);

    if (record->triage_count)
        memcpy(more, record->triage, record->triage_count * sizeof *more);
    more[record->triage_count++] = (struct record_triage){.prompt = item->prompt,
                                                          .case_id = item->case_id,
                                                          .output = item->output,
                                                          .flag = slice_of(flag),
                                                          .decision = decision,
                                                          .reason = SLICE("because")};
    record->triage = more;
}

void scene_flag(struct scene *scene, struct record *record, enum scene_module module, size_t case_at, const char *code)
{
    const struct gate_case *item = &scene->cases[module][case_at];
    struct record_flag *more = arena_alloc_array(&scene->arena, record->flag_count + 1, sizeof *more);

    if (record->flag_count)
        memcpy(more, record->flags, record->flag_count * sizeof *more);
    more[record->flag_count++] = (struct record_flag){
        .prompt = item->prompt, .case_id = item->case_id, .output = item->output, .code = slice_of(code)};
    record->flags = more;
}

struct scene_signed scene_sign_all(struct scene *scene)
{
    return (struct scene_signed){
        .owner = scene_add(scene, "ana@x", "content-owner", SCENE_HIGH, VERDICT_APPROVE),
        .designer = scene_add(scene, "ines@x", "learning-designer", SCENE_HIGH, VERDICT_APPROVE),
        .legal = scene_add(scene, "lena@x", "legal", SCENE_HIGH, VERDICT_APPROVE),
        .owner_low = scene_add(scene, "ana@x", "content-owner", SCENE_LOW, VERDICT_APPROVE),
    };
}

const struct gate_verdict *scene_judge(struct scene *scene)
{
    gate_clear(&scene->verdict);
    gate_judge(&scene->input, &scene->verdict);
    assert_int_equal(scene->verdict.pass, scene->verdict.block_count == 0);
    return &scene->verdict;
}

bool scene_blocked_by(const struct scene *scene, enum reason reason)
{
    for (size_t i = 0; i < scene->verdict.block_count; i++)
        if (scene->verdict.blocks[i].reason == reason)
            return true;
    return false;
}

enum reason scene_ignored(const struct scene *scene, const struct record *record)
{
    const struct gate_ignored *ignored = gate_find_ignored(&scene->verdict, &record->name);
    return ignored ? ignored->reason : REASON_NONE;
}

bool scene_counted(const struct scene *scene, const struct record *record)
{
    for (size_t i = 0; i < scene->verdict.counted_count; i++)
        if (digest_equal(&scene->verdict.counted[i], &record->name))
            return true;
    return false;
}
