#include "harness/test.h"

#include "assay/base/file.h"
#include "assay/base/str.h"
#include "assay/ui/theme.h"

static struct style parse(const char *value)
{
    struct error error = ERROR_INIT;
    struct style style;
    assert_success(style_parse(slice_of(value), &style, &error), error);
    return style;
}

static void colour_words_are_gits(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct style style = parse("bold red #102030 no-bold nodim ul");
    assert_int_equal(style.attributes, STYLE_UNDERLINE);
    assert_int_equal(style.foreground.kind, COLOUR_INDEX);
    assert_int_equal(style.foreground.index, 1);
    assert_int_equal(style.background.kind, COLOUR_RGB);
    assert_int_equal(style.background.blue, 0x30);
    assert_int_equal(parse("brightblack").foreground.index, 8);
    assert_int_equal(parse("255").foreground.index, 255);
    assert_int_equal(parse("#fa0").foreground.red, 255);
    assert_int_equal(parse("#fa0").foreground.green, 0xaa);
    assert_int_equal(parse("red blue reset green").foreground.index, 2);
    assert_int_equal(parse("normal red").foreground.kind, COLOUR_NORMAL);
    assert_int_equal(parse("normal red").background.index, 1);
    assert_int_equal(parse("").attributes, 0);
    static const char *const wrong[] = {"reddish",     "256",           "#12345", "#xyzxyz",
                                        "brightreset", "bright#ffffff", "nored",  "-1"};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++)
        assert_failure(style_parse(slice_of(wrong[at]), &style, &error), error, ERROR_INPUT, "is no colour");
    assert_failure(style_parse(SLICE("red green blue"), &style, &error), error, ERROR_INPUT, "more than two colours");
}

static void files_give_line_numbers(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct theme theme;
    assert_failure(theme_parse(&theme, SLICE("[role]\n\ttitle = bolt\n"), "my.theme", &error), error, ERROR_INPUT,
                   "my.theme:2: 'bolt' is no colour");
    assert_failure(theme_parse(&theme, SLICE("[role]\n# c\nheadline = red\n"), "my.theme", &error), error, ERROR_INPUT,
                   "my.theme:3: there is no role 'headline'");
    assert_failure(theme_parse(&theme, SLICE("[role]\nnonsense\n"), "x", &error), error, ERROR_INPUT,
                   "x:2: 'nonsense' is neither");
    assert_failure(theme_load(&theme, "no-such", &error), error, ERROR_USAGE, "there is no theme 'no-such'");
    assert_failure(theme_load(&theme, "/nowhere/x.theme", &error), error, ERROR_ENVIRONMENT, "/nowhere/x.theme");
}

static void what_is_left_out_follows_the_parent(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct theme theme;
    assert_success(theme_parse(&theme,
                               SLICE("; mine\n[theme]\ntitle = \"a; b\" ; c\n[role]\n  text = white \"#000011\"\n"
                                     "  heading = bold red # no\n"),
                               "/a/b/mine.theme", &error),
                   error);
    assert_string_equal(theme.name, "mine");
    assert_string_equal(theme.title, "a; b");
    assert_int_equal(theme.styles[ROLE_ACCENT].foreground.index, 1);
    assert_int_equal(theme.styles[ROLE_KEY].attributes, STYLE_BOLD);
    assert_int_equal(theme.styles[ROLE_ADDED_WORD].foreground.index, 7);
    assert_int_equal(theme.styles[ROLE_HEADING].background.blue, 0x11);
}

/* Relative luminance and contrast of WCAG 2.1, with the linear part left out: near enough for a bound. */
static double luminance(const uint8_t rgb[3])
{
    double sum = 0;
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    for (int at = 0; at < 3; at++) {
        double part = rgb[at] / 255.0, power = part * part;
        sum += weights[at] * (0.6 * power + 0.4 * power * part); /* between the powers 2 and 3, as 2.2 is */
    }
    return sum;
}

static double contrast(const struct style *style)
{
    uint8_t front[3], back[3];
    if (!style_rgb(style->foreground, front) || !style_rgb(style->background, back))
        return 100;
    double a = luminance(front), b = luminance(back);
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void built_in_themes_can_be_read(void **state)
{
    (void)state;
    size_t count;
    const char *const *names = theme_names(&count);
    for (size_t at = 0; at < count; at++) {
        struct error error = ERROR_INIT;
        struct theme theme;
        assert_success(theme_load(&theme, names[at], &error), error);
        assert_string_equal(theme.name, names[at]);
        for (int role = 0; role < ROLE_COUNT; role++) {
            bool quiet = role == ROLE_BORDER || role == ROLE_DISABLED || role == ROLE_FOCUS;
            double least = strcmp(names[at], "high-contrast") == 0 ? 7 : quiet ? 1.7 : 3.4;
            struct style plain = theme_style(&theme, (enum role)role, 0);
            struct style selected = theme_style(&theme, (enum role)role, PEN_SELECTED);
            if (contrast(&plain) < least)
                fail_msg("%s: %s has a contrast of %.1f", names[at], role_name((enum role)role), contrast(&plain));
            bool in_rows =
                role == ROLE_TEXT || role == ROLE_GOOD || role == ROLE_BAD || role == ROLE_WARNING || role == ROLE_DIM;
            if (in_rows && contrast(&selected) < (strcmp(names[at], "high-contrast") == 0 ? 1 : 2.4))
                fail_msg("%s: %s selected has a contrast of %.1f", names[at], role_name((enum role)role),
                         contrast(&selected));
        }
    }
}

static void colours_are_never_the_only_sign(void **state)
{
    (void)state;
    size_t count;
    const char *const *names = theme_names(&count);
    for (size_t at = 0; at < count; at++) {
        struct error error = ERROR_INIT;
        struct theme theme;
        assert_success(theme_load(&theme, names[at], &error), error);
        theme_reduce(&theme, COLOURS_NONE);
        for (int role = 0; role < ROLE_COUNT; role++) {
            assert_int_equal(theme.styles[role].foreground.kind, COLOUR_NORMAL);
            assert_int_equal(theme.styles[role].background.kind, COLOUR_NORMAL);
        }
        assert_true(theme.styles[ROLE_SELECTED].attributes & STYLE_REVERSE);
        assert_int_not_equal(theme.styles[ROLE_ADDED_WORD].attributes, theme.styles[ROLE_REMOVED_WORD].attributes);
        assert_int_not_equal(theme.styles[ROLE_ADDED_WORD].attributes, 0);
    }
}

static void colours_are_reduced_to_the_nearest(void **state)
{
    (void)state;
    struct style style = parse("#ff0000 #080808");
    style_reduce(&style, COLOURS_256);
    assert_int_equal(style.foreground.index, 196);
    assert_int_equal(style.background.index, 232);
    style = parse("#ff0000 #080808");
    style_reduce(&style, COLOURS_16);
    assert_int_equal(style.foreground.index, 9);
    assert_int_equal(style.background.kind, COLOUR_NORMAL);
    style = parse("#cc0000 #cd0000");
    style_reduce(&style, COLOURS_8);
    assert_int_equal(style.foreground.index, 1);
    assert_int_equal(style.background.kind, COLOUR_NORMAL);
    style = parse("#707070");
    style_reduce(&style, COLOURS_8);
    assert_true(style.foreground.kind == COLOUR_NORMAL || style.foreground.index != 0);
    style = parse("bold #123456");
    style_reduce(&style, COLOURS_TRUE);
    assert_true(style_equal(style, parse("bold #123456")));
    style = parse("201");
    style_reduce(&style, COLOURS_256);
    assert_int_equal(style.foreground.index, 201);
}

static void the_next_theme_goes_round(void **state)
{
    (void)state;
    size_t count;
    const char *const *names = theme_names(&count);
    for (size_t at = 0; at < count; at++)
        assert_string_equal(theme_next(names[at]), names[(at + 1) % count]);
    assert_string_equal(theme_next("/home/ana/my.theme"), names[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colour_words_are_gits),
        cmocka_unit_test(files_give_line_numbers),
        cmocka_unit_test(what_is_left_out_follows_the_parent),
        cmocka_unit_test(built_in_themes_can_be_read),
        cmocka_unit_test(colours_are_never_the_only_sign),
        cmocka_unit_test(colours_are_reduced_to_the_nearest),
        cmocka_unit_test(the_next_theme_goes_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
