/* Records that are forged, or copied to where they were not signed for. Numbers are those of the threats. */
#include "harness/test.h"

#include "harness/attack.h"
#include "harness/keygen.h"

#define CONCISE   "prompt/concise"
#define LOG       "assay/log"
#define IN_LOG    "r/prompt%2Fconcise"
#define ASSISTANT "assistant"

static struct slice flip(struct fixture *f, struct slice bytes, size_t at)
{
    struct str flipped = STR_INIT;
    str_append(&flipped, bytes);
    flipped.data[at] = (char)(flipped.data[at] ^ (1 << at % 8));
    return keygen_keep(f, &flipped);
}

/* Every byte of an approval in turn, each under the name that its bytes then have, with the signature of the true one. */
static void threat_01_flipped_bytes(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record good = attack_take_legal(f, "approve");
    struct attack_record *bad = arena_alloc_array(&f->arena, good.bytes.size + 1, sizeof *bad);
    for (size_t i = 0; i < good.bytes.size; i++) {
        struct slice bytes = flip(f, good.bytes, i);
        bad[i] = (struct attack_record){fixture_sha256(f, bytes) + strlen("sha256:"), bytes, good.armor};
    }
    bad[good.bytes.size] = (struct attack_record){good.name, flip(f, good.bytes, 40), good.armor}; /* another's name */
    attack_put(f, LOG, IN_LOG, bad, good.bytes.size + 1);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "missing-sign-off");
    assert_int_equal(attack_ignored_count(f), good.bytes.size + 1);
    assert_ignored(f, good.name, "bad-signature"); /* the bytes are not those of its name */
    fixture_assay(f, ATTACK_JUDGE, "verify", "--json", NULL);
    review_said(f, "\"good\": 1,"); /* ana's */
    /* The true bytes heal it, though the false ones came first under that name. */
    attack_log(f, CONCISE, &good);
    attack_gate(f, CONCISE, "pass");
    review_complained(f, "Records were removed from the log or changed there");
    assert_true(attack_counts(f, good.name));
}

/* Every byte of the signature, each beside the true record in a folder of its own. */
static void threat_01_flipped_signature(void **state)
{
    struct fixture *f = *state;
    struct attack_record good = attack_take_legal(f, "approve");
    struct keygen_parts parts = keygen_take_apart(f, good.armor);
    struct slice blob = keygen_blob(f, &parts);
    struct fixture_file *files = arena_alloc_array(&f->arena, 2 * blob.size, sizeof *files);
    for (size_t i = 0; i < blob.size; i++) {
        const char *path = fixture_text(f, "r/n%zu/%s.json", i, good.name);
        files[2 * i] = (struct fixture_file){path, good.bytes};
        files[2 * i + 1] = (struct fixture_file){fixture_text(f, "%s.sig", path), keygen_armor(f, flip(f, blob, i))};
    }
    fixture_commit(f, CONTENT_ORIGIN,
                   &(struct fixture_commit){.branch = LOG, .from = "", .files = files, .file_count = 2 * blob.size});
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "verify", "--json", NULL), 1);
    review_said(f, "\"good\": 0,");
    review_said(f, fixture_text(f, "\"bad\": %zu", blob.size));
    assert_false(review_says(f, "\"result\": \"other-change\"")); /* that would be said of a good signature */
}

static void threat_01_signature_missing_unknown_or_for_git(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record good = attack_take_legal(f, "approve"), bare = good, git = good;
    bare.armor = (struct slice){0};
    attack_log(f, CONCISE, &bare);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, good.name, "no-signature");
    struct attack_record mallory = attack_sign(f, "mallory", attack_bend(f, good.bytes, "Because.", "By mallory."));
    git.bytes = attack_bend(f, good.bytes, "Because.", "For git.");
    git.name = fixture_sha256(f, git.bytes) + strlen("sha256:");
    git.armor = keygen_sign(f, fixture_path(f, "keys/lena"), "git", git.bytes, NULL);
    attack_log(f, CONCISE, &mallory);
    attack_log(f, CONCISE, &git);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, mallory.name, "unknown-signer");
    review_said(f, "the record claims to be lena@example.com's; the key is nobody's");
    assert_ignored(f, git.name, "wrong-namespace");
    /* A signer may not speak for another one either. */
    struct attack_record ana = attack_sign(f, "ana", good.bytes);
    attack_log(f, CONCISE, &ana);
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, ana.name, "unknown-signer");
    /* Its own signature, brought later, heals it. */
    attack_put(f, CONCISE, "reviews/prompt%2Fconcise", &good, 1);
    attack_gate(f, CONCISE, "pass");
}

static void threat_02_copied_to_a_sibling_module(void **state)
{
    struct fixture *f = *state;
    struct attack_record ana = attack_take(f, "ana", "prompt/verbose", ASSISTANT, "content-owner", "approve", NULL);
    struct attack_record lena = attack_take(f, "lena", "prompt/verbose", ASSISTANT, "legal", "approve", NULL);
    attack_log(f, "prompt/verbose", &ana);
    attack_log(f, "prompt/verbose", &lena);
    attack_gate(f, "prompt/verbose", "blocked");
    assert_true(attack_counts(f, ana.name) && attack_counts(f, lena.name));
    review_said(f, "content-owner: 1 of 1 missing"); /* tutor's */
    /* Said of the other module, the signature does not fit. */
    struct attack_record bent = lena;
    bent.bytes = attack_bend(f, lena.bytes, "\"path\": \"" CONTENT_ASSISTANT "\"", "\"path\": \"" CONTENT_TUTOR "\"");
    bent.name = fixture_sha256(f, bent.bytes) + strlen("sha256:");
    attack_log(f, "prompt/verbose", &bent);
    attack_gate(f, "prompt/verbose", "blocked");
    assert_ignored(f, bent.name, "bad-signature");
    /* Even its signer cannot turn a digest of one module into an approval of another. */
    struct attack_record again = attack_sign(f, "lena", bent.bytes);
    attack_log(f, "prompt/verbose", &again);
    attack_gate(f, "prompt/verbose", "blocked");
    assert_false(attack_counts(f, again.name) && !attack_blocks(f, "missing-sign-off"));
    review_said(f, "legal: 1 of 1 missing");
}

static void threat_02_copied_to_another_change(void **state)
{
    struct fixture *f = *state;
    struct attack_record ana = attack_take(f, "ana", CONCISE, ASSISTANT, "content-owner", "approve", NULL);
    struct attack_record lena = attack_take_legal(f, "approve");
    fixture_git(f, CONTENT_ORIGIN, "branch", "prompt/copy", CONCISE, NULL);
    attack_log(f, CONCISE, &ana);
    attack_log(f, CONCISE, &lena);
    attack_log(f, "prompt/copy", &ana);
    attack_log(f, "prompt/copy", &lena);
    attack_gate(f, CONCISE, "pass");
    attack_gate(f, "prompt/copy", "blocked");
    assert_ignored(f, ana.name, "other-change");
    assert_ignored(f, lena.name, "other-change");
    attack_put(f, "prompt/copy", "reviews/prompt%2Fcopy", (struct attack_record[]){ana, lena}, 2);
    attack_gate(f, "prompt/copy", "blocked");
}

static void threat_02_copied_to_another_target(void **state)
{
    struct fixture *f = *state;
    struct attack_record lena = attack_take_legal(f, "approve");
    const char *policy = attack_bend(f, slice_of(content_policy), "target: main", "target: release").data;
    fixture_git(f, CONTENT_ORIGIN, "branch", "release", "main", NULL);
    attack_commit(f, "release", NULL, "policies/review.yaml", policy);
    attack_log(f, CONCISE, &lena);
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "assay.target", "origin/release", NULL);
    attack_gate(f, CONCISE, "blocked");
    review_said(f, "\"target\": \"release\"");
    assert_ignored(f, lena.name, "other-target");
}

static void threat_02_copied_to_another_repository(void **state)
{
    struct fixture *f = *state;
    struct attack_record lena = attack_take_legal(f, "approve");
    attack_log(f, CONCISE, &lena);
    attack_policy(f, "repository: example/learning-content", "repository: example/fork");
    attack_gate(f, CONCISE, "blocked");
    assert_ignored(f, lena.name, "other-repository");
}

static void threat_04_older_schema_after_newer(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record no = attack_take_legal(f, "request-changes");
    struct attack_record newer = attack_sign(
        f, "lena", attack_bend(f, no.bytes, "\"schema\": \"assay.review/1\"", "\"schema\": \"assay.review/2\""));
    attack_log(f, CONCISE, &newer);
    review_signed(f, ATTACK_JUDGE, "lena", CONCISE, ASSISTANT, "legal", "approve", NULL);
    attack_gate(f, CONCISE, "blocked");
    assert_blocks(f, "unknown-schema");
    /* Anybody can put nonsense with another schema there; only a signer's blocks. */
    fixture_assay(f, ATTACK_JUDGE, "verify", "--json", NULL);
    assert_ignored(f, newer.name, "unknown-schema");
}

static void threat_04_an_unknown_schema_of_a_stranger_blocks_nothing(void **state)
{
    struct fixture *f = *state;
    attack_all_but_legal(f);
    struct attack_record yes = attack_take_legal(f, "approve");
    struct attack_record newer = attack_sign(
        f, "mallory", attack_bend(f, yes.bytes, "\"schema\": \"assay.review/1\"", "\"schema\": \"assay.review/2\""));
    attack_log(f, CONCISE, &yes);
    attack_log(f, CONCISE, &newer);
    attack_gate(f, CONCISE, "pass");
    assert_ignored(f, newer.name, "unknown-signer");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_01_flipped_bytes),
        TEST(threat_01_flipped_signature),
        TEST(threat_01_signature_missing_unknown_or_for_git),
        TEST(threat_02_copied_to_a_sibling_module),
        TEST(threat_02_copied_to_another_change),
        TEST(threat_02_copied_to_another_target),
        TEST(threat_02_copied_to_another_repository),
        TEST(threat_04_older_schema_after_newer),
        TEST(threat_04_an_unknown_schema_of_a_stranger_blocks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
