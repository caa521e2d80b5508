/* Branches that change the rules they are judged by, people who try to be two. Numbers are those of the threats. */
#include "harness/test.h"

#include "harness/attack.h"
#include "harness/keygen.h"

#include "assay/git/outbox.h"

#define CONCISE   "prompt/concise"
#define ASSISTANT "assistant"

static void sign_all(struct fixture *f)
{
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
}

/* ---- 3: the branch makes rules ---- */

static void threat_03_the_branch_adds_its_author_to_the_signers(void **state)
{
    struct fixture *f = *state;
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    struct attack_record lena = attack_take(f, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    struct attack_record mallory =
        attack_sign(f, "mallory", attack_bend(f, lena.bytes, "\"principal\": \"lena@", "\"principal\": \"mallory@"));
    const char *signers = fixture_text(f, "%s%s%s%s", content_signer(f, "ana"), content_signer(f, "lena"),
                                       content_signer(f, "ines"), content_signer(f, "mallory"));
    const char *people = attack_bend(f, slice_of(content_policy), "people:\n",
                                     "people:\n  - {principal: mallory@example.com, name: Mallory, roles: [legal]}\n")
                             .data;
    attack_commit(f, CONCISE, NULL, "policies/allowed_signers", signers);
    attack_commit(f, CONCISE, NULL, "policies/review.yaml", people);
    attack_log(f, CONCISE, &mallory);
    attack_put(f, CONCISE, "reviews/prompt%2Fconcise", &mallory, 1);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, mallory.name, "unknown-signer");
    review_said(f, "\"path\": \"policies\""); /* and whoever edits the rules needs everybody */
    review_said(f, "learning-designer: 1 of 1 missing");
}

static void threat_03_the_branch_edits_or_deletes_a_rule(void **state)
{
    struct fixture *f = *state;
    const char *rule = "  - {when: {sensitivity: [pii, compliance]}, roles: {legal: 1}}\n";
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    attack_commit(f, CONCISE, NULL, "policies/review.yaml", attack_bend(f, slice_of(content_policy), rule, "").data);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "legal: 1 of 1 missing");
    attack_commit(f, CONCISE, NULL, "policies/review.yaml", NULL); /* no policy at all */
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "legal: 1 of 1 missing");
    attack_commit(f, CONCISE, NULL, "policies/review.yaml",
                  attack_bend(f, slice_of(content_policy), "self_approval: false", "self_approval: true").data);
    attack_gate(f, CONCISE, "blocked");
    attack_commit(f, CONCISE, NULL, "policies/review.yaml", "schema: [\n"); /* nonsense is nonsense of the branch */
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "legal: 1 of 1 missing");
}

static void threat_03_the_branch_revokes_a_signer(void **state)
{
    struct fixture *f = *state;
    sign_all(f);
    attack_gate(f, CONCISE, "pass");
    review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "request-changes", "--comment", "No.",
                  NULL);
    const char *key = keygen_public_line(f, fixture_path(f, "keys/ines"));
    attack_commit(f, CONCISE, NULL, "policies/revoked_signers", fixture_text(f, "%s compromised\n", key));
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "request-changes");
    review_said(f, "\"path\": \"policies\"");
}

/* What would stop every gate after the merge, that of the repair too. */
static void threat_03_the_branch_brings_rules_that_nobody_can_use(void **state)
{
    struct fixture *f = *state;
    struct slice idle = attack_bend(f, slice_of(content_policy), "roles: [content-owner]", "roles: []");
    idle = attack_bend(f, idle, "roles: [legal]", "roles: []");
    idle = attack_bend(f, idle, "roles: [learning-designer, content-owner]", "roles: []");
    const char *everybody = fixture_text(
        f, "%s compromised\n%s retired\n%s compromised\n", keygen_public_line(f, fixture_path(f, "keys/ana")),
        keygen_public_line(f, fixture_path(f, "keys/lena")), keygen_public_line(f, fixture_path(f, "keys/ines")));
    const char *ana = keygen_public_line(f, fixture_path(f, "keys/ana"));
    const char *strangers = fixture_text(f, "ana@other.example %s\n", ana);
    const char *expired = fixture_text(f, "ana@example.com valid-before=\"20200101Z\" %s\n", ana);
    const struct {
        const char *path, *bytes, *said;
    } bad[] = {
        {"policies/review.yaml", attack_bend(f, slice_of(content_policy), "overlap: 1", "overlap: many").data,
         "policies/review.yaml:"},
        {"policies/review.yaml",
         attack_bend(f, slice_of(content_policy), "self_approval: false",
                     "self_approval: false\naccepted:\n  - {commit: be7b402f8f24, reason: known}")
             .data,
         "policies/review.yaml:"},
        {"policies/review.yaml", attack_bend(f, slice_of(content_policy), "target: main", "target: other").data,
         "for the target “other”"},
        {"policies/review.yaml", NULL, "the change removes it"},
        {"policies/allowed_signers", "ana@example.com ssh-ed25519 AAAA\n", "policies/allowed_signers:1: "},
        {"policies/allowed_signers", NULL, "the change removes it"},
        {"policies/allowed_signers", "# nobody\n", "nobody who holds a role"},
        {"policies/allowed_signers", strangers, "nobody who holds a role"},
        {"policies/allowed_signers", expired, "nobody who holds a role"},
        {"policies/review.yaml", idle.data, "nobody who holds a role"},
        {"policies/revoked_signers", "nonsense\n", "policies/revoked_signers:1: "},
        {"policies/revoked_signers", everybody, "nobody who holds a role"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *change = fixture_text(f, "prompt/rules-%zu", i);
        fixture_git(f, CONTENT_ORIGIN, "branch", change, "main", NULL);
        attack_commit(f, change, NULL, bad[i].path, bad[i].bytes);
        attack_gate(f, change, "blocked");
        assert_blocks(f, "bad-policy");
        review_said(f, bad[i].said);
        assert_int_equal(review_sign(f, ATTACK_JUDGE, "lena", change, "policies", "legal", "approve", NULL), 3);
        review_complained(f, "cannot be approved as it is");
        assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "seal", change, NULL), 1);
    }
}

static void sign_rules(struct fixture *f, const char *change)
{
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sign", change, "--module", "policies", "--role", "content-owner",
                                   "--verdict", "approve", NULL),
                     0);
    review_signed(f, ATTACK_JUDGE, "lena", change, "policies", "legal", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "ines", change, "policies", "learning-designer", "approve", NULL);
}

/* A log of another name that does not go on where today's is: everybody would miss what they have seen. */
static void threat_03_the_branch_moves_the_log(void **state)
{
    struct fixture *f = *state;
    const char *change = "prompt/rules";
    sign_all(f);
    fixture_git(f, CONTENT_ORIGIN, "branch", change, "main", NULL);
    attack_commit(f, change, NULL, "policies/review.yaml",
                  attack_bend(f, slice_of(content_policy), "log: assay/log", "log: records").data);
    attack_gate(f, change, "blocked");
    assert_blocks(f, "bad-policy");
    review_said(f, "log: the branch records does not go on from assay/log");
    fixture_git(f, CONTENT_ORIGIN, "branch", "records", "main", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sync", NULL), 0);
    attack_gate(f, change, "blocked");
    assert_blocks(f, "bad-policy");
    fixture_git(f, CONTENT_ORIGIN, "branch", "-f", "records", "assay/log~", NULL); /* a push will bring the rest */
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sync", NULL), 0);
    attack_gate(f, change, "blocked");
    assert_false(attack_blocks(f, "bad-policy"));
    /* After the merge, and after another move: what the branches are today says nothing about that merge. */
    sign_rules(f, change);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "seal", change, NULL), 0);
    attack_push_main(f, fixture_text(f, "git merge -q --no-ff -m Rules origin/%s", change));
    fixture_git(f, CONTENT_ORIGIN, "branch", "-f", "records", "assay/log", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "audit", NULL), 0);
    fixture_git(f, ATTACK_JUDGE, "update-ref", "-d", "refs/remotes/origin/records", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "audit", "--offline", NULL), 0);
}

/* The command that is advised names the branch as the change has it, and a shell may not run that. */
static void threat_03_the_log_is_named_like_a_command(void **state)
{
    struct fixture *f = *state;
    sign_all(f);
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/rules", "main", NULL);
    attack_commit(f, "prompt/rules", NULL, "policies/review.yaml",
                  attack_bend(f, slice_of(content_policy), "log: assay/log", "log: records;$(id)").data);
    attack_gate(f, "prompt/rules", "blocked");
    assert_blocks(f, "bad-policy");
    review_said(f, "first run “git push origin '" OUTBOX_TRACKED_REF ":refs/heads/records;$(id)'” and");
}

/* A module of the folder of the rules would stand where their pseudo-module does, and none of both could be signed. */
static void threat_03_the_rules_become_a_module(void **state)
{
    struct fixture *f = *state;
    const char *manifest = content_manifest(f, "policies", "gpt-4o-mini", "low", "");
    const char *rules = attack_bend(f, slice_of(content_policy), "overlap: 1", "overlap: 2").data;
    attack_commit(f, CONCISE, NULL, "policies/manifest.yaml", manifest);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "bad-manifest");
    review_said(f, "the folder policies holds the rules and is no module; a branch that does nothing else takes "
                   "policies/manifest.yaml away");
    attack_gate(f, "prompt/verbose", "blocked");
    assert_false(attack_blocks(f, "bad-manifest"));
    /* Somebody pushed it to the target: rules cannot change until it is gone again, and it can go. */
    attack_commit(f, "main", NULL, "policies/manifest.yaml", manifest);
    fixture_git_output(f, CONTENT_ORIGIN, "branch", "prompt/rules", "main", NULL);
    fixture_git_output(f, CONTENT_ORIGIN, "branch", "prompt/repair", "main", NULL);
    attack_commit(f, "prompt/rules", NULL, "policies/review.yaml", rules);
    attack_gate(f, "prompt/rules", "blocked");
    assert_blocks(f, "bad-manifest");
    attack_commit(f, "prompt/rules", NULL, "policies/manifest.yaml", NULL);
    attack_gate(f, "prompt/rules", "blocked");
    review_said(f, "it takes policies/manifest.yaml away and changes the rules as well; that needs a branch each");
    attack_commit(f, "prompt/repair", NULL, "policies/manifest.yaml", NULL);
    fixture_git_output(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    attack_gate(f, "prompt/repair", "blocked");
    assert_false(attack_blocks(f, "bad-manifest"));
    content_become(f, "ana");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sign", "prompt/repair", "--verdict", "approve", NULL), 0);
    attack_gate(f, "prompt/repair", "pass");
}

static void threat_03_rules_that_break_after_the_sign_offs(void **state)
{
    struct fixture *f = *state;
    const char *change = "prompt/rules";
    fixture_git(f, CONTENT_ORIGIN, "branch", change, "main", NULL);
    attack_commit(f, change, NULL, "policies/review.yaml",
                  attack_bend(f, slice_of(content_policy), "overlap: 1", "overlap: 2").data);
    sign_rules(f, change);
    attack_gate(f, change, "pass"); /* sound rules pass, with the sign-offs of everybody */
    attack_commit(f, change, NULL, "policies/revoked_signers", "nonsense\n");
    attack_gate(f, change, "blocked");
    assert_blocks(f, "bad-policy");
}

/* ---- 6: one who is two ---- */

static void need_two_owners(struct fixture *f)
{
    attack_policy(f, "{when: {}, roles: {content-owner: 1}}", "{when: {}, roles: {content-owner: 2}}");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
}

static void threat_06_two_keys_of_one_person(void **state)
{
    struct fixture *f = *state;
    need_two_owners(f);
    keygen_key(f, "second", "ed25519", NULL);
    const char *second = keygen_public_line(f, fixture_path(f, "keys/second"));
    attack_signers(f, fixture_text(f, "%s%s%sana@example.com %s\n", content_signer(f, "ana"), content_signer(f, "lena"),
                                   content_signer(f, "ines"), second));
    struct attack_record ana = attack_take(f, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    struct attack_record twice =
        attack_sign(f, "second", attack_bend(f, ana.bytes, "\"via\": \"command\"", "\"via\": \"console\""));
    attack_log(f, CONCISE, &ana);
    attack_log(f, CONCISE, &twice);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "content-owner: 1 of 2 missing");
    review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    attack_gate(f, CONCISE, "pass");
}

static void threat_06_one_key_under_two_principals(void **state)
{
    struct fixture *f = *state;
    sign_all(f);
    const char *other = attack_bend(f, slice_of(content_signer(f, "ana")), "ana@", "lena@").data;
    attack_signers(f, fixture_text(f, "%s%s%s", content_signer(f, "ana"), content_signer(f, "ines"), other));
    assert_int_equal(review_gate(f, ATTACK_JUDGE, CONCISE), 3);
    review_complained(f, "policies/allowed_signers:3");
    attack_signers(f, fixture_text(f, "ana@example.com,lena@example.com %s\n",
                                   keygen_public_line(f, fixture_path(f, "keys/ana"))));
    assert_int_equal(review_gate(f, ATTACK_JUDGE, CONCISE), 3);
    review_complained(f, "policies/allowed_signers:1");
    attack_signers(f, fixture_text(f, "%s*@example.com %s\n", content_signer(f, "lena"),
                                   keygen_public_line(f, fixture_path(f, "keys/mallory"))));
    assert_int_equal(review_gate(f, ATTACK_JUDGE, CONCISE), 3);
    review_complained(f, "policies/allowed_signers:2");
}

static void threat_06_ten_allowed_one_signed_two_needed(void **state)
{
    struct fixture *f = *state;
    struct str lines = STR_INIT;
    need_two_owners(f);
    for (int i = 0; i < 7; i++) {
        const char *name = fixture_text(f, "extra%d", i);
        keygen_key(f, name, "ed25519", NULL);
        str_append_text(&lines, content_signer(f, name));
    }
    for (int i = 0; i < 3; i++)
        str_append_text(&lines, content_signer(f, (const char *[]){"ana", "lena", "ines"}[i]));
    attack_signers(f, keygen_keep(f, &lines).data);
    sign_all(f);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "content-owner: 1 of 2 missing");
    /* A key in the signers file whose principal the policy does not know adds nothing. */
    struct attack_record ana = attack_take(f, "ana", CONCISE, ASSISTANT, "content-owner", "abstain", NULL);
    struct attack_record extra =
        attack_sign(f, "extra1", attack_bend(f, ana.bytes, "\"principal\": \"ana@", "\"principal\": \"extra1@"));
    attack_log(f, CONCISE, &extra);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, extra.name, "role-not-held");
}

static void threat_06_one_person_in_two_roles(void **state)
{
    struct fixture *f = *state;
    attack_policy(f, "{when: {}, roles: {content-owner: 1}}",
                  "{when: {}, roles: {content-owner: 1, learning-designer: 1}}");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    review_signed(f, ATTACK_JUDGE, "ines", CONCISE, ASSISTANT, "learning-designer", "approve", NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "missing-sign-off");
    review_signed(f, ATTACK_JUDGE, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    attack_gate(f, CONCISE, "pass");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_03_the_branch_adds_its_author_to_the_signers),
        TEST(threat_03_the_branch_edits_or_deletes_a_rule),
        TEST(threat_03_the_branch_revokes_a_signer),
        TEST(threat_03_the_branch_brings_rules_that_nobody_can_use),
        TEST(threat_03_the_branch_moves_the_log),
        TEST(threat_03_the_log_is_named_like_a_command),
        TEST(threat_03_the_rules_become_a_module),
        TEST(threat_03_rules_that_break_after_the_sign_offs),
        TEST(threat_06_two_keys_of_one_person),
        TEST(threat_06_one_key_under_two_principals),
        TEST(threat_06_ten_allowed_one_signed_two_needed),
        TEST(threat_06_one_person_in_two_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
