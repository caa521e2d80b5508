#include "assay/text/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* Björn Höhrmann's table would be shorter, but the ranges of table 3-7 of the standard read better. */
size_t utf8_decode(struct slice s, uint32_t *codepoint, bool *valid)
{
    const unsigned char *p = (const unsigned char *)s.data;
    if (s.size == 0)
        return 0;
    if (valid)
        *valid = true;
    *codepoint = p[0];
    if (p[0] < 0x80)
        return 1;

    size_t need = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : 1;
    unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    uint32_t c = p[0] & (0x3Fu >> need);
    size_t taken = 1;
    if (p[0] >= 0xC2 && p[0] <= 0xF4) {
        while (taken <= need && taken < s.size && p[taken] >= low && p[taken] <= high) {
            c = c << 6 | (p[taken++] & 0x3Fu);
            low = 0x80;
            high = 0xBF;
        }
        if (taken == need + 1) {
            *codepoint = c;
            return taken;
        }
    }
    *codepoint = UTF8_REPLACEMENT;
    if (valid)
        *valid = false;
    return taken;
}

size_t utf8_encode(uint32_t codepoint, char out[4])
{
    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF))
        codepoint = UTF8_REPLACEMENT;
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    size_t size = codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, codepoint >>= 6)
        out[i] = (char)(0x80 | (codepoint & 0x3F));
    out[0] = (char)((0xF00u >> size & 0xFF) | codepoint);
    return size;
}

void utf8_append(struct str *out, uint32_t codepoint)
{
    char bytes[4];
    str_append(out, slice_make(bytes, utf8_encode(codepoint, bytes)));
}

/* Bytes at the front of s that are ASCII, eight at a time. */
static size_t ascii_front(struct slice s)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= s.size; i += sizeof word) {
        memcpy(&word, s.data + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < s.size && (unsigned char)s.data[i] < 0x80)
        i++;
    return i;
}

bool utf8_valid(struct slice s)
{
    for (size_t i = ascii_front(s); i < s.size;) {
        uint32_t codepoint;
        bool valid;
        i += utf8_decode(slice_from(s, i), &codepoint, &valid);
        if (!valid)
            return false;
        if (i < s.size && (unsigned char)s.data[i] < 0x80)
            i += ascii_front(slice_from(s, i));
    }
    return true;
}

size_t utf8_append_valid(struct str *out, struct slice s)
{
    size_t replaced = 0, start = 0;
    for (size_t i = ascii_front(s); i < s.size;) {
        uint32_t codepoint;
        bool valid;
        size_t size = utf8_decode(slice_from(s, i), &codepoint, &valid);
        if (!valid) {
            str_append(out, slice_part(s, start, i - start));
            utf8_append(out, UTF8_REPLACEMENT);
            start = i + size;
            replaced++;
        }
        i += size;
    }
    str_append(out, slice_from(s, start));
    return replaced;
}

/* --- clusters ------------------------------------------------------------------------------------------------------ */

static const utf8proc_property_t *property(uint32_t codepoint)
{
    return utf8proc_get_property((utf8proc_int32_t)codepoint);
}

static bool is_regional(uint32_t codepoint)
{
    return codepoint >= 0x1F1E6 && codepoint <= 0x1F1FF;
}

/* utf8proc gives newly assigned emoji no width while they are unassigned in its tables; terminals draw them wide. */
static int columns_of_unassigned(uint32_t codepoint)
{
    return (codepoint >= 0x1F300 && codepoint <= 0x1FAFF) || (codepoint >= 0x20000 && codepoint <= 0x3FFFD) ? 2 : 1;
}

static int columns_alone(uint32_t codepoint)
{
    const utf8proc_property_t *p = property(codepoint);
    switch (p->category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return 0;
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
        return 1;
    case UTF8PROC_CATEGORY_CN:
        return p->ignorable ? 0 : columns_of_unassigned(codepoint);
    default:
        break;
    }
    if (p->boundclass == UTF8PROC_BOUNDCLASS_V || p->boundclass == UTF8PROC_BOUNDCLASS_T)
        return 0; /* medial and final jamo are drawn into the leading one */
    if (codepoint == 0x00AD)
        return 1; /* what shows a soft hyphen shows a hyphen */
    return p->ignorable ? 0 : is_regional(codepoint) ? 1 : (int)p->charwidth;
}

static bool takes_emoji_form(uint32_t codepoint)
{
    return property(codepoint)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC || codepoint == '#' ||
           codepoint == '*' || (codepoint >= '0' && codepoint <= '9');
}

/* What `next` adds to a cluster that began with `base` and takes `columns`; -1 when it does not fit into two. A
 * joined emoji, a skin tone and a keycap are drawn into the picture. */
static int columns_joined(uint32_t base, uint32_t before, uint32_t next, int columns)
{
    if ((next == 0xFE0F && takes_emoji_form(base)) || (next == 0x20E3 && base < 0x80))
        return 2 - columns;
    if (before == 0x200D || (next >= 0x1F3FB && next <= 0x1F3FF))
        return 0;
    int more = columns_alone(next);
    return columns + more > 2 ? -1 : more;
}

static size_t cluster_slow(struct slice s, size_t offset, int *columns)
{
    uint32_t base, before, next;
    utf8proc_int32_t state = 0;
    size_t end = offset + utf8_decode(slice_from(s, offset), &base, NULL);
    int total = columns_alone(base);
    before = base;
    for (size_t size; end < s.size; end += size, before = next) {
        size = utf8_decode(slice_from(s, end), &next, NULL);
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)next, &state))
            break;
        int more = columns_joined(base, before, next, total);
        if (more < 0)
            break;
        total += more;
    }
    if (columns)
        *columns = total;
    return end - offset;
}

size_t utf8_cluster(struct slice s, size_t offset, int *columns)
{
    if (offset >= s.size)
        return 0;
    const unsigned char *p = (const unsigned char *)s.data + offset;
    size_t left = s.size - offset;
    if (p[0] < 0x80 && (left == 1 || p[1] < 0x80)) { /* GB4, GB5, GB999: only CR LF stays together */
        if (columns)
            *columns = p[0] >= 0x20 && p[0] != 0x7F;
        return p[0] == '\r' && left > 1 && p[1] == '\n' ? 2 : 1;
    }
    return cluster_slow(s, offset, columns);
}

size_t utf8_cluster_before(struct slice s, size_t offset)
{
    enum { LOOK_BACK = 128 };
    if (offset > s.size)
        offset = s.size;
    size_t from = offset > LOOK_BACK ? offset - LOOK_BACK : 0;
    while (from > 0 && ((unsigned char)s.data[from] & 0xC0) == 0x80)
        from--;
    for (size_t i = offset; i > from + 1; i--)
        if (s.data[i - 2] == '\n')
            from = i - 1;
    for (size_t size; (size = utf8_cluster(s, from, NULL)) > 0 && from + size < offset;)
        from += size;
    return from;
}

size_t utf8_columns(struct slice s)
{
    size_t total = 0;
    int columns = 0;
    for (size_t i = 0, size; (size = utf8_cluster(s, i, &columns)) > 0; i += size)
        total += (size_t)columns;
    return total;
}

struct slice utf8_cut(struct slice s, size_t columns, size_t *used)
{
    size_t total = 0, end = 0;
    int wide = 0;
    for (size_t size; (size = utf8_cluster(s, end, &wide)) > 0 && total + (size_t)wide <= columns; end += size)
        total += (size_t)wide;
    if (used)
        *used = total;
    return slice_part(s, 0, end);
}

/* --- case and kind ------------------------------------------------------------------------------------------------- */

void utf8_append_folded(struct str *out, struct slice s)
{
    str_reserve(out, s.size);
    for (size_t i = 0; i < s.size;) {
        uint32_t codepoint = 0;
        i += utf8_decode(slice_from(s, i), &codepoint, NULL);
        if (codepoint < 0x80) {
            str_push(out, (char)(codepoint >= 'A' && codepoint <= 'Z' ? codepoint + 32 : codepoint));
            continue;
        }
        utf8proc_int32_t folded[4];
        int boundary = 0;
        utf8proc_ssize_t count =
            utf8proc_decompose_char((utf8proc_int32_t)codepoint, folded, 4, UTF8PROC_CASEFOLD, &boundary);
        for (utf8proc_ssize_t k = 0; k < count && k < 4; k++)
            utf8_append(out, (uint32_t)folded[k]);
    }
}

bool utf8_has_upper(struct slice s)
{
    for (size_t i = 0; i < s.size;) {
        uint32_t codepoint = 0;
        i += utf8_decode(slice_from(s, i), &codepoint, NULL);
        utf8proc_propval_t category = property(codepoint)->category;
        if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT)
            return true;
    }
    return false;
}

static bool is_ideograph(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x2E80, 0x2FDF}, {0x3005, 0x3007}, {0x3021, 0x3029},   {0x3031, 0x3035},   {0x3038, 0x303C},
        {0x3041, 0x3096}, {0x309D, 0x309F}, {0x30A1, 0x30FA},   {0x30FC, 0x30FF},   {0x3105, 0x312F},
        {0x31A0, 0x31BF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA48C},
        {0xF900, 0xFAFF}, {0xFF66, 0xFF9D}, {0x16FE0, 0x18DFF}, {0x1AFF0, 0x1B2FF}, {0x20000, 0x3FFFD},
    };
    if (c < ranges[0].first)
        return false;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

enum utf8_kind utf8_kind(uint32_t codepoint)
{
    if (codepoint == '\n' || (codepoint >= 0x0B && codepoint <= 0x0D) || codepoint == 0x85 || codepoint == 0x2028 ||
        codepoint == 0x2029)
        return UTF8_LINE_END;
    if (codepoint == '\t')
        return UTF8_SPACE;
    if (is_ideograph(codepoint))
        return UTF8_IDEOGRAPH;
    utf8proc_propval_t category = property(codepoint)->category;
    if (category == UTF8PROC_CATEGORY_ZS)
        return UTF8_SPACE;
    if ((category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) || category == UTF8PROC_CATEGORY_PC)
        return UTF8_WORD;
    if (category >= UTF8PROC_CATEGORY_PD && category <= UTF8PROC_CATEGORY_SO)
        return UTF8_PUNCTUATION;
    return UTF8_OTHER;
}
