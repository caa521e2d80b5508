#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/git/outbox.h"
#include "assay/git/refs.h"
#include "assay/git/transport.h"
#include "harness/content.h"

#define LOG_BRANCH "assay/log"

static const struct transport background = {.mode = PROCESS_BACKGROUND};

static void make_origin(struct fixture *f)
{
    const struct fixture_file file = {"file.txt", SLICE("1")};
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    fixture_commit(f, "origin.git",
                   &(struct fixture_commit){.branch = "main", .from = "", .files = &file, .file_count = 1});
}

static struct repo *clone(struct fixture *f, const char *folder)
{
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "origin.git", folder, NULL), 0);
    assert_success(repo_open(fixture_path(f, folder), &repo, &error), error);
    return repo;
}

static void append(struct repo *repo, const char *text)
{
    struct error error = ERROR_INIT;
    struct outbox_record record = {.change = SLICE("prompt/x"),
                                   .record = slice_of(text),
                                   .signature = SLICE("signature"),
                                   .author = SLICE("Ana <Ruiz>"),
                                   .email = SLICE("ana@acme.example")};
    digest_of(record.record, &record.name);
    assert_success(outbox_append(repo, LOG_BRANCH, &record, PROCESS_BACKGROUND, &error), error);
}

static enum outcome push_log(struct repo *repo, struct transport_result *result)
{
    struct error error = ERROR_INIT;
    transport_result_init(result);
    assert_success(transport_push_log(repo, &background, LOG_BRANCH, result, &error), error);
    return result->outcome;
}

static enum outcome fetch(struct repo *repo, struct transport_result *result)
{
    struct error error = ERROR_INIT;
    transport_result_init(result);
    assert_success(transport_fetch(repo, &background, LOG_BRANCH, NULL, result, &error), error);
    return result->outcome;
}

static void assert_outcome(enum outcome (*act)(struct repo *, struct transport_result *), struct repo *repo,
                           enum outcome expected, const char *words)
{
    struct transport_result result;
    const enum outcome outcome = act(repo, &result);
    if (outcome != expected || !strstr(result.words.data, words)) {
        fail_msg("outcome %d (%s), words: %s", (int)outcome, outcome_text(outcome), result.words.data);
    }
    transport_result_clear(&result);
}

static size_t count_waiting(struct repo *repo)
{
    struct oid tip;
    size_t count = 0;
    struct error error = ERROR_INIT;
    assert_success(outbox_rebuild(repo, LOG_BRANCH, PROCESS_BACKGROUND, &tip, &count, &error), error);
    return count;
}

static void sends_and_receives(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *ana = clone(f, "ana"), *lena = clone(f, "lena");
    append(ana, "one");
    append(ana, "one"); /* again: nothing changes */
    assert_int_equal(count_waiting(ana), 1);
    append(lena, "two");
    assert_outcome(push_log, ana, OUTCOME_DONE, "");
    assert_int_equal(count_waiting(ana), 0);
    assert_outcome(push_log, lena, OUTCOME_DONE, ""); /* was no fast-forward: rebuilt */
    assert_int_equal(content_count_records(f), 2);
    assert_string_equal(fixture_git_output(f, "origin.git", "rev-list", "--count", LOG_BRANCH, NULL), "2");
    assert_string_equal(fixture_git_output(f, "origin.git", "log", "-1", "--format=%an <%ae>", LOG_BRANCH "~", NULL),
                        fixture_git_output(f, "ana", "log", "-1", "--format=%an <%ae>", OUTBOX_TRACKED_REF, NULL));
    assert_outcome(fetch, ana, OUTCOME_DONE, "");
    struct oid tracked, there;
    assert_true(refs_find(ana, OUTBOX_TRACKED_REF, &tracked));
    oid_parse(slice_of(fixture_commit_of(f, "origin.git", LOG_BRANCH)), &there);
    assert_true(oid_equal(&tracked, &there));
    repo_close(ana);
    repo_close(lena);
}

static void fetches_until_fresh(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file file = {"file.txt", SLICE("2")};
    make_origin(f);
    fixture_commit(f, "origin.git",
                   &(struct fixture_commit){.branch = "prompt/gone", .from = "main", .files = &file, .file_count = 1});
    struct repo *repo = clone(f, "clone");
    fixture_git(f, "origin.git", "branch", "-D", "prompt/gone", NULL);
    const char *tip = fixture_commit(
        f, "origin.git",
        &(struct fixture_commit){.branch = "prompt/new", .from = "main", .files = &file, .file_count = 1});
    assert_outcome(fetch, repo, OUTCOME_DONE, "");
    assert_string_equal(fixture_commit_of(f, "clone", "origin/prompt/new"), tip);
    struct oid commit;
    assert_false(refs_find(repo, "refs/remotes/origin/prompt/gone", &commit));
    repo_close(repo);
}

/* In the middle of a fetch, where the server packs, another one moves the reference, once. */
static void another_fetch_may_be_faster(void **state)
{
    struct fixture *f = *state;
    const struct fixture_file file = {"file.txt", SLICE("2")}, later = {"file.txt", SLICE("3")};
    make_origin(f);
    const char *other = fixture_commit(
        f, "origin.git",
        &(struct fixture_commit){.branch = "prompt/other", .from = "main", .files = &file, .file_count = 1});
    struct repo *repo = clone(f, "clone");
    const char *tip = fixture_commit(
        f, "origin.git", &(struct fixture_commit){.branch = "main", .from = "main", .files = &later, .file_count = 1});
    fixture_write_text(f, "racer",
                       fixture_text(f,
                                    "#!/bin/sh\nif mkdir '%s'; then\n    env -u GIT_DIR git -C '%s' update-ref "
                                    "refs/remotes/origin/main %s\nfi\nexec \"$@\"\n",
                                    fixture_path(f, "raced"), fixture_path(f, "clone"), other));
    assert_int_equal(chmod(fixture_path(f, "racer"), 0755), 0);
    fixture_git(f, NULL, "config", "--global", "uploadpack.packObjectsHook", fixture_path(f, "racer"), NULL);
    assert_outcome(fetch, repo, OUTCOME_DONE, "");
    assert_true(file_exists(fixture_path(f, "raced")));
    assert_string_equal(fixture_commit_of(f, "clone", "origin/main"), tip);
    repo_close(repo);
}

static void waits_while_offline(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    append(repo, "one");
    assert_int_equal(rename(fixture_path(f, "origin.git"), fixture_path(f, "away.git")), 0);
    assert_outcome(push_log, repo, OUTCOME_OFFLINE, "");
    assert_outcome(fetch, repo, OUTCOME_OFFLINE, "");
    append(repo, "two");
    assert_int_equal(count_waiting(repo), 2);
    assert_int_equal(rename(fixture_path(f, "away.git"), fixture_path(f, "origin.git")), 0);
    assert_outcome(push_log, repo, OUTCOME_DONE, "");
    assert_int_equal(content_count_records(f), 2);
    repo_close(repo);
}

static void tells_what_a_hook_says(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    fixture_script(f, "origin.git/hooks/pre-receive", "printf 'no \\033[31mrecords on Friday\\n' >&2\nexit 1");
    append(repo, "one");
    assert_outcome(push_log, repo, OUTCOME_DECLINED, "records on Friday");
    struct transport_result result;
    push_log(repo, &result);
    assert_null(strchr(result.words.data, '\033'));
    assert_int_equal(result.attempts, 1);
    transport_result_clear(&result);
    assert_int_equal(count_waiting(repo), 1);
    repo_close(repo);
}

static void runs_no_hook_of_the_repository(void **state)
{
    static const char *const hooks[] = {"pre-push", "reference-transaction", "post-checkout", "pre-auto-gc"};
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    for (size_t i = 0; i < 4; i++)
        fixture_script(f, fixture_text(f, "clone/.git/hooks/%s", hooks[i]),
                       fixture_text(f, "touch %s/canary", f->root));
    append(repo, "one");
    assert_outcome(push_log, repo, OUTCOME_DONE, "");
    assert_outcome(fetch, repo, OUTCOME_DONE, "");
    assert_int_equal(access(fixture_path(f, "canary"), F_OK), -1);
    fixture_git(f, "clone", "config", "remote.origin.url", fixture_text(f, "ext::touch %s/canary", f->root), NULL);
    fixture_git(f, "clone", "config", "protocol.ext.allow", "always", NULL);
    append(repo, "two");
    assert_outcome(push_log, repo, OUTCOME_OFFLINE, "not allowed");
    assert_int_equal(access(fixture_path(f, "canary"), F_OK), -1);
    repo_close(repo);
}

static void refuses_a_rewound_log(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *ana = clone(f, "ana"), *lena = clone(f, "lena");
    append(ana, "one");
    assert_outcome(push_log, ana, OUTCOME_DONE, "");
    append(ana, "two");
    assert_outcome(push_log, ana, OUTCOME_DONE, "");
    assert_outcome(fetch, lena, OUTCOME_DONE, "");
    const char *before = fixture_commit_of(f, "lena", OUTBOX_TRACKED_REF);
    fixture_git(f, "origin.git", "update-ref", "refs/heads/" LOG_BRANCH, "refs/heads/" LOG_BRANCH "~", NULL);
    assert_outcome(fetch, lena, OUTCOME_REWOUND, "");
    assert_string_equal(fixture_commit_of(f, "lena", OUTBOX_TRACKED_REF), before);
    fixture_git(f, "lena", "fetch", "-q", NULL); /* the user's own fetch follows; ours does not */
    assert_string_equal(fixture_commit_of(f, "lena", OUTBOX_TRACKED_REF), before);
    fixture_git(f, "origin.git", "update-ref", "-d", "refs/heads/" LOG_BRANCH, NULL);
    assert_outcome(fetch, lena, OUTCOME_REWOUND, "not at the remote");
    append(lena, "three");
    fixture_git(f, "origin.git", "update-ref", "refs/heads/" LOG_BRANCH, "refs/heads/main", NULL);
    assert_outcome(push_log, lena, OUTCOME_REWOUND, "");
    repo_close(ana);
    repo_close(lena);
}

/* A fetch of the user's own follows whatever the remote does to its branches. */
static void finds_a_rewound_log_that_the_user_fetched(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct log_tips tips;
    char hex[OID_HEX_SIZE + 1];
    make_origin(f);
    struct repo *ana = clone(f, "ana"), *lena = clone(f, "lena");
    append(ana, "one");
    assert_outcome(push_log, ana, OUTCOME_DONE, "");
    const char *first = fixture_commit_of(f, "origin.git", LOG_BRANCH);
    struct repo *ines = clone(f, "ines");
    append(ana, "two");
    assert_outcome(push_log, ana, OUTCOME_DONE, "");
    assert_outcome(fetch, lena, OUTCOME_DONE, "");
    const char *second = fixture_commit_of(f, "origin.git", LOG_BRANCH);

    fixture_git(f, "origin.git", "update-ref", "refs/heads/" LOG_BRANCH, first, NULL);
    append(ines, "three");
    assert_outcome(push_log, ines, OUTCOME_DONE, "");
    assert_success(outbox_find_tips(lena, LOG_BRANCH, &tips, &error), error);
    assert_false(tips.rewound);
    assert_int_equal(fixture_git(f, "lena", "fetch", "-q", NULL), 0);
    assert_success(outbox_find_tips(lena, LOG_BRANCH, &tips, &error), error);
    assert_true(tips.rewound);
    oid_format(&tips.tracked, hex);
    assert_string_equal(hex, second);

    fixture_git(f, "origin.git", "update-ref", "refs/heads/" LOG_BRANCH, first, NULL);
    assert_int_equal(fixture_git(f, "lena", "fetch", "-q", NULL), 0); /* older than what assay fetched: no rewind yet */
    assert_success(outbox_find_tips(lena, LOG_BRANCH, &tips, &error), error);
    assert_false(tips.rewound);
    repo_close(ana);
    repo_close(lena);
    repo_close(ines);
}

static void adopts_what_a_clone_brought(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct log_tips tips;
    make_origin(f);
    struct repo *ana = clone(f, "ana");
    append(ana, "one");
    assert_outcome(push_log, ana, OUTCOME_DONE, "");
    struct repo *lena = clone(f, "lena");
    assert_success(outbox_find_tips(lena, LOG_BRANCH, &tips, &error), error);
    assert_false(oid_is_none(&tips.tracked));
    assert_true(oid_is_none(&tips.pending));
    struct log log;
    log_init(&log);
    assert_success(log_read(lena, &tips, NULL, &log, &error), error);
    assert_int_equal(log.file_count, 2);
    log_clear(&log);
    repo_close(ana);
    repo_close(lena);
}

/* Killed between push and the note that it was sent: the next rebuild finds nothing that waits. */
static void a_kill_behind_the_push_doubles_nothing(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    append(repo, "one");
    fixture_git(f, "clone", "push", "-q", "origin", OUTBOX_PENDING_REF ":refs/heads/" LOG_BRANCH, NULL);
    fixture_git(f, "clone", "update-ref", "-d", "refs/remotes/origin/" LOG_BRANCH, NULL);
    append(repo, "one");
    append(repo, "two");
    assert_outcome(push_log, repo, OUTCOME_DONE, "");
    assert_int_equal(content_count_records(f), 2);
    assert_string_equal(fixture_git_output(f, "origin.git", "rev-list", "--count", LOG_BRANCH, NULL), "2");
    assert_int_equal(count_waiting(repo), 0);
    repo_close(repo);
}

/* What git is told before the remote's name is an option, what comes behind it is none. */
static void a_remote_is_never_an_option(void **state)
{
    static const char *const kinds[] = {" push ", " fetch ", " ls-remote "};
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    fixture_replace_program(f, "git",
                            fixture_text(f, "echo \" $* \" >>%s\nexec $real \"$@\"", fixture_path(f, "said")));
    append(repo, "one");
    assert_outcome(push_log, repo, OUTCOME_DONE, "");
    assert_outcome(fetch, repo, OUTCOME_DONE, "");
    fixture_git(f, "origin.git", "branch", "prompt/new", "main", NULL);
    assert_outcome(fetch, repo, OUTCOME_DONE, "");
    fixture_restore_programs(f);
    size_t seen[ARRAY_COUNT(kinds)] = {0};
    struct slice rest = fixture_read(f, "said"), line;
    while (slice_cut_line(&rest, &line))
        for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
            if (slice_find(line, slice_of(kinds[i])) != SLICE_NOT_FOUND) {
                seen[i]++;
                if (slice_find(line, SLICE(" -- origin ")) == SLICE_NOT_FOUND)
                    fail_msg("git%.*s", SLICE_ARG(line));
            }
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        assert_true(seen[i] > 0);
    repo_close(repo);
}

/* In the background nobody is there to answer; in the foreground git may ask. */
static void git_asks_nobody_in_the_background(void **state)
{
    static const char *const quiet[][2] = {
        {"GIT_TERMINAL_PROMPT", "0"}, {"SSH_ASKPASS_REQUIRE", "never"}, {"GIT_ASKPASS", "true"}};
    static const struct transport transports[] = {{.mode = PROCESS_BACKGROUND}, {.mode = PROCESS_FOREGROUND}};
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct transport_result result;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    fixture_replace_program(f, "git", fixture_text(f, "env >%s\nexec $real \"$@\"", fixture_path(f, "environment")));
    for (size_t k = 0; k < ARRAY_COUNT(quiet); k++)
        unsetenv(quiet[k][0]);
    transport_result_init(&result);
    for (size_t i = 0; i < ARRAY_COUNT(transports); i++) {
        assert_success(transport_fetch_log(repo, &transports[i], LOG_BRANCH, &result, &error), error);
        const struct slice environment = fixture_read(f, "environment");
        for (size_t k = 0; k < ARRAY_COUNT(quiet); k++) {
            const char *line = fixture_text(f, "\n%s=%s\n", quiet[k][0], quiet[k][1]);
            const bool set = slice_find(environment, slice_of(line)) != SLICE_NOT_FOUND;
            if (set != (transports[i].mode == PROCESS_BACKGROUND))
                fail_msg("mode %d:%s%.*s", (int)transports[i].mode, line, SLICE_ARG(environment));
        }
    }
    transport_result_clear(&result);
    repo_close(repo);
}

static void uses_the_local_branch_without_a_remote(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    assert_success(repo_open(fixture_path(f, "origin.git"), &repo, &error), error);
    append(repo, "one");
    append(repo, "two");
    assert_int_equal(content_count_records(f), 2);
    assert_outcome(push_log, repo, OUTCOME_NO_REMOTE, "");
    assert_outcome(fetch, repo, OUTCOME_NO_REMOTE, "");
    repo_close(repo);
}

static void signs_commits_where_git_does(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    fixture_git(f, "clone", "config", "gpg.format", "ssh", NULL);
    fixture_git(f, "clone", "config", "user.signingKey", fixture_key(f, "ana"), NULL);
    fixture_git(f, "clone", "config", "commit.gpgSign", "true", NULL);
    append(repo, "one");
    fixture_git(f, "clone", "cat-file", "commit", OUTBOX_PENDING_REF, NULL);
    assert_non_null(strstr(f->result.output.data, "-----BEGIN SSH SIGNATURE-----"));
    repo_close(repo);
}

static void pushes_a_branch_only_forward(void **state)
{
    struct fixture *f = *state;
    struct error error = ERROR_INIT;
    struct transport_result result;
    struct oid first, second;
    const struct fixture_file file = {"file.txt", SLICE("2")};
    make_origin(f);
    struct repo *repo = clone(f, "clone");
    oid_parse(slice_of(fixture_commit_of(f, "clone", "main")), &first);
    oid_parse(
        slice_of(fixture_commit(
            f, "clone", &(struct fixture_commit){.branch = "side", .from = "main", .files = &file, .file_count = 1})),
        &second);
    transport_result_init(&result);
    assert_success(transport_push_branch(repo, &background, &second, "prompt/x", &result, &error), error);
    assert_int_equal(result.outcome, OUTCOME_DONE);
    assert_success(transport_push_branch(repo, &background, &first, "prompt/x", &result, &error), error);
    assert_int_equal(result.outcome, OUTCOME_BUSY);
    char hex[OID_HEX_SIZE + 1];
    oid_format(&second, hex);
    assert_string_equal(fixture_commit_of(f, "origin.git", "prompt/x"), hex);
    transport_result_clear(&result);
    repo_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sends_and_receives, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(fetches_until_fresh, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_fetch_may_be_faster, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(waits_while_offline, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(tells_what_a_hook_says, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(runs_no_hook_of_the_repository, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(refuses_a_rewound_log, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(finds_a_rewound_log_that_the_user_fetched, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(adopts_what_a_clone_brought, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_kill_behind_the_push_doubles_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_remote_is_never_an_option, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(git_asks_nobody_in_the_background, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(uses_the_local_branch_without_a_remote, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(signs_commits_where_git_does, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(pushes_a_branch_only_forward, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
