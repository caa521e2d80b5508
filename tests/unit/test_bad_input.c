/* What goes wrong in a repository: one clear sentence that names the thing and the way out, the right exit code, and
 * everything else goes on working. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "harness/review.h"

#define C        CONTENT_CLONE
#define CONCISE  "prompt/concise"
#define MANIFEST CONTENT_ASSISTANT "/manifest.yaml"

/* One file on a branch of the origin; bytes NULL removes it. */
static void put(struct fixture *f, const char *branch, const char *path, const char *bytes)
{
    const struct fixture_file file = {path, slice_of(bytes)};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = branch, .files = &file, .file_count = 1});
    fixture_git(f, C, "fetch", "-q", NULL);
}

/* The other changes are there and can be judged. */
static void others_go_on(struct fixture *f)
{
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    review_said(f, "prompt/model");
    assert_int_equal(fixture_assay(f, C, "gate", "--all", "--json", NULL), 1);
    review_said(f, "\"change\": \"prompt/model\"");
    assert_int_equal(fixture_assay(f, C, "check", "prompt/model", NULL), 0);
}

static void blocks(struct fixture *f, const char *reason, const char *detail)
{
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, fixture_text(f, "\"reason\": \"%s\"", reason));
    review_said(f, detail);
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, NULL), 1);
    review_said(f, detail);
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 3);
    others_go_on(f);
}

static void a_manifest_that_is_not_yaml(void **state)
{
    put(*state, CONCISE, MANIFEST, "name: assistant\nversion: [1.0\nprompts: }\n");
    struct fixture *f = *state;
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"reason\": \"bad-manifest\"");
    review_said(f, MANIFEST ":");
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, NULL), 1);
    review_said(f, "bad-manifest");
    others_go_on(f);
}

static void duplicate_case_ids(void **state)
{
    put(*state, CONCISE, CONTENT_ASSISTANT "/tests/golden_answer.json",
        "[{\"id\": \"c1\", \"expected\": \"a\"},\n {\"id\": \"c1\", \"expected\": \"b\"}]\n");
    blocks(*state, "bad-manifest", CONTENT_ASSISTANT "/tests/golden_answer.json:2");
}

static void a_prompt_file_that_is_missing(void **state)
{
    put(*state, CONCISE, CONTENT_ASSISTANT "/prompts/answer.tpl", NULL);
    blocks(*state, "bad-manifest", CONTENT_ASSISTANT "/prompts/answer.tpl");
}

static void outputs_that_are_cut_off(void **state)
{
    put(*state, CONCISE, CONTENT_ASSISTANT "/tests/outputs/answer.json",
        "{\"schema\": \"assay.outputs/1\", \"prompt\"");
    blocks(*state, "missing-outputs", CONTENT_ASSISTANT "/tests/outputs/answer.json:1");
}

static void outputs_that_are_gone(void **state)
{
    put(*state, CONCISE, CONTENT_ASSISTANT "/tests/outputs/answer.json", NULL);
    struct fixture *f = *state;
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"reason\": \"missing-evidence\"");
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, NULL), 1);
    review_said(f, "nothing to review");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 3);
    review_complained(f, "3 of 3 cases of assistant have no output; make them and commit them.");
    others_go_on(f);
}

static void outputs_for_unknown_cases(void **state)
{
    struct fixture *f = *state;
    put(f, CONCISE, CONTENT_ASSISTANT "/tests/outputs/answer.json",
        content_outputs(f, "Answer in one sentence.\n\n{{instruction}}\n", "model-a", "In short.", 5));
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, NULL), 1);
    review_said(f, "2 outputs are for cases that the golden dataset does not have: c4, c5");
    /* They need no review: the golden cases are what is asked about. */
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
}

static void a_placeholder_without_a_value(void **state)
{
    struct fixture *f = *state;
    const char *text = "Answer {{audience}} with {{> tone}}.\n\n{{instruction}}\n";
    put(f, CONCISE, CONTENT_ASSISTANT "/prompts/answer.tpl", text);
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, "--json", NULL), 1);
    review_said(f, "{{audience}} has no value in case c1");
    review_said(f, "the partial “tone”");
    review_said(f, "\"stale-outputs\"");
}

static void unknown_keys_are_a_note(void **state)
{
    struct fixture *f = *state;
    put(f, CONCISE, MANIFEST,
        fixture_text(f, "%scolour: red\n", content_manifest(f, "assistant", "model-a", "medium", "pii")));
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, NULL), 0);
    review_said(f, "colour");
    review_said(f, "nothing found");
}

/* ---- policies ---- */

static const char *policy_with(struct fixture *f, const char *from, const char *to)
{
    const char *at = strstr(content_policy, from);
    assert_non_null(at);
    return fixture_text(f, "%.*s%s%s", (int)(at - content_policy), content_policy, to, at + strlen(from));
}

static void a_policy_with_an_unknown_role(void **state)
{
    struct fixture *f = *state;
    put(f, "main", "policies/review.yaml", policy_with(f, "roles: [legal]", "roles: [lawyer]"));
    assert_int_equal(review_gate(f, C, CONCISE), 3);
    review_complained(f, "policies/review.yaml:7");
    review_complained(f, "lawyer");
    review_complained(f, "until an administrator pushes the repair to main");
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 3);
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 3);
    review_complained(f, "policies/review.yaml:7");
    assert_int_equal(fixture_assay(f, C, "check", NULL), 1);
    review_said(f, "lawyer");
    /* Reading needs no policy; the exit code still says that something is wrong. */
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 3);
    review_said(f, CONCISE);
    review_complained(f, "policies/review.yaml:7");
    assert_int_equal(fixture_assay(f, C, "show", CONCISE, NULL), 0);
}

static void a_branch_that_breaks_the_policy(void **state)
{
    struct fixture *f = *state;
    put(f, CONCISE, "policies/review.yaml", "schema: assay.policy/1\npeople: everybody\n");
    assert_int_equal(fixture_assay(f, C, "check", CONCISE, NULL), 1);
    review_said(f, "policies/review.yaml:");
    review_said(f, "bad-policy");
    assert_int_equal(review_gate(f, C, CONCISE), 1); /* the target's policy judges it */
    review_said(f, "\"reason\": \"bad-policy\"");
    others_go_on(f);
}

static void no_policy(void **state)
{
    struct fixture *f = *state;
    put(f, "main", "policies/review.yaml", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"reason\": \"no-policy\"");
    review_said(f, "\"policy\": null");
    review_complained(f, "assay init");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 3);
    review_complained(f, "assay init");
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
    review_said(f, CONCISE);
}

static void a_broken_signers_file(void **state)
{
    struct fixture *f = *state;
    put(f, "main", "policies/allowed_signers", "ana@example.com ssh-ed25519 AAAA\n");
    assert_int_equal(review_gate(f, C, CONCISE), 3);
    review_complained(f, "policies/allowed_signers:1");
    review_complained(f, "until an administrator pushes the repair to main");
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
}

/* ---- records ---- */

static void a_record_that_is_not_json(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    struct slice bytes = SLICE("{\"schema\": ");
    const char *path = fixture_text(f, "r/prompt%%2Fconcise/%s.json", fixture_sha256(f, bytes) + strlen("sha256:"));
    const struct fixture_file files[] = {{path, bytes}, {"r/prompt%2Fconcise/readme.txt", SLICE("hello\n")}};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "assay/log", .files = files, .file_count = 2});
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 1);
    review_said(f, "\"no-signature\"");
    review_said(f, "\"good\": 1,");
    review_complained(f, "readme.txt");
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 1);
    review_said(f, fixture_text(f, "- {record: \"%s\", reason: \"why\"}\n", fixture_sha256(f, bytes)));
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"no-signature\"");
    assert_false(review_says(f, "legal: 1 of 1 missing"));
    assert_int_equal(fixture_assay(f, C, "log", NULL), 0);
    review_said(f, "Lena Ortiz");
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
}

/* ---- repositories ---- */

static void no_repository(void **state)
{
    struct fixture *f = *state;
    fixture_write_text(f, "plain/file", "");
    assert_int_equal(fixture_assay(f, "plain", "gate", CONCISE, NULL), 4);
    review_complained(f, "is not in a git repository; go to one or name one with -C");
    assert_int_equal(fixture_git(f, NULL, "init", "-q", "empty", NULL), 0);
    assert_int_equal(fixture_assay(f, "empty", "queue", NULL), 3);
    review_complained(f, "commit");
    assert_int_equal(fixture_assay(f, "empty", "check", NULL), 3);
}

static void names_that_are_no_change(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_assay(f, C, "gate", "main", NULL), 3);
    review_complained(f, "main is the target here, into which changes merge, not a change; “assay queue” lists those.");
    assert_int_equal(fixture_assay(f, C, "gate", "refs/heads/" CONCISE, NULL), 1);
    review_said(f, CONCISE " → main: blocked");
    /* what a CI may have fetched: the branch that is to be judged, and nothing to judge it by */
    assert_int_equal(
        fixture_git(f, NULL, "clone", "-q", "--single-branch", "-b", CONCISE, CONTENT_ORIGIN, "single", NULL), 0);
    assert_int_equal(fixture_assay(f, "single", "gate", CONCISE, NULL), 3);
    review_complained(f, "is for the target “main”, which was not fetched here");
    assert_int_equal(
        fixture_run(f, "single", "sh", "-c", "git remote set-branches origin '*' && git fetch -q origin", NULL), 0);
    assert_int_equal(fixture_assay(f, "single", "gate", CONCISE, NULL), 1);
}

static void nothing_for_me_is_not_nothing(void **state)
{
    struct fixture *f = *state;
    content_become(f, "lena"); /* legal, which neither change of tutor lacks once she signed */
    assert_int_equal(fixture_assay(f, C, "queue", "--needs", "me", NULL), 1);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    review_signed(f, C, "lena", "prompt/verbose", "assistant", "legal", "approve", NULL);
    review_signed(f, C, "lena", "prompt/verbose", "tutor", "legal", "approve", NULL);
    review_signed(f, C, "lena", "prompt/model", "tutor", "legal", "approve", NULL);
    assert_int_equal(fixture_assay(f, C, "queue", "--needs", "me", NULL), 0);
    assert_string_equal(f->result.output.data, "Nothing waits for you; 3 changes wait for others.\n");
    assert_int_equal(fixture_assay(f, C, "queue", "--needs", "legal", NULL), 0);
    assert_string_equal(f->result.output.data, "Nothing waits for legal; 3 changes wait for others.\n");
}

static void a_repository_that_has_no_remote_gets_its_name(void **state)
{
    struct fixture *f = *state;
    content_become(f, "ana");
    assert_int_equal(fixture_git(f, NULL, "init", "-q", "-b", "main", "new", NULL), 0);
    assert_int_equal(fixture_git(f, "new", "commit", "-q", "--allow-empty", "-m", "first", NULL), 0);
    assert_int_equal(fixture_assay(f, "new", "init", "--yes", NULL), 2);
    review_complained(f, "give it with --repository NAME");
    const char *endless = fixture_text(f, "%01001d", 0);
    assert_int_equal(fixture_assay(f, "new", "init", "--yes", "--repository", endless, NULL), 2);
    review_complained(f, "nobody can use: policies/review.yaml:3: ");
    assert_int_equal(fixture_git(f, "new", "config", "user.email", "ana@example.com,lena@example.com", NULL), 0);
    assert_int_equal(fixture_assay(f, "new", "init", "--yes", "--repository", "acme/lessons", NULL), 2);
    review_complained(f, "nobody can use: policies/allowed_signers:2: ");
    assert_false(file_exists(fixture_path(f, "new/policies")));
    assert_int_equal(fixture_git(f, "new", "config", "user.email", "ana@example.com", NULL), 0);
    fixture_write(f, "new/policies/allowed_signers", SLICE("# mine\n"));
    assert_int_equal(fixture_assay(f, "new", "init", "--yes", "--repository", "acme/lessons", NULL), 3);
    assert_false(file_exists(fixture_path(f, "new/policies/review.yaml")));
    assert_int_equal(remove(fixture_path(f, "new/policies/allowed_signers")), 0);
    assert_int_equal(fixture_assay(f, "new", "init", "--yes", "--repository", "acme/lessons", NULL), 0);
    assert_true(slice_find(fixture_read(f, "new/policies/review.yaml"), SLICE("acme/lessons")) != SLICE_NOT_FOUND);
}

static void a_detached_head_and_a_bare_repository(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, C, "checkout", "-q", "--detach", "origin/" CONCISE, NULL);
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
    assert_int_equal(fixture_assay(f, CONTENT_ORIGIN, "gate", CONCISE, NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_ORIGIN, "verify", NULL), 0);
    review_said(f, "2 good, 0 bad");
    assert_int_equal(fixture_assay(f, CONTENT_ORIGIN, "queue", NULL), 0);
    review_said(f, "prompt/verbose");
}

static void no_key(void **state)
{
    struct fixture *f = *state;
    fixture_write_text(f, "home/.gitconfig", "[user]\n\tname = Nobody\n\temail = nobody@example.com\n");
    assert_int_equal(
        fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "legal", "--verdict", "approve", NULL),
        4);
    review_complained(f, "signingKey");
    assert_int_equal(review_gate(f, C, CONCISE), 1); /* judging needs none */
    fixture_write_text(f, "home/.gitconfig", "[assay]\n\tsigningKey = ~/.ssh/gone\n");
    assert_int_equal(
        fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "legal", "--verdict", "approve", NULL),
        4);
    review_complained(f, ".ssh/gone");
}

/* ---- what is typed ---- */

static void names_that_do_not_exist(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(review_gate(f, C, "prompt/none"), 3);
    review_complained(f, "“prompt/none”");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "tutor", "legal", "approve", NULL), 2);
    review_complained(f, "it touches: " CONTENT_ASSISTANT);
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "lawyer", "approve", NULL), 2);
    review_complained(f, "“lawyer”");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "yes", NULL), 2);
    review_complained(f, "approve, request-changes, abstain or withdraw");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "content-owner", "abstain", NULL), 3);
    review_complained(f, "does not hold the role content-owner");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "request-changes", NULL), 3);
    review_complained(f, "needs a comment");
}

static void refuses_scores(struct fixture *f, const char *json, const char *part)
{
    fixture_write_text(f, "scores.json", json);
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "content-owner",
                                   "--verdict", "abstain", "--scores", "../scores.json", NULL),
                     3);
    review_complained(f, "../scores.json");
    review_complained(f, part);
}

static void scores_that_are_wrong(void **state)
{
    static const struct {
        const char *json, *part;
    } wrong[] = {
        {"[", "../scores.json:1"},
        {"{}", "a list is expected"},
        {"[{\"prompt\": \"answer\", \"case\": \"c9\", \"scores\": {}}]", "no case “c9”"},
        {"[{\"prompt\": \"question\", \"case\": \"c1\", \"scores\": {}}]", "no prompt “question”"},
        {"[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"beauty\": 3}}]", "no criterion “beauty”"},
        {"[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"tone\": 6}}]", "from 1 to 5"},
        {"[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"tone\": 3.5}}]", "from 1 to 5"},
        {"[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {}, \"note\": \"\"}]", "“note”"},
        {"[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {}},\n"
         " {\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {}}]",
         "../scores.json:2: case c1 is named twice"},
        {"[{\"prompt\": \"answer\", \"case\": \"c1\", \"output\": \"sha256:00\", \"scores\": {}}]", "another one now"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
        refuses_scores(f, wrong[i].json, wrong[i].part);
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "content-owner",
                                   "--verdict", "abstain", "--scores", "../none.json", NULL),
                     4);
    /* Nothing of all this left a trace. */
    assert_int_equal(fixture_assay(f, C, "log", NULL), 0);
    review_said(f, "There are no records");
}

static void escape_sequences_stay_on_paper(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "request-changes", "--comment",
                  "\x1b]0;owned\x07 \xe2\x80\xae abc \x9b", NULL);
    assert_int_equal(fixture_assay(f, C, "log", "-v", NULL), 0);
    assert_null(strchr(f->result.output.data, '\x1b'));
    assert_null(strstr(f->result.output.data, "\xe2\x80\xae"));
    assert_int_equal(fixture_assay(f, C, "log", "--json", NULL), 0);
    assert_null(strstr(f->result.output.data, "\xe2\x80\xae"));
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 0);
}

/* ---- the machine ---- */

static void a_state_folder_that_cannot_be_made(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    assert_success(file_remove_tree(fixture_path(f, C "/.git/assay"), &error), error);
    fixture_write_text(f, C "/.git/assay", "in the way");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 4);
    review_complained(f, ".git/assay");
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    assert_int_equal(fixture_assay(f, C, "queue", NULL), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_manifest_that_is_not_yaml),
        TEST(duplicate_case_ids),
        TEST(a_prompt_file_that_is_missing),
        TEST(outputs_that_are_cut_off),
        TEST(outputs_that_are_gone),
        TEST(outputs_for_unknown_cases),
        TEST(a_placeholder_without_a_value),
        TEST(unknown_keys_are_a_note),
        TEST(a_policy_with_an_unknown_role),
        TEST(a_branch_that_breaks_the_policy),
        TEST(no_policy),
        TEST(a_broken_signers_file),
        TEST(a_record_that_is_not_json),
        TEST(no_repository),
        TEST(names_that_are_no_change),
        TEST(nothing_for_me_is_not_nothing),
        TEST(a_repository_that_has_no_remote_gets_its_name),
        TEST(a_detached_head_and_a_bare_repository),
        TEST(no_key),
        TEST(names_that_do_not_exist),
        TEST(scores_that_are_wrong),
        TEST(escape_sequences_stay_on_paper),
        TEST(a_state_folder_that_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
