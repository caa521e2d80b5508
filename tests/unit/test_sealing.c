#include "assay/git/sealing.h"

#include "assay/base/array.h"
#include "assay/git/refs.h"
#include "assay/trust/signers.h"
#include "harness/fixture.h"
#include "harness/test.h"

#define RECORD "reviews/prompt%2Fx/1111111111111111111111111111111111111111111111111111111111111111.json"

static struct repo *make_repository(struct fixture *f)
{
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    assert_success(repo_open(fixture_path(f, "origin.git"), &repo, &error), error);
    return repo;
}

static const char *commit_at(struct fixture *f, int64_t clock, const char *branch, const char *from, const char *path,
                             const char *text)
{
    const struct fixture_file file = {path, text ? slice_of(text) : (struct slice){0}};
    f->clock = clock;
    return fixture_commit(
        f, "origin.git",
        &(struct fixture_commit){.branch = branch, .from = from, .files = &file, .file_count = path ? 1 : 0});
}

static void read_main(const struct repo *repo, struct sealing *sealing)
{
    struct oid target;
    struct error error = ERROR_INIT;
    assert_true(refs_find(repo, "refs/heads/main", &target));
    assert_success(sealing_read(repo, &target, sealing, &error), error);
    assert_true(oid_equal(&sealing->tip, &target));
}

static struct oid blob_of(struct fixture *f, const char *revision, const char *path)
{
    struct oid oid;
    const char *name = fixture_text(f, "%s:%s", revision, path);
    assert_true(oid_parse(slice_of(fixture_git_output(f, "origin.git", "rev-parse", name, NULL)), &oid));
    return oid;
}

static void assert_sealed(struct fixture *f, const struct sealing *sealing, const char *revision, const char *path,
                          const char *commit, int64_t time)
{
    struct oid expected, blob = blob_of(f, revision, path);
    const struct sealing_file *file = sealing_find(sealing, slice_of(path), &blob);
    assert_true(oid_parse(slice_of(commit), &expected));
    assert_non_null(file);
    assert_true(oid_equal(&file->commit, &expected));
    assert_int_equal(file->time, time);
}

/* A commit that claims an early date stands on younger ones: theirs counts. */
static void test_backdated_commit_seals_no_earlier_than_its_ancestors(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing;
    sealing_init(&sealing);
    commit_at(f, 5000, "main", "", "a", "1");
    const char *brought = commit_at(f, 1000, "main", NULL, RECORD, "{}");
    commit_at(f, 9000, "main", NULL, "a", "2");
    read_main(repo, &sealing);
    assert_sealed(f, &sealing, "main", RECORD, brought, 5000);
    assert_int_equal(sealing.latest, 9000);
    sealing_clear(&sealing);
    repo_close(repo);
}

/* What a branch carries came to the target with the merge, whatever the branch's own commits say. */
static void test_merge_brings_a_branch_at_its_own_time(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing;
    sealing_init(&sealing);
    commit_at(f, 1000, "main", "", "a", "1");
    commit_at(f, 2000, "prompt/x", "main", RECORD, "{}");
    commit_at(f, 3000, "main", NULL, "a", "2");
    assert_int_equal(fixture_git(f, NULL, "clone", "-q", "origin.git", "clone", NULL), 0);
    assert_int_equal(fixture_run(f, "clone", "env", "GIT_COMMITTER_DATE=@4000 +0000", "GIT_AUTHOR_DATE=@4000 +0000",
                                 "git", "-c", "user.name=M", "-c", "user.email=m@example.com", "merge", "-q", "--no-ff",
                                 "-m", "merge", "origin/prompt/x", NULL),
                     0);
    assert_int_equal(fixture_git(f, "clone", "push", "-q", "origin", "main", NULL), 0);
    read_main(repo, &sealing);
    assert_sealed(f, &sealing, "main", RECORD, fixture_commit_of(f, "origin.git", "main"), 4000);
    sealing_clear(&sealing);
    repo_close(repo);
}

static void test_first_arrival_counts_even_after_removal(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing;
    sealing_init(&sealing);
    const char *first = commit_at(f, 1000, "main", "", RECORD, "{}");
    commit_at(f, 2000, "main", NULL, RECORD, NULL);
    commit_at(f, 3000, "main", NULL, RECORD, "{}");
    const char *other = commit_at(f, 4000, "main", NULL, RECORD, "{\"other\": 1}");
    read_main(repo, &sealing);
    assert_int_equal(sealing.count, 2);
    assert_sealed(f, &sealing, "main~1", RECORD, first, 1000);
    assert_sealed(f, &sealing, "main", RECORD, other, 4000);
    sealing_clear(&sealing);
    repo_close(repo);
}

static void test_a_file_that_never_came_has_no_time(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing;
    sealing_init(&sealing);
    struct log_file file = {.kind = LOG_RECORD, .change = SLICE("prompt/x")};
    assert_true(sealing_time(&sealing, &file) == SIGNERS_NOT_SEALED); /* before anything was read */
    commit_at(f, 1000, "main", "", RECORD, "{}");
    read_main(repo, &sealing);
    assert_true(digest_parse_hex(slice_part(slice_of(RECORD), 19, 64), &file.name));
    assert_true(sealing_time(&sealing, &file) == SIGNERS_NOT_SEALED); /* another blob */
    file.blob = blob_of(f, "main", RECORD);
    assert_int_equal(sealing_time(&sealing, &file), 1000);
    file.kind = LOG_SIGNATURE;
    assert_true(sealing_time(&sealing, &file) == SIGNERS_NOT_SEALED);
    sealing_clear(&sealing);
    repo_close(repo);
}

/* Goes on from what it knows, and gives the same as one walk; a target that was rewound is read anew. */
static void test_kept_bytes_go_on_and_a_rewound_target_starts_anew(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing, whole;
    struct str kept = STR_INIT, again = STR_INIT;
    sealing_init(&sealing);
    sealing_init(&whole);
    commit_at(f, 7000, "main", "", "reviews/prompt%2Fx/seal.json", "one");
    read_main(repo, &sealing);
    sealing_encode(&sealing, &kept);
    commit_at(f, 3000, "main", NULL, RECORD, "{}");
    assert_true(sealing_decode(str_slice(&kept), &sealing));
    read_main(repo, &sealing);
    read_main(repo, &whole);
    str_reset(&kept);
    sealing_encode(&sealing, &kept);
    sealing_encode(&whole, &again);
    assert_int_equal(sealing.count, 2);
    assert_int_equal(sealing.files[1].time, 7000);
    assert_slice(str_slice(&kept), again.data);
    commit_at(f, 100, "main", "", RECORD, "{}");
    read_main(repo, &sealing);
    assert_int_equal(sealing.count, 1);
    assert_int_equal(sealing.files[0].time, 100);
    str_clear(&again);
    str_clear(&kept);
    sealing_clear(&whole);
    sealing_clear(&sealing);
    repo_close(repo);
}

/* What was there before the list is older than it, also by dates that say otherwise; what comes with it or later is not. */
static void test_a_list_of_revoked_keys_is_later_than_what_was_there(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing;
    sealing_init(&sealing);
    commit_at(f, 5000, "main", "", RECORD, "{}");
    const char *listed = commit_at(f, 4000, "main", NULL, SEALING_REVOKED_PATH, "one\n");
    const char *later = commit_at(f, 3000, "main", NULL, RECORD, "{\"other\": 1}");
    commit_at(f, 3000, "main", NULL, SEALING_REVOKED_PATH, "two\n");
    commit_at(f, 9000, "main", NULL, SEALING_REVOKED_PATH, "one\n"); /* was there before */
    read_main(repo, &sealing);
    assert_int_equal(sealing.count, 4);
    assert_sealed(f, &sealing, listed, SEALING_REVOKED_PATH, listed, 5001);
    assert_sealed(f, &sealing, later, RECORD, later, 5001);
    assert_int_equal(sealing.files[3].time, 5002);
    assert_int_equal(sealing.latest, 9000);
    sealing_clear(&sealing);
    repo_close(repo);
}

static void test_bytes_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "x",
        "1111111111111111111111111111111111111111",
        "1111111111111111111111111111111111111111 x\n",
        "1111111111111111111111111111111111111111 1 \nx y z\n",
        "1111111111111111111111111111111111111111 1\n1111111111111111111111111111111111111111 "
        "1111111111111111111111111111111111111111 99999999999999999999 p\n"};
    struct sealing sealing;
    (void)state;
    sealing_init(&sealing);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(sealing_decode(slice_of(bad[i]), &sealing));
        assert_int_equal(sealing.count, 0);
        assert_true(oid_is_none(&sealing.tip));
    }
    sealing_clear(&sealing);
}

/* Names that no file system may see, and links, are nobody's record. */
static void test_odd_entries_are_not_sealed(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = make_repository(f);
    struct sealing sealing;
    sealing_init(&sealing);
    commit_at(f, 1000, "main", "", "reviews/\x7f/x.json", "{}");
    commit_at(f, 2000, "main", NULL, "reviews", NULL);
    read_main(repo, &sealing);
    assert_int_equal(sealing.count, 0);
    sealing_clear(&sealing);
    repo_close(repo);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_backdated_commit_seals_no_earlier_than_its_ancestors),
        TEST(test_merge_brings_a_branch_at_its_own_time),
        TEST(test_first_arrival_counts_even_after_removal),
        TEST(test_a_file_that_never_came_has_no_time),
        TEST(test_kept_bytes_go_on_and_a_rewound_target_starts_anew),
        TEST(test_a_list_of_revoked_keys_is_later_than_what_was_there),
        TEST(test_bytes_that_are_none_are_refused),
        TEST(test_odd_entries_are_not_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
