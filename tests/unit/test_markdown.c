#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/text/markdown.h"
#include "assay/text/sanitise.h"

static const struct {
    const char *source, *text;
} samples[] = {
    {"", ""},
    {"plain", "plain"},
    {"# Title\n\nText *em* **strong** `code`\nsame line  \nnext\n", "Title\n\nText em strong code\nsame line\nnext"},
    {"- one\n- two\n  - deep\n- three", "• one\n• two\n  ◦ deep\n• three"},
    {"intro\n\n1. first\n2. second\n\nend", "intro\n\n1. first\n2. second\n\nend"},
    {"- loose\n\n- list", "• loose\n\n• list"},
    {"- para\n\n  more\n", "• para\n\n  more"},
    {"- [ ] open\n- [x] done", "☐ open\n☑ done"},
    {"-\n- x", "• \n• x"},
    {"- - a", "• ◦ a"},
    {"> one\n>\n> two\n\nout", "▌ one\n▌\n▌ two\n\nout"},
    {"in\n\n> quote", "in\n\n▌ quote"},
    {"```\na\n\n b\n```\nafter", "    a\n\n     b\n\nafter"},
    {"- item\n\n  ```\n  x\n  ```", "• item\n\n      x"},
    {"---", "────────────────────────"},
    {"[words](https://x.org) <https://y.org>", "words (https://x.org) https://y.org"},
    {"![alt](pic.png)", "image: alt (pic.png)"},
    {"<b>raw</b>\n\n<div>\nblock\n</div>", "<b>raw</b>\n\n<div>\nblock\n</div>"},
    {"a &amp; b &#x202E; &eacute; &nosuch; &#0;", "a & b ⟨U+202E⟩ é &nosuch; \uFFFD"},
    {"&#27;[31m", "␛[31m"},
    {"~~gone~~", "gone"},
    {"| a | bb |\n|--:|:-:|\n| 1 | x |\n| 日本 | longer |", "   a │   bb\n─────┼───────\n   1 │   x\n日本 │ longer"},
    {"text\n\n| h |\n|---|\n| **b** |\n\nend", "text\n\nh\n─\nb\n\nend"},
};

static void renders(void **state)
{
    (void)state;
    struct markdown m;
    markdown_init(&m);
    for (size_t i = 0; i < ARRAY_COUNT(samples); i++) {
        markdown_render(&m, slice_of(samples[i].source));
        assert_string_equal(m.text.data, samples[i].text);
        assert_false(m.plain);
    }
    markdown_clear(&m);
}

static unsigned styles_of(const struct markdown *m, const char *part)
{
    size_t at = slice_find(str_slice(&m->text), slice_of(part));
    assert_int_not_equal(at, SLICE_NOT_FOUND);
    for (size_t i = 0; i < m->count; i++)
        if (at >= m->spans[i].offset && at < m->spans[i].offset + m->spans[i].size)
            return m->spans[i].styles;
    return 0;
}

static void styles_what_it_renders(void **state)
{
    (void)state;
    struct markdown m;
    markdown_init(&m);
    markdown_render(&m, SLICE("# Head\n\nplain *em **both*** `code` [link](addr) <i>\n\n> quoted\n\n- item\n\n"
                              "| hdr |\n|----|\n| ~~td~~ |"));
    static const struct {
        const char *part;
        unsigned styles;
    } expected[] = {
        {"Head", MARKDOWN_HEADING}, {"plain", 0},
        {"em", MARKDOWN_EMPHASIS},  {"both", MARKDOWN_EMPHASIS | MARKDOWN_STRONG},
        {"code", MARKDOWN_CODE},    {"link", MARKDOWN_LINK},
        {"(addr", MARKDOWN_FAINT},  {"<i>", MARKDOWN_HTML},
        {"▌", MARKDOWN_MARKER},     {"quoted", MARKDOWN_QUOTE},
        {"•", MARKDOWN_MARKER},     {"item", 0},
        {"hdr", MARKDOWN_STRONG},   {"──", MARKDOWN_MARKER},
        {"td", MARKDOWN_STRUCK},
    };
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++)
        assert_int_equal(styles_of(&m, expected[i].part), expected[i].styles);
    markdown_clear(&m);
}

static void check_spans(const struct markdown *m)
{
    size_t end = 0;
    for (size_t i = 0; i < m->count; i++) {
        assert_true(m->spans[i].offset >= end && m->spans[i].size > 0 && m->spans[i].styles != 0);
        end = m->spans[i].offset + m->spans[i].size;
    }
    assert_true(end <= m->text.size);
}

/* Deep nesting, tables that would blow up, runs of every opener: bounded output, clean text. */
static void bounds_hostile_sources(void **state)
{
    (void)state;
    static const char *const units[] = {"> ", "- ", "[", "![",  "*a ", "**a", "_",           "`",
                                        "<",  "&",  "|", "1. ", "~~",  "\\",  "\n- a\n\n  ", "a|"};
    struct markdown m;
    markdown_init(&m);
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        struct str source = STR_INIT;
        for (int k = 0; k < 3000; k++)
            str_append_text(&source, units[i]);
        markdown_render(&m, str_slice(&source));
        check_spans(&m);
        assert_true(m.text.size <= source.size * MARKDOWN_GROWTH + 128 * 1024);
        assert_true(sanitise_is_clean(str_slice(&m.text), SANITISE_TEXT));
        str_clear(&source);
    }
    struct str table = STR_INIT;
    for (int line = 0; line < 2; line++) {
        for (int k = 0; k < 5000; k++)
            str_append_text(&table, line == 0 ? "a|" : "---|");
        str_push(&table, '\n');
    }
    for (int k = 0; k < 5000; k++)
        str_append_text(&table, "x|\n");
    markdown_render(&m, str_slice(&table));
    assert_true(m.plain);
    assert_int_equal(m.text.size, table.size);
    str_clear(&table);
    markdown_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders),
        cmocka_unit_test(styles_what_it_renders),
        cmocka_unit_test(bounds_hostile_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
