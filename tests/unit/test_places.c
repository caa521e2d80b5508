/* What is known of records by where they lie; no repository is needed for it. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/review/places.h"

static struct digest name_of(int number)
{
    struct digest name;
    digest_of(slice_make((const char *)&number, sizeof number), &name);
    return name;
}

static struct oid commit_of(int number)
{
    return (struct oid){{(unsigned char)number}};
}

/* Record and signature of a change, brought by the commit of the same number. */
static void add(struct log *log, const char *change, int number)
{
    const struct log_file file = {.change = slice_of(change), .name = name_of(number), .commit = commit_of(number)};
    *ARRAY_PUSH(log->files, log->file_count, log->file_capacity) = file;
    *ARRAY_PUSH(log->files, log->file_count, log->file_capacity) = file;
    log->files[log->file_count - 1].kind = LOG_SIGNATURE;
}

/* 1 and 2 of prompt/a, 3 of prompt/b; 2 lies on the candidate too. */
static void make(struct places *places)
{
    struct log log;
    log_init(&log);
    add(&log, "prompt/a", 1);
    add(&log, "prompt/a", 2);
    add(&log, "prompt/b", 3);
    places_init(places, NULL);
    places_add_log(places, &log, SLICE(""));
    log_clear(&log);
    log_init(&log);
    add(&log, "prompt/a", 2);
    catalogue_add(&places->catalogues[PLACE_CANDIDATE], &log);
    log_clear(&log);
}

static size_t position(const struct gathered *gathered, const char *change, int number)
{
    size_t at = SIZE_MAX;
    gathered_find(gathered, &(struct log_file){.change = slice_of(change), .name = name_of(number)}, &at);
    return at;
}

static void gathers_each_record_once(void **state)
{
    struct places places;
    struct gathered gathered;
    (void)state;
    make(&places);
    places_gather(&places, NULL, &gathered);
    assert_int_equal(gathered.count, 3);
    assert_int_equal(gathered.blob_count, 8);
    assert_int_equal(gathered.records[position(&gathered, "prompt/a", 1)].places, 1 << PLACE_LOG);
    assert_int_equal(gathered.records[position(&gathered, "prompt/a", 2)].places,
                     1 << PLACE_LOG | 1 << PLACE_CANDIDATE);
    assert_int_equal(position(&gathered, "prompt/b", 2), SIZE_MAX);
    gathered_clear(&gathered);
    places_clear(&places);
}

static void takes_one_change_of_a_log(void **state)
{
    struct places places;
    struct gathered gathered;
    struct log log;
    (void)state;
    log_init(&log);
    add(&log, "prompt/a", 1);
    add(&log, "prompt/b", 2);
    places_init(&places, NULL);
    places_add_log(&places, &log, SLICE("prompt/b"));
    log_clear(&log);
    places_gather(&places, NULL, &gathered);
    assert_int_equal(gathered.count, 1);
    assert_int_equal(position(&gathered, "prompt/b", 2), 0);
    gathered_clear(&gathered);
    places_clear(&places);
}

static void knows_the_commits_that_brought_files(void **state)
{
    struct places places;
    struct log log;
    const struct oid none = {{0}}, first = commit_of(1), waiting = commit_of(7), other = commit_of(9);
    (void)state;
    make(&places);
    log_init(&log);
    add(&log, "prompt/a", 7);
    catalogue_add(&places.catalogues[PLACE_WAITING], &log);
    log_clear(&log);
    log_init(&log);
    add(&log, "prompt/a", 9);
    catalogue_add(&places.catalogues[PLACE_TARGET], &log);
    log_clear(&log);
    assert_true(places_in_history(&places, &none));
    assert_true(places_in_history(&places, &first));
    assert_true(places_in_history(&places, &waiting));
    assert_false(places_in_history(&places, &other)); /* the target's commits are none of the log's */
    places_clear(&places);
}

/* Notes what everything gathered says: that its signer saw this commit, or that it is no record. */
static void note_all(struct places *places, const struct table *wanted, enum record_problem decoded, struct oid saw)
{
    struct examined items[8];
    struct gathered gathered;
    places_gather(places, wanted, &gathered);
    assert_in_range(gathered.count, 1, ARRAY_COUNT(items));
    for (size_t i = 0; i < gathered.count; i++)
        items[i] = (struct examined){.decoded = decoded, .record = {.change = SLICE("prompt/a"), .log = saw}};
    places_note(places, &gathered, &(struct examine_results){.items = items, .count = gathered.count});
    gathered_clear(&gathered);
}

static size_t count_unread(const struct places *places)
{
    struct table *unread = places_unread(places);
    size_t count = table_count(unread);
    table_free(unread);
    return count;
}

static void reads_again_only_what_is_open(void **state)
{
    struct places places;
    (void)state;
    make(&places);
    assert_int_equal(count_unread(&places), 3);
    places.catalogues[PLACE_LOG].changed = false;
    note_all(&places, NULL, RECORD_OK, commit_of(9)); /* a commit that is not there: asked again the next time */
    assert_int_equal(count_unread(&places), 3);
    assert_true(places.catalogues[PLACE_LOG].changed);
    places_clear(&places);
    make(&places);
    note_all(&places, NULL, RECORD_OK, commit_of(1));
    assert_int_equal(count_unread(&places), 0);
    places.catalogues[PLACE_LOG].changed = false;
    note_all(&places, NULL, RECORD_OK, commit_of(9)); /* what is known stays */
    assert_int_equal(count_unread(&places), 0);
    assert_false(places.catalogues[PLACE_LOG].changed);
    places_clear(&places);
    make(&places);
    note_all(&places, NULL, RECORD_MALFORMED, commit_of(9)); /* what is no record saw no log */
    assert_int_equal(count_unread(&places), 0);
    places_clear(&places);
}

static bool is_relevant(const struct places *places, const char *change, const char *folder, int number)
{
    struct str key = STR_INIT;
    struct table *keys = places_relevant(places, &(struct relevance_subject){.change = slice_of(change)});
    bool found =
        table_has(keys, gathered_key(&key, &(struct log_file){.change = slice_of(folder), .name = name_of(number)}));
    table_free(keys);
    str_clear(&key);
    return found;
}

/* All say to be of prompt/a, 3 in the folder of prompt/b. */
static void a_lost_log_matters_to_every_change(void **state)
{
    struct places places;
    (void)state;
    make(&places);
    note_all(&places, NULL, RECORD_OK, commit_of(1));
    assert_true(is_relevant(&places, "prompt/a", "prompt/a", 1));
    assert_true(is_relevant(&places, "prompt/a", "prompt/b", 3));
    assert_true(is_relevant(&places, "prompt/b", "prompt/b", 3));
    assert_false(is_relevant(&places, "prompt/c", "prompt/a", 1));
    assert_false(is_relevant(&places, "prompt/c", "prompt/b", 3));
    places_clear(&places);
    make(&places);
    note_all(&places, NULL, RECORD_OK, commit_of(9));
    assert_true(is_relevant(&places, "prompt/c", "prompt/a", 1));
    assert_true(is_relevant(&places, "prompt/c", "prompt/b", 3));
    places_clear(&places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gathers_each_record_once),
        cmocka_unit_test(takes_one_change_of_a_log),
        cmocka_unit_test(knows_the_commits_that_brought_files),
        cmocka_unit_test(reads_again_only_what_is_open),
        cmocka_unit_test(a_lost_log_matters_to_every_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
