#include "assay/ui/list.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"

enum { LIST_COLUMNS_MAX = 24, LIST_MARGIN = 3 /* pointer, mark, blank */, LIST_GAP = 2 };

void list_init(struct list *list, const struct list_type *type, void *context)
{
    memset(list, 0, sizeof *list);
    list->type = type;
    list->context = context;
    list->sort = -1;
    search_init(&list->search);
}

void list_clear(struct list *list)
{
    search_clear(&list->search);
    memory_free(list->marks);
    list->marks = NULL;
    list->mark_count = list->mark_capacity = 0;
}

static size_t row_count(const struct list *list)
{
    return list->type->count(list->context);
}

static uint64_t identity(const struct list *list, size_t row)
{
    return list->type->identity != NULL ? list->type->identity(list->context, row) : row;
}

/* --- place ------------------------------------------------------------------------------------------------------- */

/* Keeps the selection among the rows, and on the screen. */
static void settle(struct list *list)
{
    size_t count = row_count(list), rows = list->rows > 0 ? (size_t)list->rows : 1;
    if (list->selected >= count)
        list->selected = count > 0 ? count - 1 : 0;
    if (list->top + rows > count)
        list->top = count > rows ? count - rows : 0;
    if (list->selected < list->top)
        list->top = list->selected;
    if (list->selected >= list->top + rows)
        list->top = list->selected - rows + 1;
    list->kept = count > 0 ? identity(list, list->selected) : 0;
}

void list_select(struct list *list, size_t row)
{
    list->selected = row;
    settle(list);
}

void list_reload(struct list *list)
{
    size_t count = row_count(list), shift = list->selected - list->top;
    for (size_t row = 0; row < count; row++) {
        if (identity(list, row) != list->kept)
            continue;
        list->selected = row;
        list->top = row > shift ? row - shift : 0;
        break;
    }
    settle(list);
    search_again(list_search(list));
}

static unsigned step(struct list *list, long by)
{
    size_t count = row_count(list), from = list->selected;
    if (by < 0)
        list_select(list, from > (size_t)-by ? from - (size_t)-by : 0);
    else
        list_select(list, count > 0 && from + (size_t)by < count ? from + (size_t)by : count);
    return REACT_DONE;
}

/* --- marks ------------------------------------------------------------------------------------------------------- */

static int compare_marks(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static uint64_t *find_mark(const struct list *list, uint64_t key)
{
    return list->mark_count == 0 ? NULL
                                 : bsearch(&key, list->marks, list->mark_count, sizeof *list->marks, compare_marks);
}

static void turn_mark(struct list *list)
{
    if (row_count(list) == 0)
        return;
    uint64_t key = identity(list, list->selected), *mark = find_mark(list, key);
    if (mark != NULL) {
        size_t at = (size_t)(mark - list->marks);
        memmove(mark, mark + 1, (list->mark_count - at - 1) * sizeof *mark);
        list->mark_count--;
        return;
    }
    *ARRAY_PUSH(list->marks, list->mark_count, list->mark_capacity) = key;
    qsort(list->marks, list->mark_count, sizeof *list->marks, compare_marks);
}

bool list_marked(const struct list *list, size_t row)
{
    return find_mark(list, identity(list, row)) != NULL;
}

size_t list_marked_count(const struct list *list)
{
    size_t count = row_count(list), marked = 0;
    for (size_t row = 0; row < count && list->mark_count > 0; row++)
        marked += list_marked(list, row);
    return marked;
}

void list_unmark(struct list *list)
{
    list->mark_count = 0;
}

/* --- actions ----------------------------------------------------------------------------------------------------- */

unsigned list_act(struct list *list, const struct command *command)
{
    long half = list->rows > 3 ? list->rows / 2 : 1;
    switch (command->action) {
    case ACTION_DOWN:
        return step(list, 1);
    case ACTION_UP:
        return step(list, -1);
    case ACTION_PAGE_DOWN:
        return step(list, half);
    case ACTION_PAGE_UP:
        return step(list, -half);
    case ACTION_FIRST:
        list_select(list, 0);
        return REACT_DONE;
    case ACTION_LAST:
        list_select(list, row_count(list));
        return REACT_DONE;
    case ACTION_MARK:
        if (!list->type->marks)
            return REACT_NOTHING;
        turn_mark(list);
        return step(list, 1);
    default:
        return REACT_NOTHING;
    }
}

static int title_rows(const struct list *list)
{
    return list->type->bare ? 0 : 1;
}

/* Widths for a table of `columns` columns; 0: not shown. */
static void layout(const struct list *list, int columns, int widths[LIST_COLUMNS_MAX])
{
    const struct list_type *type = list->type;
    size_t count = type->column_count < LIST_COLUMNS_MAX ? type->column_count : LIST_COLUMNS_MAX;
    int drop_from = 0;
    for (size_t at = 0; at < count; at++)
        drop_from = type->columns[at].drop > drop_from ? type->columns[at].drop : drop_from;
    for (;; drop_from--) {
        int used = LIST_MARGIN, shares = 0;
        for (size_t at = 0; at < count; at++) {
            bool shown = type->columns[at].drop <= drop_from;
            widths[at] = shown ? type->columns[at].columns : 0;
            used += shown ? widths[at] + LIST_GAP : 0;
            shares += shown ? type->columns[at].grow : 0;
        }
        used -= LIST_GAP;
        if (used > columns && drop_from > 0)
            continue;
        int left = used < columns ? columns - used : 0;
        for (size_t at = 0; at < count && shares > 0; at++) {
            if (widths[at] == 0 || type->columns[at].grow == 0)
                continue;
            int more = left * type->columns[at].grow / shares;
            widths[at] += more;
            left -= more;
            shares -= type->columns[at].grow;
        }
        return;
    }
}

static bool column_at(const struct list *list, int x, size_t *column)
{
    int widths[LIST_COLUMNS_MAX], left = LIST_MARGIN;
    layout(list, list->drawn.columns, widths);
    for (size_t at = 0; at < list->type->column_count && at < LIST_COLUMNS_MAX; at++) {
        if (widths[at] > 0 && x >= left && x < left + widths[at] + LIST_GAP) {
            *column = at;
            return true;
        }
        left += widths[at] > 0 ? widths[at] + LIST_GAP : 0;
    }
    return false;
}

/* The bar at the right edge: a press or a drag on it goes to that part. */
static unsigned drag_to(struct list *list, int row)
{
    size_t count = row_count(list);
    if (count == 0 || list->rows < 1)
        return REACT_HANDLED;
    row = row < 0 ? 0 : row >= list->rows ? list->rows - 1 : row;
    list_select(list, list->rows > 1 ? (count - 1) * (size_t)row / (size_t)(list->rows - 1) : 0);
    return REACT_DONE;
}

unsigned list_mouse(struct list *list, const struct mouse *mouse, struct command *command)
{
    *command = (struct command){.action = ACTION_NONE, .number = -1};
    if (mouse->kind == MOUSE_RELEASE)
        list->dragging = false;
    int row = mouse->row - list->drawn.row - title_rows(list), column = mouse->column - list->drawn.column;
    if (list->dragging && mouse->kind == MOUSE_DRAG)
        return drag_to(list, row);
    if (!area_holds(list->drawn, mouse->row, mouse->column))
        return REACT_NOTHING;
    if (mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN)
        return step(list, mouse->kind == MOUSE_WHEEL_UP ? -3 : 3);
    if (mouse->kind != MOUSE_PRESS || mouse->button != 1)
        return REACT_NOTHING;
    size_t at, count = row_count(list);
    if (row < 0 && column_at(list, column, &at)) {
        *command = (struct command){.action = ACTION_SORT, .number = (int)at};
        return REACT_HANDLED;
    }
    if (column == list->drawn.columns - 1 && count > (size_t)list->rows && row >= 0) {
        list->dragging = true;
        return drag_to(list, row);
    }
    if (row < 0 || list->top + (size_t)row >= count)
        return REACT_HANDLED;
    list_select(list, list->top + (size_t)row);
    if (mouse->clicks == 2)
        command->action = ACTION_OPEN;
    return REACT_DONE;
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

static void draw_titles(const struct list *list, struct area area, const int widths[LIST_COLUMNS_MAX])
{
    int left = LIST_MARGIN;
    for (size_t at = 0; at < list->type->column_count && at < LIST_COLUMNS_MAX; at++) {
        const struct list_column *column = &list->type->columns[at];
        if (widths[at] == 0)
            continue;
        bool sorted = list->sort == (int)at;
        canvas_field(area, 0, left, widths[at], column->align, ROLE_HEADING, slice_of(column->title));
        if (sorted) {
            int width = canvas_width(slice_of(column->title));
            int mark =
                column->align == CANVAS_RIGHT ? left + widths[at] : left + (width < widths[at] ? width : widths[at]);
            canvas_put(area, 0, mark, ROLE_HEADING,
                       canvas_symbol(area.canvas, list->sort_down ? SYMBOL_DOWN : SYMBOL_UP));
        }
        left += widths[at] + LIST_GAP;
    }
}

static bool is_hit(const struct list *list, size_t row)
{
    size_t low = 0, high = list->search.active ? list->search.count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->search.hits[middle].order == row)
            return true;
        if (list->search.hits[middle].order < row)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void draw_row(const struct list *list, struct area line, size_t row, const int widths[LIST_COLUMNS_MAX])
{
    int left = LIST_MARGIN;
    for (size_t at = 0; at < list->type->column_count && at < LIST_COLUMNS_MAX; at++) {
        if (widths[at] == 0)
            continue;
        list->type->cell(list->context, row, at, area_part(line, 0, left, 1, widths[at]));
        left += widths[at] + LIST_GAP;
    }
    if (list_marked(list, row))
        canvas_put(line, 0, 1, ROLE_MARKED, "*");
    else if (is_hit(list, row))
        canvas_put(line, 0, 1, ROLE_MATCH, "/");
    if (row != list->selected)
        return;
    canvas_put(line, 0, 0, ROLE_TEXT, canvas_symbol(line.canvas, SYMBOL_POINTER));
    canvas_shade(line, PEN_SELECTED);
    canvas_cursor(line, 0, 0, false);
}

static void draw_scrollbar(const struct list *list, struct area rows, size_t count)
{
    size_t height = (size_t)rows.rows;
    if (count <= height || height < 2)
        return;
    size_t thumb = height * height / count > 0 ? height * height / count : 1;
    size_t from = (height - thumb) * list->top / (count - height);
    for (size_t at = 0; at < height; at++) {
        bool here = at >= from && at < from + thumb;
        canvas_put(rows, (int)at, rows.columns - 1, here ? ROLE_FOCUS : ROLE_BORDER,
                   canvas_symbol(rows.canvas, here ? SYMBOL_THUMB : SYMBOL_VERTICAL));
    }
}

void list_draw(struct list *list, struct area area)
{
    struct area rows = area_below(area, title_rows(list));
    list->drawn = area;
    list->rows = rows.rows;
    settle(list);
    size_t count = row_count(list);
    int widths[LIST_COLUMNS_MAX] = {0};
    bool scrolls = count > (size_t)rows.rows;
    layout(list, area.columns - (scrolls ? 1 : 0), widths);
    if (title_rows(list) > 0)
        draw_titles(list, area, widths);
    if (count == 0 && list->type->empty != NULL)
        canvas_put(rows, rows.rows / 3, LIST_MARGIN, ROLE_DIM, list->type->empty);
    for (int at = 0; at < rows.rows && list->top + (size_t)at < count; at++)
        draw_row(list, area_part(rows, at, 0, 1, rows.columns - scrolls), list->top + (size_t)at, widths);
    draw_scrollbar(list, rows, count);
}

/* --- search ------------------------------------------------------------------------------------------------------ */

static void collect(void *what, struct match *match)
{
    struct list *list = what;
    size_t count = row_count(list);
    struct str text = STR_INIT;
    for (size_t row = 0; row < count; row++) {
        struct match_range found;
        str_reset(&text);
        list->type->text(list->context, row, &text);
        if (match_next(match, str_slice(&text), 0, &found))
            search_add(&list->search, (struct search_hit){.order = row, .offset = found.offset, .size = found.size});
    }
    str_clear(&text);
}

static size_t place(const void *what)
{
    const struct list *list = what;
    return list->selected;
}

static void show(void *what, size_t order)
{
    list_select(what, order);
}

struct search_target list_search(struct list *list)
{
    static const struct search_type type = {.collect = collect, .place = place, .show = show};
    return (struct search_target){.what = list, .search = &list->search, .type = &type};
}
