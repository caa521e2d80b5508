/* Texts of git, OpenSSH and servers, and what they mean. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/git/outcome.h"
#include "assay/text/sanitise.h"

static void assert_words(enum outcome outcome, enum outcome expected, struct str *words, const char *text)
{
    if (outcome != expected || strcmp(words->data, text) != 0) {
        fail_msg("%s: \"%s\"; expected %s: \"%s\"", outcome_text(outcome), words->data, outcome_text(expected), text);
    }
    str_clear(words);
}

static void each_has_its_text(void **state)
{
    (void)state;
    for (int a = OUTCOME_DONE; a <= OUTCOME_LOCKED; a++) {
        assert_true(outcome_text((enum outcome)a)[0] != '\0');
        for (int b = OUTCOME_DONE; b < a; b++) {
            assert_string_not_equal(outcome_text((enum outcome)a), outcome_text((enum outcome)b));
        }
    }
}

static void tells_who_asks_from_who_is_away(void **state)
{
    static const struct {
        const char *errors;
        enum outcome outcome;
    } cases[] = {
        {"fatal: Authentication failed for 'https://git.example/x'", OUTCOME_AUTHENTICATION},
        {"fatal: could not read Username for 'https://git.example': terminal prompts disabled", OUTCOME_AUTHENTICATION},
        {"fatal: could not read Password for 'https://ana@git.example'", OUTCOME_AUTHENTICATION},
        {"git@git.example: Permission denied (publickey).\nfatal: Could not read from remote repository.",
         OUTCOME_AUTHENTICATION},
        {"Host key verification failed.\nfatal: Could not read from remote repository.", OUTCOME_AUTHENTICATION},
        {"fatal: unable to access 'https://git.example/x': The requested URL returned error: 403",
         OUTCOME_AUTHENTICATION},
        {"fatal: unable to access 'https://git.example/x': The requested URL returned error: 500", OUTCOME_OFFLINE},
        {"ssh: Could not resolve hostname git.example: Name or service not known", OUTCOME_OFFLINE},
        {"error: cannot open file: Permission denied", OUTCOME_OFFLINE},
        {"fatal: Unable to create '/x/y': File exists.", OUTCOME_OFFLINE}, /* no lock */
        {"", OUTCOME_OFFLINE},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct str words = STR_INIT;
        str_append_text(&words, "of the last time");
        const enum outcome outcome = outcome_of_failure(slice_of(cases[i].errors), &words);
        assert_words(outcome, cases[i].outcome, &words, cases[i].errors);
    }
}

static void names_the_lock(void **state)
{
    const struct slice errors = SLICE("error: cannot lock ref 'refs/assay/log': Unable to create "
                                      "'/home/ana/.git/refs/assay/log.lock': File exists.\n\nAnother git process…");
    struct str words = STR_INIT;
    (void)state;
    assert_words(outcome_of_failure(errors, &words), OUTCOME_LOCKED, &words,
                 "when no other git or assay runs, remove /home/ana/.git/refs/assay/log.lock");
    assert_words(outcome_of_failure(SLICE("Unable to create 'a\x1b[2J.lock"), &words), OUTCOME_LOCKED, &words,
                 "when no other git or assay runs, remove a␛[2J.lock");
}

static void a_fetch_may_find_the_log_rewound(void **state)
{
    struct str words = STR_INIT;
    (void)state;
    assert_words(outcome_of_fetch(SLICE(" ! [rejected] log -> log  (non-fast-forward)\n"), &words), OUTCOME_REWOUND,
                 &words, "! [rejected] log -> log  (non-fast-forward)");
    assert_words(outcome_of_fetch(SLICE("error: cannot lock ref 'refs/x': is at 22c2 but expected 2484\n"), &words),
                 OUTCOME_BUSY, &words, "error: cannot lock ref 'refs/x': is at 22c2 but expected 2484");
    assert_words(outcome_of_fetch(SLICE("error: 401"), &words), OUTCOME_AUTHENTICATION, &words, "error: 401");
    assert_true(outcome_lacks_branch(SLICE("fatal: couldn't find remote ref refs/heads/assay/log")));
    assert_false(outcome_lacks_branch(SLICE("fatal: could not read from remote")));
}

static enum outcome of_push(int code, const char *output, const char *errors, struct str *words)
{
    return outcome_of_push(code, slice_of(output), slice_of(errors), words);
}

static void a_push_went_out_only_when_git_says_so(void **state)
{
    struct str words = STR_INIT;
    (void)state;
    str_append_text(&words, "of the last time");
    assert_words(of_push(0, "To x\n*\ta:b\t[new branch]\nDone\n", "warning", &words), OUTCOME_DONE, &words, "");
    assert_words(of_push(0, "Done\n", "", &words), OUTCOME_DONE, &words, "");
    assert_words(of_push(1, "Done\n", "", &words), OUTCOME_OFFLINE, &words, "");
    assert_words(of_push(0, "", "a wrapper's", &words), OUTCOME_OFFLINE, &words, "a wrapper's");
    assert_words(of_push(0, "Not Done\n", "", &words), OUTCOME_OFFLINE, &words, "");
    assert_words(of_push(0, "To Done", "", &words), OUTCOME_OFFLINE, &words, "");
    assert_words(of_push(128, "", "Permission denied (publickey).", &words), OUTCOME_AUTHENTICATION, &words,
                 "Permission denied (publickey).");
}

static void tells_a_race_from_a_refusal(void **state)
{
    static const char *const races[] = {"[rejected] (fetch first)",
                                        "[rejected] (non-fast-forward)",
                                        "[rejected] (stale info)",
                                        "[remote rejected] (failed to update ref)",
                                        "[remote rejected] (cannot lock ref 'refs/heads/assay/log')",
                                        "[remote rejected] (reference already exists)",
                                        "[remote rejected] (incorrect old value provided)",
                                        "[remote rejected] (failed to lock)"};
    struct str words = STR_INIT, output = STR_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(races); i++) {
        str_reset(&output);
        str_appendf(&output, "To x\n!\ta:refs/heads/b\t%s\nDone\n", races[i]);
        assert_words(of_push(1, output.data, "error: failed to push", &words), OUTCOME_BUSY, &words, races[i]);
    }
    str_clear(&output);
    assert_words(of_push(1, "!\ta:b\t[remote rejected] (pre-receive hook declined)\n",
                         "remote: Records only.  \nerror: failed to push\nremote: Ask \x1b[31mRosa\n", &words),
                 OUTCOME_DECLINED, &words,
                 "Records only.\nAsk ␛[31mRosa\n[remote rejected] (pre-receive hook declined)");
    assert_words(of_push(1, "!", "", &words), OUTCOME_DECLINED, &words, "");
}

/* What the other side says has no end that could be relied on. */
static void keeps_the_beginning_of_much(void **state)
{
    struct str errors = STR_INIT, words = STR_INIT;
    (void)state;
    str_append_text(&errors, "  \n");
    for (int i = 0; i < 100000; i++) {
        str_append_text(&errors, "word\xff\n");
    }
    assert_int_equal(outcome_of_failure(str_slice(&errors), &words), OUTCOME_OFFLINE);
    assert_true(slice_starts_with(str_slice(&words), SLICE("word�\nword�\n")));
    assert_true(sanitise_is_clean(str_slice(&words), SANITISE_TEXT));
    assert_in_range(words.size, 2000, 3000); /* a byte that is no text becomes three */
    str_clear(&errors);
    str_clear(&words);
}

static void assert_kept(const char *said, const char *kept)
{
    struct str errors = STR_INIT;
    str_append_text(&errors, said);
    outcome_drop_progress(&errors);
    assert_string_equal(errors.data, kept);
    str_clear(&errors);
}

static void drops_the_meter(void **state)
{
    (void)state;
    assert_kept("", "");
    assert_kept(
        "remote: Enumerating objects: 5, done.\nremote: Counting objects:  20% (1/5)\rremote: Counting objects: "
        "100% (5/5), done.\nremote: Total 5 (delta 0), reused 0 (delta 0)\nReceiving objects: 100% (3/3)\r\n"
        "Resolving deltas: 100% (1/1), done.\nDelta compression using up to 2 threads\nfatal: early EOF\n",
        "fatal: early EOF\n");
    assert_kept("Writing objects:  50% (1/2)\rfatal: the remote end hung up\r\n", "fatal: the remote end hung up\n");
    assert_kept("remote: I counted the objects: all\nremote: 100% (sure)", "remote: I counted the objects: all\n"
                                                                           "remote: 100% (sure)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_text),
        cmocka_unit_test(tells_who_asks_from_who_is_away),
        cmocka_unit_test(names_the_lock),
        cmocka_unit_test(a_fetch_may_find_the_log_rewound),
        cmocka_unit_test(a_push_went_out_only_when_git_says_so),
        cmocka_unit_test(tells_a_race_from_a_refusal),
        cmocka_unit_test(keeps_the_beginning_of_much),
        cmocka_unit_test(drops_the_meter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
