#include "assay/text/markdown.h"

#include <md4c.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/text/entity.h"
#include "assay/text/utf8.h"

enum { DEPTH_MAX = 16, CELL_COLUMNS_MAX = 40, RULE_COLUMNS = 24, STYLES = 10 };

/* A quote, or an item of a list: what stands in front of each of its lines. */
struct container {
    bool quote;
    char marker[16]; /* of an item */
    bool waiting;    /* the marker is not written yet */
};

struct list {
    unsigned number; /* of the next item; bullets: 0 */
    char delimiter;
    bool tight;
};

struct cell {
    size_t offset, size, span; /* bytes of b->cells.text, first span */
    MD_ALIGN align;
    bool first; /* of its row */
};

struct builder {
    struct markdown *out; /* where text goes: the result, or cells */
    struct markdown *whole;
    struct markdown cells; /* of the present table */
    struct cell *table;
    size_t table_count, table_capacity;
    size_t limit, work;
    struct container containers[DEPTH_MAX];
    struct list lists[DEPTH_MAX];
    unsigned depth, list_depth; /* may go beyond DEPTH_MAX: what is deeper looks like the last */
    unsigned shared_depth;      /* containers that hold both the last line and the next one */
    unsigned breaks;            /* line ends due before the next text */
    unsigned counts[STYLES];    /* how many open spans ask for each style */
    bool started, row_starts, code;
    struct str address;
    size_t link_start;
};

void markdown_init(struct markdown *markdown)
{
    *markdown = (struct markdown){.text = STR_INIT};
}

void markdown_clear(struct markdown *markdown)
{
    str_clear(&markdown->text);
    memory_free(markdown->spans);
    markdown_init(markdown);
}

/* --- text and styles -------------------------------------------------------------------------------------------------- */

static void put(struct markdown *m, struct slice text, unsigned styles)
{
    if (text.size == 0)
        return;
    struct markdown_span *last = m->count > 0 ? &m->spans[m->count - 1] : NULL;
    if (styles != 0 && last && last->styles == styles && last->offset + last->size == m->text.size)
        last->size += text.size;
    else if (styles != 0)
        *ARRAY_PUSH(m->spans, m->count, m->capacity) =
            (struct markdown_span){.offset = m->text.size, .size = text.size, .styles = styles};
    str_append(&m->text, text);
}

static void put_text(struct markdown *m, const char *text, unsigned styles)
{
    put(m, slice_of(text), styles);
}

static unsigned styles_now(const struct builder *b)
{
    unsigned styles = 0;
    for (unsigned i = 0; i < STYLES; i++)
        styles |= b->counts[i] > 0 ? 1u << i : 0;
    return styles;
}

static void count_style(struct builder *b, unsigned style, bool on)
{
    for (unsigned i = 0; i < STYLES; i++)
        if (style == 1u << i)
            b->counts[i] += on ? 1 : -1u;
}

/* --- lines ------------------------------------------------------------------------------------------------------------ */

static unsigned drawn_depth(unsigned depth)
{
    return depth < DEPTH_MAX ? depth : DEPTH_MAX;
}

static struct container *innermost(struct builder *b)
{
    return b->depth > 0 ? &b->containers[drawn_depth(b->depth) - 1] : NULL;
}

static void put_prefix(struct builder *b)
{
    for (unsigned i = 0; i < drawn_depth(b->depth); i++) {
        struct container *c = &b->containers[i];
        if (c->quote)
            put_text(b->out, "\u258C ", MARKDOWN_MARKER);
        else if (c->waiting)
            put_text(b->out, c->marker, MARKDOWN_MARKER);
        else
            str_append_repeat(&b->out->text, ' ', utf8_columns(slice_of(c->marker)));
        c->waiting = false;
    }
    if (b->code)
        put_text(b->out, "    ", 0);
}

/* The bars of quotes run through the empty lines inside them. */
static void put_empty_prefix(struct builder *b)
{
    for (unsigned i = 0; i < drawn_depth(b->shared_depth) && b->containers[i].quote; i++)
        put_text(b->out, i == 0 ? "\u258C" : " \u258C", MARKDOWN_MARKER);
}

static bool marker_waits(struct builder *b)
{
    return b->depth > 0 && innermost(b)->waiting;
}

static void want_breaks(struct builder *b, unsigned breaks)
{
    if (!marker_waits(b) && b->breaks < breaks)
        b->breaks = breaks;
}

/* Ends the lines that are due and begins the next one. */
static void start_text(struct builder *b)
{
    if (b->out == &b->cells)
        return;
    if (b->started && b->breaks == 0 && !marker_waits(b))
        return;
    for (; b->started && b->breaks > 0; b->breaks--) {
        str_push(&b->out->text, '\n');
        if (b->breaks > 1)
            put_empty_prefix(b);
    }
    b->breaks = 0;
    b->started = true;
    b->shared_depth = b->depth;
    put_prefix(b);
}

static int within_limit(struct builder *b)
{
    b->work++;
    return b->whole->text.size + b->cells.text.size > b->limit || b->work > b->limit ? -1 : 0;
}

static void emit(struct builder *b, struct slice text, unsigned styles)
{
    if (text.size == 0)
        return;
    start_text(b);
    put(b->out, text, styles);
}

/* Code and raw HTML: line ends count. */
static void emit_lines(struct builder *b, struct slice text, unsigned styles)
{
    for (size_t end; (end = slice_find_byte(text, '\n')) != SLICE_NOT_FOUND; text = slice_from(text, end + 1)) {
        emit(b, slice_part(text, 0, end), styles);
        if (b->out == &b->cells)
            put_text(b->out, " ", styles);
        else
            b->breaks++;
    }
    emit(b, text, styles);
}

/* --- tables ----------------------------------------------------------------------------------------------------------- */

static void put_cell_text(struct builder *b, const struct cell *cell)
{
    size_t at = cell->offset, end = cell->offset + cell->size;
    struct slice text = str_slice(&b->cells.text);
    for (size_t i = cell->span; i < b->cells.count && b->cells.spans[i].offset < end; i++) {
        const struct markdown_span *span = &b->cells.spans[i];
        size_t stop = span->offset + span->size < end ? span->offset + span->size : end;
        size_t start = span->offset > at ? span->offset : at;
        put(b->out, slice_part(text, at, start - at), 0);
        put(b->out, slice_part(text, start, stop - start), span->styles);
        at = stop;
    }
    put(b->out, slice_part(text, at, end - at), 0);
}

static size_t cell_columns(const struct builder *b, const struct cell *cell)
{
    return utf8_columns(slice_part(str_slice(&b->cells.text), cell->offset, cell->size));
}

static void put_cell(struct builder *b, const struct cell *cell, size_t width, bool last)
{
    size_t columns = cell_columns(b, cell), gap = columns < width ? width - columns : 0;
    size_t before = cell->align == MD_ALIGN_RIGHT ? gap : cell->align == MD_ALIGN_CENTER ? gap / 2 : 0;
    str_append_repeat(&b->out->text, ' ', before);
    put_cell_text(b, cell);
    if (!last)
        str_append_repeat(&b->out->text, ' ', gap - before);
}

static void put_table_rule(struct builder *b, const size_t *widths, size_t count)
{
    b->breaks = 1;
    start_text(b);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < widths[i]; k++)
            put_text(b->out, "\u2500", MARKDOWN_MARKER);
        if (i + 1 < count)
            put_text(b->out, "\u2500\u253C\u2500", MARKDOWN_MARKER);
    }
}

static int put_table(struct builder *b)
{
    size_t columns = 0, column = 0, row = 0;
    while (columns < b->table_count && (columns == 0 || !b->table[columns].first))
        columns++;
    size_t *widths = memory_new_array(columns + 1, sizeof *widths);
    for (size_t i = 0; i < b->table_count; i++) {
        size_t width = cell_columns(b, &b->table[i]), *widest = &widths[i % columns];
        width = width < CELL_COLUMNS_MAX ? width : CELL_COLUMNS_MAX;
        *widest = width > *widest ? width : *widest;
    }
    b->out = b->whole;
    int result = 0;
    for (size_t i = 0; i < b->table_count && result == 0; i++, column++) {
        if (b->table[i].first) {
            if (++row == 2)
                put_table_rule(b, widths, columns);
            want_breaks(b, row == 1 ? 2 : 1);
            start_text(b);
            column = 0;
        } else
            put_text(b->out, " \u2502 ", MARKDOWN_MARKER);
        put_cell(b, &b->table[i], widths[column], i + 1 == b->table_count || b->table[i + 1].first);
        result = within_limit(b);
    }
    memory_free(widths);
    return result;
}

static void begin_table(struct builder *b)
{
    str_reset(&b->cells.text);
    b->cells.count = 0;
    b->table_count = 0;
    b->out = &b->cells;
}

static void begin_cell(struct builder *b, const MD_BLOCK_TD_DETAIL *detail)
{
    *ARRAY_PUSH(b->table, b->table_count, b->table_capacity) = (struct cell){
        .offset = b->cells.text.size, .span = b->cells.count, .align = detail->align, .first = b->row_starts};
    b->row_starts = false;
}

static void end_cell(struct builder *b)
{
    struct cell *cell = &b->table[b->table_count - 1];
    cell->size = b->cells.text.size - cell->offset;
}

/* --- blocks ----------------------------------------------------------------------------------------------------------- */

static void enter_container(struct builder *b, bool quote)
{
    b->depth++;
    if (b->depth <= DEPTH_MAX)
        *innermost(b) = (struct container){.quote = quote};
}

static void leave_container(struct builder *b)
{
    b->depth--;
    if (b->shared_depth > b->depth)
        b->shared_depth = b->depth;
}

static void enter_list(struct builder *b, unsigned number, char delimiter, bool tight)
{
    if (b->list_depth == 0)
        want_breaks(b, 2);
    if (++b->list_depth <= DEPTH_MAX)
        b->lists[b->list_depth - 1] = (struct list){.number = number, .delimiter = delimiter, .tight = tight};
}

static void enter_item(struct builder *b, const MD_BLOCK_LI_DETAIL *detail)
{
    struct list *list = &b->lists[drawn_depth(b->list_depth) - 1];
    want_breaks(b, list->tight ? 1 : 2);
    enter_container(b, false);
    struct container *c = innermost(b);
    if (b->depth > DEPTH_MAX)
        return;
    struct str marker = STR_INIT;
    if (detail->is_task)
        str_append_text(&marker, detail->task_mark == ' ' ? "\u2610 " : "\u2611 ");
    else if (list->delimiter)
        str_appendf(&marker, "%u%c ", list->number++, list->delimiter);
    else
        str_append_text(&marker, b->list_depth % 2 ? "\u2022 " : "\u25E6 ");
    memcpy(c->marker, marker.data, marker.size < sizeof c->marker ? marker.size + 1 : 0);
    c->waiting = true;
    str_clear(&marker);
}

static void leave_item(struct builder *b)
{
    if (b->depth <= DEPTH_MAX && innermost(b)->waiting)
        start_text(b); /* an item without text still shows its marker */
    leave_container(b);
}

static void put_rule(struct builder *b)
{
    want_breaks(b, 2);
    for (int i = 0; i < RULE_COLUMNS; i++)
        emit(b, SLICE("\u2500"), MARKDOWN_MARKER);
}

static void enter_leaf(struct builder *b, unsigned style)
{
    want_breaks(b, 2);
    count_style(b, style, true);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    switch (type) {
    case MD_BLOCK_QUOTE:
        want_breaks(b, 2);
        enter_container(b, true);
        count_style(b, MARKDOWN_QUOTE, true);
        break;
    case MD_BLOCK_UL:
        enter_list(b, 0, 0, ((const MD_BLOCK_UL_DETAIL *)detail)->is_tight);
        break;
    case MD_BLOCK_OL: {
        const MD_BLOCK_OL_DETAIL *list = detail;
        enter_list(b, list->start, list->mark_delimiter, list->is_tight);
        break;
    }
    case MD_BLOCK_LI:
        enter_item(b, detail);
        break;
    case MD_BLOCK_HR:
        put_rule(b);
        break;
    case MD_BLOCK_H:
        enter_leaf(b, MARKDOWN_HEADING);
        break;
    case MD_BLOCK_CODE:
        enter_leaf(b, MARKDOWN_CODE);
        if (marker_waits(b))
            start_text(b);
        b->code = true;
        break;
    case MD_BLOCK_HTML:
        enter_leaf(b, MARKDOWN_HTML);
        break;
    case MD_BLOCK_P:
        want_breaks(b, 2);
        break;
    case MD_BLOCK_TABLE:
        begin_table(b);
        break;
    case MD_BLOCK_TR:
        b->row_starts = true;
        break;
    case MD_BLOCK_TH:
        count_style(b, MARKDOWN_STRONG, true);
        begin_cell(b, detail);
        break;
    case MD_BLOCK_TD:
        begin_cell(b, detail);
        break;
    default:
        break;
    }
    return within_limit(b);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    (void)detail;
    switch (type) {
    case MD_BLOCK_QUOTE:
        leave_container(b);
        count_style(b, MARKDOWN_QUOTE, false);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        b->list_depth--;
        break;
    case MD_BLOCK_LI:
        leave_item(b);
        break;
    case MD_BLOCK_H:
        count_style(b, MARKDOWN_HEADING, false);
        break;
    case MD_BLOCK_CODE:
        count_style(b, MARKDOWN_CODE, false);
        b->code = false;
        b->breaks = 0;
        break;
    case MD_BLOCK_HTML:
        count_style(b, MARKDOWN_HTML, false);
        b->breaks = 0;
        break;
    case MD_BLOCK_TH:
        count_style(b, MARKDOWN_STRONG, false);
        end_cell(b);
        break;
    case MD_BLOCK_TD:
        end_cell(b);
        break;
    case MD_BLOCK_TABLE:
        return put_table(b);
    default:
        break;
    }
    return within_limit(b);
}

/* --- spans ------------------------------------------------------------------------------------------------------------ */

static void read_attribute(struct str *out, const MD_ATTRIBUTE *attribute)
{
    str_reset(out);
    for (unsigned i = 0; attribute->size > 0 && attribute->substr_offsets[i] < attribute->size; i++) {
        MD_OFFSET start = attribute->substr_offsets[i], end = attribute->substr_offsets[i + 1];
        struct slice part = slice_make(attribute->text + start, end - start);
        if (attribute->substr_types[i] == MD_TEXT_ENTITY)
            entity_append(out, part);
        else if (attribute->substr_types[i] == MD_TEXT_NULLCHAR)
            utf8_append(out, UTF8_REPLACEMENT);
        else
            str_append(out, part);
    }
}

/* The address behind the words, when they do not say it themselves. */
static void end_link(struct builder *b)
{
    struct slice words = slice_from(str_slice(&b->out->text), b->link_start), address = str_slice(&b->address);
    struct slice bare = slice_starts_with(address, SLICE("mailto:")) ? slice_from(address, 7) : address;
    if (address.size == 0 || slice_equal(words, address) || slice_equal(words, bare))
        return;
    emit(b, SLICE(" ("), MARKDOWN_FAINT);
    emit(b, address, MARKDOWN_FAINT);
    emit(b, SLICE(")"), MARKDOWN_FAINT);
}

static unsigned style_of(MD_SPANTYPE type)
{
    static const unsigned styles[] = {
        [MD_SPAN_EM] = MARKDOWN_EMPHASIS, [MD_SPAN_STRONG] = MARKDOWN_STRONG, [MD_SPAN_A] = MARKDOWN_LINK,
        [MD_SPAN_IMG] = MARKDOWN_LINK,    [MD_SPAN_CODE] = MARKDOWN_CODE,     [MD_SPAN_DEL] = MARKDOWN_STRUCK,
    };
    return (size_t)type < ARRAY_COUNT(styles) ? styles[type] : 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    count_style(b, style_of(type), true);
    if (type == MD_SPAN_A || type == MD_SPAN_IMG) {
        const MD_ATTRIBUTE *address =
            type == MD_SPAN_A ? &((const MD_SPAN_A_DETAIL *)detail)->href : &((const MD_SPAN_IMG_DETAIL *)detail)->src;
        if (type == MD_SPAN_IMG)
            emit(b, SLICE("image: "), MARKDOWN_FAINT);
        start_text(b);
        read_attribute(&b->address, address);
        b->link_start = b->out->text.size;
    }
    return within_limit(b);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    (void)detail;
    count_style(b, style_of(type), false);
    if (type == MD_SPAN_A || type == MD_SPAN_IMG) {
        end_link(b);
        str_reset(&b->address); /* of an image in a link, the link's own address is not told twice */
    }
    return within_limit(b);
}

static int take_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *context)
{
    struct builder *b = context;
    struct slice s = slice_make(text, size);
    unsigned styles = styles_now(b);
    switch (type) {
    case MD_TEXT_NULLCHAR:
        emit(b, SLICE("\uFFFD"), styles);
        break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR: /* models break lines where they mean it, and a reviewer must see it */
        if (b->out == &b->cells)
            emit(b, SLICE(" "), styles);
        else
            want_breaks(b, 1);
        break;
    case MD_TEXT_ENTITY: {
        struct str decoded = STR_INIT;
        entity_append(&decoded, s);
        emit(b, str_slice(&decoded), styles);
        str_clear(&decoded);
        break;
    }
    case MD_TEXT_HTML:
        emit_lines(b, s, styles | MARKDOWN_HTML);
        break;
    case MD_TEXT_CODE:
        emit_lines(b, s, styles);
        break;
    default:
        emit(b, s, styles);
        break;
    }
    return within_limit(b);
}

void markdown_render(struct markdown *markdown, struct slice source)
{
    static const MD_PARSER parser = {.flags = MD_DIALECT_GITHUB | MD_FLAG_COLLAPSEWHITESPACE,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = enter_span,
                                     .leave_span = leave_span,
                                     .text = take_text};
    struct builder b = {.out = markdown, .whole = markdown, .address = STR_INIT};
    str_reset(&markdown->text);
    markdown->count = 0;
    markdown_init(&b.cells);
    b.limit = source.size * MARKDOWN_GROWTH + 64 * 1024;
    markdown->plain = source.size > MARKDOWN_SOURCE_MAX ||
                      md_parse(source.data ? source.data : "", (MD_SIZE)source.size, &parser, &b) != 0;
    if (markdown->plain) {
        str_reset(&markdown->text);
        markdown->count = 0;
        str_append(&markdown->text, source);
    }
    markdown_clear(&b.cells);
    memory_free(b.table);
    str_clear(&b.address);
}
