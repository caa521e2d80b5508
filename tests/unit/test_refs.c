#include "harness/test.h"

#include "assay/git/refs.h"
#include "harness/fixture.h"

static void swaps_only_what_it_expects(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct oid commits[2], found;
    const struct oid none = {{0}};
    bool moved = true;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    for (int i = 0; i < 2; i++) {
        const struct fixture_file file = {"a", slice_of(i ? "1" : "2")};
        oid_parse(
            slice_of(fixture_commit(
                f, "r.git", &(struct fixture_commit){.branch = "x", .from = "", .files = &file, .file_count = 1})),
            &commits[i]);
    }
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    static const struct {
        int expected, next; /* commits; -1: none */
        bool moved;
    } steps[] = {
        {0, 1, true},  {-1, 0, false}, {-1, 1, true},  {1, 0, true},
        {0, 1, false}, {0, -1, true},  {1, -1, false}, {1, -1, true},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (i == 4) {
            fixture_git(f, "r.git", "pack-refs", "--all", NULL);
        }
        const struct oid *expected = steps[i].expected < 0 ? &none : &commits[steps[i].expected];
        const struct oid *next = steps[i].next < 0 ? &none : &commits[steps[i].next];
        assert_success(refs_swap(repo, "refs/assay/pending", expected, next, &moved, &error), error);
        assert_int_equal(moved, steps[i].moved);
    }
    assert_false(refs_find(repo, "refs/assay/pending", &found));
    fixture_write_text(f, "r.git/refs/assay/pending.lock", "");
    assert_failure(refs_swap(repo, "refs/assay/pending", &none, &commits[0], &moved, &error), error, ERROR_ENVIRONMENT,
                   "refs/assay/pending.lock");
    repo_close(repo);
}

static void lists_below_a_prefix(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct ref_list list;
    const struct fixture_file file = {"a", SLICE("1")};
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    const char *const branches[] = {"b", "a/deep/er", "a", "refs/remotes/o/main"};
    for (size_t i = 0; i < 4; i += i == 1 ? 2 : 1) { /* `a` and a/deep/er cannot both be */
        fixture_commit(f, "r.git",
                       &(struct fixture_commit){.branch = branches[i], .from = "", .files = &file, .file_count = 1});
    }
    fixture_git(f, "r.git", "symbolic-ref", "refs/remotes/o/HEAD", "refs/remotes/o/main", NULL);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    refs_list_init(&list);
    assert_success(refs_list(repo, "refs/heads/", &list, &error), error);
    assert_int_equal(list.count, 2);
    assert_slice(list.refs[0].name, "refs/heads/a/deep/er");
    refs_list_clear(&list);
    assert_success(refs_list(repo, "refs/remotes/o/", &list, &error), error);
    assert_int_equal(list.count, 2);
    assert_slice(list.refs[0].symbolic, "refs/remotes/o/main");
    refs_list_clear(&list);
    assert_success(refs_list(repo, "refs/nothing/", &list, &error), error);
    assert_int_equal(list.count, 0);
    refs_list_clear(&list);
    repo_close(repo);
}

static void refuses_names_by_name(void **state)
{
    (void)state;
    assert_null(refs_refusal(SLICE("refs/heads/\xe4\xb8\xad")));
    assert_string_equal(refs_refusal(SLICE("refs/heads/\xe4")), "is not UTF-8");
    assert_string_equal(refs_refusal(SLICE("refs/heads/a\x7f")), "holds a control character");
}

/* git's own commands take a commit without an author; a branch with one is a branch. */
static void finds_a_commit_that_libgit2_cannot_parse(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct oid commit = {{0}}, expected;
    fixture_git(f, NULL, "init", "-q", "--bare", "odd.git", NULL);
    const char *text = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nno author\n";
    assert_int_equal(fixture_run_with_input(f, "odd.git", slice_of(text), "git", "hash-object", "-t", "commit", "-w",
                                            "--stdin", "--literally", NULL),
                     0);
    const char *name = fixture_text(f, "%.40s", f->result.output.data);
    fixture_write_text(f, "odd.git/refs/heads/odd", fixture_text(f, "%s\n", name));
    fixture_write_text(f, "odd.git/refs/heads/gone", "1111111111111111111111111111111111111111\n");
    assert_success(repo_open(fixture_path(f, "odd.git"), &repo, &error), error);
    assert_true(oid_parse(slice_of(name), &expected));
    assert_true(refs_find(repo, "refs/heads/odd", &commit));
    assert_true(oid_equal(&commit, &expected));
    assert_false(refs_find(repo, "refs/heads/gone", &commit));
    repo_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(swaps_only_what_it_expects, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(lists_below_a_prefix, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(finds_a_commit_that_libgit2_cannot_parse, fixture_setup, fixture_teardown),
        cmocka_unit_test(refuses_names_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
