/* Many writers and one log, over every way there is to a remote: nothing is lost, nothing is there twice, whoever says no
 * or dies meanwhile. TEST_LARGE=1: 8 processes × 10 records instead of 4 × 3. */
#include "harness/test.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/git/outbox.h"
#include "assay/git/transport.h"
#include "harness/fixture.h"
#include "harness/keygen.h"

#define LOG_BRANCH "assay/log"

static const struct transport background = {.mode = PROCESS_BACKGROUND};

static int writers(void)
{
    return test_is_large() ? 8 : 4;
}

static int records_each(void)
{
    return test_is_large() ? 10 : 3;
}

/* ---- the remote ---- */

static void make_origin(struct fixture *f)
{
    const struct fixture_file file = {"file.txt", SLICE("1")};
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    fixture_commit(f, "origin.git",
                   &(struct fixture_commit){.branch = "main", .from = "", .files = &file, .file_count = 1});
}

static void make_hook(struct fixture *f, const char *name, const char *script)
{
    fixture_script(f, fixture_text(f, "origin.git/hooks/%s", name), script);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    close(listener);
    return ntohs(address.sin_port);
}

/* A server in a process group of its own; what it says goes into server.log. */
static pid_t start_server(struct fixture *f, char *const *arguments)
{
    const char *log = fixture_path(f, "server.log");
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        if (!freopen("/dev/null", "r", stdin) || !freopen(log, "a", stdout) || !freopen(log, "a", stderr))
            _exit(127);
        execv(arguments[0], arguments);
        _exit(127);
    }
    assert_true(child > 0);
    return child;
}

static void stop_server(pid_t server)
{
    int status;
    kill(-server, SIGTERM);
    kill(server, SIGTERM);
    waitpid(server, &status, 0);
}

/* Until the remote answers; false when the server is gone. */
static bool answers(struct fixture *f, const char *url, pid_t server)
{
    for (int i = 0; i < 400; i++) {
        int status;
        if (fixture_git(f, NULL, "ls-remote", url, NULL) == 0)
            return true;
        if (waitpid(server, &status, WNOHANG) == server)
            return false;
        usleep(20000);
    }
    return false;
}

/* ---- those who write ---- */

static void append(struct repo *repo, const char *text)
{
    struct error error = ERROR_INIT;
    struct outbox_record record = {.change = SLICE("prompt/x"),
                                   .record = slice_of(text),
                                   .signature = SLICE("signature"),
                                   .author = SLICE("Ana Ruiz"),
                                   .email = SLICE("ana@example.com")};
    digest_of(record.record, &record.name);
    assert_success(outbox_append(repo, LOG_BRANCH, &record, PROCESS_BACKGROUND, &error), error);
}

/* Sends what waits; how many attempts. */
static size_t send_waiting(struct repo *repo, bool *sent)
{
    struct transport_result result;
    struct error error = ERROR_INIT;
    transport_result_init(&result);
    *sent = transport_push_log(repo, &background, LOG_BRANCH, &result, &error) == 0 && result.outcome == OUTCOME_DONE;
    size_t attempts = result.attempts;
    transport_result_clear(&result);
    return attempts;
}

/* patience: how often a remote that failed is asked again at the end. */
static void write_and_exit(struct fixture *f, int number, int patience)
{
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    size_t attempts = 0;
    bool sent = false;
    if (repo_open(fixture_path(f, fixture_text(f, "clone%d", number)), &repo, &error) < 0)
        _exit(1);
    for (int k = 0; k < records_each(); k++) {
        append(repo, fixture_text(f, "%d of %d", k, number));
        attempts += send_waiting(repo, &sent);
    }
    for (int k = 0; !sent && k < patience; k++)
        attempts += send_waiting(repo, &sent);
    fixture_write_text(f, fixture_text(f, "attempts%d", number), fixture_text(f, "%zu", attempts));
    _exit(sent ? 0 : 2);
}

/* Mean attempts for each record. */
static double all_write(struct fixture *f, const char *url, int patience)
{
    pid_t children[8];
    size_t attempts = 0;
    for (int i = 0; i < writers(); i++)
        if (fixture_git(f, NULL, "clone", "-q", url, fixture_text(f, "clone%d", i), NULL) != 0)
            fail_msg("clone: %s", f->result.errors.data);
    for (int i = 0; i < writers(); i++)
        if ((children[i] = fork()) == 0)
            write_and_exit(f, i, patience);
    int lost = 0;
    for (int i = 0; i < writers(); i++) {
        int status = -1;
        uint64_t tried = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        lost += status == 0 ? 0 : 1;
        slice_to_uint64(fixture_read(f, fixture_text(f, "attempts%d", i)), &tried);
        attempts += (size_t)tried;
    }
    double mean = (double)attempts / (writers() * records_each());
    print_message("%d × %d records, %.2f attempts each\n", writers(), records_each(), mean);
    assert_int_equal(lost, 0);
    return mean;
}

static int count_lines(struct slice text, const char *end)
{
    struct slice line;
    int count = 0;
    while (slice_cut_line(&text, &line))
        count += slice_ends_with(line, slice_of(end)) ? 1 : 0;
    return count;
}

/* Few writers of few records all begin at once: worse than many that go on for a while. 2.5 is what was promised. */
static void expect_few(double attempts)
{
    assert_true(attempts <= (test_is_large() ? 2.5 : 3.5));
}

/* All records are in the tree, and each was added by exactly one commit. */
static void expect_all_kept(struct fixture *f)
{
    assert_int_equal(fixture_git(f, "origin.git", "ls-tree", "-r", "--name-only", LOG_BRANCH, NULL), 0);
    assert_int_equal(count_lines(str_slice(&f->result.output), ".json"), writers() * records_each());
    fixture_git(f, "origin.git", "log", "--format=", "--name-status", "--diff-filter=A", LOG_BRANCH, NULL);
    assert_int_equal(count_lines(str_slice(&f->result.output), ".json"), writers() * records_each());
    fixture_git(f, "origin.git", "log", "--format=", "--name-status", "--diff-filter=a", LOG_BRANCH, NULL);
    assert_int_equal(f->result.output.size, 0);
    assert_int_equal(fixture_git(f, "origin.git", "fsck", "--strict", NULL), 0);
}

/* ---- tests ---- */

static void many_writers_over_a_file(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    double attempts = all_write(f, fixture_text(f, "file://%s/origin.git", f->root), 0);
    expect_all_kept(f);
    expect_few(attempts);
}

static void many_writers_over_git_daemon(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    char *daemon = (char *)fixture_text(f, "%s/git-daemon", fixture_git_output(f, NULL, "--exec-path", NULL));
    if (access(daemon, X_OK) != 0)
        skip();
    int port = free_port();
    pid_t server =
        start_server(f, (char *[]){daemon, (char *)"--listen=127.0.0.1", (char *)fixture_text(f, "--port=%d", port),
                                   (char *)"--reuseaddr", (char *)"--export-all", (char *)"--enable=receive-pack",
                                   (char *)"--max-connections=0", (char *)fixture_text(f, "--base-path=%s", f->root),
                                   (char *)f->root, NULL});
    const char *url = fixture_text(f, "git://127.0.0.1:%d/origin.git", port);
    assert_true(answers(f, url, server));
    double attempts = all_write(f, url, 0);
    stop_server(server);
    expect_all_kept(f);
    expect_few(attempts);
}

/* sshd as an ordinary user or as root, on a port of its own, with keys of its own. ASSAY_SSHD names another program. */
static pid_t start_sshd(struct fixture *f, int port, const char **url)
{
    const char *program = getenv("ASSAY_SSHD") ? getenv("ASSAY_SSHD") : "/usr/sbin/sshd";
    if (access(program, X_OK) != 0)
        return 0;
    const char *host = keygen_key(f, "host", "ed25519", NULL), *user = keygen_key(f, "user", "ed25519", NULL);
    fixture_write(f, "authorized", fixture_read(f, "keys/user.pub"));
    fixture_write_text(
        f, "sshd_config",
        fixture_text(f,
                     "Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\n"
                     "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
                     "MaxStartups 100\nAcceptEnv GIT_PROTOCOL\n",
                     port, host, fixture_path(f, "authorized")));
    /* Its own folder, which is there only where a service was started; without it, it does not run as root. */
    if (geteuid() == 0)
        mkdir("/run/sshd", 0755);
    setenv("GIT_SSH_COMMAND",
           fixture_text(f,
                        "ssh -F /dev/null -i %s -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o "
                        "UserKnownHostsFile=/dev/null -o LogLevel=ERROR",
                        user),
           1);
    const struct passwd *me = getpwuid(geteuid());
    *url = fixture_text(f, "ssh://%s@127.0.0.1:%d%s/origin.git", me ? me->pw_name : "root", port, f->root);
    return start_server(f, (char *[]){(char *)program, (char *)"-D", (char *)"-e", (char *)"-f",
                                      (char *)fixture_path(f, "sshd_config"), NULL});
}

static void many_writers_over_ssh(void **state)
{
    struct fixture *f = *state;
    const char *url = NULL;
    make_origin(f);
    pid_t server = start_sshd(f, free_port(), &url);
    if (server == 0) {
        print_message("# there is no sshd here: make deps, or name one in ASSAY_SSHD\n");
        skip();
    }
    if (!answers(f, url, server)) {
        struct slice said = fixture_read(f, "server.log");
        print_message("# sshd does not work here: %.*s\n%s\n", SLICE_ARG(said), f->result.errors.data);
        stop_server(server);
        skip();
    }
    double attempts = all_write(f, url, 0);
    stop_server(server);
    expect_all_kept(f);
    expect_few(attempts);
}

/* Every third push is declined by a hook, and what waited goes with the next one. */
static void threat_16_hooks_that_decline(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    make_hook(f, "pre-receive",
              "echo x >>tries\nif [ $(($(wc -l <tries) % 3)) -eq 1 ]; then echo 'not today' >&2; exit 1; fi");
    all_write(f, fixture_text(f, "file://%s/origin.git", f->root), 20);
    expect_all_kept(f);
}

/* The server is killed before it moved the reference, and after it did but before it said so. */
static void threat_16_a_remote_that_dies_in_the_middle(void **state)
{
    struct fixture *f = *state;
    make_origin(f);
    const char *die = "echo x >>%s\nif [ $(($(wc -l <%s) %% 3)) -eq 1 ]; then kill -9 $PPID; fi";
    make_hook(f, "pre-receive", fixture_text(f, die, "before", "before"));
    make_hook(f, "post-receive", fixture_text(f, die, "after", "after"));
    all_write(f, fixture_text(f, "file://%s/origin.git", f->root), 20);
    expect_all_kept(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(many_writers_over_a_file),
        TEST(many_writers_over_git_daemon),
        TEST(many_writers_over_ssh),
        TEST(threat_16_hooks_that_decline),
        TEST(threat_16_a_remote_that_dies_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
