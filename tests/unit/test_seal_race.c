/* Two who seal one change at once, and somebody who pushes to it meanwhile: real processes and real pushes. The branch
 * is never forced, and what lies on it in the end is sealed as it is, or not at all. */
#include "harness/test.h"

#include <string.h>

#include "harness/review.h"

#define C       CONTENT_CLONE
#define OTHER   "other"
#define CONCISE "prompt/concise"
#define SEAL    "reviews/prompt%2Fconcise/seal.json"

static int setup(void **state)
{
    if (review_setup(state) != 0)
        return -1;
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    return 0;
}

/* `times` pushes of a seal each come after one of somebody else's, who changes this file of the branch. */
static void push_before_each_seal(struct fixture *f, const char *path, int times)
{
    content_clone(f, "author");
    const char *script = fixture_text(
        f,
        "case \" $* \" in *' push '*)\n"
        "  n=$(cat '%s' 2>/dev/null || echo 0)\n"
        "  if [ $n -lt %d ]; then\n"
        "    echo $((n + 1)) >'%s'\n"
        "    ( unset GIT_DIR; cd '%s' && $real fetch -q && $real checkout -q -B work origin/" CONCISE " &&\n"
        "      echo more >>'%s' && $real add -A && $real commit -q -m more &&\n"
        "      $real push -q origin work:" CONCISE " ) >/dev/null 2>&1 || exit 99\n"
        "  fi;;\n"
        "esac\nexec $real \"$@\"",
        fixture_path(f, "pushes"), times, fixture_path(f, "pushes"), fixture_path(f, "author"), path);
    fixture_replace_program(f, "git", script);
}

static const char *tip(struct fixture *f)
{
    return fixture_commit_of(f, CONTENT_ORIGIN, CONCISE);
}

/* Nothing was taken from the branch, and what is on it passes, sealed. */
static void is_sealed_after(struct fixture *f, const char *before)
{
    fixture_restore_programs(f);
    assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "merge-base", "--is-ancestor", before, tip(f), NULL), 0);
    assert_int_equal(fixture_git(f, CONTENT_ORIGIN, "cat-file", "-e", CONCISE ":" SEAL, NULL), 0);
    if (fixture_assay(f, C, "seal", CONCISE, NULL) != 0 || !review_says(f, "sealed already"))
        fail_msg("%s%s", f->result.output.data, f->result.errors.data);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
}

static void two_at_once_seal_once(void **state)
{
    struct fixture *f = *state;
    const char *before = tip(f);
    content_clone(f, OTHER);
    const char *line = fixture_text(f, "%s seal " CONCISE " -C", ASSAY_BINARY);
    const char *script = fixture_text(f, "%s %s & a=$!; %s %s & b=$!; wait $a && wait $b", line, fixture_path(f, C),
                                      line, fixture_path(f, OTHER));
    if (fixture_run(f, NULL, "sh", "-c", script, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    assert_string_equal(
        fixture_git_output(f, CONTENT_ORIGIN, "rev-list", "--count", fixture_text(f, "%s..%s", before, CONCISE), NULL),
        "1");
    is_sealed_after(f, before);
}

static void in_one_clone_too(void **state)
{
    struct fixture *f = *state;
    const char *before = tip(f);
    const char *script = fixture_text(f, "%s seal " CONCISE " & a=$!; %s seal " CONCISE " & b=$!; wait $a && wait $b",
                                      ASSAY_BINARY, ASSAY_BINARY);
    if (fixture_run(f, C, "sh", "-c", script, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    is_sealed_after(f, before);
}

static void a_push_between_is_sealed_too(void **state)
{
    struct fixture *f = *state;
    const char *before = tip(f);
    push_before_each_seal(f, "README.md", 1);
    if (fixture_assay(f, C, "seal", CONCISE, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    review_said(f, "Sealed " CONCISE);
    assert_non_null(strstr(fixture_git_output(f, CONTENT_ORIGIN, "show", CONCISE ":README.md", NULL), "more"));
    is_sealed_after(f, before);
}

/* What nobody approved gets no seal, though the gate passed a moment ago. */
static void a_push_of_other_content_is_not_sealed(void **state)
{
    struct fixture *f = *state;
    push_before_each_seal(f, CONTENT_ASSISTANT "/prompts/answer.tpl", 1);
    assert_int_equal(fixture_assay(f, C, "seal", CONCISE, NULL), 1);
    review_said(f, "stale");
    assert_int_not_equal(fixture_git(f, CONTENT_ORIGIN, "cat-file", "-e", CONCISE ":" SEAL, NULL), 0);
}

static void a_branch_that_never_rests_is_given_up(void **state)
{
    struct fixture *f = *state;
    const char *before = tip(f);
    push_before_each_seal(f, "README.md", 100);
    assert_int_equal(fixture_assay(f, C, "seal", CONCISE, NULL), 4);
    review_complained(f, "moves while it is being sealed; try again");
    assert_int_not_equal(fixture_git(f, CONTENT_ORIGIN, "cat-file", "-e", CONCISE ":" SEAL, NULL), 0);
    fixture_restore_programs(f);
    assert_int_equal(fixture_assay(f, C, "seal", CONCISE, NULL), 0);
    is_sealed_after(f, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_at_once_seal_once, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(in_one_clone_too, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_push_between_is_sealed_too, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_push_of_other_content_is_not_sealed, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_branch_that_never_rests_is_given_up, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
