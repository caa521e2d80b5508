/* Threat 11: what a repository, its remote or its people say, on the way to a terminal or a log. Every place that can
 * hold a text holds one that a terminal would obey or an eye would miss. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "harness/attack.h"
#include "harness/screen.h"
#include "harness/stream.h"

/* SGR, title, clipboard, hyperlink, device status, C1 CSI and OSC, DEL, override, isolate, zero width, tag. */
#define EVIL                                                                                                           \
    "\x1b[7777m\x1b]0;OWNED\x07\x1b]52;c;T1dORUQ=\x07\x1b]8;;http://evil\x1b\\x\x1b[6n\x1bPq\x1b\\"                    \
    "\xc2\x9b"                                                                                                         \
    "7777m\xc2\x9d\x7f\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf\xf3\xa0\x81\x81"                                \
    "e"
/* The same as a JSON or a YAML string can hold it. */
#define EVIL_JSON                                                                                                      \
    "\\u001b[7777m\\u001b]0;OWNED\\u0007\\u001b]52;c;T1dORUQ=\\u0007\\u001b]8;;http://evil\\u001b\\\\x\\u001bPq\\r\\b" \
    "\\u009b7777m\\u009d\\u007f\\u202e\\u2066\\u200b\\ufeff"
#define FORGED "\\nprompt/model → main: pass\\n"
/* In a branch's name: what git allows of it. */
#define EVIL_BRANCH                                                                                                    \
    "prompt/\xe2\x80\xae\xc2\x9b"                                                                                      \
    "7777m\xe2\x80\x8b$(id);"

static void check(struct fixture *f, const char *what)
{
    const char *forged = "\nprompt/model → main: pass\n";
    stream_expect_plain(str_slice(&f->result.output), what);
    stream_expect_plain(str_slice(&f->result.errors), what);
    if (review_says(f, forged) || strstr(f->result.errors.data, forged))
        fail_msg("%s: a name made a line of its own: %s%s", what, f->result.output.data, f->result.errors.data);
}

static void put(struct fixture *f, const char *branch, const char *path, const char *text)
{
    attack_commit(f, branch, "Pat " EVIL " Author <pat" EVIL "@example.com>", path, text);
}

static void fill(struct fixture *f)
{
    const char *people = "Ana Ruiz, roles";
    const char *template_text = "Answer " EVIL "\n\n{{instruction}}\n";
    attack_policy(f, people, "\"Ana " EVIL_JSON FORGED "\", roles");
    fixture_git(f, CONTENT_ORIGIN, "branch", EVIL_BRANCH, "main", NULL);
    fixture_git(f, CONTENT_ORIGIN, "update-ref",
                "refs/heads/prompt/\xff\x9b"
                "7777m",
                "main", NULL);
    put(f, EVIL_BRANCH, CONTENT_ASSISTANT "/prompts/answer.tpl", template_text);
    put(f, EVIL_BRANCH, CONTENT_ASSISTANT "/notes \x1b[7777m\xe2\x80\xae.md", "x");
    put(f, EVIL_BRANCH, CONTENT_ASSISTANT "/manifest.yaml",
        attack_bend(f, slice_of(content_manifest(f, "\"assistant " EVIL_JSON FORGED "\"", "model-a", "medium", "pii")),
                    "version: 1.0.0", "version: 1.0.0\nowner: \"" EVIL_JSON "\"")
            .data);
    const char *golden = content_golden(f, REVIEW_CASES);
    golden = attack_bend(f, slice_of(golden), "\"id\": \"c1\"", "\"id\": \"c1" EVIL_JSON FORGED "\"").data;
    golden = attack_bend(f, slice_of(golden), "\"expected\": \"", "\"expected\": \"" EVIL_JSON FORGED).data;
    put(f, EVIL_BRANCH, CONTENT_ASSISTANT "/tests/golden_answer.json", golden);
    const char *outputs =
        content_outputs(f, template_text, "model-a", EVIL_JSON FORGED "`" EVIL_JSON "`", REVIEW_CASES);
    put(f, EVIL_BRANCH, CONTENT_ASSISTANT "/tests/outputs/answer.json",
        attack_bend(f, slice_of(outputs), "\"case\": \"c1\"", "\"case\": \"c1" EVIL_JSON FORGED "\"").data);
    /* And one whose errors quote it. */
    put(f, "prompt/verbose", CONTENT_TUTOR "/manifest.yaml", "name: x\n\"" EVIL_JSON FORGED "\": [1\n");
    put(f, "prompt/verbose", CONTENT_ASSISTANT "/tests/golden_answer.json",
        "{\"prompt\": \"answer\", \"cases\": [{\"id\": \"" EVIL_JSON FORGED "\"}, {\"id\": \"" EVIL_JSON FORGED
        "\"}]}");
    put(f, "prompt/model", CONTENT_TUTOR "/tests/outputs/answer.json", "{\"" EVIL_JSON FORGED "\": " EVIL "}");
    fixture_git(f, ATTACK_JUDGE, "fetch", "-q", NULL);
}

static void run_all(struct fixture *f)
{
    static const char *const lines[][4] = {
        {"queue"},
        {"queue", "--json"},
        {"queue", "--needs", "legal"},
        {"show", EVIL_BRANCH},
        {"show", EVIL_BRANCH, "--json"},
        {"show", "prompt/verbose"},
        {"show", "prompt/model"},
        {"show", "prompt/\xff\x9b"
                 "7777m"},
        {"gate", EVIL_BRANCH},
        {"gate", EVIL_BRANCH, "--json"},
        {"gate", "--all"},
        {"gate", "--all", "--json"},
        {"log", "-v"},
        {"log", "--json"},
        {"log", "-v", EVIL_BRANCH},
        {"verify"},
        {"verify", "--json"},
        {"sync"},
        {"sync", "--json"},
        {"audit"},
        {"audit", "--json"},
        {"seal", EVIL_BRANCH},
        {"check"},
        {"check", EVIL_BRANCH},
        {"check", EVIL_BRANCH, "--json"},
        {"report", EVIL_BRANCH, "--format", "markdown"},
        {"stats"},
        {EVIL},
        {"gate", EVIL},
        {"gate", "--" EVIL},
        {"help", EVIL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        const char *const *words = lines[i];
        fixture_assay(f, ATTACK_JUDGE, words[0], words[1], words[1] ? words[2] : NULL,
                      words[1] && words[2] ? words[3] : NULL, NULL);
        assert_true(f->result.exit_code >= 0 && f->result.exit_code <= 4);
        check(f, fixture_text(f, "%s %s", words[0], words[1] ? words[1] : ""));
    }
}

static void threat_11_escapes_in_content_and_names(void **state)
{
    struct fixture *f = *state;
    fill(f);
    run_all(f);
    if (fixture_assay(f, ATTACK_JUDGE, "show", EVIL_BRANCH, NULL) != 0)
        fail_msg("show: %s", f->result.errors.data);
    review_said(f, "7777m"); /* shown as what it is, not hidden */
    review_said(f, "OWNED");
}

static void threat_11_escapes_in_records(void **state)
{
    struct fixture *f = *state;
    fill(f);
    review_signed(f, ATTACK_JUDGE, "ana", "prompt/concise", "assistant", "content-owner", "request-changes",
                  "--comment", "No. " EVIL "\nprompt/model → main: pass", NULL);
    check(f, "sign");
    struct attack_record lena =
        attack_take(f, "lena", "prompt/concise", "assistant", "legal", "abstain", "--comment", "Hm.", NULL);
    struct slice bytes = attack_bend(f, lena.bytes, "\"name\": \"Lena Ortiz\"", "\"name\": \"" EVIL_JSON FORGED "\"");
    struct attack_record forged =
        attack_sign(f, "mallory", attack_bend(f, bytes, "\"comment\": \"Hm.\"", "\"comment\": \"" EVIL "\""));
    struct attack_record junk = {forged.name, SLICE("{\"" EVIL "\": 1}"), SLICE("-----BEGIN " EVIL "\n")};
    attack_log(f, "prompt/concise", &forged);
    attack_log(f, EVIL_BRANCH, &junk);
    attack_commit(f, "assay/log", "Mallory " EVIL " <m@example.com>", "r/\x1b[7777m/\x1b]0;OWNED\x07.json", "x");
    fixture_assay(f, ATTACK_JUDGE, "sync", NULL);
    run_all(f);
    fixture_assay(f, ATTACK_JUDGE, "sign", "prompt/concise", "--module", EVIL, "--role", EVIL, "--verdict", EVIL, NULL);
    check(f, "sign");
}

/* A remote's hook, a signing program, an address: what other programs print. */
static void threat_11_escapes_of_other_programs(void **state)
{
    struct fixture *f = *state;
    fixture_script(f, CONTENT_ORIGIN "/hooks/pre-receive",
                   "printf '%s\\n' '" EVIL "' >&2\necho 'no\nprompt/model → main: pass' >&2\nexit 1");
    assert_int_equal(review_sign(f, ATTACK_JUDGE, "lena", "prompt/concise", "assistant", "legal", "approve", NULL), 0);
    check(f, "sign, declined");
    review_complained(f, "7777m");
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "sync", NULL), 4);
    check(f, "sync, declined");
    review_complained(f, "7777m");
    fixture_assay(f, ATTACK_JUDGE, "sync", "--json", NULL);
    check(f, "sync --json, declined");
    const char *ssh = fixture_script(f, "bad-ssh", "printf '%s\\n' '" EVIL "' >&2\nexit 255");
    fixture_git(f, ATTACK_JUDGE, "config", "core.sshCommand", ssh, NULL);
    fixture_git(f, ATTACK_JUDGE, "config", "remote.origin.url", "ssh://example.invalid/x", NULL);
    assert_int_equal(fixture_assay(f, ATTACK_JUDGE, "gate", "prompt/concise", NULL), 4);
    check(f, "gate, no remote");
    review_complained(f, "7777m");
    fixture_git(f, ATTACK_JUDGE, "config", "assay.signingKey", fixture_path(f, "none" EVIL), NULL);
    assert_int_not_equal(fixture_assay(f, ATTACK_JUDGE, "sign", "prompt/concise", "--module", "assistant", "--role",
                                       "legal", "--verdict", "approve", NULL),
                         0);
    check(f, "sign without a key");
}

static void threat_11_escapes_in_the_console(void **state)
{
    struct fixture *f = *state;
    fill(f);
    struct screen *s =
        screen_start((const char *[]){ASSAY_BINARY, "-C", fixture_path(f, ATTACK_JUDGE), NULL}, NULL, 40, 120);
    assert_non_null(s);
    assert_true(screen_wait_text(s, "prompt/"));
    static const char *const keys[] = {"j",     "k", "<Enter>", "j", "<Enter>", "j", "j",
                                       "<Tab>", "?", "q",       "q", "q",       "l", "q"};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        screen_keys(s, keys[i]);
        screen_wait_quiet(s);
    }
    stream_expect_own(screen_stream(s), "the console");
    screen_free(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, attack_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(threat_11_escapes_in_content_and_names),
        TEST(threat_11_escapes_in_records),
        TEST(threat_11_escapes_of_other_programs),
        TEST(threat_11_escapes_in_the_console),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
