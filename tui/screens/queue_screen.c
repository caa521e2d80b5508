#include "assay/screens/queue_screen.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/screens/change_screen.h"
#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/screens/log_screen.h"
#include "assay/screens/queue_filter.h"
#include "assay/ui/list.h"

/* The columns that every queue has; those of the policy's roles come between them. */
enum {
    COLUMN_CHANGE,
    COLUMN_MODULE,
    COLUMN_RISK,
    COLUMN_CASES,
    COLUMN_SCORED,
    COLUMN_FLAGS,
    COLUMN_AGE,
    COLUMN_AUTHOR,
    COLUMN_ROLES, /* the first of them, as a number of kind */
};
enum { ROLE_COLUMNS_MAX = 6, ROLE_TITLE_MAX = 6, ROLE_TITLE_SIZE = ROLE_TITLE_MAX + 1, SCORED_BAR = 6 };

/* One module of one change; a change without modules has one row as well. */
struct row {
    const struct queue_change *change;
    const struct queue_module *module; /* NULL: none */
    size_t order;
    int kind; /* of the column by which rows are sorted; -1: by order */
    bool down;
    bool first; /* the row above is of another change */
};

struct queue_screen {
    struct view *view;
    struct desk *desk;
    struct list list;
    struct list_type type;
    struct list_column columns[COLUMN_ROLES + ROLE_COLUMNS_MAX];
    int kinds[COLUMN_ROLES + ROLE_COLUMNS_MAX];
    char titles[ROLE_COLUMNS_MAX][ROLE_TITLE_SIZE];
    struct row *rows;
    size_t count, capacity;
    unsigned generation;
    struct str filter;
    bool touched; /* a key or a click: until then the first row stays the chosen one, whatever arrives */
};

/* --- rows -------------------------------------------------------------------------------------------------------- */

static const struct policy *policy_of(const struct queue_screen *screen)
{
    const struct workspace *workspace = screen->desk->workspace;
    return workspace_has_policy(workspace) ? &workspace->policy : NULL;
}

static long number_of(const struct row *row, int kind)
{
    switch (kind) {
    case COLUMN_RISK:
        return row->module ? (long)row->module->risk : -1;
    case COLUMN_CASES:
        return row->module ? (long)row->module->cases : -1;
    case COLUMN_SCORED:
        return row->module && row->module->cases ? (long)(1000 * row->module->scored / row->module->cases) : -1;
    case COLUMN_FLAGS:
        return row->module ? (long)row->module->flags : -1;
    case COLUMN_AGE:
        return -(long)row->change->time;
    default:
        return row->module && kind >= COLUMN_ROLES ? row->module->roles[kind - COLUMN_ROLES] : -1;
    }
}

static int compare_rows(const struct row *a, const struct row *b, int kind)
{
    if (kind == COLUMN_CHANGE)
        return slice_compare(a->change->change, b->change->change);
    if (kind == COLUMN_AUTHOR)
        return slice_compare(a->change->author, b->change->author);
    if (kind == COLUMN_MODULE)
        return slice_compare(a->module ? a->module->name : (struct slice){0},
                             b->module ? b->module->name : (struct slice){0});
    long left = number_of(a, kind), right = number_of(b, kind);
    return left < right ? -1 : left > right;
}

static int by_column(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = left->kind < 0 ? 0 : compare_rows(left, right, left->kind);
    if (order != 0)
        return left->down ? -order : order;
    return left->order < right->order ? -1 : left->order > right->order;
}

static void add_row(struct queue_screen *screen, const struct queue_change *change, const struct queue_module *module)
{
    if (!queue_filter_fits(str_slice(&screen->filter), policy_of(screen), change, module))
        return;
    struct row *row = ARRAY_PUSH(screen->rows, screen->count, screen->capacity);
    *row = (struct row){.change = change,
                        .module = module,
                        .order = screen->count,
                        .kind = screen->list.sort < 0 ? -1 : screen->kinds[screen->list.sort],
                        .down = screen->list.sort_down};
}

static void build_rows(struct queue_screen *screen)
{
    const struct queue *queue = &screen->desk->queue;
    screen->count = 0;
    for (size_t i = 0; i < queue->count; i++) {
        const struct queue_change *change = &queue->changes[i];
        for (size_t m = 0; m < change->module_count; m++)
            add_row(screen, change, &change->modules[m]);
        if (change->module_count == 0)
            add_row(screen, change, NULL);
    }
    if (screen->count > 1)
        qsort(screen->rows, screen->count, sizeof *screen->rows, by_column);
    for (size_t i = 0; i < screen->count; i++)
        screen->rows[i].first = i == 0 || screen->rows[i].change != screen->rows[i - 1].change;
    screen->generation = screen->desk->generation;
    list_reload(&screen->list);
    if (!screen->touched)
        list_select(&screen->list, 0);
}

static size_t rows_count(void *context)
{
    const struct queue_screen *screen = context;
    return screen->count;
}

static uint64_t rows_identity(void *context, size_t at)
{
    const struct queue_screen *screen = context;
    const struct row *row = &screen->rows[at];
    return slice_hash(row->change->change) * 31 + (row->module ? slice_hash(row->module->path) : 0);
}

static void rows_text(void *context, size_t at, struct str *out)
{
    const struct queue_screen *screen = context;
    const struct row *row = &screen->rows[at];
    sanitise_append(out, row->change->change, SANITISE_LINE);
    str_push(out, ' ');
    if (row->module)
        sanitise_append(out, row->module->name, SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, row->change->author, SANITISE_LINE);
}

/* --- cells ------------------------------------------------------------------------------------------------------- */

static void draw_role(struct area cell, unsigned state)
{
    static const struct {
        enum symbol symbol;
        unsigned pen;
    } marks[] = {[QUEUE_ROLE_NOT_NEEDED] = {SYMBOL_DOT, ROLE_DIM},
                 [QUEUE_ROLE_MISSING] = {SYMBOL_NONE, ROLE_PENDING},
                 [QUEUE_ROLE_SIGNED] = {SYMBOL_CHECK, ROLE_GOOD},
                 [QUEUE_ROLE_REJECTED] = {SYMBOL_REJECT, ROLE_BAD}};
    if (state < ARRAY_COUNT(marks))
        canvas_put(cell, 0, cell.columns / 2 - (cell.columns % 2 == 0), marks[state].pen,
                   canvas_symbol(cell.canvas, marks[state].symbol));
}

static void draw_scored(struct area cell, const struct queue_module *module)
{
    if (module->cases == 0) {
        canvas_put(cell, 0, 0, ROLE_DIM, canvas_symbol(cell.canvas, SYMBOL_NONE));
        return;
    }
    int column = canvas_bar(cell, 0, 0, SCORED_BAR, ROLE_PROGRESS, module->scored, module->cases);
    char text[LABEL_SIZE];
    snprintf(text, sizeof text, "%zu", module->scored);
    canvas_field(cell, 0, column, cell.columns - column, CANVAS_RIGHT,
                 module->scored == module->cases ? ROLE_GOOD : ROLE_TEXT, slice_of(text));
}

static void draw_number(struct area cell, size_t number, unsigned pen)
{
    char text[LABEL_SIZE];
    snprintf(text, sizeof text, "%zu", number);
    canvas_field(cell, 0, 0, cell.columns, CANVAS_RIGHT, pen, slice_of(text));
}

static void draw_module_cell(const struct row *row, int kind, struct area cell)
{
    const struct queue_module *module = row->module;
    struct str risk = STR_INIT;
    switch (kind) {
    case COLUMN_MODULE:
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_TEXT, module->name);
        break;
    case COLUMN_RISK:
        label_risk(module->risk, module->sensitivities, module->sensitivity_count,
                   canvas_symbol(cell.canvas, SYMBOL_DOT), &risk);
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, label_risk_pen(module->risk), str_slice(&risk));
        break;
    case COLUMN_CASES:
        draw_number(cell, module->cases, ROLE_TEXT);
        break;
    case COLUMN_SCORED:
        draw_scored(cell, module);
        break;
    case COLUMN_FLAGS:
        draw_number(cell, module->flags, module->flags > 0 ? ROLE_WARNING : ROLE_DIM);
        break;
    default:
        if (kind >= COLUMN_ROLES)
            draw_role(cell, module->roles[kind - COLUMN_ROLES]);
    }
    str_clear(&risk);
}

static void draw_change_cell(const struct row *row, int kind, struct area cell)
{
    char age[LABEL_SIZE];
    unsigned pen = row->change->problem.size > 0 ? ROLE_BAD : row->change->needs_me ? ROLE_ACCENT : ROLE_TEXT;
    if (kind == COLUMN_CHANGE) {
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, row->first ? pen : ROLE_DIM, row->change->change);
    } else if (kind == COLUMN_AGE) {
        label_age(env_now() - row->change->time, age);
        canvas_field(cell, 0, 0, cell.columns, CANVAS_RIGHT, ROLE_DIM, slice_of(age));
    } else {
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM, row->change->author);
    }
}

static void rows_cell(void *context, size_t at, size_t column, struct area cell)
{
    const struct queue_screen *screen = context;
    const struct row *row = &screen->rows[at];
    int kind = screen->kinds[column];
    if (kind == COLUMN_CHANGE || kind == COLUMN_AGE || kind == COLUMN_AUTHOR)
        draw_change_cell(row, kind, cell);
    else if (row->module && row->change->details)
        draw_module_cell(row, kind, cell);
    else if (row->module && kind == COLUMN_MODULE)
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM, row->module->name);
    else if (kind == COLUMN_MODULE && row->change->problem.size > 0)
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_BAD, row->change->problem);
}

/* --- columns ----------------------------------------------------------------------------------------------------- */

static void add_column(struct queue_screen *screen, int kind, struct list_column column)
{
    size_t at = screen->type.column_count++;
    screen->columns[at] = column;
    screen->kinds[at] = kind;
}

/* "learning-designer" becomes DESIGN: the last word says most. */
static const char *role_title(struct queue_screen *screen, size_t at, struct slice id)
{
    struct slice rest = id, part = id;
    char *title = screen->titles[at];
    while (slice_cut(&rest, '-', &part))
        ;
    size_t size = 0;
    for (; size < part.size && size < ROLE_TITLE_MAX; size++)
        title[size] = (char)(part.data[size] >= 'a' && part.data[size] <= 'z' ? part.data[size] - 32 : part.data[size]);
    title[size] = '\0';
    return title;
}

static void build_columns(struct queue_screen *screen)
{
    const struct policy *policy = policy_of(screen);
    screen->type.column_count = 0;
    add_column(screen, COLUMN_CHANGE, (struct list_column){"CHANGE", .columns = 24, .grow = 3});
    add_column(screen, COLUMN_MODULE, (struct list_column){"MODULE", .columns = 14, .grow = 2});
    add_column(screen, COLUMN_RISK, (struct list_column){"RISK", .columns = 10, .drop = 3});
    add_column(screen, COLUMN_CASES, (struct list_column){"CASES", .columns = 5, .align = CANVAS_RIGHT, .drop = 7});
    add_column(screen, COLUMN_SCORED, (struct list_column){"SCORED", .columns = 9, .drop = 1});
    add_column(screen, COLUMN_FLAGS, (struct list_column){"FLAGS", .columns = 5, .align = CANVAS_RIGHT});
    for (size_t r = 0; policy && r < policy->role_count && r < ROLE_COLUMNS_MAX; r++) {
        const char *title = role_title(screen, r, policy->roles[r].id);
        add_column(screen, COLUMN_ROLES + (int)r,
                   (struct list_column){title, .columns = canvas_width(slice_of(title)), .drop = 4});
    }
    add_column(screen, COLUMN_AGE, (struct list_column){"AGE", .columns = 6, .align = CANVAS_RIGHT, .drop = 8});
    add_column(screen, COLUMN_AUTHOR, (struct list_column){"AUTHOR", .columns = 12, .grow = 1, .drop = 9});
}

/* --- the view ---------------------------------------------------------------------------------------------------- */

static const char *empty_text(const struct queue_screen *screen)
{
    if (!screen->desk->queue_known)
        return "Reading the changes for the first time.";
    return screen->filter.size > 0 ? "No change fits the filter; f and an empty line shows all."
                                   : "Nothing waits for review.";
}

static int open_queue(struct view *view, void *argument, struct error *error)
{
    struct queue_screen *screen = view->state;
    (void)argument;
    (void)error;
    screen->view = view;
    screen->desk = desk_of(view);
    str_init(&screen->filter);
    settings_text(screen->desk->workspace->settings, "assay.filter", &screen->filter);
    screen->type = (struct list_type){.columns = screen->columns,
                                      .count = rows_count,
                                      .cell = rows_cell,
                                      .text = rows_text,
                                      .identity = rows_identity};
    list_init(&screen->list, &screen->type, screen);
    build_columns(screen);
    build_rows(screen);
    return 0;
}

static void close_queue(struct view *view)
{
    struct queue_screen *screen = view->state;
    list_clear(&screen->list);
    memory_free(screen->rows);
    str_clear(&screen->filter);
}

static unsigned tick_queue(struct view *view, int64_t now_us)
{
    struct queue_screen *screen = view->state;
    (void)now_us;
    if (screen->generation != screen->desk->generation) {
        build_columns(screen);
        build_rows(screen);
    }
    return desk_tick(screen->desk);
}

static unsigned filter_answered(struct view *view, void *context, struct slice text)
{
    struct queue_screen *screen = view->state;
    (void)context;
    str_reset(&screen->filter);
    str_append(&screen->filter, slice_trim(text));
    build_rows(screen);
    if (screen->filter.size > 0) {
        struct str quoted = STR_INIT;
        str_append_quoted(&quoted, str_slice(&screen->filter));
        view_say(view, ROLE_MESSAGE, "%zu rows. To begin with this filter: git config assay.filter %s", screen->count,
                 quoted.data);
        str_clear(&quoted);
    }
    return REACT_DONE;
}

static void filter_changed(struct view *view, void *context, struct slice text)
{
    filter_answered(view, context, text);
}

static bool complete_filter(struct view *view, void *context, struct slice text, size_t at, struct str *proposal)
{
    (void)view;
    (void)context;
    return queue_filter_complete(text, at, proposal);
}

static unsigned ask_filter(struct view *view)
{
    struct queue_screen *screen = view->state;
    view_ask(view, &(struct question){.label = "Filter (needs:me risk: role: module: author: state:)",
                                      .initial = str_slice(&screen->filter),
                                      .changed = filter_changed,
                                      .answered = filter_answered,
                                      .complete = complete_filter});
    return REACT_DONE;
}

/* column -1: the next one; after the last comes the order by urgency. */
static unsigned sort_rows(struct queue_screen *screen, int column)
{
    struct list *list = &screen->list;
    if (column >= 0 && column == list->sort)
        list->sort_down = !list->sort_down;
    else
        list->sort = column >= 0 ? column : list->sort + 1 < (int)screen->type.column_count ? list->sort + 1 : -1;
    build_rows(screen);
    view_say(screen->view, ROLE_MESSAGE, "Sorted by %s.",
             list->sort < 0 ? "urgency: what needs you, then what is flagged, then the oldest"
                            : screen->columns[list->sort].title);
    return REACT_DONE;
}

static unsigned open_row(struct queue_screen *screen, enum change_screen_tab tab)
{
    if (screen->count == 0)
        return REACT_HANDLED;
    const struct row *row = &screen->rows[screen->list.selected];
    struct change_screen_place place = {
        .change = row->change->change, .module = row->module ? row->module->path : (struct slice){0}, .tab = tab};
    return view_push(screen->view->stack, &change_screen_view, &place);
}

static unsigned act_queue(struct view *view, const struct command *command)
{
    struct queue_screen *screen = view->state;
    screen->touched = true;
    switch (command->action) {
    case ACTION_OPEN:
        return open_row(screen, CHANGE_SCREEN_CASES);
    case ACTION_TRIAGE:
        return open_row(screen, CHANGE_SCREEN_TRIAGE);
    case ACTION_LOG:
        return view_push(view->stack, &log_screen_view, NULL);
    case ACTION_FILTER:
        return ask_filter(view);
    case ACTION_SORT:
        return sort_rows(screen, -1);
    case ACTION_SORT_TURN:
        screen->list.sort_down = !screen->list.sort_down;
        build_rows(screen);
        return REACT_DONE;
    case ACTION_REFRESH:
        desk_sync(screen->desk, true);
        return REACT_DONE;
    default:
        return list_act(&screen->list, command);
    }
}

static unsigned mouse_queue(struct view *view, const struct mouse *mouse)
{
    struct queue_screen *screen = view->state;
    struct command command = {.action = ACTION_NONE, .number = -1};
    screen->touched = true;
    unsigned reaction = list_mouse(&screen->list, mouse, &command);
    if (command.action == ACTION_SORT)
        return sort_rows(screen, command.number);
    return command.action == ACTION_NONE ? reaction : act_queue(view, &command) | REACT_REDRAW;
}

static const char *refuse_queue(struct view *view, enum action action)
{
    const struct queue_screen *screen = view->state;
    if ((action == ACTION_OPEN || action == ACTION_TRIAGE) && screen->count == 0)
        return "There is no row to open.";
    if (action == ACTION_REFRESH && screen->desk->syncing != 0)
        return "It is being fetched already.";
    return NULL;
}

static size_t count_needed(const struct queue_screen *screen)
{
    size_t needed = 0;
    for (size_t i = 0; i < screen->desk->queue.count; i++)
        needed += screen->desk->queue.changes[i].needs_me;
    return needed;
}

static void title_queue(struct view *view, struct area line)
{
    const struct queue_screen *screen = view->state;
    const struct workspace *workspace = screen->desk->workspace;
    const struct policy *policy = policy_of(screen);
    int end = desk_title(screen->desk, line);
    int column = canvas_put(line, 0, 1, ROLE_TITLE | PEN_BOLD, "assay") + 2;
    if (policy)
        column = label_cut(line, 0, column, end - column, ROLE_TITLE, policy->repository);
    column = canvas_printf(line, 0, column, ROLE_STATUS, " %s ", canvas_symbol(line.canvas, SYMBOL_ARROW));
    column = label_cut(line, 0, column, end - column, ROLE_TITLE, str_slice(&workspace->target.name));
    char text[3 * LABEL_SIZE];
    size_t role = desk_role(workspace), needed = count_needed(screen);
    int size = snprintf(text, sizeof text, "%zu pending", screen->desk->queue.count);
    if (screen->filter.size > 0)
        size = snprintf(text, sizeof text, "filter %.40s: %zu of %zu", screen->filter.data, screen->count,
                        screen->desk->queue.count);
    if (role != SIZE_MAX && size > 0)
        snprintf(text + size, sizeof text - (size_t)size, "   %zu need%s you", needed, needed == 1 ? "s" : "");
    if (end - column > (int)sizeof "99 pending   9 need you")
        label_field(line, 0, column + 2, end - column - 4, CANVAS_RIGHT, ROLE_STATUS, slice_of(text));
}

/* What should be known before anything else: no policy, nobody known, an index that was rebuilt. */
static struct slice notice(const struct queue_screen *screen)
{
    const struct workspace *workspace = screen->desk->workspace;
    const char *refusal = desk_refusal(workspace);
    if (refusal)
        return slice_of(refusal);
    if (screen->desk->note.size > 0)
        return str_slice(&screen->desk->note);
    if (screen->desk->queue.problem_count > 0)
        return screen->desk->queue.problems[0];
    return str_slice(&workspace->notes);
}

static void draw_subject(const struct queue_screen *screen, struct area line)
{
    if (screen->count == 0)
        return;
    const struct queue_change *change = screen->rows[screen->list.selected].change;
    int column = 1;
    if (change->problem.size > 0)
        column = label_cut(line, 0, column, line.columns - 2, ROLE_BAD, change->problem) + 2;
    if (column < line.columns - 10)
        label_cut(line, 0, column, line.columns - column - 1, ROLE_DIM, change->subject);
}

static void draw_queue(struct view *view, struct area body)
{
    struct queue_screen *screen = view->state;
    struct slice note = notice(screen);
    int foot = 2;
    screen->type.empty = empty_text(screen);
    if (note.size > 0) {
        label_cut(body, 0, 1, body.columns - 2, ROLE_WARNING, note);
        body = area_below(body, 1);
    }
    list_draw(&screen->list, area_part(body, 1, 0, body.rows - 1 - foot, body.columns));
    draw_subject(screen, area_part(body, body.rows - 1, 0, 1, body.columns));
}

static struct search_target search_queue(struct view *view)
{
    struct queue_screen *screen = view->state;
    return list_search(&screen->list);
}

static void reload_queue(struct view *view)
{
    build_rows(view->state);
}

static const struct hints_word queue_words[] = {{ACTION_TRIAGE, "flags"}, {ACTION_NONE, NULL}};
static const enum action queue_hints[] = {ACTION_OPEN, ACTION_FILTER,  ACTION_SORT, ACTION_SEARCH, ACTION_TRIAGE,
                                          ACTION_LOG,  ACTION_REFRESH, ACTION_QUIT, ACTION_NONE};

const struct view_type queue_screen_view = {
    .name = "queue",
    .contexts = CONTEXT_MOVE | CONTEXT_QUEUE,
    .size = sizeof(struct queue_screen),
    .open = open_queue,
    .close = close_queue,
    .reload = reload_queue,
    .act = act_queue,
    .mouse = mouse_queue,
    .title = title_queue,
    .draw = draw_queue,
    .tick = tick_queue,
    .refuse = refuse_queue,
    .search = search_queue,
    .hints = queue_hints,
    .words = queue_words,
};
