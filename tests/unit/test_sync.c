/* Records on their way: no network, a server that says no, two people at once. */
#include "harness/test.h"

#include <stdio.h>

#include "assay/base/array.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

static void unplug(struct fixture *f, bool unplugged)
{
    const char *here = fixture_path(f, CONTENT_ORIGIN), *away = fixture_path(f, "away.git");
    assert_int_equal(rename(unplugged ? here : away, unplugged ? away : here), 0);
}

static void what_was_signed_offline_is_sent_later(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", "--offline", NULL);
    review_said(f, "\"sent\": false");
    review_said(f, "\"waiting\": 1");
    unplug(f, true);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    review_said(f, "\"waiting\": 2");
    review_complained(f, "The log was not sent");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_said(f, "2 signed records wait to be sent");
    review_complained(f, "Not fetched");
    /* Nothing passes that is not fresh; what is here may be looked at. */
    assert_int_equal(review_gate(f, C, CONCISE), 4);
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 4);
    review_complained(f, "--offline");
    assert_int_equal(fixture_assay(f, C, "verify", "--offline", "--json", NULL), 0);
    review_said(f, "\"good\": 2,");
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, "--offline", "--json", NULL), 0);
    review_said(f, "\"fresh\": false");
    unplug(f, false);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    review_said(f, "2 records sent");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    review_said(f, "nothing waits");
    content_clone(f, "other");
    assert_int_equal(review_gate(f, "other", CONCISE), 0);
}

static void text_says_that_it_waits(void **state)
{
    struct fixture *f = *state;
    content_become(f, "lena");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--module", "assistant", "--role", "legal", "--verdict",
                                   "approve", "--offline", NULL),
                     0);
    review_said(f, "signed, waiting to be sent");
}

/* Both are one commit ahead of a log that the other does not know. */
static void two_people_at_once(void **state)
{
    struct fixture *f = *state;
    content_clone(f, "second");
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", "--offline", NULL);
    review_signed(f, "second", "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    assert_int_equal(fixture_run(f, NULL, "sh", "-c",
                                 ASSAY_BINARY " -C " C " sync >one 2>&1 & " ASSAY_BINARY
                                              " -C second sync >two 2>&1 && wait $!",
                                 NULL),
                     0);
    content_clone(f, "third");
    assert_int_equal(review_gate(f, "third", CONCISE), 0);
    assert_int_equal(fixture_assay(f, "third", "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 2,");
}

/* One person, two machines: a fork of the chain is legal, and the strictest word counts. */
static void one_person_on_two_machines(void **state)
{
    struct fixture *f = *state;
    content_clone(f, "second");
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    review_signed(f, "second", "lena", CONCISE, "assistant", "legal", "request-changes", "--comment", "Not so.", NULL);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"request-changes\"");
    review_said(f, "\"superseded\"");
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 0);
    /* What she says next follows both. */
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    assert_false(review_says(f, "\"request-changes\""));
}

static void a_server_that_declines_is_quoted(void **state)
{
    struct fixture *f = *state;
    const char *hook =
        fixture_script(f, CONTENT_ORIGIN "/hooks/pre-receive", "echo 'No records on Fridays.' >&2\nexit 1");
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    review_said(f, "\"sent\": false");
    review_complained(f, "No records on Fridays.");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 4);
    review_complained(f, "No records on Fridays.");
    assert_int_equal(remove(hook), 0);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    review_said(f, "1 record sent");
}

static void without_a_remote_the_local_log_is_the_log(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, C, "branch", "-q", "--track", CONCISE, "origin/" CONCISE, NULL);
    fixture_git(f, C, "remote", "remove", "origin", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"fresh\": true");
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_said(f, "\"sent\": true");
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 0);
    fixture_commit_of(f, C, "refs/heads/assay/log");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    review_said(f, "There is no remote");
}

/* A fetch drops what the remote lost; the branch of the same name that each clone has must not step in. */
static void a_target_that_the_remote_lost_is_not_fresh(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, CONTENT_ORIGIN, "branch", "-m", "main", "trunk", NULL);
    assert_int_equal(fixture_git(f, C, "rev-parse", "-q", "--verify", "refs/heads/main", NULL), 0);
    const char *const commands[] = {"audit", "verify"};
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        assert_int_equal(fixture_assay(f, C, commands[i], NULL), 4);
        review_complained(f, "Not fresh: the target is refs/heads/main, a branch of this clone alone");
    }
    assert_int_equal(review_gate(f, C, CONCISE), 4);
    review_complained(f, "Not fresh: the target is refs/heads/main, a branch of this clone alone");
    assert_int_equal(fixture_assay(f, C, "seal", CONCISE, NULL), 4);
    assert_int_equal(fixture_assay(f, C, "gate", "--all", NULL), 4);
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, "--offline", NULL), 1);
    fixture_git(f, CONTENT_ORIGIN, "branch", "-m", "trunk", "main", NULL);
    assert_int_equal(review_gate(f, C, CONCISE), 1);
}

static void a_shallow_clone_proves_nothing(void **state)
{
    struct fixture *f = *state;
    const char *url = fixture_text(f, "file://%s", fixture_path(f, CONTENT_ORIGIN));
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "--depth", "1", "--no-single-branch", url, "shallow", NULL),
                     0);
    assert_int_equal(review_gate(f, "shallow", CONCISE), 4);
    review_complained(f, "git fetch --unshallow");
    assert_int_equal(fixture_assay(f, "shallow", "verify", NULL), 4);
    assert_int_equal(fixture_assay(f, "shallow", "log", NULL), 0);
}

/* The index only remembers where records lie: the second reading finds the same, and so does one without it. */
static void the_index_changes_nothing(void **state)
{
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    const char *first = fixture_text(f, "%s", f->result.output.data);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    assert_string_equal(f->result.output.data, first);
    review_signed(f, C, "ines", CONCISE, "assistant", "learning-designer", "approve", NULL);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 3,");
    const char *third = fixture_text(f, "%s", f->result.output.data);
    fixture_write_text(f, C "/.git/assay/assay.db", "not a database");
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    assert_string_equal(f->result.output.data, third);
}

/* A commit that takes a record away: it is reported, every time, and the record still counts. */
static void a_record_that_was_removed_still_counts(void **state)
{
    struct fixture *f = *state;
    const char *no =
        review_signed(f, C, "lena", CONCISE, "assistant", "legal", "request-changes", "--comment", "No.", NULL);
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    const char *path = fixture_text(f, "r/prompt%%2Fconcise/%s.json", no);
    const struct fixture_file files[] = {{path, {NULL, 0}}, {fixture_text(f, "%s.sig", path), {NULL, 0}}};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "assay/log", .files = files, .file_count = 2});
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(review_gate(f, C, CONCISE), 1);
        review_said(f, "\"request-changes\"");
        assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 1);
        review_said(f, "\"good\": 2,");
        review_said(f, "\"what\": \"was removed\"");
        review_complained(f, no);
    }
    /* Nobody can undo it: the policy can settle it. */
    const char *known = fixture_text(f, "accepted:\n  - {commit: %s, reason: \"By mistake.\"}\n",
                                     fixture_commit_of(f, CONTENT_ORIGIN, "assay/log"));
    const struct fixture_file policy = {"policies/review.yaml",
                                        slice_of(fixture_text(f, "%s%s", content_policy, known))};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "main", .files = &policy, .file_count = 1});
    assert_int_equal(fixture_assay(f, C, "verify", NULL), 0);
    review_complained(f, "By mistake.");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_signed_offline_is_sent_later),
        TEST(text_says_that_it_waits),
        TEST(two_people_at_once),
        TEST(one_person_on_two_machines),
        TEST(a_server_that_declines_is_quoted),
        TEST(without_a_remote_the_local_log_is_the_log),
        TEST(a_target_that_the_remote_lost_is_not_fresh),
        TEST(a_shallow_clone_proves_nothing),
        TEST(the_index_changes_nothing),
        TEST(a_record_that_was_removed_still_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
