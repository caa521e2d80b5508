#include "harness/test.h"

#include "assay/model/oid.h"

#define HEX "0123456789abcdef0123456789abcdef01234567"

static void round_trips(void **state)
{
    (void)state;
    struct oid oid;
    char hex[OID_HEX_SIZE + 1];
    assert_true(oid_parse(SLICE(HEX), &oid));
    oid_format(&oid, hex);
    assert_string_equal(hex, HEX);
    assert_int_equal(oid_slice(&oid).size, OID_SIZE);
    assert_false(oid_is_none(&oid));
}

static void is_strict(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "0123456789abcdef0123456789abcdef0123456",
                                        HEX "0",
                                        "0123456789ABCDEF0123456789abcdef01234567",
                                        "g123456789abcdef0123456789abcdef01234567",
                                        " 123456789abcdef0123456789abcdef01234567"};
    struct oid oid, before;
    assert_true(oid_parse(SLICE(HEX), &oid));
    before = oid;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(oid_parse(slice_of(wrong[i]), &oid));
    assert_true(oid_equal(&oid, &before));
}

static void none_is_all_zero(void **state)
{
    (void)state;
    struct oid oid = {{0}};
    assert_true(oid_is_none(&oid));
    oid.bytes[OID_SIZE - 1] = 1;
    assert_false(oid_is_none(&oid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trips), cmocka_unit_test(is_strict),
                                       cmocka_unit_test(none_is_all_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
