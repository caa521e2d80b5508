#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "assay/trust/digest.h"

/* FIPS 180-4 examples, as NIST publishes them, and the empty message. */
static const struct {
    const char *message, *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static struct slice text(const char *s)
{
    return (struct slice){s, strlen(s)};
}

static void computes_published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct digest digest;
        char hex[65];
        digest_of(text(vectors[i].message), &digest);
        digest_format_hex(&digest, hex);
        assert_string_equal(hex, vectors[i].hex);
    }
    struct digest digest, empty;
    digest_of((struct slice){NULL, 0}, &digest);
    digest_of(text(""), &empty);
    assert_true(digest_equal(&digest, &empty));
}

static void stream_equals_whole(void **state)
{
    (void)state;
    char bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    struct digest whole, parts;
    digest_of((struct slice){bytes, sizeof bytes}, &whole);
    for (size_t cut = 0; cut <= sizeof bytes; cut += 37) {
        struct digest_stream *stream = digest_stream_new();
        digest_stream_add(stream, (struct slice){bytes, cut});
        digest_stream_add(stream, (struct slice){NULL, 0});
        digest_stream_add(stream, (struct slice){bytes + cut, sizeof bytes - cut});
        digest_stream_free(stream, &parts);
        assert_true(digest_equal(&whole, &parts));
    }
    digest_stream_free(digest_stream_new(), NULL);
    digest_stream_free(NULL, NULL);
}

static void text_round_trips_and_is_strict(void **state)
{
    (void)state;
    struct digest digest, again;
    char written[DIGEST_TEXT_SIZE + 1];
    digest_of(text("assay"), &digest);
    digest_format(&digest, written);
    assert_int_equal(strlen(written), DIGEST_TEXT_SIZE);
    assert_true(digest_parse(text(written), &again));
    assert_true(digest_equal(&digest, &again));
    assert_true(digest_parse_hex(text(written + 7), &again));
    assert_int_equal(digest_slice(&digest).size, DIGEST_SIZE);

    static const char *const wrong[] = {"",
                                        "sha256:",
                                        "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                        "sha256:E3B0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
                                        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
                                        "sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(digest_parse(text(wrong[i]), &again));
    assert_true(digest_equal(&digest, &again)); /* a failure leaves it alone */
}

static void none_is_all_zero(void **state)
{
    (void)state;
    struct digest digest = {{0}};
    assert_true(digest_is_none(&digest));
    digest.bytes[DIGEST_SIZE - 1] = 1;
    assert_false(digest_is_none(&digest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_published_vectors),
        cmocka_unit_test(stream_equals_whole),
        cmocka_unit_test(text_round_trips_and_is_strict),
        cmocka_unit_test(none_is_all_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
