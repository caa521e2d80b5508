/* Keys that expire or are revoked after their records were sealed on the target (threats 8 and 9). */
#include "harness/answer.h"
#include "harness/sitting.h"
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

static void expect_output(struct fixture *f, const char *part, bool there)
{
    if ((strstr(f->result.output.data, part) != NULL) != there)
        fail_msg("“%s” is %sthere:\n%s\n%s", part, there ? "not " : "", f->result.output.data, f->result.errors.data);
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

static void threat_09_a_revoked_key_keeps_what_was_sealed(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, TODAY, MERGE);
    on_main(f, TODAY, revoke(f, "compromised"));
    assert_int_equal(count_results(f, "good"), 2);
    on_main(f, TODAY, revoke(f, "retired"));
    assert_int_equal(count_results(f, "good"), 2);
}

static void threat_09_a_revoked_key_loses_what_is_not_sealed(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f); /* on the branch alone */
    on_main(f, TODAY, revoke(f, "compromised"));
    assert_int_equal(count_results(f, "revoked-key"), 1);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "gate", CHANGE, NULL), 1);
}

/* Whoever has the stolen key, or seals what it signed, cannot go back behind the day on which it was listed. */
static void threat_09_a_seal_after_the_revocation_saves_nothing(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, TODAY, revoke(f, "retired"));
    on_main(f, TODAY, MERGE); /* in the same second */
    assert_int_equal(count_results(f, "good"), 1);
    assert_int_equal(count_results(f, "revoked-key"), 1);
    on_main(f, TODAY, revoke(f, "compromised"));
    assert_int_equal(count_results(f, "revoked-key"), 1); /* from the index too */
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "verify", NULL), 1);
    expect_output(f, "lists it as compromised, on the target since 2020-03-01", true);
    on_main(f, "2020-03-04T10:00:00Z", "echo '# nobody' > policies/revoked_signers; git commit -qam nobody");
    assert_int_equal(count_results(f, "good"), 2);
}

static void threat_09_a_seal_together_with_the_revocation_saves_nothing(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, TODAY,
            fixture_text(f,
                         "git checkout -q -b aside; %s; git checkout -q main; git merge -q --no-commit "
                         "--no-ff origin/" CHANGE "; git checkout "
                         "aside -- policies; git commit -qm both",
                         revoke(f, "compromised")));
    assert_int_equal(count_results(f, "revoked-key"), 1);
    assert_int_equal(count_results(f, "good"), 1);
}

static void threat_08_an_expired_key_keeps_what_was_sealed_in_time(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, "2020-01-05T10:00:00Z", MERGE);
    on_main(f, "2020-01-06T10:00:00Z", expire(f, "20200110Z"));
    assert_int_equal(count_results(f, "good"), 2);
    on_main(f, "2020-01-07T10:00:00Z", "sed -i s/20200110Z/20200104Z/ policies/allowed_signers; git commit -qam again");
    assert_int_equal(count_results(f, "expired-key"), 1);
}

/* What lies on the target counts from the day it came: the record did, and this signature is in the log alone. */
static void threat_08_a_signature_that_was_not_sealed_is_judged_today(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, "2020-01-05T10:00:00Z",
            MERGE "; git rm -q \"$(grep -l 'meets its teaching' reviews/*/*.json | grep -v seal.json).sig\"; "
                  "git commit -q --amend --no-edit");
    assert_int_equal(count_results(f, "good"), 2); /* its key is valid */
    on_main(f, "2020-01-06T10:00:00Z", expire(f, "20200110Z"));
    assert_int_equal(count_results(f, "good"), 1);
    assert_int_equal(count_results(f, "expired-key"), 1);
}

/* A merge that claims an old date stands on younger commits, and theirs counts. */
static void threat_08_a_backdated_merge_does_not_help_an_expired_key(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, "2020-02-01T10:00:00Z", "echo x >> README.md; git commit -qam readme");
    on_main(f, "2020-01-05T10:00:00Z", MERGE);
    on_main(f, "2020-02-02T10:00:00Z", expire(f, "20200110Z"));
    assert_int_equal(count_results(f, "expired-key"), 1);
    assert_int_equal(count_results(f, "expired-key"), 1); /* from the index */
}

/* ---- the same, whoever is asked ---- */

/* What main becomes after the seal was merged, and whether ana's record, sealed on 5 January 2020, still stands. */
static const struct {
    const char *what;
    bool expires, stands;
    const char *until, *revoked; /* of ana's key */
} later[] = {
    {"the key expired after it was sealed", true, true, "20200110Z", NULL},
    {"the key had expired before", true, false, "20200104Z", NULL},
    {"the key was compromised later", false, true, NULL, "compromised"},
};

/* A new branch, in whose gate the old record is told of: in order and spent, or by its key's fault. */
static void ask_the_gate(struct fixture *f, const char *word)
{
    fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/" CHANGE, NULL);
    const struct fixture_file file = {CONTENT_ASSISTANT "/NOTES.md", SLICE("Later.\n")};
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = CHANGE, .from = "main", .files = &file, .file_count = 1});
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "gate", CHANGE, "--json", NULL), 1);
    expect_output(f, fixture_text(f, "\"reason\": \"%s\"", word), true);
}

static void ask_the_console(struct fixture *f, bool stands, const char *word)
{
    struct screen *screen = sitting_start(f, CONTENT_CLONE, 40, 140);
    sitting_expect(screen, "in step");
    screen_keys(screen, "L");
    sitting_expect(screen, "REMARK");
    screen_keys(screen, "/Ana<Enter><Enter>");
    sitting_expect(screen, "Signer            ana@example.com");
    sitting_expect(screen, stands ? "yes: signed by the key of this person" : word);
    sitting_quit(screen);
}

/* ssh-keygen is told the day on which it was sealed. */
static void ask_ssh_keygen(struct fixture *f, bool stands)
{
    struct str lines = STR_INIT;
    struct slice line;
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "log", "-v", NULL), 0);
    struct slice rest = arena_copy(&f->arena, str_slice(&f->result.output));
    while (slice_cut_line(&rest, &line)) {
        line = slice_trim(line);
        if (slice_starts_with(line, SLICE("git ")) || slice_starts_with(line, SLICE("ssh-keygen ")))
            str_appendf(&lines, "%.*s\n", SLICE_ARG(line));
    }
    int code = fixture_run(f, CONTENT_CLONE, "sh", "-ec", lines.data, NULL);
    if ((code == 0) != stands)
        fail_msg("%s%s%s", lines.data, f->result.output.data, f->result.errors.data);
    str_clear(&lines);
}

static void all_say_the_same_of_a_sealed_record(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, "2020-01-05T10:00:00Z", MERGE);
    const char *merged = fixture_commit_of(f, CONTENT_ORIGIN, "main");
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        const char *fault = later[i].expires ? "expired-key" : "revoked-key";
        fixture_git(f, CONTENT_ORIGIN, "update-ref", "refs/heads/main", merged, NULL);
        fixture_run(f, NULL, "rm", "-rf", CONTENT_CLONE, NULL);
        on_main(f, "2020-01-06T10:00:00Z", later[i].until ? expire(f, later[i].until) : revoke(f, later[i].revoked));
        content_clone(f, CONTENT_CLONE);
        content_become(f, "ana");
        assert_int_equal(count_results(f, "good"), later[i].stands ? 2 : 1);
        assert_int_equal(count_results(f, fault), later[i].stands ? 0 : 1);
        /* The merge was right on its day, whatever the signers file says of it now. */
        assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", "--json", NULL), 1);
        expect_output(f, "\"gaps\": 1", true); /* the edit of the signers itself, which came without a seal */
        expect_output(f, "\"allowed\"", true);
        if (later[i].expires)
            ask_the_console(f, later[i].stands, fault);
        ask_ssh_keygen(f, later[i].stands);
        ask_the_gate(f, later[i].stands ? "spent" : fault);
        expect_output(f, fault, !later[i].stands);
        fixture_git(f, CONTENT_ORIGIN, "update-ref", "-d", "refs/heads/" CHANGE, NULL);
    }
}

/* Who left the policy has signed what they signed. */
static void a_sealed_record_outlives_the_role_of_its_signer(void **state)
{
    struct fixture *f = *state;
    approve_and_seal(f);
    on_main(f, TODAY, MERGE);
    on_main(f, TODAY,
            "sed -i '/lena@example.com/d; /ines@example.com/a\\  - {principal: lea@example.com, name: Lea, roles: "
            "[legal]}' policies/review.yaml; git commit -qam left");
    assert_int_equal(count_results(f, "good"), 2);
    ask_the_gate(f, "spent");
    expect_output(f, "role-not-held", false);
}

/* A gap tells which records came with the merge and did not count, and why. */
static void audit_tells_what_did_not_count(void **state)
{
    struct fixture *f = *state;
    struct document document;
    approve_and_seal(f);
    on_main(f, "2020-01-05T10:00:00Z", expire(f, "20200104Z"));
    on_main(f, "2020-01-06T10:00:00Z", MERGE);
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", "--json", NULL), 1);
    answer_parse(f, "schema/audit.schema.json", &document);
    const struct value *step = answer_find(value_get(document.root, "changes"), "subject", "merge");
    assert_slice(value_text(value_get(step, "result")), "gap");
    assert_true(value_text(value_get(step, "advice")).size > 0);
    const struct value *refused = answer_find(value_get(step, "refused"), "principal", "ana@example.com");
    assert_slice(value_text(value_get(refused, "reason")), "expired-key");
    const char *name = fixture_text(f, "%.*s", SLICE_ARG(value_text(value_get(refused, "record"))));
    const char *file = fixture_text(f, "reviews/prompt%%2Fconcise/%s.json", name + strlen("sha256:"));
    assert_slice(value_text(value_get(refused, "file")), file);
    document_clear(&document);
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "audit", NULL), 1);
    expect_output(f, "ana@example.com  expired-key: the key is outside its time window (it was valid until 20", true);
    expect_output(f, file, true);
    expect_output(f, "under `accepted` in policies/review.yaml", true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(threat_09_a_revoked_key_keeps_what_was_sealed),
        TEST(threat_09_a_revoked_key_loses_what_is_not_sealed),
        TEST(threat_09_a_seal_after_the_revocation_saves_nothing),
        TEST(threat_09_a_seal_together_with_the_revocation_saves_nothing),
        TEST(threat_08_an_expired_key_keeps_what_was_sealed_in_time),
        TEST(threat_08_a_signature_that_was_not_sealed_is_judged_today),
        TEST(threat_08_a_backdated_merge_does_not_help_an_expired_key),
        TEST(all_say_the_same_of_a_sealed_record),
        TEST(a_sealed_record_outlives_the_role_of_its_signer),
        TEST(audit_tells_what_did_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
