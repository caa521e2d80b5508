/* From a judgement to a record in the log, with the power cut at each step. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/review/submit.h"
#include "assay/review/sync.h"
#include "harness/loaded.h"
#include "harness/review.h"

#define C       CONTENT_CLONE
#define CONCISE "prompt/concise"

enum { KILLED = 128 + 9 };

static void sign_and_die(struct fixture *f)
{
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), KILLED);
    fixture_restore_programs(f);
}

static void one_good_record(struct fixture *f)
{
    assert_int_equal(content_count_records(f), 1);
    assert_int_equal(fixture_assay(f, C, "verify", "--json", NULL), 0);
    review_said(f, "\"good\": 1,");
    assert_int_equal(fixture_assay(f, C, "sync", "--json", NULL), 0);
    review_said(f, "\"waiting\": 0");
    assert_int_equal(content_count_records(f), 1);
}

static void killed_before_the_signature(void **state)
{
    struct fixture *f = *state;
    fixture_replace_program(f, "ssh-keygen", "kill -9 $PPID");
    sign_and_die(f);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    assert_int_equal(content_count_records(f), 0); /* nothing was said, so nothing is sent */
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    one_good_record(f);
}

static void killed_after_the_signature(void **state)
{
    struct fixture *f = *state;
    fixture_replace_program(f, "ssh-keygen", "\"$real\" \"$@\"; kill -9 $PPID");
    sign_and_die(f);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    review_signed(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL);
    one_good_record(f);
}

static void killed_before_the_commit(void **state)
{
    struct fixture *f = *state;
    fixture_git(f, C, "config", "commit.gpgSign", "true", NULL); /* then git makes the commit */
    fixture_replace_program(f, "git",
                            "case \" $* \" in *' commit-tree '*) kill -9 $PPID; exit 1;; esac; exec \"$real\" \"$@\"");
    sign_and_die(f);
    assert_int_equal(content_count_records(f), 0);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    one_good_record(f);
}

static void killed_before_the_push(void **state)
{
    struct fixture *f = *state;
    fixture_replace_program(f, "git",
                            "case \" $* \" in *' push '*) kill -9 $PPID; exit 1;; esac; exec \"$real\" \"$@\"");
    sign_and_die(f);
    assert_int_equal(content_count_records(f), 0);
    assert_int_equal(fixture_assay(f, C, "log", NULL), 0);
    review_said(f, "waiting to be sent");
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    one_good_record(f);
}

static void killed_after_the_push(void **state)
{
    struct fixture *f = *state;
    fixture_replace_program(f, "git",
                            "case \" $* \" in *' push '*) \"$real\" \"$@\"; kill -9 $PPID; exit 1;; esac; "
                            "exec \"$real\" \"$@\"");
    sign_and_die(f);
    assert_int_equal(content_count_records(f), 1);
    one_good_record(f);
}

static void a_signature_that_fails_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    fixture_replace_program(f, "ssh-keygen", "echo 'agent refused operation' >&2; exit 255");
    assert_int_equal(review_sign(f, C, "lena", CONCISE, "assistant", "legal", "approve", NULL), 4);
    fixture_restore_programs(f);
    assert_int_equal(fixture_assay(f, C, "sync", NULL), 0);
    assert_int_equal(content_count_records(f), 0);
}

/* ---- inside one process ---- */

struct world {
    struct loaded about;
    struct ledger ledger;
    struct journal *journal;
    struct drafts *drafts;
};

static void open_world(struct fixture *f, const char *person, struct world *world)
{
    struct error error = ERROR_INIT;
    content_become(f, person);
    assert_success(loaded_open(fixture_path(f, C), CONCISE, &world->about, &error), error);
    struct workspace *workspace = world->about.workspace;
    const struct load *load = &world->about.load;
    assert_success(ledger_read(workspace, load->change, &load->commit, &world->ledger, &error), error);
    assert_success(journal_open(workspace->state_folder.data, &world->journal, NULL, &error), error);
    assert_success(drafts_open(workspace->state_folder.data, &world->drafts, NULL, &error), error);
}

static void close_world(struct world *world)
{
    drafts_close(world->drafts);
    journal_close(world->journal);
    ledger_clear(&world->ledger);
    loaded_close(&world->about);
}

static struct submit_request approval(const struct world *world, const char *role)
{
    struct module *module = load_module(&world->about.load, SLICE("assistant"));
    return (struct submit_request){.load = &world->about.load,
                                   .module = module,
                                   .role = policy_role(&world->about.workspace->policy, slice_of(role)),
                                   .verdict = VERDICT_APPROVE,
                                   .via = "console",
                                   .seen = (int64_t)module->case_count};
}

static void refuses(struct world *world, const struct submit_request *request, const char *part)
{
    struct str why = STR_INIT;
    assert_true(submit_refusal(world->about.workspace, request, &why));
    if (!strstr(why.data, part))
        fail_msg("“%s” has no “%s”", why.data, part);
    str_clear(&why);
}

static void refusals_are_said_in_words(void **state)
{
    struct world world = {0};
    struct str why = STR_INIT;
    open_world(*state, "ines", &world);
    struct submit_request request = approval(&world, "learning-designer");
    assert_false(submit_refusal(world.about.workspace, &request, &why));
    request.seen = 1;
    refuses(&world, &request, "2 of 3 cases are not seen");
    request = approval(&world, "legal");
    refuses(&world, &request, "does not hold the role legal");
    request = approval(&world, "content-owner");
    refuses(&world, &request, "3 of 3 cases are not scored (answer ▸ c1, …)");
    struct record_score scores[REVIEW_CASES] = {
        {.prompt = SLICE("answer"), .case_id = SLICE("c1"), .scores = {4, 4, 4}},
        {.prompt = SLICE("answer"), .case_id = SLICE("c2"), .scores = {4, 2, 4}},
        {.prompt = SLICE("answer"), .case_id = SLICE("c3"), .scores = {4, 4, -1}}};
    request.scores = scores;
    request.score_count = REVIEW_CASES;
    refuses(&world, &request, "1 of 3 cases are not scored (answer ▸ c3)");
    scores[2].scores[2] = 3;
    refuses(&world, &request, "Correctness 2 on answer ▸ c2 needs a comment");
    scores[1].comment = SLICE(" \n");
    refuses(&world, &request, "needs a comment");
    scores[1].comment = SLICE("The number is wrong.");
    assert_false(submit_refusal(world.about.workspace, &request, &why));
    request.verdict = VERDICT_REQUEST_CHANGES;
    refuses(&world, &request, "say what has to change");
    struct record_triage triage = {.prompt = SLICE("answer"), .case_id = SLICE("c1"), .flag = SLICE("pii")};
    request.comment = SLICE("Mend it.");
    request.triage = &triage;
    request.triage_count = 1;
    refuses(&world, &request, "needs a reason");
    str_clear(&why);
    close_world(&world);
}

static void withdrawing_nothing_is_refused(void **state)
{
    struct world world = {0};
    struct error error = ERROR_INIT;
    struct submit_result result;
    open_world(*state, "lena", &world);
    struct submit_request request = approval(&world, "legal");
    request.verdict = VERDICT_WITHDRAW;
    assert_failure(submit_sign(world.about.workspace, world.journal, world.drafts, &request, &world.ledger,
                               PROCESS_BACKGROUND, &result, &error),
                   error, ERROR_INPUT, "nothing to withdraw");
    close_world(&world);
}

static void a_record_says_what_the_formats_ask(void **state)
{
    struct world world = {0};
    struct error error = ERROR_INIT;
    struct str bytes = STR_INIT;
    struct record record;
    open_world(*state, "ines", &world);
    struct submit_request request = approval(&world, "content-owner");
    struct record_score scores[] = {{.prompt = SLICE("answer"), .case_id = SLICE("c2"), .scores = {1, 2, 3}},
                                    {.prompt = SLICE("answer"), .case_id = SLICE("c1"), .scores = {4, -1, 5}}};
    for (size_t i = 0; i < 2; i++) /* by position in the rubric: clarity, correctness, tone */
        for (size_t k = 3; k < RUBRIC_CRITERIA_MAX; k++)
            scores[i].scores[k] = -1;
    request.scores = scores;
    request.score_count = 2;
    request.comment = SLICE("  Almost.\n");
    assert_success(submit_compose(world.about.workspace, &request, &world.ledger, &bytes, &error), error);
    assert_int_equal(record_decode(str_slice(&bytes), &record, &error), RECORD_OK);
    assert_slice(record.repository, "example/learning-content");
    assert_slice(record.target, "main");
    assert_slice(record.change, CONCISE);
    assert_slice(record.reviewer.principal, "ines@example.com");
    assert_slice(record.reviewer.name, "Ines Roy");
    assert_slice(record.meaning, "The content is accurate and meets its teaching goals.");
    assert_slice(record.comment, "Almost.");
    assert_slice(record.scores[0].case_id, "c1");
    assert_slice(record.criteria[1], "correctness");
    assert_int_equal(record.scores[0].scores[0], 4);
    assert_int_equal(record.scores[0].scores[1], -1);
    assert_int_equal(record.scores[1].scores[1], 2);
    assert_int_equal(record.scores[1].scores[2], 3);
    assert_true(digest_equal(&record.module.digest, &request.module->digest));
    assert_true(digest_equal(&record.prompts[0].hash, &request.module->prompts[0].hash));
    assert_slice(record.prompts[0].model, "model-a");
    assert_true(oid_is_none(&record.log));
    assert_int_equal(record.seq, 1);
    assert_int_equal(record.prev_count, 0);
    record_clear(&record);
    str_clear(&bytes);
    close_world(&world);
}

static void a_chain_goes_on_over_roles_and_modules(void **state)
{
    struct fixture *f = *state;
    struct world world = {0};
    struct error error = ERROR_INIT;
    struct str bytes = STR_INIT;
    struct record record;
    const char *first = review_signed(f, C, "ines", CONCISE, "assistant", "learning-designer", "abstain", NULL);
    const char *second = review_signed(f, C, "ines", CONCISE, "assistant", "content-owner", "approve", NULL);
    open_world(f, "ines", &world);
    struct submit_request request = approval(&world, "learning-designer");
    assert_success(submit_compose(world.about.workspace, &request, &world.ledger, &bytes, &error), error);
    assert_int_equal(record_decode(str_slice(&bytes), &record, &error), RECORD_OK);
    char hex[65];
    assert_int_equal(record.seq, 3);
    assert_int_equal(record.prev_count, 1);
    digest_format_hex(&record.prev[0], hex);
    assert_string_equal(hex, second);
    assert_string_not_equal(first, second);
    assert_true(oid_equal(&record.log, &world.ledger.tips.tracked));
    assert_false(oid_is_none(&record.log));
    record_clear(&record);
    str_clear(&bytes);
    close_world(&world);
}

/* As a crash leaves it that came between the signature and the commit: the record's name. */
static struct digest sign_and_crash(struct world *world, const struct submit_request *request)
{
    struct error error = ERROR_INIT;
    struct str bytes = STR_INIT, signature = STR_INIT;
    assert_success(submit_compose(world->about.workspace, request, &world->ledger, &bytes, &error), error);
    assert_success(keys_sign(&world->about.workspace->identity.keys, RECORD_NAMESPACE, str_slice(&bytes),
                             PROCESS_BACKGROUND, &signature, NULL, &error),
                   error);
    struct journal_entry entry = {.kind = SLICE("record"),
                                  .change = world->about.load.change,
                                  .module = request->module->path,
                                  .principal = world->about.workspace->identity.principal,
                                  .bytes = str_slice(&bytes),
                                  .draft = request->draft};
    assert_success(journal_add(world->journal, &entry, &entry.name, &error), error);
    assert_success(journal_signed(world->journal, &entry.name, str_slice(&signature), &error), error);
    str_clear(&signature);
    str_clear(&bytes);
    return entry.name;
}

/* What was signed is taken up, its draft is closed, nothing happens twice. */
static void what_a_crash_left_is_taken_up(void **state)
{
    struct world world = {0};
    struct error error = ERROR_INIT;
    size_t resumed, waiting;
    int64_t found;
    open_world(*state, "lena", &world);
    struct submit_request request = approval(&world, "legal");
    struct slice principal = world.about.workspace->identity.principal;
    assert_success(
        drafts_begin(world.drafts, world.about.load.change, request.module->path, principal, &request.draft, &error),
        error);
    sign_and_crash(&world, &request);
    for (int pass = 0; pass < 2; pass++) {
        assert_success(submit_resume(world.about.workspace, world.journal, world.drafts, &resumed, &error), error);
        assert_int_equal(resumed, pass == 0 ? 1 : 0);
        assert_success(sync_waiting(world.about.workspace, &waiting, &error), error);
        assert_int_equal(waiting, 1);
        assert_success(
            drafts_find(world.drafts, world.about.load.change, request.module->path, principal, &found, &error), error);
        assert_int_equal(found, 0);
    }
    close_world(&world);
}

/* Who was told that it failed signs again: the record that was kept is meant, before it is in the log and after. */
static void who_signs_again_means_the_record_that_was_kept(void **state)
{
    struct fixture *f = *state;
    struct world world = {0};
    struct error error = ERROR_INIT;
    struct submit_result result;
    size_t waiting;
    open_world(f, "lena", &world);
    struct submit_request request = approval(&world, "legal");
    const struct digest kept = sign_and_crash(&world, &request);
    fixture_replace_program(f, "ssh-keygen", "exit 1"); /* no key is asked for */
    for (int i = 0; i < 2; i++) {
        assert_success(submit_sign(world.about.workspace, world.journal, world.drafts, &request, &world.ledger,
                                   PROCESS_BACKGROUND, &result, &error),
                       error);
        assert_true(digest_equal(&result.name, &kept));
        assert_success(sync_waiting(world.about.workspace, &waiting, &error), error);
        assert_int_equal(waiting, 1);
    }
    close_world(&world);
}

/* Who means something else is told of the one that was kept first, for the chain has to know it. */
static void another_word_comes_behind_the_record_that_was_kept(void **state)
{
    struct world world = {0};
    struct error error = ERROR_INIT;
    struct submit_result result;
    size_t waiting;
    open_world(*state, "lena", &world);
    struct submit_request request = approval(&world, "legal");
    sign_and_crash(&world, &request);
    request.comment = SLICE("On second thoughts.");
    assert_failure(submit_sign(world.about.workspace, world.journal, world.drafts, &request, &world.ledger,
                               PROCESS_BACKGROUND, &result, &error),
                   error, ERROR_ENVIRONMENT, "that you signed before was kept here");
    assert_success(sync_waiting(world.about.workspace, &waiting, &error), error);
    assert_int_equal(waiting, 1);
    close_world(&world);
}

static void nobody_signs_out_of_turn(void **state)
{
    struct world world = {0};
    struct error error = ERROR_INIT;
    struct turn another, own = TURN_INIT;
    bool taken;
    open_world(*state, "lena", &world);
    const struct workspace *workspace = world.about.workspace;
    assert_success(turn_take(workspace->state_folder.data, 0, &another, &taken, &error), error);
    assert_true(taken);
    assert_failure(submit_take_turn(workspace, 0, &own, &error), error, ERROR_ENVIRONMENT,
                   "Another assay is signing in this repository");
    turn_give_back(&another);
    assert_success(submit_take_turn(workspace, 0, &own, &error), error);
    turn_give_back(&own);
    close_world(&world);
}

static void personal_data_is_named(void **state)
{
    struct world world = {0};
    struct str found = STR_INIT;
    open_world(*state, "lena", &world);
    struct submit_request request = approval(&world, "legal");
    submit_personal_data(&request, &found);
    assert_int_equal(found.size, 0);
    struct record_flag flag = {.case_id = SLICE("c2"), .comment = SLICE("ask bob@example.org")};
    request.flags = &flag;
    request.flag_count = 1;
    submit_personal_data(&request, &found);
    assert_string_equal(found.data, "an e-mail address in the flag on case c2");
    str_clear(&found);
    close_world(&world);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, review_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(killed_before_the_signature),
        TEST(killed_after_the_signature),
        TEST(killed_before_the_commit),
        TEST(killed_before_the_push),
        TEST(killed_after_the_push),
        TEST(a_signature_that_fails_leaves_nothing),
        TEST(refusals_are_said_in_words),
        TEST(withdrawing_nothing_is_refused),
        TEST(a_record_says_what_the_formats_ask),
        TEST(a_chain_goes_on_over_roles_and_modules),
        TEST(what_a_crash_left_is_taken_up),
        TEST(who_signs_again_means_the_record_that_was_kept),
        TEST(another_word_comes_behind_the_record_that_was_kept),
        TEST(nobody_signs_out_of_turn),
        TEST(personal_data_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
