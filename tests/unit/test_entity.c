#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/text/entity.h"

static void decodes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"&amp;", "&"},
        {"&lt;", "<"},
        {"&euro;", "€"},
        {"&#8364;", "€"},
        {"&#x20AC;", "€"},
        {"&#X20ac;", "€"},
        {"&#0;", "\uFFFD"},
        {"&#xD800;", "\uFFFD"},
        {"&#99999999999;", "\uFFFD"},
        {"&nosuch;", "&nosuch;"},
        {"&#;", "&#;"},
        {"&#x;", "&#x;"},
        {"&#12a;", "&#12a;"},
        {"&", "&"},
        {"&;", "&;"},
        /* never what a terminal obeys */
        {"&#27;", "␛"},
        {"&#x9B;", "⟨U+009B⟩"},
        {"&#x202E;", "⟨U+202E⟩"},
        {"&#10;", "␊"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct str out = STR_INIT;
        entity_append(&out, slice_of(cases[i][0]));
        assert_string_equal(out.data, cases[i][1]);
        str_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decodes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
