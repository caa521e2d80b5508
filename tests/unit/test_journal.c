#include "harness/test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/base/file.h"
#include "assay/store/journal.h"

struct world {
    struct str folder;
    struct journal *journal;
};

static void reopen(struct world *world)
{
    struct error error = ERROR_INIT;
    journal_close(world->journal);
    assert_success(journal_open(world->folder.data, &world->journal, NULL, &error), error);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = ERROR_INIT;

    str_init(&world->folder);
    assert_success(file_make_temporary_folder("assay-journal", &world->folder, &error), error);
    reopen(world);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;

    journal_close(world->journal);
    assert_success(file_remove_tree(world->folder.data, &error), error);
    str_clear(&world->folder);
    free(world);
    return 0;
}

static struct journal_entry composed(const char *bytes)
{
    return (struct journal_entry){.kind = SLICE("record"),
                                  .change = SLICE("prompt/plain"),
                                  .module = SLICE("modules/a"),
                                  .principal = SLICE("ana@acme.example"),
                                  .bytes = slice_of(bytes),
                                  .draft = 3};
}

static size_t pending(struct world *world, struct journal_entries *entries)
{
    struct error error = ERROR_INIT;
    journal_entries_clear(entries);
    assert_success(journal_pending(world->journal, entries, &error), error);
    return entries->count;
}

static void each_step_stays_across_a_restart(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct journal_entries entries = {.count = 0};
    struct journal_entry entry = composed("{\"a\": 1}\n");
    struct digest name, expected;
    struct oid commit = {{1, 2, 3}}, rebuilt = {{4}};

    digest_of(entry.bytes, &expected);
    assert_success(journal_add(world->journal, &entry, &name, &error), error);
    assert_true(digest_equal(&name, &expected));
    reopen(world);
    assert_int_equal(pending(world, &entries), 1);
    assert_int_equal(entries.items[0].state, JOURNAL_COMPOSED);
    assert_slice(entries.items[0].bytes, "{\"a\": 1}\n");
    assert_slice(entries.items[0].principal, "ana@acme.example");
    assert_int_equal(entries.items[0].draft, 3);
    assert_true(oid_is_none(&entries.items[0].commit));

    assert_success(journal_signed(world->journal, &name, SLICE("SIG"), &error), error);
    reopen(world);
    pending(world, &entries);
    assert_int_equal(entries.items[0].state, JOURNAL_SIGNED);
    assert_slice(entries.items[0].signature, "SIG");

    assert_success(journal_committed(world->journal, &name, &commit, &error), error);
    assert_success(journal_failed(world->journal, &name, SLICE("no network"), &error), error);
    assert_success(journal_failed(world->journal, &name, SLICE("declined"), &error), error);
    reopen(world);
    pending(world, &entries);
    assert_int_equal(entries.items[0].state, JOURNAL_COMMITTED);
    assert_int_equal(entries.items[0].attempts, 2);
    assert_slice(entries.items[0].problem, "declined");
    assert_true(oid_equal(&entries.items[0].commit, &commit));
    assert_success(journal_committed(world->journal, &name, &rebuilt, &error), error);
    pending(world, &entries);
    assert_true(oid_equal(&entries.items[0].commit, &rebuilt));

    assert_success(journal_pushed(world->journal, &name, &error), error);
    reopen(world);
    assert_int_equal(pending(world, &entries), 0);
    journal_entries_clear(&entries);
}

static void the_same_bytes_are_one_entry_for_ever(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct journal_entries entries = {.count = 0};
    struct journal_entry entry = composed("same");
    struct digest name;
    struct oid commit = {{1}};

    assert_success(journal_add(world->journal, &entry, &name, &error), error);
    assert_success(journal_add(world->journal, &entry, &name, &error), error);
    assert_success(journal_signed(world->journal, &name, SLICE("first"), &error), error);
    assert_success(journal_add(world->journal, &entry, &name, &error), error);
    assert_success(journal_signed(world->journal, &name, SLICE("second"), &error), error);
    assert_int_equal(pending(world, &entries), 1);
    assert_slice(entries.items[0].signature, "first");
    assert_success(journal_committed(world->journal, &name, &commit, &error), error);
    assert_success(journal_pushed(world->journal, &name, &error), error);
    assert_success(journal_add(world->journal, &entry, &name, &error), error);
    assert_int_equal(pending(world, &entries), 0);
    /* Steps that come again after a crash change nothing. */
    assert_success(journal_signed(world->journal, &name, SLICE("third"), &error), error);
    assert_success(journal_committed(world->journal, &name, &commit, &error), error);
    assert_success(journal_pushed(world->journal, &name, &error), error);
    assert_int_equal(pending(world, &entries), 0);
    journal_entries_clear(&entries);
}

static void no_step_is_skipped(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct journal_entry entry = composed("x");
    struct digest name, unknown = {{1}};
    struct oid commit = {{1}};

    assert_failure(journal_signed(world->journal, &unknown, SLICE("s"), &error), error, ERROR_ENVIRONMENT,
                   "is not in the journal");
    assert_failure(journal_drop(world->journal, &unknown, &error), error, ERROR_ENVIRONMENT, "is not in the journal");
    assert_success(journal_add(world->journal, &entry, &name, &error), error);
    assert_failure(journal_committed(world->journal, &name, &commit, &error), error, ERROR_ENVIRONMENT, "skipped");
    assert_failure(journal_pushed(world->journal, &name, &error), error, ERROR_ENVIRONMENT, "skipped");
    assert_success(journal_signed(world->journal, &name, SLICE("s"), &error), error);
    assert_failure(journal_pushed(world->journal, &name, &error), error, ERROR_ENVIRONMENT, "skipped");
}

static void only_what_is_not_committed_can_be_dropped(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct journal_entries entries = {.count = 0};
    struct journal_entry a = composed("a"), b = composed("b");
    struct digest name_a, name_b;
    struct oid commit = {{1}};

    assert_success(journal_add(world->journal, &a, &name_a, &error), error);
    assert_success(journal_add(world->journal, &b, &name_b, &error), error);
    assert_success(journal_drop(world->journal, &name_a, &error), error);
    assert_int_equal(pending(world, &entries), 1);
    assert_success(journal_signed(world->journal, &name_b, SLICE("s"), &error), error);
    assert_success(journal_committed(world->journal, &name_b, &commit, &error), error);
    assert_failure(journal_drop(world->journal, &name_b, &error), error, ERROR_ENVIRONMENT, "committed");
    assert_int_equal(pending(world, &entries), 1);
    journal_entries_clear(&entries);
}

static void entries_come_oldest_first(void **state)
{
    struct world *world = *state;
    struct error error = ERROR_INIT;
    struct journal_entries entries = {.count = 0};
    const char *const bytes[] = {"z", "a", "m"};

    for (int i = 0; i < 3; i++) {
        struct journal_entry entry = composed(bytes[i]);
        struct digest name;
        assert_success(journal_add(world->journal, &entry, &name, &error), error);
    }
    assert_int_equal(pending(world, &entries), 3);
    for (size_t i = 0; i < 3; i++)
        assert_slice(entries.items[i].bytes, bytes[i]);
    journal_entries_clear(&entries);
}

/* Takes one submission as many steps as it is told, then dies without closing anything. */
static void go_and_die(const char *folder, int steps)
{
    struct error error = ERROR_INIT;
    struct journal *journal;
    struct journal_entry entry = composed("the record");
    struct digest name;
    struct oid commit = {{1}};
    int failed = journal_open(folder, &journal, NULL, &error);

    failed = failed || journal_add(journal, &entry, &name, &error);
    failed = failed || (steps > 0 && journal_signed(journal, &name, SLICE("sig"), &error));
    failed = failed || (steps > 1 && journal_committed(journal, &name, &commit, &error));
    failed = failed || (steps > 2 && journal_pushed(journal, &name, &error));
    if (!failed)
        kill(getpid(), SIGKILL);
    _exit(1);
}

static void killed_at_each_step_it_goes_on_from_there(void **state)
{
    struct world *world = *state;
    struct journal_entries entries = {.count = 0};
    int status;

    for (int steps = 0; steps <= 3; steps++) {
        journal_close(world->journal);
        world->journal = NULL;
        pid_t child = fork();
        if (!child)
            go_and_die(world->folder.data, steps);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        reopen(world);
        assert_int_equal(pending(world, &entries), steps < 3);
        if (steps < 3)
            assert_int_equal(entries.items[0].state, steps);
    }
    journal_entries_clear(&entries);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_step_stays_across_a_restart),
        TEST(the_same_bytes_are_one_entry_for_ever),
        TEST(no_step_is_skipped),
        TEST(only_what_is_not_committed_can_be_dropped),
        TEST(entries_come_oldest_first),
        TEST(killed_at_each_step_it_goes_on_from_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
