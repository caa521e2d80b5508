#include "assay/ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "assay/base/memory.h"
#include "assay/text/utf8.h"
#include "assay/text/wrap.h"

static const struct {
    const char *unicode, *ascii;
} symbols[SYMBOL_COUNT] = {
#define SYMBOL_ROW(identifier, sign, plain) [SYMBOL_##identifier] = {.unicode = (sign), .ascii = (plain)},
    SYMBOLS(SYMBOL_ROW)
#undef SYMBOL_ROW
};

/* --- the grid ---------------------------------------------------------------------------------------------------- */

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

struct canvas *canvas_new(int rows, int columns)
{
    struct canvas *canvas = memory_new(sizeof *canvas);
    canvas_resize(canvas, rows, columns);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (canvas == NULL)
        return;
    memory_free(canvas->cells);
    memory_free(canvas);
}

void canvas_resize(struct canvas *canvas, int rows, int columns)
{
    rows = clamp(rows, 1, CANVAS_ROWS_MAX);
    columns = clamp(columns, 1, CANVAS_COLUMNS_MAX);
    if (rows != canvas->rows || columns != canvas->columns) {
        memory_free(canvas->cells);
        canvas->cells = memory_new_array((size_t)rows * (size_t)columns, sizeof *canvas->cells);
        canvas->rows = rows;
        canvas->columns = columns;
    }
    canvas_erase(canvas);
}

void canvas_erase(struct canvas *canvas)
{
    size_t count = (size_t)canvas->rows * (size_t)canvas->columns;
    memset(canvas->cells, 0, count * sizeof *canvas->cells);
    for (size_t at = 0; at < count; at++)
        canvas->cells[at].columns = 1;
    canvas->cursor_row = canvas->cursor_column = 0;
    canvas->typing = false;
}

bool canvas_equal_cell(const struct cell *a, const struct cell *b)
{
    return a->size == b->size && a->columns == b->columns && a->role == b->role && a->attributes == b->attributes &&
           memcmp(a->text, b->text, a->size) == 0;
}

static struct cell *cell_at(const struct canvas *canvas, int row, int column)
{
    return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

static void blank(struct cell *cell)
{
    cell->size = 0;
    cell->columns = 1;
}

/* What is drawn over one half of a wide character leaves a blank in the other. */
static void split_wide(const struct canvas *canvas, int row, int column)
{
    struct cell *cell = cell_at(canvas, row, column);
    if (cell->columns == 0 && column > 0)
        blank(cell - 1);
    if (cell->columns == 2 && column + 1 < canvas->columns)
        blank(cell + 1);
}

/* --- areas ------------------------------------------------------------------------------------------------------- */

struct area canvas_area(struct canvas *canvas)
{
    return (struct area){.canvas = canvas, .rows = canvas->rows, .columns = canvas->columns};
}

/* --- text -------------------------------------------------------------------------------------------------------- */

/* What a terminal would obey or reorder by. text/sanitise has marked these long before; this is the last door. */
static bool forbidden(uint32_t codepoint)
{
    return codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0) || codepoint == 0x61c || codepoint == 0x200e ||
           codepoint == 0x200f || (codepoint >= 0x2028 && codepoint <= 0x202e) ||
           (codepoint >= 0x2066 && codepoint <= 0x2069);
}

struct glyph {
    struct slice bytes; /* as they may be sent */
    int columns;        /* 1 or 2 */
};

/* The cluster at `offset` as a cell may hold it; returns its size in the text, 0 at the end. */
static size_t next_glyph(const struct canvas *canvas, struct slice text, size_t offset, struct glyph *glyph)
{
    if (offset >= text.size)
        return 0;
    unsigned char byte = (unsigned char)text.data[offset];
    *glyph = (struct glyph){.bytes = {text.data + offset, 1}, .columns = 1};
    if (byte >= 0x20 && byte < 0x7f && (offset + 1 == text.size || (unsigned char)text.data[offset + 1] < 0x80))
        return 1;
    if (byte == '\t' || byte == '\n') {
        glyph->bytes = SLICE(" ");
        return 1;
    }
    size_t size = utf8_cluster(text, offset, &glyph->columns), kept = 0;
    bool good = glyph->columns > 0;
    for (size_t at = 0; at < size && good;) {
        uint32_t codepoint;
        size_t step = utf8_decode(slice_part(text, offset + at, size - at), &codepoint, &good);
        good = good && !forbidden(codepoint);
        at += step;
        if (at <= CELL_TEXT_MAX)
            kept = at;
    }
    glyph->bytes.size = kept;
    if (!good)
        *glyph = (struct glyph){.bytes = slice_of(canvas_symbol(canvas, SYMBOL_REPLACEMENT)), .columns = 1};
    return size;
}

static void put_cell(struct area area, int row, int column, unsigned pen, struct slice bytes, int columns)
{
    int y = area.row + row, x = area.column + column;
    split_wide(area.canvas, y, x);
    struct cell *cell = cell_at(area.canvas, y, x);
    cell->size = (uint8_t)bytes.size;
    if (bytes.size > 0)
        memcpy(cell->text, bytes.data, bytes.size);
    cell->columns = (uint8_t)columns;
    cell->role = (uint8_t)(pen & 0xff);
    cell->attributes = (uint16_t)(pen & PEN_ATTRIBUTES);
    if (columns == 2) {
        split_wide(area.canvas, y, x + 1);
        cell[1] = *cell;
        cell[1].size = cell[1].columns = 0;
    }
}

static void put_glyph(struct area area, int row, int column, unsigned pen, struct glyph glyph)
{
    if (row < 0 || row >= area.rows)
        return;
    if (column >= 0 && column + glyph.columns <= area.columns) {
        bool space = glyph.bytes.size == 1 && glyph.bytes.data[0] == ' ';
        put_cell(area, row, column, pen, space ? slice_make(NULL, 0) : glyph.bytes, glyph.columns);
        return;
    }
    for (int half = column; half < column + glyph.columns; half++) {
        if (half >= 0 && half < area.columns)
            put_cell(area, row, half, pen, slice_make(NULL, 0), 1);
    }
}

int canvas_text(struct area area, int row, int column, unsigned pen, struct slice text)
{
    struct glyph glyph;
    size_t offset = 0, size;
    while (column < area.columns && (size = next_glyph(area.canvas, text, offset, &glyph)) > 0) {
        put_glyph(area, row, column, pen, glyph);
        column += glyph.columns;
        offset += size;
    }
    return column;
}

int canvas_put(struct area area, int row, int column, unsigned pen, const char *text)
{
    return canvas_text(area, row, column, pen, slice_of(text));
}

int canvas_printf(struct area area, int row, int column, unsigned pen, const char *format, ...)
{
    char line[4 * CANVAS_COLUMNS_MAX];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0)
        return column;
    size_t shown = (size_t)size < sizeof line ? (size_t)size : sizeof line - 1;
    return canvas_text(area, row, column, pen, slice_make(line, shown));
}

int canvas_width(struct slice text)
{
    static const struct canvas plain;
    struct glyph glyph;
    size_t offset = 0, size;
    int columns = 0;
    while ((size = next_glyph(&plain, text, offset, &glyph)) > 0 && columns < 0x100000) {
        columns += glyph.columns;
        offset += size;
    }
    return columns;
}

int canvas_field(struct area area, int row, int column, int columns, enum canvas_align align, unsigned pen,
                 struct slice text)
{
    int width = canvas_width(text), first = column, end = column + columns;
    if (columns <= 0)
        return column;
    if (align == CANVAS_RIGHT && width < columns)
        first = end - width;
    if (align == CANVAS_CENTRE && width < columns)
        first = column + (columns - width) / 2;
    for (int at = column; at < end; at++)
        put_glyph(area, row, at, pen, (struct glyph){.columns = 1});
    struct glyph glyph;
    size_t offset = 0, size;
    int room = width > columns ? end - 1 : end;
    while ((size = next_glyph(area.canvas, text, offset, &glyph)) > 0 && first + glyph.columns <= room) {
        put_glyph(area, row, first, pen, glyph);
        first += glyph.columns;
        offset += size;
    }
    if (width > columns)
        canvas_put(area, row, first, pen, canvas_symbol(area.canvas, SYMBOL_ELLIPSIS));
    return end;
}

/* --- styled rows ------------------------------------------------------------------------------------------------- */

/* The first span of a layer that ends beyond `offset`. */
static size_t span_from(const struct span *spans, size_t count, size_t offset)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].offset + spans[middle].size <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static unsigned pen_at(const struct styled *line, size_t next[STYLED_LAYERS], size_t offset)
{
    unsigned pen = line->pen;
    for (int layer = 0; layer < STYLED_LAYERS; layer++) {
        const struct span *spans = line->layers[layer].spans;
        size_t count = line->layers[layer].count;
        while (next[layer] < count && spans[next[layer]].offset + spans[next[layer]].size <= offset)
            next[layer]++;
        if (next[layer] == count || spans[next[layer]].offset > offset)
            continue;
        unsigned over = spans[next[layer]].pen;
        pen = ((over & 0xff) != ROLE_TEXT ? over & 0xff : pen & 0xff) | ((pen | over) & PEN_ATTRIBUTES);
    }
    return pen;
}

void canvas_styled(struct area area, int row, int skip, const struct styled *line)
{
    canvas_fill(area_part(area, row, 0, 1, area.columns), line->pen);
    size_t next[STYLED_LAYERS];
    for (int layer = 0; layer < STYLED_LAYERS; layer++)
        next[layer] = span_from(line->layers[layer].spans, line->layers[layer].count, line->offset);
    struct glyph glyph;
    size_t offset = 0, size;
    int column = line->indent;
    while (column - skip < area.columns && (size = next_glyph(area.canvas, line->text, offset, &glyph)) > 0) {
        unsigned pen = pen_at(line, next, line->offset + offset);
        int columns = line->text.data[offset] == '\t' ? WRAP_TAB - column % WRAP_TAB : glyph.columns;
        for (int at = glyph.columns; at < columns; at++)
            put_glyph(area, row, column + at - skip, pen, (struct glyph){.columns = 1});
        put_glyph(area, row, column - skip, pen, glyph);
        column += columns;
        offset += size;
    }
}

/* --- shapes ------------------------------------------------------------------------------------------------------ */

void canvas_fill(struct area area, unsigned pen)
{
    for (int row = 0; row < area.rows; row++) {
        for (int column = 0; column < area.columns; column++)
            put_cell(area, row, column, pen, slice_make(NULL, 0), 1);
    }
}

void canvas_shade(struct area area, unsigned attributes)
{
    for (int row = 0; row < area.rows; row++) {
        for (int column = 0; column < area.columns; column++)
            cell_at(area.canvas, area.row + row, area.column + column)->attributes |=
                (uint16_t)(attributes & PEN_ATTRIBUTES);
    }
}

void canvas_recolour(struct area area, unsigned pen)
{
    for (int row = 0; row < area.rows; row++) {
        for (int column = 0; column < area.columns; column++) {
            struct cell *cell = cell_at(area.canvas, area.row + row, area.column + column);
            cell->role = (uint8_t)(pen & 0xff);
            cell->attributes = (uint16_t)(pen & PEN_ATTRIBUTES);
        }
    }
}

static void put_symbol(struct area area, int row, int column, unsigned pen, enum symbol symbol)
{
    put_glyph(area, row, column, pen,
              (struct glyph){.bytes = slice_of(canvas_symbol(area.canvas, symbol)), .columns = 1});
}

void canvas_rule(struct area area, int row, unsigned pen)
{
    for (int column = 0; column < area.columns; column++)
        put_symbol(area, row, column, pen, SYMBOL_HORIZONTAL);
}

struct area canvas_box(struct area area, const char *title, unsigned pen)
{
    int bottom = area.rows - 1, right = area.columns - 1;
    if (bottom < 1 || right < 1)
        return area_part(area, 0, 0, 0, 0);
    canvas_rule(area, 0, pen);
    canvas_rule(area, bottom, pen);
    for (int row = 1; row < bottom; row++) {
        put_symbol(area, row, 0, pen, SYMBOL_VERTICAL);
        put_symbol(area, row, right, pen, SYMBOL_VERTICAL);
    }
    put_symbol(area, 0, 0, pen, SYMBOL_TOP_LEFT);
    put_symbol(area, 0, right, pen, SYMBOL_TOP_RIGHT);
    put_symbol(area, bottom, 0, pen, SYMBOL_BOTTOM_LEFT);
    put_symbol(area, bottom, right, pen, SYMBOL_BOTTOM_RIGHT);
    if (title != NULL && title[0] != '\0' && right > 5) {
        struct slice text = slice_of(title);
        int width = canvas_width(text), room = right - 4;
        canvas_put(area, 0, 1, pen, " ");
        int end = canvas_field(area, 0, 2, width < room ? width : room, CANVAS_LEFT, pen | PEN_BOLD, text);
        canvas_put(area, 0, end, pen, " ");
    }
    return area_part(area, 1, 1, bottom - 1, right - 1);
}

int canvas_bar(struct area area, int row, int column, int columns, unsigned pen, size_t part, size_t total)
{
    /* Something is never drawn as nothing, and not quite all never as all. */
    int filled = total == 0 ? 0 : part >= total ? columns : (int)((double)part / (double)total * columns);
    if (part > 0 && filled == 0 && total > 0 && columns > 0)
        filled = 1;
    for (int at = 0; at < columns; at++) {
        bool full = at < filled;
        put_symbol(area, row, column + at, full ? pen : ROLE_DIM | (pen & PEN_ATTRIBUTES),
                   full ? SYMBOL_FULL : SYMBOL_LIGHT);
    }
    return column + (columns > 0 ? columns : 0);
}

int canvas_spark(struct area area, int row, int column, unsigned pen, const double *values, size_t count)
{
    static const char *const steps[2][9] = {{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                                            {" ", "_", ".", ":", "-", "=", "+", "*", "#"}};
    double largest = 0;
    for (size_t at = 0; at < count; at++)
        largest = values[at] > largest ? values[at] : largest;
    for (size_t at = 0; at < count && column < area.columns; at++) {
        int step = largest > 0 && values[at] > 0 ? (int)(values[at] / largest * 8 + 0.5) : 0;
        if (step == 0 && values[at] > 0)
            step = 1;
        column = canvas_put(area, row, column, pen, steps[area.canvas->ascii][step]);
    }
    return column;
}

const char *canvas_symbol(const struct canvas *canvas, enum symbol symbol)
{
    return canvas_sign(canvas->ascii, symbol);
}

const char *canvas_sign(bool ascii, enum symbol symbol)
{
    return ascii ? symbols[symbol].ascii : symbols[symbol].unicode;
}

void canvas_cursor(struct area area, int row, int column, bool typing)
{
    area.canvas->cursor_row = area.row + clamp(row, 0, area.rows > 0 ? area.rows - 1 : 0);
    area.canvas->cursor_column = area.column + clamp(column, 0, area.columns > 0 ? area.columns - 1 : 0);
    area.canvas->typing = typing;
}

/* --- for tests --------------------------------------------------------------------------------------------------- */

void canvas_print_text(const struct canvas *canvas, struct str *out)
{
    for (int row = 0; row < canvas->rows; row++) {
        size_t end = out->size;
        for (int column = 0; column < canvas->columns; column++) {
            const struct cell *cell = cell_at(canvas, row, column);
            if (cell->size > 0) {
                str_append(out, slice_make(cell->text, cell->size));
                end = out->size;
            } else if (cell->columns == 1) {
                str_push(out, ' ');
            }
        }
        str_truncate(out, end);
        str_push(out, '\n');
    }
}

void canvas_print_roles(const struct canvas *canvas, struct str *out)
{
    for (int row = 0; row < canvas->rows; row++) {
        size_t end = out->size;
        for (int column = 0; column < canvas->columns; column++) {
            const struct cell *cell = cell_at(canvas, row, column);
            bool selected = cell->role == ROLE_TEXT && (cell->attributes & PEN_SELECTED) != 0;
            str_push(out, role_letter(selected ? ROLE_SELECTED : (enum role)cell->role));
            if (selected || cell->role != ROLE_TEXT)
                end = out->size;
        }
        str_truncate(out, end);
        str_push(out, '\n');
    }
}
