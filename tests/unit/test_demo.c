/* `assay demo`: a sample that is real in every part, made from the program alone. */
#include "harness/answer.h"
#include "harness/screen.h"
#include "harness/test.h"

#include "assay/base/file.h"

static const struct value *find_change(const struct document *queue, const char *name)
{
    return answer_find(value_get(queue->root, "changes"), "change", name);
}

static int64_t module_number(const struct value *change, const char *member)
{
    return value_integer(value_get(value_at(value_get(change, "modules"), 0), member), -1);
}

static int64_t stale_outputs(const struct value *change)
{
    const struct value *prompts = value_get(value_at(value_get(change, "modules"), 0), "prompts");
    int64_t stale = 0;
    for (size_t i = 0; i < value_count(prompts); i++)
        stale += value_integer(value_get(value_at(prompts, i), "stale"), 0);
    return stale;
}

static void test_five_changes(void **state)
{
    struct fixture *f = *state;
    struct document queue;
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", "--json", NULL), 0);
    answer_parse(f, "schema/queue.schema.json", &queue);
    assert_int_equal(value_count(value_get(queue.root, "changes")), 5);
    assert_int_equal(module_number(find_change(&queue, "prompt/welcome-series"), "flags"), 0);
    assert_true(module_number(find_change(&queue, "prompt/price-objections"), "flags") >= 3);
    assert_true(module_number(find_change(&queue, "prompt/refund-policy"), "flags") >= 1);
    assert_int_equal(stale_outputs(find_change(&queue, "prompt/seo-tables")), 12);
    assert_int_equal(stale_outputs(find_change(&queue, "prompt/welcome-series")), 0);
    const struct value *half =
        value_get(value_at(value_get(find_change(&queue, "prompt/plain-language"), "modules"), 0), "progress");
    assert_int_equal(value_integer(value_get(half, "scored"), 0), 12);
    document_clear(&queue);
}

static void test_needs_no_identity_and_leaves_none(void **state)
{
    struct fixture *f = *state;
    fixture_write_text(f, "home/.gitconfig", "");
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", NULL), 0);
    assert_slice(fixture_read(f, "home/.gitconfig"), "");
    assert_int_equal(fixture_git(f, "sample/origin.git", "fsck", "--strict", "--no-dangling", NULL), 0);
    assert_int_equal(fixture_git(f, "sample/clone", "status", "--porcelain", NULL), 0);
    assert_int_equal(f->result.output.size, 0);
}

static void test_records_verify(void **state)
{
    struct fixture *f = *state;
    struct document answer;
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", NULL), 0);
    assert_int_equal(fixture_assay(f, "sample/clone", "verify", "--json", NULL), 0);
    answer_parse(f, "schema/verify.schema.json", &answer);
    assert_int_equal(value_integer(value_get(answer.root, "good"), -1), 1);
    assert_int_equal(value_integer(value_get(answer.root, "bad"), -1), 0);
    document_clear(&answer);
}

static void test_again_keeps_what_is_there(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", NULL), 0);
    const char *tip = fixture_commit_of(f, "sample/origin.git", "main");
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", "--as", "lena", NULL), 0);
    assert_string_equal(fixture_commit_of(f, "sample/origin.git", "main"), tip);
    assert_string_equal(fixture_git_output(f, "sample/clone", "config", "user.name", NULL), "Lena Ortiz");
    assert_int_equal(fixture_assay(f, "sample/clone", "queue", "--needs", "me", NULL), 1);
    assert_non_null(strstr(f->result.output.data, "prompt/refund-policy"));
    assert_null(strstr(f->result.output.data, "prompt/welcome-series"));
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", "--as", "nobody", NULL), 2);
}

/* Whoever killed it on the way starts it again. */
static void test_what_was_not_finished_is_made_anew(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, NULL, "sh", "-c", "timeout -s KILL 0.1 \"$1\" demo sample --json", "sh", ASSAY_BINARY, NULL);
    fixture_write_text(f, "sample/.unfinished-assay-demo", ""); /* wherever the kill met it */
    fixture_write_text(f, "sample/keys/half", "");
    fixture_write_text(f, "sample/clone/.git/HEAD", "");
    assert_int_equal(fixture_assay(f, NULL, "demo", "sample", NULL), 0);
    assert_int_equal(fixture_git(f, "sample/clone", "status", "--porcelain", NULL), 0);
    assert_false(file_exists(fixture_path(f, "sample/.unfinished-assay-demo")));
    assert_false(file_exists(fixture_path(f, "sample/keys/half")));
}

static void test_refuses_a_full_folder(void **state)
{
    struct fixture *f = *state;
    fixture_write_text(f, "mine/letter.txt", "dear");
    assert_int_equal(fixture_assay(f, NULL, "demo", "mine", NULL), 2);
    assert_non_null(strstr(f->result.errors.data, "not empty"));
    assert_slice(fixture_read(f, "mine/letter.txt"), "dear");
}

static void test_opens_the_console_on_a_terminal(void **state)
{
    struct fixture *f = *state;
    const char *const arguments[] = {ASSAY_BINARY, "demo", fixture_path(f, "sample"), NULL};
    struct screen *screen = screen_start(arguments, NULL, 30, 110);
    int status;
    assert_non_null(screen);
    assert_true(screen_wait_text(screen, "prompt/welcome-series"));
    screen_keys(screen, "Q");
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(status, 0);
    screen_free(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_five_changes, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_needs_no_identity_and_leaves_none, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_records_verify, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_again_keeps_what_is_there, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_opens_the_console_on_a_terminal, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_was_not_finished_is_made_anew, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_refuses_a_full_folder, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
