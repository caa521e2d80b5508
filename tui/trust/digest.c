#include "assay/trust/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "sha256:"
enum { PREFIX_SIZE = sizeof PREFIX - 1 };

/* libcrypto fails here only when memory is exhausted; a digest that was not computed must never be used. */
static void require(bool done)
{
    if (!done)
        abort();
}

void digest_of(struct slice bytes, struct digest *digest)
{
    require(EVP_Digest(bytes.data ? bytes.data : "", bytes.size, digest->bytes, NULL, EVP_sha256(), NULL) == 1);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

bool digest_is_none(const struct digest *digest)
{
    static const struct digest none;
    return digest_equal(digest, &none);
}

void digest_format_hex(const struct digest *digest, char hex[64 + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        hex[2 * i] = digits[digest->bytes[i] >> 4];
        hex[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    hex[64] = '\0';
}

void digest_format(const struct digest *digest, char text[DIGEST_TEXT_SIZE + 1])
{
    memcpy(text, PREFIX, PREFIX_SIZE);
    digest_format_hex(digest, text + PREFIX_SIZE);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_parse_hex(struct slice hex, struct digest *digest)
{
    struct digest parsed;
    if (hex.size != 64)
        return false;
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        int high = hex_value(hex.data[2 * i]), low = hex_value(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        parsed.bytes[i] = (unsigned char)(high << 4 | low);
    }
    *digest = parsed;
    return true;
}

bool digest_parse(struct slice text, struct digest *digest)
{
    if (text.size != DIGEST_TEXT_SIZE || memcmp(text.data, PREFIX, PREFIX_SIZE) != 0)
        return false;
    return digest_parse_hex((struct slice){text.data + PREFIX_SIZE, 64}, digest);
}

struct slice digest_slice(const struct digest *digest)
{
    return (struct slice){(const char *)digest->bytes, DIGEST_SIZE};
}

/* A stream is libcrypto's own context under another name. */
struct digest_stream *digest_stream_new(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    return (struct digest_stream *)context;
}

void digest_stream_add(struct digest_stream *stream, struct slice bytes)
{
    if (bytes.size)
        require(EVP_DigestUpdate((EVP_MD_CTX *)stream, bytes.data, bytes.size) == 1);
}

void digest_stream_free(struct digest_stream *stream, struct digest *digest)
{
    if (stream && digest)
        require(EVP_DigestFinal_ex((EVP_MD_CTX *)stream, digest->bytes, NULL) == 1);
    EVP_MD_CTX_free((EVP_MD_CTX *)stream);
}
