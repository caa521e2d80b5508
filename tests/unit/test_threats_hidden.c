/* Rejections that are hidden, keys and approvals that should not count. Numbers are those of the threats. */
#include "harness/test.h"

#include "harness/attack.h"
#include "harness/keygen.h"

#define CONCISE   "prompt/concise"
#define LOG       "assay/log"
#define IN_LOG    "r/prompt%2Fconcise"
#define ASSISTANT "assistant"

static void threat_05_a_rejection_deleted_from_the_log(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record no =
        attack_take(f, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.", NULL);
    attack_log(f, CONCISE, &no);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    const char *path = fixture_text(f, "%s/%s.json", IN_LOG, no.name);
    attack_commit(f, LOG, NULL, path, NULL);
    attack_commit(f, LOG, NULL, fixture_text(f, "%s.sig", path), NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
    review_complained(f, "Records were removed from the log or changed there");
    assert_true(attack_counts(f, no.name));
}

/* Files on the log where records need folders stop nobody from signing. */
static void threat_05_a_file_in_the_way_of_records(void **state)
{
    static const char *const ways[] = {
        "git rm -rqf r; echo x > r", "git rm -rqf --ignore-unmatch r; rm -rf r; mkdir r; echo x > r/prompt%2Fconcise"};
    struct fixture *f = *state;
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    for (size_t i = 0; i < 2; i++) {
        fixture_run(f, NULL, "rm", "-rf", "vandal", NULL);
        content_clone(f, "vandal");
        assert_int_equal(fixture_run(f, "vandal", "sh", "-c",
                                     fixture_text(f,
                                                  "set -e; git checkout -q " LOG
                                                  "; %s; git add -A; git commit -qm x; git push -q origin " LOG,
                                                  ways[i]),
                                     NULL),
                         0);
        review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
        review_said(f, "\"sent\": true");
        attack_gate(f, CONCISE, "pass"); /* with what the vandal removed */
        fixture_git(f, CONTENT_ORIGIN, "fsck", "--strict", NULL);
    }
}

/* A clone that lacks an object knows less than there is: it must not pass, nor remember what it did not see. The rejection
 * is of another change with the same content, which only its header makes relevant. */
static void threat_05_a_rejection_that_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/other", CONCISE, NULL);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    const char *no = review_signed(f, ATTACK_JUDGE, "ines", "prompt/other", ASSISTANT, "content-owner",
                                   "request-changes", "--comment", "No.", NULL);
    fixture_run(f, NULL, "rm", "-rf", ATTACK_JUDGE, NULL);
    content_clone(f, ATTACK_JUDGE);
    const char *blob =
        fixture_git_output(f, CONTENT_ORIGIN, "rev-parse", fixture_text(f, LOG ":r/prompt%%2Fother/%s.json", no), NULL);
    const char *object = fixture_text(f, ATTACK_JUDGE "/.git/objects/%.2s/%s", blob, blob + 2);
    assert_int_equal(fixture_run(f, ATTACK_JUDGE, "sh", "-c",
                                 "mv .git/objects/pack/*.pack ../pack; rm -f .git/objects/pack/*; "
                                 "test ! -e ../pack || git unpack-objects -q < ../pack",
                                 NULL),
                     0);
    assert_int_equal(fixture_run(f, NULL, "mv", object, "kept", NULL), 0);
    assert_int_equal(review_gate(f, ATTACK_JUDGE, CONCISE), 4);
    review_complained(f, "is missing; run `git fsck`");
    assert_int_equal(fixture_run(f, NULL, "mv", "kept", object, NULL), 0);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
}

/* A commit without an author on the log: git takes it, libgit2 does not. It neither hides the log nor stops the gate. */
static void threat_05_a_rejection_below_a_malformed_commit(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.",
                  NULL);
    const char *text = fixture_text(f, "tree %s\nparent %s\n\nodd\n",
                                    fixture_git_output(f, CONTENT_ORIGIN, "rev-parse", LOG "^{tree}", NULL),
                                    fixture_commit_of(f, CONTENT_ORIGIN, LOG));
    assert_int_equal(fixture_run_with_input(f, CONTENT_ORIGIN, slice_of(text), "git", "hash-object", "-t", "commit",
                                            "-w", "--stdin", "--literally", NULL),
                     0);
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/" LOG, fixture_text(f, "%.40s", f->result.output.data),
                NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
    fixture_run(f, NULL, "rm", "-rf", ATTACK_JUDGE, NULL);
    content_clone(f, ATTACK_JUDGE);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
}

/* Other bytes under the name of a rejection, before and after the index has seen it. */
static void threat_05_a_rejection_overwritten_in_the_log(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record no =
        attack_take(f, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.", NULL);
    struct attack_record junk = {no.name, SLICE("{}\n"), no.armor};
    attack_log(f, CONCISE, &no);
    attack_log(f, CONCISE, &junk);
    for (int pass = 0; pass < 2; pass++) {
        attack_gate(f, CONCISE, "blocked");
        assert_blocks(f, "request-changes");
        review_complained(f, "Records were removed from the log or changed there");
        assert_true(attack_counts(f, no.name));
    }
    /* Junk under its name on the branch does not hide it. */
    attack_put(f, CONCISE, "reviews/prompt%2Fconcise", &junk, 1);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
    /* Nor does a signature that was spoiled. */
    struct attack_record spoiled = {no.name, no.bytes, SLICE("-----BEGIN SSH SIGNATURE-----\n")};
    attack_log(f, CONCISE, &spoiled);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
}

/* Another signer's own bytes under the name of a rejection, well signed, in a folder of another change. */
static void threat_05_a_rejection_whose_name_is_taken(void **state)
{
    struct fixture *f = *state;
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    attack_all_but_legal(f);
    attack_gate(f, CONCISE, "pass");
    struct attack_record no =
        attack_take(f, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.", NULL);
    attack_log(f, CONCISE, &no);
    struct attack_record other = attack_sign(f, "ana", SLICE("{}\n"));
    other.name = no.name;
    attack_log(f, "prompt/model", &other);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
    assert_true(attack_counts(f, no.name));
}

static void threat_05_a_chain_cut_in_the_middle(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record first = attack_take_legal(f, "abstain");
    attack_take_legal(f, "request-changes");
    struct attack_record third = attack_take(f, "lena", CONCISE, ASSISTANT, "legal", "abstain", NULL);
    attack_log(f, CONCISE, &first);
    attack_log(f, CONCISE, &third);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "chain-gap");
    fixture_assay(f, ATTACK_JUDGE, "verify", "--json", NULL);
    assert_string_equal(attack_ignored(f, first.name), "good");
}

static void threat_08_backdated_record_of_an_expired_key(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record yes = attack_take_legal(f, "approve");
    size_t at = slice_find(yes.bytes, SLICE("\"signed_at\": \""));
    const char *now = fixture_text(f, "%.*s", 35, yes.bytes.data + at);
    struct attack_record old =
        attack_sign(f, "lena", attack_bend(f, yes.bytes, now, "\"signed_at\": \"2019-06-01T00:00:00Z\""));
    const char *lena =
        attack_bend(f, slice_of(content_signer(f, "lena")), "namespaces=", "valid-before=\"20200101Z\",namespaces=")
            .data;
    attack_signers(f, fixture_text(f, "%s%s%s", content_signer(f, "ana"), lena, content_signer(f, "ines")));
    attack_log(f, CONCISE, &old);
    attack_log(f, CONCISE, &yes);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, old.name, "expired-key");
    assert_ignored(f, yes.name, "expired-key");
    review_said(f, "\"detail\": \"it was valid until 2020-01-01\"");
    assert_int_equal(review_sign(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL), 3);
}

static void threat_08_an_expired_key_keeps_its_rejection(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record no = attack_take_legal(f, "request-changes");
    attack_log(f, CONCISE, &no);
    const char *lena =
        attack_bend(f, slice_of(content_signer(f, "lena")), "namespaces=", "valid-before=\"20200101Z\",namespaces=")
            .data;
    attack_signers(f, fixture_text(f, "%s%s%s", content_signer(f, "ana"), lena, content_signer(f, "ines")));
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
}

static void revoke(struct fixture *f, const char *person, const char *word)
{
    const char *key = keygen_public_line(f, fixture_path(f, fixture_text(f, "keys/%s", person)));
    attack_commit(f, "main", NULL, "policies/revoked_signers", fixture_text(f, "%s %s 2026-11-20\n", key, word));
}

static void threat_09_revoked_before_sealing(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record yes = attack_take_legal(f, "approve");
    struct attack_record no =
        attack_take(f, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.", NULL);
    attack_log(f, CONCISE, &yes);
    attack_gate(f, CONCISE, "pass");
    revoke(f, "lena", "retired");
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, yes.name, "revoked-key");
    review_said(f, "policies/revoked_signers lists it as ");
    revoke(f, "lena", "compromised");
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, yes.name, "revoked-key");
    /* Retired keys keep their rejections, compromised ones do not. */
    attack_log(f, CONCISE, &no);
    revoke(f, "ines", "retired");
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
    revoke(f, "ines", "compromised");
    attack_gate(f, CONCISE, "pass");
    assert_ignored(f, no.name, "revoked-key");
}

static void threat_09_a_broken_revocation_file_stops_the_gate(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    attack_commit(f, "main", NULL, "policies/revoked_signers", "# ours\nssh-ed25519 AAAA retired\n");
    assert_int_equal(review_gate(f, ATTACK_JUDGE, CONCISE), 3);
    review_complained(f, "policies/revoked_signers:2");
}

static void threat_17_approved_with_cases_unseen(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record yes = attack_take_legal(f, "approve");
    struct attack_record hasty = attack_sign(f, "lena", attack_bend(f, yes.bytes, "\"seen\": 3", "\"seen\": 2"));
    attack_log(f, CONCISE, &hasty);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, hasty.name, "not-all-seen");
    /* Fewer cases than there are, and all of them seen. */
    struct slice fewer =
        attack_bend(f, attack_bend(f, yes.bytes, "\"seen\": 3", "\"seen\": 1"), "\"cases\": 3", "\"cases\": 1");
    struct attack_record small = attack_sign(f, "lena", fewer);
    attack_log(f, CONCISE, &small);
    attack_gate(f, CONCISE, "blocked");
    assert_false(attack_counts(f, small.name));
}

static void threat_20_a_rejected_branch_under_a_new_name(void **state)
{
    struct fixture *f = *state;
    struct attack_record no =
        attack_take(f, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.", NULL);
    attack_log(f, CONCISE, &no);
    fixture_git(f, CONTENT_ORIGIN, "branch", "-m", CONCISE, "prompt/fresh-start", NULL);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", "--prune", NULL);
    review_signed(f, ATTACK_JUDGE, "ana", "prompt/fresh-start", ASSISTANT, "content-owner", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "lena", "prompt/fresh-start", ASSISTANT, "legal", "approve", NULL);
    attack_gate(f, "prompt/fresh-start", "blocked");
    assert_blocks(f, "request-changes");
    assert_true(attack_counts(f, no.name));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_05_a_rejection_deleted_from_the_log),
        TEST(threat_05_a_file_in_the_way_of_records),
        TEST(threat_05_a_rejection_that_cannot_be_read),
        TEST(threat_05_a_rejection_below_a_malformed_commit),
        TEST(threat_05_a_rejection_overwritten_in_the_log),
        TEST(threat_05_a_rejection_whose_name_is_taken),
        TEST(threat_05_a_chain_cut_in_the_middle),
        TEST(threat_08_backdated_record_of_an_expired_key),
        TEST(threat_08_an_expired_key_keeps_its_rejection),
        TEST(threat_09_revoked_before_sealing),
        TEST(threat_09_a_broken_revocation_file_stops_the_gate),
        TEST(threat_17_approved_with_cases_unseen),
        TEST(threat_20_a_rejected_branch_under_a_new_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
