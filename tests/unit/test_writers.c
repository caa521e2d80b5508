/* Many writers, one log. With TEST_LARGE set each sends ten records, as CI does; else two, which is enough for every
 * writer to lose a race. */
#include "harness/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "assay/git/outbox.h"
#include "assay/git/transport.h"
#include "harness/content.h"

#define LOG_BRANCH "assay/log"

static const struct transport background = {.mode = PROCESS_BACKGROUND};

static void make_origin(struct fixture *f)
{
    const struct fixture_file file = {"file.txt", SLICE("1")};
    fixture_git(f, NULL, "init", "-q", "--bare", "-b", "main", "origin.git", NULL);
    fixture_commit(f, "origin.git",
                   &(struct fixture_commit){.branch = "main", .from = "", .files = &file, .file_count = 1});
}

static void append(struct repo *repo, const char *text)
{
    struct error error = ERROR_INIT;
    struct outbox_record record = {.change = SLICE("prompt/x"),
                                   .record = slice_of(text),
                                   .signature = SLICE("signature"),
                                   .author = SLICE("Ana <Ruiz>"),
                                   .email = SLICE("ana@acme.example")};
    digest_of(record.record, &record.name);
    assert_success(outbox_append(repo, LOG_BRANCH, &record, PROCESS_BACKGROUND, &error), error);
}

/* 8 processes, each with a clone of its own, each sending its records one by one. */
static void eight_writers_lose_nothing(void **state)
{
    enum { WRITERS = 8 };
    const int records = test_is_large() ? 10 : 2;
    struct fixture *f = *state;
    pid_t children[WRITERS];
    size_t attempts = 0;
    make_origin(f);
    for (int i = 0; i < WRITERS; i++) {
        fixture_git(f, NULL, "clone", "-q", "origin.git", fixture_text(f, "clone%d", i), NULL);
    }
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct repo *repo = NULL;
            struct error error = ERROR_INIT;
            size_t tries = 0;
            int lost = repo_open(fixture_path(f, fixture_text(f, "clone%d", i)), &repo, &error) == 0 ? 0 : records;
            for (int k = 0; repo && k < records; k++) {
                struct transport_result result;
                transport_result_init(&result);
                append(repo, fixture_text(f, "%d of %d", k, i));
                const bool sent = transport_push_log(repo, &background, LOG_BRANCH, &result, &error) == 0 &&
                                  result.outcome == OUTCOME_DONE;
                lost += sent ? 0 : 1;
                tries += result.attempts;
                transport_result_clear(&result);
            }
            fixture_write_text(f, fixture_text(f, "tries%d", i), fixture_text(f, "%zu", tries));
            _exit(lost);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;
        uint64_t tries = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
        slice_to_uint64(fixture_read(f, fixture_text(f, "tries%d", i)), &tries);
        attempts += (size_t)tries;
    }
    assert_int_equal(content_count_records(f), WRITERS * records);
    const double mean = (double)attempts / (WRITERS * records);
    print_message("%d records, %.2f attempts each\n", WRITERS * records, mean);
    /* Two records each: hardly one goes on alone, and where one of eight wins each round, they take 4.5. */
    assert_true(mean <= (test_is_large() ? 2.5 : 4.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(eight_writers_lose_nothing, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
