/* What the advice says of a rejection works: by whom it is ended, with which command, also where the change does not
 * touch its module any more. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define VERBOSE "prompt/verbose"
#define CONCISE "prompt/concise"

/* The branch leaves this path as the target has it. */
static void give_up(struct fixture *f, const char *branch, const char *path)
{
    content_become(f, "mallory");
    content_clone(f, "author");
    fixture_git_output(f, "author", "checkout", "-q", branch, NULL);
    fixture_git_output(f, "author", "checkout", "-q", "origin/main", "--", path, NULL);
    fixture_write_text(f, "author/README.md", "# Other words\n");
    fixture_git_output(f, "author", "add", "README.md", NULL);
    fixture_git_output(f, "author", "commit", "-q", "-m", "without it", NULL);
    fixture_git_output(f, "author", "push", "-q", "origin", branch, NULL);
    fixture_git_output(f, C, "fetch", "-q", NULL);
}

static void let_override(struct fixture *f, const char *who)
{
    const char *from = strstr(content_policy, "override: []");
    const char *policy = fixture_text(f, "%.*soverride: [%s@example.com]%s", (int)(from - content_policy),
                                      content_policy, who, from + strlen("override: []"));
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "main",
                                            .files = &(struct fixture_file){"policies/review.yaml", slice_of(policy)},
                                            .file_count = 1});
    fixture_git_output(f, C, "fetch", "-q", NULL);
}

static const char *rejected(struct fixture *f, const char *change, const char *module)
{
    return review_signed(f, C, "ana", change, module, "content-owner", "request-changes", "--comment", "Wrong.", NULL);
}

static bool is_held_up(struct fixture *f, const char *change)
{
    int code = review_gate(f, C, change);
    assert_true(code == 0 || code == 1);
    return review_says(f, "\"request-changes\"");
}

/* Runs `assay sign CHANGE --verdict withdraw --supersedes RECORD [more…]`, as the advice says, as this person. */
static int end(struct fixture *f, const char *who, const char *change, const char *record, const char *more,
               const char *value)
{
    content_become(f, who);
    return fixture_assay(f, C, "sign", change, "--verdict", "withdraw", "--supersedes",
                         fixture_text(f, "%.12s", record), more, value, NULL);
}

static void a_rejection_of_a_module_that_left_is_withdrawn(void **state)
{
    struct fixture *f = *state;
    const char *no = rejected(f, VERBOSE, "tutor");
    give_up(f, VERBOSE, CONTENT_TUTOR);
    assert_true(is_held_up(f, VERBOSE));
    review_said(f, fixture_text(f,
                                "It holds until Ana Ruiz ends it: “assay sign " VERBOSE
                                " --verdict withdraw --supersedes %.12s”; nobody else may end it.",
                                no));
    assert_int_equal(end(f, "ines", VERBOSE, no, "--comment", "It is gone."), 3);
    review_complained(f, "only its signer");
    assert_true(is_held_up(f, VERBOSE));
    assert_int_equal(end(f, "ana", VERBOSE, no, NULL, NULL), 0);
    review_said(f, "withdraw for tutor of " VERBOSE " as content-owner");
    assert_false(is_held_up(f, VERBOSE));
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 0);
}

static void the_module_that_left_can_be_named(void **state)
{
    struct fixture *f = *state;
    rejected(f, VERBOSE, "tutor");
    give_up(f, VERBOSE, CONTENT_TUTOR);
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, C, "sign", VERBOSE, "--verdict", "approve", "--module", "tutor", NULL), 2);
    review_complained(f, "does not touch a module “tutor”");
    assert_int_equal(fixture_assay(f, C, "sign", VERBOSE, "--verdict", "withdraw", "--module", "no-such", NULL), 2);
    assert_int_equal(fixture_assay(f, C, "sign", VERBOSE, "--verdict", "withdraw", "--module", "tutor", NULL), 0);
    assert_false(is_held_up(f, VERBOSE));
    /* It is ended: there is nothing more to withdraw about it. */
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, C, "sign", VERBOSE, "--verdict", "withdraw", "--module", "tutor", NULL), 2);
}

static void a_branch_that_touches_no_module_is_freed(void **state)
{
    struct fixture *f = *state;
    rejected(f, CONCISE, "assistant");
    give_up(f, CONCISE, CONTENT_ASSISTANT);
    assert_true(is_held_up(f, CONCISE));
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "withdraw", "--role", "content-owner", NULL), 2);
    review_complained(f, CONCISE " touches no module, so there is nothing to judge; a request for changes");
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "approve", NULL), 2);
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "withdraw", NULL), 0);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
}

static void a_rejection_of_a_module_that_left_is_overruled(void **state)
{
    struct fixture *f = *state;
    let_override(f, "ines");
    const char *no = rejected(f, VERBOSE, "tutor");
    give_up(f, VERBOSE, CONTENT_TUTOR);
    assert_true(is_held_up(f, VERBOSE));
    review_said(f, fixture_text(f,
                                "It holds until Ana Ruiz, or Ines Roy with a comment, ends it: “assay sign " VERBOSE
                                " --verdict withdraw --supersedes %.12s”.",
                                no));
    assert_int_equal(end(f, "ines", VERBOSE, no, NULL, NULL), 3);
    review_complained(f, "needs a comment");
    assert_int_equal(end(f, "ines", VERBOSE, no, "--comment", "The tutor stays as it was."), 0);
    assert_false(is_held_up(f, VERBOSE));
    assert_int_equal(fixture_assay(f, C, "gate", VERBOSE, NULL), 1);
    review_said(f, "overruled by Ines Roy");
}

static void a_comment_overrules_too(void **state)
{
    struct fixture *f = *state;
    let_override(f, "ines");
    const char *no = rejected(f, CONCISE, "assistant");
    give_up(f, CONCISE, CONTENT_ASSISTANT);
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "abstain", "--supersedes", no, "--comment",
                                   "It is gone.", NULL),
                     0);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
}

static void an_author_overrules_nobody(void **state)
{
    struct fixture *f = *state;
    let_override(f, "ines");
    const char *no = rejected(f, CONCISE, "assistant");
    fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){.branch = CONCISE,
                                 .author = "Ines Roy <ines@example.com>",
                                 .files = &(struct fixture_file){CONTENT_ASSISTANT "/NOTES.md", SLICE("by ines\n")},
                                 .file_count = 1});
    fixture_git_output(f, C, "fetch", "-q", NULL);
    assert_int_equal(end(f, "ines", CONCISE, no, "--comment", "I know better."), 3);
    review_complained(f, "ines@example.com is an author of " CONCISE ", and authors overrule nobody in it");
}

/* The same content under another name, which a shell would not take as it is. */
static const char *branch_again(struct fixture *f)
{
    fixture_git_output(f, CONTENT_ORIGIN, "branch", "prompt/a;b", CONCISE, NULL);
    fixture_git_output(f, C, "fetch", "-q", NULL);
    return "prompt/a;b";
}

static void a_rejection_of_the_same_content_ends_from_either_change(void **state)
{
    struct fixture *f = *state;
    let_override(f, "ines");
    const char *no = rejected(f, CONCISE, "assistant"), *again = branch_again(f);
    assert_true(is_held_up(f, again));
    review_said(f, fixture_text(f,
                                "It holds until Ana Ruiz, or Ines Roy with a comment, ends it with a verdict on the "
                                "module here: “assay sign 'prompt/a;b' --module " CONTENT_ASSISTANT
                                " --verdict VERDICT --supersedes %.12s”.",
                                no));
    assert_int_equal(end(f, "ana", again, no, NULL, NULL), 0);
    assert_null(strstr(f->result.errors.data, "ends your own approval"));
    assert_false(is_held_up(f, again));
    assert_false(is_held_up(f, CONCISE));
    no = rejected(f, CONCISE, "assistant");
    assert_true(is_held_up(f, again));
    assert_int_equal(end(f, "ines", CONCISE, no, "--comment", "The price is right."), 0);
    assert_false(is_held_up(f, again));
    assert_false(is_held_up(f, CONCISE));
}

/* As advised, so that one's own approval here stays; a withdrawal would end it, and says so. */
static void an_approval_here_outlives_a_rejection_elsewhere(void **state)
{
    struct fixture *f = *state;
    const char *no = rejected(f, CONCISE, "assistant"), *again = branch_again(f);
    review_signed(f, C, "lena", again, "assistant", "legal", "approve", NULL);
    review_signed(f, C, "ana", again, "assistant", "content-owner", "approve", NULL);
    assert_true(is_held_up(f, again));
    review_signed(f, C, "ana", again, "assistant", "content-owner", "approve", "--supersedes", no, NULL);
    assert_false(is_held_up(f, again));
    assert_int_equal(review_gate(f, C, again), 0);
    no = rejected(f, CONCISE, "assistant");
    assert_int_equal(end(f, "ana", again, no, NULL, NULL), 0);
    review_complained(f, "This withdraw ends your own approval of assistant in prompt/a;b as content-owner.");
    assert_int_equal(review_gate(f, C, again), 1);
}

/* A module that is named is the rejection's, whoever ends it and with which verdict. */
static void the_named_module_is_that_of_the_rejection(void **state)
{
    struct fixture *f = *state;
    static const char *const verdicts[] = {"withdraw", "abstain"};
    let_override(f, "ines");
    const char *no = rejected(f, VERBOSE, "tutor");
    give_up(f, VERBOSE, CONTENT_TUTOR);
    content_become(f, "ines");
    for (size_t i = 0; i < ARRAY_COUNT(verdicts); i++) {
        assert_int_equal(fixture_assay(f, C, "sign", VERBOSE, "--verdict", verdicts[i], "--supersedes", no, "--module",
                                       "no-such", "--comment", "It is gone.", NULL),
                         2);
        review_complained(f, "does not touch a module “no-such”");
    }
    for (size_t i = 0; i < ARRAY_COUNT(verdicts); i++) {
        assert_int_equal(fixture_assay(f, C, "sign", VERBOSE, "--verdict", verdicts[i], "--supersedes", no, "--module",
                                       i ? CONTENT_TUTOR : "tutor", "--comment", "It is gone.", NULL),
                         0);
        review_said(f, fixture_text(f, "%s for tutor of " VERBOSE " as content-owner", verdicts[i]));
        assert_false(is_held_up(f, VERBOSE));
        content_become(f, "ines");
    }
}

/* Who lost the role still takes back what was said in it. */
static void a_lost_role_withdraws(void **state)
{
    struct fixture *f = *state;
    const char *no = rejected(f, CONCISE, "assistant");
    const char *from = strstr(content_policy, "roles: [content-owner]");
    assert_non_null(from);
    const char *policy = fixture_text(f, "%.*sroles: [legal]%s", (int)(from - content_policy), content_policy,
                                      from + strlen("roles: [content-owner]"));
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "main",
                                            .files = &(struct fixture_file){"policies/review.yaml", slice_of(policy)},
                                            .file_count = 1});
    fixture_git_output(f, C, "fetch", "-q", NULL);
    assert_true(is_held_up(f, CONCISE));
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "approve", "--role", "content-owner", NULL), 3);
    assert_int_equal(end(f, "ana", CONCISE, no, NULL, NULL), 0);
    assert_false(is_held_up(f, CONCISE));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rejection_of_a_module_that_left_is_withdrawn),
        TEST(the_module_that_left_can_be_named),
        TEST(a_branch_that_touches_no_module_is_freed),
        TEST(a_rejection_of_a_module_that_left_is_overruled),
        TEST(a_comment_overrules_too),
        TEST(an_author_overrules_nobody),
        TEST(a_rejection_of_the_same_content_ends_from_either_change),
        TEST(an_approval_here_outlives_a_rejection_elsewhere),
        TEST(the_named_module_is_that_of_the_rejection),
        TEST(a_lost_role_withdraws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
