/* Threats 14 and 15: what a repository could make assay run, or send. What git itself trusts is the user's own: a
 * .git/config that the user wrote (core.sshCommand, credential.helper) goes on being used for fetch and push. What came
 * with content does not: hooks, command transports, drivers, an embedded bare repository. */
#include "harness/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "harness/attack.h"

#define CONCISE "prompt/concise"

static bool canary_sang(struct fixture *f)
{
    bool sang = access(fixture_path(f, "canary"), F_OK) == 0;
    unlink(fixture_path(f, "canary"));
    return sang;
}

static void put_script(struct fixture *f, const char *path)
{
    fixture_script(f, path, fixture_text(f, "echo \"$0 $*\" >>%s\nexit 0", fixture_path(f, "canary")));
}

static void run_every_command(struct fixture *f, const char *folder)
{
    static const char *const lines[][3] = {
        {"queue"},           {"show", CONCISE}, {"gate", CONCISE},  {"gate", "--all"}, {"verify"},
        {"log", "-v"},       {"check"},         {"check", CONCISE}, {"seal", CONCISE}, {"audit"},
        {"report", CONCISE}, {"stats"},         {"sync"},
    };
    review_sign(f, folder, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    review_sign(f, folder, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        fixture_assay(f, folder, lines[i][0], lines[i][1], NULL);
        if (canary_sang(f))
            fail_msg("assay %s ran something of the repository's", lines[i][0]);
    }
}

static void threat_14_no_hook_of_the_repository_runs(void **state)
{
    static const char *const hooks[] = {"pre-push",           "reference-transaction",
                                        "post-checkout",      "pre-auto-gc",
                                        "post-merge",         "pre-commit",
                                        "commit-msg",         "post-commit",
                                        "prepare-commit-msg", "post-rewrite",
                                        "fsmonitor-watchman", "post-index-change",
                                        "post-update",        "sendemail-validate",
                                        "applypatch-msg"};
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(hooks); i++)
        put_script(f, fixture_text(f, "%s/.git/hooks/%s", ATTACK_JUDGE, hooks[i]));
    fixture_git(f, ATTACK_JUDGE, "config", "commit.gpgSign", "true", NULL); /* then git itself makes the commit */
    run_every_command(f, ATTACK_JUDGE);
    for (size_t i = 0; i < ARRAY_COUNT(hooks); i++)
        put_script(f, fixture_text(f, "hooks/%s", hooks[i]));
    fixture_git(f, ATTACK_JUDGE, "config", "core.hooksPath", fixture_path(f, "hooks"), NULL);
    attack_commit(f, "main", NULL, "README.md", "moved\n"); /* so that there is something to fetch */
    run_every_command(f, ATTACK_JUDGE);
}

static void threat_14_no_driver_or_monitor_runs(void **state)
{
    static const char *const keys[] = {"core.fsmonitor",        "core.pager",         "pager.log",
                                       "diff.external",         "diff.evil.command",  "diff.evil.textconv",
                                       "merge.evil.driver",     "filter.evil.smudge", "filter.evil.clean",
                                       "filter.evil.process",   "core.editor",        "sequence.editor",
                                       "core.askPass",          "gpg.program",        "gpg.ssh.defaultKeyCommand",
                                       "alias.fetch",           "alias.push",         "uploadpack.packObjectsHook",
                                       "interactive.diffFilter"};
    struct fixture *f = *state;
    put_script(f, "evil");
    fixture_write_text(f, ATTACK_JUDGE "/.git/info/attributes", "* filter=evil diff=evil merge=evil\n");
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        fixture_git(f, ATTACK_JUDGE, "config", keys[i], fixture_path(f, "evil"), NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "alias.ls-remote", fixture_text(f, "!%s", fixture_path(f, "evil")), NULL);
    run_every_command(f, ATTACK_JUDGE);
    attack_commit(f, "main", NULL, "README.md", "moved\n");
    run_every_command(f, ATTACK_JUDGE);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 4,"); /* all of it worked */
}

static void threat_14_command_transports_are_denied(void **state)
{
    struct fixture *f = *state;
    put_script(f, "evil");
    put_script(f, "bin/git-remote-evil");
    setenv("PATH", fixture_text(f, "%s:%s", fixture_path(f, "bin"), getenv("PATH")), 1);
    const char *const addresses[] = {
        fixture_text(f, "ext::%s", fixture_path(f, "evil")),
        fixture_text(f, "--upload-pack=%s", fixture_path(f, "evil")),
        fixture_text(f, "ssh://-oProxyCommand=%s/x", fixture_path(f, "evil")),
    };
    fixture_git(f, ATTACK_JUDGE, "config", "protocol.ext.allow", "always", NULL);
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        fixture_git(f, ATTACK_JUDGE, "config", "remote.origin.url", addresses[i], NULL);
        assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sync", NULL), 4);
        assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", CONCISE, NULL), 4);
        if (canary_sang(f))
            fail_msg("%s ran", addresses[i]);
    }
    /* The same by another door: insteadOf, pushInsteadOf, a remote's name that is an option. */
    fixture_git(f, ATTACK_JUDGE, "config", "remote.origin.url", "https://example.invalid/x", NULL);
    fixture_git(f, ATTACK_JUDGE, "config", fixture_text(f, "url.%s.insteadOf", addresses[0]),
                "https://example.invalid/x", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", CONCISE, NULL), 4);
    assert_false(canary_sang(f));
    fixture_git(f, ATTACK_JUDGE, "config", "--remove-section", "remote.origin", NULL);
    fixture_git(f, ATTACK_JUDGE, "config", fixture_text(f, "remote.--upload-pack=%s.url", fixture_path(f, "evil")),
                fixture_path(f, CONTENT_ORIGIN), NULL);
    fixture_assay(f, ATTACK_JUDGE, "sync", NULL);
    assert_false(canary_sang(f));
}

/* remote.*.uploadpack, core.sshCommand and credential.helper name programs, too: they are in the user's own .git/config,
 * which git trusts, and without them many could not reach their server. */
static void threat_14_the_user_s_own_ssh_command_is_used(void **state)
{
    struct fixture *f = *state;
    put_script(f, "my-ssh");
    fixture_git(f, ATTACK_JUDGE, "config", "core.sshCommand", fixture_path(f, "my-ssh"), NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "remote.origin.url", "ssh://example.invalid/x", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", CONCISE, NULL), 4);
    assert_true(canary_sang(f));
    /* What only reads does not speak to the remote at all. */
    static const char *const quiet[] = {"queue", "log"};
    for (size_t i = 0; i < ARRAY_COUNT(quiet); i++) {
        assert_int_equal(fixture_assay(f, ATTACK_JUDGE, quiet[i], NULL), 0);
        assert_false(canary_sang(f));
    }
}

/* A bare repository inside of content, with a configuration of its own: opening its folder opens the outer one. */
static void threat_14_an_embedded_bare_repository_is_not_opened(void **state)
{
    struct fixture *f = *state;
    const char *inner = ATTACK_JUDGE "/learning-content/modules/inner";
    fixture_git(f, NULL, "init", "-q", "--bare", inner, NULL);
    put_script(f, "evil");
    fixture_git(f, inner, "config", "core.sshCommand", fixture_path(f, "evil"), NULL);
    fixture_git(f, inner, "config", "remote.origin.url", "ssh://example.invalid/x", NULL);
    fixture_assay(f, ATTACK_JUDGE, "queue", NULL);
    assert_int_equal(f->result.exit_code, 0);
    fixture_assay(f, inner, "sync", NULL);
    assert_false(canary_sang(f));
    fixture_assay(f, inner, "gate", CONCISE, NULL);
    assert_false(canary_sang(f));
}

static void threat_14_a_repository_of_somebody_else_is_refused(void **state)
{
    struct fixture *f = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(fixture_run(f, NULL, "chown", "-R", "65534:65534", ATTACK_JUDGE, NULL), 0);
    int theirs = fixture_git(f, ATTACK_JUDGE, "status", NULL);
    assert_int_not_equal(theirs, 0);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "queue", NULL), 4);
    review_complained(f, "safe.directory");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", CONCISE, NULL), 4);
    fixture_git(f, NULL, "config", "--global", "--add", "safe.directory", fixture_path(f, ATTACK_JUDGE), NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "queue", NULL), 0);
}

/* A door on 127.0.0.1 that nobody has a reason to knock at. */
static int open_door(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(door >= 0);
    assert_int_equal(bind(door, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(door, 8), 0);
    assert_int_equal(getsockname(door, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return door;
}

static bool knock(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int visitor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool heard = connect(visitor, (struct sockaddr *)&address, sizeof address) == 0;
    close(visitor);
    return heard;
}

static bool somebody_knocked(int door)
{
    struct pollfd waiting = {.fd = door, .events = POLLIN};
    return poll(&waiting, 1, 0) > 0;
}

/* Wherever a repository could name an address, a key or a command: nothing is sent to it, and nothing of it runs. What
 * calls endpoints, `assay run`, is not built yet; whatever is built must not be led by these. */
static void threat_15_an_endpoint_of_the_repository_gets_not_one_packet(void **state)
{
    struct fixture *f = *state;
    int port, door = open_door(&port);
    const char *url = fixture_text(f, "http://127.0.0.1:%d/v1", port);
    put_script(f, "evil");
    const char *command = fixture_path(f, "evil");
    const char *const settings[][2] = {
        {"assay.endpoint", "staging"},
        {"assay.endpoint.staging.url", url},
        {"assay.endpoint.staging.keyEnv", "HOME"},
        {"assay.endpoint.staging.command", command},
        {"assay.command", command},
        {"lfs.url", url},
        {"http.proxy", url},
        {"fetch.recurseSubmodules", "true"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
        fixture_git(f, ATTACK_JUDGE, "config", settings[i][0], settings[i][1], NULL);
    const char *more = fixture_text(f,
                                    "endpoint: {url: \"%s\", key: sk-secret, keyEnv: HOME}\nurl: %s\ncommand: %s\n"
                                    "run: %s\nhooks: {before: %s}\n",
                                    url, url, command, command, command);
    const char *outputs =
        attack_bend(f,
                    slice_of(content_outputs(f, "Answer in one sentence.\n\n{{instruction}}\n", "model-a", "In short.",
                                             REVIEW_CASES)),
                    "\"prompt\": \"answer\",", fixture_text(f, "\"prompt\": \"answer\", \"endpoint\": \"%s\",", url))
            .data;
    attack_commit(f, CONCISE, NULL, CONTENT_ASSISTANT "/manifest.yaml",
                  fixture_text(f, "%s%s", content_manifest(f, "assistant", "model-a", "medium", "pii"), more));
    attack_commit(f, CONCISE, NULL, CONTENT_ASSISTANT "/tests/outputs/answer.json", outputs);
    attack_commit(f, CONCISE, NULL, ".gitmodules", fixture_text(f, "[submodule \"x\"]\n\tpath = x\n\turl = %s\n", url));
    attack_commit(f, CONCISE, NULL, ".lfsconfig", fixture_text(f, "[lfs]\n\turl = %s\n", url));
    attack_commit(f, CONCISE, NULL, ".gitattributes", "* filter=lfs diff=lfs merge=lfs\n");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
    run_every_command(f, ATTACK_JUDGE);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", CONCISE, NULL), 0); /* the keys are unknown, and harmless */
    fixture_assay(f, ATTACK_JUDGE, "run", CONCISE, NULL);
    fixture_assay(f, ATTACK_JUDGE, "export", "in-toto", CONCISE, NULL);
    if (somebody_knocked(door))
        fail_msg("something was sent to %s", url);
    assert_false(canary_sang(f));
    assert_true(knock(port) && somebody_knocked(door)); /* it would have been heard */
    close(door);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_14_no_hook_of_the_repository_runs),
        TEST(threat_14_no_driver_or_monitor_runs),
        TEST(threat_14_command_transports_are_denied),
        TEST(threat_14_the_user_s_own_ssh_command_is_used),
        TEST(threat_14_an_embedded_bare_repository_is_not_opened),
        TEST(threat_14_a_repository_of_somebody_else_is_refused),
        TEST(threat_15_an_endpoint_of_the_repository_gets_not_one_packet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
