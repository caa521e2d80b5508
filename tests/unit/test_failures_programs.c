/* git and ssh-keygen that fail, die, print garbage or hang; remotes that die in the middle or decline; two people, or one
 * person twice, at the same time. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"
#define VERBOSE "prompt/verbose"

static int lena_signs(struct fixture *f)
{
    return review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
}

/* Whatever git or the remote said, each line that is shown is one of ours, or goes on with what they said. */
static void check_lines(struct fixture *f, const char *where)
{
    struct slice rest = str_slice(&f->result.errors), line;
    while (slice_cut_line(&rest, &line))
        if (!slice_starts_with(line, SLICE("assay: ")) && !slice_starts_with(line, SLICE("  ")))
            fail_msg("%s: “%.*s” in:\n%s", where, SLICE_ARG(line), f->result.errors.data);
    if (f->result.errors.size > 16 * 1024)
        fail_msg("%s: %zu bytes of words", where, f->result.errors.size);
}

static void expect_records(struct fixture *f, const char *where, size_t count)
{
    if (fixture_assay(f, C, "sync", NULL) != 0)
        fail_msg("%s: then sync: %s", where, f->result.errors.data);
    if (content_count_records(f) != count)
        fail_msg("%s: %zu records at the remote, expected %zu", where, content_count_records(f), count);
    if (fixture_assay(f, C, "verify", "--json", NULL) != 0 || !review_says(f, fixture_text(f, "\"good\": %zu,", count)))
        fail_msg("%s: then verify: %s%s", where, f->result.output.data, f->result.errors.data);
}

/* ---- programs ---- */

static const char *const ways_to_fail[] = {
    "exit 1",
    "echo 'fatal: something' >&2; exit 128",
    "kill -TERM $$",
    "kill -SEGV $$",
    "head -c 100000 /dev/urandom",
    "head -c 100000 /dev/urandom >&2; exit 1",
    "",
};

static void ssh_keygen_fails_in_every_way(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(ways_to_fail); i++) {
        fixture_replace_program(f, "ssh-keygen", ways_to_fail[i]);
        assert_int_equal(lena_signs(f), 4);
        check_lines(f, ways_to_fail[i]);
        fixture_restore_programs(f);
        expect_records(f, ways_to_fail[i], 0);
    }
    assert_int_equal(lena_signs(f), 0);
    expect_records(f, "ssh-keygen works again", 1);
}

static void git_fails_in_every_way(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(ways_to_fail); i++) {
        fixture_replace_program(f, "git", ways_to_fail[i]);
        assert_int_equal(lena_signs(f), 0);
        review_said(f, "\"sent\": false");
        check_lines(f, ways_to_fail[i]);
        assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
        check_lines(f, ways_to_fail[i]);
        fixture_restore_programs(f);
        /* All of them waited in the same outbox: signing the same again is signing once. */
    }
    expect_records(f, "git works again", 1);
}

/* The program hangs, and the user stops assay. */
static void hang_and_stop(struct fixture *f, const char *program, const char *when)
{
    fixture_replace_program(
        f, program,
        fixture_text(f, "case \" $* \" in *'%s'*) echo $$ >%s; exec sleep 1000;; esac; exec \"$real\" \"$@\"", when,
                     fixture_path(f, "hanging")));
    content_become(f, "lena");
    fixture_run(f, C, "sh", "-c",
                fixture_text(f,
                             "%s sign " CONCISE " --module assistant --role legal --verdict approve & assay=$!\n"
                             "until [ -s %s ]; do sleep 0.02; done\n"
                             "kill -TERM $assay; wait $assay; kill $(cat %s)",
                             ASSAY_BINARY, fixture_path(f, "hanging"), fixture_path(f, "hanging")),
                NULL);
    fixture_restore_programs(f);
    assert_int_equal(remove(fixture_path(f, "hanging")), 0);
}

static void programs_that_hang_are_stopped(void **state)
{
    struct fixture *f = *state;
    hang_and_stop(f, "ssh-keygen", " sign ");
    expect_records(f, "ssh-keygen hung", 0);
    hang_and_stop(f, "git", " push ");
    assert_int_equal(content_count_records(f), 0);
    expect_records(f, "git push hung", 1);
}

/* ---- remotes ---- */

static void set_remote_program(struct fixture *f, const char *which, const char *script)
{
    const char *key = fixture_text(f, "remote.origin.%s", which);
    if (!script) {
        fixture_git(f, C, "config", "--unset", key, NULL);
        return;
    }
    assert_int_equal(fixture_git(f, C, "config", key, fixture_script(f, "dying", script), NULL), 0);
}

static void a_remote_dies_in_a_push(void **state)
{
    static const char *const deaths[] = {
        "exit 1",
        "kill -9 $$",
        "git receive-pack \"$@\" | { dd bs=1 count=40 status=none; kill -9 $$; }", /* while it says what it has */
        "git receive-pack \"$@\" | { dd bs=1 count=600 status=none; kill -9 $$; }", /* while it says what became of the push */
        "dd bs=1 count=100 status=none | git receive-pack \"$@\"",                  /* while it is told what to do */
        "dd bs=1 count=400 status=none | git receive-pack \"$@\"",                  /* in the pack */
        "{ git receive-pack \"$@\"; kill -9 $$; } | cat",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(deaths); i++) {
        set_remote_program(f, "receivepack", deaths[i]);
        assert_int_equal(lena_signs(f), 0);
        check_lines(f, deaths[i]);
        const size_t there = content_count_records(f);
        assert_true(there <= 1);
        const int code = fixture_assay(f, C, "sync", NULL);
        check_lines(f, deaths[i]);
        if (code != 0 && code != 4)
            fail_msg("%s: sync ended with %d", deaths[i], code);
        set_remote_program(f, "receivepack", NULL);
        expect_records(f, deaths[i], 1);
        /* and from the beginning */
        fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/assay/log", NULL);
        fixture_run(f, C, "rm", "-rf", ".git/assay", NULL);
        fixture_git(f, C, "update-ref", "-d", "refs/assay/log", NULL);
        fixture_git(f, C, "update-ref", "-d", "refs/remotes/origin/assay/log", NULL);
    }
}

static void a_remote_dies_in_a_fetch(void **state)
{
    static const char *const deaths[] = {
        "exit 1",
        "kill -9 $$",
        "git upload-pack \"$@\" | { dd bs=1 count=60 status=none; kill -9 $$; }",
        "git upload-pack \"$@\" | { dd bs=1 count=700 status=none; kill -9 $$; }",
        "dd bs=1 count=200 status=none | git upload-pack \"$@\"",
    };
    struct fixture *f = *state;
    content_clone(f, "other");
    review_signed(f, "other", "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    for (size_t i = 0; i < ARRAY_COUNT(deaths); i++) {
        set_remote_program(f, "uploadpack", deaths[i]);
        assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
        check_lines(f, deaths[i]);
        assert_int_equal(review_gate(f, C, CONCISE), 4);
        check_lines(f, deaths[i]);
        assert_int_equal(content_count_records(f), 1);
    }
    set_remote_program(f, "uploadpack", NULL);
    expect_records(f, "the remote is back", 2);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
}

static void a_hook_declines(void **state)
{
    struct fixture *f = *state;
    fixture_script(f, CONTENT_ORIGIN "/hooks/pre-receive", "echo 'No reviews on Fridays.' >&2; exit 1");
    assert_int_equal(lena_signs(f), 0);
    review_said(f, "\"waiting\": 1");
    review_complained(f, "the remote declined");
    review_complained(f, "No reviews on Fridays.");
    check_lines(f, "a hook");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_complained(f, "No reviews on Fridays.");
    check_lines(f, "a hook");
    assert_int_equal(remove(fixture_path(f, CONTENT_ORIGIN "/hooks/pre-receive")), 0);
    expect_records(f, "the hook is gone", 1);
}

/* ---- the clone's own references ---- */

/* Power that went, or a person who tidied up: the journal still has the bytes. */
static void a_lost_outbox_is_filled_again(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    assert_int_equal(fixture_git(f, C, "update-ref", "-d", "refs/assay/pending", NULL), 0);
    expect_records(f, "refs/assay/pending is gone", 1);
}

static void an_empty_reference_is_filled_again(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    fixture_write_text(f, C "/.git/refs/assay/pending", "");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_complained(f, "refs/assay/pending is damaged");
    assert_int_equal(remove(fixture_path(f, C "/.git/refs/assay/pending")), 0);
    expect_records(f, "refs/assay/pending is empty", 1);
}

/* ---- at the same time ---- */

static const char *signing(struct fixture *f, const char *person, const char *change, const char *module)
{
    content_become(f, person);
    const char *config = fixture_text(f, "home/%s.gitconfig", person);
    fixture_write(f, config, fixture_read(f, "home/.gitconfig"));
    return fixture_text(f, "GIT_CONFIG_GLOBAL=%s %s sign %s --module %s --role legal --verdict approve",
                        fixture_path(f, config), ASSAY_BINARY, change, module);
}

static void one_person_twice_at_once(void **state)
{
    struct fixture *f = *state;
    const char *assistant = signing(f, "lena", VERBOSE, "assistant"), *tutor = signing(f, "lena", VERBOSE, "tutor");
    for (int i = 0; i < 4; i++) {
        const char *script = fixture_text(f, "%s & a=$!; %s & b=$!; wait $a && wait $b", assistant, tutor);
        if (fixture_run(f, C, "sh", "-c", script, NULL) != 0)
            fail_msg("%s", f->result.errors.data);
        expect_records(f, "twice at once", 2 * (size_t)(i + 1));
        assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
        if (strstr(f->result.output.data, "fork"))
            fail_msg("one person's records fork: %s", f->result.output.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ssh_keygen_fails_in_every_way, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(git_fails_in_every_way, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(programs_that_hang_are_stopped, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_remote_dies_in_a_push, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_remote_dies_in_a_fetch, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_hook_declines, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_lost_outbox_is_filled_again, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_empty_reference_is_filled_again, review_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(one_person_twice_at_once, review_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
