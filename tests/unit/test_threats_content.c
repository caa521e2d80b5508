/* Authors who approve, branches that make themselves harmless. Numbers are those of the threats. */
#include "harness/test.h"

#include "harness/attack.h"

#define CONCISE   "prompt/concise"
#define ASSISTANT "assistant"
#define TEMPLATE  CONTENT_ASSISTANT "/prompts/answer.tpl"
#define MANIFEST  CONTENT_ASSISTANT "/manifest.yaml"

static void sign_all(struct fixture *f)
{
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
}

/* ---- 7: authors ---- */

/* ana's approval is signed before she is an author, or against the program's advice. */
static void threat_07_the_author_approves(void **state)
{
    struct fixture *f = *state;
    struct attack_record ana = attack_take(f, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    attack_log(f, CONCISE, &ana);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    attack_gate(f, CONCISE, "pass");
    /* The same content, committed by ana. */
    const char *tree = fixture_git_output(f, CONTENT_ORIGIN, "rev-parse", CONCISE "^{tree}", NULL);
    const char *commit =
        fixture_git_output(f, CONTENT_ORIGIN, "-c", "user.name=Ana", "-c", "user.email=ANA@example.com", "commit-tree",
                           tree, "-p", "main", "-m", "mine", NULL);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/" CONCISE, commit, NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, ana.name, "self-approval");
    review_said(f, "\"ana@example.com\"");
}

static void threat_07_the_author_rebases_and_a_colleague_adds_a_fix_up(void **state)
{
    struct fixture *f = *state;
    attack_commit(f, CONCISE, "Ana Ruiz <ana@example.com>", CONTENT_ASSISTANT "/NOTES.md", "by ana\n");
    attack_commit(f, CONCISE, "Ines Roy <ines@example.com>", CONTENT_ASSISTANT "/NOTES.md", "by ines\n");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    assert_int_equal(review_sign(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL), 3);
    assert_int_equal(review_sign(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "approve", NULL), 3);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "\"ana@example.com\"");
    review_said(f, "\"ines@example.com\"");
}

static void threat_07_a_co_author_approves(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file file = {CONTENT_ASSISTANT "/NOTES.md", SLICE("by two\n")};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = CONCISE,
                                            .message = "Together\n\nCo-authored-by: Lena Ortiz <lena@example.com>\n",
                                            .files = &file,
                                            .file_count = 1});
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    assert_int_equal(review_sign(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL), 3);
    /* mailmap is the branch's, too: it hides nobody. */
    attack_commit(f, CONCISE, NULL, ".mailmap", "Pat <pat@example.com> Lena <lena@example.com>\n");
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "\"lena@example.com\"");
}

/* What the target had once and replaced lies in its history: a merge takes it from there, and differs from no parent. */
static void threat_07_the_author_brings_back_what_was_replaced(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/first", "main", NULL);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/main", CONCISE, NULL);
    const char *replaced =
        fixture_git_output(f, CONTENT_ORIGIN, "-c", "user.name=Pat", "-c", "user.email=pat@example.com", "commit-tree",
                           "first^{tree}", "-p", "main", "-m", "as it was", NULL);
    attack_commit(f, CONCISE, "Ana <ana@example.com>", "NOTES.md", "of no module\n");
    const char *carrier = fixture_commit_of(f, CONTENT_ORIGIN, CONCISE);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/main", replaced, NULL);
    const char *merge =
        fixture_git_output(f, CONTENT_ORIGIN, "-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit-tree",
                           fixture_text(f, "%s^{tree}", carrier), "-p", "main", "-p", carrier, "-m", "merge", NULL);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/" CONCISE, merge, NULL);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "\"ana@example.com\"");
    assert_int_equal(review_sign(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL), 3);
}

/* ---- 18: the branch makes itself harmless ---- */

static void bent_manifest(struct fixture *f, const char *from, const char *to)
{
    const char *manifest = content_manifest(f, "assistant", "model-a", "medium", "pii");
    attack_commit(f, CONCISE, NULL, MANIFEST, attack_bend(f, slice_of(manifest), from, to).data);
    attack_gate(f, CONCISE, "blocked");
}

static void threat_18_lowers_risk_and_drops_pii(void **state)
{
    struct fixture *f = *state;
    attack_policy(f, "{when: {}, roles: {content-owner: 1}}",
                  "{when: {}, roles: {content-owner: 1}}\n  - {when: {risk: [medium]}, roles: {learning-designer: 1}}");
    bent_manifest(f, "risk: medium", "risk: low");
    review_said(f, "learning-designer: 1 of 1 missing");
    bent_manifest(f, "sensitivity: [pii]", "sensitivity: []");
    review_said(f, "legal: 1 of 1 missing");
    bent_manifest(f, "risk: medium\nsensitivity: [pii]\n", "");
    review_said(f, "learning-designer: 1 of 1 missing");
    review_said(f, "legal: 1 of 1 missing");
}

static void threat_18_breaks_its_manifest(void **state)
{
    static const char *const bad[] = {
        "a: &a [*a]\n", "name: x\nname: y\n",
        "\xff\xfe",     "",
        "- list\n",     "name: assistant\nversion: 1.0.0\nprompts:\n  - {id: answer, file: ../../../x.tpl}\n"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        attack_commit(f, CONCISE, NULL, MANIFEST, bad[i]);
        attack_gate(f, CONCISE, "blocked");
        assert_blocks(f, "bad-manifest");
        review_said(f, "manifest.yaml");
    }
}

static void threat_18_renames_or_nests_the_module(void **state)
{
    struct fixture *f = *state;
    content_clone(f, "work");
    fixture_git(f, "work", "checkout", "-q", CONCISE, NULL);
    fixture_git(f, "work", "mv", CONTENT_ASSISTANT, "learning-content/modules/harmless", NULL);
    fixture_git(f, "work", "commit", "-q", "-m", "move", NULL);
    fixture_git(f, "work", "push", "-q", "origin", CONCISE, NULL);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "\"path\": \"" CONTENT_ASSISTANT "\""); /* what is gone has to be signed for, too */
    review_said(f, "\"path\": \"learning-content/modules/harmless\"");
    review_said(f, "legal: 1 of 1 missing");
    /* A manifest above it would make the module a part of another one. */
    attack_commit(f, "prompt/model", NULL, "learning-content/manifest.yaml",
                  content_manifest(f, "all", "model-a", "low", ""));
    attack_gate(f, "prompt/model", "blocked");
    assert_blocks(f, "bad-manifest");
}

static void threat_18_edits_only_a_shared_partial(void **state)
{
    struct fixture *f = *state;
    const char *partials = "prompts/global-templates.yaml";
    attack_commit(f, "main", NULL, partials, "voice: Be kind.\nother: Unused.\n");
    attack_commit(f, "main", NULL, TEMPLATE, "{{> voice}}\n\n{{instruction}}\n");
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/partial", "main", NULL);
    attack_commit(f, "prompt/partial", NULL, partials, "voice: Obey the next line.\nother: Unused.\n");
    attack_gate(f, "prompt/partial", "blocked");
    review_said(f, "\"path\": \"" CONTENT_ASSISTANT "\"");
    assert_false(review_says(f, "\"path\": \"" CONTENT_TUTOR "\""));
    review_said(f, "legal: 1 of 1 missing");
    assert_blocks(f, "stale-outputs"); /* they were made with other words */
}

/* Outputs are not in the module digest, so what is no output must not hide among them. */
static void threat_18_edits_content_among_the_outputs(void **state)
{
    static const char *const names[] = {"prompts/answer.tpl", "tests/golden_answer.json"};
    static const char *const hidden[] = {"tests/outputs/answer.tpl", "tests/outputs/golden.json"};
    struct fixture *f = *state;
    for (size_t i = 0; i < 2; i++) {
        const char *manifest = content_manifest(f, "assistant", "model-a", "medium", "pii");
        const char *path = fixture_text(f, CONTENT_ASSISTANT "/%s", hidden[i]),
                   *change = fixture_text(f, "prompt/hidden-%zu", i);
        attack_commit(f, "main", NULL, path, i ? content_golden(f, 2) : CONTENT_TEMPLATE);
        attack_commit(f, "main", NULL, MANIFEST, attack_bend(f, slice_of(manifest), names[i], hidden[i]).data);
        fixture_git(f, CONTENT_ORIGIN, "branch", change, "main", NULL);
        attack_commit(f, change, NULL, path, i ? content_golden(f, 1) : "Obey.\n\n{{instruction}}\n");
        attack_gate(f, change, "blocked");
        review_said(f, "legal: 1 of 1 missing");
    }
}

static void threat_18_deletes_sealed_records(void **state)
{
    struct fixture *f = *state;
    attack_commit(f, "main", NULL, "reviews/prompt%2Fold/seal.json", "{}\n");
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/clean-up", "main", NULL);
    attack_commit(f, "prompt/clean-up", NULL, "reviews/prompt%2Fold/seal.json", NULL);
    attack_gate(f, "prompt/clean-up", "blocked");
    assert_blocks(f, "records-removed");
    attack_commit(f, "prompt/clean-up", NULL, "reviews/prompt%2Fold/seal.json", "{ }\n");
    attack_gate(f, "prompt/clean-up", "blocked");
    assert_blocks(f, "records-removed");
}

/* Nobody signs for a branch without modules: it must not carry other people's approvals to the target, where they are
 * spent, nor files where their records will have to lie. */
static void threat_18_spends_the_approvals_of_another_change(void **state)
{
    struct fixture *f = *state;
    struct attack_record ana = attack_take(f, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    attack_log(f, CONCISE, &ana);
    fixture_git(f, CONTENT_ORIGIN, "branch", "notes", "main", NULL);
    attack_commit(f, "notes", NULL, "NOTES.md", "nothing\n");
    attack_gate(f, "notes", "pass");
    attack_put(f, "notes", "reviews/prompt%2Fconcise", &ana, 1);
    attack_gate(f, "notes", "blocked");
    assert_blocks(f, "records-removed");
    review_said(f, "which changes no module");
    fixture_git(f, CONTENT_ORIGIN, "branch", "file", "main", NULL);
    attack_commit(f, "file", NULL, "reviews/prompt%2Fconcise", "in the way\n");
    attack_gate(f, "file", "blocked");
    assert_blocks(f, "records-removed");
    fixture_git(f, CONTENT_ORIGIN, "branch", "stacked", CONCISE, NULL); /* a branch that stands on another one */
    attack_put(f, "stacked", "reviews/prompt%2Fconcise", &ana, 1);
    attack_gate(f, "stacked", "blocked");
    assert_false(attack_blocks(f, "records-removed"));
}

/* ---- 21: attributes ---- */

static void threat_21_attributes_and_merge_drivers(void **state)
{
    struct fixture *f = *state;
    sign_all(f);
    attack_gate(f, CONCISE, "pass");
    attack_commit(f, "main", NULL, TEMPLATE, "Answer the question with care.\n\n{{instruction}}\n");
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "merge-conflict");
    const char *canary = fixture_path(f, "canary");
    attack_commit(f, CONCISE, NULL, ".gitattributes", "* merge=union\n*.tpl filter=evil merge=evil diff=evil\n");
    fixture_write_text(f, ATTACK_JUDGE "/.gitattributes", "* merge=union\n");
    fixture_write_text(f, ATTACK_JUDGE "/.git/info/attributes", "* merge=evil filter=evil diff=evil\n");
    fixture_git(f, ATTACK_JUDGE, "config", "merge.evil.driver", fixture_text(f, "touch %s; true", canary), NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "filter.evil.smudge", fixture_text(f, "touch %s; cat", canary), NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "diff.evil.textconv", fixture_text(f, "touch %s; cat", canary), NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "merge.default", "union", NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "merge-conflict");
    assert_int_equal(fixture_run(f, NULL, "test", "-e", canary, NULL), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_07_the_author_approves),
        TEST(threat_07_the_author_rebases_and_a_colleague_adds_a_fix_up),
        TEST(threat_07_a_co_author_approves),
        TEST(threat_18_spends_the_approvals_of_another_change),
        TEST(threat_07_the_author_brings_back_what_was_replaced),
        TEST(threat_18_edits_content_among_the_outputs),
        TEST(threat_18_lowers_risk_and_drops_pii),
        TEST(threat_18_breaks_its_manifest),
        TEST(threat_18_renames_or_nests_the_module),
        TEST(threat_18_edits_only_a_shared_partial),
        TEST(threat_18_deletes_sealed_records),
        TEST(threat_21_attributes_and_merge_drivers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
