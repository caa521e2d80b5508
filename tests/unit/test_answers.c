/* What each command prints with --json, held against its schema, through the life of one change. */
#include "harness/test.h"

#include "harness/answer.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"
#define TREE    "137764c52247412869ebfaa45dcbbc0bca5eadd8" /* of the bytes `no tree` */

/* The last program's standard output fits the schema of this name, and its exit code was this. */
static void fits(struct fixture *f, const char *schema, int code)
{
    struct document document;
    if (f->result.exit_code != code)
        fail_msg("%s: exit %d, expected %d: %s", schema, f->result.exit_code, code, f->result.errors.data);
    answer_parse(f, fixture_text(f, "schema/%s.schema.json", schema), &document);
    document_clear(&document);
}

static void look(struct fixture *f, int gate)
{
    fixture_assay(f, C, "queue", "--json", NULL);
    fits(f, "queue", 0);
    fixture_assay(f, C, "show", CONCISE, "--json", NULL);
    fits(f, "show", 0);
    fixture_assay(f, C, "check", "--json", NULL);
    fits(f, "check", 0);
    fixture_assay(f, C, "gate", CONCISE, "--json", NULL);
    fits(f, "gate", gate);
    fixture_assay(f, C, "gate", "--all", "--json", NULL);
    fits(f, "gate", 1);
    fixture_assay(f, C, "log", "--json", NULL);
    fits(f, "log", 0);
    fixture_assay(f, C, "verify", "--json", NULL);
    fits(f, "verify", 0);
    fixture_assay(f, C, "sync", "--json", NULL);
    fits(f, "sync", 0);
    fixture_assay(f, C, "audit", "--json", NULL);
    fits(f, "audit", 0);
}

static void merge(struct fixture *f)
{
    content_clone(f, "maintainer");
    if (fixture_run(f, "maintainer", "sh", "-c",
                    "git merge -q --no-ff -m merge origin/" CONCISE " && git push -q origin main", NULL) != 0)
        fail_msg("%s", f->result.errors.data);
}

static void from_the_branch_to_the_bundle(void **state)
{
    struct fixture *f = *state;
    content_become(f, "ana");
    look(f, 1);
    fixture_assay(f, C, "seal", CONCISE, "--json", NULL);
    fits(f, "seal-command", 1);
    review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    fits(f, "sign", 0);
    review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    fits(f, "sign", 0);
    look(f, 0);
    fixture_assay(f, C, "export", "in-toto", CONCISE, "--json", NULL);
    fits(f, "export", 0);
    for (int again = 0; again < 2; again++) {
        fixture_assay(f, C, "seal", CONCISE, "--json", NULL);
        fits(f, "seal-command", 0);
    }
    merge(f);
    fixture_assay(f, C, "audit", "--json", NULL);
    fits(f, "audit", 0);
    review_said(f, "\"allowed\"");
    fixture_assay(f, C, "bundle", "sign", "assistant", "--json", NULL);
    fits(f, "bundle-command", 0);
    fixture_assay(f, C, "bundle", "verify", "assistant", "--json", NULL);
    fits(f, "bundle-command", 0);
    fixture_assay(f, C, "bundle", "verify", "tutor", "--json", NULL);
    fits(f, "bundle-command", 1);
}

/* Findings, a record that waits, a gap: the keys that only bad news bring. */
static void bad_news(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file broken = {CONTENT_ASSISTANT "/manifest.yaml", SLICE("name: assistant\nversion: [\n")};
    const struct fixture_file unsealed = {CONTENT_TUTOR "/prompts/answer.tpl", SLICE("{{instruction}}\n")};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = CONCISE, .files = &broken, .file_count = 1});
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "main", .files = &unsealed, .file_count = 1});
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", "main", NULL);
    content_become(f, "ana");
    fixture_git(f, C, "fetch", "-q", NULL);
    fixture_assay(f, C, "check", "--json", NULL);
    fits(f, "check", 1);
    fixture_assay(f, C, "queue", "--json", NULL);
    fits(f, "queue", 0);
    fixture_assay(f, C, "show", CONCISE, "--json", NULL);
    fits(f, "show", 0);
    fixture_assay(f, C, "audit", "--json", NULL);
    fits(f, "audit", 1);
    review_said(f, "\"no seal came with it\"");
    review_said(f, "under `accepted` in policies/review.yaml");
    fixture_assay(f, C, "verify", "--json", NULL);
    fits(f, "verify", 1);
    review_said(f, "\"what\"");
    review_sign(f, C, "lena", "prompt/model", "tutor", "legal", "abstain", "--offline", NULL);
    fits(f, "sign", 0);
    review_said(f, "\"sent\": false");
    fixture_assay(f, C, "log", "--json", NULL);
    fits(f, "log", 0);
    review_said(f, "\"waiting\"");
}

/* One change that cannot be read, one that cannot be compared: blocked, in the list, and the others are judged. */
static void gate_all_lists_what_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    struct document document;
    content_become(f, "ana");
    assert_int_equal(fixture_run_with_input(f, C, SLICE("no tree"), "git", "hash-object", "-t", "tree", "-w",
                                            "--literally", "--stdin", NULL),
                     0);
    assert_memory_equal(f->result.output.data, TREE, strlen(TREE));
    const char *name = fixture_git_output(f, C, "commit-tree", "-m", "lost", "-p", "origin/main", TREE, NULL);
    assert_int_equal(fixture_git(f, C, "update-ref", "refs/heads/prompt/lost", name, NULL), 0);
    const struct fixture_file file = {"m/manifest.yaml", SLICE("name: m\n")}; /* else it is nobody's change */
    fixture_commit(f, C,
                   &(struct fixture_commit){.branch = "prompt/apart", .from = "", .files = &file, .file_count = 1});
    fixture_assay(f, C, "gate", "--all", "--offline", "--json", NULL);
    fits(f, "gate", 1);
    answer_parse(f, "schema/gate.schema.json", &document);
    const struct value *changes = value_get(document.root, "changes");
    assert_int_equal(value_count(changes), 5);
    static const char *const expected[][3] = {{"prompt/lost", "bad-manifest", TREE},
                                              {"prompt/apart", "merge-conflict", "shares no history"}};
    for (size_t i = 0; i < 2; i++) {
        const struct value *change = answer_find(changes, "change", expected[i][0]);
        const struct value *block = value_at(value_get(change, "blocking"), 0);
        assert_slice(value_text(value_get(change, "result")), "blocked");
        assert_slice(value_text(value_get(block, "reason")), expected[i][1]);
        assert_true(slice_find(value_text(value_get(block, "detail")), slice_of(expected[i][2])) != SLICE_NOT_FOUND);
    }
    document_clear(&document);
    assert_int_equal(fixture_assay(f, C, "gate", "--all", "--offline", NULL), 1);
    review_said(f, "prompt/lost → main: blocked");
    review_said(f, "! bad-manifest: ");
    assert_int_equal(fixture_assay(f, C, "gate", "prompt/lost", "--offline", NULL), 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(from_the_branch_to_the_bundle),
        TEST(bad_news),
        TEST(gate_all_lists_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
