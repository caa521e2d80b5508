/* `assay sign`: flags that there are, what a new record does to an earlier one, and what need not be said. */
#include "harness/test.h"

#include "harness/keygen.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

/* One entry about case c1. */
static const char *entry(struct fixture *f, const char *name, const char *flag)
{
    fixture_write_text(f, name,
                       fixture_text(f,
                                    "[{\"prompt\": \"answer\", \"case\": \"c1\", \"flag\": \"%s\", \"decision\": "
                                    "\"accepted\", \"reason\": \"As it should be.\"}]\n",
                                    flag));
    return fixture_path(f, name);
}

static int triage(struct fixture *f, const char *file, const char *more)
{
    return review_sign(f, C, "ines", CONCISE, "assistant", "learning-designer", "approve", "--triage", file, more,
                       NULL);
}

static void low_scores(struct fixture *f)
{
    fixture_write_text(f, "low.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 1, \"correctness\": 5, "
                       "\"tone\": 4}, \"comment\": \"Hard to read.\"}]\n");
    if (review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "abstain", "--scores",
                    fixture_path(f, "low.json"), NULL) != 0)
        fail_msg("%s", f->result.errors.data);
}

static void a_flag_that_is_not_there_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"below-minimum", "clarity", "no-such-flag"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(triage(f, entry(f, "t.json", names[i]), NULL), 3);
        review_complained(f, fixture_text(f, "case c1 has no flag “%s”; it has none", names[i]));
    }
    low_scores(f);
    assert_int_equal(triage(f, entry(f, "t.json", "tone"), NULL), 3);
    review_complained(f, "case c1 has no flag “tone”; it has clarity, below-minimum");
    assert_int_equal(triage(f, entry(f, "t.json", "below-minimum"), NULL), 0);
    assert_int_equal(triage(f, entry(f, "t.json", "clarity"), NULL), 0);
}

static void decisions_that_end_are_named_and_can_be_carried(void **state)
{
    struct fixture *f = *state;
    low_scores(f);
    assert_int_equal(triage(f, entry(f, "one.json", "clarity"), NULL), 0);
    assert_false(strstr(f->result.errors.data, "replaces your earlier one") != NULL);
    assert_int_equal(triage(f, entry(f, "two.json", "below-minimum"), "--carry"), 0);
    review_complained(f, "Carried along from your earlier record:\n  answer, case c1: clarity accepted");
    assert_int_equal(triage(f, entry(f, "two.json", "below-minimum"), NULL), 0);
    review_complained(f,
                      "What it does not give again ends with it; --carry takes it along:\n  answer, case c1: clarity "
                      "accepted");
    assert_int_equal(triage(f, entry(f, "two.json", "below-minimum"), NULL), 0);
    assert_null(strstr(f->result.errors.data, "replaces your earlier one"));
}

/* A rejection without the scores of before would take them away in silence. */
static void scores_that_end_are_named_and_can_be_carried(void **state)
{
    struct fixture *f = *state;
    low_scores(f);
    assert_int_equal(review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "request-changes", "--comment",
                                 "Shorter.", "--carry", NULL),
                     0);
    review_complained(f, "Carried along from your earlier record:\n  the scores of 1 case");
    assert_int_equal(fixture_assay(f, C, "export", "in-toto", CONCISE, NULL), 0);
    assert_int_equal(fixture_assay(f, C, "log", "-v", NULL), 0);
    review_said(f, "1 scored");
    assert_int_equal(review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "request-changes", "--comment",
                                 "Shorter.", NULL),
                     0);
    review_complained(f, "This record replaces your earlier one.");
    review_complained(f, "the scores of 1 case");
    assert_int_equal(review_sign(f, C, "ana", CONCISE, "assistant", "content-owner", "withdraw", NULL), 0);
    assert_null(strstr(f->result.errors.data, "replaces your earlier one"));
}

static void what_is_clear_need_not_be_said(void **state)
{
    struct fixture *f = *state;
    content_become(f, "lena");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, NULL), 2);
    review_complained(f, "--verdict is missing: approve, request-changes, abstain or withdraw");
    assert_int_equal(fixture_assay(f, C, "sign", "prompt/verbose", "--verdict", "abstain", NULL), 2);
    review_complained(f, "--module is missing; prompt/verbose touches: ");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "approve", NULL), 0);
    review_said(f, "approve for assistant of " CONCISE " as legal");
    content_become(f, "ines");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "approve", NULL), 2);
    review_complained(f, "--role is missing; you hold: ");
}

/* It counts, and who sees the key is told that it should not stay. */
static void a_short_key_is_told(void **state)
{
    struct fixture *f = *state;
    content_become(f, "lena");
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "abstain", NULL), 0);
    assert_null(strstr(f->result.errors.data, "RSA"));
    fixture_run(f, "keys", "rm", "lena", "lena.pub", NULL);
    keygen_key(f, "lena", "rsa", "2048");
    const char *all = fixture_text(f, "%s%s", content_signer(f, "ana"), content_signer(f, "lena"));
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = "main",
                                            .files = &(struct fixture_file){"policies/allowed_signers", slice_of(all)},
                                            .file_count = 1});
    fixture_git_output(f, C, "fetch", "-q", NULL);
    assert_int_equal(fixture_assay(f, C, "sign", CONCISE, "--verdict", "approve", NULL), 0);
    review_complained(f, "Your key is RSA with 2048 bits, fewer than the 3072 that are safe for long: it counts; make "
                         "a new one with “ssh-keygen -t ed25519”.");
    fixture_assay(f, C, "verify", NULL);
    review_complained(f, "policies/allowed_signers:2: the key of lena@example.com is RSA with 2048 bits");
    assert_int_equal(review_gate(f, C, CONCISE), 1);
    review_said(f, "\"principal\": \"lena@example.com\"");
    fixture_commit(
        f, CONTENT_ORIGIN,
        &(struct fixture_commit){
            .branch = "main",
            .files =
                &(struct fixture_file){
                    "policies/revoked_signers",
                    slice_of(fixture_text(f, "%s retired\n", keygen_public_line(f, fixture_path(f, "keys/lena"))))},
            .file_count = 1});
    fixture_assay(f, C, "verify", NULL);
    assert_null(strstr(f->result.errors.data, "RSA"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_flag_that_is_not_there_is_refused),
        TEST(decisions_that_end_are_named_and_can_be_carried),
        TEST(scores_that_end_are_named_and_can_be_carried),
        TEST(what_is_clear_need_not_be_said),
        TEST(a_short_key_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
