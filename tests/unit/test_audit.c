/* `assay audit`: the real program over merges that real git made. */
#include "harness/content.h"
#include "harness/test.h"

#define CHANGE "prompt/concise"
#define FOLDER "reviews/prompt%2Fconcise"
#define WORK   "merger"

static void sign(struct fixture *f, const char *change, const char *who, const char *role, const char *verdict)
{
    content_become(f, who);
    fixture_write_text(f, "scores.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 4, \"correctness\": 5, "
                       "\"tone\": 4}}]\n");
    if (fixture_assay(f, CONTENT_CLONE, "sign", change, "--module", CONTENT_ASSISTANT, "--role", role, "--verdict",
                      verdict, "--comment", "Checked.", strcmp(role, "content-owner") ? NULL : "--scores",
                      fixture_path(f, "scores.json"), NULL) != 0)
        fail_msg("assay sign: %s", f->result.errors.data);
}

static void seal(struct fixture *f, const char *change)
{
    sign(f, change, "ana", "content-owner", "approve");
    sign(f, change, "lena", "legal", "approve");
    if (fixture_assay(f, CONTENT_CLONE, "seal", change, NULL) != 0)
        fail_msg("assay seal: %s%s", f->result.output.data, f->result.errors.data);
}

static void start(struct fixture *f, const char *name)
{
    fixture_restore(f, name);
    content_become(f, "ana");
}

/* Two worlds are made once and copied for each test: `plain`, and `sealed`, where the change is sealed and not merged. */
static int make_worlds(void **state)
{
    struct fixture *f = fixture_new();
    content_make(f, 1);
    fixture_keep(f, "plain");
    seal(f, CHANGE);
    fixture_keep(f, "sealed");
    *state = f;
    return 0;
}

static int remove_worlds(void **state)
{
    fixture_free(*state);
    return 0;
}

static void git(struct fixture *f, const char *command)
{
    if (fixture_run(f, WORK, "sh", "-c", command, NULL) != 0)
        fail_msg("%s: %s%s", command, f->result.output.data, f->result.errors.data);
}

/* A maintainer's clone at the origin's state; what is run there is pushed to main. */
static void merge_by(struct fixture *f, const char *commands)
{
    content_become(f, "ines");
    fixture_run(f, NULL, "rm", "-rf", WORK, NULL);
    content_clone(f, WORK);
    git(f, fixture_text(f, "set -e; %s; git push -q origin main", commands));
}

static const char *audit(struct fixture *f, int code)
{
    content_become(f, "ana");
    int got = fixture_assay(f, CONTENT_CLONE, "audit", "--json", NULL);
    if (got != code)
        fail_msg("assay audit: exit %d, expected %d\n%s\n%s", got, code, f->result.output.data, f->result.errors.data);
    return f->result.output.data;
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        found++;
    return found;
}

static void assert_audit(struct fixture *f, int code, size_t allowed, size_t gaps, const char *words)
{
    const char *text = audit(f, code);
    if (count(text, "\"result\": \"allowed\"") != allowed || !strstr(text, fixture_text(f, "\"gaps\": %zu", gaps)) ||
        !strstr(text, words))
        fail_msg("expected %zu allowed, %zu gaps, “%s”:\n%s", allowed, gaps, words, text);
}

static void assert_ends(struct fixture *f, const char *end)
{
    if (!slice_ends_with(str_slice(&f->result.output), slice_of(end)))
        fail_msg("no “%s” at the end of:\n%s", end, f->result.output.data);
}

static void test_target_without_changes_has_no_gaps(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    assert_audit(f, 0, 0, 0, "\"changes\": []");
}

static void test_merge_commit_of_a_sealed_change_is_allowed(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 0, 1, 0, "\"principal\": \"lena@example.com\"");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "sealed as prompt/concise by lena@example.com"));
}

static void test_squash_of_a_sealed_change_is_allowed(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --squash origin/" CHANGE "; git commit -qm squashed");
    assert_audit(f, 0, 1, 0, "\"path\": \"" CONTENT_ASSISTANT "\"");
}

/* Two commits of content, one of the seal, each a step of the target; another merge came in between. */
static void test_rebase_of_a_sealed_change_is_allowed_as_a_whole(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    const struct fixture_file golden = {CONTENT_ASSISTANT "/notes.md", SLICE("More.\n")};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = CHANGE, .files = &golden, .file_count = 1});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    seal(f, CHANGE);
    merge_by(f, "echo x >> README.md; git commit -qam readme; git rebase -q main origin/" CHANGE
                "; git branch -f main HEAD; git checkout -q main");
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "rev-list", "--merges", "--count", "main", NULL), "0");
    assert_audit(f, 0, 2, 0, "\"change\": \"prompt/concise\"");
    assert_null(strstr(f->result.output.data, "\"records\": []"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 0);
    assert_int_equal(count(f->result.output.data, CONTENT_ASSISTANT "  by "), 2);
}

static void test_fast_forward_of_a_sealed_change_is_allowed(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --ff-only origin/" CHANGE);
    assert_audit(f, 0, 1, 0, "\"result\": \"allowed\"");
}

static void test_merge_without_a_seal_is_a_gap_until_it_is_accepted(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 1, 0, 1, "no seal came with it");
    const char *merge = fixture_commit_of(f, CONTENT_ORIGIN, "main");
    assert_non_null(strstr(audit(f, 1), merge));
    /* the policy's own change is one that nobody sealed: a gap of its own, the accepted one is settled */
    merge_by(f, fixture_text(f,
                             "echo 'accepted: [{commit: %s, reason: before we sealed}]' >> policies/review.yaml; "
                             "git commit -qam accepted",
                             merge));
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    assert_audit(f, 1, 0, 1, "\"accepted\": \"before we sealed\"");
    assert_non_null(strstr(f->result.output.data, "\"path\": \"policies\""));
}

static void test_seal_of_other_content_allows_nothing(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff --no-commit origin/" CHANGE "; echo worse >> " CONTENT_ASSISTANT
                "/prompts/answer.tpl; git add -A; git commit -qm merge");
    assert_audit(f, 1, 0, 1, "stale-module");
}

static void test_spoilt_signatures_allow_nothing(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff --no-commit origin/" CHANGE "; printf x >> " FOLDER
                "/seal.json; git add -A; git commit -qm merge");
    assert_audit(f, 1, 0, 1, "the signature of the seal is refused");
}

static void test_records_that_did_not_come_along_allow_nothing(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff --no-commit origin/" CHANGE "; git rm -qf " FOLDER
                "/[0-9a-f]*.json; git commit -qm merge");
    assert_audit(f, 1, 0, 1, "did not come with it");
}

/* A seal allows one merge: what was reverted and comes again needs another. */
static void test_a_seal_allows_once(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    merge_by(f, "git checkout -q HEAD^ -- learning-content; git commit -qm back");
    merge_by(f, "git checkout -q HEAD^ -- learning-content; git commit -qm again");
    assert_audit(f, 1, 1, 2, "no seal came with it");
}

/* An unreviewed commit before the row, on a target that the seal's maker saw, is not covered by the row's seal. */
static void test_a_row_covers_nothing_older_than_its_seal(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    merge_by(f, "echo sly >> " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm sly");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    seal(f, CHANGE);
    merge_by(f, "git rebase -q main origin/" CHANGE "; git branch -f main HEAD; git checkout -q main");
    assert_audit(f, 1, 1, 1, "\"subject\": \"sly\"");
}

static void test_author_who_approves_is_found_in_a_merge(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    /* the same tree, with commits that ana wrote */
    merge_by(f,
             "git checkout -q -b other origin/" CHANGE "~1; git -c user.name=Ana -c user.email=ana@example.com commit "
             "-q --amend --reset-author --no-edit; git checkout -q origin/" CHANGE " -- reviews; git commit -qm seal; "
             "git checkout -q main; git merge -q --no-ff -m merge other");
    assert_audit(f, 1, 0, 1, "missing-sign-off");
}

/* The tampering hand of somebody who may push to the log. */
static void test_record_that_a_fast_forward_removed_is_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    merge_by(f, "git checkout -q -b log origin/assay/log; git rm -qr r; git commit -qm gone; git push -q origin "
                "log:assay/log; git checkout -q main");
    assert_audit(f, 1, 1, 2, "was removed");
}

/* A remote that lost commits fails both commands, and their last lines say so; the command that they give mends it. */
static void test_rewound_log_is_told_and_pushed_again(void **state)
{
    struct fixture *f = *state;
    static const char push[] = "git push origin refs/assay/log:refs/heads/assay/log";
    start(f, "sealed");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", NULL), 0);
    assert_ends(f, "good, 0 bad\n");
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", "assay/log~1", NULL);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", NULL), 1);
    assert_ends(f, "2 good, 0 bad; the log lost commits\n");
    assert_non_null(strstr(f->result.errors.data, push));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    assert_ends(f, "0 gaps; the log at the remote lost commits\n");
    assert_non_null(strstr(f->result.errors.data, push));
    assert_non_null(strstr(audit(f, 1), "\"rewound\": true"));
    assert_int_equal(fixture_run(f, CONTENT_CLONE, "sh", "-c", push, NULL), 0);
    assert_non_null(strstr(audit(f, 0), "\"rewound\": false"));
}

/* The entry that is printed, put into the policy as it is, settles what it was printed for. */
static void test_the_printed_entry_settles(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    const char *entry = strstr(f->result.output.data, "- {commit: ");
    assert_non_null(entry);
    fixture_write(f, "entry", slice_make(entry, strcspn(entry, "\n") + 1));
    merge_by(f, "(echo accepted:; sed 's/^/  /' ../entry) >> policies/review.yaml; git commit -qam accepted");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    assert_audit(f, 1, 0, 1, "\"accepted\": \"why\"");
}

static void test_what_is_not_fresh_is_told(void **state)
{
    static const char *const commands[] = {"audit", "verify"};
    struct fixture *f = *state;
    start(f, "sealed");
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
    start(f, "plain");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE "; echo x > README.md; git add -A; git commit -qm x");
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
    assert_audit(f, 1, 0, 1, "no seal came with it");
}

/* What was merged without a seal, and what changes no module, has nothing to seal; a bundle lists approvals that stand. */
static void test_nothing_to_seal_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file docs = {"README.md", SLICE("New.\n")};
    start(f, "plain");
    sign(f, CHANGE, "ana", "content-owner", "approve");
    sign(f, CHANGE, "lena", "legal", "approve");
    merge_by(f, "git merge -q --squash origin/" CHANGE "; git commit -qm squashed");
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "docs", .from = "main", .files = &docs, .file_count = 1});
    content_become(f, "lena");
    static const char *const names[] = {CHANGE, "docs"};
    for (size_t i = 0; i < 2; i++) {
        const char *before = fixture_commit_of(f, CONTENT_ORIGIN, names[i]);
        assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", names[i], NULL), 3);
        assert_non_null(strstr(f->result.errors.data, "changes no module of main: there is nothing to seal"));
        assert_string_equal(fixture_commit_of(f, CONTENT_ORIGIN, names[i]), before);
    }
    assert_audit(f, 1, 0, 1, "under `accepted`");
    assert_null(strstr(f->result.output.data, "A seal that allows it"));
}

static void test_seal_and_bundle_name_what_counts(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    sign(f, CHANGE, "ana", "content-owner", "approve");
    sign(f, CHANGE, "lena", "legal", "approve");
    seal(f, CHANGE);
    assert_non_null(strstr(f->result.output.data, "4 records, 2 of them counted"));
    assert_string_equal(fixture_git_output(f, CONTENT_ORIGIN, "log", "-1", "--format=%s", CHANGE, NULL),
                        "review: seal " CHANGE);
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 0, 1, 0, "\"fresh\": true");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "sign", "assistant", NULL), 0);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "verify", "assistant", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "2 sealed approvals"));
}

/* A new clone never saw the log as it was; seals and records prove it. */
static void test_rewound_log_is_proved_by_seals_and_records(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 0, 1, 0, "\"fresh\": true");
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/assay/log", "assay/log~1", NULL);
    assert_audit(f, 1, 1, 0, "\"fresh\": false"); /* this clone refuses the rewind and judges what it knows */
    fixture_run(f, NULL, "rm", "-rf", CONTENT_CLONE, NULL);
    content_clone(f, CONTENT_CLONE);
    assert_audit(f, 1, 1, 2, "the log does not have it");
    assert_non_null(strstr(f->result.output.data, "the log that the seal of prompt/concise saw"));
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/assay/log", NULL);
    fixture_run(f, NULL, "rm", "-rf", CONTENT_CLONE, NULL);
    content_clone(f, CONTENT_CLONE);
    assert_non_null(strstr(audit(f, 1), "log-rewound"));
}

/* A rejection that the seal's maker saw, and left out by hand. */
static void test_rejection_left_out_of_the_seal_is_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", CHANGE, "--module", CONTENT_ASSISTANT, "--role",
                                   "content-owner", "--verdict", "withdraw", "--comment", "Settled.", NULL),
                     0);
    seal(f, CHANGE);
    merge_by(f, "git merge -q --no-ff --no-commit origin/" CHANGE "; for r in " FOLDER
                "/[0-9a-f]*.json; do if grep -q '\"request-changes\"\\|\"withdraw\"' $r; then git rm -qf "
                "$r $r.sig; fi; done; git commit -qm merge");
    assert_audit(f, 1, 0, 1, "record");
}

/* So that the seal names neither: the rejection, and the approval that ended it and has no seat. */
static void test_rejection_left_out_with_what_ended_it_is_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    sign(f, CHANGE, "ines", "content-owner", "approve");
    seal(f, CHANGE);
    merge_by(f, "git merge -q --no-ff --no-commit origin/" CHANGE "; for r in " FOLDER
                "/[0-9a-f]*.json; do if grep -q 'principal.*ines@' $r; then git rm -qf $r $r.sig; fi; done; git commit "
                "-qm merge");
    assert_audit(f, 1, 0, 1, "the seal leaves out the record");
}

/* ---- what a good signature of the seal does not make true ---- */

/* The change is merged with its seal changed, and signed well by lena. */
static void merge_resealed(struct fixture *f, const char *sed)
{
    fixture_write_text(f, "edit.sed", sed);
    merge_by(f,
             "git merge -q --no-ff --no-commit origin/" CHANGE "; sed -E -i -f ../edit.sed " FOLDER
             "/seal.json; rm " FOLDER "/seal.json.sig; ssh-keygen -q -Y sign -n seal.v1@assay -f ../keys/lena " FOLDER
             "/seal.json; git add -A; git commit -qm merge");
}

static void test_claims_that_a_seal_signs_are_checked(void **state)
{
    static const struct {
        const char *sed, *words;
    } cases[] = {
        {"s/\"evidence\": \"sha256:.{8}/\"evidence\": \"sha256:00000000/", "stale-evidence: the seal of " CHANGE},
        {"s/\"digest\": \"sha256:.{8}/\"digest\": \"sha256:00000000/", "stale-module: the seal of " CHANGE},
        {"s/\"target\": \"main\"/\"target\": \"release\"/", "other-target: the seal is for the target release"},
        {"s/\"repository\": \"[^\"]*\"/\"repository\": \"acme\\/other\"/", "other-repository: the seal is for"},
        {"s/\"change\": \"[^\"]*\"/\"change\": \"prompt\\/other\"/", "other-change: the seal is for the change"},
        {"s/\"principal\": \"lena/\"principal\": \"ana/",
         "unknown-signer: the seal names ana@example.com, but the key"},
    };
    struct fixture *f = *state;
    start(f, "sealed");
    merge_resealed(f, ""); /* the hand that forges makes a good seal of a good one */
    assert_audit(f, 0, 1, 0, "\"result\": \"allowed\"");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(f, "sealed");
        merge_resealed(f, cases[i].sed);
        assert_audit(f, 1, 0, 1, cases[i].words);
    }
}

/* Records that lay on the target before are spent, whatever seal comes with the content. */
static void test_records_of_before_allow_nothing_new(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git checkout -q origin/" CHANGE " -- reviews; git rm -qf " FOLDER "/seal.json " FOLDER
                "/seal.json.sig; git commit -qm records; git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 1, 0, 1, "missing-sign-off");
}

static void test_author_who_approves_is_found_in_a_row(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f,
             "git checkout -q -b other origin/" CHANGE "~1; git commit -q --amend --no-edit --author='Ana "
             "<ana@example.com>'; git checkout -q origin/" CHANGE " -- reviews; git commit -qm seal; git checkout -q "
             "main; git merge -q --ff-only other");
    assert_audit(f, 1, 0, 1, "missing-sign-off");
}

/* ---- rejections that the seal did not see ---- */

static void test_rejection_after_the_seal_is_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 1, 1, 1, "ines@example.com rejected prompt/concise, and the seal");
    assert_non_null(strstr(f->result.output.data, "nothing shows that it is newer than the merge"));
    assert_non_null(strstr(f->result.output.data, "\"reason\": \"request-changes\""));
    const char *merge = fixture_text(f, "\"commit\": \"%s\"", fixture_commit_of(f, CONTENT_ORIGIN, "main"));
    assert_int_equal(count(audit(f, 1), merge), 3); /* the step, its seal, the rejection */
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    assert_non_null(strstr(f->result.output.data, "✗ request-changes: ines@example.com rejected"));
    assert_non_null(strstr(f->result.output.data, "Find out why the gate was not asked again"));
    /* what it prints settles it */
    const char *entry = strstr(f->result.output.data, "- {record: ");
    assert_non_null(entry);
    fixture_write(f, "entry", slice_make(entry, strcspn(entry, "\n") + 1));
    merge_by(f, "(echo accepted:; sed 's/^/  /' ../entry) >> policies/review.yaml; git commit -qam accepted");
    assert_audit(f, 1, 1, 1, "\"accepted\": \"why\"");
}

static void test_rejection_that_was_ended_in_time_is_not_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    sign(f, CHANGE, "ines", "content-owner", "withdraw");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 0, 1, 0, "\"problems\": []");
}

/* A branch name used again: what was signed on a target that had the merge came after it, whatever dates say. */
static void test_rejection_of_what_came_after_the_merge_is_not_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f,
             "export GIT_COMMITTER_DATE=2099-01-01T00:00:00Z; git merge -q --no-ff -m merge origin/" CHANGE
             "; git checkout -q -b again main; echo More. > " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm "
             "more; git push -q origin again:" CHANGE "; git checkout -q main");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    assert_audit(f, 0, 1, 0, "\"problems\": []");
}

/* A row of commits is one merge, and one finding. Commits that were fast-forwarded are as old as they were. */
static void test_rejection_that_a_row_passed_over_is_reported_once(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    const struct fixture_file notes = {CONTENT_ASSISTANT "/notes.md", SLICE("More.\n")};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = CHANGE, .files = &notes, .file_count = 1});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    seal(f, CHANGE);
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    merge_by(f, "git merge -q --ff-only origin/" CHANGE);
    assert_audit(f, 1, 2, 1, "rejected prompt/concise, and the seal");
}

#define OLD "export GIT_COMMITTER_DATE=$(git log -1 --format=%ct main)+0000; "

/* A merge may claim an old date; that a seal on the target names the log with the rejection is no claim. */
static void test_rejection_is_proved_by_a_later_log_that_the_target_names(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    sign(f, CHANGE, "ines", "content-owner", "request-changes");
    fixture_keep(f, "rejected");
    merge_by(f, OLD "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 0, 1, 0, "\"problems\": []");
    start(f, "rejected");
    merge_by(f,
             OLD "mkdir -p reviews/other; git show origin/" CHANGE ":" FOLDER "/seal.json | sed -E \"s/(\\\"log\\\": "
                 "\\\")[0-9a-f]*/\\1$(git rev-parse origin/assay/log)/\" > reviews/other/seal.json; git add -A; git "
                 "commit -qm other; git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 1, 1, 1, "the log that the seal of other names, which came no later, has the record");
}

/* The same content under another name was rejected: by a log that the seal names, or after it. */
static void test_rejection_of_the_same_content_elsewhere_is_reported(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/again", CHANGE "~1", NULL);
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    sign(f, "prompt/again", "ines", "content-owner", "request-changes");
    fixture_keep(f, "elsewhere");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 1, 1, 1, "ines@example.com rejected prompt/again, and the seal");
    start(f, "elsewhere");
    const char *tip = fixture_commit_of(f, CONTENT_ORIGIN, "assay/log");
    merge_resealed(f, fixture_text(f, "s/(\"log\": \")[0-9a-f]*/\\1%s/", tip));
    assert_audit(f, 1, 1, 1, "the seal that allowed this merge passed over that");
}

static void test_removed_seal_files_are_a_gap(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    merge_by(f, "git rm -qr reviews; git commit -qm tidy");
    assert_non_null(strstr(audit(f, 1), "\"records-removed\""));
}

static void test_branch_name_used_again_takes_a_second_seal(void **state)
{
    struct fixture *f = *state;
    start(f, "sealed");
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    merge_by(f, "git checkout -q " CHANGE "; git merge -q --ff-only main; echo More. > " CONTENT_ASSISTANT
                "/notes.md; git add -A; git -c user.name=Pat -c user.email=pat@example.com commit -qm more; git push "
                "-q origin " CHANGE "; git checkout -q main");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    seal(f, CHANGE);
    merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
    assert_audit(f, 0, 2, 0, "\"gaps\": 0");
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
        start(f, "sealed");
        merge_by(f, "git merge -q --no-ff -m merge origin/" CHANGE);
        merge_by(f, "echo sly >> " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm sly");
        assert_audit(f, 1, 1, 1, "\"subject\": \"sly\"");
        merge_by(f, fixture_text(f,
                                 "git checkout -q --orphan other; %s; git commit -qm other; "
                                 "git branch -f main $(git commit-tree -p other -p main -m merge main^{tree}); "
                                 "git checkout -qf main",
                                 histories[i]));
        assert_non_null(strstr(audit(f, 1), "target-replaced"));
    }
}

/* The usual beginning: the policy is written on a branch, which is merged; older branches come later. */
static void test_policy_that_came_by_a_merge_replaces_nothing(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
    merge_by(f,
             "git checkout -q --orphan begin; git rm -rfq .; echo one > README.md; git add -A; git commit -qm one; "
             "git branch old; git checkout -q -b setup; git checkout -q main -- .; git commit -qm policy; echo '# x' "
             ">> policies/review.yaml; git commit -qam more; git checkout -q begin; git merge -q --no-ff -m setup "
             "setup; git checkout -q old; echo two > OTHER.md; git add -A; git commit -qm two; git checkout -q begin; "
             "git merge -q --no-ff -m old old; git checkout -q old; git merge -q -m update begin; echo 3 > OTHER.md; "
             "git commit -qam 3; git checkout -q begin; git merge -q --no-ff -m again old; "
             "git push -qf origin begin:main; git branch -f main begin");
    assert_audit(f, 0, 0, 0, "\"gaps\": 0");
}

static void test_needs_a_policy_and_a_reachable_remote(void **state)
{
    struct fixture *f = *state;
    start(f, "plain");
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
        TEST(test_claims_that_a_seal_signs_are_checked),
        TEST(test_records_of_before_allow_nothing_new),
        TEST(test_author_who_approves_is_found_in_a_row),
        TEST(test_rejection_after_the_seal_is_reported),
        TEST(test_rejection_that_was_ended_in_time_is_not_reported),
        TEST(test_rejection_of_what_came_after_the_merge_is_not_reported),
        TEST(test_rejection_that_a_row_passed_over_is_reported_once),
        TEST(test_rejection_is_proved_by_a_later_log_that_the_target_names),
        TEST(test_rejection_of_the_same_content_elsewhere_is_reported),
        TEST(test_removed_seal_files_are_a_gap),
        TEST(test_branch_name_used_again_takes_a_second_seal),
        TEST(test_merge_that_puts_another_history_first_is_reported),
        TEST(test_policy_that_came_by_a_merge_replaces_nothing),
        TEST(test_needs_a_policy_and_a_reachable_remote),
    };
    return cmocka_run_group_tests(tests, make_worlds, remove_worlds);
}
