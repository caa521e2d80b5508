#include "assay/text/sanitise.h"

#include <string.h>
#include <utf8proc.h>

#include "assay/base/array.h"
#include "assay/text/utf8.h"

enum { MARKS_ON_A_BASE = 8, JOINERS_IN_A_PICTURE = 4 };

struct sanitiser {
    struct str *out;
    unsigned how;
    size_t marks;
    uint32_t previous;  /* the code point shown before this one; 0: none on this line, or a mark of ours */
    unsigned combining; /* marks on the present base */
    unsigned joiners;   /* ZWJ in the present emoji sequence */
    bool pictured;      /* previous ends something that may be joined to an emoji */
    bool line_start;
};

/* --- ASCII ---------------------------------------------------------------------------------------------------------- */

static const struct {
    uint32_t codepoint;
    const char *text;
} spelt[] = {
    {0x00A9, "(c)"}, {0x00AB, "<<"}, {0x00AE, "(r)"}, {0x00B1, "+-"},  {0x00B7, "."},  {0x00BB, ">>"}, {0x00C6, "AE"},
    {0x00D7, "x"},   {0x00D8, "O"},  {0x00DF, "ss"},  {0x00E6, "ae"},  {0x00F7, "/"},  {0x00F8, "o"},  {0x0141, "L"},
    {0x0142, "l"},   {0x0152, "OE"}, {0x0153, "oe"},  {0x2010, "-"},   {0x2011, "-"},  {0x2012, "-"},  {0x2013, "-"},
    {0x2014, "--"},  {0x2015, "--"}, {0x2018, "'"},   {0x2019, "'"},   {0x201A, ","},  {0x201B, "'"},  {0x201C, "\""},
    {0x201D, "\""},  {0x201E, "\""}, {0x201F, "\""},  {0x2020, "+"},   {0x2022, "*"},  {0x2032, "'"},  {0x2033, "\""},
    {0x2039, "<"},   {0x203A, ">"},  {0x20AC, "EUR"}, {0x2190, "<-"},  {0x2192, "->"}, {0x21D0, "<="}, {0x21D2, "=>"},
    {0x2212, "-"},   {0x2248, "~"},  {0x2260, "!="},  {0x2264, "<="},  {0x2265, ">="}, {0x2500, "-"},  {0x2502, "|"},
    {0x253C, "+"},   {0x258C, "|"},  {0x2610, "[ ]"}, {0x2611, "[x]"}, {0x27E8, "<"},  {0x27E9, ">"},  {0xFFFD, "?"},
};

static const char *ascii_spelling(uint32_t codepoint)
{
    for (size_t low = 0, high = ARRAY_COUNT(spelt); low < high;) {
        size_t middle = (low + high) / 2;
        if (spelt[middle].codepoint == codepoint)
            return spelt[middle].text;
        if (spelt[middle].codepoint < codepoint)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The letters of a compatibility decomposition when they are ASCII: é, ﬁ, ², NO-BREAK SPACE. */
static bool ascii_decomposed(struct str *out, uint32_t codepoint)
{
    utf8proc_int32_t parts[32];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)codepoint, parts, ARRAY_COUNT(parts),
                                                     UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
    if (count < 1 || count > (utf8proc_ssize_t)ARRAY_COUNT(parts) || parts[0] < 0x20 || parts[0] >= 0x7F)
        return false;
    for (utf8proc_ssize_t i = 0; i < count; i++)
        if (parts[i] == 0x2044) /* FRACTION SLASH */
            str_push(out, '/');
        else if (parts[i] >= 0x20 && parts[i] < 0x7F)
            str_push(out, (char)parts[i]);
    return true;
}

static void show_in_ascii(struct sanitiser *s, uint32_t codepoint)
{
    const char *text = ascii_spelling(codepoint);
    if (text)
        str_append_text(s->out, text);
    else if (!ascii_decomposed(s->out, codepoint))
        str_appendf(s->out, "<U+%04X>", (unsigned)codepoint);
}

static bool drops_from_ascii(uint32_t codepoint)
{
    return codepoint == 0x200C || codepoint == 0x200D || (codepoint >= 0xFE00 && codepoint <= 0xFE0F) ||
           (codepoint >= 0x0300 && codepoint <= 0x036F);
}

/* --- what is shown as itself ------------------------------------------------------------------------------------------ */

static bool is_picture(uint32_t codepoint)
{
    return utf8proc_get_property((utf8proc_int32_t)codepoint)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static bool is_skin_tone(uint32_t codepoint)
{
    return codepoint >= 0x1F3FB && codepoint <= 0x1F3FF;
}

static bool is_joining_letter(uint32_t codepoint)
{
    static const struct {
        uint32_t first, last;
    } scripts[] = {
        {0x0600, 0x07FF}, /* Arabic, Syriac, Thaana, N'Ko */
        {0x0840, 0x08FF}, /* Mandaic, Syriac, Arabic */
        {0x0900, 0x0DFF}, /* the scripts of India, Sinhala */
        {0x1000, 0x109F}, /* Myanmar */
        {0x1780, 0x18AF}, /* Khmer, Mongolian */
        {0xFB50, 0xFEFC}, /* Arabic presentation forms */
    };
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)codepoint);
    if (category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_ME)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(scripts); i++)
        if (codepoint >= scripts[i].first && codepoint <= scripts[i].last)
            return true;
    return false;
}

/* After RFC 5892, appendix A.1 and A.2, with scripts for joining types. */
static bool joins_script(const struct sanitiser *s, uint32_t next)
{
    return utf8proc_get_property((utf8proc_int32_t)s->previous)->combining_class == 9 ||
           (is_joining_letter(s->previous) && is_joining_letter(next));
}

static bool takes_variation(uint32_t base, uint32_t selector, uint32_t next)
{
    if (selector == 0xFE0E || selector == 0xFE0F)
        return is_picture(base) || (next == 0x20E3 && (base == '#' || base == '*' || (base >= '0' && base <= '9')));
    if (selector >= 0x180B && selector <= 0x180F)
        return base >= 0x1820 && base <= 0x18AA;
    if (selector >= 0xE0100 && selector <= 0xE01EF)
        return utf8_kind(base) == UTF8_IDEOGRAPH;
    return selector >= 0xFE00 && selector <= 0xFE0D &&
           (utf8proc_category((utf8proc_int32_t)base) == UTF8PROC_CATEGORY_SM || utf8_kind(base) == UTF8_IDEOGRAPH ||
            (base >= 0x1000 && base <= 0x109F));
}

static bool is_kept(const struct sanitiser *s, uint32_t codepoint, uint32_t next)
{
    if (codepoint == 0x200D && s->pictured && is_picture(next))
        return s->joiners < JOINERS_IN_A_PICTURE;
    if (codepoint == 0x200C || codepoint == 0x200D)
        return joins_script(s, next);
    return s->previous != 0 && takes_variation(s->previous, codepoint, next);
}

static bool is_mark(utf8proc_propval_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME || category == UTF8PROC_CATEGORY_MC;
}

/* Default_Ignorable_Code_Point of unassigned ranges is not in utf8proc's tables. */
static bool is_hidden(uint32_t c, const utf8proc_property_t *p)
{
    return p->ignorable || p->category == UTF8PROC_CATEGORY_CC || p->category == UTF8PROC_CATEGORY_ZL ||
           p->category == UTF8PROC_CATEGORY_ZP ||
           (p->category == UTF8PROC_CATEGORY_CF && p->boundclass != UTF8PROC_BOUNDCLASS_PREPEND) ||
           (c >= 0x2060 && c <= 0x206F) || (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF) ||
           (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || c == 0x2800;
}

/* --- output ----------------------------------------------------------------------------------------------------------- */

static void put_mark(struct sanitiser *s, uint32_t codepoint)
{
    bool ascii = s->how & SANITISE_ASCII;
    s->marks++;
    s->previous = 0;
    s->combining = 0;
    s->pictured = false;
    s->line_start = false;
    if (codepoint == UTF8_REPLACEMENT)
        str_append_text(s->out, ascii ? "?" : "\xEF\xBF\xBD");
    else if (codepoint < 0x20 || codepoint == 0x7F) {
        if (ascii)
            str_appendf(s->out, "^%c", (int)(codepoint ^ 0x40));
        else
            utf8_append(s->out, codepoint == 0x7F ? 0x2421 : 0x2400 + codepoint);
    } else
        str_appendf(s->out, ascii ? "<U+%04X>" : "\xE2\x9F\xA8U+%04X\xE2\x9F\xA9", (unsigned)codepoint);
}

static void put_itself(struct sanitiser *s, uint32_t codepoint, struct slice bytes)
{
    if (codepoint == 0x200D)
        s->joiners++;
    else if (codepoint != 0xFE0F && !is_skin_tone(codepoint)) {
        s->pictured = is_picture(codepoint);
        s->joiners = s->previous == 0x200D ? s->joiners : 0;
    }
    s->previous = codepoint;
    s->line_start = false;
    if (!(s->how & SANITISE_ASCII))
        str_append(s->out, bytes);
    else if (!drops_from_ascii(codepoint))
        show_in_ascii(s, codepoint);
}

static void put_combining(struct sanitiser *s, uint32_t codepoint, struct slice bytes)
{
    if (++s->combining > MARKS_ON_A_BASE) {
        put_mark(s, codepoint);
        s->combining = MARKS_ON_A_BASE;
        return;
    }
    if (s->line_start) {
        s->marks++;
        if (!(s->how & SANITISE_ASCII))
            utf8_append(s->out, 0x25CC);
    }
    put_itself(s, codepoint, bytes);
}

/* The flags of England, Scotland and Wales are the only tag sequences in general use (RGI_Emoji_Tag_Sequence). */
static size_t flag_front(struct slice rest)
{
    static const char *const flags[] = {
        "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
        "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",
        "\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F",
    };
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
        if (slice_starts_with(rest, slice_of(flags[i])))
            return strlen(flags[i]);
    return 0;
}

static size_t take_control(struct sanitiser *s, struct slice rest)
{
    char c = rest.data[0];
    bool crlf = c == '\r' && rest.size > 1 && rest.data[1] == '\n';
    if (c != '\t' && c != '\n' && !crlf) {
        put_mark(s, (unsigned char)c);
        return 1;
    }
    if (s->how & SANITISE_TEXT)
        str_push(s->out, c == '\t' ? '\t' : '\n');
    else
        str_append_text(s->out, c == '\t' ? " " : (s->how & SANITISE_ASCII) ? "^J" : "\xE2\x90\x8A");
    s->previous = 0;
    s->combining = 0;
    s->pictured = false;
    s->line_start = (s->how & SANITISE_TEXT) != 0;
    return crlf ? 2 : 1;
}

static size_t take_codepoint(struct sanitiser *s, struct slice rest)
{
    uint32_t c, next = 0;
    bool valid;
    size_t size = utf8_decode(rest, &c, &valid);
    if (!valid) {
        put_mark(s, UTF8_REPLACEMENT);
        return size;
    }
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);
    if (is_hidden(c, p)) {
        utf8_decode(slice_from(rest, size), &next, NULL);
        if (is_kept(s, c, next))
            put_itself(s, c, slice_part(rest, 0, size));
        else
            put_mark(s, c);
        return size;
    }
    if (is_mark(p->category)) {
        put_combining(s, c, slice_part(rest, 0, size));
        return size;
    }
    size_t flag = c == 0x1F3F4 ? flag_front(rest) : 0;
    s->combining = 0;
    put_itself(s, c, slice_part(rest, 0, flag ? flag : size));
    return flag ? flag : size;
}

static size_t take_printable(struct sanitiser *s, struct slice rest)
{
    size_t size = 0;
    while (size < rest.size && rest.data[size] >= 0x20 && rest.data[size] < 0x7F)
        size++;
    if (size == 0)
        return 0;
    str_append(s->out, slice_part(rest, 0, size));
    s->previous = (unsigned char)rest.data[size - 1];
    s->combining = 0;
    s->pictured = false;
    s->line_start = false;
    return size;
}

size_t sanitise_append(struct str *out, struct slice bytes, unsigned how)
{
    struct sanitiser s = {.out = out, .how = how, .line_start = true};
    str_reserve(out, bytes.size);
    for (size_t i = 0; i < bytes.size;) {
        struct slice rest = slice_from(bytes, i);
        size_t size = take_printable(&s, rest);
        if (size == 0)
            size = (unsigned char)rest.data[0] < 0x80 ? take_control(&s, rest) : take_codepoint(&s, rest);
        i += size;
    }
    return s.marks;
}

struct slice sanitise_copy(struct arena *arena, struct slice bytes, unsigned how, size_t *marks)
{
    struct str safe = STR_INIT;
    size_t count = sanitise_append(&safe, bytes, how);
    struct slice copy = arena_copy(arena, str_slice(&safe));
    str_clear(&safe);
    if (marks)
        *marks = count;
    return copy;
}

bool sanitise_is_clean(struct slice bytes, unsigned how)
{
    struct str safe = STR_INIT;
    sanitise_append(&safe, bytes, how);
    bool same = slice_equal(str_slice(&safe), bytes);
    str_clear(&safe);
    return same;
}
