/* First parents, and how many of them came after a commit was there. */
#include "harness/test.h"

#include "assay/git/line.h"
#include "harness/fixture.h"

/* main: root, `before` commits, a merge of the branch side (s1, s2), `after` commits. */
static void make(struct fixture *f, int before, int after)
{
    const char *script = fixture_text(
        f,
        "set -e; git init -q -b main repo; cd repo; git commit -q --allow-empty -m root; git tag root; "
        "more() { from='from refs/heads/main^0'; for i in $(seq $1); do printf 'commit refs/heads/main\\n"
        "committer M <m@example.com> 1700000000 +0000\\ndata 2\\n%%2s\\n%%s\\n' $((i %% 99)) \"$from\"; from=; done "
        "| git fast-import --quiet; }; "
        "git checkout -q -b side; git commit -q --allow-empty -m s1; git tag s1; "
        "git commit -q --allow-empty -m s2; git tag s2; more %d; git checkout -q main; git tag fork; "
        "git merge -q --no-ff -m merge side; git tag merged; git checkout -q --detach; more %d; "
        "git checkout -q --orphan alone; git commit -q --allow-empty -m alone; git tag alone",
        before, after);
    if (fixture_run(f, NULL, "sh", "-c", script, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
}

static struct oid oid_of(struct fixture *f, const char *name)
{
    struct oid oid;
    assert_true(oid_parse(slice_of(fixture_commit_of(f, "repo", name)), &oid));
    return oid;
}

static size_t since(struct fixture *f, const char *name)
{
    struct error error = ERROR_INIT;
    struct repo *repo;
    struct line line;
    size_t count;
    struct oid tip = oid_of(f, "main"), commit = name ? oid_of(f, name) : (struct oid){{7}};
    assert_success(repo_open(fixture_path(f, "repo"), &repo, &error), error);
    line_init(&line, repo, &tip);
    assert_success(line_since(&line, &commit, &count, &error), error);
    line_clear(&line);
    repo_close(repo);
    return count;
}

static void check(struct fixture *f, int before, int after)
{
    make(f, before, after);
    assert_int_equal(since(f, "main"), 0);
    assert_int_equal(since(f, "merged"), after);
    assert_int_equal(since(f, "s2"), after);
    assert_int_equal(since(f, "s1"), after);
    assert_int_equal(since(f, "fork"), after + 1);
    assert_int_equal(since(f, "root"), before + after + 1);
    assert_int_equal(since(f, "alone"), LINE_ALL);
    assert_int_equal(since(f, NULL), LINE_ALL); /* no such commit */
}

static void test_a_short_line(void **state)
{
    check(*state, 1, 0);
}

/* Longer than what is read before the history is asked, on either side of the merge. */
static void test_a_long_line(void **state)
{
    check(*state, 150, 70);
}

static void test_a_merge_right_where_the_history_is_asked(void **state)
{
    check(*state, 3, 64);
}

static void test_the_steps_and_their_end(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct repo *repo;
    struct line line;
    const struct line_step *step;
    make(f, 1, 1);
    struct oid tip = oid_of(f, "main"), root = oid_of(f, "root"), tree;
    assert_true(oid_parse(slice_of(fixture_git_output(f, "repo", "rev-parse", "root^{tree}", NULL)), &tree));
    assert_success(repo_open(fixture_path(f, "repo"), &repo, &error), error);
    line_init(&line, repo, &tip);
    assert_success(line_at(&line, 3, &step, &error), error);
    assert_non_null(step);
    assert_true(oid_equal(&step->commit, &root) && oid_equal(&step->tree, &tree));
    assert_success(line_at(&line, 4, &step, &error), error);
    assert_null(step);
    assert_success(line_at(&line, 0, &step, &error), error);
    assert_true(oid_equal(&step->commit, &tip));
    line_clear(&line);
    line_init(&line, repo, &(struct oid){{9}});
    assert_int_equal(line_at(&line, 0, &step, &error), -1);
    line_clear(&line);
    repo_close(repo);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_short_line),
        TEST(test_a_long_line),
        TEST(test_a_merge_right_where_the_history_is_asked),
        TEST(test_the_steps_and_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
