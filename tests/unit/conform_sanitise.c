/* Nasty strings and recordings of real terminal programs: nothing that a terminal obeys survives. */
#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/text/markdown.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"
#include "harness/corpus.h"

static bool is_obeyed(uint32_t c, bool text)
{
    return (c < 0x20 && !(text && (c == '\n' || c == '\t'))) || (c >= 0x7F && c <= 0x9F) || c == 0x061C ||
           c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xE0000 && c <= 0xE001F);
}

static void check_clean(struct slice s, bool text)
{
    assert_true(utf8_valid(s));
    for (size_t i = 0; i < s.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(s, i), &c, NULL);
        assert_false(is_obeyed(c, text));
    }
}

static void check_bytes(struct slice bytes)
{
    for (unsigned how = 0; how < 4; how++) {
        struct str out = STR_INIT;
        sanitise_append(&out, bytes, how);
        check_clean(str_slice(&out), how & SANITISE_TEXT);
        assert_true(sanitise_is_clean(str_slice(&out), how));
        if (how == SANITISE_TEXT) {
            struct markdown m;
            markdown_init(&m);
            markdown_render(&m, str_slice(&out));
            check_clean(str_slice(&m.text), true);
            markdown_clear(&m);
        }
        str_clear(&out);
    }
}

static void cleans_hostile_text(void **state)
{
    (void)state;
    json_t *root = corpus_vectors("setE_hostile_text.json"), *item;
    size_t i;
    json_array_foreach(json_object_get(root, "cases"), i, item)
    {
        const json_t *text = json_object_get(item, "text");
        check_bytes(slice_make(json_string_value(text), json_string_length(text)));
    }
    assert_true(i >= 600);
    json_decref(root);
}

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void put_base64(struct str *out, const char *text)
{
    unsigned bits = 0, held = 0;
    for (; digit_of(*text) >= 0; text++) {
        held = held << 6 | (unsigned)digit_of(*text);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            str_push(out, (char)(held >> bits & 0xFF));
        }
    }
}

static void cleans_terminal_streams(void **state)
{
    (void)state;
    static const char *const sets[] = {"xterm", "alacritty"};
    json_t *root = corpus_vectors("setE_terminal_escapes.json"), *item;
    size_t i, streams = 0;
    for (size_t set = 0; set < 2; set++)
        json_array_foreach(json_object_get(root, sets[set]), i, item)
        {
            struct str bytes = STR_INIT;
            put_base64(&bytes, json_string_value(json_object_get(item, "input_base64")));
            check_bytes(str_slice(&bytes));
            streams += bytes.size > 0;
            str_clear(&bytes);
        }
    assert_true(streams >= 110);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleans_hostile_text),
        cmocka_unit_test(cleans_terminal_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
