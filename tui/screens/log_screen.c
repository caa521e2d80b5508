#include "assay/screens/log_screen.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/screens/record_list.h"

/* All records, read by a worker with the repository that judges them. */
struct logbook {
    struct log_screen *screen; /* NULL: it was closed */
    struct str folder;
    struct workspace *workspace;
    struct ledger ledger;
    struct arena arena;
    struct record_page *pages; /* of the ledger's records */
    struct error error;
};

struct log_screen {
    struct desk *desk;
    struct record_list list;
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

static void make_pages(struct logbook *logbook)
{
    const struct ledger *ledger = &logbook->ledger;
    const struct finding *findings = finding_list(logbook->workspace, ledger, &logbook->arena);
    logbook->pages = arena_alloc_array(&logbook->arena, ledger->count, sizeof *logbook->pages);
    for (size_t i = 0; i < ledger->count; i++)
        logbook->pages[i] = (struct record_page){
            .workspace = logbook->workspace, .record = &ledger->records[i], .finding = findings[i]};
}

static void work(struct job *job, void *context)
{
    struct logbook *logbook = context;
    (void)job;
    if (workspace_open(logbook->folder.data, &logbook->workspace, &logbook->error) == 0 &&
        workspace_need_policy(logbook->workspace, &logbook->error) == 0)
        ledger_read(logbook->workspace, (struct slice){0}, NULL, &logbook->ledger, &logbook->error);
    if (logbook->workspace)
        make_pages(logbook);
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
    record_list_show(&screen->list, logbook->pages, logbook->ledger.count);
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

static const enum record_page_column cells[] = {RECORD_PAGE_WHO,    RECORD_PAGE_VERDICT, RECORD_PAGE_CHANGE,
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

static const struct record_list_type type = {.columns = columns,
                                             .cells = cells,
                                             .column_count = ARRAY_COUNT(columns),
                                             .empty = "Nobody has signed anything yet."};

/* --- the view ------------------------------------------------------------------------------------------------------ */

static int open_log(struct view *view, void *argument, struct error *error)
{
    struct log_screen *screen = view->state;
    (void)argument;
    (void)error;
    screen->desk = desk_of(view);
    record_list_init(&screen->list, &type);
    start(screen);
    return 0;
}

static void close_log(struct view *view)
{
    struct log_screen *screen = view->state;
    if (screen->reading)
        screen->reading->screen = NULL;
    free_logbook(screen->logbook);
    record_list_clear(&screen->list);
}

static unsigned act_log(struct view *view, const struct command *command)
{
    struct log_screen *screen = view->state;
    if (command->action != ACTION_REFRESH)
        return record_list_act(&screen->list, view, command);
    desk_sync(screen->desk, true);
    return REACT_DONE;
}

static unsigned mouse_log(struct view *view, const struct mouse *mouse)
{
    struct log_screen *screen = view->state;
    return record_list_mouse(&screen->list, view, mouse);
}

static const char *refuse_log(struct view *view, enum action action)
{
    struct log_screen *screen = view->state;
    return action == ACTION_OPEN && screen->list.count == 0 ? "There is no record." : NULL;
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
        list_draw(&screen->list.list, area_below(body, 1));
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
    return list_search(&screen->list.list);
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
