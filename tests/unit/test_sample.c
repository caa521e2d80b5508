#include "harness/test.h"

#include <stdio.h>

#include "assay/base/embedded.h"
#include "assay/base/table.h"
#include "assay/data/yaml.h"
#include "assay/model/golden.h"
#include "assay/model/manifest.h"
#include "assay/model/outputs.h"
#include "assay/model/policy.h"
#include "assay/model/template.h"

/* The content of `assay demo`, as it is built in: whatever a person will meet there has to load. */

enum { CASES_LEAST = 12, MODULES_LEAST = 4, CHANGES = 5 };

static const char modules[] = "learning-content/modules/";

/* A file as the branch has it: its own, else the target's. branch is empty for the target itself. */
static struct slice sample_file(struct slice branch, const char *format, ...)
{
    char path[512], whole[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    struct slice bytes = {0};
    snprintf(whole, sizeof whole, "demo/changes/%.*s/%s", SLICE_ARG(branch), path);
    if (branch.size && embedded_find(whole, &bytes))
        return bytes;
    snprintf(whole, sizeof whole, "demo/main/%s", path);
    if (!embedded_find(whole, &bytes))
        fail_msg("%s is missing in the sample", whole);
    return bytes;
}

/* The outputs lie there without their prompt_hash, which the command adds; this adds it as the first member. */
static void outputs_of(struct slice bytes, const struct digest *hash, struct outputs *outputs)
{
    struct error error = ERROR_INIT;
    char text[DIGEST_TEXT_SIZE + 1];
    struct str whole = STR_INIT;
    digest_format(hash, text);
    assert_int_equal(bytes.data[0], '{');
    assert_int_equal(slice_find(bytes, SLICE("\"prompt_hash\"")), SLICE_NOT_FOUND);
    assert_int_equal(slice_find(bytes, SLICE("\"input\": \"")), SLICE_NOT_FOUND);
    str_appendf(&whole, "{\"prompt_hash\": \"%s\",", text);
    str_append(&whole, slice_from(bytes, 1));
    assert_success(outputs_load(str_slice(&whole), SLICE("outputs"), outputs, &error), error);
    str_clear(&whole);
}

static void check_renders(const struct template *template, const struct golden *golden)
{
    struct error error = ERROR_INIT;
    for (size_t i = 0; i < golden->count; i++) {
        struct str text = STR_INIT;
        struct table *misses = table_new();
        assert_success(template_render(template, golden->cases[i].vars, &text, misses, &error), error);
        if (table_count(misses))
            fail_msg("%.*s: case %.*s has no %.*s", SLICE_ARG(template->name), SLICE_ARG(golden->cases[i].id),
                     SLICE_ARG(table_key(misses, 0)));
        assert_true(text.size > 200);
        table_free(misses);
        str_clear(&text);
    }
}

static void check_cases(const struct golden *golden, const struct outputs *outputs)
{
    assert_true(golden->count >= CASES_LEAST);
    assert_int_equal(golden->count, outputs->count);
    for (size_t i = 0; i < golden->count; i++) {
        const struct output *output = outputs_find(outputs, golden->cases[i].id);
        double similarity = 0, toxicity = 0;
        if (!output)
            fail_msg("case %.*s has no output", SLICE_ARG(golden->cases[i].id));
        assert_int_equal(golden->cases[i].expected_count, 1);
        assert_true(output->text.size > 100 && output->latency_ms > 0 && output->tokens_output > 0);
        assert_true(output->cost_usd > 0 && output->finish_reason.size > 0 && output->failed.size == 0);
        assert_true(outputs_measure(output, "similarity", &similarity) && similarity > 0 && similarity <= 1);
        assert_true(outputs_measure(output, "toxicity", &toxicity) && toxicity >= 0 && toxicity < 1);
        assert_false(slice_equal(output->text, golden->cases[i].expected[0]));
    }
}

static void check_prompt(struct slice branch, struct slice folder, const struct manifest_prompt *prompt,
                         const struct value *partials)
{
    struct error error = ERROR_INIT;
    struct template template = {
        .text = sample_file(branch, "%.*s/%.*s", SLICE_ARG(folder), SLICE_ARG(prompt->file)),
        .name = prompt->file,
        .partials = partials,
    };
    struct digest hash;
    struct golden golden;
    struct outputs outputs;
    assert_success(template_hash(&template, &hash, &error), error);
    assert_success(golden_load(sample_file(branch, "%.*s/%.*s", SLICE_ARG(folder), SLICE_ARG(prompt->tests)),
                               prompt->tests, &golden, &error),
                   error);
    outputs_of(sample_file(branch, "%.*s/tests/outputs/%.*s.json", SLICE_ARG(folder), SLICE_ARG(prompt->id)), &hash,
               &outputs);
    assert_true(slice_equal(golden.prompt, prompt->id));
    assert_true(slice_equal(outputs.prompt, prompt->id));
    assert_true(slice_equal(outputs.model, prompt->model));
    check_renders(&template, &golden);
    check_cases(&golden, &outputs);
    golden_clear(&golden);
    outputs_clear(&outputs);
}

/* What the modules of a tree are, seen together. */
struct seen {
    size_t modules;
    unsigned risks;
    bool pii;
};

static void check_module(struct slice branch, struct slice folder, const struct value *partials, struct seen *seen)
{
    struct error error = ERROR_INIT;
    struct manifest manifest;
    assert_success(
        manifest_load(sample_file(branch, "%.*s/manifest.yaml", SLICE_ARG(folder)), folder, &manifest, &error), error);
    assert_true(slice_ends_with(folder, manifest.name));
    assert_int_equal(manifest.unknown_key_count, 0);
    assert_int_equal(manifest.prompt_count, 2);
    assert_true(sample_file(branch, "%.*s", SLICE_ARG(manifest.safety_policy)).size > 0);
    for (size_t i = 0; i < manifest.prompt_count; i++)
        check_prompt(branch, folder, &manifest.prompts[i], partials);
    seen->modules++;
    seen->risks |= 1u << manifest.risk;
    for (size_t i = 0; i < manifest.sensitivity_count; i++)
        seen->pii |= slice_is(manifest.sensitivity[i], "pii");
    manifest_clear(&manifest);
}

/* Calls check_module for each manifest of the target, with the branch's files laid over it. */
static void check_tree(struct slice branch, struct seen *seen)
{
    struct error error = ERROR_INIT;
    struct document partials;
    size_t count = 0;
    const struct embedded *all = embedded_all(&count);
    assert_success(yaml_load(sample_file(branch, "prompts/global-templates.yaml"), SLICE("global-templates.yaml"),
                             &partials, &error),
                   error);
    for (size_t i = 0; i < count; i++) {
        struct slice path = slice_of(all[i].path), end = SLICE("/manifest.yaml");
        if (!slice_starts_with(path, SLICE("demo/main/")) || !slice_ends_with(path, end))
            continue;
        path = slice_from(path, strlen("demo/main/"));
        assert_true(slice_starts_with(path, slice_of(modules)));
        check_module(branch, slice_part(path, 0, path.size - end.size), partials.root, seen);
    }
    document_clear(&partials);
}

static void load_policy(struct policy *policy)
{
    struct error error = ERROR_INIT;
    assert_success(policy_load(sample_file((struct slice){0}, "policies/review.yaml"), SLICE("policies/review.yaml"),
                               policy, &error),
                   error);
}

static void load_changes(struct document *changes)
{
    struct error error = ERROR_INIT;
    struct slice bytes;
    assert_true(embedded_find("demo/changes.yaml", &bytes));
    assert_success(yaml_load(bytes, SLICE("changes.yaml"), changes, &error), error);
}

static void target_has_modules_of_every_risk(void **state)
{
    (void)state;
    struct seen seen = {0};
    check_tree((struct slice){0}, &seen);
    assert_true(seen.modules >= MODULES_LEAST);
    assert_int_equal(seen.risks, 1u << RISK_LOW | 1u << RISK_MEDIUM | 1u << RISK_HIGH);
    assert_true(seen.pii);
}

static void every_change_loads_over_the_target(void **state)
{
    (void)state;
    struct document changes;
    struct table *kinds = table_new();
    load_changes(&changes);
    const struct value *list = value_get(changes.root, "changes");
    assert_int_equal(value_count(list), CHANGES);
    for (size_t i = 0; i < value_count(list); i++) {
        struct seen seen = {0};
        const struct value *change = value_at(list, i);
        table_add(kinds, value_text(value_get(change, "kind")), i);
        assert_true(value_integer(value_get(change, "age_minutes"), 0) > 0);
        assert_true(value_text(value_get(change, "message")).size > 0);
        check_tree(value_text(value_get(change, "branch")), &seen);
        assert_true(seen.modules >= MODULES_LEAST);
    }
    assert_int_equal(table_count(kinds), CHANGES);
    table_free(kinds);
    document_clear(&changes);
}

/* Each file below changes/ belongs to a listed branch, replaces one of the target and is another. */
static void changes_change_something(void **state)
{
    (void)state;
    struct document changes;
    size_t count = 0, files = 0;
    const struct embedded *all = embedded_all(&count);
    load_changes(&changes);
    const struct value *list = value_get(changes.root, "changes");
    for (size_t i = 0; i < count; i++) {
        struct slice path = slice_of(all[i].path);
        if (!slice_starts_with(path, SLICE("demo/changes/")))
            continue;
        path = slice_from(path, strlen("demo/changes/"));
        size_t owner = 0, at = slice_find(path, SLICE("/learning-content/"));
        assert_int_not_equal(at, SLICE_NOT_FOUND);
        while (owner < value_count(list) &&
               !slice_equal(value_text(value_get(value_at(list, owner), "branch")), slice_part(path, 0, at)))
            owner++;
        if (owner == value_count(list))
            fail_msg("%s is of no branch in changes.yaml", all[i].path);
        struct slice before = sample_file((struct slice){0}, "%.*s", SLICE_ARG(slice_from(path, at + 1)));
        assert_false(slice_equal(before, all[i].bytes));
        files++;
    }
    assert_true(files >= 2 * (size_t)CHANGES);
    document_clear(&changes);
}

static void policy_knows_three_people_and_no_author(void **state)
{
    (void)state;
    struct policy policy;
    struct document changes;
    load_policy(&policy);
    load_changes(&changes);
    assert_int_equal(policy.person_count, 3);
    assert_int_equal(policy.role_count, 3);
    assert_slice(policy.repository, "acme/learning-content");
    for (size_t i = 0; i < policy.rubric.count; i++)
        for (int level = 0; level <= policy.rubric.scale_high - policy.rubric.scale_low; level++)
            assert_true(policy.rubric.criteria[i].levels[level].size > 0);
    const struct value *list = value_get(changes.root, "changes");
    for (size_t i = 0; i < value_count(list); i++) {
        struct slice email = value_text(value_get(value_get(value_at(list, i), "author"), "email"));
        assert_true(email.size > 0);
        assert_null(policy_person_by_email(&policy, email));
    }
    document_clear(&changes);
    policy_clear(&policy);
}

static void check_score(const struct policy *policy, const struct golden *golden, const struct value *score)
{
    const struct value *levels = value_get(score, "scores");
    assert_non_null(golden_find(golden, value_text(value_get(score, "case"))));
    assert_int_equal(value_count(levels), policy->rubric.count);
    for (size_t i = 0; i < value_count(levels); i++) {
        int64_t level = value_integer(&value_pair_at(levels, i)->value, -1);
        assert_int_not_equal(rubric_find(&policy->rubric, value_pair_at(levels, i)->key), SIZE_MAX);
        assert_in_range(level, policy->rubric.scale_low, policy->rubric.scale_high);
        if (level <= policy->rubric.comment_required_at)
            assert_true(value_text(value_get(score, "comment")).size > 0);
    }
}

static void check_record(const struct policy *policy, const struct value *record)
{
    struct error error = ERROR_INIT;
    struct golden golden;
    const struct policy_person *person = policy_person(policy, value_text(value_get(record, "reviewer")));
    const struct value *scores = value_get(record, "scores");
    struct slice module = value_text(value_get(record, "module"));
    size_t role = policy_role(policy, value_text(value_get(record, "role")));
    assert_non_null(person);
    assert_int_not_equal(role, SIZE_MAX);
    assert_true(policy_holds(person, role));
    assert_success(golden_load(sample_file((struct slice){0}, "%.*s/tests/golden_explain.json", SLICE_ARG(module)),
                               SLICE("golden_explain.json"), &golden, &error),
                   error);
    assert_int_equal(value_count(scores), golden.count);
    for (size_t i = 0; i < value_count(scores); i++) {
        assert_true(slice_equal(value_text(value_get(value_at(scores, i), "prompt")), golden.prompt));
        check_score(policy, &golden, value_at(scores, i));
    }
    golden_clear(&golden);
}

/* One prompt of the two is scored whole, so the module is half reviewed. */
static void half_reviewed_change_has_a_record(void **state)
{
    (void)state;
    struct policy policy;
    struct document changes;
    size_t records = 0;
    load_policy(&policy);
    load_changes(&changes);
    const struct value *list = value_get(changes.root, "changes");
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *each = value_get(value_at(list, i), "records");
        bool half = slice_is(value_text(value_get(value_at(list, i), "kind")), "half-reviewed");
        assert_int_equal(value_count(each) > 0, half);
        for (size_t k = 0; k < value_count(each); k++, records++)
            check_record(&policy, value_at(each, k));
    }
    assert_int_equal(records, 1);
    document_clear(&changes);
    policy_clear(&policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(target_has_modules_of_every_risk),  cmocka_unit_test(every_change_loads_over_the_target),
        cmocka_unit_test(changes_change_something),          cmocka_unit_test(policy_knows_three_people_and_no_author),
        cmocka_unit_test(half_reviewed_change_has_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
