/* A log that is long enough for two workers: everything in it is verified, and what a gate needs of it is found, with the
 * index, without it, and when it is wrong. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/file.h"
#include "assay/git/outbox.h"
#include "assay/review/assess.h"
#include "assay/review/catalogue.h"
#include "harness/loaded.h"
#include "harness/records.h"

enum { CHANGES = 36, EACH = 30, ALL = CHANGES * EACH };

static const struct records_scale scale = {.changes = CHANGES, .each = EACH, .signers = 20, .cases = 2};

static void open_first(struct fixture *f, const char *folder, struct loaded *loaded)
{
    struct error error = ERROR_INIT;
    assert_success(loaded_open(fixture_path(f, folder), RECORDS_CHANGE, loaded, &error), error);
}

static void read_headers(struct loaded *loaded, size_t good, size_t problems)
{
    struct error error = ERROR_INIT;
    struct ledger ledger;
    size_t found = 0;
    if (ledger_read_headers(loaded->workspace, (struct slice){0}, NULL, &ledger, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < ledger.count; i++)
        found += ledger_reason(loaded->workspace, &ledger.records[i]) == REASON_NONE;
    assert_int_equal(found, good);
    assert_int_equal(ledger.problem_count, problems);
    assert_int_equal(ledger.incident_count, 0);
    ledger_clear(&ledger);
}

/* Judged on what is relevant as on everything. */
static void judge(struct loaded *loaded, size_t relevant)
{
    struct error error = ERROR_INIT;
    struct ledger some, all;
    struct assessment by_some, by_all;
    if (ledger_read_relevant(loaded->workspace, &loaded->load, &some, &error) < 0 ||
        ledger_read(loaded->workspace, loaded->load.change, &loaded->load.commit, &all, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(some.count, relevant);
    assert_int_equal(all.count, ALL);
    if (assess_change(loaded->workspace, &loaded->load, &some, &by_some, &error) < 0 ||
        assess_change(loaded->workspace, &loaded->load, &all, &by_all, &error) < 0)
        fail_msg("%s", error.text);
    assert_true(by_some.verdict.pass && by_all.verdict.pass);
    assert_int_equal(by_some.verdict.counted_count, by_all.verdict.counted_count);
    assert_int_equal(by_some.verdict.ignored_count, by_all.verdict.ignored_count);
    for (size_t i = 0; i < by_all.verdict.counted_count; i++)
        assert_true(digest_equal(&by_some.verdict.counted[i], &by_all.verdict.counted[i]));
    assess_clear(&by_all);
    assess_clear(&by_some);
    ledger_clear(&all);
    ledger_clear(&some);
}

static void test_all_are_verified_and_a_gate_needs_its_own(void **state)
{
    struct fixture *f = *state;
    struct loaded loaded;
    struct error error = ERROR_INIT;
    records_make(f, &scale, "log");
    for (int pass = 0; pass < 2; pass++) {
        open_first(f, "log-clone", &loaded);
        judge(&loaded, EACH);
        read_headers(&loaded, ALL, 0);
        loaded_close(&loaded);
    }
    assert_int_equal(file_remove_tree(fixture_path(f, "log-clone/.git/assay"), &error), 0);
    open_first(f, "log-clone", &loaded);
    read_headers(&loaded, ALL, 0);
    judge(&loaded, EACH);
    loaded_close(&loaded);
}

static void test_a_log_that_was_rewound_is_read_anew(void **state)
{
    struct fixture *f = *state;
    struct loaded loaded;
    records_make(f, &scale, "log");
    open_first(f, "log", &loaded);
    read_headers(&loaded, ALL, 0);
    loaded_close(&loaded);
    const char *whole = fixture_commit_of(f, "log", "assay/log");
    assert_int_equal(fixture_git(f, "log", "update-ref", "refs/heads/assay/log", "assay/log~1000", NULL), 0);
    open_first(f, "log", &loaded);
    read_headers(&loaded, ALL - 1000, 0); /* those that are left saw the log of the first change, which is there */
    loaded_close(&loaded);
    /* Without that, fifty records saw what is not there any more. */
    const char *tree = fixture_git_output(f, "log", "rev-parse", "assay/log^{tree}", NULL);
    const char *other = fixture_git_output(f, "log", "-c", "user.name=A", "-c", "user.email=a@example.com",
                                           "commit-tree", "-m", "records", tree, NULL);
    assert_int_equal(fixture_git(f, "log", "update-ref", "refs/heads/assay/log", other, NULL), 0);
    open_first(f, "log", &loaded);
    read_headers(&loaded, ALL - 1000, ALL - 1000 - EACH);
    struct ledger ledger;
    struct error error = ERROR_INIT;
    assert_int_equal(ledger_read_relevant(loaded.workspace, &loaded.load, &ledger, &error), 0);
    assert_int_equal(ledger.problem_count, ALL - 1000 - EACH); /* all of them are looked at for that */
    ledger_clear(&ledger);
    loaded_close(&loaded);
    assert_int_equal(fixture_git(f, "log", "update-ref", "refs/heads/assay/log", whole, NULL), 0);
    open_first(f, "log", &loaded);
    judge(&loaded, EACH);
    loaded_close(&loaded);
}

static void test_the_catalogue_keeps_what_it_was_given(void **state)
{
    struct fixture *f = *state;
    struct loaded loaded;
    struct error error = ERROR_INIT;
    struct log_tips tips;
    struct catalogue first, second, broken;
    struct str bytes = STR_INIT, again = STR_INIT;
    records_make(f, &(struct records_scale){.changes = 3, .each = 25, .signers = 20, .cases = 1}, "log");
    open_first(f, "log", &loaded);
    read_headers(&loaded, 75, 0);
    assert_int_equal(outbox_find_tips(loaded.workspace->repo, "assay/log", &tips, &error), 0);
    catalogue_init(&first);
    catalogue_init(&second);
    catalogue_init(&broken);
    assert_int_equal(
        catalogue_read_log(loaded.workspace, &tips.tracked, (struct log_listener){.tell = NULL}, &first, &error), 0);
    assert_false(first.changed);
    assert_int_equal(first.count, 150);
    for (size_t i = 0; i < first.count; i++)
        assert_true(first.files[i].file.kind == LOG_SIGNATURE || (first.files[i].header && first.files[i].log_found));
    catalogue_encode(&first, &bytes);
    assert_true(catalogue_decode(str_slice(&bytes), &second));
    catalogue_encode(&second, &again);
    assert_int_equal(slice_compare(str_slice(&bytes), str_slice(&again)), 0);
    for (size_t size = 0; size < bytes.size; size += size < 600 ? 1 : 97)
        assert_false(catalogue_decode(slice_part(str_slice(&bytes), 0, size), &broken));
    for (size_t at = 0; at < bytes.size; at += 7) { /* whatever it says then, it is read without harm */
        bytes.data[at] = (char)~bytes.data[at];
        catalogue_decode(str_slice(&bytes), &broken);
        catalogue_clear(&broken);
        bytes.data[at] = (char)~bytes.data[at];
    }
    /* What is not a catalogue is as none. */
    struct oid none = {{0}};
    index_remember(loaded.workspace->index, "catalogue/2 log assay/log", &none, SLICE("nonsense"));
    read_headers(&loaded, 75, 0);
    str_clear(&again);
    str_clear(&bytes);
    catalogue_clear(&second);
    catalogue_clear(&first);
    loaded_close(&loaded);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_are_verified_and_a_gate_needs_its_own),
        TEST(test_a_log_that_was_rewound_is_read_anew),
        TEST(test_the_catalogue_keeps_what_it_was_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
