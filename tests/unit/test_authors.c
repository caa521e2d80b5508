#include "harness/test.h"

#include "assay/git/authors.h"
#include "assay/git/commits.h"
#include "harness/fixture.h"

static struct oid commit(struct fixture *f, const char *from, const char *author, const char *message, const char *path,
                         const char *text)
{
    struct oid oid;
    const struct fixture_file file = {path, slice_of(text)};
    assert_true(oid_parse(
        slice_of(fixture_commit(
            f, "r.git",
            &(struct fixture_commit){
                .branch = "x", .from = from, .author = author, .message = message, .files = &file, .file_count = 1})),
        &oid));
    return oid;
}

static void collect(struct fixture *f, const struct oid *own, size_t count, const char *path, const char *excluded,
                    const char *expected)
{
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct authors authors;
    struct str found = STR_INIT;
    const struct slice paths[] = {slice_of(path)}, without[] = {slice_of(excluded)};
    authors_init(&authors);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    assert_success(authors_collect(repo, own, count, paths, 1, without, excluded ? 1 : 0, &authors, &error), error);
    for (size_t i = 0; i < authors.count; i++) {
        str_append(&found, authors.authors[i].email);
        str_push(&found, ' ');
    }
    assert_slice(str_slice(&found), expected);
    str_clear(&found);
    authors_clear(&authors);
    repo_close(repo);
}

static void names_those_who_touched_the_paths(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    commit(f, "", "Base <base@x>", "base", "m/a/file", "0");
    const struct oid own[] = {
        commit(f, NULL, "Ana <ana@x>", "one\n\nCo-Authored-By: Lena <LENA@x>\n", "m/a/file", "1"),
        commit(f, NULL, "Ben <ben@x>", "two", "m/b/file", "1"),
        commit(f, NULL, "Bot <bot@x>", "three", "m/a/tests/outputs/o.json", "1"),
        commit(f, NULL, "Eva <Ana@X>", "four\n\nco-authored-by: no brackets\n", "m/a/file", "2"),
        commit(f, NULL, "Name <name@x>", "five", "m/ab", "2"),
    };
    collect(f, own, 5, "m/a", "m/a/tests/outputs", "ana@x LENA@x  ");
    collect(f, own, 5, "m/a", NULL, "ana@x LENA@x bot@x  ");
    collect(f, own, 5, "m/b/file", NULL, "ben@x ");
    collect(f, own, 5, "", "m", "");
    collect(f, own, 5, "m/ab", NULL, "name@x ");
}

/* Who commits what another wrote, in a rebase or from a patch, had it in hand. */
static void who_commits_is_an_author_too(void **state)
{
    struct fixture *f = *state;
    struct oid oid;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    commit(f, "", "Base <base@x>", "base", "m/a/file", "0");
    const char *base = fixture_commit_of(f, "r.git", "x");
    commit(f, NULL, "Ana <ana@x>", "one", "m/a/file", "1");
    const char *tree = fixture_git_output(f, "r.git", "rev-parse", "x^{tree}", NULL);
    fixture_run(f, "r.git", "env", "GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@x", "GIT_COMMITTER_NAME=Ben",
                "GIT_COMMITTER_EMAIL=ben@x", "git", "commit-tree", "-p", base, "-m", "one", tree, NULL);
    assert_true(oid_parse(slice_trim(str_slice(&f->result.output)), &oid));
    collect(f, &oid, 1, "m/a", NULL, "ana@x ben@x ");
    collect(f, &oid, 1, "m/b", NULL, "");
}

static void finds_co_authors_however_they_are_spelled(void **state)
{
    static const char *const trailers[] = {"Co-authored-by : Ana <ana@x>", "CO-AUTHORED-BY:Ana <ana@x>",
                                           "Co-authored-by: Ana\n <ana@x>", "Co-authored-by:\tana@x",
                                           "Co-authored-by: Ana < ana@x >"};
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    commit(f, "", "Base <base@x>", "base", "a", "0");
    for (size_t i = 0; i < sizeof trailers / sizeof *trailers; i++) {
        const struct oid own[] = {commit(f, NULL, "Ben <ben@x>", fixture_text(f, "one\n\n%s\n", trailers[i]), "a",
                                         fixture_text(f, "%zu.", i))};
        collect(f, own, 1, "a", NULL, "ben@x ana@x ");
    }
    const struct oid own[] = {commit(f, NULL, "Ben <ben@x>", "Co-authored-by hand: Ana <ana@x>", "a", "none")};
    collect(f, own, 1, "a", NULL, "ben@x ");
}

/* A merge makes an author only of what it has that no parent has. */
static void a_merge_counts_for_what_is_its_own(void **state)
{
    struct fixture *f = *state;
    struct oid oid;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    commit(f, "", "Base <base@x>", "base", "a", "0");
    const char *base = fixture_commit_of(f, "r.git", "x");
    commit(f, base, "Left <left@x>", "left", "a", "1");
    const char *left = fixture_commit_of(f, "r.git", "x");
    commit(f, base, "Right <right@x>", "right", "b", "1");
    const char *right = fixture_commit_of(f, "r.git", "x");
    const struct {
        const char *a, *b, *expected;
    } cases[] = {{"1", "1", ""}, {"2", "1", "pat@example.com "}, {NULL, "1", "pat@example.com "}};
    for (size_t i = 0; i < 3; i++) {
        const struct fixture_file files[] = {{"a", cases[i].a ? slice_of(cases[i].a) : slice_make(NULL, 0)},
                                             {"b", slice_of(cases[i].b)}};
        const char *tip = fixture_commit(
            f, "r.git", &(struct fixture_commit){.branch = "t", .from = left, .files = files, .file_count = 2});
        const char *tree = fixture_git_output(f, "r.git", "rev-parse", fixture_text(f, "%s^{tree}", tip), NULL);
        fixture_run(f, "r.git", "env", "GIT_AUTHOR_NAME=p", "GIT_AUTHOR_EMAIL=pat@example.com", "GIT_COMMITTER_NAME=p",
                    "GIT_COMMITTER_EMAIL=pat@example.com", "git", "commit-tree", "-p", left, "-p", right, "-m", "m",
                    tree, NULL);
        assert_true(oid_parse(slice_trim(str_slice(&f->result.output)), &oid));
        collect(f, &oid, 1, "", NULL, cases[i].expected);
    }
}

static void decodes_whatever_a_commit_holds(void **state)
{
    static const struct {
        const char *text;
        bool sound;
        const char *name, *email;
        int64_t time;
    } cases[] = {
        {"tree 1234567890123456789012345678901234567890\nauthor A B <a@b> 12 +0100\n\nx", true, "A B", "a@b", 12},
        {"tree 1234567890123456789012345678901234567890\nauthor A <a <b> c> d 12 +0100\n\nx", true, "A", "a <b", 0},
        {"tree 1234567890123456789012345678901234567890\nauthor nobody\n", true, "nobody", "", 0},
        {"tree 1234567890123456789012345678901234567890\nauthor <> 99999999999999999999 +0\n\n", true, "", "", 0},
        {"tree 12345678901234567890123456789012345678\n\n", false, "", "", 0},
        {"tree 1234567890123456789012345678901234567890\nparent 12\n\n", false, "", "", 0},
        {"", false, "", "", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = ARENA_INIT;
        struct commit decoded = {.parent_count = 0};
        struct error error = ERROR_INIT;
        assert_int_equal(commits_decode(slice_of(cases[i].text), &arena, &decoded, &error) == 0, cases[i].sound);
        if (cases[i].sound) {
            assert_slice(decoded.author.name, cases[i].name);
            assert_slice(decoded.author.email, cases[i].email);
            assert_int_equal(decoded.author.time, cases[i].time);
        }
        arena_clear(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_co_authors_however_they_are_spelled, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_commits_is_an_author_too, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(names_those_who_touched_the_paths, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_merge_counts_for_what_is_its_own, fixture_setup, fixture_teardown),
        cmocka_unit_test(decodes_whatever_a_commit_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
