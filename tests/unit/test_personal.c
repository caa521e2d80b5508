#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/text/personal.h"

/* "kind:text " for each find. */
static char *found(struct personal *personal, const char *text)
{
    struct personal_finds finds = {.count = 0};
    struct str out = STR_INIT;
    personal_scan(personal, slice_of(text), &finds);
    for (size_t i = 0; i < finds.count; i++)
        str_appendf(&out, "%s:%.*s ", personal_kind_name(finds.items[i].kind),
                    SLICE_ARG(slice_part(slice_of(text), finds.items[i].offset, finds.items[i].size)));
    assert_false(finds.limited);
    personal_finds_clear(&finds);
    return str_take(&out);
}

static void finds_and_checks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"Nothing to see in 2024, 3.14 or 1,000,000.", ""},
        {"write to jane.doe+x@mail.example.co.uk.", "email:jane.doe+x@mail.example.co.uk "},
        {"not@home, @handle, a@b", ""},
        {"card 4111 1111 1111 1111 ok", "card:4111 1111 1111 1111 "},
        {"card 4111-1111-1111-1111", "card:4111-1111-1111-1111 "},
        {"card 4111 1111 1111 1112 no", ""},
        {"0000 0000 0000 0000", ""},
        {"DE89 3704 0044 0532 0130 00", "iban:DE89 3704 0044 0532 0130 00 "},
        {"GB82WEST12345698765432.", "iban:GB82WEST12345698765432 "},
        {"DE89 3704 0044 0532 0130 01", ""},
        {"SSN 123-45-6789", "ssn:123-45-6789 "},
        {"000-45-6789 666-45-6789 900-45-6789 123-00-6789 123-45-0000", ""},
        {"from 192.168.1.254.", "ipv4:192.168.1.254 "},
        {"version 1.2.3.4.5 and 256.1.1.1", ""},
        {"call +44 20 7946 0958 now", "phone:+44 20 7946 0958 "},
        {"call (555) 234-5678 or 555-234-5678", "phone:(555) 234-5678 phone:555-234-5678 "},
        {"2024-05-17 10:20", ""},
        {"a@x.org b@y.org", "email:a@x.org email:b@y.org "},
    };
    struct personal *personal = personal_new();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char *got = found(personal, cases[i].text);
        assert_string_equal(got, cases[i].expected);
        memory_free(got);
    }
    personal_free(personal);
}

static void ends_on_hostile_text(void **state)
{
    (void)state;
    static const char *const units[] = {"1 ", "a.", "+1(", "1-", "A1", "a@a.", "1.1.", "\xFF"};
    struct personal *personal = personal_new();
    struct personal_finds finds = {.count = 0};
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        struct str text = STR_INIT;
        while (text.size < 200000)
            str_append_text(&text, units[i]);
        personal_scan(personal, str_slice(&text), &finds);
        for (size_t k = 0; k < finds.count; k++)
            assert_true(k == 0 || finds.items[k].offset >= finds.items[k - 1].offset + finds.items[k - 1].size);
        str_clear(&text);
    }
    personal_finds_clear(&finds);
    personal_free(personal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_and_checks),
        cmocka_unit_test(ends_on_hostile_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
