#include "harness/test.h"

#include "assay/base/array.h"
#include "assay/trust/sshwire.h"

static void reads_within_its_bytes(void **state)
{
    (void)state;
    struct slice rest = SLICE("\x01\0\0\0\x02xy\0\0\0\x05z"), string;
    unsigned char byte;
    uint32_t number;
    assert_true(sshwire_u8(&rest, &byte));
    assert_int_equal(byte, 1);
    assert_true(sshwire_string(&rest, &string));
    assert_slice(string, "xy");
    assert_false(sshwire_string(&rest, &string)); /* five announced, one there */
    rest = SLICE("\xff\xff\xff\xff");
    assert_false(sshwire_string(&rest, &string));
    rest = SLICE("\0\0\0");
    assert_false(sshwire_u32(&rest, &number));
    rest = SLICE("");
    assert_false(sshwire_u8(&rest, &byte));
    rest = SLICE("\0\0\0\0");
    assert_true(sshwire_string(&rest, &string));
    assert_int_equal(string.size, 0);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    struct slice string;
    uint32_t number;
    sshwire_append_u32(&out, 0x89abcdef);
    sshwire_append_string(&out, SLICE("a\0b"));
    struct slice rest = str_slice(&out);
    assert_true(sshwire_u32(&rest, &number));
    assert_int_equal(number, 0x89abcdef);
    assert_true(sshwire_string(&rest, &string));
    assert_int_equal(string.size, 3);
    assert_int_equal(rest.size, 0);
    str_clear(&out);
}

static void integers_have_one_encoding(void **state)
{
    (void)state;
    static const struct {
        struct slice bytes;
        bool good;
        size_t size;
    } rows[] = {
        {{"\0\0\0\0", 4}, true, 0},          {{"\0\0\0\1\x7f", 5}, true, 1},    {{"\0\0\0\1\x80", 5}, false, 0},
        {{"\0\0\0\2\0\x80", 6}, true, 1},    {{"\0\0\0\2\0\x7f", 6}, false, 0}, {{"\0\0\0\1\0", 5}, false, 0},
        {{"\0\0\0\3\0\0\x80", 7}, false, 0}, {{"\0\0\0\2\x01", 5}, false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct slice rest = rows[i].bytes, magnitude;
        assert_int_equal(sshwire_mpint(&rest, &magnitude), rows[i].good);
        if (rows[i].good)
            assert_int_equal(magnitude.size, rows[i].size);
    }
}

/* RFC 4648, 10. */
static void base64_follows_the_rfc(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"", "", ""},
                                          {"f", "Zg==", "Zg"},
                                          {"fo", "Zm8=", "Zm8"},
                                          {"foo", "Zm9v", "Zm9v"},
                                          {"foob", "Zm9vYg==", "Zm9vYg"},
                                          {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                                          {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                                          {"\xfb\xff\xfe", "+//+", "+//+"}};
    struct str out = STR_INIT;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        str_reset(&out);
        sshwire_base64_encode(slice_of(rows[i][0]), true, &out);
        assert_string_equal(out.data, rows[i][1]);
        str_reset(&out);
        sshwire_base64_encode(slice_of(rows[i][0]), false, &out);
        assert_string_equal(out.data, rows[i][2]);
        str_reset(&out);
        assert_true(sshwire_base64_decode(slice_of(rows[i][1]), false, &out));
        assert_string_equal(out.data, rows[i][0]);
    }
    static const char *const wrong[] = {"Zg",    "Zg=",      "Zg===", "Z",    "Z===",   "====",  "Zh==",     "Zm9=",
                                        "Zm9v=", "Zg==Zg==", "Zm-v",  "Zm_v", "Zm9v\t", "Zm 9v", "Zm9v\xff", "=Zg="};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
        assert_false(sshwire_base64_decode(slice_of(wrong[i]), true, &out));
    str_reset(&out);
    assert_true(sshwire_base64_decode(SLICE("\nZm\r\n9v\n"), true, &out));
    assert_string_equal(out.data, "foo");
    assert_false(sshwire_base64_decode(SLICE("Zm\n9v"), false, &out));
    str_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_within_its_bytes),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(integers_have_one_encoding),
        cmocka_unit_test(base64_follows_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
