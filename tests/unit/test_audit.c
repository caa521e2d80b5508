/* `assay audit`: the real program over merges that real git made. */
#include "harness/audited.h"
#include "harness/test.h"

static void assert_ends(struct fixture *f, const char *end)
{
    if (!slice_ends_with(str_slice(&f->result.output), slice_of(end)))
        fail_msg("no “%s” at the end of:\n%s", end, f->result.output.data);
}

static void test_target_without_changes_has_no_gaps(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_expect(f, 0, 0, 0, "\"changes\": []");
}

static void test_merge_commit_of_a_sealed_change_is_allowed(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"principal\": \"lena@example.com\"");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "sealed as prompt/concise by lena@example.com"));
}

static void test_squash_of_a_sealed_change_is_allowed(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --squash origin/" AUDITED_CHANGE "; git commit -qm squashed");
    audited_expect(f, 0, 1, 0, "\"path\": \"" CONTENT_ASSISTANT "\"");
}

/* Two commits of content, one of the seal, each a step of the target; another merge came in between. */
static void test_rebase_of_a_sealed_change_is_allowed_as_a_whole(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    const struct fixture_file golden = {CONTENT_ASSISTANT "/notes.md", SLICE("More.\n")};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = AUDITED_CHANGE, .files = &golden, .file_count = 1});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(f, "echo x >> README.md; git commit -qam readme; git rebase -q main origin/" AUDITED_CHANGE
                     "; git branch -f main HEAD; git checkout -q main");
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "rev-list", "--merges", "--count", "main", NULL), "0");
    audited_expect(f, 0, 2, 0, "\"change\": \"prompt/concise\"");
    assert_null(strstr(f->result.output.data, "\"records\": []"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 0);
    assert_int_equal(audited_count(f->result.output.data, CONTENT_ASSISTANT "  by "), 2);
}

static void test_fast_forward_of_a_sealed_change_is_allowed(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --ff-only origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"result\": \"allowed\"");
}

static void test_merge_without_a_seal_is_a_gap_until_it_is_accepted(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 0, 1, "no seal came with it");
    const char *merge = fixture_commit_of(f, CONTENT_ORIGIN, "main");
    assert_non_null(strstr(audited_report(f, 1), merge));
    /* the policy's own change is one that nobody sealed: a gap of its own, the accepted one is settled */
    audited_merge(f, fixture_text(f,
                                  "echo 'accepted: [{commit: %s, reason: before we sealed}]' >> policies/review.yaml; "
                                  "git commit -qam accepted",
                                  merge));
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_expect(f, 1, 0, 1, "\"accepted\": \"before we sealed\"");
    assert_non_null(strstr(f->result.output.data, "\"path\": \"policies\""));
}

static void test_seal_of_other_content_allows_nothing(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE "; echo worse >> " CONTENT_ASSISTANT
                     "/prompts/answer.tpl; git add -A; git commit -qm merge");
    audited_expect(f, 1, 0, 1, "stale-module");
}

static void test_spoilt_signatures_allow_nothing(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE "; printf x >> " AUDITED_FOLDER
                     "/seal.json; git add -A; git commit -qm merge");
    audited_expect(f, 1, 0, 1, "the signature of the seal is refused");
}

static void test_records_that_did_not_come_along_allow_nothing(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE "; git rm -qf " AUDITED_FOLDER
                     "/[0-9a-f]*.json; git commit -qm merge");
    audited_expect(f, 1, 0, 1, "did not come with it");
}

/* A seal allows one merge: what was reverted and comes again needs another. */
static void test_a_seal_allows_once(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_merge(f, "git checkout -q HEAD^ -- learning-content; git commit -qm back");
    audited_merge(f, "git checkout -q HEAD^ -- learning-content; git commit -qm again");
    audited_expect(f, 1, 1, 2, "no seal came with it");
}

/* An unreviewed commit before the row, on a target that the seal's maker saw, is not covered by the row's seal. */
static void test_a_row_covers_nothing_older_than_its_seal(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_merge(f, "echo sly >> " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm sly");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(f, "git rebase -q main origin/" AUDITED_CHANGE "; git branch -f main HEAD; git checkout -q main");
    audited_expect(f, 1, 1, 1, "\"subject\": \"sly\"");
}

static void test_author_who_approves_is_found_in_a_merge(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    /* the same tree, with commits that ana wrote */
    audited_merge(f, "git checkout -q -b other origin/" AUDITED_CHANGE
                     "~1; git -c user.name=Ana -c user.email=ana@example.com commit "
                     "-q --amend --reset-author --no-edit; git checkout -q origin/" AUDITED_CHANGE
                     " -- reviews; git commit -qm seal; "
                     "git checkout -q main; git merge -q --no-ff -m merge other");
    audited_expect(f, 1, 0, 1, "missing-sign-off");
}

/* The tampering hand of somebody who may push to the log. */
static void test_record_that_a_fast_forward_removed_is_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_merge(f, "git checkout -q -b log origin/assay/log; git rm -qr r; git commit -qm gone; git push -q origin "
                     "log:assay/log; git checkout -q main");
    audited_expect(f, 1, 1, 2, "was removed");
}

/* A remote that lost commits fails both commands, and their last lines say so; the command that they give mends it. */
static void test_rewound_log_is_told_and_pushed_again(void **state)
{
    struct fixture *f = *state;
    static const char push[] = "git push origin refs/assay/log:refs/heads/assay/log";
    audited_start(f, "sealed");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", NULL), 0);
    assert_ends(f, "good, 0 bad\n");
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", "assay/log~1", NULL);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", NULL), 1);
    assert_ends(f, "2 good, 0 bad; the log lost commits\n");
    assert_non_null(strstr(f->result.errors.data, push));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    assert_ends(f, "0 gaps; the log at the remote lost commits\n");
    assert_non_null(strstr(f->result.errors.data, push));
    assert_non_null(strstr(audited_report(f, 1), "\"rewound\": true"));
    assert_int_equal(fixture_run(f, CONTENT_CLONE, "sh", "-c", push, NULL), 0);
    assert_non_null(strstr(audited_report(f, 0), "\"rewound\": false"));
}

/* The entry that is printed, put into the policy as it is, settles what it was printed for. */
static void test_the_printed_entry_settles(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    const char *entry = strstr(f->result.output.data, "- {commit: ");
    assert_non_null(entry);
    fixture_write(f, "entry", slice_make(entry, strcspn(entry, "\n") + 1));
    audited_merge(f, "(echo accepted:; sed 's/^/  /' ../entry) >> policies/review.yaml; git commit -qam accepted");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_expect(f, 1, 0, 1, "\"accepted\": \"why\"");
}

static void test_what_is_not_fresh_is_told(void **state)
{
    static const char *const commands[] = {"audit", "verify"};
    struct fixture *f = *state;
    audited_start(f, "sealed");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fixture_assay(f, CONTENT_CLONE, commands[i], "--offline", NULL), 0);
        assert_ends(f, " (offline: not compared with the remote)\n");
        assert_int_equal(fixture_assay(f, CONTENT_CLONE, commands[i], "--offline", "--json", NULL), 0);
        assert_non_null(strstr(f->result.output.data, "\"fresh\": false"));
        assert_int_equal(fixture_assay(f, CONTENT_CLONE, commands[i], "--json", NULL), 0);
        assert_non_null(strstr(f->result.output.data, "\"fresh\": true"));
    }
}

/* What was cut off cannot be judged: no command says that there is no gap. */
static void test_history_that_is_cut_is_refused(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE
                     "; echo x > README.md; git add -A; git commit -qm x");
    content_become(f, "ana");
    fixture_run(f, NULL, "rm", "-rf", CONTENT_CLONE, NULL);
    assert_int_equal(
        fixture_run(f, NULL, "sh", "-c", "git clone -q --depth 1 file://$PWD/" CONTENT_ORIGIN " clone", NULL), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(
            fixture_assay(f, CONTENT_CLONE, i < 2 ? "audit" : "verify", i % 2 ? "--offline" : "--json", NULL), 4);
        assert_non_null(strstr(f->result.errors.data, "git fetch --unshallow"));
    }
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", "--unshallow", NULL);
    audited_expect(f, 1, 0, 1, "no seal came with it");
}

/* What was merged without a seal, and what changes no module, has nothing to seal; a bundle lists approvals that stand. */
static void test_nothing_to_seal_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file docs = {"README.md", SLICE("New.\n")};
    audited_start(f, "plain");
    audited_sign(f, AUDITED_CHANGE, "ana", "content-owner", "approve");
    audited_sign(f, AUDITED_CHANGE, "lena", "legal", "approve");
    audited_merge(f, "git merge -q --squash origin/" AUDITED_CHANGE "; git commit -qm squashed");
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "docs", .from = "main", .files = &docs, .file_count = 1});
    content_become(f, "lena");
    static const char *const names[] = {AUDITED_CHANGE, "docs"};
    for (size_t i = 0; i < 2; i++) {
        const char *before = fixture_commit_of(f, CONTENT_ORIGIN, names[i]);
        assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", names[i], NULL), 3);
        assert_non_null(strstr(f->result.errors.data, "changes no module of main: there is nothing to seal"));
        assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, names[i]), before);
    }
    audited_expect(f, 1, 0, 1, "under `accepted`");
    assert_null(strstr(f->result.output.data, "A seal that allows it"));
}

static void test_seal_and_bundle_name_what_counts(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_sign(f, AUDITED_CHANGE, "ana", "content-owner", "approve");
    audited_sign(f, AUDITED_CHANGE, "lena", "legal", "approve");
    audited_seal(f, AUDITED_CHANGE);
    assert_non_null(strstr(f->result.output.data, "4 records, 2 of them counted"));
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "log", "-1", "--format=%s", AUDITED_CHANGE, NULL),
                        "review: seal " AUDITED_CHANGE);
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"fresh\": true");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "sign", "assistant", NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "verify", "assistant", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "2 sealed approvals"));
}

/* A new clone never saw the log as it was; seals and records prove it. */
static void test_rewound_log_is_proved_by_seals_and_records(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"fresh\": true");
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", "assay/log~1", NULL);
    audited_expect(f, 1, 1, 0, "\"fresh\": false"); /* this clone refuses the rewind and judges what it knows */
    fixture_run(f, NULL, "rm", "-rf", CONTENT_CLONE, NULL);
    content_clone(f, CONTENT_CLONE);
    audited_expect(f, 1, 1, 2, "the log does not have it");
    assert_non_null(strstr(f->result.output.data, "the log that the seal of prompt/concise saw"));
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/assay/log", NULL);
    fixture_run(f, NULL, "rm", "-rf", CONTENT_CLONE, NULL);
    content_clone(f, CONTENT_CLONE);
    assert_non_null(strstr(audited_report(f, 1), "log-rewound"));
}

/* A rejection that the seal's maker saw, and left out by hand. */
static void test_rejection_left_out_of_the_seal_is_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", AUDITED_CHANGE, "--module", CONTENT_ASSISTANT, "--role",
                                   "content-owner", "--verdict", "withdraw", "--comment", "Settled.", NULL),
                     0);
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(f, "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE "; for r in " AUDITED_FOLDER
                     "/[0-9a-f]*.json; do if grep -q '\"request-changes\"\\|\"withdraw\"' $r; then git rm -qf "
                     "$r $r.sig; fi; done; git commit -qm merge");
    audited_expect(f, 1, 0, 1, "record");
}

/* So that the seal names neither: the rejection, and the approval that ended it and has no seat. */
static void test_rejection_left_out_with_what_ended_it_is_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "approve");
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(
        f, "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE "; for r in " AUDITED_FOLDER
           "/[0-9a-f]*.json; do if grep -q 'principal.*ines@' $r; then git rm -qf $r $r.sig; fi; done; git commit "
           "-qm merge");
    audited_expect(f, 1, 0, 1, "the seal leaves out the record");
}

/* A copy that nobody would judge did not come along. */
static void test_rejection_that_came_without_its_signature_is_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "approve");
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(f,
                  "git merge -q --no-ff --no-commit origin/" AUDITED_CHANGE "; for r in " AUDITED_FOLDER
                  "/[0-9a-f]*.json; do if grep -q 'principal.*ines@' $r; then git rm -qf $r.sig; fi; done; git commit "
                  "-qm merge");
    audited_expect(f, 1, 0, 1, "the seal leaves out the record");
}

/* ---- what a good signature of the seal does not make true ---- */

static void test_claims_that_a_seal_signs_are_checked(void **state)
{
    static const struct {
        const char *sed, *words;
    } cases[] = {
        {"s/\"evidence\": \"sha256:.{8}/\"evidence\": \"sha256:00000000/",
         "stale-evidence: the seal of " AUDITED_CHANGE},
        {"s/\"digest\": \"sha256:.{8}/\"digest\": \"sha256:00000000/", "stale-module: the seal of " AUDITED_CHANGE},
        {"s/\"target\": \"main\"/\"target\": \"release\"/", "other-target: the seal is for the target release"},
        {"s/\"repository\": \"[^\"]*\"/\"repository\": \"acme\\/other\"/", "other-repository: the seal is for"},
        {"s/\"change\": \"[^\"]*\"/\"change\": \"prompt\\/other\"/", "other-change: the seal is for the change"},
        {"s/\"principal\": \"lena/\"principal\": \"ana/",
         "unknown-signer: the seal names ana@example.com, but the key"},
    };
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge_resealed(f, ""); /* the hand that forges makes a good seal of a good one */
    audited_expect(f, 0, 1, 0, "\"result\": \"allowed\"");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audited_start(f, "sealed");
        audited_merge_resealed(f, cases[i].sed);
        audited_expect(f, 1, 0, 1, cases[i].words);
    }
}

/* Records that lay on the target before are spent, whatever seal comes with the content. */
static void test_records_of_before_allow_nothing_new(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git checkout -q origin/" AUDITED_CHANGE " -- reviews; git rm -qf " AUDITED_FOLDER
                     "/seal.json " AUDITED_FOLDER
                     "/seal.json.sig; git commit -qm records; git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 0, 1, "missing-sign-off");
}

/* The other way round: the seal came first, and allows what comes then. */
static void test_seal_that_came_before_its_content_allows_it(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f,
                  "git checkout -q origin/" AUDITED_CHANGE " -- reviews; git commit -qm seal; git merge -q --no-ff -m "
                  "merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"change\": \"prompt/concise\"");
}

static void test_author_who_approves_is_found_in_a_row(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f,
                  "git checkout -q -b other origin/" AUDITED_CHANGE "~1; git commit -q --amend --no-edit --author='Ana "
                  "<ana@example.com>'; git checkout -q origin/" AUDITED_CHANGE
                  " -- reviews; git commit -qm seal; git checkout -q "
                  "main; git merge -q --ff-only other");
    audited_expect(f, 1, 0, 1, "missing-sign-off");
}

static void test_removed_seal_files_are_a_gap(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_merge(f, "git rm -qr reviews; git commit -qm tidy");
    assert_non_null(strstr(audited_report(f, 1), "\"records-removed\""));
}

static void test_branch_name_used_again_takes_a_second_seal(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_merge(f,
                  "git checkout -q " AUDITED_CHANGE "; git merge -q --ff-only main; echo More. > " CONTENT_ASSISTANT
                  "/notes.md; git add -A; git -c user.name=Pat -c user.email=pat@example.com commit -qm more; git push "
                  "-q origin " AUDITED_CHANGE "; git checkout -q main");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 2, 0, "\"gaps\": 0");
}

/* A fast-forward to git: the old tip is there, as second parent. First parents lead past it. */
static void test_merge_that_puts_another_history_first_is_reported(void **state)
{
    static const char *const histories[] = {
        "git rm -rfq .; echo new > README.md; git add README.md",     /* one without a policy */
        "git rm -rfq reviews; true",                                  /* one as the tip has it */
        "git rm -rfq .; git checkout -q main -- policies; git add -A" /* one with the policy alone */
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        audited_start(f, "sealed");
        audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
        audited_merge(f, "echo sly >> " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm sly");
        audited_expect(f, 1, 1, 1, "\"subject\": \"sly\"");
        audited_merge(f, fixture_text(f,
                                      "git checkout -q --orphan other; %s; git commit -qm other; "
                                      "git branch -f main $(git commit-tree -p other -p main -m merge main^{tree}); "
                                      "git checkout -qf main",
                                      histories[i]));
        assert_non_null(strstr(audited_report(f, 1), "target-replaced"));
    }
}

/* The usual beginning: the policy is written on a branch, which is merged; older branches come later. */
static void test_policy_that_came_by_a_merge_replaces_nothing(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_merge(
        f, "git checkout -q --orphan begin; git rm -rfq .; echo one > README.md; git add -A; git commit -qm one; "
           "git branch old; git checkout -q -b setup; git checkout -q main -- .; git commit -qm policy; echo '# x' "
           ">> policies/review.yaml; git commit -qam more; git checkout -q begin; git merge -q --no-ff -m setup "
           "setup; git checkout -q old; echo two > OTHER.md; git add -A; git commit -qm two; git checkout -q begin; "
           "git merge -q --no-ff -m old old; git checkout -q old; git merge -q -m update begin; echo 3 > OTHER.md; "
           "git commit -qam 3; git checkout -q begin; git merge -q --no-ff -m again old; "
           "git push -qf origin begin:main; git branch -f main begin");
    audited_expect(f, 0, 0, 0, "\"gaps\": 0");
}

static void test_needs_a_policy_and_a_reachable_remote(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    fixture_run(f, NULL, "mv", CONTENT_ORIGIN, "elsewhere.git", NULL);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 4);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", "--offline", "--json", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "\"fresh\": false"));
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_target_without_changes_has_no_gaps),
        TEST(test_merge_commit_of_a_sealed_change_is_allowed),
        TEST(test_squash_of_a_sealed_change_is_allowed),
        TEST(test_rebase_of_a_sealed_change_is_allowed_as_a_whole),
        TEST(test_fast_forward_of_a_sealed_change_is_allowed),
        TEST(test_merge_without_a_seal_is_a_gap_until_it_is_accepted),
        TEST(test_seal_of_other_content_allows_nothing),
        TEST(test_spoilt_signatures_allow_nothing),
        TEST(test_records_that_did_not_come_along_allow_nothing),
        TEST(test_a_seal_allows_once),
        TEST(test_a_row_covers_nothing_older_than_its_seal),
        TEST(test_author_who_approves_is_found_in_a_merge),
        TEST(test_record_that_a_fast_forward_removed_is_reported),
        TEST(test_rewound_log_is_told_and_pushed_again),
        TEST(test_the_printed_entry_settles),
        TEST(test_what_is_not_fresh_is_told),
        TEST(test_history_that_is_cut_is_refused),
        TEST(test_nothing_to_seal_is_refused),
        TEST(test_seal_and_bundle_name_what_counts),
        TEST(test_rewound_log_is_proved_by_seals_and_records),
        TEST(test_rejection_left_out_of_the_seal_is_reported),
        TEST(test_rejection_left_out_with_what_ended_it_is_reported),
        TEST(test_rejection_that_came_without_its_signature_is_reported),
        TEST(test_claims_that_a_seal_signs_are_checked),
        TEST(test_records_of_before_allow_nothing_new),
        TEST(test_seal_that_came_before_its_content_allows_it),
        TEST(test_author_who_approves_is_found_in_a_row),
        TEST(test_removed_seal_files_are_a_gap),
        TEST(test_branch_name_used_again_takes_a_second_seal),
        TEST(test_merge_that_puts_another_history_first_is_reported),
        TEST(test_policy_that_came_by_a_merge_replaces_nothing),
        TEST(test_needs_a_policy_and_a_reachable_remote),
    };
    return cmocka_run_group_tests(tests, audited_setup, audited_teardown);
}
