/* A log that was rewound, deleted or never fetched, a merge past the gate, a branch name used again. Numbers are those of
 * the threats. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "harness/attack.h"

#define CONCISE   "prompt/concise"
#define LOG       "assay/log"
#define ASSISTANT "assistant"

/* ana and lena approve, ines does not; the log's tip before that. */
static const char *reject_last(struct fixture *f, const char **rejection)
{
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    attack_gate(f, CONCISE, "pass");
    const char *before = fixture_commit_of(f, CONTENT_ORIGIN, LOG);
    *rejection = review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes",
                               "--comment", "No.", NULL);
    attack_gate(f, CONCISE, "blocked");
    return before;
}

static void set_log(struct fixture *f, const char *commit)
{
    assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/" LOG, commit, NULL), 0);
}

/* Every command that judges refuses the rewound log, and says so. */
static void threat_10_a_log_rewound_by_force(void **state)
{
    static const char *const judges[][2] = {{"verify", NULL}, {"audit", NULL}};
    struct fixture *f = *state;
    const char *no;
    const char *before = reject_last(f, &no);
    const char *lost = fixture_commit_of(f, CONTENT_ORIGIN, LOG);
    set_log(f, before);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "log-rewound");
    assert_blocks(f, "request-changes"); /* what was seen once still counts */
    assert_true(attack_counts(f, no));
    for (size_t i = 0; i < ARRAY_COUNT(judges); i++) {
        assert_int_equal(fixture_assay(f, ATTACK_JUDGE, judges[i][0], NULL), 1);
        review_complained(f, "log-rewound");
    }
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "seal", CONCISE, NULL), 1);
    /* Nobody's next record makes it good, and it is not taken over. */
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sync", NULL), 4);
    assert_string_equal(fixture_commit_of(f, ATTACK_JUDGE, "refs/assay/log"), lost);
    assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, LOG), before);
    /* Pushed again by a clone that has it, as the advice says, it is whole. */
    assert_int_equal(fixture_git(f, ATTACK_JUDGE, "push", "-q", "origin", "refs/assay/log:refs/heads/" LOG, NULL), 0);
    attack_gate(f, CONCISE, "blocked");
    assert_false(attack_blocks(f, "log-rewound"));
}

/* An unrelated history in its place is a rewind too. */
static void threat_10_a_log_written_anew(void **state)
{
    struct fixture *f = *state;
    const char *no;
    reject_last(f, &no);
    const struct fixture_file file = {"r/prompt%2Fconcise/readme", SLICE("A new beginning.\n")};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "anew", .from = "", .files = &file, .file_count = 1});
    set_log(f, fixture_commit_of(f, CONTENT_ORIGIN, "anew"));
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "log-rewound");
    assert_blocks(f, "request-changes");
}

/* One signer who names a log that never was would block everybody for good; the policy can settle it, for that record. */
static void threat_10_an_invented_log_until_it_is_accepted(void **state)
{
    struct fixture *f = *state;
    struct attack_record taken = attack_take(f, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    struct attack_record bent[2];
    for (int i = 0; i < 2; i++) {
        const char *log = fixture_text(f, "\"log\": \"%040d\"", i + 1);
        bent[i] = attack_sign(f, "lena", attack_bend(f, taken.bytes, "\"log\": null", log));
        attack_log(f, CONCISE, &bent[i]);
    }
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "log-rewound");
    attack_policy(
        f, "target: main\n",
        fixture_text(f, "target: main\naccepted: [{record: \"sha256:%s\", reason: nobody has it}]\n", bent[0].name));
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "log-rewound"); /* the other one */
    attack_policy(f, "target: main\n",
                  fixture_text(f,
                               "target: main\naccepted: [{record: \"sha256:%s\", reason: nobody has it}, "
                               "{record: %s, reason: nor this}]\n",
                               bent[0].name, bent[1].name));
    attack_gate(f, CONCISE, "blocked");
    assert_false(attack_blocks(f, "log-rewound"));
    fixture_assay(f, ATTACK_JUDGE, "verify", NULL);
    review_complained(f,
                      "log-rewound: lena@example.com signed with a log in sight that is not in the history of today's "
                      "log; accepted: nobody has it");
    fixture_assay(f, ATTACK_JUDGE, "audit", "--json", NULL);
    review_said(f, "\"accepted\": \"nor this\"");
}

static void threat_10_merged_without_a_seal(void **state)
{
    struct fixture *f = *state;
    attack_push_main(f, "git merge -q --no-ff -m 'Merged by hand' origin/" CONCISE);
    const char *merge = fixture_commit_of(f, CONTENT_ORIGIN, "main");
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "audit", "--json", NULL), 1);
    review_said(f, fixture_text(f, "\"commit\": \"%s\"", merge));
    review_said(f, "\"result\": \"gap\"");
    review_said(f, "\"path\": \"" CONTENT_ASSISTANT "\"");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "audit", NULL), 1);
    review_said(f, "Merged by hand");
    review_said(f, "no seal came with it");
}

/* `git clone --single-branch` does not fetch the log; whoever judges does. */
static void threat_19_a_clone_without_the_log(void **state)
{
    struct fixture *f = *state;
    const char *no, *url = fixture_text(f, "file://%s", fixture_path(f, CONTENT_ORIGIN));
    reject_last(f, &no);
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "--single-branch", url, "single", NULL), 0);
    fixture_git(f, "single", "fetch", "-q", "origin", CONCISE ":refs/remotes/origin/" CONCISE, NULL);
    assert_int_not_equal(fixture_git(f, "single", "rev-parse", "-q", "--verify", "origin/" LOG, NULL), 0);
    /* What is here alone never passes for fresh, and has nothing to pass with. */
    assert_int_equal(fixture_assay(f, "single", "gate", CONCISE, "--offline", "--json", NULL), 1);
    review_said(f, "\"fresh\": false");
    assert_int_equal(fixture_assay(f, "single", "gate", CONCISE, "--json", NULL), 1);
    review_said(f, "\"fresh\": true");
    assert_true(attack_counts(f, no));
    assert_blocks(f, "request-changes");
}

static void threat_19_a_shallow_clone(void **state)
{
    static const char *const judges[][2] = {{"gate", CONCISE}, {"verify", NULL}, {"seal", CONCISE}, {"audit", NULL}};
    struct fixture *f = *state;
    const char *no, *url = fixture_text(f, "file://%s", fixture_path(f, CONTENT_ORIGIN));
    reject_last(f, &no);
    content_become(f, "ana");
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "--depth", "1", "--no-single-branch", url, "shallow", NULL),
                     0);
    for (size_t i = 0; i < ARRAY_COUNT(judges); i++) {
        assert_int_equal(fixture_assay(f, "shallow", judges[i][0], judges[i][1], NULL), 4);
        review_complained(f, "git fetch --unshallow");
    }
    assert_int_equal(fixture_git(f, "shallow", "fetch", "-q", "--unshallow", NULL), 0);
    assert_int_equal(review_gate(f, "shallow", CONCISE), 1);
    assert_true(attack_counts(f, no));
}

/* Who has seen the log says that it is gone; who has not cannot know, and finds no approval either. */
static void threat_19_a_log_deleted_at_the_remote(void **state)
{
    struct fixture *f = *state;
    const char *no;
    reject_last(f, &no);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/" LOG, NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "log-rewound");
    assert_blocks(f, "request-changes");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "verify", NULL), 1);
    review_complained(f, "log-rewound");
    content_clone(f, "late");
    assert_int_equal(review_gate(f, "late", CONCISE), 1);
    assert_blocks(f, "missing-sign-off");
}

/* The approvals are on the branch, sealed; the log that held a later rejection is gone, also from a clone that never saw
 * it: the seal and the records name a log that cannot be found. */
static void threat_19_a_log_deleted_after_the_seal(void **state)
{
    struct fixture *f = *state;
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "seal", CONCISE, NULL), 0);
    review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.",
                  NULL);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/" LOG, NULL);
    content_clone(f, "late");
    assert_int_equal(review_gate(f, "late", CONCISE), 1);
    assert_blocks(f, "log-rewound");
}

/* No force is needed to remove a file: the server takes it, and the record still counts, in a new clone as well. */
static void threat_19_a_fast_forward_that_removes_a_rejection(void **state)
{
    struct fixture *f = *state;
    const char *no;
    reject_last(f, &no);
    const char *path = fixture_text(f, "r/prompt%%2Fconcise/%s.json", no);
    attack_commit(f, LOG, NULL, path, NULL);
    attack_commit(f, LOG, NULL, fixture_text(f, "%s.sig", path), NULL);
    content_clone(f, "late");
    static const char *const clones[] = {ATTACK_JUDGE, "late"};
    for (size_t i = 0; i < ARRAY_COUNT(clones); i++) {
        assert_int_equal(review_gate(f, clones[i], CONCISE), 1);
        assert_blocks(f, "request-changes");
        assert_true(attack_counts(f, no));
        assert_int_equal(fixture_assay(f, clones[i], "verify", NULL), 1);
        review_complained(f, path);
        assert_int_equal(fixture_assay(f, clones[i], "audit", "--json", NULL), 1);
        review_said(f, "\"records-removed\"");
    }
}

/* The content was approved, merged and replaced; the same branch name brings it back with its old records. */
static void threat_20_a_branch_name_used_again(void **state)
{
    struct fixture *f = *state;
    const char *ana = review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    const char *lena = review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "seal", CONCISE, NULL), 0);
    attack_push_main(f, "git merge -q --no-ff -m merge origin/" CONCISE);
    attack_push_main(f, "git checkout -q HEAD^1 -- " CONTENT_ASSISTANT "; git commit -qm replaced");
    /* The old content, on top of the new target, under the old name. */
    fixture_run(f, "maintainer", "sh", "-c",
                "git checkout -q -b again main && git checkout -q HEAD~1 -- " CONTENT_ASSISTANT
                " && git commit -qm again && git push -q -f origin again:" CONCISE,
                NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "missing-sign-off");
    assert_ignored(f, ana, "spent");
    assert_ignored(f, lena, "spent");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_10_a_log_rewound_by_force),
        TEST(threat_10_a_log_written_anew),
        TEST(threat_10_an_invented_log_until_it_is_accepted),
        TEST(threat_10_merged_without_a_seal),
        TEST(threat_19_a_clone_without_the_log),
        TEST(threat_19_a_shallow_clone),
        TEST(threat_19_a_log_deleted_at_the_remote),
        TEST(threat_19_a_log_deleted_after_the_seal),
        TEST(threat_19_a_fast_forward_that_removes_a_rejection),
        TEST(threat_20_a_branch_name_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
