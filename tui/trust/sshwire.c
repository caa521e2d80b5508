#include "assay/trust/sshwire.h"

bool sshwire_u8(struct slice *rest, unsigned char *number)
{
    if (rest->size < 1)
        return false;
    *number = (unsigned char)rest->data[0];
    *rest = slice_from(*rest, 1);
    return true;
}

bool sshwire_u32(struct slice *rest, uint32_t *number)
{
    uint32_t read = 0;
    if (rest->size < 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        read = read << 8 | (unsigned char)rest->data[i];
    *number = read;
    *rest = slice_from(*rest, 4);
    return true;
}

bool sshwire_string(struct slice *rest, struct slice *string)
{
    uint32_t size;
    if (!sshwire_u32(rest, &size) || size > rest->size)
        return false;
    *string = slice_part(*rest, 0, size);
    *rest = slice_from(*rest, size);
    return true;
}

bool sshwire_mpint(struct slice *rest, struct slice *magnitude)
{
    struct slice bytes;
    if (!sshwire_string(rest, &bytes))
        return false;
    if (bytes.size && (bytes.data[0] & 0x80))
        return false;
    if (bytes.size && bytes.data[0] == 0) {
        if (bytes.size < 2 || !(bytes.data[1] & 0x80))
            return false;
        bytes = slice_from(bytes, 1);
    }
    *magnitude = bytes;
    return true;
}

void sshwire_append_u32(struct str *out, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        str_push(out, (char)(number >> shift & 0xff));
}

void sshwire_append_string(struct str *out, struct slice string)
{
    sshwire_append_u32(out, (uint32_t)string.size);
    str_append(out, string);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool sshwire_base64_decode(struct slice text, bool lines, struct str *out)
{
    uint32_t group = 0;
    unsigned digits = 0, padding = 0;
    for (size_t i = 0; i < text.size; i++) {
        int value = digit_value(text.data[i]);
        if (lines && (text.data[i] == '\n' || text.data[i] == '\r'))
            continue;
        if (text.data[i] == '=') {
            padding++;
            continue;
        }
        if (value < 0 || padding)
            return false;
        group = group << 6 | (uint32_t)value;
        if (++digits % 4 == 0) {
            str_push(out, (char)(group >> 16 & 0xff));
            str_push(out, (char)(group >> 8 & 0xff));
            str_push(out, (char)(group & 0xff));
        }
    }
    switch (digits % 4) {
    case 0:
        return padding == 0;
    case 2:
        str_push(out, (char)(group >> 4 & 0xff));
        return padding == 2 && (group & 0x0f) == 0;
    case 3:
        str_push(out, (char)(group >> 10 & 0xff));
        str_push(out, (char)(group >> 2 & 0xff));
        return padding == 1 && (group & 0x03) == 0;
    default:
        return false;
    }
}

void sshwire_base64_encode(struct slice bytes, bool padding, struct str *out)
{
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t here = bytes.size - i < 3 ? bytes.size - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < here ? (unsigned char)bytes.data[i + k] : 0u);
        for (size_t k = 0; k < 4; k++) {
            if (k <= here)
                str_push(out, alphabet[group >> (18 - 6 * k) & 63]);
            else if (padding)
                str_push(out, '=');
        }
    }
}
