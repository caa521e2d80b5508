/* The harness is tested too: other tests believe it. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/file.h"
#include "harness/content.h"

static void world_is_its_own(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(getenv("HOME"), f->home);
    assert_string_equal(fixture_git_output(f, NULL, "config", "user.email", NULL), "ana@example.com");
    assert_null(getenv("GIT_DIR"));
    fixture_write(f, "a/b/c", SLICE("x\0y"));
    assert_true(slice_equal(fixture_read(f, "a/b/c"), SLICE("x\0y")));
    assert_int_equal(fixture_run(f, "a/b", "cat", "c", NULL), 0);
    assert_int_equal(f->result.output.size, 3);
    assert_int_equal(fixture_run_with_input(f, NULL, SLICE("hello"), "cat", NULL), 0);
    assert_string_equal(f->result.output.data, "hello");
    assert_int_equal(fixture_git(f, NULL, "rev-parse", "HEAD", NULL), 128);
    assert_string_equal(fixture_sha256(f, SLICE("abc")),
                        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void everything_is_removed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    char root[256];
    assert_true(strlen(f->root) < sizeof root);
    strcpy(root, f->root);
    content_make(f, 1);
    assert_true(file_is_folder(root));
    fixture_free(f);
    assert_false(file_exists(root));
}

static void content_is_whole(void **state)
{
    struct fixture *f = *state;
    content_make(f, 7);
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "for-each-ref", "--format=%(refname)", NULL),
                        "refs/heads/main\nrefs/heads/prompt/concise\nrefs/heads/prompt/model\n"
                        "refs/heads/prompt/verbose");
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "diff", "--name-only", "main...prompt/concise", NULL),
                        CONTENT_ASSISTANT "/prompts/answer.tpl\n" CONTENT_ASSISTANT "/tests/outputs/answer.json");
    assert_string_equal(fixture_git_output(f, CONTENT_CLONE, "symbolic-ref", "refs/remotes/origin/HEAD", NULL),
                        "refs/remotes/origin/main");
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "fsck", "--strict", NULL), "");
    assert_true(slice_find(fixture_read(f, "clone/" CONTENT_TUTOR "/tests/golden_answer.json"), SLICE("\"c7\"")) !=
                SLICE_NOT_FOUND);
}

/* A signature by ana is good for the policy's signers, one by mallory is not. */
static void keys_sign(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    static const struct {
        const char *key, *principal;
        int code;
    } attempts[] = {
        {"ana", "ana@example.com", 0}, {"lena", "lena@example.com", 0}, {"mallory", "ana@example.com", 255}};
    for (size_t i = 0; i < 3; i++) {
        fixture_write_text(f, "message", "text");
        file_remove(fixture_path(f, "message.sig"), NULL);
        assert_int_equal(fixture_run(f, NULL, "ssh-keygen", "-q", "-Y", "sign", "-n", "review.v1@assay", "-f",
                                     fixture_text(f, "keys/%s", attempts[i].key), "message", NULL),
                         0);
        int code = fixture_run_with_input(f, NULL, SLICE("text"), "ssh-keygen", "-Y", "verify", "-n", "review.v1@assay",
                                          "-f", "clone/policies/allowed_signers", "-I", attempts[i].principal, "-s",
                                          "message.sig", NULL);
        assert_int_equal(code, attempts[i].code);
    }
}

static void commits_are_written(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    const struct fixture_file files[] = {{"new.txt", SLICE("new\n")}, {"README.md", {NULL, 0}}};
    const char *commit = fixture_commit(f, CONTENT_ORIGIN,
                                        &(struct fixture_commit){.branch = "prompt/concise",
                                                                 .message = "a message\n",
                                                                 .author = "Lena Ortiz <lena@example.com>",
                                                                 .files = files,
                                                                 .file_count = 2});
    assert_string_equal(commit, fixture_commit_of(f, CONTENT_ORIGIN, "prompt/concise"));
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "log", "-1", "--format=%an %s", commit, NULL),
                        "Lena Ortiz a message");
    assert_string_equal(
        fixture_git_output(f, CONTENT_ORIGIN, "diff", "--name-status", "prompt/concise~", "prompt/concise", NULL),
        "D\tREADME.md\nA\tnew.txt");
    content_become(f, "lena");
    assert_string_equal(fixture_git_output(f, CONTENT_CLONE, "config", "user.name", NULL), "Lena Ortiz");
}

static void program_runs(void **state)
{
    struct fixture *f = *state;
    fixture_assay(f, NULL, "--version", NULL);
    assert_true(slice_find(str_slice(&f->result.output), SLICE(ASSAY_VERSION)) != SLICE_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(world_is_its_own),    cmocka_unit_test(everything_is_removed),
        TEST(content_is_whole),    TEST(keys_sign),
        TEST(commits_are_written), TEST(program_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
