/* Rejections that a merge passed over, and what `assay audit` can know of when they came. */
#include "harness/audited.h"
#include "harness/test.h"

static void test_rejection_after_the_seal_is_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 1, 1, "ines@example.com rejected prompt/concise, and the seal");
    assert_non_null(strstr(f->result.output.data, "nothing shows that it is newer than the merge"));
    assert_non_null(strstr(f->result.output.data, "\"reason\": \"request-changes\""));
    const char *merge = fixture_text(f, "\"commit\": \"%s\"", fixture_commit_of(f, CONTENT_ORIGIN, "main"));
    assert_int_equal(audited_count(audited_report(f, 1), merge), 3); /* the step, its seal, the rejection */
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    assert_non_null(strstr(f->result.output.data, "✗ request-changes: ines@example.com rejected"));
    assert_non_null(strstr(f->result.output.data, "Find out why the gate was not asked again"));
    /* what it prints settles it */
    const char *entry = strstr(f->result.output.data, "- {record: ");
    assert_non_null(entry);
    fixture_write(f, "entry", slice_make(entry, strcspn(entry, "\n") + 1));
    audited_merge(f, "(echo accepted:; sed 's/^/  /' ../entry) >> policies/review.yaml; git commit -qam accepted");
    audited_expect(f, 1, 1, 1, "\"accepted\": \"why\"");
}

static void test_rejection_that_was_ended_in_time_is_not_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "withdraw");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"problems\": []");
}

/* A branch name used again: what was signed on a target that had the merge came after it, whatever dates say. */
static void test_rejection_of_what_came_after_the_merge_is_not_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_merge(
        f, "export GIT_COMMITTER_DATE=2099-01-01T00:00:00Z; git merge -q --no-ff -m merge origin/" AUDITED_CHANGE
           "; git checkout -q -b again main; echo More. > " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm "
           "more; git push -q origin again:" AUDITED_CHANGE "; git checkout -q main");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    audited_expect(f, 0, 1, 0, "\"problems\": []");
}

/* A row of commits is one merge, and one finding. Commits that were fast-forwarded are as old as they were. */
static void test_rejection_that_a_row_passed_over_is_reported_once(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    const struct fixture_file notes = {CONTENT_ASSISTANT "/notes.md", SLICE("More.\n")};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = AUDITED_CHANGE, .files = &notes, .file_count = 1});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_seal(f, AUDITED_CHANGE);
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    audited_merge(f, "git merge -q --ff-only origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 2, 1, "rejected prompt/concise, and the seal");
}

/* Whoever merges puts a file of its name beside the seal, or the record without its signature. */
static void test_rejection_is_not_silenced_by_a_file_of_its_name(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    fixture_keep(f, "silenced");
    static const char *const copies[] = {"cp /dev/null", "git show origin/assay/log:$p >"};
    for (size_t i = 0; i < 2; i++) {
        audited_start(f, "silenced");
        audited_merge(f, fixture_text(f,
                                      "git merge -q --no-ff --no-commit origin/%s; p=$(git show --name-only --format= "
                                      "origin/assay/log | grep json$); %s %s/$(basename $p); git add -A; git commit "
                                      "-qm merge",
                                      AUDITED_CHANGE, copies[i], AUDITED_FOLDER));
        audited_expect(f, 1, 1, 1, "ines@example.com rejected prompt/concise, and the seal");
    }
}

#define OLD "export GIT_COMMITTER_DATE=$(git log -1 --format=%ct main)+0000; "

/* A seal of some other change, which names the log of now. */
#define NAME_LOG                                                                                                       \
    "mkdir -p reviews/other; git show origin/" AUDITED_CHANGE ":" AUDITED_FOLDER                                       \
    "/seal.json | sed -E \"s/(\\\"log\\\": \\\")[0-9a-f]*/\\1$(git rev-parse origin/assay/log)/\" > "                  \
    "reviews/other/seal.json; git add -A; git commit -qm other"

/* A merge may claim an old date; that a seal on the target names the log with the rejection is no claim. */
static void test_rejection_is_proved_by_a_later_log_that_the_target_names(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    audited_sign(f, AUDITED_CHANGE, "ines", "content-owner", "request-changes");
    fixture_keep(f, "rejected");
    audited_merge(f, OLD "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 0, 1, 0, "\"problems\": []");
    audited_merge(f, NAME_LOG); /* too late to prove anything */
    audited_expect(f, 0, 1, 0, "\"problems\": []");
    audited_start(f, "rejected");
    audited_merge(f, OLD NAME_LOG "; git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 1, 1, "the log that the seal of other names, which came no later, has the record");
}

/* The same content under another name was rejected: by a log that the seal names, or after it. */
static void test_rejection_of_the_same_content_elsewhere_is_reported(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "sealed");
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/again", AUDITED_CHANGE "~1", NULL);
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_sign(f, "prompt/again", "ines", "content-owner", "request-changes");
    fixture_keep(f, "elsewhere");
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 1, 1, "ines@example.com rejected prompt/again, and the seal");
    audited_start(f, "elsewhere");
    const char *tip = fixture_commit_of(f, CONTENT_ORIGIN, "assay/log");
    audited_merge_resealed(f, fixture_text(f, "s/(\"log\": \")[0-9a-f]*/\\1%s/", tip));
    audited_expect(f, 1, 1, 1, "the seal that allowed this merge passed over that");
}

static const char *rejection_in_log(struct fixture *f, const char *folder)
{
    const char *name =
        strstr(fixture_git_output(f, CONTENT_ORIGIN, "ls-tree", "-r", "--name-only", "assay/log", NULL), folder);
    assert_non_null(name);
    return fixture_text(f, "%.64s", name + strlen(folder));
}

/* What came along was judged with the merge, by the policy of then. */
static void test_rejection_that_was_overruled_stays_so(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    audited_merge(f,
                  "sed -i 's/^override: .*/override: [ines@example.com]/' policies/review.yaml; git commit -qam rules");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    audited_sign(f, AUDITED_CHANGE, "ana", "content-owner", "request-changes");
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", AUDITED_CHANGE, "--role", "content-owner", "--verdict",
                                   "approve", "--scores", fixture_path(f, "scores.json"), "--comment", "No.",
                                   "--supersedes", rejection_in_log(f, "concise/"), NULL),
                     0);
    audited_sign(f, AUDITED_CHANGE, "lena", "legal", "approve");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "seal", AUDITED_CHANGE, NULL), 0);
    audited_merge(f, "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE);
    audited_expect(f, 1, 1, 1, "\"problems\": []"); /* the rules that nobody sealed */
    audited_merge(f, "sed -i 's/^override: .*/override: []/' policies/review.yaml; git commit -qam rules");
    audited_expect(f, 1, 1, 2, "\"problems\": []");
}

/* The same content in a change of mallory's, and rules that let ines overrule. */
static void make_again(struct fixture *f)
{
    content_become(f, "mallory");
    const char *commit = fixture_git_output(f, CONTENT_ORIGIN, "commit-tree", "-p", "main", "-m", "again",
                                            AUDITED_CHANGE "^{tree}", NULL);
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/again", fixture_text(f, "%.40s", commit), NULL);
    audited_merge(f,
                  "sed -i 's/^override: .*/override: [ines@example.com]/' policies/review.yaml; git commit -qam rules");
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
}

static void overrule(struct fixture *f, const char *verdict)
{
    audited_sign(f, "prompt/again", "ana", "content-owner", "request-changes");
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "sign", "prompt/again", "--role", "content-owner", "--verdict",
                                   verdict, "--comment", "No.", "--supersedes", rejection_in_log(f, "again/"), NULL),
                     0);
}

#define MERGE  "git merge -q --no-ff -m merge origin/" AUDITED_CHANGE
#define SQUASH "git merge -q --squash origin/" AUDITED_CHANGE "; git commit -qm squash"

/* An override ends a rejection for every change that it holds up. One gap is always there: the rules that nobody sealed. */
static void test_rejection_that_was_overruled_elsewhere_is_over(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "plain");
    make_again(f);
    fixture_keep(f, "again");
    audited_seal(f, AUDITED_CHANGE);
    overrule(f, "abstain");
    fixture_keep(f, "overruled");
    audited_merge(f, MERGE);
    audited_expect(f, 1, 1, 1, "\"problems\": []");
    /* by a role that the policy still gives */
    audited_merge(f, "sed -i 's/\\[learning-designer, content-owner\\]/[learning-designer]/' policies/review.yaml; "
                     "git commit -qam role");
    audited_expect(f, 1, 1, 3, "ana@example.com rejected prompt/again, and the seal");
}

static void test_override_that_was_withdrawn_ends_nothing(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "overruled");
    audited_sign(f, "prompt/again", "ines", "content-owner", "withdraw");
    audited_merge(f, MERGE);
    audited_expect(f, 1, 1, 2, "ana@example.com rejected prompt/again, and the seal");
}

/* Withdrawing twice takes no withdrawal back. */
static void test_override_by_a_withdrawal_stays(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "again");
    audited_seal(f, AUDITED_CHANGE);
    overrule(f, "withdraw");
    audited_sign(f, "prompt/again", "ines", "content-owner", "withdraw");
    audited_merge(f, MERGE);
    audited_expect(f, 1, 1, 1, "\"problems\": []");
}

/* Ines is no author of the change that she overrules in, but of the one that is merged. */
static void test_override_by_an_author_ends_nothing(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file notes = {CONTENT_ASSISTANT "/notes.md", SLICE("By ines.\n")};
    audited_start(f, "plain");
    fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){
            .branch = AUDITED_CHANGE, .author = "Ines Roy <ines@example.com>", .files = &notes, .file_count = 1});
    make_again(f);
    audited_seal(f, AUDITED_CHANGE);
    overrule(f, "abstain");
    audited_merge(f, MERGE);
    audited_expect(f, 1, 1, 2, "ana@example.com rejected prompt/again, and the seal");
}

/* A squash leaves no authors: the sealer's gate knew them, and took the override or did not see it. */
static void test_override_before_a_squash_is_one_that_the_seal_saw(void **state)
{
    struct fixture *f = *state;
    audited_start(f, "overruled");
    audited_merge(f, SQUASH);
    audited_expect(f, 1, 1, 2, "ana@example.com rejected prompt/again, and the seal");
    audited_start(f, "again");
    overrule(f, "abstain");
    audited_seal(f, AUDITED_CHANGE);
    audited_merge(f, SQUASH);
    audited_expect(f, 1, 1, 1, "\"problems\": []");
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rejection_after_the_seal_is_reported),
        TEST(test_rejection_that_was_ended_in_time_is_not_reported),
        TEST(test_rejection_of_what_came_after_the_merge_is_not_reported),
        TEST(test_rejection_that_a_row_passed_over_is_reported_once),
        TEST(test_rejection_is_not_silenced_by_a_file_of_its_name),
        TEST(test_rejection_is_proved_by_a_later_log_that_the_target_names),
        TEST(test_rejection_of_the_same_content_elsewhere_is_reported),
        TEST(test_rejection_that_was_overruled_stays_so),
        TEST(test_rejection_that_was_overruled_elsewhere_is_over),
        TEST(test_override_that_was_withdrawn_ends_nothing),
        TEST(test_override_by_a_withdrawal_stays),
        TEST(test_override_by_an_author_ends_nothing),
        TEST(test_override_before_a_squash_is_one_that_the_seal_saw),
    };
    return cmocka_run_group_tests(tests, audited_setup, audited_teardown);
}
