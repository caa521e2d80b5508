/* The console's own way from a key to a record, session and draft, without its terminal: each call to the outer world
 * fails once and kills once. Whatever a key was said to have kept is there at the next start, once; then all is signed
 * from the draft. In `make check` some of the points, in CI all of them: TEST_LARGE=1 (TEST_LARGE=N: each Nth).
 *
 * This program is also the one that fails: `test_failures_session --sit CLONE`. */
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/review/session.h"
#include "assay/review/submit.h"
#include "harness/fault.h"
#include "harness/loaded.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

enum { SAMPLED = 9, CRITERIA = 3 };

/* ---- who sits there ---- */

/* A step that is done is told at once, past all that fails: what is told was kept. */
static void tell(const char *format, size_t at, size_t criterion)
{
    char line[64];
    const int size = snprintf(line, sizeof line, format, at, criterion);
    if (syscall(SYS_write, STDOUT_FILENO, line, (size_t)size) != size)
        _exit(99);
}

struct sitting {
    struct loaded about;
    struct drafts *drafts;
    struct ledger ledger;
    struct session *session;
};

static int sit_down(struct sitting *sitting, const char *folder, struct error *error)
{
    if (loaded_open(folder, CONCISE, &sitting->about, error) < 0)
        return -1;
    struct workspace *workspace = sitting->about.workspace;
    const struct load *load = &sitting->about.load;
    if (drafts_open(workspace->state_folder.data, &sitting->drafts, NULL, error) < 0 ||
        ledger_read(workspace, load->change, &load->commit, &sitting->ledger, error) < 0)
        return -1;
    return session_open(workspace, sitting->drafts, load, load_module(load, SLICE("assistant")),
                        policy_role(&workspace->policy, SLICE("content-owner")), &sitting->ledger, &sitting->session,
                        error);
}

static void stand_up(struct sitting *sitting)
{
    session_close(sitting->session);
    ledger_clear(&sitting->ledger);
    drafts_close(sitting->drafts);
    loaded_close(&sitting->about);
}

/* What is not there yet is entered; a key that fails is pressed once more, as a person would. */
static int enter_all(struct session *session, struct error *error)
{
    for (size_t at = 0; at < session_count(session); at++) {
        const struct judgement_case *item = session_case(session, at);
        for (size_t c = 0; c < CRITERIA; c++) {
            if (item->scores[c] != JUDGEMENT_NO_SCORE) {
                tell("found %zu %zu\n", at, c);
                continue;
            }
            if (session_set_score(session, at, c, 4, error) < 0)
                return -1;
            tell("kept %zu %zu\n", at, c);
        }
        if (session_set_comment(session, at, SLICE("Zoë saw it"), error) < 0 ||
            session_mark_seen(session, at, error) < 0)
            return -1;
    }
    return 0;
}

/* As screens/signing.c. */
static int sign(struct sitting *sitting, struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct submit_request request = {.load = NULL};
    struct submit_result result;
    struct journal *journal = NULL;
    struct turn turn = TURN_INIT;
    submit_from_session(sitting->session, VERDICT_APPROVE, SLICE(""), &arena, &request);
    request.role = session_role(sitting->session);
    int code = submit_take_turn(sitting->about.workspace, 0, &turn, error);
    if (code == 0)
        code = journal_open(sitting->about.workspace->state_folder.data, &journal, NULL, error);
    if (code == 0)
        code = submit_sign(sitting->about.workspace, journal, sitting->drafts, &request, &sitting->ledger,
                           PROCESS_BACKGROUND, &result, error);
    journal_close(journal);
    turn_give_back(&turn);
    arena_clear(&arena);
    return code;
}

static int sit(const char *folder)
{
    struct sitting sitting = {.session = NULL};
    struct error error = ERROR_INIT;
    int code = sit_down(&sitting, folder, &error);
    if (code == 0)
        code = enter_all(sitting.session, &error);
    if (code == 0)
        code = sign(&sitting, &error);
    if (code == 0)
        tell("signed\n", 0, 0);
    else
        fprintf(stderr, "assay: %s\n", error.text);
    stand_up(&sitting);
    return code == 0 ? 0 : (int)error.kind;
}

/* ---- who looks at it afterwards ---- */

static const char *self;
static size_t complaints;

#define COMPLAIN(...) (complaints++, fprintf(stderr, "# FAULT " __VA_ARGS__), fputc('\n', stderr))

static int setup(void **state)
{
    fault_live_in_memory();
    if (review_setup(state) != 0)
        return -1;
    content_become(*state, "ana");
    return 0;
}

/* Every score that was told as kept is found, and not entered again; there are exactly as many as there should be. */
static void nothing_is_lost(const char *before, const char *after, const char *where)
{
    size_t told = 0;
    for (size_t at = 0; at < REVIEW_CASES; at++)
        for (size_t c = 0; c < CRITERIA; c++) {
            char kept[32], found[32];
            snprintf(kept, sizeof kept, "kept %zu %zu\n", at, c);
            snprintf(found, sizeof found, "found %zu %zu\n", at, c);
            if (strstr(before, kept) && !strstr(after, found))
                COMPLAIN("%s: the score %zu of case %zu was kept, and is lost", where, c, at);
            told += strstr(after, kept) || strstr(after, found);
        }
    if (told != (size_t)REVIEW_CASES * CRITERIA)
        COMPLAIN("%s: %zu scores at the end", where, told);
}

static void one_record_says_all(struct fixture *f, const char *where)
{
    if (fixture_assay(f, C, "sync", NULL) != 0)
        COMPLAIN("%s: then sync: %s", where, f->result.errors.data);
    if (fixture_assay(f, C, "verify", "--offline", "--json", NULL) != 0 || !review_says(f, "\"good\": 1,"))
        COMPLAIN("%s: then verify: %s%s", where, f->result.output.data, f->result.errors.data);
    const char *names = fixture_git_output(f, CONTENT_ORIGIN, "ls-tree", "-r", "--name-only", "assay/log", NULL);
    const char *record = fixture_text(f, "assay/log:%.*s", (int)strcspn(names, "\n"), names);
    size_t scored = 0;
    const char *bytes = fixture_git_output(f, CONTENT_ORIGIN, "cat-file", "blob", record, NULL);
    for (const char *at = bytes; (at = strstr(at, "\"clarity\": 4")) != NULL; at++)
        scored++;
    if (scored != REVIEW_CASES)
        COMPLAIN("%s: %zu of %d cases are scored in the record", where, scored, REVIEW_CASES);
}

static void one_point(struct fixture *f, const char *const *arguments, size_t at, const char *action)
{
    const char *where = fixture_text(f, "sitting at call %zu, %s", at, action);
    fault_restore(f);
    const int code = fault_run(f, fixture_text(f, "any:%zu:%s", at, action), NULL, arguments);
    const char *before = fixture_text(f, "%s", f->result.output.data);
    if (code != 0 && code != 4 && code != FAULT_KILLED)
        COMPLAIN("%s: exit %d: %s", where, code, f->result.errors.data);
    if (code == 4 && !slice_starts_with(str_slice(&f->result.errors), SLICE("assay: ")))
        COMPLAIN("%s: no word for the user: %s", where, f->result.errors.data);
    if (!fault_sync(f))
        COMPLAIN("%s: then sync: %s", where, f->result.errors.data);
    /* Signed before it failed, or when it was taken up: the draft is closed, and there is nothing more to enter. */
    const bool is_signed =
        fixture_assay(f, C, "verify", "--offline", "--json", NULL) == 0 && review_says(f, "\"good\": 1,");
    if (!is_signed) {
        if (fault_run(f, NULL, NULL, arguments) != 0)
            COMPLAIN("%s: then sitting down again: %s", where, f->result.errors.data);
        nothing_is_lost(before, f->result.output.data, where);
    }
    one_record_says_all(f, where);
}

static void a_sitting_survives_every_failure(void **state)
{
    static const char *const actions[] = {"5" /* EIO */, "full", "kill"};
    struct fixture *f = *state;
    struct fault_table table;
    if (!fault_available())
        skip();
    const char *const arguments[] = {self, "--sit", fixture_path(f, C), NULL};
    fault_keep(f);
    fault_restore(f);
    if (fault_run(f, NULL, "trace", arguments) != 0)
        fail_msg("%s", f->result.errors.data);
    one_record_says_all(f, "a sitting without failures");
    fault_count(f, "trace", &table);
    const size_t points = table.total * ARRAY_COUNT(actions);
    const size_t stride = fault_stride(points, SAMPLED, ARRAY_COUNT(actions));
    complaints = 0;
    if (test_is_large())
        fault_print("a sitting", &table);
    for (size_t i = 0; i < points; i += stride)
        one_point(f, arguments, i / ARRAY_COUNT(actions) + 1, actions[i % ARRAY_COUNT(actions)]);
    assert_int_equal(complaints, 0);
}

int main(int count, char **arguments)
{
    char path[4096];
    if (count == 3 && strcmp(arguments[1], "--sit") == 0)
        return sit(arguments[2]);
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    path[size > 0 ? size : 0] = '\0';
    self = path;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sitting_survives_every_failure, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
