#include "harness/scale.h"

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/base/process.h"
#include "assay/trust/digest.h"

static const char *const words[] = {"learning", "module",    "product", "value",   "customer", "campaign",
                                    "funnel",   "retention", "channel", "budget",  "metric",   "brand",
                                    "message",  "audience",  "offer",   "trial",   "journey",  "email",
                                    "landing",  "page",      "test",    "variant", "price",    "story"};

struct writer {
    struct str stream;
    uint32_t random;
    size_t mark;
};

static uint32_t draw(struct writer *writer, uint32_t below)
{
    writer->random = writer->random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)writer->random * below >> 32);
}

static void put_prose(struct writer *writer, struct str *out, size_t count, const char *line_end)
{
    for (size_t i = 0; i < count; i++) {
        str_append_text(out, words[draw(writer, ARRAY_COUNT(words))]);
        str_append_text(out, i % 12 == 11 ? line_end : " ");
    }
}

static void put_data(struct writer *writer, struct slice bytes)
{
    str_appendf(&writer->stream, "data %zu\n", bytes.size);
    str_append(&writer->stream, bytes);
    str_push(&writer->stream, '\n');
}

static void put_file(struct writer *writer, const char *path, const struct str *text)
{
    str_appendf(&writer->stream, "M 100644 inline %s\n", path);
    put_data(writer, str_slice(text));
}

static void put_text_file(struct writer *writer, const char *path, const char *text)
{
    struct str bytes = STR_INIT;
    str_append_text(&bytes, text);
    put_file(writer, path, &bytes);
    str_clear(&bytes);
}

static size_t put_commit(struct writer *writer, const char *ref, size_t from, size_t minute)
{
    str_appendf(&writer->stream, "commit %s\nmark :%zu\ncommitter Author <author@example.com> %zu +0000\n", ref,
                ++writer->mark, 1700000000 + minute * 60);
    put_data(writer, SLICE("content\n"));
    if (from > 0)
        str_appendf(&writer->stream, "from :%zu\n", from);
    return writer->mark;
}

static void put_template(struct writer *writer, struct str *out, size_t salt)
{
    str_appendf(out, "Explain {{topic}} to {{audience}}, version %zu.\n", salt);
    put_prose(writer, out, 60, ".\n");
}

static void put_golden(struct writer *writer, struct str *out, size_t cases)
{
    str_append_text(out, "{\"prompt\": \"explain\", \"cases\": [");
    for (size_t c = 0; c < cases; c++) {
        str_appendf(
            out,
            "%s\n {\"id\": \"case-%03zu\", \"vars\": {\"topic\": \"price\", \"audience\": \"us\"}, \"expected\": \"",
            c ? "," : "", c);
        put_prose(writer, out, 120, ".\\n");
        str_append_text(out, "\"}");
    }
    str_append_text(out, "]}\n");
}

static void put_outputs(struct writer *writer, struct str *out, const struct str *template_text, size_t cases)
{
    struct digest digest;
    char hash[DIGEST_TEXT_SIZE + 1];
    digest_of(str_slice(template_text), &digest);
    digest_format(&digest, hash);
    str_appendf(out,
                "{\"schema\": \"assay.outputs/1\", \"prompt\": \"explain\", \"prompt_hash\": \"%s\",\n"
                " \"model\": {\"id\": \"some-model\", \"parameters\": {}}, \"outputs\": [",
                hash);
    for (size_t c = 0; c < cases; c++) {
        str_appendf(out, "%s\n {\"case\": \"case-%03zu\", \"latency_ms\": %zu, \"error\": null, \"text\": \"",
                    c ? "," : "", c, 100 + c);
        put_prose(writer, out, 120, ".\\n");
        str_append_text(out, "\"}");
    }
    str_append_text(out, "]}\n");
}

static const char *const policy =
    "schema: assay.policy/1\nrepository: example/scale\ntarget: main\nlog: assay/log\n"
    "people:\n  - {principal: ana@example.com, name: Ana Ruiz, roles: [content-owner]}\n"
    "roles:\n  content-owner: {title: Content owner, duty: score, meaning: \"The content is accurate.\"}\n"
    "rubric:\n  version: 1\n  scale: [1, 5]\n  criteria:\n"
    "    - {id: clarity, title: Clarity, minimum: 3, levels: {1: Confusing, 5: Clear}}\n"
    "  mean_minimum: 3.0\n  comment_required_at: 2\nrequire:\n  - {when: {}, roles: {content-owner: 1}}\nthresholds: "
    "{}\n";

static void put_module_file(struct writer *writer, size_t module, const char *name, const struct str *text)
{
    struct str path = STR_INIT;
    str_appendf(&path, "learning-content/modules/module-%03zu/%s", module, name);
    put_file(writer, path.data, text);
    str_clear(&path);
}

static void put_module(struct writer *writer, size_t module, size_t cases)
{
    struct str text = STR_INIT;
    str_appendf(&text,
                "name: module-%03zu\nversion: 1.0.0\nrisk: medium\nprompts:\n  - id: explain\n"
                "    file: prompts/explain.tpl\n    tests: tests/golden_explain.json\n",
                module);
    put_module_file(writer, module, "manifest.yaml", &text);
    str_reset(&text);
    put_template(writer, &text, 0);
    put_module_file(writer, module, "prompts/explain.tpl", &text);
    str_reset(&text);
    put_golden(writer, &text, cases);
    put_module_file(writer, module, "tests/golden_explain.json", &text);
    str_clear(&text);
}

/* One commit in ten touches a template, the others lie beside the modules. */
static void put_main(struct writer *writer, const struct scale *scale)
{
    put_commit(writer, "refs/heads/main", 0, 0);
    put_text_file(writer, "policies/review.yaml", policy);
    put_text_file(writer, "policies/allowed_signers", "");
    for (size_t m = 0; m < scale->modules; m++)
        put_module(writer, m, scale->cases);
    for (size_t i = 1; i < scale->commits; i++) {
        struct str text = STR_INIT, path = STR_INIT;
        put_commit(writer, "refs/heads/main", writer->mark, i);
        if (i % 10 == 0) {
            put_template(writer, &text, i);
            put_module_file(writer, i / 10 % scale->modules, "prompts/explain.tpl", &text);
        } else {
            str_appendf(&path, "notes/%zu/%zu.txt", i % 211, i % 1009);
            str_appendf(&text, "entry %zu\n", i);
            put_file(writer, path.data, &text);
        }
        str_clear(&path);
        str_clear(&text);
    }
}

static void put_branch(struct writer *writer, const struct scale *scale, size_t branch)
{
    struct str ref = STR_INIT, template_text = STR_INIT, outputs = STR_INIT;
    size_t from = 1 + draw(writer, (uint32_t)scale->commits), module = draw(writer, (uint32_t)scale->modules);
    str_appendf(&ref, "refs/heads/prompt/change-%04zu", branch);
    for (size_t step = 0; step <= branch % 3; step++) {
        str_reset(&template_text);
        str_reset(&outputs);
        put_template(writer, &template_text, branch + step);
        put_outputs(writer, &outputs, &template_text, scale->cases);
        from = put_commit(writer, ref.data, from, scale->commits + branch);
        put_module_file(writer, module, "prompts/explain.tpl", &template_text);
        put_module_file(writer, module, "tests/outputs/explain.json", &outputs);
    }
    str_clear(&outputs);
    str_clear(&template_text);
    str_clear(&ref);
}

static int run_git(const char *const *arguments, const char *folder, struct slice input, struct error *error)
{
    struct process process = {.arguments = arguments, .folder = folder, .input = input};
    struct process_result result;
    process_result_init(&result);
    int code = process_run(&process, &result, error);
    if (code == 0 && result.exit_code != 0)
        code = error_set(error, ERROR_ENVIRONMENT, "git %s: %s", arguments[1], result.errors.data);
    process_result_clear(&result);
    return code;
}

int scale_make(const struct scale *scale, struct str *folder, struct error *error)
{
    static const char *const init[] = {"git", "init", "-q", "--bare", "-b", "main", NULL};
    static const char *const import[] = {"git", "fast-import", "--quiet", "--done", NULL};
    static const char *const graph[] = {"git", "commit-graph", "write", "--reachable", NULL};
    struct writer writer = {.stream = STR_INIT, .random = 7};
    put_main(&writer, scale);
    for (size_t b = 0; b < scale->branches; b++)
        put_branch(&writer, scale, b);
    str_append_text(&writer.stream, "done\n");
    int result = file_make_temporary_folder("assay-scale", folder, error);
    if (result == 0)
        result = run_git(init, folder->data, (struct slice){0}, error);
    if (result == 0)
        result = run_git(import, folder->data, str_slice(&writer.stream), error);
    if (result == 0)
        result = run_git(graph, folder->data, (struct slice){0}, error);
    str_clear(&writer.stream);
    return result;
}
