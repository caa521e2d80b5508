#include "assay/screens/change_cases.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/case_screen.h"
#include "assay/screens/change_list.h"
#include "assay/screens/label.h"

enum {
    COLUMN_CASE,
    COLUMN_PROMPT,
    COLUMN_STATE,
    COLUMN_FIRST, /* the first two measures that the outputs have */
    COLUMN_SECOND,
    COLUMN_LATENCY,
    COLUMN_FLAGS,
    COLUMN_SCORES,
    COLUMN_COMMENT,
    COLUMN_COUNT
};
enum { MEASURES = 2 };

struct cases {
    struct list list;
    const struct change_page *page;
    struct list_column columns[COLUMN_COUNT];
    struct list_type type;
    char measures[MEASURES][LABEL_SIZE];
    struct row {
        size_t at, flags;
        int sort;
        bool down;
    } * rows;
    size_t count, capacity;
    bool ready;
};

static const struct judgement_case *case_of(const struct cases *cases, size_t row)
{
    return session_case(cases->page->session, cases->rows[row].at);
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static size_t rows_count(void *context)
{
    const struct cases *cases = context;
    return cases->count;
}

static uint64_t rows_identity(void *context, size_t row)
{
    const struct judgement_case *item = case_of(context, row);
    return slice_hash(item->item->id) * 31 + slice_hash(item->prompt->id);
}

static void rows_text(void *context, size_t row, struct str *out)
{
    const struct judgement_case *item = case_of(context, row);
    sanitise_append(out, item->item->id, SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, item->prompt->id, SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, item->comment, SANITISE_LINE);
}

static size_t open_flags(const struct change_page *page, const struct judgement_case *item)
{
    const struct gate_module_verdict *verdict = dossier_verdict(page->dossier, page->module);
    size_t count = item->flag_count;
    for (size_t i = 0; verdict && i < verdict->flag_count; i++) {
        const struct gate_flag *flag = &verdict->flags[i];
        struct judgement_target target = {flag->prompt, flag->case_id, flag->output, flag->name};
        count += !flag->settled && slice_equal(flag->case_id, item->item->id) &&
                 slice_equal(flag->prompt, item->prompt->id) && !session_decision(page->session, &target);
    }
    return count;
}

static int mean_score(const struct judgement_case *item)
{
    int sum = 0, count = 0;
    for (size_t c = 0; c < RUBRIC_CRITERIA_MAX; c++) {
        if (item->scores[c] == JUDGEMENT_NO_SCORE)
            continue;
        sum += item->scores[c];
        count++;
    }
    return count ? 100 * sum / count : -1;
}

/* Largest number last: what stands in a column, as one. */
static double key_of(const struct cases *cases, const struct judgement_case *item, int column)
{
    double value = -1;
    switch (column) {
    case COLUMN_STATE:
        return (double)item->item->state;
    case COLUMN_FIRST:
    case COLUMN_SECOND:
        if (item->item->candidate)
            outputs_measure(item->item->candidate, cases->measures[column - COLUMN_FIRST], &value);
        return value;
    case COLUMN_LATENCY:
        return item->item->candidate ? item->item->candidate->latency_ms : -1;
    case COLUMN_SCORES:
        return mean_score(item);
    default:
        return (double)item->comment.size;
    }
}

static const struct cases *sorting; /* of the one thread that sorts */

static int by_column(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const struct judgement_case *left = session_case(sorting->page->session, x->at),
                                *right = session_case(sorting->page->session, y->at);
    int order = 0;
    if (x->sort == COLUMN_CASE || x->sort == COLUMN_PROMPT) {
        order = x->sort == COLUMN_CASE ? slice_compare(left->item->id, right->item->id)
                                       : slice_compare(left->prompt->id, right->prompt->id);
    } else if (x->sort >= 0) {
        double p = x->sort == COLUMN_FLAGS ? (double)x->flags : key_of(sorting, left, x->sort),
               q = x->sort == COLUMN_FLAGS ? (double)y->flags : key_of(sorting, right, x->sort);
        order = p < q ? -1 : p > q;
    }
    if (order != 0)
        return x->down ? -order : order;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void build_rows(struct cases *cases)
{
    cases->count = 0;
    size_t count = cases->page->session ? session_count(cases->page->session) : 0;
    for (size_t at = 0; at < count; at++)
        *ARRAY_PUSH(cases->rows, cases->count, cases->capacity) =
            (struct row){.at = at,
                         .flags = open_flags(cases->page, session_case(cases->page->session, at)),
                         .sort = cases->list.sort,
                         .down = cases->list.sort_down};
    sorting = cases;
    if (count > 1)
        qsort(cases->rows, count, sizeof *cases->rows, by_column);
    list_reload(&cases->list);
}

/* --- cells --------------------------------------------------------------------------------------------------------- */

static void draw_case(const struct cases *cases, const struct judgement_case *item, size_t at, struct area cell)
{
    bool scored = session_is_scored(cases->page->session, at);
    bool scores = desk_scores(cases->page->dossier->workspace) && session_can_score(cases->page->session, at);
    bool done = item->seen && (scored || !scores);
    canvas_put(cell, 0, 0,
               done                   ? ROLE_GOOD
               : item->seen || scored ? ROLE_TEXT
                                      : ROLE_PENDING,
               canvas_symbol(cell.canvas, done                   ? SYMBOL_FILLED
                                          : item->seen || scored ? SYMBOL_HOLLOW
                                                                 : SYMBOL_DOT));
    label_field(cell, 0, 2, cell.columns - 2, CANVAS_LEFT, ROLE_TEXT, item->item->id);
}

static void draw_scores(const struct cases *cases, const struct judgement_case *item, struct area cell)
{
    const struct rubric *rubric = session_rubric(cases->page->session);
    int column = 0;
    for (size_t c = 0; rubric && c < rubric->count; c++) {
        int score = item->scores[c];
        if (score == JUDGEMENT_NO_SCORE)
            column = canvas_printf(cell, 0, column, ROLE_DIM, "%s  ", canvas_symbol(cell.canvas, SYMBOL_DOT));
        else if (score < rubric->criteria[c].minimum)
            column = canvas_printf(cell, 0, column, ROLE_WARNING | PEN_BOLD, "%d%s ", score,
                                   canvas_symbol(cell.canvas, SYMBOL_DOWN));
        else
            column = canvas_printf(cell, 0, column, ROLE_TEXT | PEN_BOLD, "%d  ", score);
    }
}

static void draw_number(struct area cell, double value, unsigned pen)
{
    char text[LABEL_SIZE];
    label_number(value, text);
    canvas_field(cell, 0, 0, cell.columns, CANVAS_RIGHT, pen, slice_of(text));
}

static void draw_measure(const struct cases *cases, const struct judgement_case *item, int column, struct area cell)
{
    const char *name = cases->measures[column - COLUMN_FIRST];
    double value;
    if (item->item->candidate && outputs_measure(item->item->candidate, name, &value))
        draw_number(cell, value, ROLE_TEXT);
}

static void draw_state(const struct judgement_case *item, struct area cell)
{
    const char *words = staleness_words(item->item->state);
    if (!item->item->golden)
        words = "not in the golden dataset";
    canvas_field(cell, 0, 0, cell.columns, CANVAS_LEFT, item->item->state == STALENESS_UNPROVED ? ROLE_DIM : ROLE_BAD,
                 slice_of(words));
}

static void rows_cell(void *context, size_t row, size_t column, struct area cell)
{
    const struct cases *cases = context;
    const struct judgement_case *item = case_of(cases, row);
    switch (column) {
    case COLUMN_CASE:
        draw_case(cases, item, cases->rows[row].at, cell);
        break;
    case COLUMN_PROMPT:
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM, item->prompt->id);
        break;
    case COLUMN_STATE:
        draw_state(item, cell);
        break;
    case COLUMN_FIRST:
    case COLUMN_SECOND:
        draw_measure(cases, item, (int)column, cell);
        break;
    case COLUMN_LATENCY:
        if (item->item->candidate && item->item->candidate->latency_ms >= 0)
            canvas_printf(cell, 0, 0, ROLE_DIM, "%6.0f", item->item->candidate->latency_ms);
        break;
    case COLUMN_FLAGS:
        if (cases->rows[row].flags > 0)
            canvas_printf(cell, 0, 0, ROLE_WARNING, "%3s %zu", canvas_symbol(cell.canvas, SYMBOL_FLAG),
                          cases->rows[row].flags);
        break;
    case COLUMN_SCORES:
        draw_scores(cases, item, cell);
        break;
    default:
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM, item->comment);
    }
}

/* --- building ------------------------------------------------------------------------------------------------------ */

static void find_measures(struct cases *cases)
{
    cases->measures[0][0] = cases->measures[1][0] = '\0';
    for (size_t at = 0; at < session_count(cases->page->session) && !cases->measures[0][0]; at++) {
        const struct output *output = session_case(cases->page->session, at)->item->candidate;
        for (size_t i = 0; output && i < output->measure_count && i < MEASURES; i++)
            snprintf(cases->measures[i], LABEL_SIZE, "%.*s", SLICE_ARG(output->measures[i].name));
    }
}

static void build_columns(struct cases *cases)
{
    const struct rubric *rubric = session_rubric(cases->page->session);
    int scores = rubric ? 3 * (int)rubric->count - 1 : 0;
    bool state = false, many = cases->page->module->prompt_count > 1;
    for (size_t at = 0; at < session_count(cases->page->session); at++)
        state = state || session_case(cases->page->session, at)->item->state != STALENESS_FRESH;
    struct list_column *columns = cases->columns;
    columns[COLUMN_CASE] = (struct list_column){"  CASE", .columns = 20, .grow = 2};
    columns[COLUMN_PROMPT] = (struct list_column){"PROMPT", .columns = 14, .grow = many, .drop = many ? 2 : 9};
    columns[COLUMN_STATE] = (struct list_column){"OUTPUT", .columns = 16, .drop = state ? 1 : 8};
    columns[COLUMN_FIRST] = (struct list_column){cases->measures[0], .columns = 10, .align = CANVAS_RIGHT,
                                                 .drop = cases->measures[0][0] ? 3 : 10};
    columns[COLUMN_SECOND] = (struct list_column){cases->measures[1], .columns = 10, .align = CANVAS_RIGHT,
                                                  .drop = cases->measures[1][0] ? 5 : 10};
    columns[COLUMN_LATENCY] = (struct list_column){"    MS", .columns = 6, .drop = 7};
    columns[COLUMN_FLAGS] = (struct list_column){"FLAGS", .columns = 5};
    columns[COLUMN_SCORES] = (struct list_column){"SCORES", .columns = scores < 6 ? 6 : scores};
    columns[COLUMN_COMMENT] = (struct list_column){"COMMENT", .columns = 12, .grow = 2, .drop = 6};
}

static void build(const struct change_page *page, void *state)
{
    struct cases *cases = state;
    cases->page = page;
    if (!cases->ready) {
        cases->type = (struct list_type){.columns = cases->columns,
                                         .column_count = COLUMN_COUNT,
                                         .empty = "There are no cases here: the tab Prompt shows what changes.",
                                         .count = rows_count,
                                         .cell = rows_cell,
                                         .text = rows_text,
                                         .identity = rows_identity};
        list_init(&cases->list, &cases->type, cases);
        cases->ready = true;
    }
    if (page->session) {
        find_measures(cases);
        build_columns(cases);
    }
    build_rows(cases);
}

static void clear(void *state)
{
    struct cases *cases = state;
    if (cases->ready)
        list_clear(&cases->list);
    memory_free(cases->rows);
}

static unsigned sort_by(struct cases *cases, int column)
{
    struct list *list = &cases->list;
    if (column >= 0 && column == list->sort)
        list->sort_down = !list->sort_down;
    else
        list->sort = column >= 0 ? column : list->sort + 1 < COLUMN_COUNT ? list->sort + 1 : -1;
    build_rows(cases);
    return REACT_DONE;
}

static unsigned act(const struct change_page *page, void *state, const struct command *command)
{
    struct cases *cases = state;
    switch (command->action) {
    case ACTION_OPEN:
        if (cases->count == 0)
            return REACT_HANDLED;
        return view_push(
            page->view->stack, &case_screen_view,
            &(struct case_screen_place){page->dossier, page->session, cases->rows[cases->list.selected].at});
    case ACTION_SORT:
        return sort_by(cases, -1);
    case ACTION_SORT_TURN:
        cases->list.sort_down = !cases->list.sort_down;
        build_rows(cases);
        return REACT_DONE;
    default:
        return list_act(&cases->list, command);
    }
}

static unsigned mouse(const struct change_page *page, void *state, const struct mouse *mouse)
{
    struct cases *cases = state;
    struct command command = {.action = ACTION_NONE, .number = -1};
    unsigned reaction = list_mouse(&cases->list, mouse, &command);
    if (command.action == ACTION_SORT)
        return sort_by(cases, command.number);
    return command.action == ACTION_NONE ? reaction : act(page, state, &command);
}

static void badge(const struct change_page *page, struct str *out)
{
    struct session_progress progress = session_progress(page->session);
    const struct gate_module_verdict *verdict = dossier_verdict(page->dossier, page->module);
    if (progress.scored > 0)
        str_appendf(out, "%zu of %zu%s", progress.scored, progress.to_score,
                    verdict && verdict->scored < progress.scored ? " in your draft" : "");
    else
        str_appendf(out, "%zu", progress.cases);
}

const struct change_tab change_cases_tab = {
    .title = "Cases",
    .size = sizeof(struct cases),
    .build = build,
    .clear = clear,
    .act = act,
    .mouse = mouse,
    .draw = change_list_draw,
    .search = change_list_search,
    .badge = badge,
};
