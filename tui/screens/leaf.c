#include "assay/screens/leaf.h"

#include <stdarg.h>
#include <stdio.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/text/sanitise.h"

enum { LEAF_LABEL_COLUMNS = 18 };

void leaf_init(struct leaf *leaf)
{
    *leaf = (struct leaf){0};
    str_init(&leaf->text);
}

void leaf_clear(struct leaf *leaf)
{
    str_clear(&leaf->text);
    memory_free(leaf->spans);
    leaf_init(leaf);
}

void leaf_reset(struct leaf *leaf)
{
    str_reset(&leaf->text);
    leaf->count = 0;
}

static void mark(struct leaf *leaf, unsigned pen, size_t from)
{
    if (leaf->text.size > from && pen != ROLE_TEXT)
        *ARRAY_PUSH(leaf->spans, leaf->count, leaf->capacity) =
            (struct span){.offset = from, .size = leaf->text.size - from, .pen = pen};
}

void leaf_put(struct leaf *leaf, unsigned pen, const char *text)
{
    size_t from = leaf->text.size;
    str_append_text(&leaf->text, text);
    mark(leaf, pen, from);
}

void leaf_add(struct leaf *leaf, unsigned pen, struct slice text)
{
    size_t from = leaf->text.size;
    sanitise_append(&leaf->text, text, SANITISE_LINE);
    mark(leaf, pen, from);
}

void leaf_add_text(struct leaf *leaf, unsigned pen, struct slice text)
{
    size_t from = leaf->text.size;
    sanitise_append(&leaf->text, text, SANITISE_TEXT);
    mark(leaf, pen, from);
}

void leaf_addf(struct leaf *leaf, unsigned pen, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size >= 0)
        leaf_add_text(leaf, pen, slice_of(text));
}

void leaf_label(struct leaf *leaf, const char *label)
{
    size_t from = leaf->text.size;
    int width = canvas_width(slice_of(label));
    str_append_text(&leaf->text, "  ");
    str_append_text(&leaf->text, label);
    str_append_repeat(&leaf->text, ' ', width < LEAF_LABEL_COLUMNS ? (size_t)(LEAF_LABEL_COLUMNS - width) : 1);
    mark(leaf, ROLE_DIM, from);
}

void leaf_heading(struct leaf *leaf, const char *heading)
{
    if (leaf->text.size > 0)
        leaf_put(leaf, ROLE_TEXT, "\n");
    leaf_put(leaf, ROLE_HEADING | PEN_BOLD, heading);
    leaf_put(leaf, ROLE_TEXT, "\n");
}

void leaf_show(const struct leaf *leaf, struct pager *pager)
{
    pager_layout(pager);
    size_t place = pager->place;
    pager_set(pager, str_slice(&leaf->text), leaf->spans, leaf->count);
    pager->place = place;
}

void leaf_draw(struct pager *pager, struct area area)
{
    pager_draw(pager, area);
    if (pager_ends(pager) || area.rows < 2)
        return;
    struct area line = area_part(area, area.rows - 1, 0, 1, area.columns);
    pager_draw(pager, area_part(area, 0, 0, area.rows - 1, area.columns));
    size_t below = pager->wrap.count - pager->top - (size_t)pager->rows;
    canvas_fill(line, ROLE_TEXT);
    canvas_printf(line, 0, 0, ROLE_WARNING, "%s %zu more line%s below: PgDn", canvas_symbol(line.canvas, SYMBOL_DOWN),
                  below, below == 1 ? "" : "s");
}
