#include "assay/text/wrap.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/text/utf8.h"

/* What a cluster does to the line breaks beside it: UAX #14 with its classes folded into those that prose needs. */
enum break_class {
    CLASS_WORD,  /* AL, NU and the rest: no break between two of them */
    CLASS_SPACE, /* SP, BA: break after, never before */
    CLASS_HYPHEN,
    CLASS_OPEN,  /* OP, QU before: no break after */
    CLASS_CLOSE, /* CL, CP, EX, IS, NS: no break before */
    CLASS_GLUE,  /* GL, WJ: no break on either side */
    CLASS_IDEOGRAPH,
    CLASS_DASH, /* B2: break after */
};

struct layout {
    struct wrap *wrap;
    struct slice text;
    unsigned width; /* 0: no limit */
    unsigned line;
};

void wrap_init(struct wrap *wrap)
{
    *wrap = (struct wrap){.rows = NULL};
}

void wrap_clear(struct wrap *wrap)
{
    memory_free(wrap->rows);
    wrap_init(wrap);
}

static enum break_class class_of_ascii(char c)
{
    static const unsigned char classes[128] = {
        [' '] = CLASS_SPACE, ['\t'] = CLASS_SPACE, ['-'] = CLASS_HYPHEN, ['('] = CLASS_OPEN,  ['['] = CLASS_OPEN,
        ['{'] = CLASS_OPEN,  [')'] = CLASS_CLOSE,  [']'] = CLASS_CLOSE,  ['}'] = CLASS_CLOSE, ['!'] = CLASS_CLOSE,
        ['?'] = CLASS_CLOSE, [','] = CLASS_CLOSE,  ['.'] = CLASS_CLOSE,  [':'] = CLASS_CLOSE, [';'] = CLASS_CLOSE,
    };
    return (enum break_class)classes[(unsigned char)c & 0x7F];
}

struct class_range {
    uint32_t first, last;
    enum break_class class;
};

/* In order. Small kana and the like are nonstarters (JIS X 4051, strict). */
static const struct class_range class_ranges[] = {
    {0x00A0, 0x00A0, CLASS_GLUE},        {0x00AB, 0x00AB, CLASS_OPEN},        {0x00BB, 0x00BB, CLASS_CLOSE},
    {0x1680, 0x1680, CLASS_SPACE},       {0x2000, 0x2006, CLASS_SPACE},       {0x2007, 0x2007, CLASS_GLUE},
    {0x2008, 0x200A, CLASS_SPACE},       {0x2010, 0x2010, CLASS_HYPHEN},      {0x2011, 0x2011, CLASS_GLUE},
    {0x2012, 0x2014, CLASS_DASH},        {0x2018, 0x2018, CLASS_OPEN},        {0x2019, 0x2019, CLASS_CLOSE},
    {0x201A, 0x201A, CLASS_OPEN},        {0x201C, 0x201C, CLASS_OPEN},        {0x201D, 0x201D, CLASS_CLOSE},
    {0x201E, 0x201E, CLASS_OPEN},        {0x2026, 0x2026, CLASS_CLOSE},       {0x202F, 0x202F, CLASS_GLUE},
    {0x203C, 0x203D, CLASS_CLOSE},       {0x205F, 0x205F, CLASS_SPACE},       {0x27E8, 0x27E8, CLASS_OPEN},
    {0x27E9, 0x27E9, CLASS_CLOSE},       {0x2E80, 0x2FFF, CLASS_IDEOGRAPH},   {0x3000, 0x3000, CLASS_SPACE},
    {0x3001, 0x3002, CLASS_CLOSE},       {0x3003, 0x3004, CLASS_IDEOGRAPH},   {0x3005, 0x3005, CLASS_CLOSE},
    {0x3006, 0x3007, CLASS_IDEOGRAPH},   {0x3008, 0x3008, CLASS_OPEN},        {0x3009, 0x3009, CLASS_CLOSE},
    {0x300A, 0x300A, CLASS_OPEN},        {0x300B, 0x300B, CLASS_CLOSE},       {0x300C, 0x300C, CLASS_OPEN},
    {0x300D, 0x300D, CLASS_CLOSE},       {0x300E, 0x300E, CLASS_OPEN},        {0x300F, 0x300F, CLASS_CLOSE},
    {0x3010, 0x3010, CLASS_OPEN},        {0x3011, 0x3011, CLASS_CLOSE},       {0x3012, 0x3013, CLASS_IDEOGRAPH},
    {0x3014, 0x3014, CLASS_OPEN},        {0x3015, 0x3015, CLASS_CLOSE},       {0x3016, 0x3016, CLASS_OPEN},
    {0x3017, 0x3017, CLASS_CLOSE},       {0x3018, 0x3018, CLASS_OPEN},        {0x3019, 0x3019, CLASS_CLOSE},
    {0x301A, 0x301A, CLASS_OPEN},        {0x301B, 0x301C, CLASS_CLOSE},       {0x301D, 0x301D, CLASS_OPEN},
    {0x301E, 0x301F, CLASS_CLOSE},       {0x3020, 0x303A, CLASS_IDEOGRAPH},   {0x303B, 0x303B, CLASS_CLOSE},
    {0x303D, 0x3040, CLASS_IDEOGRAPH},   {0x3041, 0x3041, CLASS_CLOSE},       {0x3042, 0x3042, CLASS_IDEOGRAPH},
    {0x3043, 0x3043, CLASS_CLOSE},       {0x3044, 0x3044, CLASS_IDEOGRAPH},   {0x3045, 0x3045, CLASS_CLOSE},
    {0x3046, 0x3046, CLASS_IDEOGRAPH},   {0x3047, 0x3047, CLASS_CLOSE},       {0x3048, 0x3048, CLASS_IDEOGRAPH},
    {0x3049, 0x3049, CLASS_CLOSE},       {0x304A, 0x3062, CLASS_IDEOGRAPH},   {0x3063, 0x3063, CLASS_CLOSE},
    {0x3064, 0x3082, CLASS_IDEOGRAPH},   {0x3083, 0x3083, CLASS_CLOSE},       {0x3084, 0x3084, CLASS_IDEOGRAPH},
    {0x3085, 0x3085, CLASS_CLOSE},       {0x3086, 0x3086, CLASS_IDEOGRAPH},   {0x3087, 0x3087, CLASS_CLOSE},
    {0x3088, 0x308D, CLASS_IDEOGRAPH},   {0x308E, 0x308E, CLASS_CLOSE},       {0x308F, 0x3094, CLASS_IDEOGRAPH},
    {0x3095, 0x309E, CLASS_CLOSE},       {0x309F, 0x309F, CLASS_IDEOGRAPH},   {0x30A0, 0x30A1, CLASS_CLOSE},
    {0x30A2, 0x30A2, CLASS_IDEOGRAPH},   {0x30A3, 0x30A3, CLASS_CLOSE},       {0x30A4, 0x30A4, CLASS_IDEOGRAPH},
    {0x30A5, 0x30A5, CLASS_CLOSE},       {0x30A6, 0x30A6, CLASS_IDEOGRAPH},   {0x30A7, 0x30A7, CLASS_CLOSE},
    {0x30A8, 0x30A8, CLASS_IDEOGRAPH},   {0x30A9, 0x30A9, CLASS_CLOSE},       {0x30AA, 0x30C2, CLASS_IDEOGRAPH},
    {0x30C3, 0x30C3, CLASS_CLOSE},       {0x30C4, 0x30E2, CLASS_IDEOGRAPH},   {0x30E3, 0x30E3, CLASS_CLOSE},
    {0x30E4, 0x30E4, CLASS_IDEOGRAPH},   {0x30E5, 0x30E5, CLASS_CLOSE},       {0x30E6, 0x30E6, CLASS_IDEOGRAPH},
    {0x30E7, 0x30E7, CLASS_CLOSE},       {0x30E8, 0x30ED, CLASS_IDEOGRAPH},   {0x30EE, 0x30EE, CLASS_CLOSE},
    {0x30EF, 0x30F4, CLASS_IDEOGRAPH},   {0x30F5, 0x30F6, CLASS_CLOSE},       {0x30F7, 0x30FA, CLASS_IDEOGRAPH},
    {0x30FB, 0x30FE, CLASS_CLOSE},       {0x30FF, 0x31EF, CLASS_IDEOGRAPH},   {0x31F0, 0x31FF, CLASS_CLOSE},
    {0x3200, 0xA4CF, CLASS_IDEOGRAPH},   {0xAC00, 0xD7A3, CLASS_IDEOGRAPH},   {0xF900, 0xFAFF, CLASS_IDEOGRAPH},
    {0xFE30, 0xFE4F, CLASS_IDEOGRAPH},   {0xFF01, 0xFF01, CLASS_CLOSE},       {0xFF02, 0xFF07, CLASS_IDEOGRAPH},
    {0xFF08, 0xFF08, CLASS_OPEN},        {0xFF09, 0xFF09, CLASS_CLOSE},       {0xFF0A, 0xFF0B, CLASS_IDEOGRAPH},
    {0xFF0C, 0xFF0C, CLASS_CLOSE},       {0xFF0D, 0xFF0D, CLASS_IDEOGRAPH},   {0xFF0E, 0xFF0E, CLASS_CLOSE},
    {0xFF0F, 0xFF19, CLASS_IDEOGRAPH},   {0xFF1A, 0xFF1B, CLASS_CLOSE},       {0xFF1C, 0xFF1E, CLASS_IDEOGRAPH},
    {0xFF1F, 0xFF1F, CLASS_CLOSE},       {0xFF20, 0xFF3A, CLASS_IDEOGRAPH},   {0xFF3B, 0xFF3B, CLASS_OPEN},
    {0xFF3C, 0xFF3C, CLASS_IDEOGRAPH},   {0xFF3D, 0xFF3D, CLASS_CLOSE},       {0xFF3E, 0xFF5A, CLASS_IDEOGRAPH},
    {0xFF5B, 0xFF5B, CLASS_OPEN},        {0xFF5C, 0xFF5C, CLASS_IDEOGRAPH},   {0xFF5D, 0xFF5D, CLASS_CLOSE},
    {0xFF5E, 0xFF5E, CLASS_IDEOGRAPH},   {0xFF5F, 0xFF5F, CLASS_OPEN},        {0xFF60, 0xFF61, CLASS_CLOSE},
    {0xFF62, 0xFF62, CLASS_OPEN},        {0xFF63, 0xFF65, CLASS_CLOSE},       {0xFF66, 0xFF66, CLASS_IDEOGRAPH},
    {0xFF67, 0xFF70, CLASS_CLOSE},       {0xFF71, 0xFF9D, CLASS_IDEOGRAPH},   {0xFF9E, 0xFF9F, CLASS_CLOSE},
    {0x16FE0, 0x1B2FF, CLASS_IDEOGRAPH}, {0x1F000, 0x1FAFF, CLASS_IDEOGRAPH}, {0x20000, 0x3FFFD, CLASS_IDEOGRAPH},
};

static enum break_class class_of(uint32_t codepoint)
{
    if (codepoint < 0x80)
        return class_of_ascii((char)codepoint);
    for (size_t low = 0, high = ARRAY_COUNT(class_ranges); low < high;) {
        size_t middle = (low + high) / 2;
        if (codepoint > class_ranges[middle].last)
            low = middle + 1;
        else if (codepoint < class_ranges[middle].first)
            high = middle;
        else
            return class_ranges[middle].class;
    }
    return CLASS_WORD;
}

struct glyph {
    size_t offset, size;
    unsigned columns;
    enum break_class class;
    char ascii; /* 0: not ASCII */
};

static struct glyph glyph_at(struct slice line, size_t offset, unsigned column)
{
    struct glyph g = {.offset = offset};
    unsigned char byte = (unsigned char)line.data[offset];
    if (byte < 0x80 && (offset + 1 == line.size || (unsigned char)line.data[offset + 1] < 0x80)) {
        g.size = 1;
        g.ascii = (char)byte;
        g.columns = byte == '\t' ? WRAP_TAB - column % WRAP_TAB : byte >= 0x20 && byte != 0x7F;
        g.class = class_of_ascii((char)byte);
        return g;
    }
    int columns = 0;
    uint32_t codepoint;
    g.size = utf8_cluster(line, offset, &columns);
    g.columns = (unsigned)columns;
    size_t base = utf8_decode(slice_from(line, offset), &codepoint, NULL);
    g.class = class_of(codepoint);
    if (g.class == CLASS_SPACE && g.size > base) /* a space that carries marks is drawn */
        g.class = CLASS_WORD;
    return g;
}

static bool is_letter(const struct glyph *g)
{
    return g->class == CLASS_WORD && (g->ascii == 0 || (g->ascii | 0x20) >= 'a');
}

/* Whether a line may end between two clusters, neither of which is a space. `before` stands in front of `left`. */
static bool breaks_between(const struct glyph *before, const struct glyph *left, const struct glyph *right)
{
    if (right->class == CLASS_CLOSE || right->class == CLASS_GLUE || right->class == CLASS_HYPHEN ||
        right->class == CLASS_DASH)
        return false;
    switch (left->class) {
    case CLASS_HYPHEN:
        return is_letter(right) && before->class == CLASS_WORD;
    case CLASS_DASH:
        return true;
    case CLASS_OPEN:
    case CLASS_GLUE:
        return false;
    case CLASS_IDEOGRAPH:
        return true;
    case CLASS_CLOSE:
        return right->class == CLASS_IDEOGRAPH || (right->class == CLASS_OPEN && left->ascii == 0) ||
               (left->ascii == 0 && left->columns == 2);
    default:
        return right->class == CLASS_IDEOGRAPH;
    }
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static void put_row(struct layout *l, size_t offset, size_t size, unsigned columns, unsigned indent, bool continued)
{
    struct wrap *w = l->wrap;
    *ARRAY_PUSH(w->rows, w->count, w->capacity) = (struct wrap_row){
        .offset = offset, .size = size, .columns = columns, .indent = indent, .line = l->line, .continued = continued};
    if (columns + indent > w->columns)
        w->columns = columns + indent;
}

/* Bytes of a list marker and the spaces after it: "- ", "• ", "12. ", "a) ", "> ", "▌ "; 0 when there is none. */
static size_t marker_size(struct slice line)
{
    static const char *const bullets[] = {"-",      "*",      "+",      ">",      "\u2022", "\u25E6",
                                          "\u2023", "\u2013", "\u258C", "\u2610", "\u2611"};
    size_t size = 0;
    for (size_t i = 0; i < ARRAY_COUNT(bullets) && size == 0; i++)
        if (slice_starts_with(line, slice_of(bullets[i])))
            size = strlen(bullets[i]);
    if (size == 0) {
        while (size < line.size && size < 4 && line.data[size] >= '0' && line.data[size] <= '9')
            size++;
        if (size == 0 && line.size > 0 && (line.data[0] | 0x20) >= 'a' && (line.data[0] | 0x20) <= 'z')
            size = 1;
        if (size == 0 || size >= line.size || (line.data[size] != '.' && line.data[size] != ')'))
            return 0;
        size++;
    }
    size_t end = size;
    while (end < line.size && line.data[end] == ' ')
        end++;
    return end > size ? end : 0;
}

static bool fits_beside(unsigned indent, unsigned width)
{
    return indent <= width / 2 && indent + 2 <= width;
}

/* Of "a label   and what is said of it" the label with the three spaces or more behind it; 0: it has none. */
static size_t label_size(struct slice line)
{
    size_t end = slice_find(line, SLICE("   "));
    if (end == SLICE_NOT_FOUND || end == 0)
        return 0;
    while (end < line.size && line.data[end] == ' ')
        end++;
    return end < line.size ? end : 0;
}

/* Where the rows after the first begin: under the text of the list item, under what is said of a label, or under the
 * indentation of the line. */
static unsigned hanging_indent(struct slice line, unsigned width)
{
    size_t end = 0;
    unsigned columns = 0;
    for (; end < line.size && (line.data[end] == ' ' || line.data[end] == '\t'); end++)
        columns += line.data[end] == '\t' ? WRAP_TAB - columns % WRAP_TAB : 1;
    for (size_t more; columns < width && (more = marker_size(slice_from(line, end))) > 0; end += more)
        columns += (unsigned)utf8_columns(slice_part(line, end, more));
    const size_t label = end > 0 ? label_size(slice_from(line, end)) : 0;
    const unsigned beside = columns + (unsigned)utf8_columns(slice_part(line, end, label));
    if (fits_beside(beside, width))
        return beside;
    return fits_beside(columns, width) ? columns : 0;
}

struct spot {
    size_t end, next; /* where the row would end and the next one begin */
    unsigned columns; /* of the row */
    bool found;
};

/* A long word breaks after one of these when that leaves at least half a row. */
static bool breaks_address(const struct glyph *g)
{
    return g->ascii != 0 && strchr("/?&=#_-.,;:+%", g->ascii) != NULL;
}

/* Finds the end of the row that begins at `start`; false when the rest of the line fits: then *spot is its end. */
static bool row_end(const struct layout *l, struct slice line, size_t start, unsigned indent, struct spot *spot)
{
    struct spot best = {.found = false}, address = {.found = false};
    struct glyph before = {.class = CLASS_SPACE}, left = before;
    unsigned column = indent, drawn = 0; /* drawn: columns up to the last cluster that is no space */
    size_t end = start;                  /* the end of that cluster */
    for (size_t i = start; i < line.size;) {
        struct glyph g = glyph_at(line, i, column);
        if (g.class != CLASS_SPACE) {
            if (i > start && end > start && (left.class == CLASS_SPACE || breaks_between(&before, &left, &g)))
                best = (struct spot){.end = end, .next = i, .columns = drawn, .found = true};
            if (column + g.columns > l->width && i > start) {
                struct spot here = {.end = i, .next = i, .columns = column - indent};
                if (end == start) /* nothing but spaces so far */
                    here = (struct spot){.end = start, .next = i};
                bool useful = address.found && address.columns * 2 >= l->width - indent;
                *spot = best.found ? best : useful ? address : here;
                return true;
            }
            end = i + g.size;
            drawn = column + g.columns - indent;
            if (breaks_address(&g))
                address = (struct spot){.end = end, .next = end, .columns = drawn, .found = true};
        }
        before = left;
        left = g;
        column += g.columns;
        i += g.size;
    }
    *spot = (struct spot){.end = end, .next = line.size, .columns = drawn};
    return false;
}

static unsigned column_at(struct slice line, size_t offset)
{
    unsigned column = 0;
    for (size_t i = 0; i < offset;) {
        const struct glyph g = glyph_at(line, i, column);
        column += g.columns;
        i += g.size;
    }
    return column;
}

/* A first row that holds nothing but the label or the marker: the long word behind it begins there too, if it stands in
 * the column in which its rows hang. */
static bool join_label(const struct layout *l, struct slice line, unsigned hang, struct spot *spot)
{
    struct spot rest;
    if (spot->columns >= hang || column_at(line, spot->next) != hang)
        return true;
    const bool more = row_end(l, line, spot->next, hang, &rest);
    *spot = (struct spot){.end = rest.end, .next = rest.next, .columns = hang + rest.columns};
    return more;
}

static void wrap_line(struct layout *l, size_t offset, size_t size)
{
    struct slice line = slice_part(l->text, offset, size);
    size_t start = 0;
    unsigned indent = 0, hang = 0;
    struct spot spot;
    for (bool more = true; more; start = spot.next) {
        more = row_end(l, line, start, indent, &spot);
        if (more && start == 0) {
            hang = hanging_indent(line, l->width);
            more = join_label(l, line, hang, &spot);
        }
        put_row(l, offset + start, spot.end - start, spot.columns, indent, start > 0);
        indent = hang;
    }
}

static void keep_line(struct layout *l, size_t offset, size_t size)
{
    struct slice line = slice_part(l->text, offset, size);
    unsigned column = 0;
    for (size_t i = 0; i < size;) {
        struct glyph g = glyph_at(line, i, column);
        column += g.columns;
        i += g.size;
    }
    put_row(l, offset, size, column, 0, false);
}

void wrap_text(struct wrap *wrap, struct slice text, unsigned columns)
{
    struct layout l = {.wrap = wrap, .text = text, .width = columns == 1 ? 2 : columns};
    wrap->count = 0;
    wrap->columns = 0;
    size_t offset = 0;
    do {
        const char *end = text.size > offset ? memchr(text.data + offset, '\n', text.size - offset) : NULL;
        size_t size = end ? (size_t)(end - text.data) - offset : text.size - offset;
        if (columns == 0)
            keep_line(&l, offset, size);
        else
            wrap_line(&l, offset, size);
        offset += size + (end != NULL);
        l.line++;
    } while (offset < text.size);
}

size_t wrap_row_at(const struct wrap *wrap, size_t offset)
{
    size_t low = 0, high = wrap->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (wrap->rows[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool wrap_next(struct slice text, const struct wrap_row *row, struct wrap_cell *cell)
{
    if (cell->size == 0) {
        cell->offset = row->offset;
        cell->column = row->indent;
    } else {
        cell->offset += cell->size;
        cell->column += cell->columns;
    }
    if (cell->offset >= row->offset + row->size)
        return false;
    struct glyph g = glyph_at(slice_part(text, 0, row->offset + row->size), cell->offset, cell->column);
    cell->size = g.size;
    cell->columns = g.columns;
    return true;
}
