#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/git/changes.h"
#include "harness/fixture.h"

static const char *commit_on(struct fixture *f, const char *branch, const char *from, const char *text)
{
    const struct fixture_file file = {"file.txt", slice_of(text)};
    return fixture_commit(f, "origin.git",
                          &(struct fixture_commit){.branch = branch, .from = from, .files = &file, .file_count = 1});
}

static const char *merge_of(struct fixture *f, const char *branch, const char *first, const char *second)
{
    const char *tree = fixture_git_output(f, "origin.git", "rev-parse", fixture_text(f, "%s^{tree}", first), NULL);
    const char *commit =
        fixture_git_output(f, "origin.git", "commit-tree", "-p", first, "-p", second, "-m", "merge", tree, NULL);
    fixture_git(f, "origin.git", "update-ref", fixture_text(f, "refs/heads/%s", branch), commit, NULL);
    return commit;
}

struct world {
    struct repo *repo;
    struct target target;
    struct changes changes;
    struct error error;
};

static void open_world(struct fixture *f, const char *folder, struct world *world)
{
    world->error = ERROR_INIT;
    target_init(&world->target);
    changes_init(&world->changes);
    assert_success(repo_open(fixture_path(f, folder), &world->repo, &world->error), world->error);
    assert_success(target_find(world->repo, &world->target, &world->error), world->error);
    assert_success(changes_list(world->repo, &world->target, SLICE("assay/log"), &world->changes, &world->error),
                   world->error);
    assert_success(changes_trace(world->repo, &world->target.commit, &world->changes, NULL, &world->error),
                   world->error);
}

static void close_world(struct world *world)
{
    changes_clear(&world->changes);
    target_clear(&world->target);
    repo_close(world->repo);
}

static const struct change *get(struct world *world, const char *name)
{
    const struct change *change = changes_find(&world->changes, slice_of(name));
    if (!change) {
        fail_msg("no change %s", name);
    }
    return change;
}

static void assert_base(const struct change *change, const char *hex)
{
    char found[OID_HEX_SIZE + 1];
    assert_int_equal(change->base_count, 1);
    oid_format(&change->bases[0], found);
    assert_string_equal(found, hex);
}

static void tells_states_apart(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    const char *first = commit_on(f, "main", "", "1");
    const char *second = commit_on(f, "main", NULL, "2");
    commit_on(f, "prompt/pending", first, "3");
    const char *merged = commit_on(f, "prompt/merged", second, "4");
    merge_of(f, "main", second, merged);
    const struct fixture_file manifest = {"a/manifest.yaml", SLICE("name: a\n")};
    fixture_commit(
        f, "origin.git",
        &(struct fixture_commit){.branch = "prompt/unrelated", .from = "", .files = &manifest, .file_count = 1});
    commit_on(f, "gh-pages", "", "5");
    commit_on(f, "prompt/again", first, "6");
    commit_on(f, "prompt/again", NULL, "7");
    fixture_git(f, "origin.git", "branch", "prompt/same", second, NULL);
    commit_on(f, "assay/log", "", "log");
    struct world world;
    open_world(f, "origin.git", &world);
    assert_int_equal(world.changes.count, 6);
    assert_int_equal(get(&world, "prompt/pending")->state, CHANGE_PENDING);
    assert_base(get(&world, "prompt/pending"), first);
    assert_base(get(&world, "prompt/again"), first);
    assert_slice(get(&world, "prompt/pending")->author_email, "pat@example.com");
    assert_int_equal(get(&world, "prompt/merged")->state, CHANGE_MERGED);
    assert_int_equal(get(&world, "prompt/same")->state, CHANGE_MERGED);
    assert_int_equal(get(&world, "prompt/unrelated")->state, CHANGE_UNRELATED);
    assert_true(get(&world, "prompt/unrelated")->problem.size > 0);
    assert_int_equal(get(&world, "gh-pages")->state, CHANGE_FOREIGN);
    assert_int_equal(get(&world, "gh-pages")->problem.size, 0);
    assert_null(changes_find(&world.changes, SLICE("main")));
    assert_null(changes_find(&world.changes, SLICE("assay/log")));
    close_world(&world);
}

/* `git merge --allow-unrelated-histories` would bring these files where they count. */
static void a_branch_without_history_reaches_modules(void **state)
{
    static const struct {
        const char *branch, *path;
        enum change_state state;
    } branches[] = {
        {"in-module", "a/prompts/extra.tpl", CHANGE_UNRELATED},
        {"in-outputs", "a/tests/outputs/p.json", CHANGE_UNRELATED},
        {"rules", "policies/review.yaml", CHANGE_UNRELATED},
        {"signers", "policies/allowed_signers", CHANGE_UNRELATED},
        {"revoked", "policies/revoked_signers", CHANGE_UNRELATED},
        {"records", "reviews/prompt%2Fx/seal.json", CHANGE_UNRELATED},
        {"beside", "ab/index.html", CHANGE_FOREIGN},
        {"pages", "README.md", CHANGE_FOREIGN},
        {"privacy", "policies/privacy.html", CHANGE_FOREIGN},
    };
    struct fixture *f = *state;
    const struct fixture_file own[] = {
        {"README.md", SLICE("hello\n")}, {"a/manifest.yaml", SLICE("name: a\n")}, {"a/p.tpl", SLICE("x\n")}};
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    fixture_commit(
        f, "origin.git",
        &(struct fixture_commit){.branch = "main", .from = "", .files = own, .file_count = ARRAY_COUNT(own)});
    for (size_t i = 0; i < ARRAY_COUNT(branches); i++) {
        const struct fixture_file file = {branches[i].path, SLICE("of another history\n")};
        fixture_commit(
            f, "origin.git",
            &(struct fixture_commit){.branch = branches[i].branch, .from = "", .files = &file, .file_count = 1});
    }
    struct world world;
    open_world(f, "origin.git", &world);
    for (size_t i = 0; i < ARRAY_COUNT(branches); i++) {
        print_message("%s\n", branches[i].branch);
        assert_int_equal(get(&world, branches[i].branch)->state, branches[i].state);
    }
    close_world(&world);
}

static void finds_the_best_bases(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    const char *first = commit_on(f, "main", "", "1");
    const char *left = commit_on(f, "main", NULL, "left");
    const char *right = commit_on(f, "prompt/cross", first, "right");
    const char *updated = commit_on(f, "prompt/updated", first, "u");
    merge_of(f, "main", left, right);
    merge_of(f, "prompt/cross", right, left);
    merge_of(f, "prompt/updated", updated, left); /* the target was merged into it once */
    struct world world;
    open_world(f, "origin.git", &world);
    assert_int_equal(get(&world, "prompt/cross")->base_count, 2);
    assert_base(get(&world, "prompt/updated"), left);
    close_world(&world);
}

static void prefers_the_remote(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    const char *first = commit_on(f, "main", "", "1");
    const char *pushed = commit_on(f, "prompt/x", first, "pushed");
    commit_on(f, "prompt/gone", first, "gone");
    fixture_git(f, NULL, "clone", "-q", "origin.git", "clone", NULL);
    fixture_git(f, "clone", "branch", "-q", "--no-track", "prompt/x", "origin/main", NULL);
    fixture_git(f, "clone", "branch", "-q", "--track", "prompt/tracking", "origin/prompt/x", NULL);
    fixture_git(f, "clone", "branch", "-q", "--no-track", "prompt/mine", "origin/prompt/x", NULL);
    fixture_git(f, "origin.git", "branch", "-q", "-D", "prompt/gone", NULL);
    fixture_git(f, "clone", "fetch", "-q", "--prune", NULL);
    struct world world;
    open_world(f, "clone", &world);
    assert_int_equal(world.changes.count, 2);
    assert_slice(get(&world, "prompt/x")->ref, "refs/remotes/origin/prompt/x");
    assert_ptr_equal(get(&world, "origin/prompt/x"), get(&world, "prompt/x"));
    assert_slice(get(&world, "prompt/mine")->ref, "refs/heads/prompt/mine");
    char hex[OID_HEX_SIZE + 1];
    oid_format(&get(&world, "prompt/x")->tip, hex);
    assert_string_equal(hex, pushed);
    close_world(&world);

    /* A branch that was written anew is followed. */
    const char *rewritten = commit_on(f, "prompt/y", first, "anew");
    fixture_git(f, "origin.git", "update-ref", "refs/heads/prompt/x", rewritten, NULL);
    fixture_git(f, "clone", "fetch", "-q", NULL);
    open_world(f, "clone", &world);
    oid_format(&get(&world, "prompt/x")->tip, hex);
    assert_string_equal(hex, rewritten);
    close_world(&world);

    fixture_git(f, "clone", "config", "assay.changes", "prompt/m* refs/remotes/origin/prompt/y", NULL);
    open_world(f, "clone", &world);
    assert_int_equal(world.changes.count, 2);
    get(&world, "prompt/mine");
    get(&world, "prompt/y");
    close_world(&world);
}

static void leaves_out_names_that_nobody_can_read(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    const char *first = commit_on(f, "main", "", "1");
    const char *other = commit_on(f, "prompt/fine", first, "2");
    const char *const names[] = {"refs/heads/prompt/b\xff\xfe", "refs/heads/prompt/\xe2\x80\xaetxt",
                                 "refs/heads/prompt/$(id);", "refs/heads/--upload-pack=x"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fixture_git(f, "origin.git", "update-ref", names[i], other, NULL), 0);
    }
    struct world world;
    open_world(f, "origin.git", &world);
    assert_int_equal(world.changes.problem_count, 1);
    assert_true(slice_find(world.changes.problems[0], SLICE("is not UTF-8")) != SLICE_NOT_FOUND);
    assert_int_equal(world.changes.count, 4);
    assert_int_equal(get(&world, "--upload-pack=x")->state, CHANGE_PENDING);
    close_world(&world);
}

static void goes_on_past_a_branch_that_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    const char *first = commit_on(f, "main", "", "1");
    commit_on(f, "prompt/fine", first, "2");
    const char *blob = fixture_git_output(f, "origin.git", "rev-parse", "main:file.txt", NULL);
    fixture_write_text(f, "origin.git/refs/heads/prompt/blob", fixture_text(f, "%s\n", blob));
    fixture_write_text(f, "origin.git/refs/heads/prompt/void", "1234567890123456789012345678901234567890\n");
    struct world world;
    open_world(f, "origin.git", &world);
    assert_int_equal(get(&world, "prompt/fine")->state, CHANGE_PENDING);
    assert_int_equal(get(&world, "prompt/blob")->state, CHANGE_UNREADABLE);
    assert_int_equal(get(&world, "prompt/void")->state, CHANGE_UNREADABLE);
    close_world(&world);
}

static void reads_no_history_when_all_is_known(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    commit_on(f, "prompt/x", commit_on(f, "main", "", "1"), "2");
    struct world world;
    open_world(f, "origin.git", &world);
    const struct oid nowhere = {{1, 2, 3}};
    assert_success(changes_trace(world.repo, &nowhere, &world.changes, NULL, &world.error), world.error);
    world.changes.changes[0].state = CHANGE_UNTRACED;
    assert_failure(changes_trace(world.repo, &nowhere, &world.changes, NULL, &world.error), world.error,
                   ERROR_ENVIRONMENT, "missing");
    close_world(&world);
}

static bool yes(void *context)
{
    (void)context;
    return true;
}

static void stops_when_asked(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    commit_on(f, "prompt/x", commit_on(f, "main", "", "1"), "2");
    struct world world;
    open_world(f, "origin.git", &world);
    world.changes.changes[0].state = CHANGE_UNTRACED;
    const struct changes_watch watch = {.cancelled = yes};
    assert_failure(changes_trace(world.repo, &world.target.commit, &world.changes, &watch, &world.error), world.error,
                   ERROR_INTERRUPTED, "stopped");
    close_world(&world);
}

/* Whatever the shape of history: as `git merge-base --all` says. */
static void agrees_with_git_on_random_histories(void **state)
{
    enum { ROUNDS = 6, COMMITS = 24, TIPS = 8 };
    struct fixture *f = *state;
    uint32_t random = 12345;
    for (int round = 0; round < ROUNDS; round++) {
        const char *folder = fixture_text(f, "random%d", round), *commits[COMMITS];
        fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", folder, NULL);
        const char *tree = fixture_git_output(f, folder, "mktree", NULL);
        for (int i = 0; i < COMMITS; i++) {
            random = random * 1664525 + 1013904223;
            const int a = i ? (int)(random >> 8) % i : 0, b = i ? (int)(random >> 16) % i : 0;
            const bool orphan = i == 0 || (random >> 28) == 0;
            commits[i] =
                orphan ? fixture_git_output(f, folder, "commit-tree", "-m", fixture_text(f, "%d", i), tree, NULL)
                : (random >> 5) % 2 ? fixture_git_output(f, folder, "commit-tree", "-p", commits[a], "-m",
                                                         fixture_text(f, "%d", i), tree, NULL)
                                    : fixture_git_output(f, folder, "commit-tree", "-p", commits[a], "-p", commits[b],
                                                         "-m", fixture_text(f, "%d", i), tree, NULL);
        }
        struct repo *repo = NULL;
        struct error error = ERROR_INIT;
        struct oid target;
        struct ancestry_trace trace;
        assert_success(repo_open(fixture_path(f, folder), &repo, &error), error);
        struct ancestry *ancestry = ancestry_new(repo);
        ancestry_trace_init(&trace);
        oid_parse(slice_of(commits[COMMITS - 1]), &target);
        assert_success(ancestry_set_target(ancestry, &target, NULL, NULL, &error), error);
        for (int i = COMMITS - 1 - TIPS; i < COMMITS - 1; i++) {
            struct oid tip;
            oid_parse(slice_of(commits[i]), &tip);
            assert_success(ancestry_trace(ancestry, &tip, &trace, &error), error);
            fixture_git(f, folder, "merge-base", "--all", commits[COMMITS - 1], commits[i], NULL);
            const struct slice expected = str_slice(&f->result.output);
            assert_int_equal(expected.size, trace.base_count * (OID_HEX_SIZE + 1));
            for (size_t k = 0; k < trace.base_count; k++) {
                char hex[OID_HEX_SIZE + 1];
                oid_format(&trace.bases[k], hex);
                assert_true(slice_find(expected, slice_of(hex)) != SLICE_NOT_FOUND);
            }
            const char *count = fixture_git_output(f, folder, "rev-list", "--count", commits[i],
                                                   fixture_text(f, "^%s", commits[COMMITS - 1]), NULL);
            assert_int_equal(atoi(count), trace.own_count);
        }
        ancestry_trace_clear(&trace);
        ancestry_free(ancestry);
        repo_close(repo);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_states_apart, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_branch_without_history_reaches_modules, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(finds_the_best_bases, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(prefers_the_remote, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(leaves_out_names_that_nobody_can_read, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(goes_on_past_a_branch_that_cannot_be_read, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(reads_no_history_when_all_is_known, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(stops_when_asked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(agrees_with_git_on_random_histories, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
