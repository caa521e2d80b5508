#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/model/chain.h"

enum { MAX = 16, PARENTS = 3 };

/* A row makes one record; its name is the digest of its letter, and `prev` is a string of letters. */
struct row {
    char name;
    const char *person, *change, *role, *module;
    int64_t seq;
    const char *prev;
};

struct set {
    struct record records[MAX];
    struct digest prev[MAX][PARENTS];
    const struct record *pointers[MAX];
    size_t count;
};

static struct digest name_of(char letter)
{
    struct digest digest;
    digest_of(slice_make(&letter, 1), &digest);
    return digest;
}

static void make(struct set *set, const struct row *rows, size_t count)
{
    memset(set, 0, sizeof *set);
    set->count = count;
    for (size_t i = 0; i < count; i++) {
        struct record *record = &set->records[i];
        record->name = name_of(rows[i].name);
        record->reviewer.principal = slice_of(rows[i].person);
        record->reviewer.role = slice_of(rows[i].role);
        record->change = slice_of(rows[i].change);
        record->module.path = slice_of(rows[i].module);
        record->seq = rows[i].seq;
        record->prev = set->prev[i];
        record->prev_count = strlen(rows[i].prev);
        for (size_t k = 0; k < record->prev_count; k++)
            set->prev[i][k] = name_of(rows[i].prev[k]);
        set->pointers[i] = record;
    }
}

/* The letters of the newest and of the heads, and the problems as "kind:record:name" in any order of the input. */
static void expect(const struct row *rows, size_t count, const char *newest, const char *heads, const char *problems)
{
    struct set set;
    make(&set, rows, count);
    for (int turn = 0; turn < 2; turn++) {
        struct chain *chain = chain_new(set.pointers, count);
        for (size_t i = 0; i < count; i++) {
            size_t at = turn ? count - 1 - i : i;
            assert_ptr_equal(set.pointers[at], &set.records[i]);
            if (chain_is_newest(chain, at) != (strchr(newest, rows[i].name) != NULL))
                fail_msg("%c newest? turn %d", rows[i].name, turn);
            if (chain_is_head(chain, at) != (strchr(heads, rows[i].name) != NULL))
                fail_msg("%c a head? turn %d", rows[i].name, turn);
        }
        size_t problem_count;
        const struct chain_problem *found = chain_problems(chain, &problem_count);
        assert_int_equal(problem_count, strlen(problems) / 2);
        for (size_t i = 0; i < problem_count; i++) {
            const char kinds[] = {[CHAIN_GAP] = 'g', [CHAIN_FOREIGN] = 'f', [CHAIN_SEQ] = 's'};
            size_t at = turn ? count - 1 - found[i].record : found[i].record;
            char text[3] = {kinds[found[i].kind], rows[at].name, 0};
            if (!strstr(problems, text))
                fail_msg("unexpected problem %s", text);
        }
        chain_free(chain);
        for (size_t i = 0; i < count / 2; i++) {
            const struct record *swapped = set.pointers[i];
            set.pointers[i] = set.pointers[count - 1 - i];
            set.pointers[count - 1 - i] = swapped;
        }
    }
}

#define EXPECT(newest, heads, problems, ...)                                                                           \
    do {                                                                                                               \
        const struct row rows_[] = {__VA_ARGS__};                                                                      \
        expect(rows_, ARRAY_COUNT(rows_), newest, heads, problems);                                                    \
    } while (0)

static void finds_newest_and_heads(void **state)
{
    (void)state;
    EXPECT("a", "a", "", {'a', "ana", "c", "owner", "m", 1, ""});
    EXPECT("b", "b", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 2, "a"});
    /* Another role or module in between: both stay newest, one is the head; the third ends the first. */
    EXPECT("ab", "b", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "n", 2, "a"});
    EXPECT("ab", "b", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "legal", "m", 2, "a"});
    EXPECT("bc", "c", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "n", 2, "a"},
           {'c', "ana", "c", "owner", "m", 3, "b"});
}

static void keeps_every_head_of_a_fork(void **state)
{
    (void)state;
    EXPECT("bc", "bc", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 2, "a"},
           {'c', "ana", "c", "owner", "m", 2, "a"});
    EXPECT("ab", "ab", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 1, ""});
    EXPECT("d", "d", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 2, "a"},
           {'c', "ana", "c", "owner", "m", 2, "a"}, {'d', "ana", "c", "owner", "m", 3, "bc"});
}

/* Threat 5: a chain that was cut in the middle shows. */
static void reports_gaps_and_wrong_numbers(void **state)
{
    (void)state;
    EXPECT("ac", "ac", "gc", {'a', "ana", "c", "owner", "m", 1, ""}, {'c', "ana", "c", "owner", "m", 3, "b"});
    EXPECT("a", "a", "sa", {'a', "ana", "c", "owner", "m", 2, ""});
    EXPECT("b", "b", "sb", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 1, "a"});
    EXPECT("c", "c", "sc", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 2, "a"},
           {'c', "ana", "c", "owner", "m", 2, "ab"});
    EXPECT("b", "b", "gb", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 9, "ax"});
}

/* Nobody ends another person's record, nor one of another change, by naming it. */
static void never_links_across_people_and_changes(void **state)
{
    (void)state;
    EXPECT("ab", "ab", "fb", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "eve", "c", "owner", "m", 2, "a"});
    EXPECT("ab", "ab", "fb", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "d", "owner", "m", 2, "a"});
    EXPECT("ab", "ab", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "d", "owner", "m", 1, ""});
}

/* What cannot happen, since names are hashes, still ends. */
static void survives_circles_and_doubles(void **state)
{
    (void)state;
    EXPECT("ab", "ab", "sa", {'a', "ana", "c", "owner", "m", 1, "b"}, {'b', "ana", "c", "owner", "m", 2, "a"});
    EXPECT("b", "b", "", {'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 2, "aa"});
    struct set set;
    const struct row rows[] = {{'a', "ana", "c", "owner", "m", 1, ""}, {'b', "ana", "c", "owner", "m", 2, "a"}};
    make(&set, rows, 2);
    const struct record *twice[] = {set.pointers[0], set.pointers[1], set.pointers[0], set.pointers[1]};
    struct chain *chain = chain_new(twice, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chain_is_newest(chain, i), i % 2);
        assert_int_equal(chain_is_head(chain, i), i % 2);
    }
    size_t problems;
    chain_problems(chain, &problems);
    assert_int_equal(problems, 0);
    chain_free(chain);
    chain_free(chain_new(NULL, 0));
    chain_free(NULL);
}

static void says_what_comes_next(void **state)
{
    (void)state;
    const struct row rows[] = {{'a', "ana", "c", "owner", "m", 1, ""},
                               {'b', "ana", "c", "owner", "n", 2, "a"},
                               {'c', "ana", "c", "owner", "m", 5, "x"},
                               {'d', "lena", "c", "owner", "m", 7, ""},
                               {'e', "ana", "d", "owner", "m", 8, ""}};
    struct set set;
    struct digest *prev, b = name_of('b'), c = name_of('c');
    size_t count;
    int64_t seq;
    make(&set, rows, ARRAY_COUNT(rows));
    struct chain *chain = chain_new(set.pointers, set.count);
    chain_next(chain, SLICE("ana"), SLICE("c"), &prev, &count, &seq);
    assert_int_equal(count, 2);
    assert_int_equal(seq, 6);
    assert_true(slice_compare(digest_slice(&prev[0]), digest_slice(&prev[1])) < 0);
    assert_true(digest_equal(&prev[0], &b) || digest_equal(&prev[0], &c));
    memory_free(prev);
    chain_next(chain, SLICE("ana"), SLICE("new"), &prev, &count, &seq);
    assert_null(prev);
    assert_int_equal(count, 0);
    assert_int_equal(seq, 1);
    chain_free(chain);
}

/* One long chain through many modules: the work is linear and the stack stays flat. */
static void takes_long_chains(void **state)
{
    (void)state;
    enum { COUNT = 20000, MODULES = 200 };
    struct record *records = memory_new_array(COUNT, sizeof *records);
    const struct record **pointers = memory_new_array(COUNT, sizeof *pointers);
    char(*paths)[8] = memory_new_array(MODULES, sizeof *paths);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(paths[i % MODULES], sizeof *paths, "m%zu", i % MODULES);
        memcpy(records[i].name.bytes, &(uint64_t){i + 1}, 8);
        records[i].reviewer.principal = SLICE("ana");
        records[i].change = SLICE("c");
        records[i].module.path = slice_of(paths[i % MODULES]);
        records[i].seq = (int64_t)i + 1;
        records[i].prev = i ? &records[i - 1].name : NULL;
        records[i].prev_count = i > 0;
        pointers[i] = &records[i];
    }
    struct chain *chain = chain_new(pointers, COUNT);
    size_t newest = 0, problems;
    for (size_t i = 0; i < COUNT; i++)
        newest += chain_is_newest(chain, i);
    chain_problems(chain, &problems);
    assert_int_equal(newest, MODULES);
    assert_int_equal(problems, 0);
    assert_true(chain_is_head(chain, COUNT - 1));
    chain_free(chain);
    memory_free(records);
    memory_free(pointers);
    memory_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_newest_and_heads),
        cmocka_unit_test(keeps_every_head_of_a_fork),
        cmocka_unit_test(reports_gaps_and_wrong_numbers),
        cmocka_unit_test(never_links_across_people_and_changes),
        cmocka_unit_test(survives_circles_and_doubles),
        cmocka_unit_test(says_what_comes_next),
        cmocka_unit_test(takes_long_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
