/* The harness's own eye: what it takes for a sequence of the console, and what it finds. */
#include "harness/test.h"

#include "assay/base/array.h"
#include "harness/stream.h"

static void assay_own_sequences_are_known(void **state)
{
    static const char *const own[] = {
        "\033[?1049h\033[22;0;0t\033[?7l\033[H\033[2J\033[?2004h",
        "\033[?2026h\033[?25l\033(B\033[m\033[38;2;1;22;255m\033[48;2;0;0;0mtext\033[12;100H\033[?12l\033[?25h\033[?"
        "2026l",
        "\033(B\033[m\033[1m\033[4m\033[7m\033[31m\033[103mtext",
        "\033(B\033[m\033[3m\033[9m\033[38;5;16m\033[48;5;231mtext",
        "\033(B\033[mtext",
        "\033[?2026l\033[?1002l\033[?1006l\033[?2004l\033[?7h\033(B\033[m\033[?12l\033[?25h\033[?1049l\033[23;0;0t",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(own); i++)
        if (stream_find_foreign(slice_of(own[i])) != SLICE_NOT_FOUND)
            fail_msg("%zu at %zu", i, stream_find_foreign(slice_of(own[i])));
}

static void every_other_sequence_is_found(void **state)
{
    static const char *const foreign[] = {
        "\033[2J",
        "\033[H",
        "\033[31m",
        "\033[m",
        "\033[0m",
        "\033[1m",
        "\033[6n",
        "\033[c",
        "\033[5A",
        "\033[K",
        "\033[?1049h",
        "\033[?25l",
        "\033[?7",
        "\033[5;5r",
        "\033[>0q",
        "\033[4h",
        "\033[1;1;1H",
        "\033[12345;1H",
        "\033[;H",
        "\033]0;x\a",
        "\033]8;;x\033\\",
        "\033]52;c;eA==\a",
        "\033P1$r\033\\",
        "\033c",
        "\033(0",
        "\033)B",
        "\0337",
        "\0338",
        "\033M",
        "\033=",
        "\033[38;2;1;2m",
        "\033",
        "\033[",
        "\033(B",
        "\033_x\033\\",
        "\033(B\033[m\033[31m\033[1m", /* in another order */
        "\033(B\033[m\033[31mx\033[1m",
        "\033[7777m",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(foreign); i++) {
        char bytes[64] = "text";
        strcat(bytes, foreign[i]);
        if (stream_find_foreign(slice_of(bytes)) == SLICE_NOT_FOUND)
            fail_msg("%zu: ESC%s", i, foreign[i] + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assay_own_sequences_are_known),
        cmocka_unit_test(every_other_sequence_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
