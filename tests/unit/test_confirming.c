#include "harness/test.h"

#include "assay/ui/confirming.h"

static enum confirming_outcome press(struct confirming *confirming, uint32_t code, uint32_t modifiers)
{
    struct event event = {.kind = EVENT_KEY, .key = {.code = code, .modifiers = modifiers}};
    confirming_open(confirming, NULL, "Leave\x1b[2J?", 'Y', NULL, NULL);
    assert_true(confirming->active);
    enum confirming_outcome outcome = confirming_event(confirming, &event);
    assert_false(confirming->active);
    return outcome;
}

static void one_key_alone_means_yes(void **state)
{
    (void)state;
    struct confirming confirming;
    confirming_init(&confirming);
    assert_int_equal(press(&confirming, 'Y', 0), CONFIRMING_YES);
    assert_int_equal(press(&confirming, 'y', 0), CONFIRMING_NO);
    assert_int_equal(press(&confirming, 'Y', KEY_CTRL), CONFIRMING_NO);
    assert_int_equal(press(&confirming, KEY_CODE_ENTER, 0), CONFIRMING_NO);
    assert_int_equal(press(&confirming, KEY_CODE_ESCAPE, 0), CONFIRMING_NO);
    confirming_clear(&confirming);
}

static void pasted_text_neither_answers_nor_closes(void **state)
{
    (void)state;
    struct confirming confirming;
    struct event paste = {.kind = EVENT_PASTE, .paste = SLICE("Y")};
    confirming_init(&confirming);
    confirming_open(&confirming, NULL, "Leave?", 'Y', NULL, NULL);
    assert_int_equal(confirming_event(&confirming, &paste), CONFIRMING_WAITS);
    assert_true(confirming.active);
    confirming_clear(&confirming);
}

static void its_text_reaches_the_screen_sanitised(void **state)
{
    (void)state;
    struct confirming confirming;
    confirming_init(&confirming);
    press(&confirming, 'n', 0);
    assert_null(strchr(confirming.text.data, '\x1b'));
    confirming_clear(&confirming);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_alone_means_yes),
        cmocka_unit_test(pasted_text_neither_answers_nor_closes),
        cmocka_unit_test(its_text_reaches_the_screen_sanitised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
