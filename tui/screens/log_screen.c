#include "assay/screens/log_screen.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/screens/record_page.h"
#include "assay/ui/list.h"

/* All records, read by a worker with the repository that judges them. */
struct logbook {
    struct log_screen *screen; /* NULL: it was closed */
    struct str folder;
    struct workspace *workspace;
    struct ledger ledger;
    struct arena arena;
    struct finding *findings; /* of the ledger's records */
    struct error error;
};

struct log_screen {
    struct view *view;
    struct desk *desk;
    struct list list;
    struct logbook *reading, *logbook; /* on its way; shown */
    struct error error;
    unsigned generation;
};

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void free_logbook(struct logbook *logbook)
{
    if (!logbook)
        return;
    arena_clear(&logbook->arena);
    ledger_clear(&logbook->ledger);
    workspace_close(logbook->workspace);
    str_clear(&logbook->folder);
    memory_free(logbook);
}

static void work(struct job *job, void *context)
{
    struct logbook *logbook = context;
    (void)job;
    if (workspace_open(logbook->folder.data, &logbook->workspace, &logbook->error) == 0 &&
        workspace_need_policy(logbook->workspace, &logbook->error) == 0)
        ledger_read(logbook->workspace, (struct slice){0}, NULL, &logbook->ledger, &logbook->error);
    if (logbook->workspace)
        logbook->findings = finding_list(logbook->workspace, &logbook->ledger, &logbook->arena);
}

static void done(void *context, bool cancelled)
{
    struct logbook *logbook = context;
    struct log_screen *screen = logbook->screen;
    if (!screen || cancelled) {
        if (screen)
            screen->reading = NULL;
        free_logbook(logbook);
        return;
    }
    screen->reading = NULL;
    screen->error = logbook->error;
    free_logbook(screen->logbook);
    screen->logbook = logbook;
    list_reload(&screen->list);
}

static void start(struct log_screen *screen)
{
    struct logbook *logbook = memory_new(sizeof *logbook);
    if (screen->reading)
        screen->reading->screen = NULL;
    *logbook = (struct logbook){.screen = screen, .arena = ARENA_INIT};
    str_init(&logbook->folder);
    str_append(&logbook->folder, str_slice(&screen->desk->folder));
    screen->reading = logbook;
    screen->generation = screen->desk->generation;
    desk_work(screen->desk, "Reading the records", false, work, done, logbook);
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static const enum record_page_column kinds[] = {RECORD_PAGE_WHO,    RECORD_PAGE_VERDICT, RECORD_PAGE_CHANGE,
                                                RECORD_PAGE_MODULE, RECORD_PAGE_ROLE,    RECORD_PAGE_WHEN,
                                                RECORD_PAGE_REMARK};
static const struct list_column columns[] = {
    {"  WHO", .columns = 14, .grow = 1},
    {"SAYS", .columns = 16},
    {"CHANGE", .columns = 16, .grow = 2},
    {"MODULE", .columns = 14, .grow = 1, .drop = 2},
    {"AS", .columns = 14, .drop = 4},
    {"WHEN", .columns = 16, .drop = 1},
    {"REMARK", .columns = 14, .grow = 2, .drop = 3},
};

static const struct ledger_record *record_at(const struct log_screen *screen, size_t row)
{
    return &screen->logbook->ledger.records[row];
}

static struct record_page page_at(const struct log_screen *screen, size_t row)
{
    const struct logbook *logbook = screen->logbook;
    return (struct record_page){
        .workspace = logbook->workspace, .record = &logbook->ledger.records[row], .finding = logbook->findings[row]};
}

static size_t rows_count(void *context)
{
    const struct log_screen *screen = context;
    return screen->logbook ? screen->logbook->ledger.count : 0;
}

static void rows_cell(void *context, size_t row, size_t column, struct area cell)
{
    const struct log_screen *screen = context;
    const struct record_page page = page_at(screen, row);
    record_page_cell(&page, kinds[column], cell);
}

static void rows_text(void *context, size_t row, struct str *out)
{
    record_page_text(record_at(context, row), out);
}

static uint64_t rows_identity(void *context, size_t row)
{
    uint64_t number;
    memcpy(&number, record_at(context, row)->name.bytes, sizeof number);
    return number;
}

static const struct list_type type = {
    .columns = columns,
    .column_count = ARRAY_COUNT(columns),
    .empty = "Nobody has signed anything yet.",
    .count = rows_count,
    .cell = rows_cell,
    .text = rows_text,
    .identity = rows_identity,
};

/* --- the view ------------------------------------------------------------------------------------------------------ */

static int open_log(struct view *view, void *argument, struct error *error)
{
    struct log_screen *screen = view->state;
    (void)argument;
    (void)error;
    screen->view = view;
    screen->desk = desk_of(view);
    list_init(&screen->list, &type, screen);
    start(screen);
    return 0;
}

static void close_log(struct view *view)
{
    struct log_screen *screen = view->state;
    if (screen->reading)
        screen->reading->screen = NULL;
    free_logbook(screen->logbook);
    list_clear(&screen->list);
}

static unsigned open_record(struct log_screen *screen)
{
    if (rows_count(screen) == 0)
        return REACT_HANDLED;
    const struct record_page page = page_at(screen, screen->list.selected);
    return record_page_open(screen->view, &page);
}

static unsigned act_log(struct view *view, const struct command *command)
{
    struct log_screen *screen = view->state;
    switch (command->action) {
    case ACTION_OPEN:
        return open_record(screen);
    case ACTION_REFRESH:
        desk_sync(screen->desk, true);
        return REACT_DONE;
    default:
        return list_act(&screen->list, command);
    }
}

static unsigned mouse_log(struct view *view, const struct mouse *mouse)
{
    struct log_screen *screen = view->state;
    struct command command = {.action = ACTION_NONE, .number = -1};
    unsigned reaction = list_mouse(&screen->list, mouse, &command);
    return command.action == ACTION_OPEN ? open_record(screen) : reaction;
}

static const char *refuse_log(struct view *view, enum action action)
{
    struct log_screen *screen = view->state;
    return action == ACTION_OPEN && rows_count(screen) == 0 ? "There is no record." : NULL;
}

static void title_log(struct view *view, struct area line)
{
    const struct log_screen *screen = view->state;
    int column = canvas_put(line, 0, 1, ROLE_TITLE | PEN_BOLD, "Signed records");
    if (screen->logbook)
        canvas_printf(line, 0, column + 2, ROLE_STATUS, "%zu", screen->logbook->ledger.count);
    desk_title(screen->desk, line);
}

static void draw_log(struct view *view, struct area body)
{
    struct log_screen *screen = view->state;
    if (error_is_set(&screen->error))
        label_cut(body, 1, 1, body.columns - 2, ROLE_ERROR, slice_of(screen->error.text));
    else if (!screen->logbook)
        canvas_put(body, 1, 1, ROLE_DIM, "Reading the records.");
    else
        list_draw(&screen->list, area_below(body, 1));
}

static unsigned tick_log(struct view *view, int64_t now_us)
{
    struct log_screen *screen = view->state;
    (void)now_us;
    if (screen->generation != screen->desk->generation && !screen->reading)
        start(screen);
    return desk_tick(screen->desk);
}

static struct search_target search_log(struct view *view)
{
    struct log_screen *screen = view->state;
    return list_search(&screen->list);
}

static const enum action log_hints[] = {ACTION_OPEN, ACTION_SEARCH, ACTION_REFRESH, ACTION_BACK, ACTION_NONE};

const struct view_type log_screen_view = {
    .name = "log",
    .contexts = CONTEXT_MOVE | CONTEXT_LOG,
    .size = sizeof(struct log_screen),
    .open = open_log,
    .close = close_log,
    .act = act_log,
    .mouse = mouse_log,
    .title = title_log,
    .draw = draw_log,
    .tick = tick_log,
    .refuse = refuse_log,
    .search = search_log,
    .hints = log_hints,
};
