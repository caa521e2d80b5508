#include "harness/test.h"

#include "assay/git/log.h"
#include "harness/fixture.h"

#define NAME_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void assert_code(const char *change, const char *encoded)
{
    struct str out = STR_INIT, back = STR_INIT;
    log_encode_change(slice_of(change), &out);
    assert_slice(str_slice(&out), encoded);
    assert_true(log_decode_change(str_slice(&out), &back));
    assert_slice(str_slice(&back), change);
    str_clear(&out);
    str_clear(&back);
}

static void encodes_names(void **state)
{
    (void)state;
    assert_code("plain-Name_1.0", "plain-Name_1.0");
    assert_code("prompt/plain language", "prompt%2Fplain%20language");
    assert_code("\xc3\xa9%\x1b", "%C3%A9%25%1B");
    assert_code(".", "%2E");
    assert_code("..", "%2E%2E");
    assert_code("...", "...");
    const char *const bad[] = {"", "%", "%4", "a%2f", "%41", "a b", "a/b", "%G0", "."};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct str out = STR_INIT;
        assert_false(log_decode_change(slice_of(bad[i]), &out));
        assert_int_equal(out.size, 0);
        str_clear(&out);
    }
}

static struct oid commit_log(struct fixture *f, const char *from, const struct fixture_file *files, size_t count)
{
    struct oid oid;
    const char *hex = fixture_commit(
        f, "r.git", &(struct fixture_commit){.branch = "assay/log", .from = from, .files = files, .file_count = count});
    assert_true(oid_parse(slice_of(hex), &oid));
    return oid;
}

static void reads_every_file_ever_added(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct log log;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    const struct fixture_file first[] = {{"r/prompt%2Fx/" NAME_A ".json", SLICE("{}")},
                                         {"r/prompt%2Fx/" NAME_A ".json.sig", SLICE("sig")}};
    const struct fixture_file second[] = {{"r/prompt%2Fx/" NAME_A ".json", {NULL, 0}},
                                          {"r/prompt%2Fx/" NAME_A ".json.sig", SLICE("other")},
                                          {"r/y/" NAME_B ".json", SLICE("{}")},
                                          {"README", SLICE("stray")}};
    const struct oid one = commit_log(f, "", first, 2), two = commit_log(f, NULL, second, 4);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    const struct log_tips tips = {.tracked = two};
    log_init(&log);
    assert_success(log_read(repo, &tips, NULL, &log, &error), error);
    assert_int_equal(log.file_count, 4); /* the record, both signatures, the other record */
    assert_int_equal(log.commit_count, 2);
    assert_false(log.rewound);
    assert_slice(log.files[0].change, "prompt/x");
    assert_int_equal(log.files[0].kind, LOG_SIGNATURE);
    assert_slice(log.files[1].change, "y");
    assert_true(oid_equal(&log.files[1].commit, &two));
    assert_true(oid_equal(&log.files[2].commit, &one));
    char hex[64 + 1];
    digest_format_hex(&log.files[2].name, hex);
    assert_string_equal(hex, NAME_A);
    assert_int_equal(log.problem_count, 3);
    assert_string_equal(log.problems[0].what, "is not the name of a record");
    assert_string_equal(log.problems[1].what, "was removed");
    assert_string_equal(log.problems[2].what, "was changed");
    log_clear(&log);

    assert_success(log_read(repo, &tips, &one, &log, &error), error);
    assert_int_equal(log.file_count, 2);
    assert_int_equal(log.commit_count, 1);
    assert_false(log.rewound);
    log_clear(&log);
    assert_success(log_read(repo, &tips, &two, &log, &error), error);
    assert_int_equal(log.commit_count, 0);
    assert_false(log.rewound);
    log_clear(&log);
    const struct log_tips back = {.tracked = one};
    assert_success(log_read(repo, &back, &two, &log, &error), error);
    assert_true(log.rewound);
    log_clear(&log);
    repo_close(repo);
}

/* A merge that drops what its second parent added: it counts all the same, and the removal is reported. */
static void a_merge_hides_nothing(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct log log;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    const struct fixture_file a[] = {{"r/x/" NAME_A ".json", SLICE("a")}}, b[] = {{"r/x/" NAME_B ".json", SLICE("b")}};
    const struct oid first = commit_log(f, "", a, 1);
    commit_log(f, NULL, b, 1);
    const char *tree = fixture_git_output(f, "r.git", "rev-parse", "assay/log~^{tree}", NULL);
    const char *merge =
        fixture_git_output(f, "r.git", "commit-tree", "-p", "assay/log~", "-p", "assay/log", "-m", "m", tree, NULL);
    struct log_tips tips = {.rewound = false};
    oid_parse(slice_of(merge), &tips.tracked);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    const struct oid *const known[] = {NULL, &first};
    for (size_t i = 0; i < 2; i++) {
        log_init(&log);
        assert_success(log_read(repo, &tips, known[i], &log, &error), error);
        assert_int_equal(log.file_count, 2 - i);
        assert_int_equal(log.problem_count, 1);
        assert_string_equal(log.problems[0].what, "was removed");
        assert_false(log.rewound);
        log_clear(&log);
    }
    repo_close(repo);
}

/* A merge that has what its second parent has brought nothing, and makes nothing younger. */
static void a_merge_dates_nothing_anew(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct log log;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    const struct fixture_file a[] = {{"r/x/" NAME_A ".json", SLICE("a")}}, b[] = {{"r/x/" NAME_B ".json", SLICE("b")}};
    const struct oid first = commit_log(f, "", a, 1), second = commit_log(f, NULL, b, 1);
    const char *tree = fixture_git_output(f, "r.git", "rev-parse", "assay/log^{tree}", NULL);
    const char *merge =
        fixture_git_output(f, "r.git", "commit-tree", "-p", "assay/log~", "-p", "assay/log", "-m", "m", tree, NULL);
    struct log_tips tips = {.rewound = false};
    oid_parse(slice_of(merge), &tips.tracked);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    log_init(&log);
    assert_success(log_read(repo, &tips, NULL, &log, &error), error);
    assert_int_equal(log.file_count, 2);
    assert_int_equal(log.problem_count, 0);
    for (size_t i = 0; i < 2; i++) {
        const bool is_first = log.files[i].name.bytes[0] == 0xaa;
        assert_true(oid_equal(&log.files[i].commit, is_first ? &first : &second));
    }
    log_clear(&log);
    repo_close(repo);
}

static void reads_reviews_of_a_tree(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct error error = ERROR_INIT;
    struct log log;
    fixture_git(f, NULL, "init", "-q", "--bare", "r.git", NULL);
    const struct fixture_file files[] = {{"reviews/prompt%2Fx/" NAME_A ".json", SLICE("a")},
                                         {"reviews/prompt%2Fx/seal.json", SLICE("s")},
                                         {"reviews/prompt%2Fx/seal.json.sig", SLICE("s")},
                                         {"reviews/y/" NAME_B ".json.sig", SLICE("b")},
                                         {"r/y/" NAME_B ".json", SLICE("b")}};
    const struct oid root = commit_log(f, "", files, 5);
    assert_success(repo_open(fixture_path(f, "r.git"), &repo, &error), error);
    log_init(&log);
    assert_success(log_read_reviews(repo, &root, SLICE("prompt/x"), &log, &error), error);
    assert_int_equal(log.file_count, 3);
    assert_int_equal(log.files[1].kind, LOG_SEAL);
    log_clear(&log);
    assert_success(log_read_reviews(repo, &root, SLICE(""), &log, &error), error);
    assert_int_equal(log.file_count, 4);
    assert_int_equal(log.problem_count, 0);
    log_clear(&log);
    repo_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_names),
        cmocka_unit_test_setup_teardown(reads_every_file_ever_added, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_merge_hides_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_merge_dates_nothing_anew, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(reads_reviews_of_a_tree, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
