#include "harness/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/trust/keys.h"
#include "assay/trust/sshsig.h"
#include "harness/keygen.h"

#define NAMESPACE "review.v1@assay"
static const struct slice message = {"what is signed\n", 15};

static int find(const char *value, struct keys *keys, struct error *error)
{
    return keys_find(&(struct keys_settings){.assay_signing_key = value}, keys, error);
}

static void expect_found(const char *value, struct slice blob)
{
    struct keys keys;
    struct error error = ERROR_INIT;
    assert_success(find(value, &keys, &error), error);
    assert_true(slice_equal(str_slice(&keys.blob), blob));
    keys_clear(&keys);
}

static void expect_missing(const char *value, const char *part)
{
    struct keys keys;
    struct error error = ERROR_INIT;
    assert_failure(find(value, &keys, &error), error, ERROR_ENVIRONMENT, part);
    keys_clear(&keys);
}

static void finds_keys_as_git_does(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    struct slice blob = keygen_public_blob(f, key);
    expect_found(key, blob);
    expect_found(fixture_text(f, "%s.pub", key), blob);
    expect_found(fixture_text(f, "key::%s", line), blob);
    expect_found(fixture_text(f, "key::%s a comment", line), blob);
    expect_found(line, blob);
    fixture_write(f, fixture_text(f, "%s/.ssh/id", f->home), fixture_read(f, fixture_text(f, "%s.pub", key)));
    expect_found("~/.ssh/id", blob);
    /* Without FILE.pub the public half comes out of the private file, locked or not. */
    assert_int_equal(rename(fixture_text(f, "%s.pub", key), fixture_path(f, "elsewhere.pub")), 0);
    expect_found(key, blob);
    assert_int_equal(fixture_run(f, NULL, "ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", key, (char *)NULL),
                     0);
    expect_found(key, blob);
}

static void says_what_to_do_without_a_key(void **state)
{
    struct fixture *f = *state;
    const char *weak = keygen_key(f, "weak", "rsa", "1024");
    expect_missing(NULL, "No signing key is configured");
    expect_missing("", "git config --global assay.signingKey");
    expect_missing("/no/such/key", "There is no signing key /no/such/key; make one with ssh-keygen");
    expect_missing("key::ssh-ed25519 AAAA", "is not a public key");
    expect_missing("key::", "is not a public key");
    expect_missing(weak, "too short");
    fixture_write_text(f, "junk", "junk\n");
    expect_missing(fixture_path(f, "junk"), "ssh-keygen -y -f");
    fixture_write_text(f, "empty", "");
    expect_missing(fixture_path(f, "empty"), "ssh-keygen -y -f");
    expect_missing(f->root, "ssh-keygen -y -f"); /* a folder */
}

static void prefers_its_own_setting(void **state)
{
    struct fixture *f = *state;
    const char *ana = keygen_key(f, "ana", "ed25519", NULL), *lena = keygen_key(f, "lena", "ed25519", NULL);
    struct keys keys;
    struct error error = ERROR_INIT;
    assert_success(keys_find(&(struct keys_settings){ana, lena, "ssh"}, &keys, &error), error);
    assert_true(slice_equal(str_slice(&keys.blob), keygen_public_blob(f, ana)));
    keys_clear(&keys);
    assert_success(keys_find(&(struct keys_settings){NULL, lena, "ssh"}, &keys, &error), error);
    assert_true(slice_equal(str_slice(&keys.blob), keygen_public_blob(f, lena)));
    keys_clear(&keys);
    /* The default format of git is OpenPGP: then its key is no key of ours. */
    assert_failure(keys_find(&(struct keys_settings){NULL, "0123ABCD", NULL}, &keys, &error), error, ERROR_ENVIRONMENT,
                   "No signing key");
    keys_clear(&keys);
    assert_failure(keys_find(&(struct keys_settings){NULL, "0123ABCD", "openpgp"}, &keys, &error), error,
                   ERROR_ENVIRONMENT, "No signing key");
    keys_clear(&keys);
}

static void sign_and_compare(struct fixture *f, const char *value, struct slice bytes)
{
    struct keys keys;
    struct error error = ERROR_INIT;
    struct str armor = STR_INIT;
    bool foreground_helps = true;
    assert_success(find(value, &keys, &error), error);
    assert_success(keys_sign(&keys, NAMESPACE, bytes, PROCESS_BACKGROUND, &armor, &foreground_helps, &error), error);
    assert_false(foreground_helps);
    fixture_write_text(f, "allowed", fixture_text(f, "ana namespaces=\"%s\" %s\n", NAMESPACE, keys.line.data));
    assert_true(keygen_verifies(f, fixture_path(f, "allowed"), "ana", str_slice(&armor), NAMESPACE, bytes, NULL));
    assert_true(slice_is(keygen_take_apart(f, str_slice(&armor)).hash, "sha512"));
    str_clear(&armor);
    keys_clear(&keys);
}

static void signs_so_that_ssh_keygen_verifies(void **state)
{
    struct fixture *f = *state;
    static const char *const types[][2] = {{"ed25519", NULL}, {"ecdsa", "256"}, {"ecdsa", "521"}, {"rsa", "3072"}};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        const char *key = keygen_key(f, fixture_text(f, "key%zu", i), types[i][0], types[i][1]);
        sign_and_compare(f, key, message);
        sign_and_compare(f, fixture_text(f, "%s.pub", key), message);
    }
    struct str large = STR_INIT;
    const char *key = keygen_key(f, "large", "ed25519", NULL);
    str_append_repeat(&large, 'x', 3 << 20);
    sign_and_compare(f, key, str_slice(&large));
    sign_and_compare(f, key, (struct slice){NULL, 0});
    str_clear(&large);
}

static void expect_refusal(const char *value, const char *part, bool helps)
{
    struct keys keys;
    struct error error = ERROR_INIT;
    struct str armor = STR_INIT;
    bool foreground_helps = !helps;
    assert_success(find(value, &keys, &error), error);
    assert_failure(keys_sign(&keys, NAMESPACE, message, PROCESS_BACKGROUND, &armor, &foreground_helps, &error), error,
                   ERROR_ENVIRONMENT, part);
    assert_int_equal(foreground_helps, helps);
    assert_int_equal(armor.size, 0);
    str_clear(&armor);
    keys_clear(&keys);
}

static void says_why_it_cannot_sign(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    const char *locked = keygen_key(f, "locked", "ed25519", NULL), *lone = keygen_key(f, "lone", "ed25519", NULL);
    assert_int_equal(
        fixture_run(f, NULL, "ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", locked, (char *)NULL), 0);
    expect_refusal(locked, "needs its passphrase; sign in the foreground, or hand it to an agent with ssh-add", true);
    assert_int_equal(remove(lone), 0);
    expect_refusal(fixture_text(f, "%s.pub", lone), "has no private half here", false);
    expect_refusal(fixture_text(f, "key::%s", line), "has no private half here", false);
    assert_int_equal(chmod(key, 0644), 0);
    expect_refusal(key, "chmod 600", false);
}

/* A key that was found may be replaced before it signs: then nothing is published. */
static void refuses_a_signature_of_another_key(void **state)
{
    struct fixture *f = *state;
    const char *ana = keygen_key(f, "ana", "ed25519", NULL), *lena = keygen_key(f, "lena", "ed25519", NULL);
    struct keys keys;
    struct error error = ERROR_INIT;
    struct str armor = STR_INIT;
    assert_success(find(ana, &keys, &error), error);
    assert_int_equal(rename(lena, ana), 0);
    assert_int_equal(rename(fixture_text(f, "%s.pub", lena), fixture_text(f, "%s.pub", ana)), 0);
    assert_failure(keys_sign(&keys, NAMESPACE, message, PROCESS_BACKGROUND, &armor, NULL, &error), error,
                   ERROR_ENVIRONMENT, "does not verify");
    assert_int_equal(armor.size, 0);
    str_clear(&armor);
    keys_clear(&keys);
}

static void signs_with_an_agent(void **state)
{
    struct fixture *f = *state;
    const char *key = keygen_key(f, "ana", "ed25519", NULL), *line = keygen_public_line(f, key);
    const char *socket = fixture_path(f, "agent");
    assert_int_equal(fixture_run(f, NULL, "ssh-agent", "-s", "-a", socket, (char *)NULL), 0);
    const char *pid = strstr(f->result.output.data, "SSH_AGENT_PID=");
    assert_non_null(pid);
    pid_t agent = (pid_t)atol(pid + sizeof "SSH_AGENT_PID=" - 1);
    setenv("SSH_AUTH_SOCK", socket, 1);
    const char *literal = fixture_text(f, "key::%s", line);
    expect_refusal(literal, "the agent does not hold it", false);
    int added = fixture_run(f, NULL, "ssh-add", "-q", key, (char *)NULL);
    remove(key);
    if (added == 0) {
        sign_and_compare(f, literal, message);
        sign_and_compare(f, fixture_text(f, "%s.pub", key), message);
    }
    unsetenv("SSH_AUTH_SOCK");
    kill(agent, SIGTERM);
    assert_int_equal(added, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_keys_as_git_does),  TEST(says_what_to_do_without_a_key),
        TEST(prefers_its_own_setting), TEST(signs_so_that_ssh_keygen_verifies),
        TEST(says_why_it_cannot_sign), TEST(refuses_a_signature_of_another_key),
        TEST(signs_with_an_agent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
