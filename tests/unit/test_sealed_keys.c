/* Keys that expire or are revoked after their records were sealed on the target (threats 8 and 9). */
#include "harness/content.h"
#include "harness/test.h"

#include "assay/base/str.h"

#define CHANGE "prompt/concise"
#define WORK   "maintainer"

static void sign(struct fixture *f, const char *who, const char *role, const char *verdict)
{
    content_become(f, who);
    fixture_write_text(f, "scores.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 4, \"correctness\": 5, "
                       "\"tone\": 4}}]\n");
    if (fixture_assay(f, CONTENT_CLONE, "sign", CHANGE, "--module", CONTENT_ASSISTANT, "--role", role, "--verdict",
                      verdict, "--comment", "Checked.", strcmp(role, "content-owner") ? NULL : "--scores",
                      fixture_path(f, "scores.json"), NULL) != 0)
        fail_msg("assay sign: %s", f->result.errors.data);
}

static void run(struct fixture *f, const char *command)
{
    if (fixture_run(f, WORK, "sh", "-c", command, NULL) != 0)
        fail_msg("%s: %s%s", command, f->result.output.data, f->result.errors.data);
}

/* On main, by a maintainer, at this time. */
static void on_main(struct fixture *f, const char *date, const char *commands)
{
    content_become(f, "ines");
    fixture_run(f, NULL, "rm", "-rf", WORK, NULL);
    content_clone(f, WORK);
    run(f, fixture_text(f, "set -e; export GIT_COMMITTER_DATE='%s' GIT_AUTHOR_DATE='%s'; %s; git push -q origin main",
                        date, date, commands));
}

/* verify of the whole repository: how many records have this result. */
static size_t count_results(struct fixture *f, const char *result)
{
    size_t count = 0;
    content_become(f, "ana");
    fixture_assay(f, CONTENT_CLONE, "verify", "--json", NULL);
    struct slice rest = str_slice(&f->result.output), line;
    while (slice_cut_line(&rest, &line))
        count += slice_find(line, slice_of(fixture_text(f, "\"result\": \"%s\"", result))) != SLICE_NOT_FOUND;
    return count;
}

static void approve_and_seal(struct fixture *f)
{
    f->clock = 1577880000; /* 2020-01-01: what is set here to end in 2020 has ended */
    content_make(f, 1);
    sign(f, "ana", "content-owner", "approve");
    sign(f, "lena", "legal", "approve");
    if (fixture_assay(f, CONTENT_CLONE, "seal", CHANGE, NULL) != 0)
        fail_msg("assay seal: %s%s", f->result.output.data, f->result.errors.data);
}

#define MERGE "git merge -q --no-ff -m merge origin/" CHANGE
#define TODAY "2020-03-01T10:00:00Z"

static const char *revoke(struct fixture *f, const char *how)
{
    struct slice rest = fixture_read(f, "keys/ana.pub"), type, key;
    assert_true(slice_cut(&rest, ' ', &type) && slice_cut(&rest, ' ', &key));
    return fixture_text(f, "echo '%.*s %.*s %s' >> policies/revoked_signers; git add -A; git commit -qm revoked",
                        SLICE_ARG(type), SLICE_ARG(key), how);
}

/* Ana's line gets a window; times of the merge are before or after its end. */
static const char *expire(struct fixture *f, const char *until)
{
    return fixture_text(f,
                        "sed -i 's/^ana@example.com /ana@example.com valid-before=\"%s\",/' policies/allowed_signers; "
                        "git commit -qam expired",
                        until);
}

static void test_revoked_key_keeps_what_was_sealed(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, TODAY, MERGE);
    on_main(f, TODAY, revoke(f, "compromised"));
    assert_int_equal(count_results(f, "good"), 2);
    on_main(f, TODAY, revoke(f, "retired"));
    assert_int_equal(count_results(f, "good"), 2);
}

static void test_revoked_key_loses_what_is_not_sealed(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f); /* on the branch alone */
    on_main(f, TODAY, revoke(f, "compromised"));
    assert_int_equal(count_results(f, "revoked-key"), 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "gate", CHANGE, NULL), 1);
}

static void test_expired_key_keeps_what_was_sealed_in_time(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, "2020-01-05T10:00:00Z", MERGE);
    on_main(f, "2020-01-06T10:00:00Z", expire(f, "20200110Z"));
    assert_int_equal(count_results(f, "good"), 2);
    on_main(f, "2020-01-07T10:00:00Z", "sed -i s/20200110Z/20200104Z/ policies/allowed_signers; git commit -qam again");
    assert_int_equal(count_results(f, "expired-key"), 1);
}

/* A merge that claims an old date stands on younger commits, and theirs counts. */
static void test_backdated_merge_does_not_help_an_expired_key(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, "2020-02-01T10:00:00Z", "echo x >> README.md; git commit -qam readme");
    on_main(f, "2020-01-05T10:00:00Z", MERGE);
    on_main(f, "2020-02-02T10:00:00Z", expire(f, "20200110Z"));
    assert_int_equal(count_results(f, "expired-key"), 1);
    assert_int_equal(count_results(f, "expired-key"), 1); /* from the index */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_revoked_key_keeps_what_was_sealed),
        TEST(test_revoked_key_loses_what_is_not_sealed),
        TEST(test_expired_key_keeps_what_was_sealed_in_time),
        TEST(test_backdated_merge_does_not_help_an_expired_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
