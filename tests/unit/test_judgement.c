/* What is entered, entry by entry; no draft, no repository. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/review/judgement.h"

/* The prompt `greet` with two outputs, a model call that failed, and a case without an output. */
struct content {
    struct output outputs[3];
    struct module_case cases[4];
    struct module_prompt prompt;
    struct module module;
    struct rubric rubric;
    struct judgement judgement;
};

static int begin(void **state)
{
    static struct content content;
    static const char *const ids[] = {"one", "two", "failed", "missing"};
    content = (struct content){
        .outputs = {{.digest = {{1}}}, {.digest = {{2}}}, {.digest = {{3}}, .failed = SLICE("timeout")}},
        .prompt = {.id = SLICE("greet"), .cases = content.cases, .case_count = ARRAY_COUNT(content.cases)},
        .module = {.prompts = &content.prompt, .prompt_count = 1, .digest = {{9}}},
        .rubric = {
            .scale_low = 1, .scale_high = 5, .criteria = {{.id = SLICE("tone")}, {.id = SLICE("facts")}}, .count = 2}};
    for (size_t i = 0; i < ARRAY_COUNT(content.cases); i++)
        content.cases[i] = (struct module_case){.id = slice_of(ids[i])};
    for (size_t i = 0; i < ARRAY_COUNT(content.outputs); i++)
        content.cases[i].candidate = &content.outputs[i];
    judgement_init(&content.judgement, &content.module, &content.rubric);
    *state = &content;
    return 0;
}

static int end(void **state)
{
    struct content *content = *state;
    judgement_clear(&content->judgement);
    return 0;
}

/* Of the first case and its output. */
static struct drafts_entry entry_of(enum drafts_kind kind, const char *name)
{
    return (struct drafts_entry){
        .kind = kind, .prompt = SLICE("greet"), .case_id = SLICE("one"), .output = {{1}}, .name = slice_of(name)};
}

static size_t enter_score(struct content *content, const char *criterion, int64_t value, bool carried)
{
    struct drafts_entry entry = entry_of(DRAFTS_SCORE, criterion);
    entry.value = value;
    entry.carried = carried;
    return judgement_take(&content->judgement, &entry);
}

static void begins_with_nothing_entered(void **state)
{
    const struct content *content = *state;
    const struct judgement *judgement = &content->judgement;
    assert_int_equal(judgement->count, 4);
    for (size_t i = 0; i < judgement->count; i++) {
        assert_int_equal(judgement_find(judgement, SLICE("greet"), judgement->cases[i].item->id), i);
        assert_int_equal(judgement->cases[i].scores[0], JUDGEMENT_NO_SCORE);
        assert_int_equal(digest_is_none(&judgement->cases[i].output), i >= 2); /* nothing to score */
    }
    assert_int_equal(judgement_find(judgement, SLICE("greeto"), SLICE("ne")), JUDGEMENT_NOT_FOUND);
    assert_int_equal(judgement_find(judgement, SLICE("gree"), SLICE("tone")), JUDGEMENT_NOT_FOUND);
}

static void takes_scores_of_this_rubric(void **state)
{
    struct content *content = *state;
    const int *scores = content->judgement.cases[0].scores;
    assert_int_equal(enter_score(content, "facts", 5, false), 0);
    assert_int_equal(scores[1], 5);
    assert_int_equal(scores[0], JUDGEMENT_NO_SCORE);
    enter_score(content, "style", 3, false); /* a criterion that was replaced */
    assert_int_equal(scores[2], JUDGEMENT_NO_SCORE);
    enter_score(content, "facts", 6, false); /* of another scale */
    assert_int_equal(scores[1], JUDGEMENT_NO_SCORE);
    enter_score(content, "facts", 0, false);
    assert_int_equal(scores[1], JUDGEMENT_NO_SCORE);
    enter_score(content, "facts", 1, false);
    struct drafts_entry removed = entry_of(DRAFTS_SCORE, "facts");
    removed.removed = true;
    removed.value = 1;
    judgement_take(&content->judgement, &removed);
    assert_int_equal(scores[1], JUDGEMENT_NO_SCORE);
}

/* A score of one's own makes the whole case one's own. */
static void knows_what_was_carried_over(void **state)
{
    struct content *content = *state;
    const struct judgement_case *item = &content->judgement.cases[0];
    enter_score(content, "tone", 4, true);
    enter_score(content, "facts", 4, true);
    assert_true(item->carried);
    enter_score(content, "facts", 3, false);
    assert_false(item->carried);
    enter_score(content, "tone", 4, true);
    assert_false(item->carried);
}

static void passes_over_an_older_output(void **state)
{
    struct content *content = *state;
    struct drafts_entry entry = entry_of(DRAFTS_COMMENT, "");
    entry.text = SLICE("good");
    entry.output.bytes[0] = 7;
    assert_int_equal(judgement_take(&content->judgement, &entry), JUDGEMENT_NOT_FOUND);
    assert_int_equal(content->judgement.cases[0].comment.size, 0);
    entry.case_id = SLICE("gone");
    assert_int_equal(judgement_take(&content->judgement, &entry), JUDGEMENT_NOT_FOUND);
    entry = entry_of(DRAFTS_COMMENT, "");
    entry.text = SLICE("good");
    assert_int_equal(judgement_take(&content->judgement, &entry), 0);
    assert_slice(content->judgement.cases[0].comment, "good");
    assert_int_equal(content->judgement.comment.size, 0); /* that of the module is another */
}

static void flags_are_taken_by_code(void **state)
{
    struct content *content = *state;
    static const char *const codes[] = {"tone", "off-brand", "privacy"};
    const struct judgement_case *item = &content->judgement.cases[0];
    struct drafts_entry entry;
    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        entry = entry_of(DRAFTS_FLAG, codes[i]);
        judgement_take(&content->judgement, &entry);
    }
    entry = entry_of(DRAFTS_FLAG, "tone");
    entry.text = SLICE("too curt");
    judgement_take(&content->judgement, &entry);
    assert_int_equal(item->flag_count, 3);
    assert_slice(item->flags[0].comment, "too curt");
    entry = entry_of(DRAFTS_FLAG, "off-brand");
    entry.removed = true;
    judgement_take(&content->judgement, &entry);
    judgement_take(&content->judgement, &entry); /* gone already */
    assert_int_equal(item->flag_count, 2);
    assert_slice(item->flags[0].code, "tone");
    assert_slice(item->flags[1].code, "privacy");
}

static void decisions_are_taken_by_target(void **state)
{
    struct content *content = *state;
    struct judgement *judgement = &content->judgement;
    struct drafts_entry entry = entry_of(DRAFTS_TRIAGE, "privacy");
    struct judgement_target target = {SLICE("greet"), SLICE("one"), {{1}}, SLICE("privacy")};
    entry.value = TRIAGE_ACCEPTED;
    entry.text = SLICE("an invented name");
    judgement_take(judgement, &entry);
    entry.value = TRIAGE_DISMISSED;
    judgement_take(judgement, &entry);
    assert_int_equal(judgement->decision_count, 1);
    assert_int_equal(judgement_find_decision(judgement, &target)->decision, TRIAGE_DISMISSED);
    assert_slice(judgement_find_decision(judgement, &target)->reason, "an invented name");
    target.output.bytes[0] = 7; /* what was decided about another output says nothing about this one */
    assert_null(judgement_find_decision(judgement, &target));
    entry.removed = true;
    judgement_take(judgement, &entry);
    judgement_take(judgement, &entry);
    assert_int_equal(judgement->decision_count, 0);
}

static void files_are_read_by_their_digest(void **state)
{
    struct content *content = *state;
    struct drafts_entry entry = {.kind = DRAFTS_SEEN, .output = {{8}}};
    judgement_take(&content->judgement, &entry);
    assert_false(content->judgement.files_read); /* an earlier content */
    entry.output = content->module.digest;
    judgement_take(&content->judgement, &entry);
    assert_true(content->judgement.files_read);
    assert_false(content->judgement.cases[0].seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begins_with_nothing_entered, begin, end),
        cmocka_unit_test_setup_teardown(takes_scores_of_this_rubric, begin, end),
        cmocka_unit_test_setup_teardown(knows_what_was_carried_over, begin, end),
        cmocka_unit_test_setup_teardown(passes_over_an_older_output, begin, end),
        cmocka_unit_test_setup_teardown(flags_are_taken_by_code, begin, end),
        cmocka_unit_test_setup_teardown(decisions_are_taken_by_target, begin, end),
        cmocka_unit_test_setup_teardown(files_are_read_by_their_digest, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
