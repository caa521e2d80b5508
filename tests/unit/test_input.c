#include "harness/test.h"

#include <stdlib.h>

#include "assay/ui/input.h"

enum { NOW = 1000000 };

/* The keys that bytes mean, as names with blanks between. */
static void assert_keys(const char *bytes, size_t size, const char *expected)
{
    struct input input;
    struct event event;
    struct str names = STR_INIT;
    input_init(&input);
    input_feed(&input, slice_make(bytes, size));
    for (int64_t now = NOW; now <= NOW + INPUT_ESCAPE_US; now += INPUT_ESCAPE_US) {
        while (input_next(&input, now, &event)) {
            if (names.size > 0)
                str_push(&names, ' ');
            if (event.kind == EVENT_KEY)
                event_format_key(event.key, &names);
            else
                str_append_text(&names, event.kind == EVENT_PASTE ? "paste" : "mouse");
        }
    }
    assert_string_equal(names.data, expected);
    str_clear(&names);
    input_clear(&input);
}

#define KEYS(bytes, expected) assert_keys(bytes, sizeof(bytes) - 1, expected)

static void keys_of_every_encoding(void **state)
{
    (void)state;
    KEYS("jG?\r\t\x7f\x04 ", "j G ? Enter Tab Backspace Ctrl-d Space");
    KEYS("\033[A\033OB\033[1;5C\033[5~\033[3;2~\033[Z", "Up Down Ctrl-Right PgUp Shift-Delete Shift-Tab");
    KEYS("\033[27u\033[13;3u\033[97;5u\033OP\033[24~", "Esc Alt-Enter Ctrl-a F1 F12");
    KEYS("\033", "Esc");
    KEYS("\033x\033\r\033\033", "Alt-x Alt-Enter Esc Esc");
    KEYS("中é👍", "中 é 👍");
    KEYS("\0\x1f\x1a", "Ctrl-Space Ctrl-_ Ctrl-z");
}

static void what_is_unknown_goes_without_a_trace(void **state)
{
    (void)state;
    KEYS("a\033[>4;2mb\033[99~c\033[?1;2cd", "a b c d");
    KEYS("a\x80\xff\xc3(b", "a ( b");
    KEYS("a\033[12;", "a");
    KEYS("\033[I\033[Oz", "z");
}

static void a_sequence_may_come_in_pieces(void **state)
{
    (void)state;
    static const char whole[] = "\033[1;5A\xe4\xb8\xad\033[<0;10;5M\033[200~ab\r\nc\033[201~q";
    for (size_t cut = 0; cut <= sizeof whole - 1; cut++) {
        struct input input;
        struct event event;
        int events = 0;
        input_init(&input);
        input_feed(&input, slice_make(whole, cut));
        while (input_next(&input, NOW, &event))
            events++;
        input_feed(&input, slice_make(whole + cut, sizeof whole - 1 - cut));
        for (; input_next(&input, NOW + 1, &event); events++) {
            if (event.kind == EVENT_PASTE)
                assert_slice(event.paste, "ab\nc");
        }
        assert_int_equal(events, 5);
        input_clear(&input);
    }
}

static void a_lone_escape_waits_and_is_decided(void **state)
{
    (void)state;
    struct input input;
    struct event event;
    input_init(&input);
    assert_int_equal(input_wait_us(&input, NOW), -1);
    input_feed(&input, SLICE("\033"));
    assert_false(input_next(&input, NOW, &event));
    assert_int_equal(input_wait_us(&input, NOW), INPUT_ESCAPE_US);
    assert_false(input_next(&input, NOW + INPUT_ESCAPE_US - 1, &event));
    assert_true(input_next(&input, NOW + INPUT_ESCAPE_US, &event));
    assert_int_equal(event.key.code, KEY_CODE_ESCAPE);
    assert_int_equal(input_wait_us(&input, NOW), -1);
    input_clear(&input);
}

static void the_mouse_speaks_sgr(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum mouse_kind kind;
        int button, row, column, clicks;
    } cases[] = {
        {"\033[<0;11;6M", MOUSE_PRESS, 1, 5, 10, 1},     {"\033[<0;11;6M", MOUSE_PRESS, 1, 5, 10, 2},
        {"\033[<0;11;6M", MOUSE_PRESS, 1, 5, 10, 1},     {"\033[<0;11;6m", MOUSE_RELEASE, 1, 5, 10, 1},
        {"\033[<32;1;1M", MOUSE_DRAG, 1, 0, 0, 1},       {"\033[<64;2;2M", MOUSE_WHEEL_UP, 1, 1, 1, 1},
        {"\033[<65;2;2M", MOUSE_WHEEL_DOWN, 2, 1, 1, 1}, {"\033[<2;300;200M", MOUSE_PRESS, 3, 199, 299, 1},
    };
    struct input input;
    input_init(&input);
    for (size_t at = 0; at < sizeof cases / sizeof *cases; at++) {
        struct event event;
        input_feed(&input, slice_of(cases[at].bytes));
        assert_true(input_next(&input, NOW, &event));
        assert_int_equal(event.kind, EVENT_MOUSE);
        assert_int_equal(event.mouse.kind, cases[at].kind);
        assert_int_equal(event.mouse.button, cases[at].button);
        assert_int_equal(event.mouse.row, cases[at].row);
        assert_int_equal(event.mouse.column, cases[at].column);
        assert_int_equal(event.mouse.clicks, cases[at].clicks);
    }
    input_clear(&input);
    KEYS("\033[<0;0;0Mx\033[<999999999999;1;1My\033[<Mz", "x y z");
}

static void a_paste_has_a_limit_and_no_controls(void **state)
{
    (void)state;
    struct input input;
    struct event event;
    input_init(&input);
    input_feed(&input, SLICE("\033[200~a\033[31mb\x07\tc\r\033[201~"));
    assert_true(input_next(&input, NOW, &event));
    assert_slice(event.paste, "a[31mb\tc\n");
    char *many = malloc(3 << 20);
    memset(many, 'x', 3 << 20);
    input_feed(&input, SLICE("\033[200~"));
    input_feed(&input, slice_make(many, 3 << 20));
    assert_false(input_next(&input, NOW, &event));
    input_feed(&input, SLICE("\033[201~q"));
    assert_true(input_next(&input, NOW, &event));
    assert_int_equal(event.paste.size, INPUT_PASTE_MAX);
    assert_true(input_next(&input, NOW, &event));
    assert_string_equal(event.text, "q");
    free(many);
    input_clear(&input);
}

static void any_bytes_are_taken(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    static const char spice[] = "\033[<;0159~mMuO\xc3\x28";
    for (int round = 0; round < 3000; round++) {
        struct input input;
        struct event event;
        char bytes[40];
        for (size_t at = 0; at < sizeof bytes; at++) {
            seed = seed * 1664525 + 1013904223;
            bytes[at] = (seed >> 30) != 0 ? spice[(seed >> 8) % (sizeof spice - 1)] : (char)(seed >> 16);
        }
        input_init(&input);
        input_feed(&input, slice_make(bytes, sizeof bytes));
        for (int64_t now = NOW; now < NOW + 4 * INPUT_ESCAPE_US; now += INPUT_ESCAPE_US) {
            while (input_next(&input, now, &event))
                assert_true(event.kind != EVENT_NONE);
        }
        if (!input.pasting)
            assert_int_equal(input.at, input.bytes.size);
        input_clear(&input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_every_encoding),        cmocka_unit_test(what_is_unknown_goes_without_a_trace),
        cmocka_unit_test(a_sequence_may_come_in_pieces), cmocka_unit_test(a_lone_escape_waits_and_is_decided),
        cmocka_unit_test(the_mouse_speaks_sgr),          cmocka_unit_test(a_paste_has_a_limit_and_no_controls),
        cmocka_unit_test(any_bytes_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
