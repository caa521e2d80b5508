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

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sign_then_verify),
        TEST(test_stock_tools_take_the_tag_apart),
        TEST(test_target_that_moved_on_leaves_the_old_bundle_good),
        TEST(test_forged_tags_are_refused),
        TEST(test_strangers_and_unknown_modules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
