#include "assay/ui/sides.h"

#include <limits.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"

enum { SIDES_PANE_MIN = 24, SIDES_MARGIN = 2 /* change mark and a blank */, SIDES_SIDEWAYS = 8 };

void sides_init(struct sides *sides)
{
    memset(sides, 0, sizeof *sides);
    sides->divider = 500;
    align_init(&sides->align);
    search_init(&sides->search);
    for (int side = 0; side < 2; side++)
        wrap_init(&sides->wraps[side]);
}

void sides_clear(struct sides *sides)
{
    align_clear(&sides->align);
    search_clear(&sides->search);
    memory_free(sides->difference_rows);
    for (int side = 0; side < 2; side++) {
        wrap_clear(&sides->wraps[side]);
        memory_free(sides->differences[side]);
        memory_free(sides->marks[side]);
    }
    sides_init(sides);
}

/* --- what differs ------------------------------------------------------------------------------------------------ */

static void mark_difference(struct sides *sides, int side, struct diff_range range)
{
    if (range.size == 0)
        return;
    *ARRAY_PUSH(sides->differences[side], sides->difference_counts[side], sides->difference_capacities[side]) =
        (struct span){
            .offset = range.offset, .size = range.size, .pen = side == 0 ? ROLE_REMOVED_WORD : ROLE_ADDED_WORD};
}

void sides_change(struct sides *sides, const struct sides_text texts[2], const struct diff *diff)
{
    if (sides->laid_out)
        sides->place = sides_place(sides);
    sides->laid_out = sides->painted = false;
    sides->diff = diff;
    sides->current = 0;
    for (int side = 0; side < 2; side++) {
        sides->texts[side] = texts[side];
        sides->difference_counts[side] = 0;
        sides->mark_counts[side] = 0;
    }
    for (size_t at = 0; diff != NULL && at < diff->count; at++) {
        if (diff->hunks[at].kind == DIFF_EQUAL)
            continue;
        mark_difference(sides, 0, diff->hunks[at].a);
        mark_difference(sides, 1, diff->hunks[at].b);
    }
}

void sides_set(struct sides *sides, const struct sides_text texts[2], const struct diff *diff)
{
    sides_change(sides, texts, diff);
    sides->place = 0;
    sides->top = 0;
    sides->skip = 0;
    sides->search.active = false;
}

bool sides_ends(const struct sides *sides, int side)
{
    size_t rows = sides->rows > 0 ? (size_t)sides->rows : 0;
    return sides->painted && (sides_both(sides) || sides->side == side) && sides->top + rows >= sides->align.count;
}

size_t sides_differences(const struct sides *sides)
{
    return sides->diff != NULL ? sides->diff->changes : 0;
}

/* --- layout ------------------------------------------------------------------------------------------------------ */

bool sides_both(const struct sides *sides)
{
    return !sides->zoomed && sides->drawn.columns >= SIDES_BOTH_COLUMNS;
}

static void align_rows(struct sides *sides)
{
    if (sides->diff != NULL) {
        align_layouts(&sides->align, sides->diff, &sides->wraps[0], &sides->wraps[1]);
        return;
    }
    size_t left = sides->wraps[0].count, right = sides->wraps[1].count;
    sides->align.count = 0;
    for (size_t row = 0; row < left || row < right; row++)
        *ARRAY_PUSH(sides->align.rows, sides->align.count, sides->align.capacity) = (struct align_row){
            .left = row < left ? (uint32_t)row : ALIGN_FILLER, .right = row < right ? (uint32_t)row : ALIGN_FILLER};
}

static void find_differences(struct sides *sides)
{
    size_t count = sides_differences(sides), number = 0;
    memory_free(sides->difference_rows);
    sides->difference_rows = memory_new_array(count, sizeof *sides->difference_rows);
    for (size_t at = 0; count > 0 && at < sides->diff->count && number < count; at++) {
        const struct diff_hunk *hunk = &sides->diff->hunks[at];
        if (hunk->kind == DIFF_EQUAL)
            continue;
        int side = hunk->a.size > 0 ? 0 : 1;
        size_t offset = side == 0 ? hunk->a.offset : hunk->b.offset;
        sides->difference_rows[number++] = align_find(&sides->align, side, wrap_row_at(&sides->wraps[side], offset));
    }
}

static void settle(struct sides *sides)
{
    size_t rows = sides->rows > 0 ? (size_t)sides->rows : 1;
    size_t last = sides->align.count > rows ? sides->align.count - rows : 0;
    if (sides->top > last)
        sides->top = last;
}

static void lay_out(struct sides *sides)
{
    for (int side = 0; side < 2; side++)
        wrap_text(&sides->wraps[side], sides->texts[side].text, sides->unwrapped ? 0 : (unsigned)sides->widths[side]);
    align_rows(sides);
    find_differences(sides);
    sides->laid_out = true;
    sides->top = align_find(&sides->align, 0, wrap_row_at(&sides->wraps[0], sides->place));
    search_again(sides_search(sides));
}

size_t sides_place(const struct sides *sides)
{
    if (!sides->laid_out)
        return sides->place;
    for (size_t at = sides->top; at < sides->align.count; at++) {
        if (sides->align.rows[at].left != ALIGN_FILLER)
            return sides->wraps[0].rows[sides->align.rows[at].left].offset;
    }
    return sides->texts[0].text.size;
}

void sides_go(struct sides *sides, size_t place)
{
    sides->place = place;
    sides->laid_out = sides->painted = false;
}

static void forget_layout(struct sides *sides)
{
    sides_go(sides, sides_place(sides));
}

/* The panes with their borders, and the widths of the texts in them. */
static void split(struct sides *sides, struct area area)
{
    int widths[2];
    sides->drawn = area;
    if (sides_both(sides)) {
        int left = area.columns * sides->divider / 1000;
        left = left < SIDES_PANE_MIN ? SIDES_PANE_MIN : left;
        left = left > area.columns - SIDES_PANE_MIN ? area.columns - SIDES_PANE_MIN : left;
        sides->panes[0] = area_part(area, 0, 0, area.rows, left);
        sides->panes[1] = area_part(area, 0, left, area.rows, area.columns - left);
    } else {
        sides->panes[0] = sides->panes[1] = area;
    }
    for (int side = 0; side < 2; side++) {
        widths[side] = sides->panes[side].columns - 3 - SIDES_MARGIN;
        widths[side] = widths[side] < 1 ? 1 : widths[side];
    }
    if (memcmp(widths, sides->widths, sizeof widths) != 0) {
        forget_layout(sides);
        memcpy(sides->widths, widths, sizeof widths);
    }
    sides->rows = area.rows - 2;
}

/* --- actions ----------------------------------------------------------------------------------------------------- */

static unsigned go(struct sides *sides, long by)
{
    if (!sides->laid_out && sides->widths[0] > 0) /* keys that come before the next frame move too */
        lay_out(sides);
    if (by < 0)
        sides->top = sides->top > (size_t)-by ? sides->top - (size_t)-by : 0;
    else
        sides->top += (size_t)by;
    settle(sides);
    return REACT_DONE;
}

static void show_row(struct sides *sides, size_t row)
{
    size_t rows = sides->rows > 0 ? (size_t)sides->rows : 1;
    if (row < sides->top || row >= sides->top + rows)
        sides->top = row > rows / 3 ? row - rows / 3 : 0;
    settle(sides);
}

static bool is_seen(const struct sides *sides, size_t row)
{
    return row >= sides->top && row < sides->top + (size_t)(sides->rows > 0 ? sides->rows : 1);
}

static unsigned next_difference(struct sides *sides, bool back)
{
    size_t count = sides_differences(sides), to = sides->current;
    if (count == 0 || !sides->laid_out)
        return REACT_HANDLED;
    if (to > 0 && is_seen(sides, sides->difference_rows[to - 1])) {
        to = back ? to - 1 : to + 1;
    } else if (back) {
        for (to = count; to > 0 && sides->difference_rows[to - 1] >= sides->top; to--)
            ;
    } else {
        for (to = 1; to <= count && sides->difference_rows[to - 1] < sides->top; to++)
            ;
    }
    if (to < 1 || to > count)
        return REACT_HANDLED;
    sides->current = to;
    show_row(sides, sides->difference_rows[to - 1]);
    return REACT_DONE;
}

static unsigned sideways(struct sides *sides, bool right)
{
    if (!sides->unwrapped) {
        sides->side = right;
        return REACT_DONE;
    }
    unsigned widest =
        sides->wraps[0].columns > sides->wraps[1].columns ? sides->wraps[0].columns : sides->wraps[1].columns;
    int skip = sides->skip + (right ? SIDES_SIDEWAYS : -SIDES_SIDEWAYS);
    if (skip >= 0 && skip < (int)widest)
        sides->skip = skip;
    return REACT_DONE;
}

unsigned sides_act(struct sides *sides, const struct command *command)
{
    long half = sides->rows > 3 ? sides->rows / 2 : 1;
    switch (command->action) {
    case ACTION_DOWN:
        return go(sides, 1);
    case ACTION_UP:
        return go(sides, -1);
    case ACTION_PAGE_DOWN:
        return go(sides, half);
    case ACTION_PAGE_UP:
        return go(sides, -half);
    case ACTION_FIRST:
        return go(sides, -LONG_MAX);
    case ACTION_LAST:
        return go(sides, LONG_MAX);
    case ACTION_LEFT:
    case ACTION_RIGHT:
        return sideways(sides, command->action == ACTION_RIGHT);
    case ACTION_FLIP:
        sides->side = !sides->side;
        return REACT_DONE;
    case ACTION_ZOOM:
        sides->zoomed = !sides->zoomed;
        return REACT_DONE;
    case ACTION_WRAP:
        forget_layout(sides);
        sides->unwrapped = !sides->unwrapped;
        sides->skip = 0;
        return REACT_DONE;
    case ACTION_NEXT_DIFFERENCE:
    case ACTION_PREVIOUS_DIFFERENCE:
        return next_difference(sides, command->action == ACTION_PREVIOUS_DIFFERENCE);
    default:
        return REACT_NOTHING;
    }
}

unsigned sides_mouse(struct sides *sides, const struct mouse *mouse)
{
    int x = mouse->column - sides->drawn.column, border = sides->panes[0].columns;
    if (mouse->kind == MOUSE_RELEASE)
        sides->dragging = false;
    if (sides->dragging && mouse->kind == MOUSE_DRAG) {
        sides->divider = sides->drawn.columns > 0 ? 1000 * (x + 1) / sides->drawn.columns : 500;
        sides->divider = sides->divider < 50 ? 50 : sides->divider > 950 ? 950 : sides->divider;
        return REACT_DONE;
    }
    if (!area_holds(sides->drawn, mouse->row, mouse->column))
        return REACT_NOTHING;
    if (mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN)
        return go(sides, mouse->kind == MOUSE_WHEEL_UP ? -3 : 3);
    if (mouse->kind != MOUSE_PRESS || mouse->button != 1)
        return REACT_NOTHING;
    if (!sides_both(sides))
        return REACT_HANDLED;
    sides->dragging = x == border - 1 || x == border;
    if (!sides->dragging)
        sides->side = x >= border;
    return REACT_DONE;
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

/* The difference of which a part lies on this row of one side; NULL: none. */
static const struct diff_hunk *hunk_of_row(const struct sides *sides, int side, size_t row, size_t *number)
{
    const struct wrap_row *at = &sides->wraps[side].rows[row];
    const struct diff *diff = sides->diff;
    if (diff == NULL)
        return NULL;
    for (size_t hunk = diff_hunk_at(diff, side, at->offset); hunk < diff->count; hunk++) {
        struct diff_range range = side == 0 ? diff->hunks[hunk].a : diff->hunks[hunk].b;
        if (range.offset >= at->offset + at->size)
            return NULL;
        if (diff->hunks[hunk].kind != DIFF_EQUAL && range.size > 0) {
            /* Equal hunks and others alternate: the number follows from the place. */
            *number = diff->hunks[0].kind == DIFF_EQUAL ? (hunk + 1) / 2 : hunk / 2 + 1;
            return &diff->hunks[hunk];
        }
    }
    return NULL;
}

static void draw_mark(const struct sides *sides, int side, struct area line, size_t row)
{
    static const struct {
        const char *sign;
        enum role role;
    } marks[] = {
        [DIFF_REMOVED] = {"-", ROLE_REMOVED}, [DIFF_ADDED] = {"+", ROLE_ADDED}, [DIFF_CHANGED] = {"~", ROLE_CHANGED}};
    size_t number;
    const struct diff_hunk *hunk = hunk_of_row(sides, side, row, &number);
    if (hunk == NULL)
        return;
    bool current = number == sides->current;
    canvas_put(line, 0, 0, current ? ROLE_CURRENT : (unsigned)marks[hunk->kind].role | PEN_BOLD,
               marks[hunk->kind].sign);
}

static void draw_row(const struct sides *sides, int side, struct area line, size_t at)
{
    uint32_t row = side == 0 ? sides->align.rows[at].left : sides->align.rows[at].right;
    if (row == ALIGN_FILLER)
        return;
    const struct wrap_row *place = &sides->wraps[side].rows[row];
    const struct sides_text *text = &sides->texts[side];
    struct styled styled = {
        .text = slice_part(text->text, place->offset, place->size),
        .offset = place->offset,
        .indent = (int)place->indent,
        .pen = ROLE_TEXT,
        .layers = {{text->spans, text->span_count},
                   {sides->differences[side], sides->difference_counts[side]},
                   {sides->marks[side], sides->mark_counts[side]}},
    };
    canvas_styled(area_part(line, 0, SIDES_MARGIN, 1, line.columns - SIDES_MARGIN - 1), 0, sides->skip, &styled);
    draw_mark(sides, side, line, row);
}

static void draw_pane(const struct sides *sides, int side, struct area pane)
{
    bool focus = side == sides->side;
    unsigned pen = focus ? ROLE_FOCUS : ROLE_BORDER;
    struct area inside = canvas_box(pane, NULL, pen);
    int room = pane.columns - 6;
    struct slice title = sides->texts[side].title;
    if (room > 0 && title.size > 0) {
        int width = canvas_width(title);
        canvas_put(pane, 0, 1, pen, " ");
        int end = canvas_field(pane, 0, 2, width < room ? width : room, CANVAS_LEFT, ROLE_HEADING, title);
        canvas_put(pane, 0, end, pen, " ");
    }
    if (!sides_both(sides) && room > 30)
        canvas_printf(pane, 0, pane.columns - 10, pen, " %d of 2 ", side + 1);
    for (int at = 0; at < inside.rows && sides->top + (size_t)at < sides->align.count; at++)
        draw_row(sides, side, area_part(inside, at, 0, 1, inside.columns), sides->top + (size_t)at);
}

static void draw_scrollbar(const struct sides *sides, struct area pane)
{
    size_t height = sides->rows > 0 ? (size_t)sides->rows : 0, count = sides->align.count;
    if (count <= height || height < 2)
        return;
    size_t thumb = height * height / count > 0 ? height * height / count : 1;
    size_t from = (height - thumb) * sides->top / (count - height);
    for (size_t at = 0; at < thumb; at++)
        canvas_put(pane, (int)(from + at) + 1, pane.columns - 1, ROLE_FOCUS, canvas_symbol(pane.canvas, SYMBOL_THUMB));
}

void sides_draw(struct sides *sides, struct area area)
{
    split(sides, area);
    if (!sides->laid_out)
        lay_out(sides);
    settle(sides);
    sides->painted = true;
    for (int side = 0; side < 2; side++) {
        if (sides_both(sides) || side == sides->side)
            draw_pane(sides, side, sides->panes[side]);
    }
    draw_scrollbar(sides, sides->panes[1]);
    canvas_cursor(sides->panes[sides->side], 1, 1, false);
}

/* --- search ------------------------------------------------------------------------------------------------------ */

static void collect(void *what, struct match *match)
{
    struct sides *sides = what;
    for (int side = 0; side < 2; side++) {
        struct match_range found;
        struct slice text = sides->texts[side].text;
        sides->mark_counts[side] = 0;
        for (size_t from = 0; match_next(match, text, from, &found) && sides->mark_counts[side] < SEARCH_HITS_MAX;) {
            size_t row = align_find(&sides->align, side, wrap_row_at(&sides->wraps[side], found.offset));
            search_add(&sides->search,
                       (struct search_hit){.order = row, .offset = found.offset, .size = found.size, .side = side});
            *ARRAY_PUSH(sides->marks[side], sides->mark_counts[side], sides->mark_capacities[side]) =
                (struct span){.offset = found.offset, .size = found.size, .pen = ROLE_MATCH};
            from = found.offset + found.size;
        }
    }
}

static size_t place(const void *what)
{
    const struct sides *sides = what;
    return sides->top;
}

static void show(void *what, size_t order)
{
    struct sides *sides = what;
    if (sides->search.count > 0) {
        show_row(sides, order);
        if (sides->search.at < sides->search.count && !sides_both(sides))
            sides->side = sides->search.hits[sides->search.at].side;
        return;
    }
    sides->mark_counts[0] = sides->mark_counts[1] = 0;
    sides->top = order;
    settle(sides);
}

struct search_target sides_search(struct sides *sides)
{
    static const struct search_type type = {.collect = collect, .place = place, .show = show};
    return (struct search_target){.what = sides, .search = &sides->search, .type = &type};
}
