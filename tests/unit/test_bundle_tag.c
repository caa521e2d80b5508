/* `assay bundle`: the real program, its tags read by stock tools. */
#include "harness/content.h"
#include "harness/test.h"

#include "assay/model/bundle.h"

static void assert_bundle(struct fixture *f, int code, const char *words, const char *verb, const char *module)
{
    int got = fixture_assay(f, CONTENT_CLONE, "bundle", verb, module, NULL);
    if (got != code || (!strstr(f->result.output.data, words) && !strstr(f->result.errors.data, words)))
        fail_msg("assay bundle %s: exit %d, expected %d with “%s”\n%s\n%s", verb, got, code, words,
                 f->result.output.data, f->result.errors.data);
}

static const char *only_tag(struct fixture *f)
{
    return fixture_git_output(f, CONTENT_CLONE, "tag", "-l", NULL);
}

static void test_sign_then_verify(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    assert_bundle(f, 1, "no such bundle", "verify", "assistant");
    assert_bundle(f, 0, "No sealed approval", "sign", "assistant");
    assert_int_equal(strncmp(only_tag(f), "assistant/v1.0.0+", 17), 0);
    assert_bundle(f, 0, "as it stands on the target", "verify", CONTENT_ASSISTANT);
    assert_bundle(f, 0, "signed already", "sign", "assistant");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "verify", "assistant", "--json", NULL), 0);
    assert_non_null(strstr(f->result.output.data, "\"result\": \"good\""));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "verify", "assistant", "--tag", "assistant/v9", NULL),
                     1);
}

/* The lines that the manual gives. */
static void test_stock_tools_take_the_tag_apart(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    const char *script = fixture_text(
        f,
        "set -e; git cat-file tag '%s' | sed -n '/^{/,/^}/p' > ../bundle.json; git cat-file tag '%s' | sed -n 's/^    "
        "//;/^-----BEGIN SSH/,/^-----END SSH/p' > ../bundle.json.sig; ssh-keygen -Y verify -f policies/allowed_signers "
        "-I "
        "ana@example.com -n bundle.v1@assay -s ../bundle.json.sig < ../bundle.json; git checkout -q '%s'",
        only_tag(f), only_tag(f), only_tag(f));
    if (fixture_run(f, CONTENT_CLONE, "sh", "-c", script, NULL) != 0)
        fail_msg("%s%s", f->result.output.data, f->result.errors.data);
    struct bundle bundle;
    struct str name = STR_INIT;
    struct error error = ERROR_INIT;
    assert_int_equal(bundle_decode(fixture_read(f, "bundle.json"), &bundle, &error), RECORD_OK);
    bundle_append_tag(&bundle, &name);
    assert_string_equal(name.data, only_tag(f));
    /* the module digest, by sha256sum (FORMATS.md, 3) */
    assert_int_equal(fixture_run(f, CONTENT_CLONE, "sh", "-c",
                                 "find " CONTENT_ASSISTANT
                                 " policies/content_policy.rego -type f ! -path '*/outputs/*' | "
                                 "LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-64",
                                 NULL),
                     0);
    struct digest digest;
    assert_true(digest_parse_hex(slice_trim(str_slice(&f->result.output)), &digest));
    assert_true(digest_equal(&digest, &bundle.module.digest));
    str_clear(&name);
    bundle_clear(&bundle);
}

static void test_target_that_moved_on_leaves_the_old_bundle_good(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    const struct fixture_file file = {CONTENT_ASSISTANT "/notes.md", SLICE("More.\n")};
    fixture_commit(f, CONTENT_ORIGIN, &(struct fixture_commit){.branch = "main", .files = &file, .file_count = 1});
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    assert_bundle(f, 0, "by ana@example.com", "verify", "assistant");
    assert_null(strstr(f->result.output.data, "as it stands"));
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    assert_bundle(f, 0, "as it stands", "verify", "assistant");
}

/* The tag, with something changed, under a name of its own. */
static void forge(struct fixture *f, const char *name, const char *sed)
{
    const char *tag = only_tag(f);
    fixture_git(f, CONTENT_CLONE, "tag", "-l", NULL);
    const char *script =
        fixture_text(f,
                     "set -e; git cat-file tag '%s' | sed '%s' > ../forged; oid=$(git hash-object -t tag "
                     "-w --stdin < ../forged); git tag -d '%s' >/dev/null; git update-ref refs/tags/'%s' "
                     "$oid",
                     tag, sed, tag, name ? name : tag);
    if (fixture_run(f, CONTENT_CLONE, "sh", "-c", script, NULL) != 0)
        fail_msg("%s%s", f->result.output.data, f->result.errors.data);
}

static void test_forged_tags_are_refused(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    const char *tag = only_tag(f);
    const char *object = fixture_git_output(f, CONTENT_CLONE, "rev-parse", tag, NULL);
    const char *ref = fixture_text(f, "refs/tags/%s", tag);
    forge(f, NULL, "s/\"version\": \"1.0.0\"/\"version\": \"1.0.1\"/");
    assert_bundle(f, 1, "bad-signature", "verify", "assistant");
    assert_bundle(f, 3, "is no good bundle", "sign", "assistant");
    fixture_git(f, CONTENT_CLONE, "update-ref", ref, object, NULL);
    forge(f, "assistant/v1.0.0+000000000000", "s/^x/x/");
    assert_bundle(f, 1, "malformed", "verify", "assistant");
    fixture_git(f, CONTENT_CLONE, "update-ref", "-d", "refs/tags/assistant/v1.0.0+000000000000", NULL);
    fixture_git(f, CONTENT_CLONE, "update-ref", ref, object, NULL);
    forge(f, NULL, "/SSH SIGNATURE/d");
    assert_bundle(f, 1, "bad-signature", "verify", "assistant");
    fixture_git(f, CONTENT_CLONE, "update-ref", ref, object, NULL);
    const char *other = fixture_commit_of(f, CONTENT_CLONE, "origin/prompt/concise");
    forge(f, NULL, fixture_text(f, "1s/.*/object %s/", other));
    assert_bundle(f, 1, "stale-module", "verify", "assistant");
    fixture_git(f, CONTENT_CLONE, "update-ref", ref, "HEAD", NULL);
    assert_bundle(f, 1, "no annotated tag", "verify", "assistant");
}

static void test_strangers_and_unknown_modules_are_refused(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    content_become(f, "mallory");
    assert_bundle(f, 3, "allowed_signers", "sign", "assistant");
    assert_bundle(f, 3, "no module", "verify", "nothing");
    assert_bundle(f, 2, "assay bundle sign MODULE", "make", "assistant");
}

/* ---- what a good signature does not make true ---- */

#define CHANGE  "prompt/concise"
#define REVIEWS "reviews/prompt%2Fconcise"
#define WORK    "maintainer"

/* The record's name. */
static const char *sign(struct fixture *f, const char *who, const char *role, const char *verdict)
{
    content_become(f, who);
    fixture_write_text(f, "scores.json",
                       "[{\"prompt\": \"answer\", \"case\": \"c1\", \"scores\": {\"clarity\": 4, \"correctness\": 5, "
                       "\"tone\": 4}}]\n");
    if (fixture_assay(f, CONTENT_CLONE, "sign", CHANGE, "--role", role, "--verdict", verdict, "--comment", "Checked.",
                      "--json", strcmp(role, "content-owner") ? NULL : "--scores", fixture_path(f, "scores.json"),
                      NULL) != 0)
        fail_msg("assay sign: %s", f->result.errors.data);
    const char *name = strstr(f->result.output.data, "sha256:");
    assert_non_null(name);
    return fixture_text(f, "%.71s", name);
}

static void on_main(struct fixture *f, const char *commands)
{
    content_become(f, "ines");
    fixture_run(f, NULL, "rm", "-rf", WORK, NULL);
    content_clone(f, WORK);
    if (fixture_run(f, WORK, "sh", "-c", fixture_text(f, "set -e; %s; git push -q origin main", commands), NULL) != 0)
        fail_msg("%s: %s%s", commands, f->result.output.data, f->result.errors.data);
    fixture_git(f, CONTENT_CLONE, "fetch", "-q", NULL);
    content_become(f, "ana");
}

static void approve_and_seal(struct fixture *f)
{
    sign(f, "ana", "content-owner", "approve");
    sign(f, "lena", "legal", "approve");
    if (fixture_assay(f, CONTENT_CLONE, "seal", CHANGE, NULL) != 0)
        fail_msg("assay seal: %s%s", f->result.output.data, f->result.errors.data);
}

#define MERGE "git merge -q --no-ff -m merge origin/" CHANGE

/* The tag once more, its JSON and its headers changed, and signed well by this person. */
static void resign(struct fixture *f, const char *who, const char *sed)
{
    const char *tag = only_tag(f);
    const char *script =
        fixture_text(f,
                     "set -e; git cat-file tag '%s' | sed -E '%s' > ../tag; sed -n '/^{/,/^}/p' ../tag > ../b.json; rm "
                     "-f ../b.json.sig; ssh-keygen -q -Y sign -n bundle.v1@assay -f ../keys/%s ../b.json 2>/dev/null; "
                     "(sed '/^{/,$d' ../tag; cat ../b.json; echo; sed 's/^/    /' ../b.json.sig) > ../forged; git "
                     "update-ref refs/tags/'%s' $(git hash-object -t tag -w --stdin < ../forged)",
                     tag, sed, who, tag);
    if (fixture_run(f, CONTENT_CLONE, "sh", "-c", script, NULL) != 0)
        fail_msg("%s%s", f->result.output.data, f->result.errors.data);
}

static void assert_refused(struct fixture *f, const char *sed, const char *reason, const char *words)
{
    const char *ref = fixture_text(f, "refs/tags/%s", only_tag(f));
    const char *object = fixture_git_output(f, CONTENT_CLONE, "rev-parse", ref, NULL);
    resign(f, "ana", sed);
    assert_bundle(f, 1, reason, "verify", "assistant");
    assert_bundle(f, 1, words, "verify", "assistant");
    fixture_git(f, CONTENT_CLONE, "update-ref", ref, object, NULL);
}

/* In place of the first record that the bundle names. */
static const char *naming(struct fixture *f, const char *record)
{
    return fixture_text(f, "/^  \"records\": \\[/{n;s/sha256:[0-9a-f]{64}/%s/}", record);
}

static void test_a_bundle_of_invented_records_is_refused(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    const char *abstained = sign(f, "ines", "content-owner", "abstain");
    const char *replaced = sign(f, "ana", "content-owner", "approve");
    approve_and_seal(f);
    const char *unsealed = sign(f, "ines", "content-owner", "approve");
    on_main(f, MERGE);
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    assert_bundle(f, 0, "2 sealed approvals", "verify", "assistant");
    resign(f, "ana", "s/x/x/"); /* the hand that forges makes a good tag of a good one */
    assert_bundle(f, 0, "2 sealed approvals", "verify", "assistant");
    const char *none = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    assert_refused(f, naming(f, none), "missing-sign-off", "is not sealed on main");
    assert_refused(f, fixture_text(f, "/^  \"records\": \\[/{n;s/,$//;s/sha256:[0-9a-f]{64}/%s/;n;d}", unsealed),
                   "missing-sign-off",
                   fixture_text(f, "the record %s, which it names, is not sealed on main", unsealed));
    assert_refused(f, fixture_text(f, "/^  \"records\": \\[/{n;s/,$//;s/sha256:[0-9a-f]{64}/%s/;n;d}", abstained),
                   "stale-module", fixture_text(f, "the record %s, which it names, is no approval", abstained));
    assert_refused(f, fixture_text(f, "/^  \"records\": \\[/{n;s/,$//;s/sha256:[0-9a-f]{64}/%s/;n;d}", replaced),
                   "superseded", "its signer had replaced it");
    assert_refused(f, "/^  \"records\": \\[/{n;h;n;g;s/,$//;x;G}", "malformed", "named twice");
}

static void test_claims_that_a_good_signature_covers_are_checked(void **state)
{
    static const struct {
        const char *sed, *reason, *words;
    } cases[] = {
        {"s/\"repository\": \"[^\"]*\"/\"repository\": \"acme\\/other\"/", "other-repository", "another repository"},
        {"s/\"target\": \"main\"/\"target\": \"release\"/", "other-target", "another target"},
        {"s/\"principal\": \"ana/\"principal\": \"lena/", "unknown-signer", "the key is that of ana@example.com"},
        {"s/\"evidence\": \"sha256:.{8}/\"evidence\": \"sha256:00000000/", "stale-module", "other content"},
        {"s/\"digest\": \"sha256:(.{12}).{8}/\"digest\": \"sha256:\\100000000/", "stale-module", "other content"},
    };
    struct fixture *f = *state;
    content_make(f, 1);
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(f, cases[i].sed, cases[i].reason, cases[i].words);
    /* the same tree, on no target */
    const char *aside = fixture_git_output(f, CONTENT_CLONE, "commit-tree", "-m", "aside", "HEAD^{tree}", NULL);
    const char *commit = fixture_commit_of(f, CONTENT_CLONE, "HEAD");
    assert_refused(f, fixture_text(f, "s/%s/%s/", commit, aside), "other-target", "its commit is not on main");
    assert_bundle(f, 0, "as it stands", "verify", "assistant");
}

/* The content came first, its records a commit later: a bundle of the first commit may not name them. */
static void test_records_that_were_sealed_later_do_not_count(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    approve_and_seal(f);
    on_main(f, "git checkout -q origin/" CHANGE
               " -- learning-content; git commit -qm content; git checkout -q origin/" CHANGE
               " -- reviews; git commit -qm reviews");
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    assert_bundle(f, 0, "2 sealed approvals", "verify", "assistant");
    const char *last = fixture_commit_of(f, CONTENT_CLONE, "origin/main"),
               *first = fixture_commit_of(f, CONTENT_CLONE, "origin/main^");
    assert_refused(f, fixture_text(f, "s/%s/%s/", last, first), "superseded", "it was sealed later");
    on_main(f, "git rm -qr reviews; git commit -qm gone");
    assert_bundle(f, 1, "is not sealed on main", "verify", "assistant");
}

/* ---- keys ---- */

static const char *with_options(struct fixture *f, const char *who, const char *options)
{
    return fixture_text(
        f,
        "sed -i 's/^%s@example.com [^ ]* *ssh/%s@example.com %s ssh/;s/^%s@example.com ssh/%s@example.com %s "
        "ssh/' policies/allowed_signers; git commit -qam keys",
        who, who, options, who, who, options);
}

/* As README says a key is rotated. Nothing on the target proves when a tag was made, so it is signed again. */
static void test_the_bundle_of_a_key_that_ended_is_signed_again(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    approve_and_seal(f);
    on_main(f, MERGE);
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    const char *tag = only_tag(f);
    on_main(f, "echo More. > " CONTENT_ASSISTANT "/notes.md; git add -A; git commit -qm more");
    assert_bundle(f, 0, "2 sealed approvals", "verify", "assistant");
    on_main(f, with_options(f, "ana", "valid-before=\"20200101Z\""));
    assert_bundle(f, 1,
                  "expired-key: the key of ana@example.com was valid until 2020-01-01, and nothing on main proves",
                  "verify", "assistant");
    assert_bundle(f, 1, fixture_text(f, "signs it again: assay bundle sign assistant --tag %s\n", tag), "verify",
                  "assistant");
    content_become(f, "lena");
    if (fixture_assay(f, CONTENT_CLONE, "bundle", "sign", "assistant", "--tag", tag, NULL) != 0)
        fail_msg("%s", f->result.errors.data);
    assert_non_null(strstr(f->result.output.data, fixture_text(f, "Signed %s again", tag)));
    assert_non_null(strstr(f->result.output.data, fixture_text(f, "git push --force origin %s", tag)));
    assert_string_equal(only_tag(f), tag);
    /* ana's approval was sealed today, after her key's end as it is written now */
    assert_bundle(f, 0, "by lena@example.com, 1 sealed approval\n", "verify", "assistant");
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "sign", "assistant", "--tag", tag, NULL), 0);
    assert_non_null(strstr(f->result.output.data, "is signed already"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "sign", "assistant", "--tag", "assistant/v9", NULL), 3);
    assert_non_null(strstr(f->result.errors.data, "There is no tag assistant/v9 here"));
    assert_int_equal(fixture_assay(f, CONTENT_CLONE, "bundle", "sign", "tutor", "--tag", tag, NULL), 3);
    assert_non_null(strstr(f->result.errors.data, "is the name of no bundle of tutor"));
}

/* The advice holds a name that git allows and a shell would run, and never the one that only the bundle tells. */
static void test_printed_commands_quote_names(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    on_main(f, "sed -i 's/^name: .*/name: \"a;$(id)\"/' " CONTENT_ASSISTANT "/manifest.yaml; git commit -qam name");
    assert_bundle(f, 0, "git push origin 'a;$(id)/v1.0.0+", "sign", CONTENT_ASSISTANT);
    const char *tag = only_tag(f);
    const char *command = fixture_text(f, "assay bundle sign 'a;$(id)' --tag '%s'", tag);
    resign(f, "ana", "s/\"name\": \"a;/\"name\": \"told;/");
    assert_bundle(f, 1, "not the one that was signed", "verify", CONTENT_ASSISTANT);
    on_main(f, with_options(f, "ana", "valid-before=\"20200101Z\""));
    assert_bundle(f, 1, fixture_text(f, "signs it again: %s\n", command), "verify", CONTENT_ASSISTANT);
    content_become(f, "lena");
    assert_bundle(f, 3, fixture_text(f, "sign it again: %s", command), "sign", CONTENT_ASSISTANT);
    fixture_git(f, CONTENT_CLONE, "tag", "-d", tag, NULL);
    assert_bundle(f, 1, "“assay bundle sign 'a;$(id)'” makes one", "verify", CONTENT_ASSISTANT);
}

/* Least privilege: a key that may sign bundles alone, and one that may not. */
static void test_keys_are_judged_for_bundles_alone(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    on_main(f, with_options(f, "ana", "namespaces=\"bundle.v1@assay\""));
    assert_bundle(f, 0, "Signed", "sign", "assistant");
    assert_bundle(f, 0, "by ana@example.com", "verify", "assistant");
    on_main(f, with_options(f, "ana", "namespaces=\"review.v1@assay,seal.v1@assay\""));
    assert_bundle(f, 1, "wrong-namespace: the key of ana@example.com may not sign for bundle.v1@assay", "verify",
                  "assistant");
    fixture_git(f, CONTENT_CLONE, "tag", "-d", only_tag(f), NULL);
    assert_bundle(f, 3, "Your key may not sign bundles (wrong-namespace)", "sign", "assistant");
    assert_bundle(f, 3, "add bundle.v1@assay to its `namespaces`", "sign", "assistant");
}

static void test_a_name_that_makes_no_tag_is_named(void **state)
{
    struct fixture *f = *state;
    content_make(f, 1);
    on_main(f, "sed -i 's/^name: .*/name: \"a..b c\"/' " CONTENT_ASSISTANT "/manifest.yaml; git commit -qam name");
    assert_bundle(f, 3, CONTENT_ASSISTANT "/manifest.yaml: the name “a..b c” and the version “1.0.0”", "sign",
                  CONTENT_ASSISTANT);
    assert_null(strstr(f->result.errors.data, "damaged"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sign_then_verify),
        TEST(test_stock_tools_take_the_tag_apart),
        TEST(test_target_that_moved_on_leaves_the_old_bundle_good),
        TEST(test_forged_tags_are_refused),
        TEST(test_strangers_and_unknown_modules_are_refused),
        TEST(test_a_bundle_of_invented_records_is_refused),
        TEST(test_claims_that_a_good_signature_covers_are_checked),
        TEST(test_records_that_were_sealed_later_do_not_count),
        TEST(test_the_bundle_of_a_key_that_ended_is_signed_again),
        TEST(test_printed_commands_quote_names),
        TEST(test_keys_are_judged_for_bundles_alone),
        TEST(test_a_name_that_makes_no_tag_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
