#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/text/stem.h"

static void stems(void **state)
{
    (void)state;
    /* from the article's own examples, and NLTK's departures */
    static const char *const words[][2] = {
        {"caresses", "caress"},
        {"ponies", "poni"},
        {"cats", "cat"},
        {"agreed", "agre"},
        {"feed", "feed"},
        {"plastered", "plaster"},
        {"bled", "bled"},
        {"motoring", "motor"},
        {"sing", "sing"},
        {"conflated", "conflat"},
        {"sized", "size"},
        {"hopping", "hop"},
        {"falling", "fall"},
        {"filing", "file"},
        {"happy", "happi"},
        {"sky", "sky"},
        {"relational", "relat"},
        {"digitizer", "digit"},
        {"hopeful", "hope"},
        {"electrical", "electr"},
        {"adjustment", "adjust"},
        {"adoption", "adopt"},
        {"rate", "rate"},
        {"controll", "control"},
        {"dies", "die"},
        {"enjoy", "enjoy"},
        {"dying", "die"},
        {"cannings", "canning"},
        {"is", "is"},
        {"generalizations", "gener"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        char word[65];
        memcpy(word, words[i][0], strlen(words[i][0]) + 1);
        word[stem_word(word, strlen(word))] = '\0';
        assert_string_equal(word, words[i][1]);
    }
    char long_word[100];
    memset(long_word, 'y', sizeof long_word);
    assert_int_equal(stem_word(long_word, sizeof long_word), sizeof long_word);
    assert_in_range(stem_word(long_word, 64), 1, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stems)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
