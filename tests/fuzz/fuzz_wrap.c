/* The first byte is the width, the rest the text: rows tile it and keep to the width. */
#include <stdlib.h>
#include <string.h>

#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"
#include "assay/text/wrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_row(const struct wrap *wrap, size_t i, struct slice text, unsigned columns)
{
    const struct wrap_row *row = &wrap->rows[i];
    struct wrap_cell cell = {.size = 0};
    unsigned column = row->indent;
    while (wrap_next(text, row, &cell)) {
        require(cell.column == column);
        column += cell.columns;
    }
    require(cell.offset == row->offset + row->size);
    require(column == row->indent + row->columns);
    require(columns == 0 || column <= columns);
    require(wrap_row_at(wrap, row->offset) == i);
}

static size_t check_gap(struct slice text, size_t from, size_t to)
{
    size_t ends = 0;
    while (from < to) {
        uint32_t c;
        from += utf8_decode(slice_from(text, from), &c, NULL);
        enum utf8_kind kind = utf8_kind(c);
        require(kind == UTF8_SPACE || c == '\n');
        ends += c == '\n';
    }
    require(from == to);
    return ends;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = STR_INIT;
    struct wrap wrap;
    size_t end = 0, line = 0;
    if (size == 0)
        return 0;
    unsigned columns = data[0] == 1 ? 2 : data[0];
    sanitise_append(&text, slice_make((const char *)data + 1, size - 1), SANITISE_TEXT);
    wrap_init(&wrap);
    wrap_text(&wrap, str_slice(&text), columns);
    require(wrap.count > 0);
    for (size_t i = 0; i < wrap.count; i++) {
        line += check_gap(str_slice(&text), end, wrap.rows[i].offset);
        require(wrap.rows[i].line == line);
        check_row(&wrap, i, str_slice(&text), columns);
        end = wrap.rows[i].offset + wrap.rows[i].size;
    }
    check_gap(str_slice(&text), end, text.size);
    wrap_clear(&wrap);
    str_clear(&text);
    return 0;
}
