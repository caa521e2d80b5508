#include "harness/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/jobs.h"
#include "assay/text/diff.h"
#include "assay/ui/list.h"
#include "assay/ui/loop.h"
#include "assay/ui/sides.h"

enum { ROWS = 40, PARAGRAPHS_LONG = 330 };

static const char golden[] =
    "What it does\n\nEmail automation sends the right message to each customer at the right moment. It watches what a "
    "customer does, and answers with one of a few prepared letters.\n\n • Welcome series for new customers\n • "
    "Reminder "
    "for a cart that was left\n • A thank-you after the first order\n\nWhat it costs\n\nThe first 1,000 letters a "
    "month are "
    "free. After that each 1,000 letters cost $4.\n\n电子邮件自动化会在恰当的时刻向每位客户发送恰当的消息。\n\nالبريد "
    "الآلي يرسل الرسالة "
    "المناسبة.\n\nFamily 👨‍👩‍👧‍👦 flag 🇫🇷 accents e\xcc\x81 and "
    "\xe2\x9d\xa4\xef\xb8\x8f "
    "stay "
    "whole.\n";
static const char candidate[] =
    "What it does\n\nEmail automation fires off messages to each customer. It watches what a customer does, and "
    "answers "
    "with one of a few prepared letters within seconds.\n\n • Welcome series for new customers\n • A thank-you after "
    "the "
    "first order\n\nWhat it costs\n\nThe first 500 letters a month are free. After that each 1,000 letters cost $4, "
    "and "
    "support is never included in any plan.\n\n电子邮件自动化会在任何时刻向客户发送消息。\n\nالبريد الآلي يرسل "
    "الرسالة.\n\nFamily 👨‍👩‍👧‍👦 flag "
    "🇩🇪 accents e\xcc\x81 and \xe2\x9d\xa4\xef\xb8\x8f stay whole.\n";

void console_init(struct console *console, bool long_texts)
{
    memset(console, 0, sizeof *console);
    str_init(&console->left);
    str_init(&console->right);
    size_t copies = long_texts ? PARAGRAPHS_LONG : 1;
    for (size_t at = 0; at < copies; at++) {
        str_append_text(&console->left, golden);
        str_append_text(&console->right, candidate);
    }
}

void console_clear(struct console *console)
{
    str_clear(&console->left);
    str_clear(&console->right);
}

/* --- two panes --------------------------------------------------------------------------------------------------- */

struct panes {
    struct sides sides;
    struct diff diff;
    int scores[3];
    struct str comment;
};

static int panes_open(struct view *view, void *argument, struct error *error)
{
    struct panes *panes = view->state;
    struct console *console = view_context(view);
    (void)argument;
    (void)error;
    str_init(&panes->comment);
    sides_init(&panes->sides);
    diff_init(&panes->diff);
    diff_text(&panes->diff, str_slice(&console->left), str_slice(&console->right), NULL);
    sides_set(&panes->sides,
              (struct sides_text[2]){
                  {.title = SLICE("Golden"), .text = str_slice(&console->left)},
                  {.title = SLICE("Candidate   model-small   812 ms"), .text = str_slice(&console->right)}},
              &panes->diff);
    return 0;
}

static void panes_close(struct view *view)
{
    struct panes *panes = view->state;
    sides_clear(&panes->sides);
    diff_clear(&panes->diff);
    str_clear(&panes->comment);
}

static unsigned commented(struct view *view, void *context, struct slice text)
{
    struct panes *panes = view->state;
    (void)context;
    str_reset(&panes->comment);
    str_append(&panes->comment, text);
    view_say(view, ROLE_GOOD, "Comment of %zu bytes saved.", text.size);
    return REACT_DONE;
}

static unsigned panes_act(struct view *view, const struct command *command)
{
    struct panes *panes = view->state;
    struct error error = ERROR_INIT;
    switch (command->action) {
    case ACTION_SCORE:
        panes->scores[0] = command->number;
        return REACT_DONE;
    case ACTION_COMMENT:
        view_ask(view, &(struct question){.label = "Comment",
                                          .multiline = true,
                                          .answered = commented,
                                          .initial = str_slice(&panes->comment)});
        return REACT_DONE;
    case ACTION_EDIT:
        if (view_edit(view, "comment.md", &panes->comment, &error) != 0)
            view_say_error(view, &error);
        else
            view_say(view, ROLE_GOOD, "Now: %s", panes->comment.data);
        return REACT_DONE;
    default:
        return sides_act(&panes->sides, command);
    }
}

static unsigned panes_mouse(struct view *view, const struct mouse *mouse)
{
    struct panes *panes = view->state;
    return sides_mouse(&panes->sides, mouse);
}

static void panes_title(struct view *view, struct area line)
{
    struct panes *panes = view->state;
    char place[80];
    int column = canvas_put(line, 0, 1, ROLE_TITLE, "prompt/plain-language");
    column = canvas_printf(line, 0, column, ROLE_TITLE, " %s marketing-101",
                           canvas_symbol(line.canvas, SYMBOL_SMALL_POINTER));
    snprintf(place, sizeof place, "difference %zu of %zu ", panes->sides.current, sides_differences(&panes->sides));
    canvas_field(line, 0, column + 1, line.columns - column - 1, CANVAS_RIGHT, ROLE_STATUS, slice_of(place));
}

static void panes_draw(struct view *view, struct area body)
{
    struct panes *panes = view->state;
    sides_draw(&panes->sides, area_part(body, 0, 0, body.rows - 3, body.columns));
    struct area foot = area_below(body, body.rows - 3);
    canvas_printf(foot, 0, 1, ROLE_DIM, "similarity ");
    int column = canvas_put(foot, 0, 12, ROLE_BAD, "0.81 ");
    column = canvas_put(foot, 0, column, ROLE_BAD, canvas_symbol(foot.canvas, SYMBOL_DOWN));
    canvas_put(foot, 0, column, ROLE_DIM, " 0.88   PII none   policy pass");
    column = canvas_put(foot, 1, 1, ROLE_ACCENT, "Clarity      ");
    for (int score = 1; score <= 5; score++)
        column = canvas_printf(foot, 1, column, score == panes->scores[0] ? ROLE_SCORE : ROLE_TEXT,
                               score == panes->scores[0] ? "[%d]" : " %d ", score);
    canvas_put(foot, 1, column + 2, ROLE_TEXT,
               panes->scores[0] == 4 ? "Clear; one sentence needs a second look" : "not scored");
    canvas_put(foot, 2, 1, ROLE_PENDING, "Correctness   not scored");
}

static const char *panes_refuse(struct view *view, enum action action)
{
    (void)view;
    return action == ACTION_SIGN ? "Not all cases are scored: 17 of 24 are." : NULL;
}

static struct search_target panes_search(struct view *view)
{
    struct panes *panes = view->state;
    return sides_search(&panes->sides);
}

static const enum action panes_hints[] = {
    ACTION_SCORE, ACTION_NEXT_DIFFERENCE, ACTION_COMMENT, ACTION_FLIP, ACTION_ZOOM, ACTION_SIGN, ACTION_BACK,
    ACTION_NONE};

const struct view_type console_sides_view = {
    .name = "panes",
    .contexts = CONTEXT_MOVE | CONTEXT_REVIEW,
    .size = sizeof(struct panes),
    .open = panes_open,
    .close = panes_close,
    .act = panes_act,
    .mouse = panes_mouse,
    .title = panes_title,
    .draw = panes_draw,
    .refuse = panes_refuse,
    .search = panes_search,
    .hints = panes_hints,
};

/* --- the list ---------------------------------------------------------------------------------------------------- */

struct rows {
    struct list list;
    uint64_t job;
};

static const char *const names[] = {"prompt/plain-language", "prompt/price-objections", "prompt/中文营销-改写",
                                    "prompt/refund-policy",  "prompt/🎉-welcome",        "prompt/بريد"};
static const char *const risks[] = {"high", "medium", "low", "high pii", "low", "medium"};

static size_t rows_count(void *context)
{
    (void)context;
    return ROWS;
}

static uint64_t rows_identity(void *context, size_t row)
{
    (void)context;
    return row + 1000;
}

static void rows_text(void *context, size_t row, struct str *out)
{
    (void)context;
    str_appendf(out, "%s %zu", names[row % ARRAY_COUNT(names)], row);
}

static void rows_cell(void *context, size_t row, size_t column, struct area cell)
{
    char text[80];
    size_t kind = row % ARRAY_COUNT(names);
    (void)context;
    switch (column) {
    case 0:
        snprintf(text, sizeof text, "%s %zu", names[kind], row);
        canvas_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_TEXT, slice_of(text));
        break;
    case 1:
        canvas_put(cell, 0, 0, kind == 0 || kind == 3 ? ROLE_WARNING : ROLE_DIM, risks[kind]);
        break;
    case 2:
        snprintf(text, sizeof text, "%zu", 12 + row);
        canvas_field(cell, 0, 0, cell.columns, CANVAS_RIGHT, ROLE_TEXT, slice_of(text));
        break;
    case 3:
        canvas_printf(cell, 0, canvas_bar(cell, 0, 0, 6, ROLE_PROGRESS, row, ROWS), ROLE_TEXT, " %zu", row);
        break;
    case 4:
        canvas_put(cell, 0, 0,
                   row % 3 == 0   ? ROLE_GOOD
                   : row % 3 == 1 ? ROLE_PENDING
                                  : ROLE_BAD,
                   canvas_symbol(cell.canvas, row % 3 == 0   ? SYMBOL_CHECK
                                              : row % 3 == 1 ? SYMBOL_DOT
                                                             : SYMBOL_REJECT));
        break;
    default:
        canvas_put(cell, 0, 0, ROLE_DIM, "J. Park");
    }
}

static const struct list_column columns[] = {
    {"CHANGE", .columns = 24, .grow = 1},
    {"RISK", .columns = 8},
    {"CASES", .columns = 6, .align = CANVAS_RIGHT, .drop = 2},
    {"SCORED", .columns = 10, .drop = 1},
    {"LEGAL", .columns = 5, .drop = 3},
    {"AUTHOR", .columns = 9, .drop = 4},
};

static const struct list_type rows_type = {
    .columns = columns,
    .column_count = ARRAY_COUNT(columns),
    .empty = "No pending changes.",
    .count = rows_count,
    .cell = rows_cell,
    .text = rows_text,
    .identity = rows_identity,
    .marks = true,
};

static int rows_open(struct view *view, void *argument, struct error *error)
{
    struct rows *rows = view->state;
    (void)argument;
    (void)error;
    list_init(&rows->list, &rows_type, rows);
    rows->list.sort = 2;
    return 0;
}

static void rows_close(struct view *view)
{
    struct rows *rows = view->state;
    list_clear(&rows->list);
}

static void count_slowly(struct job *job, void *context)
{
    (void)context;
    for (size_t at = 0; at <= 40 && !jobs_is_cancelled(job); at++) {
        jobs_report(job, at, 40);
        usleep(10000);
    }
}

static void counted(void *context, bool cancelled)
{
    struct view *view = context;
    view_progress(view->stack, NULL, 0, 0, NULL, NULL);
    view_say(view, ROLE_GOOD, cancelled ? "Fetch cancelled." : "Fetched.");
}

static void cancel_count(void *context)
{
    struct view *view = context;
    struct rows *rows = view->state;
    struct console *console = view_context(view);
    jobs_cancel(console->jobs, rows->job);
}

static unsigned rows_tick(struct view *view, int64_t now_us)
{
    struct rows *rows = view->state;
    struct console *console = view_context(view);
    struct jobs_progress progress;
    (void)now_us;
    if (console->jobs != NULL && rows->job != 0 && jobs_status(console->jobs, rows->job, &progress))
        view_progress(view->stack, "Fetching", progress.done, progress.total, cancel_count, view);
    return REACT_REDRAW;
}

static unsigned rows_act(struct view *view, const struct command *command)
{
    struct rows *rows = view->state;
    struct console *console = view_context(view);
    if (command->action == ACTION_OPEN)
        return view_push(view->stack, &console_sides_view, NULL);
    if (command->action == ACTION_REFRESH && console->crash)
        abort();
    if (command->action == ACTION_REFRESH && console->jobs != NULL) {
        rows->job = jobs_submit(console->jobs, "Fetching", count_slowly, counted, view);
        return REACT_DONE;
    }
    return list_act(&rows->list, command);
}

static unsigned rows_mouse(struct view *view, const struct mouse *mouse)
{
    struct rows *rows = view->state;
    struct command command;
    unsigned reaction = list_mouse(&rows->list, mouse, &command);
    return command.action == ACTION_OPEN ? view_do(view->stack, &command) : reaction;
}

static void rows_title(struct view *view, struct area line)
{
    struct rows *rows = view->state;
    canvas_put(line, 0, 1, ROLE_TITLE, "assay");
    canvas_printf(line, 0, 8, ROLE_STATUS, "learning-content %s main", canvas_symbol(line.canvas, SYMBOL_ARROW));
    char place[40];
    snprintf(place, sizeof place, "row %zu of %d ", rows->list.selected + 1, ROWS);
    canvas_field(line, 0, line.columns - 20, 20, CANVAS_RIGHT, ROLE_STATUS, slice_of(place));
}

static void rows_draw(struct view *view, struct area body)
{
    struct rows *rows = view->state;
    list_draw(&rows->list, canvas_box(body, NULL, ROLE_BORDER));
}

static struct search_target rows_search(struct view *view)
{
    struct rows *rows = view->state;
    return list_search(&rows->list);
}

static const enum action rows_hints[] = {ACTION_OPEN,   ACTION_FILTER, ACTION_SORT,    ACTION_SEARCH,
                                         ACTION_TRIAGE, ACTION_LOG,    ACTION_REFRESH, ACTION_NONE};

const struct view_type console_list_view = {
    .name = "rows",
    .contexts = CONTEXT_MOVE | CONTEXT_QUEUE | CONTEXT_TRIAGE,
    .size = sizeof(struct rows),
    .open = rows_open,
    .close = rows_close,
    .act = rows_act,
    .mouse = rows_mouse,
    .title = rows_title,
    .draw = rows_draw,
    .tick = rows_tick,
    .search = rows_search,
    .hints = rows_hints,
};

/* --- the program ------------------------------------------------------------------------------------------------- */

static bool has_word(int argc, char **argv, const char *word)
{
    for (int at = 3; at < argc; at++) {
        if (strcmp(argv[at], word) == 0)
            return true;
    }
    return false;
}

static void save(void *context)
{
    struct console *console = context;
    console->saved++;
}

int console_main(int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct console console;
    struct theme theme;
    struct term *term = NULL;
    struct keymap *keymap = keymap_new();
    console_init(&console, has_word(argc, argv, "long"));
    console.crash = has_word(argc, argv, "crash");
    int result = theme_load(&theme, argc > 2 ? argv[2] : "dark", &error);
    if (result == 0 && (term = term_open(true, &error)) == NULL)
        result = -1;
    struct view_stack *stack = NULL;
    if (result == 0) {
        console.jobs = jobs_new(1);
        stack = view_stack_new(term, keymap, &theme, &console);
        view_push(stack, &console_list_view, NULL);
        struct loop loop = {.stack = stack,
                            .term = term,
                            .jobs = console.jobs,
                            .context = &console,
                            .save = save,
                            .ascii = has_word(argc, argv, "ascii")};
        result = loop_run(&loop, &error);
        jobs_free(console.jobs);
        view_stack_free(stack);
        term_close(term);
        printf("saved %zu, longest turn %lld us\n", console.saved, (long long)loop.longest_us);
    }
    keymap_free(keymap);
    console_clear(&console);
    if (result != 0)
        fprintf(stderr, "%s\n", error.text);
    return result == 0 ? 0 : (int)error.kind;
}
