/* What is found while the log is read is what is found afterwards; what does not fit any more is examined anew. */
#include "harness/test.h"

#include "assay/base/memory.h"
#include "assay/git/outbox.h"
#include "assay/review/examine_ahead.h"
#include "harness/records.h"

enum { CHANGES = 22, EACH = 30, ALL = CHANGES * EACH, NOW = 1800000000 };

static const struct records_scale scale = {.changes = CHANGES, .each = EACH, .signers = 5, .cases = 1};

/* A log that was read, and an examination of all its records in its order. */
struct desk {
    struct workspace *workspace;
    struct log log;
    struct examine_item items[ALL];
    struct examine_blob blobs[3 * ALL]; /* the record, the signature, and one to spare */
    struct examination examination;
};

static void read_log(struct desk *desk, struct log_listener listener)
{
    struct error error = ERROR_INIT;
    struct log_tips tips;
    log_init(&desk->log);
    desk->log.listener = listener;
    if (outbox_find_tips(desk->workspace->repo, "assay/log", &tips, &error) < 0 ||
        log_read(desk->workspace->repo, &tips, NULL, &desk->log, &error) < 0)
        fail_msg("%s", error.text);
}

static struct desk *open_desk(struct fixture *f)
{
    struct error error = ERROR_INIT;
    struct desk *desk = memory_new(sizeof *desk);
    records_make(f, &scale, "log");
    if (workspace_open(fixture_path(f, "log"), &desk->workspace, &error) < 0)
        fail_msg("%s", error.text);
    return desk;
}

static void prepare(struct desk *desk, enum examine_depth depth)
{
    assert_int_equal(desk->log.file_count, 2 * ALL);
    for (size_t i = 0; i < ALL; i++) {
        const struct log_file *pair = &desk->log.files[2 * i];
        desk->blobs[3 * i] = (struct examine_blob){.oid = pair[0].blob, .sealed_at = SIGNERS_NOT_SEALED};
        desk->blobs[3 * i + 1] = (struct examine_blob){.oid = pair[1].blob, .sealed_at = SIGNERS_NOT_SEALED};
        desk->items[i] = (struct examine_item){.name = pair[0].name, .records = 3 * i + 1, .signatures = 3 * i + 2};
    }
    desk->examination =
        (struct examination){.workspace = desk->workspace,
                             .tools = {.repo = desk->workspace->repo, .signers = desk->workspace->signers},
                             .items = desk->items,
                             .blobs = desk->blobs,
                             .count = ALL,
                             .depth = depth,
                             .now = NOW};
}

/* Other records than the log told of: sealed ones, ones with somebody else's signature, with a second one, without. */
static void disturb(struct desk *desk)
{
    for (size_t i = 0; i < ALL; i++) {
        const struct examine_blob *other = &desk->blobs[3 * ((i + 1) % ALL) + 1];
        if (i % 3 == 0)
            desk->blobs[3 * i].sealed_at = desk->blobs[3 * i + 1].sealed_at = NOW - 1000;
        if (i % 5 == 0)
            desk->blobs[3 * i + 1].oid = other->oid;
        if (i % 7 == 0) {
            desk->blobs[3 * i + 2] = (struct examine_blob){.oid = other->oid, .sealed_at = SIGNERS_NOT_SEALED};
            desk->blobs[3 * i + 1].next = 3 * i + 3;
        }
        if (i % 11 == 0)
            desk->items[i].signatures = 0;
        if (i % 13 == 0) /* twice the same */
            desk->items[i] = desk->items[(i + 1) % ALL];
    }
}

static void same(const struct examined *a, const struct examined *b)
{
    assert_int_equal(a->decoded, b->decoded);
    assert_int_equal(a->signature, b->signature);
    assert_int_equal(a->sealed_at, b->sealed_at);
    assert_true(oid_equal(&a->blob, &b->blob) && oid_equal(&a->signature_blob, &b->signature_blob));
    assert_true(slice_equal(a->principal, b->principal) && slice_equal(a->detail, b->detail));
    assert_true(slice_equal(a->record.change, b->record.change) && a->record.seq == b->record.seq);
}

/* Returns how many are good. */
static size_t compare(struct desk *desk, struct examine_ahead *ahead)
{
    struct error error = ERROR_INIT;
    struct examine_results plain, found;
    size_t good = 0;
    if (examine(&desk->examination, &plain, &error) < 0 ||
        examine_ahead_finish(ahead, &desk->examination, &found, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(found.count, plain.count);
    for (size_t i = 0; i < plain.count; i++) {
        same(&plain.items[i], &found.items[i]);
        good += found.items[i].signature == GATE_SIGNATURE_GOOD;
    }
    examine_clear(&plain);
    examine_clear(&found);
    return good;
}

static void finds_what_is_found_afterwards(void **state)
{
    struct desk *desk = open_desk(*state);
    for (int depth = EXAMINE_HEADERS; depth <= EXAMINE_WHOLE; depth++)
        for (int disturbed = 0; disturbed < 2; disturbed++) {
            struct examine_ahead *ahead = examine_ahead_new(desk->workspace, (enum examine_depth)depth, NOW);
            read_log(desk, examine_ahead_listener(ahead));
            prepare(desk, (enum examine_depth)depth);
            if (disturbed)
                disturb(desk);
            size_t good = compare(desk, ahead);
            if (depth == EXAMINE_HEADERS)
                assert_int_equal(good, 0);
            else if (disturbed)
                assert_in_range(good, ALL / 2, ALL - ALL / 11);
            else
                assert_int_equal(good, ALL);
            examine_ahead_free(ahead);
            log_clear(&desk->log);
        }
    workspace_close(desk->workspace);
    memory_free(desk);
}

static void examines_all_when_it_was_told_nothing(void **state)
{
    struct desk *desk = open_desk(*state);
    struct examine_ahead *ahead = examine_ahead_new(desk->workspace, EXAMINE_SIGNED_HEADERS, NOW);
    read_log(desk, (struct log_listener){.tell = NULL});
    prepare(desk, EXAMINE_SIGNED_HEADERS);
    assert_int_equal(compare(desk, ahead), ALL);
    examine_ahead_free(ahead);
    examine_ahead_free(NULL);
    log_clear(&desk->log);
    workspace_close(desk->workspace);
    memory_free(desk);
}

/* Whoever was told and is not asked ends quietly, while the worker works. */
static void ends_while_it_works(void **state)
{
    struct desk *desk = open_desk(*state);
    for (int i = 0; i < 3; i++) {
        struct examine_ahead *ahead = examine_ahead_new(desk->workspace, EXAMINE_WHOLE, NOW);
        read_log(desk, examine_ahead_listener(ahead));
        examine_ahead_free(ahead);
        log_clear(&desk->log);
    }
    workspace_close(desk->workspace);
    memory_free(desk);
}

/* A record that cannot be read is told as it is without looking ahead. */
static void what_is_missing_is_said(void **state)
{
    struct fixture *f = *state;
    struct desk *desk = open_desk(f);
    struct error error = ERROR_INIT;
    struct examine_results results;
    struct examine_ahead *ahead = examine_ahead_new(desk->workspace, EXAMINE_WHOLE, NOW);
    read_log(desk, examine_ahead_listener(ahead));
    prepare(desk, EXAMINE_WHOLE);
    memset(desk->blobs[3 * (ALL - 1)].oid.bytes, 0xAB, OID_SIZE);
    assert_int_equal(examine_ahead_finish(ahead, &desk->examination, &results, &error), -1);
    assert_non_null(strstr(error.text, "is missing; run `git fsck`"));
    examine_ahead_free(ahead);
    log_clear(&desk->log);
    workspace_close(desk->workspace);
    memory_free(desk);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_what_is_found_afterwards),
        TEST(examines_all_when_it_was_told_nothing),
        TEST(ends_while_it_works),
        TEST(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
