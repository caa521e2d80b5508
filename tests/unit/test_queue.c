/* The queue by the real binary: which branches are changes, of what, and that the index never changes the answer. */
#include "harness/answer.h"
#include "harness/content.h"
#include "harness/test.h"

static void setup(struct fixture *f)
{
    content_make(f, 3);
    content_become(f, "ana");
}

static void read_queue(struct fixture *f, const char *folder, struct document *queue)
{
    assert_int_equal(fixture_assay(f, folder, "queue", "--json", NULL), 0);
    answer_parse(f, "schema/queue.schema.json", queue);
}

static bool has_change(const struct document *queue, const char *name)
{
    const struct value *changes = value_get(queue->root, "changes");
    for (size_t i = 0; i < value_count(changes); i++)
        if (slice_is(value_text(value_get(value_at(changes, i), "change")), name))
            return true;
    return false;
}

static const struct value *modules_of(const struct document *queue, const char *name)
{
    return value_get(answer_find(value_get(queue->root, "changes"), "change", name), "modules");
}

/* One more commit on a branch of the origin, fetched into the clone. */
static void push(struct fixture *f, const char *branch, const char *from, const char *path, const char *text)
{
    struct fixture_file file = {path, text ? slice_of(text) : (struct slice){0}};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = branch, .from = from, .files = &file, .file_count = 1});
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", "--prune", "origin", NULL), 0);
}

static void test_changes_and_modules(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    read_queue(f, CONTENT_CLONE, &queue);
    assert_int_equal(value_count(value_get(queue.root, "changes")), 3);
    assert_int_equal(value_count(modules_of(&queue, "prompt/concise")), 1);
    assert_int_equal(value_count(modules_of(&queue, "prompt/verbose")), 2);
    const struct value *module = value_at(modules_of(&queue, "prompt/concise"), 0);
    assert_slice(value_text(value_get(module, "path")), CONTENT_ASSISTANT);
    assert_slice(value_text(value_get(module, "gate")), "blocked");
    const struct value *prompt = value_at(value_get(module, "prompts"), 0);
    assert_int_equal(value_integer(value_get(prompt, "cases"), 0), 3);
    assert_int_equal(value_integer(value_get(prompt, "outputs"), 0), 3);
    assert_int_equal(value_integer(value_get(prompt, "stale"), -1), 0);
    document_clear(&queue);
}

static void test_the_index_changes_nothing(void **state)
{
    struct fixture *f = *state;
    setup(f);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--json", NULL), 0);
    const char *cold = fixture_text(f, "%s", f->result.output.data);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--json", NULL), 0);
    assert_string_equal(f->result.output.data, cold);
    assert_int_equal(fixture_run(f, NULL, "rm", "-rf", "clone/.git/assay", NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--json", NULL), 0);
    assert_string_equal(f->result.output.data, cold);
}

static void test_branches_that_are_no_change(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    push(f, "docs/readme", "main", "README.md", "# Other words\n");
    push(f, "unrelated", "", CONTENT_ASSISTANT "/manifest.yaml", "name: x\n");
    assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "branch", "merged", "main", NULL), 0);
    assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "branch", "-D", "prompt/model", NULL), 0);
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", "--prune", "origin", NULL), 0);
    read_queue(f, CONTENT_CLONE, &queue);
    assert_false(has_change(&queue, "docs/readme"));
    assert_false(has_change(&queue, "merged"));
    assert_false(has_change(&queue, "prompt/model"));
    assert_false(has_change(&queue, "unrelated"));
    assert_int_equal(value_count(value_get(queue.root, "problems")), 1);
    document_clear(&queue);
}

/* Known from the index, neither costs a walk of the target's history again: the second time it is not there. */
static void test_branches_that_are_no_change_cost_once(void **state)
{
    struct fixture *f = *state;
    setup(f);
    const char *before = fixture_commit_of(f, CONTENT_ORIGIN, "main");
    push(f, "main", NULL, "README.md", "# Other words\n");
    push(f, "gh-pages", "", "index.html", "<p>\n");
    assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "branch", "merged", before, NULL), 0);
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", "origin", NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--json", NULL), 0);
    const char *first = fixture_text(f, "%s", f->result.output.data);
    assert_null(strstr(first, "gh-pages"));
    const char *object = fixture_text(f, CONTENT_CLONE "/.git/objects/%.2s/%s", before, before + 2);
    assert_int_equal(fixture_run(f, NULL, "rm", object, NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--json", NULL), 0);
    assert_string_equal(f->result.output.data, first);
}

static void test_conflict_is_said(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    push(f, "main", NULL, CONTENT_ASSISTANT "/prompts/answer.tpl", "Answer as a poem.\n\n{{instruction}}\n");
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "merge", "-q", "--ff-only", "origin/main", NULL), 0);
    read_queue(f, CONTENT_CLONE, &queue);
    const struct value *change = answer_find(value_get(queue.root, "changes"), "change", "prompt/concise");
    assert_true(slice_find(value_text(value_get(change, "problem")), SLICE("prompts/answer.tpl")) != SLICE_NOT_FOUND);
    document_clear(&queue);
}

static void test_remote_beats_local(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    const char *remote = fixture_commit_of(f, CONTENT_ORIGIN, "prompt/concise");
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "branch", "--no-track", "prompt/concise", "main", NULL), 0);
    struct fixture_file file = {CONTENT_TUTOR "/prompts/answer.tpl", SLICE("Local.\n{{instruction}}\n")};
    fixture_commit(f, CONTENT_CLONE,
                   &(struct fixture_commit){.branch = "prompt/concise", .files = &file, .file_count = 1});
    fixture_commit(f, CONTENT_CLONE,
                   &(struct fixture_commit){.branch = "prompt/mine", .from = "main", .files = &file, .file_count = 1});
    read_queue(f, CONTENT_CLONE, &queue);
    const struct value *change = answer_find(value_get(queue.root, "changes"), "change", "prompt/concise");
    assert_slice(value_text(value_get(change, "commit")), remote);
    assert_true(has_change(&queue, "prompt/mine"));
    document_clear(&queue);
}

static void test_rewritten_branch(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    read_queue(f, CONTENT_CLONE, &queue);
    document_clear(&queue);
    struct fixture_file file = {CONTENT_TUTOR "/prompts/answer.tpl", SLICE("Anew.\n{{instruction}}\n")};
    fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){.branch = "prompt/concise", .from = "main", .files = &file, .file_count = 1});
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "fetch", "-q", "origin", NULL), 0);
    read_queue(f, CONTENT_CLONE, &queue);
    const struct value *modules = modules_of(&queue, "prompt/concise");
    assert_int_equal(value_count(modules), 1);
    assert_slice(value_text(value_get(value_at(modules, 0), "path")), CONTENT_TUTOR);
    assert_int_equal(value_integer(value_get(value_at(value_get(value_at(modules, 0), "prompts"), 0), "stale"), 0), 3);
    document_clear(&queue);
}

static void test_shared_files_reach_their_users(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    push(f, "policy/content", "main", "policies/content_policy.rego", "package content\n\ndefault allow := false\n");
    push(f, "policy/people", "main", "policies/allowed_signers", "");
    read_queue(f, CONTENT_CLONE, &queue);
    assert_int_equal(value_count(modules_of(&queue, "policy/content")), 2);
    assert_int_equal(value_count(modules_of(&queue, "policy/people")), 1);
    assert_slice(value_text(value_get(value_at(modules_of(&queue, "policy/people"), 0), "path")), "policies");
    document_clear(&queue);
}

static void test_partials_reach_their_users(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    push(f, "main", NULL, "prompts/global-templates.yaml", "voice: Speak plainly.\n");
    push(f, "main", NULL, CONTENT_TUTOR "/prompts/answer.tpl", "{{> voice}}\n{{instruction}}\n");
    push(f, "shared/voice", "main", "prompts/global-templates.yaml", "voice: Speak warmly.\n");
    read_queue(f, CONTENT_CLONE, &queue);
    assert_int_equal(value_count(modules_of(&queue, "shared/voice")), 1);
    assert_slice(value_text(value_get(value_at(modules_of(&queue, "shared/voice"), 0), "path")), CONTENT_TUTOR);
    document_clear(&queue);
}

static void test_one_bad_manifest_hides_nothing_else(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    setup(f);
    push(f, "broken", "main", CONTENT_TUTOR "/manifest.yaml", "name: [unclosed\n");
    read_queue(f, CONTENT_CLONE, &queue);
    assert_true(has_change(&queue, "broken"));
    assert_true(has_change(&queue, "prompt/verbose"));
    assert_slice(value_text(value_get(value_at(modules_of(&queue, "broken"), 0), "gate")), "blocked");
    document_clear(&queue);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "show", "broken", NULL), 3);
    assert_non_null(strstr(f->result.output.data, "manifest.yaml:"));
}

static void test_needs(void **state)
{
    struct fixture *f = *state;
    setup(f);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--needs", "me", NULL), 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--needs", "legal", NULL), 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--needs", "learning-designer", NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--needs", "astronaut", NULL), 2);
    content_become(f, "mallory");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", "--needs", "me", NULL), 3);
    assert_non_null(strstr(f->result.errors.data, "Your key is not in policies/allowed_signers"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "queue", NULL), 0);
}

#define FIXTURE_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_changes_and_modules),
        FIXTURE_TEST(test_the_index_changes_nothing),
        FIXTURE_TEST(test_branches_that_are_no_change),
        FIXTURE_TEST(test_branches_that_are_no_change_cost_once),
        FIXTURE_TEST(test_conflict_is_said),
        FIXTURE_TEST(test_remote_beats_local),
        FIXTURE_TEST(test_rewritten_branch),
        FIXTURE_TEST(test_shared_files_reach_their_users),
        FIXTURE_TEST(test_partials_reach_their_users),
        FIXTURE_TEST(test_one_bad_manifest_hides_nothing_else),
        FIXTURE_TEST(test_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
