/* `assay seal`: the real program on a real remote. */
#include "harness/content.h"
#include "harness/test.h"

#include "assay/base/file.h"
#include "assay/model/seal.h"

#define CHANGE "prompt/concise"
#define FOLDER "reviews/prompt%2Fconcise/"

static void sign(struct fixture *f, const char *who, const char *role, const char *verdict)
{
    content_become(f, who);
    fixture_write_text(f, "scores.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 4, \"correctness\": 5, "
                       "\"tone\": 4}}, {\"prompt\": \"answer\", \"case\": \"c2\", \"scores\": {\"clarity\": 4, "
                       "\"correctness\": 4, \"tone\": 4}}]\n");
    if (fixture_assay(f, CONTENT_CLONE, "sign", CHANGE, "--module", CONTENT_ASSISTANT, "--role", role, "--verdict",
                      verdict, "--comment", "Checked.", strcmp(role, "content-owner") ? NULL : "--scores",
                      fixture_path(f, "scores.json"), NULL) != 0)
        fail_msg("assay sign: %s", f->result.errors.data);
}

static void approve(struct fixture *f)
{
    sign(f, "ana", "content-owner", "approve");
    sign(f, "lena", "legal", "approve");
}

static void assert_seal(struct fixture *f, int code, const char *words)
{
    int got = fixture_assay(f, CONTENT_CLONE, "seal", CHANGE, NULL);
    if (got != code || (!strstr(f->result.output.data, words) && !strstr(f->result.errors.data, words)))
        fail_msg("assay seal: exit %d, expected %d with “%s”\n%s\n%s", got, code, words, f->result.output.data,
                 f->result.errors.data);
}

static void test_blocked_change_is_not_sealed(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    const char *before = fixture_commit_of(f, CONTENT_ORIGIN, CHANGE);
    sign(f, "ana", "content-owner", "approve");
    assert_seal(f, 1, "missing-sign-off");
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, CHANGE), before);
}

/* As the gate says it: the file of the record, and the way out. */
static void test_a_rejection_that_forbids_the_seal_is_named(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    approve(f);
    sign(f, "ines", "content-owner", "request-changes");
    assert_seal(f, 1, "\n      r/prompt%2Fconcise/");
    assert_seal(f, 1, ".json\n      It holds until Ines Roy withdraws it or signs anew");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", CHANGE, "--json", NULL), 1);
    assert_non_null(strstr(f->result.output.data, "\"file\": \"r/prompt%2Fconcise/"));
    assert_non_null(strstr(f->result.output.data, "\"principal\": \"ines@example.com\""));
    assert_non_null(strstr(f->result.output.data, "\"advice\": \"It holds until Ines Roy"));
}

static void test_seal_carries_the_same_bytes_and_stock_tools_verify_it(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    approve(f);
    const char *before = fixture_commit_of(f, CONTENT_ORIGIN, CHANGE);
    assert_seal(f, 0, "Sealed prompt/concise");
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, CHANGE "^"), before);
    /* the log's blobs and the branch's are the same objects */
    const char *log = fixture_git_output(f, CONTENT_ORIGIN, "rev-parse", "assay/log:r/prompt%2Fconcise", NULL);
    const char *listing = fixture_git_output(f, CONTENT_ORIGIN, "ls-tree", log, NULL);
    const char *sealed = fixture_git_output(f, CONTENT_ORIGIN, "ls-tree",
                                            CHANGE ":"
                                                   "reviews/prompt%2Fconcise",
                                            NULL);
    struct slice rest = slice_of(listing), line;
    size_t count = 0;
    for (; slice_cut_line(&rest, &line); count++)
        assert_true(slice_find(slice_of(sealed), line) != SLICE_NOT_FOUND);
    assert_int_equal(count, 4);
    /* nothing but reviews/ differs */
    assert_string_equal(
        fixture_git_output(f, CONTENT_ORIGIN, "diff", "--name-only", before, CHANGE, "--", ".", ":!reviews", NULL), "");
    const char *seal = fixture_git_output(f, CONTENT_ORIGIN, "show", CHANGE ":" FOLDER "seal.json", NULL);
    fixture_write_text(f, "seal.json", fixture_text(f, "%s\n", seal));
    fixture_write_text(f, "seal.json.sig",
                       fixture_git_output(f, CONTENT_ORIGIN, "show", CHANGE ":" FOLDER "seal.json.sig", NULL));
    assert_int_equal(fixture_run_with_input(f, NULL, fixture_read(f, "seal.json"), "ssh-keygen", "-Y", "verify", "-f",
                                            fixture_path(f, CONTENT_CLONE "/policies/allowed_signers"), "-I",
                                            "lena@example.com", "-n", SEAL_NAMESPACE, "-s",
                                            fixture_path(f, "seal.json.sig"), NULL),
                     0);
    struct seal read;
    struct error error = ERROR_INIT;
    assert_int_equal(seal_decode(fixture_read(f, "seal.json"), &read, &error), RECORD_OK);
    assert_int_equal(read.record_count, 2);
    assert_slice(read.modules[0].path, CONTENT_ASSISTANT);
    seal_clear(&read);
}

static void test_sealing_again_changes_nothing_and_the_gate_still_passes(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    approve(f);
    assert_seal(f, 0, "Sealed");
    const char *tip = fixture_commit_of(f, CONTENT_ORIGIN, CHANGE);
    assert_seal(f, 0, "sealed already");
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, CHANGE), tip);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "gate", CHANGE, NULL), 0);
    /* another record makes another seal */
    sign(f, "ines", "content-owner", "approve");
    assert_seal(f, 0, "3 records");
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, CHANGE "^"), tip);
}

static void test_json_says_what_was_sealed(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", CHANGE, "--json", NULL), 1);
    assert_non_null(strstr(f->result.output.data, "\"result\": \"blocked\""));
    approve(f);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", CHANGE, "--json", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "\"result\": \"sealed\""));
    assert_non_null(strstr(f->result.output.data, "\"pushed\": true"));
    assert_non_null(strstr(f->result.output.data, fixture_commit_of(f, CONTENT_ORIGIN, CHANGE)));
}

static void test_change_that_moved_meanwhile_is_judged_again(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    approve(f);
    /* the clone does not know yet: the seal must see the remote's tip, and finds other content */
    const struct fixture_file file = {CONTENT_ASSISTANT "/prompts/answer.tpl",
                                      SLICE("Anything goes. {{instruction}}\n")};
    const char *moved =
        fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = CHANGE, .files = &file, .file_count = 1});
    assert_seal(f, 1, "stale");
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, CHANGE), moved);
}

static void test_stranger_and_unknown_change_are_refused(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    approve(f);
    content_become(f, "mallory");
    assert_seal(f, 3, "allowed_signers");
    content_become(f, "lena");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", "prompt/none", NULL), 3);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", NULL), 2);
}

static void test_remote_that_is_gone_or_declines(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    approve(f);
    fixture_script(f, CONTENT_ORIGIN "/hooks/pre-receive", "echo not today\nexit 1");
    const char *before = fixture_commit_of(f, CONTENT_ORIGIN, CHANGE);
    assert_seal(f, 4, "not today");
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, CHANGE), before);
    assert_int_equal(fixture_run(f, NULL, "mv", CONTENT_ORIGIN, "elsewhere.git", NULL), 0);
    assert_seal(f, 4, "Not fresh");
}

/* Without a remote the branch is a local one; when it is checked out its files come along. */
static void test_local_branches_take_the_seal(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    fixture_git(f, CONTENT_CLONE, "branch", "-q", CHANGE, "origin/" CHANGE, NULL);
    fixture_git(f, CONTENT_CLONE, "remote", "remove", "origin", NULL);
    approve(f);
    assert_seal(f, 0, "local branch");
    assert_int_equal(fixture_git(f, CONTENT_CLONE, "cat-file", "-e", CHANGE ":" FOLDER "seal.json", NULL), 0);
    assert_string_equal(fixture_git_output(f, CONTENT_CLONE, "status", "--porcelain", NULL), "");
    fixture_git(f, CONTENT_CLONE, "checkout", "-q", CHANGE, NULL);
    sign(f, "ines", "content-owner", "approve");
    assert_seal(f, 0, "local branch");
    assert_string_equal(fixture_git_output(f, CONTENT_CLONE, "status", "--porcelain", NULL), "");
    assert_true(file_exists(fixture_path(f, CONTENT_CLONE "/" FOLDER "seal.json")));
}

static void on_main(struct fixture *f, const char *commands)
{
    content_become(f, "ines");
    fixture_run(f, NULL, "rm", "-rf", "maintainer", NULL);
    content_clone(f, "maintainer");
    if (fixture_run(f, "maintainer", "sh", "-c",
                    fixture_text(f, "set -e; %s; git commit -qam rules; git push -q origin main", commands), NULL) != 0)
        fail_msg("%s: %s%s", commands, f->result.output.data, f->result.errors.data);
}

/* Least privilege: whoever seals needs a key for seals, a person in the policy, and no role. */
static void test_keys_are_judged_for_seals_alone(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    fixture_write_text(f, "line", content_signer(f, "mallory"));
    on_main(f, "sed 's/ namespaces=[^ ]*/ namespaces=\"seal.v1@assay\"/' ../line >> policies/allowed_signers; sed -i "
               "'s/^\\(lena@.*\\),seal.v1@assay/\\1/' policies/allowed_signers; sed -i 's/^roles:/  - {principal: "
               "mallory@example.com, name: CI, roles: []}\\nroles:/' policies/review.yaml");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    approve(f);
    assert_seal(f, 3, "Your key may not seal (wrong-namespace)");
    assert_seal(f, 3, "add seal.v1@assay to its `namespaces`");
    content_become(f, "mallory");
    assert_seal(f, 0, "Sealed");
    assert_non_null(strstr(fixture_git_output(f, CONTENT_ORIGIN, "show", CHANGE ":" FOLDER "seal.json", NULL),
                           "\"principal\": \"mallory@example.com\""));
    assert_int_not_equal(fixture_assay(f, CONTENT_CLONE, "sign", CHANGE, "--module", CONTENT_ASSISTANT, "--role",
                                       "legal", "--verdict", "approve", NULL),
                         0);
    assert_non_null(strstr(f->result.errors.data, "wrong-namespace"));
}

/* What waits goes out first: the seal names a log that has all that it names. */
static void test_records_that_wait_are_sent_before_the_seal(void **state)
{
    struct fixture *f = *state;
    struct seal seal;
    struct error error = ERROR_INIT;
    char log[OID_HEX_SIZE + 1];
    content_make(f, 2);
    sign(f, "ana", "content-owner", "approve");
    assert_int_equal(fixture_run(f, NULL, "mv", CONTENT_ORIGIN, "elsewhere.git", NULL), 0);
    sign(f, "lena", "legal", "approve");
    assert_int_equal(fixture_run(f, NULL, "mv", "elsewhere.git", CONTENT_ORIGIN, NULL), 0);
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "rev-list", "--count", "assay/log", NULL), "1");
    assert_seal(f, 0, "2 records");
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "rev-list", "--count", "assay/log", NULL), "2");
    fixture_write_text(
        f, "seal.json",
        fixture_text(f, "%s\n", fixture_git_output(f, CONTENT_ORIGIN, "show", CHANGE ":" FOLDER "seal.json", NULL)));
    assert_int_equal(seal_decode(fixture_read(f, "seal.json"), &seal, &error), RECORD_OK);
    oid_format(&seal.log, log);
    assert_string_equal(log, fixture_commit_of(f, CONTENT_ORIGIN, "assay/log"));
    seal_clear(&seal);
}

/* A module in reviews/ would hold the seal that is to approve it. */
static void test_a_module_that_holds_reviews_is_not_sealed(void **state)
{
    struct fixture *f = *state;
    content_make(f, 2);
    const struct fixture_file files[] = {
        {"reviews/manifest.yaml", slice_of(content_manifest(f, "reviews", "gpt-4o-mini", "low", ""))},
        {"reviews/prompts/answer.tpl", SLICE(CONTENT_TEMPLATE)},
        {"reviews/tests/golden_answer.json", slice_of(content_golden(f, 2))},
        {"reviews/tests/outputs/answer.json",
         slice_of(content_outputs(f, CONTENT_TEMPLATE, "gpt-4o-mini", "plain", 2))},
    };
    const char *before = fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){.branch = "prompt/inside", .from = "main", .files = files, .file_count = 4});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    sign(f, "ana", "content-owner", "approve"); /* leaves the scores */
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", "prompt/inside", "--verdict", "approve", "--role",
                                   "content-owner", "--scores", fixture_path(f, "scores.json"), NULL),
                     0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "gate", "prompt/inside", NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", "prompt/inside", NULL), 3);
    assert_non_null(strstr(f->result.errors.data, "a module holds reviews/ and would change by it"));
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, "prompt/inside"), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_blocked_change_is_not_sealed),
        TEST(test_a_rejection_that_forbids_the_seal_is_named),
        TEST(test_seal_carries_the_same_bytes_and_stock_tools_verify_it),
        TEST(test_sealing_again_changes_nothing_and_the_gate_still_passes),
        TEST(test_json_says_what_was_sealed),
        TEST(test_change_that_moved_meanwhile_is_judged_again),
        TEST(test_stranger_and_unknown_change_are_refused),
        TEST(test_remote_that_is_gone_or_declines),
        TEST(test_local_branches_take_the_seal),
        TEST(test_keys_are_judged_for_seals_alone),
        TEST(test_records_that_wait_are_sent_before_the_seal),
        TEST(test_a_module_that_holds_reviews_is_not_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
