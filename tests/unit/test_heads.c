#include "harness/test.h"

#include "assay/git/heads.h"
#include "harness/fixture.h"

#define ONES "1111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222"

static void assert_head(const struct heads *heads, const char *name, const char *hex)
{
    struct oid commit, expected = {{0}};
    assert_int_equal(heads_find(heads, slice_of(name), &commit), hex != NULL);
    if (hex) {
        assert_true(oid_parse(slice_of(hex), &expected));
    }
    assert_true(oid_equal(&commit, &expected));
}

static void reads_a_listing(void **state)
{
    struct heads heads;
    (void)state;
    heads_init(&heads);
    heads_add(&heads, SLICE(""));
    assert_head(&heads, "main", NULL);
    heads_add(&heads, SLICE(ONES "\trefs/heads/main\n" TWOS "\trefs/heads/prompt/x\r\n" TWOS "\trefs/heads/main"));
    assert_int_equal(heads.count, 2);
    assert_head(&heads, "main", ONES); /* the first word counts */
    assert_head(&heads, "prompt/x", TWOS);
    assert_head(&heads, "prompt", NULL);
    assert_head(&heads, "", NULL);
    heads_clear(&heads);
}

static void passes_over_what_is_no_branch(void **state)
{
    struct heads heads;
    (void)state;
    heads_init(&heads);
    heads_add(&heads, SLICE("\n" ONES "\n" ONES "\t\n" ONES "\trefs/tags/v1\n" ONES "\tHEAD\n"
                            "111\trefs/heads/short\n" ONES "1\trefs/heads/long\n"
                            "zz11111111111111111111111111111111111111\trefs/heads/digits\n"
                            "warning: \xff\trefs/heads/said\n\trefs/heads/none\n" TWOS "\trefs/heads/kept\n"));
    assert_int_equal(heads.count, 1);
    assert_head(&heads, "kept", TWOS);
    heads_clear(&heads);
}

static struct repo *clone(struct fixture *f)
{
    const struct fixture_file file = {"file.txt", SLICE("1")};
    struct error error = ERROR_INIT;
    struct repo *repo = NULL;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    fixture_commit(f, "origin.git",
                   &(struct fixture_commit){.branch = "main", .from = "", .files = &file, .file_count = 1});
    fixture_git(f, "origin.git", "branch", "prompt/x", "main", NULL);
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "origin.git", "clone", NULL), 0);
    assert_success(repo_open(fixture_path(f, "clone"), &repo, &error), error);
    return repo;
}

static bool is_same(struct repo *repo, const char *listing, const char *const *names)
{
    struct heads heads;
    struct error error = ERROR_INIT;
    bool same = false;
    heads_init(&heads);
    heads_add(&heads, slice_of(listing));
    assert_success(heads_same(&heads, repo, names, &same, &error), error);
    heads_clear(&heads);
    return same;
}

/* The clone has origin/HEAD too, which is no branch there. */
static void compares_with_what_is_here(void **state)
{
    static const char *const main_alone[] = {"main", NULL}, *const gone[] = {"gone", NULL},
                             *const both[] = {"main", "prompt/x", NULL}, *const none[] = {NULL};
    struct fixture *f = *state;
    struct repo *repo = clone(f);
    const char *tip = fixture_commit_of(f, "origin.git", "main");
    const char *all = fixture_text(f, "%s\trefs/heads/main\n%s\trefs/heads/prompt/x\n", tip, tip);
    const char *moved = fixture_text(f, "%s\trefs/heads/main\n" ONES "\trefs/heads/prompt/x\n", tip);
    const char *fewer = fixture_text(f, "%s\trefs/heads/main\n", tip);
    const char *more = fixture_text(f, "%s" ONES "\trefs/heads/gone\n", all);
    assert_true(is_same(repo, all, NULL));
    assert_true(is_same(repo, all, both));
    assert_true(is_same(repo, all, gone)); /* neither there nor here */
    assert_false(is_same(repo, moved, NULL));
    assert_false(is_same(repo, moved, both));
    assert_true(is_same(repo, moved, main_alone));
    assert_false(is_same(repo, fewer, NULL));
    assert_false(is_same(repo, fewer, both));
    assert_false(is_same(repo, more, NULL));
    assert_false(is_same(repo, more, gone));
    assert_false(is_same(repo, "", NULL));
    assert_true(is_same(repo, "", none));
    repo_close(repo);
}

static void asks_for_one_reference(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = clone(f);
    struct oid tip, none = {{0}};
    assert_true(oid_parse(slice_of(fixture_commit_of(f, "origin.git", "main")), &tip));
    assert_true(heads_at(repo, "refs/remotes/origin/main", &tip));
    assert_false(heads_at(repo, "refs/remotes/origin/main", &none));
    assert_false(heads_at(repo, "refs/remotes/origin/HEAD", &tip)); /* a symbolic one */
    assert_true(heads_at(repo, "refs/remotes/origin/HEAD", &none));
    assert_true(heads_at(repo, "refs/assay/nothing", &none));
    repo_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_listing),
        cmocka_unit_test(passes_over_what_is_no_branch),
        cmocka_unit_test_setup_teardown(compares_with_what_is_here, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(asks_for_one_reference, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
