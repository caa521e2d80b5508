#include "harness/content.h"

#include "assay/base/array.h"
#include "harness/test.h"

#define TEMPLATES "/prompts/answer.tpl"
#define GOLDEN    "/tests/golden_answer.json"
#define OUTPUTS   "/tests/outputs/answer.json"
#define MANIFEST  "/manifest.yaml"

const char content_policy[] =
    "schema: assay.policy/1\n"
    "repository: example/learning-content\n"
    "target: main\n"
    "log: assay/log\n"
    "people:\n"
    "  - {principal: ana@example.com, name: Ana Ruiz, roles: [content-owner]}\n"
    "  - {principal: lena@example.com, name: Lena Ortiz, roles: [legal]}\n"
    "  - {principal: ines@example.com, name: Ines Roy, roles: [learning-designer, content-owner]}\n"
    "roles:\n"
    "  content-owner: {title: Content owner, duty: score, meaning: \"The content is accurate and meets its teaching "
    "goals.\"}\n"
    "  legal: {title: Legal, duty: sign, meaning: \"The content meets legal and compliance requirements.\"}\n"
    "  learning-designer: {title: Learning designer, duty: triage, meaning: \"Flow, tone and clarity serve the "
    "learner; "
    "flags are settled.\"}\n"
    "rubric:\n"
    "  version: 1\n"
    "  scale: [1, 5]\n"
    "  criteria:\n"
    "    - {id: clarity, title: Clarity, minimum: 3, levels: {1: \"Confusing\", 2: \"Hard to follow\", 3: "
    "\"Understandable with effort\", 4: \"Clear\", 5: \"Clear at first reading\"}}\n"
    "    - {id: correctness, title: Correctness, minimum: 3, levels: {1: \"Wrong\", 2: \"Major errors\", 3: \"Minor "
    "errors\", 4: \"Correct, imprecise\", 5: \"Correct and precise\"}}\n"
    "    - {id: tone, title: Tone, minimum: 2, levels: {1: \"Harmful\", 2: \"Off\", 3: \"Acceptable\", 4: \"Fitting\", "
    "5: \"Exactly our voice\"}}\n"
    "  mean_minimum: 3.0\n"
    "  comment_required_at: 2\n"
    "require:\n"
    "  - {when: {}, roles: {content-owner: 1}}\n"
    "  - {when: {sensitivity: [pii, compliance]}, roles: {legal: 1}}\n"
    "thresholds: {}\n"
    "self_approval: false\n"
    "override: []\n"
    "overlap: 1\n";

static const struct {
    const char *name, *full_name;
    bool trusted;
} people[] = {
    {"ana", "Ana Ruiz", true}, {"lena", "Lena Ortiz", true}, {"ines", "Ines Roy", true}, {"mallory", "Mallory", false}};

/* What the cases are about, in turn. */
static const struct {
    const char *question, *answer;
} subjects[] = {
    {"What is a conversion funnel?",
     "A funnel is the path from first contact to purchase. At each step some people leave."},
    {"Explain retention to a new colleague.", "Retention is the share of customers who come back — month after month."},
    {"Was ist eine Zielgruppe?", "Eine Zielgruppe sind die Menschen, für die eine Botschaft gedacht ist."},
    {"What does A/B testing tell us?",
     "Two variants are shown at random. The difference tells which one works better."},
    {"用户留存率是什么？", "留存率是在一段时间后仍然使用产品的用户比例。"},
};

const char *content_manifest(struct fixture *f, const char *name, const char *model, const char *risk,
                             const char *sensitivity)
{
    return fixture_text(f,
                        "name: %s\nversion: 1.0.0\nrisk: %s\nsensitivity: [%s]\nmodel: {id: %s}\nprompts:\n"
                        "  - id: answer\n    file: prompts/answer.tpl\n    tests: tests/golden_answer.json\n"
                        "safety_policy: policies/content_policy.rego\n"
                        "rollout: {strategy: canary, initial_percent: 5}\n",
                        name, risk, sensitivity, model);
}

static const char *keep(struct fixture *f, struct str *text)
{
    const char *kept = arena_copy(&f->arena, str_slice(text)).data;
    str_clear(text);
    return kept;
}

const char *content_golden(struct fixture *f, size_t cases)
{
    struct str json = STR_INIT;
    str_append_text(&json, "{\"prompt\": \"answer\", \"cases\": [");
    for (size_t i = 0; i < cases; i++)
        str_appendf(&json,
                    "%s\n  {\"id\": \"c%zu\", \"vars\": {\"instruction\": \"%s\"}, \"expected\": \"%s\", "
                    "\"tags\": [\"sample\"]}",
                    i ? "," : "", i + 1, subjects[i % ARRAY_COUNT(subjects)].question,
                    subjects[i % ARRAY_COUNT(subjects)].answer);
    str_append_text(&json, "\n]}\n");
    return keep(f, &json);
}

const char *content_outputs(struct fixture *f, const char *template_text, const char *model, const char *style,
                            size_t cases)
{
    struct str json = STR_INIT;
    str_appendf(&json,
                "{\"schema\": \"assay.outputs/1\", \"prompt\": \"answer\", \"prompt_hash\": \"%s\",\n"
                " \"model\": {\"id\": \"%s\", \"parameters\": {}}, \"generated_at\": \"2026-11-20T10:00:00Z\",\n"
                " \"outputs\": [",
                fixture_sha256(f, slice_of(template_text)), model);
    for (size_t i = 0; i < cases; i++)
        str_appendf(&json, "%s\n  {\"case\": \"c%zu\", \"text\": \"%s %s\", \"latency_ms\": %zu, \"error\": null}",
                    i ? "," : "", i + 1, subjects[i % ARRAY_COUNT(subjects)].answer, style, 100 + i);
    str_append_text(&json, "\n]}\n");
    return keep(f, &json);
}

const char *content_signer(struct fixture *f, const char *name)
{
    struct slice rest = fixture_read(f, fixture_text(f, "keys/%s.pub", name));
    struct slice type;
    struct slice key;
    assert_true(slice_cut(&rest, ' ', &type) && slice_cut(&rest, ' ', &key));
    return fixture_text(f,
                        "%s@example.com namespaces=\"review.v1@assay,seal.v1@assay,bundle.v1@assay,git\" %.*s %.*s\n",
                        name, SLICE_ARG(type), SLICE_ARG(key));
}

static const char *make_signers(struct fixture *f)
{
    struct str signers = STR_INIT;
    for (size_t i = 0; i < ARRAY_COUNT(people); i++) {
        fixture_key(f, people[i].name);
        if (people[i].trusted)
            str_append_text(&signers, content_signer(f, people[i].name));
    }
    return keep(f, &signers);
}

void content_become(struct fixture *f, const char *name)
{
    const char *full_name = name;
    for (size_t i = 0; i < ARRAY_COUNT(people); i++)
        if (strcmp(people[i].name, name) == 0)
            full_name = people[i].full_name;
    fixture_write_text(f, "home/.gitconfig",
                       fixture_text(f,
                                    "[user]\n\tname = %s\n\temail = %s@example.com\n\tsigningKey = %s/keys/%s.pub\n"
                                    "[gpg]\n\tformat = ssh\n[gpg \"ssh\"]\n\tallowedSignersFile = "
                                    "%s/" CONTENT_CLONE "/policies/allowed_signers\n"
                                    "[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n"
                                    "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[core]\n\tfsync = none\n",
                                    full_name, name, f->root, name, f->root));
}

static void commit(struct fixture *f, const char *branch, const char *from, const struct fixture_file *files,
                   size_t count)
{
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = branch, .from = from, .files = files, .file_count = count});
}

static void commit_main(struct fixture *f, size_t cases)
{
    struct slice template_text = slice_of(CONTENT_TEMPLATE);
    struct slice golden = slice_of(content_golden(f, cases));
    struct slice assistant_outputs = slice_of(content_outputs(f, CONTENT_TEMPLATE, "model-a", "As before.", cases));
    struct slice assistant = slice_of(content_manifest(f, "assistant", "model-a", "medium", "pii"));
    struct slice tutor = slice_of(content_manifest(f, "tutor", "model-a", "high", "compliance"));
    const struct fixture_file files[] = {
        {"README.md", SLICE("# Learning content\n")},
        {"policies/review.yaml", slice_of(content_policy)},
        {"policies/allowed_signers", slice_of(make_signers(f))},
        {"policies/content_policy.rego", SLICE("package content\n\ndefault allow := true\n")},
        {CONTENT_ASSISTANT MANIFEST, assistant},
        {CONTENT_ASSISTANT TEMPLATES, template_text},
        {CONTENT_ASSISTANT GOLDEN, golden},
        {CONTENT_ASSISTANT OUTPUTS, assistant_outputs},
        {CONTENT_TUTOR MANIFEST, tutor},
        {CONTENT_TUTOR TEMPLATES, template_text},
        {CONTENT_TUTOR GOLDEN, golden},
        {CONTENT_TUTOR OUTPUTS, assistant_outputs},
    };
    commit(f, "main", "", files, ARRAY_COUNT(files));
}

static void commit_changes(struct fixture *f, size_t cases)
{
    static const char concise[] = "Answer in one sentence.\n\n{{instruction}}\n";
    static const char verbose[] = "You are a patient teacher. Explain at length.\n\n{{instruction}}\n";
    struct slice concise_outputs = slice_of(content_outputs(f, concise, "model-a", "In short.", cases));
    struct slice verbose_outputs =
        slice_of(content_outputs(f, verbose, "model-a", "Let us look at this in more detail.", cases));
    struct slice other_outputs = slice_of(content_outputs(f, CONTENT_TEMPLATE, "model-b", "By another model.", cases));
    const struct fixture_file for_concise[] = {
        {CONTENT_ASSISTANT TEMPLATES, slice_of(concise)},
        {CONTENT_ASSISTANT OUTPUTS, concise_outputs},
    };
    const struct fixture_file for_verbose[] = {
        {CONTENT_ASSISTANT TEMPLATES, slice_of(verbose)},
        {CONTENT_ASSISTANT OUTPUTS, verbose_outputs},
        {CONTENT_TUTOR TEMPLATES, slice_of(verbose)},
        {CONTENT_TUTOR OUTPUTS, verbose_outputs},
    };
    const struct fixture_file for_model[] = {
        {CONTENT_TUTOR MANIFEST, slice_of(content_manifest(f, "tutor", "model-b", "high", "compliance"))},
        {CONTENT_TUTOR OUTPUTS, other_outputs},
    };
    commit(f, "prompt/concise", "main", for_concise, ARRAY_COUNT(for_concise));
    commit(f, "prompt/verbose", "main", for_verbose, ARRAY_COUNT(for_verbose));
    commit(f, "prompt/model", "main", for_model, ARRAY_COUNT(for_model));
}

void content_clone(struct fixture *f, const char *folder)
{
    if (fixture_git(f, NULL, "clone", "-q", CONTENT_ORIGIN, folder, NULL) != 0)
        fail_msg("git clone: %s", f->result.errors.data);
}

size_t content_count_records(struct fixture *f)
{
    size_t count = 0;
    if (fixture_git(f, CONTENT_ORIGIN, "ls-tree", "-r", "--name-only", "refs/heads/assay/log", NULL) != 0)
        return 0;
    struct slice rest = str_slice(&f->result.output), line;
    while (slice_cut_line(&rest, &line))
        count += slice_ends_with(line, SLICE(".json"));
    return count;
}

void content_make(struct fixture *f, size_t cases)
{
    if (fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", CONTENT_ORIGIN, NULL) != 0)
        fail_msg("git init: %s", f->result.errors.data);
    commit_main(f, cases);
    commit_changes(f, cases);
    content_become(f, "ana");
    content_clone(f, CONTENT_CLONE);
}
