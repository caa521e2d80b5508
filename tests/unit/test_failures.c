/* Every call to the outer world between a judgement and its record at the remote fails once, and kills once. Then an
 * ordinary run must find nothing lost and nothing doubled. In `make check` some of the points, in CI all of them:
 * TEST_LARGE=1 (TEST_LARGE=N: each Nth), which also prints the table of calls and what was said at each. */
#include "harness/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/store/journal.h"
#include "harness/fault.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

static const char *const sign_words[] = {ASSAY_BINARY, "sign",      CONCISE,   "--module", "assistant", "--role",
                                         "legal",      "--verdict", "approve", "--json",   NULL};
static const char *const sync_words[] = {ASSAY_BINARY, "sync", NULL};

enum { SAMPLED = 9 };

static size_t complaints; /* all points are tried, whatever is found at one */

#define COMPLAIN(...) (complaints++, fprintf(stderr, "# FAULT " __VA_ARGS__), fputc('\n', stderr))

static int setup(void **state)
{
    fault_live_in_memory();
    if (review_setup(state) != 0)
        return -1;
    content_become(*state, "lena");
    return 0;
}

/* ---- what a person sees ---- */

/* Every line is one of ours, and so is the last: the error. */
static void check_words(struct fixture *f, const char *where)
{
    struct slice rest = str_slice(&f->result.errors), line;
    const int code = f->result.exit_code;
    if (code != 0 && code != 4 && code != FAULT_KILLED)
        COMPLAIN("%s: exit %d: %s", where, code, f->result.errors.data);
    if (code == 4 && rest.size == 0)
        COMPLAIN("%s: exit 4 without a word", where);
    while (slice_cut_line(&rest, &line))
        if (code != FAULT_KILLED && !slice_starts_with(line, SLICE("assay: ")))
            COMPLAIN("%s: a line that nobody meant for the user: %s", where, f->result.errors.data);
    if (test_is_large())
        fprintf(stderr, "# %s: %d %s", where, code, f->result.errors.size ? f->result.errors.data : "\n");
}

static size_t entries_waiting(struct fixture *f)
{
    struct journal *journal;
    struct journal_entries entries = {.count = 0};
    struct error error = ERROR_INIT;
    assert_success(journal_open(fixture_path(f, C "/.git/assay"), &journal, NULL, &error), error);
    assert_success(journal_pending(journal, &entries, &error), error);
    const size_t count = entries.count;
    journal_entries_clear(&entries);
    journal_close(journal);
    return count;
}

/* ---- afterwards ---- */

static void check_end(struct fixture *f, const char *where)
{
    const size_t records = content_count_records(f), waiting = entries_waiting(f);
    if (records != 1 || waiting != 0)
        COMPLAIN("%s: %zu records at the remote, %zu in the journal", where, records, waiting);
    if (fixture_assay(f, C, "verify", "--offline", "--json", NULL) != 0 || !review_says(f, "\"good\": 1,"))
        COMPLAIN("%s: then verify: %s%s", where, f->result.output.data, f->result.errors.data);
    if (fixture_git(f, C, "fsck", "--strict", "--no-dangling", NULL) != 0)
        COMPLAIN("%s: then git fsck: %s%s", where, f->result.output.data, f->result.errors.data);
}

/* What a kill leaves behind, each kind once. */
struct leftovers {
    size_t runs;
    struct str shown;
};

static void note_leftovers(struct fixture *f, const char *where, bool killed, struct leftovers *leftovers)
{
    const char *left = fault_leftovers(f);
    if (!*left)
        return;
    if (!killed)
        COMPLAIN("%s: left behind: %s", where, left);
    leftovers->runs++;
    str_appendf(&leftovers->shown, "# after %s:\n%s", where, left);
}

/* ---- the sweep ---- */

struct sweep {
    const char *what;
    const char *const *arguments;
    bool waits; /* a signed record is there before the run */
};

/* No two runs make the same calls: a record has its time, and so its name and its folder among the objects. */
static const char *call_at(struct fixture *f, size_t at)
{
    struct fault_table table;
    fault_count(f, "trace", &table);
    return at <= table.total ? table.calls[at - 1] : "none";
}

static void one_point(struct fixture *f, const struct sweep *sweep, size_t at, const char *action,
                      struct leftovers *leftovers)
{
    const int64_t start = env_monotonic_us();
    fault_restore(f);
    fixture_write_text(f, "trace", "");
    const int code = fault_run(f, fixture_text(f, "any:%zu:%s", at, action), "trace", sweep->arguments);
    const char *call = call_at(f, at),
               *where = fixture_text(f, "%s at call %zu (%s), %s", sweep->what, at, call, action);
    check_words(f, where);
    const bool said_taken_up = strstr(f->result.errors.data, "assay sync") != NULL;
    if (!fault_sync(f))
        COMPLAIN("%s: then sync: exit %d: %s", where, f->result.exit_code, f->result.errors.data);
    const size_t records = content_count_records(f);
    if (code == 0 && records != 1)
        COMPLAIN("%s: it said 0, and %zu records are at the remote", where, records);
    if (code == 4 && records == 1 && !sweep->waits && !said_taken_up)
        COMPLAIN("%s: the record was safe, and the user was not told", where);
    if (records == 0 && fault_run(f, NULL, NULL, sign_words) != 0)
        COMPLAIN("%s: then sign: %s", where, f->result.errors.data);
    check_end(f, where);
    if (test_is_large())
        fprintf(stderr, "# %s: %lld ms\n", where, (long long)(env_monotonic_us() - start) / 1000);
    note_leftovers(f, where, code == FAULT_KILLED || strcmp(call, "unlink") == 0, leftovers);
}

static void sweep(struct fixture *f, const struct sweep *sweep)
{
    static const char *const actions[] = {"5" /* EIO */, "full", "kill"};
    struct fault_table table;
    struct leftovers leftovers = {.shown = STR_INIT};
    fault_keep(f);
    fault_restore(f);
    if (fault_run(f, NULL, "trace", sweep->arguments) != 0)
        fail_msg("%s: %s", sweep->what, f->result.errors.data);
    check_end(f, sweep->what);
    assert_string_equal(fault_leftovers(f), "");
    fault_count(f, "trace", &table);
    assert_true(table.total > SAMPLED);
    if (test_is_large())
        fault_print(sweep->what, &table);
    complaints = 0;
    const size_t points = table.total * ARRAY_COUNT(actions);
    const size_t stride = fault_stride(points, SAMPLED, ARRAY_COUNT(actions));
    for (size_t i = 0; i < points; i += stride)
        one_point(f, sweep, i / ARRAY_COUNT(actions) + 1, actions[i % ARRAY_COUNT(actions)], &leftovers);
    if (test_is_large() && leftovers.runs > 0)
        fprintf(stderr, "# %s: %zu runs left files behind:\n%s", sweep->what, leftovers.runs, leftovers.shown.data);
    str_clear(&leftovers.shown);
    assert_int_equal(complaints, 0);
}

static void need_faults(void)
{
    if (!fault_available())
        skip();
}

static void signing_survives_every_failure(void **state)
{
    need_faults();
    sweep(*state, &(struct sweep){.what = "assay sign", .arguments = sign_words});
}

static void sending_survives_every_failure(void **state)
{
    struct fixture *f = *state;
    need_faults();
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", "--offline", NULL);
    sweep(f, &(struct sweep){.what = "assay sync", .arguments = sync_words, .waits = true});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signing_survives_every_failure, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(sending_survives_every_failure, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
