#include "assay/ui/pager.h"

#include <limits.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"

enum { PAGER_SIDEWAYS = 8 };

void pager_init(struct pager *pager)
{
    memset(pager, 0, sizeof *pager);
    wrap_init(&pager->wrap);
    search_init(&pager->search);
}

void pager_clear(struct pager *pager)
{
    wrap_clear(&pager->wrap);
    search_clear(&pager->search);
    memory_free(pager->marks);
    pager_init(pager);
}

void pager_set(struct pager *pager, struct slice text, const struct span *spans, size_t count)
{
    pager->text = text;
    pager->spans = spans;
    pager->span_count = count;
    pager->laid_out = pager->painted = false;
    pager->place = 0;
    pager->skip = 0;
    search_end(pager_search(pager), true);
    pager->search.active = false;
    pager->mark_count = 0;
}

static void keep_place(struct pager *pager)
{
    if (pager->laid_out && pager->top < pager->wrap.count)
        pager->place = pager->wrap.rows[pager->top].offset;
}

void pager_layout(struct pager *pager)
{
    keep_place(pager);
    pager->laid_out = pager->painted = false;
}

static void settle(struct pager *pager)
{
    size_t rows = pager->rows > 0 ? (size_t)pager->rows : 1;
    size_t last = pager->wrap.count > rows ? pager->wrap.count - rows : 0;
    if (pager->top > last)
        pager->top = last;
    keep_place(pager);
}

static void lay_out(struct pager *pager)
{
    wrap_text(&pager->wrap, pager->text, pager->unwrapped ? 0 : (unsigned)pager->columns);
    pager->laid_out = true;
    pager->top = wrap_row_at(&pager->wrap, pager->place);
    search_again(pager_search(pager));
}

static unsigned go(struct pager *pager, long by)
{
    if (!pager->laid_out && pager->columns > 0) /* keys that come before the next frame move too */
        lay_out(pager);
    if (by < 0)
        pager->top = pager->top > (size_t)-by ? pager->top - (size_t)-by : 0;
    else
        pager->top += (size_t)by;
    settle(pager);
    return REACT_DONE;
}

unsigned pager_act(struct pager *pager, const struct command *command)
{
    long half = pager->rows > 3 ? pager->rows / 2 : 1;
    switch (command->action) {
    case ACTION_DOWN:
        return go(pager, 1);
    case ACTION_UP:
        return go(pager, -1);
    case ACTION_PAGE_DOWN:
        return go(pager, half);
    case ACTION_PAGE_UP:
        return go(pager, -half);
    case ACTION_FIRST:
        return go(pager, -LONG_MAX);
    case ACTION_LAST:
        return go(pager, LONG_MAX);
    case ACTION_WRAP:
        pager->unwrapped = !pager->unwrapped;
        pager->skip = 0;
        pager_layout(pager);
        return REACT_DONE;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        if (!pager->unwrapped)
            return REACT_NOTHING;
        pager->skip += command->action == ACTION_LEFT ? -PAGER_SIDEWAYS : PAGER_SIDEWAYS;
        if (pager->skip + pager->columns / 2 > (int)pager->wrap.columns)
            pager->skip -= PAGER_SIDEWAYS;
        pager->skip = pager->skip < 0 ? 0 : pager->skip;
        return REACT_DONE;
    default:
        return REACT_NOTHING;
    }
}

unsigned pager_mouse(struct pager *pager, const struct mouse *mouse)
{
    if (!area_holds(pager->drawn, mouse->row, mouse->column))
        return REACT_NOTHING;
    if (mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN)
        return go(pager, mouse->kind == MOUSE_WHEEL_UP ? -3 : 3);
    return REACT_NOTHING;
}

bool pager_ends(const struct pager *pager)
{
    size_t rows = pager->rows > 0 ? (size_t)pager->rows : 0;
    return pager->painted && pager->top + rows >= pager->wrap.count;
}

void pager_show(struct pager *pager, size_t offset)
{
    size_t row = wrap_row_at(&pager->wrap, offset), rows = pager->rows > 0 ? (size_t)pager->rows : 1;
    if (row < pager->top || row >= pager->top + rows)
        pager->top = row > rows / 3 ? row - rows / 3 : 0;
    settle(pager);
}

void pager_draw(struct pager *pager, struct area area)
{
    int columns = area.columns > 1 ? area.columns : 1;
    if (columns != pager->columns)
        pager_layout(pager);
    pager->columns = columns;
    pager->rows = area.rows;
    pager->drawn = area;
    if (!pager->laid_out)
        lay_out(pager);
    settle(pager);
    pager->painted = true;
    for (int at = 0; at < area.rows && pager->top + (size_t)at < pager->wrap.count; at++) {
        const struct wrap_row *row = &pager->wrap.rows[pager->top + (size_t)at];
        struct styled line = {
            .text = slice_part(pager->text, row->offset, row->size),
            .offset = row->offset,
            .indent = (int)row->indent,
            .pen = ROLE_TEXT,
            .layers = {{pager->spans, pager->span_count}, {NULL, 0}, {pager->marks, pager->mark_count}},
        };
        canvas_styled(area, at, pager->skip, &line);
    }
    canvas_cursor(area, 0, 0, false);
}

/* --- search ------------------------------------------------------------------------------------------------------ */

static void collect(void *what, struct match *match)
{
    struct pager *pager = what;
    struct match_range found;
    pager->mark_count = 0;
    for (size_t from = 0; match_next(match, pager->text, from, &found) && pager->mark_count < SEARCH_HITS_MAX;) {
        size_t row = wrap_row_at(&pager->wrap, found.offset);
        search_add(&pager->search, (struct search_hit){.order = row, .offset = found.offset, .size = found.size});
        *ARRAY_PUSH(pager->marks, pager->mark_count, pager->mark_capacity) =
            (struct span){.offset = found.offset, .size = found.size, .pen = ROLE_MATCH};
        from = found.offset + found.size;
    }
}

static size_t place(const void *what)
{
    const struct pager *pager = what;
    return pager->top;
}

static void show(void *what, size_t order)
{
    struct pager *pager = what;
    if (pager->search.count == 0)
        pager->mark_count = 0;
    if (pager->search.count == 0 || order >= pager->wrap.count) {
        pager->top = order;
        settle(pager);
        return;
    }
    pager_show(pager, pager->wrap.rows[order].offset);
}

struct search_target pager_search(struct pager *pager)
{
    static const struct search_type type = {.collect = collect, .place = place, .show = show};
    return (struct search_target){.what = pager, .search = &pager->search, .type = &type};
}
