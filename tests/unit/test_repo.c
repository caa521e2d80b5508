#include "harness/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "assay/git/repo.h"
#include "assay/git/target.h"
#include "harness/fixture.h"

static struct repo *open_repo(struct fixture *f, const char *folder)
{
    struct error error = ERROR_INIT;
    struct repo *repo = NULL;
    assert_success(repo_open(fixture_path(f, folder), &repo, &error), error);
    return repo;
}

static void commit_file(struct fixture *f, const char *folder, const char *branch, const char *path)
{
    const struct fixture_file file = {path, SLICE("text\n")};
    const bool first = fixture_git(f, folder, "rev-parse", "-q", "--verify", branch, NULL) != 0;
    fixture_commit(
        f, folder,
        &(struct fixture_commit){.branch = branch, .from = first ? "" : NULL, .files = &file, .file_count = 1});
}

static void opens_bare_and_work_tree(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "bare.git", NULL);
    fixture_git(f, NULL, "init", "-q", "-b", "main", "work", NULL);
    fixture_write_text(f, "work/deep/er/file", "x");
    struct repo *bare = open_repo(f, "bare.git"), *work = open_repo(f, "work/deep/er");
    assert_true(repo_is_bare(bare));
    assert_false(repo_is_bare(work));
    assert_string_equal(repo_common_folder(bare), repo_folder(bare));
    assert_string_equal(repo_folder(work), fixture_path(f, "work"));
    assert_string_equal(repo_common_folder(work), fixture_path(f, "work/.git"));
    assert_false(repo_has_commits(work));
    assert_slice(repo_head(work), "refs/heads/main");
    assert_null(repo_remote(work));
    repo_close(bare);
    repo_close(work);
}

static void refuses_what_is_no_repository(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    assert_failure(repo_open(f->root, &repo, &error), error, ERROR_ENVIRONMENT, "not in a git repository");
    assert_null(repo);
}

static void shares_the_common_folder_among_worktrees(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "-b", "main", "work", NULL);
    commit_file(f, "work", "main", "a");
    fixture_git(f, "work", "config", "extensions.worktreeConfig", "true", NULL);
    assert_int_equal(fixture_git(f, "work", "worktree", "add", "-q", "-b", "side", "../side", NULL), 0);
    assert_int_equal(fixture_git(f, "side", "config", "--worktree", "assay.theme", "paper", NULL), 0);
    struct repo *side = open_repo(f, "side");
    assert_string_equal(repo_common_folder(side), fixture_path(f, "work/.git"));
    assert_slice(repo_head(side), "refs/heads/side");
    struct settings *settings = NULL;
    struct error error = ERROR_INIT;
    struct str value = STR_INIT;
    assert_success(repo_open_settings(side, SETTINGS_ALL, &settings, &error), error);
    assert_true(settings_text(settings, "assay.theme", &value));
    assert_slice(str_slice(&value), "paper");
    str_clear(&value);
    settings_close(settings);
    repo_close(side);
}

static void opens_partial_clones_and_refuses_other_extensions(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    fixture_git(f, NULL, "init", "-q", "work", NULL);
    fixture_git(f, "work", "config", "core.repositoryformatversion", "1", NULL);
    fixture_git(f, "work", "config", "extensions.partialClone", "origin", NULL);
    repo = open_repo(f, "work");
    assert_true(repo_is_partial(repo));
    repo_close(repo);
    fixture_git(f, NULL, "init", "-q", "--bare", "origin.git", NULL);
    fixture_git(f, "origin.git", "config", "uploadpack.allowFilter", "true", NULL);
    const char *url = fixture_text(f, "file://%s", fixture_path(f, "origin.git"));
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "--filter=blob:none", url, "partial", NULL), 0);
    repo = open_repo(f, "partial");
    assert_true(repo_is_partial(repo));
    repo_close(repo);
    fixture_git(f, "work", "config", "extensions.refStorage", "reftable", NULL);
    assert_failure(repo_open(fixture_path(f, "work"), &repo, &error), error, ERROR_ENVIRONMENT, "not supported");
    fixture_git(f, NULL, "init", "-q", "--object-format=sha256", "other", NULL);
    assert_failure(repo_open(fixture_path(f, "other"), &repo, &error), error, ERROR_ENVIRONMENT, "not supported");
    assert_null(strchr(error.text, '\n'));
}

static void says_what_to_do_about_another_owner(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    if (geteuid() != 0) {
        skip();
    }
    fixture_git(f, NULL, "init", "-q", "work", NULL);
    const char *folder = fixture_path(f, "work"), *inner = fixture_path(f, "work/.git");
    assert_int_equal(chown(folder, 12345, 12345) + chown(inner, 12345, 12345), 0);
    assert_failure(repo_open(folder, &repo, &error), error, ERROR_ENVIRONMENT, "safe.directory");
    fixture_git(f, NULL, "config", "--global", "--add", "safe.directory", folder, NULL);
    repo = open_repo(f, "work");
    repo_close(repo);
}

static void knows_where_history_is_cut(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    commit_file(f, "origin.git", "main", "a");
    commit_file(f, "origin.git", "main", "b");
    fixture_git(f, NULL, "clone", "-q", "--depth=1", fixture_text(f, "file://%s/origin.git", f->root), "clone", NULL);
    struct repo *repo = open_repo(f, "clone");
    struct oid commit;
    assert_true(repo_is_shallow(repo));
    assert_true(oid_parse(slice_of(fixture_commit_of(f, "clone", "HEAD")), &commit));
    assert_true(repo_is_cut(repo, &commit));
    assert_string_equal(repo_remote(repo), "origin");
    repo_close(repo);
}

static void chooses_the_remote(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    fixture_git(f, NULL, "init", "-q", "work", NULL);
    fixture_git(f, "work", "remote", "add", "upstream", "/nowhere", NULL);
    repo = open_repo(f, "work");
    assert_string_equal(repo_remote(repo), "upstream"); /* the only one */
    repo_close(repo);
    fixture_git(f, "work", "remote", "add", "fork", "/nowhere", NULL);
    assert_failure(repo_open(fixture_path(f, "work"), &repo, &error), error, ERROR_INPUT, "several remotes");
    error_clear(&error);
    fixture_git(f, "work", "remote", "add", "origin", "/nowhere", NULL);
    repo = open_repo(f, "work");
    assert_string_equal(repo_remote(repo), "origin");
    repo_close(repo);
    fixture_git(f, "work", "config", "assay.remote", "upstream", NULL);
    repo = open_repo(f, "work");
    assert_string_equal(repo_remote(repo), "upstream");
    repo_close(repo);
    fixture_git(f, "work", "config", "assay.remote", "--upload-pack=x", NULL);
    assert_failure(repo_open(fixture_path(f, "work"), &repo, &error), error, ERROR_INPUT, "assay.remote");
}

static void assert_target(struct fixture *f, const char *folder, const char *name, const char *ref)
{
    struct error error = ERROR_INIT;
    struct target target;
    struct repo *repo = open_repo(f, folder);
    target_init(&target);
    assert_success(target_find(repo, &target, &error), error);
    assert_slice(str_slice(&target.name), name);
    assert_slice(str_slice(&target.ref), ref);
    char hex[OID_HEX_SIZE + 1];
    oid_format(&target.commit, hex);
    assert_string_equal(hex, fixture_commit_of(f, folder, ref));
    target_clear(&target);
    repo_close(repo);
}

static void finds_the_target(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct target target;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "trunk", "origin.git", NULL);
    struct repo *repo = open_repo(f, "origin.git");
    target_init(&target);
    assert_failure(target_find(repo, &target, &error), error, ERROR_INPUT, "no commits yet");
    target_clear(&target);
    repo_close(repo);

    commit_file(f, "origin.git", "trunk", "a");
    commit_file(f, "origin.git", "release/1", "b");
    assert_target(f, "origin.git", "trunk", "refs/heads/trunk");
    fixture_git(f, NULL, "clone", "-q", "origin.git", "clone", NULL);
    assert_target(f, "clone", "trunk", "refs/remotes/origin/trunk");
    fixture_git(f, "clone", "checkout", "-q", "--detach", NULL);
    assert_target(f, "clone", "trunk", "refs/remotes/origin/trunk");
    const char *const names[] = {"release/1", "origin/release/1", "refs/remotes/origin/release/1"};
    for (size_t i = 0; i < 3; i++) {
        fixture_git(f, "clone", "config", "assay.target", names[i], NULL);
        assert_target(f, "clone", "release/1", "refs/remotes/origin/release/1");
    }
    fixture_git(f, "clone", "config", "assay.target", "nothing", NULL);
    repo = open_repo(f, "clone");
    target_init(&target);
    assert_failure(target_find(repo, &target, &error), error, ERROR_INPUT, "assay.target");
    target_clear(&target);
    repo_close(repo);
}

/* libgit2 1.5.1 loses what pcre2 gave it at each line of configuration that is no extension, when the repository's
 * format is 1 (regexp.c, git_regexp_match). Only opening a repository does so, so only this program looks away. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpcre2";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* first, since libgit2 keeps the HOME that it met first */
        cmocka_unit_test_setup_teardown(says_what_to_do_about_another_owner, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(opens_bare_and_work_tree, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_repository, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(shares_the_common_folder_among_worktrees, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(opens_partial_clones_and_refuses_other_extensions, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(knows_where_history_is_cut, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(chooses_the_remote, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(finds_the_target, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
