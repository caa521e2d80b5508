/* A remote that takes the connection and never says a word: no command hangs, each says what to do, and a signal ends
 * it at once, with the git that it ran. */
#include "harness/test.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

static int listener;
static const char *silent_address;

/* The system takes connections, up to the backlog, for a program that never asks for them. */
static const char *listen_and_say_nothing(struct fixture *f)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 64), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    return fixture_text(f, "git://127.0.0.1:%d/origin.git", ntohs(address.sin_port));
}

static int setup(void **state)
{
    if (review_setup(state) != 0)
        return -1;
    struct fixture *f = *state;
    review_signed(f, C, "ana", CONCISE, "assistant", "content-owner", "approve", NULL);
    content_become(f, "lena");
    silent_address = listen_and_say_nothing(f);
    assert_int_equal(fixture_git(f, C, "remote", "set-url", "origin", silent_address, NULL), 0);
    return 0;
}

static int teardown(void **state)
{
    close(listener);
    return fixture_teardown(state);
}

/* The remote speaks again. */
static void restore_remote(struct fixture *f)
{
    assert_int_equal(fixture_git(f, C, "remote", "set-url", "origin", fixture_path(f, CONTENT_ORIGIN), NULL), 0);
}

static void everything_is_sent_later(struct fixture *f, size_t records)
{
    restore_remote(f);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    review_said(f, fixture_text(f, "\"good\": %zu,", records));
    assert_int_equal(fixture_git(f, C, "fsck", "--strict", "--no-dangling", NULL), 0);
}

/* ---- the limit ---- */

static const struct {
    const char *command;
    int code;
    const char *says[3];
} commands[] = {
    {"gate " CONCISE, 4, {"Not fresh", "git said nothing for 1 s (git config assay.silence", "--offline"}},
    {"verify", 4, {"Not fresh", "said nothing", "--offline"}},
    {"audit", 4, {"Not fresh", "said nothing", "--offline"}},
    {"seal " CONCISE, 4, {"Not fresh", "said nothing"}},
    {"sync", 4, {"Not fetched", "said nothing"}},
    {"sign " CONCISE " --module assistant --role legal --verdict approve", 0, {"The log was not sent", "said nothing"}},
};

/* All at the same time: each waits for the whole limit. */
static void no_command_hangs(void **state)
{
    struct fixture *f = *state;
    struct str script = STR_INIT;
    assert_int_equal(fixture_git(f, C, "config", "assay.silence", "1", NULL), 0);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        str_appendf(&script, "{ %s %s >/dev/null 2>../words%zu; echo $? >../code%zu; } &\n", ASSAY_BINARY,
                    commands[i].command, i, i);
    str_append_text(&script, "wait");
    assert_int_equal(fixture_run(f, C, "sh", "-c", script.data, NULL), 0);
    str_clear(&script);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        const char *words = fixture_read(f, fixture_text(f, "words%zu", i)).data;
        const char *code = fixture_read(f, fixture_text(f, "code%zu", i)).data;
        if (strcmp(code, fixture_text(f, "%d\n", commands[i].code)) != 0)
            fail_msg("%s: exit %s: %s", commands[i].command, code, words);
        for (size_t k = 0; k < ARRAY_COUNT(commands[i].says) && commands[i].says[k]; k++)
            if (!strstr(words, commands[i].says[k]))
                fail_msg("%s: no “%s” in: %s", commands[i].command, commands[i].says[k], words);
    }
    assert_int_equal(fixture_assay(f, C, "gate", CONCISE, "--offline", NULL), 0);
    everything_is_sent_later(f, 2);
}

/* ---- signals ---- */

static pid_t start(struct fixture *f, const char *const *arguments)
{
    const char *folder = fixture_path(f, C), *words = fixture_path(f, "words");
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        signal(SIGINT, SIG_DFL); /* a shell that runs the tests in the background has it ignored */
        if (chdir(folder) != 0 || !freopen(words, "w", stderr) || !freopen("/dev/null", "w", stdout) ||
            !freopen("/dev/null", "r", stdin))
            _exit(99);
        execv(ASSAY_BINARY, (char *const *)(uintptr_t)arguments);
        _exit(99);
    }
    return pid;
}

/* Whatever git still says is read, until it has gone. */
static void wait_for_its_end(int connection)
{
    char bytes[4096];
    ssize_t got;
    do
        got = read(connection, bytes, sizeof bytes);
    while (got > 0);
    close(connection);
}

static const char *stop_when_connected(struct fixture *f, const char *const *arguments, int number)
{
    int status;
    const pid_t pid = start(f, arguments);
    const int connection = accept(listener, NULL, NULL);
    assert_true(connection >= 0);
    assert_int_equal(kill(pid, number), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    const char *words = fixture_read(f, "words").data;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 130)
        fail_msg("%s: status %d: %s", arguments[1], status, words);
    wait_for_its_end(connection);
    return words;
}

static void a_signal_stops_git_too(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fixture_git(f, C, "config", "assay.silence", "0", NULL), 0);
    stop_when_connected(f, (const char *[]){ASSAY_BINARY, "sync", NULL}, SIGINT);
    stop_when_connected(f, (const char *[]){ASSAY_BINARY, "gate", CONCISE, NULL}, SIGTERM);
    stop_when_connected(f, (const char *[]){ASSAY_BINARY, "seal", CONCISE, NULL}, SIGHUP);
    everything_is_sent_later(f, 1);
}

static void what_was_signed_is_kept(void **state)
{
    struct fixture *f = *state;
    const char *const sign[] = {ASSAY_BINARY, "sign",  CONCISE,     "--module", "assistant",
                                "--role",     "legal", "--verdict", "approve",  NULL};
    assert_int_equal(fixture_git(f, C, "config", "assay.silence", "0", NULL), 0);
    const char *words = stop_when_connected(f, sign, SIGINT); /* while it looks at the log */
    if (!strstr(words, "nothing was signed"))
        fail_msg("%s", words);
    assert_int_equal(fixture_assay(f, C, "log", "--json", NULL), 0);
    assert_null(strstr(f->result.output.data, "lena"));
    /* The remote answers who asks, and not who sends. */
    assert_int_equal(fixture_git(f, C, "config", "remote.origin.pushUrl", silent_address, NULL), 0);
    restore_remote(f);
    words = stop_when_connected(f, sign, SIGINT);
    if (!strstr(words, "signed and kept here"))
        fail_msg("%s", words);
    assert_int_equal(fixture_git(f, C, "config", "--unset", "remote.origin.pushUrl", NULL), 0);
    everything_is_sent_later(f, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_command_hangs, setup, teardown),
        cmocka_unit_test_setup_teardown(a_signal_stops_git_too, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_signed_is_kept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
