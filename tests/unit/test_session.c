/* A session over the sample content: what is scored, seen and next, and that nothing entered is ever lost. */
#include "harness/test.h"

#include "assay/base/memory.h"
#include "assay/review/session.h"
#include "harness/loaded.h"
#include "harness/review.h"

struct desk {
    struct fixture *f;
    struct loaded about;
    struct drafts *drafts;
    struct ledger ledger;
    struct session *session;
    struct error error;
};

static void open_session(struct desk *desk, const char *role)
{
    struct workspace *workspace = desk->about.workspace;
    const struct module *module = load_module(&desk->about.load, SLICE("assistant"));
    size_t at = role ? policy_role(&workspace->policy, slice_of(role)) : SIZE_MAX;
    assert_non_null(module);
    assert_success(session_open(workspace, desk->drafts, &desk->about.load, module, at, &desk->ledger, &desk->session,
                                &desk->error),
                   desk->error);
}

static void sit_down(struct desk *desk, const char *change)
{
    const char *folder = fixture_path(desk->f, CONTENT_CLONE);
    assert_success(loaded_open(folder, change, &desk->about, &desk->error), desk->error);
    struct workspace *workspace = desk->about.workspace;
    const struct load *load = &desk->about.load;
    assert_success(drafts_open(workspace->state_folder.data, &desk->drafts, NULL, &desk->error), desk->error);
    assert_success(ledger_read(workspace, load->change, &load->commit, &desk->ledger, &desk->error), desk->error);
    open_session(desk, "content-owner");
}

static void stand_up(struct desk *desk)
{
    session_close(desk->session);
    ledger_clear(&desk->ledger);
    drafts_close(desk->drafts);
    loaded_close(&desk->about);
    desk->session = NULL;
}

static int setup(void **state)
{
    struct desk *desk = memory_new(sizeof *desk);
    void *f;
    review_setup(&f);
    desk->f = f;
    sit_down(desk, "prompt/concise");
    *state = desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    void *f = desk->f;
    stand_up(desk);
    memory_free(desk);
    return fixture_teardown(&f);
}

static void score_case(struct desk *desk, size_t at, int score)
{
    for (size_t c = 0; c < session_rubric(desk->session)->count; c++)
        assert_success(session_set_score(desk->session, at, c, score, &desk->error), desk->error);
}

static void again(struct desk *desk)
{
    session_close(desk->session);
    open_session(desk, "content-owner");
}

static void begins_empty(void **state)
{
    struct desk *desk = *state;
    struct session_progress progress = session_progress(desk->session);
    assert_int_equal(session_count(desk->session), REVIEW_CASES);
    assert_int_equal(progress.to_score, REVIEW_CASES);
    assert_int_equal(progress.scored + progress.seen + progress.flags, 0);
    assert_int_equal(session_next_unscored(desk->session, 0), 1);
    assert_false(session_is_read_only(desk->session));
    assert_int_equal(session_find(desk->session, SLICE("answer"), SLICE("c2")), 1);
    assert_int_equal(session_find(desk->session, SLICE("answer"), SLICE("c9")), JUDGEMENT_NOT_FOUND);
}

static void keeps_scores(void **state)
{
    struct desk *desk = *state;
    score_case(desk, 1, 4);
    assert_true(session_is_scored(desk->session, 1));
    again(desk);
    assert_true(session_is_scored(desk->session, 1));
    assert_int_equal(session_case(desk->session, 1)->scores[2], 4);
    assert_false(session_case(desk->session, 1)->carried);
    assert_int_equal(session_progress(desk->session).scored, 1);
    assert_success(session_set_score(desk->session, 1, 0, JUDGEMENT_NO_SCORE, &desk->error), desk->error);
    assert_false(session_is_scored(desk->session, 1));
}

static void refuses_what_does_not_fit(void **state)
{
    struct desk *desk = *state;
    assert_failure(session_set_score(desk->session, 0, 0, 6, &desk->error), desk->error, ERROR_USAGE, "1 to 5");
    assert_failure(session_set_score(desk->session, 0, 0, 0, &desk->error), desk->error, ERROR_USAGE, "1 to 5");
    assert_failure(session_set_score(desk->session, 0, 7, 3, &desk->error), desk->error, ERROR_USAGE, "criterion");
    assert_int_equal(session_case(desk->session, 0)->scores[0], JUDGEMENT_NO_SCORE);
}

static void low_scores_need_a_comment(void **state)
{
    struct desk *desk = *state;
    score_case(desk, 0, 2);
    assert_true(session_needs_comment(desk->session, 0));
    assert_false(session_is_scored(desk->session, 0));
    assert_success(session_set_comment(desk->session, 0, SLICE("  too vague \n"), &desk->error), desk->error);
    assert_slice(session_case(desk->session, 0)->comment, "too vague");
    assert_true(session_is_scored(desk->session, 0));
}

static void next_goes_around(void **state)
{
    struct desk *desk = *state;
    score_case(desk, 1, 3);
    assert_int_equal(session_next_unscored(desk->session, 0), 2);
    assert_int_equal(session_next_unscored(desk->session, 2), 0);
    score_case(desk, 0, 3);
    assert_int_equal(session_next_unscored(desk->session, 2), 2);
    score_case(desk, 2, 3);
    assert_int_equal(session_next_unscored(desk->session, 2), JUDGEMENT_NOT_FOUND);
}

static void takes_steps_back(void **state)
{
    struct desk *desk = *state;
    bool stepped;
    size_t at;
    score_case(desk, 0, 3);
    assert_success(session_set_flag(desk->session, 2, SLICE("other"), true, SLICE("odd"), &desk->error), desk->error);
    assert_int_equal(session_case(desk->session, 2)->flag_count, 1);
    assert_success(session_undo(desk->session, &stepped, &at, &desk->error), desk->error);
    assert_true(stepped);
    assert_int_equal(at, 2);
    assert_int_equal(session_case(desk->session, 2)->flag_count, 0);
    assert_success(session_undo(desk->session, &stepped, &at, &desk->error), desk->error);
    assert_int_equal(at, 0);
    assert_int_equal(session_case(desk->session, 0)->scores[2], JUDGEMENT_NO_SCORE);
    assert_success(session_redo(desk->session, &stepped, &at, &desk->error), desk->error);
    assert_int_equal(session_case(desk->session, 0)->scores[2], 3);
    for (int i = 0; i < 5; i++)
        assert_success(session_undo(desk->session, &stepped, &at, &desk->error), desk->error);
    assert_false(stepped);
    assert_int_equal(session_progress(desk->session).scored, 0);
}

static void flags_by_code(void **state)
{
    struct desk *desk = *state;
    assert_success(session_set_flag(desk->session, 0, SLICE("a"), true, SLICE("1"), &desk->error), desk->error);
    assert_success(session_set_flag(desk->session, 0, SLICE("b"), true, SLICE("2"), &desk->error), desk->error);
    assert_success(session_set_flag(desk->session, 0, SLICE("a"), true, SLICE("3"), &desk->error), desk->error);
    assert_int_equal(session_case(desk->session, 0)->flag_count, 2);
    assert_slice(session_case(desk->session, 0)->flags[0].comment, "3");
    assert_success(session_set_flag(desk->session, 0, SLICE("a"), false, SLICE(""), &desk->error), desk->error);
    assert_int_equal(session_case(desk->session, 0)->flag_count, 1);
    assert_slice(session_case(desk->session, 0)->flags[0].code, "b");
}

static void decides_on_many(void **state)
{
    struct desk *desk = *state;
    enum triage_decision accepted = TRIAGE_ACCEPTED;
    const struct judgement_target targets[] = {
        {SLICE("answer"), SLICE("c1"), session_case(desk->session, 0)->output, SLICE("rouge_l")},
        {SLICE("answer"), {0}, {{0}}, SLICE("pass_rate")},
    };
    bool stepped;
    size_t at, count;
    assert_success(session_decide(desk->session, targets, 2, &accepted, SLICE("agreed"), &desk->error), desk->error);
    again(desk);
    assert_non_null(session_decision(desk->session, &targets[1]));
    assert_slice(session_decision(desk->session, &targets[0])->reason, "agreed");
    assert_success(session_undo(desk->session, &stepped, &at, &desk->error), desk->error);
    session_decisions(desk->session, &count);
    assert_int_equal(count, 0);
    assert_null(session_decision(desk->session, &targets[1]));
}

static void seen_and_place_are_kept(void **state)
{
    struct desk *desk = *state;
    struct arena arena = ARENA_INIT;
    struct drafts_place place = {.prompt = SLICE("answer"),
                                 .case_id = SLICE("c3"),
                                 .criterion = SLICE("tone"),
                                 .scroll = 17,
                                 .typing = SLICE("half a"),
                                 .typing_what = SLICE("comment"),
                                 .seed = 9};
    assert_success(session_mark_seen(desk->session, 2, &desk->error), desk->error);
    assert_success(session_mark_seen(desk->session, 2, &desk->error), desk->error);
    assert_success(session_set_place(desk->session, &place, &desk->error), desk->error);
    again(desk);
    assert_true(session_case(desk->session, 2)->seen);
    assert_int_equal(session_progress(desk->session).seen, 1);
    assert_success(session_place(desk->session, &arena, &place, &desk->error), desk->error);
    assert_slice(place.case_id, "c3");
    assert_slice(place.typing, "half a");
    assert_int_equal(place.scroll, 17);
    arena_clear(&arena);
}

static void comparisons_and_module_comment(void **state)
{
    struct desk *desk = *state;
    assert_success(session_set_comparison(desk->session, 0, SLICE("candidate"), SLICE("tie"), &desk->error),
                   desk->error);
    assert_success(session_set_comment(desk->session, JUDGEMENT_NOT_FOUND, SLICE("Good work."), &desk->error),
                   desk->error);
    again(desk);
    assert_slice(session_case(desk->session, 0)->answer, "tie");
    assert_slice(session_case(desk->session, 0)->side_a, "candidate");
    assert_slice(session_comment(desk->session), "Good work.");
}

static void without_a_role_nothing_can_be_entered(void **state)
{
    struct desk *desk = *state;
    session_close(desk->session);
    open_session(desk, NULL);
    assert_true(session_is_read_only(desk->session));
    assert_failure(session_set_score(desk->session, 0, 0, 3, &desk->error), desk->error, ERROR_USAGE, "no role");
    assert_success(session_mark_seen(desk->session, 0, &desk->error), desk->error);
    assert_false(session_case(desk->session, 0)->seen);
}

/* Another clone has no draft: the scores come out of the person's own signed record. */
static void carries_over_from_own_records(void **state)
{
    struct desk *desk = *state;
    stand_up(desk);
    review_signed(desk->f, CONTENT_CLONE, "ana", "prompt/concise", "assistant", "content-owner", "approve", NULL);
    sit_down(desk, "prompt/concise");
    assert_true(session_is_scored(desk->session, 0));
    assert_true(session_case(desk->session, 0)->carried);
    int before = session_case(desk->session, 0)->scores[0], other = before == 3 ? 4 : 3;
    assert_success(session_set_score(desk->session, 0, 0, other, &desk->error), desk->error);
    assert_false(session_case(desk->session, 0)->carried);
    again(desk);
    assert_int_equal(session_case(desk->session, 0)->scores[0], other);
    assert_true(session_case(desk->session, 1)->carried);
}

/* What others signed is not one's own. */
static void others_scores_are_not_carried(void **state)
{
    struct desk *desk = *state;
    stand_up(desk);
    review_signed(desk->f, CONTENT_CLONE, "ines", "prompt/concise", "assistant", "content-owner", "approve", NULL);
    content_become(desk->f, "ana");
    sit_down(desk, "prompt/concise");
    assert_false(session_is_scored(desk->session, 0));
    assert_int_equal(desk->ledger.count, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(begins_empty),
        TEST(keeps_scores),
        TEST(refuses_what_does_not_fit),
        TEST(low_scores_need_a_comment),
        TEST(next_goes_around),
        TEST(takes_steps_back),
        TEST(flags_by_code),
        TEST(decides_on_many),
        TEST(seen_and_place_are_kept),
        TEST(comparisons_and_module_comment),
        TEST(without_a_role_nothing_can_be_entered),
        TEST(carries_over_from_own_records),
        TEST(others_scores_are_not_carried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
