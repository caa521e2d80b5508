#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/ui/keymap.h"

static struct key key_of(const char *name)
{
    struct error error = ERROR_INIT;
    struct key key;
    assert_success(event_parse_key(slice_of(name), &key, &error), error);
    return key;
}

static void names_go_there_and_back(void **state)
{
    (void)state;
    static const char *const names[] = {"j",    "G",          "?",   "Ctrl-d",         "Alt-x", "Shift-Tab",
                                        "PgDn", "Enter",      "Esc", "Space",          "F12",   "中",
                                        "[",    "Ctrl-Right", "-",   "Ctrl-Alt-Delete"};
    for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
        struct str text = STR_INIT;
        event_format_key(key_of(names[at]), &text);
        assert_string_equal(text.data, names[at]);
        str_clear(&text);
    }
    assert_true(event_equal_key(key_of("Ctrl-D"), key_of("Ctrl-d")));
    static const char *const wrong[] = {"", "jj", "Ctrl-", "Return", "Shift-a", "\x01", "\xff", "F13"};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        struct error error = ERROR_INIT;
        struct key key;
        assert_failure(event_parse_key(slice_of(wrong[at]), &key, &error), error, ERROR_USAGE, "is not a key");
    }
}

static void the_defaults_do_not_clash(void **state)
{
    (void)state;
    struct keymap *keymap = keymap_new();
    struct str text = STR_INIT;
    if (keymap_conflicts(keymap, &text))
        fail_msg("%s", text.data);
    struct key key;
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        enum action found;
        assert_true(keymap_key(keymap, (enum action)action, 0, &key));
        assert_true(keymap_find_name(slice_of(keymap_name((enum action)action)), &found));
        assert_int_equal(found, action);
        assert_int_not_equal(keymap_contexts((enum action)action), 0);
    }
    for (char digit = '0'; digit <= '9'; digit++) {
        assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, (struct key){.code = (uint32_t)digit}), ACTION_SCORE);
        assert_int_equal(keymap_find(keymap, ~(unsigned)CONTEXT_REVIEW, (struct key){.code = (uint32_t)digit}),
                         ACTION_NONE);
    }
    keymap_free(keymap);
    str_clear(&text);
}

static void the_more_special_context_wins(void **state)
{
    (void)state;
    struct keymap *keymap = keymap_new();
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, key_of("B")), ACTION_BLIND);
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW | CONTEXT_BLIND, key_of("B")), ACTION_PREFER_B);
    assert_int_equal(keymap_find(keymap, 0, key_of("q")), ACTION_BACK);
    assert_int_equal(keymap_find(keymap, 0, key_of("j")), ACTION_NONE);
    assert_int_equal(keymap_find(keymap, CONTEXT_TRIAGE, key_of("r")), ACTION_FIX);
    assert_int_equal(keymap_find(keymap, CONTEXT_QUEUE, key_of("r")), ACTION_SORT_TURN);
    keymap_free(keymap);
}

static void users_choose_their_keys(void **state)
{
    (void)state;
    struct keymap *keymap = keymap_new();
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    assert_success(keymap_set(keymap, SLICE("comment"), SLICE(" Ctrl-k  m "), &error), error);
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, key_of("Ctrl-k")), ACTION_COMMENT);
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, key_of("m")), ACTION_COMMENT);
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, key_of("c")), ACTION_NONE);
    assert_true(keymap_conflicts(keymap, &text));
    assert_non_null(strstr(text.data, "key m means both source and comment"));
    assert_success(keymap_set(keymap, SLICE("source"), SLICE("none"), &error), error);
    str_reset(&text);
    assert_false(keymap_conflicts(keymap, &text));
    keymap_format_keys(keymap, ACTION_COMMENT, true, &text);
    assert_string_equal(text.data, "Ctrl-k m");
    assert_failure(keymap_set(keymap, SLICE("comment"), SLICE("a bb"), &error), error, ERROR_USAGE,
                   "assay.key.comment: 'bb'");
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, key_of("m")), ACTION_COMMENT);
    assert_int_equal(keymap_find(keymap, CONTEXT_REVIEW, key_of("a")), ACTION_NONE);
    assert_failure(keymap_set(keymap, SLICE("comment"), SLICE("7"), &error), error, ERROR_USAGE, "digits only score");
    assert_failure(keymap_set(keymap, SLICE("dance"), SLICE("x"), &error), error, ERROR_USAGE, "assay.key.dance");
    assert_failure(keymap_set(keymap, SLICE("open"), SLICE("  "), &error), error, ERROR_USAGE, "has no key");
    keymap_free(keymap);
    str_clear(&text);
}

static void names_are_completed_where_they_mean_something(void **state)
{
    (void)state;
    struct str name = STR_INIT;
    assert_true(keymap_complete(CONTEXT_SIGN, SLICE("sign-"), 0, &name));
    assert_string_equal(name.data, "sign-yes");
    assert_false(keymap_complete(CONTEXT_SIGN, SLICE("sign-"), 1, &name));
    assert_false(keymap_complete(CONTEXT_QUEUE, SLICE("sign-"), 0, &name));
    str_reset(&name);
    assert_true(keymap_complete(0, SLICE("qui"), 0, &name)); /* anywhere */
    assert_string_equal(name.data, "quit");
    str_clear(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_there_and_back),
        cmocka_unit_test(the_defaults_do_not_clash),
        cmocka_unit_test(the_more_special_context_wins),
        cmocka_unit_test(users_choose_their_keys),
        cmocka_unit_test(names_are_completed_where_they_mean_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
