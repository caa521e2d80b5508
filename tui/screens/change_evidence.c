#include "assay/screens/change_evidence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/change_list.h"
#include "assay/screens/label.h"

enum { COLUMN_WHAT, COLUMN_NOW, COLUMN_TODAY, COLUMN_CHANGE, COLUMN_LIMIT, COLUMN_SPREAD, COLUMN_COUNT };
enum { SPREAD_COLUMNS = 16, NAME_SIZE = 64 };

/* One line: a number of the candidate against today's. */
struct line {
    char name[NAME_SIZE];
    bool heading;
    double now, today, limit; /* NaN: none */
    bool low_is_good;
    double spread[SPREAD_COLUMNS]; /* cases in equal steps from the smallest value to the largest */
    size_t values;
};

struct evidence {
    struct list list;
    const struct change_page *page;
    struct line *lines;
    size_t count, capacity;
    double *values; /* of one measure, for a while */
    size_t value_count, value_capacity;
    bool ready;
};

/* --- numbers ------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool value_of(const struct output *output, const char *name, double *value)
{
    if (slice_is(slice_of(name), "latency_ms"))
        *value = output->latency_ms;
    else if (slice_is(slice_of(name), "cost_usd"))
        *value = output->cost_usd;
    else if (slice_is(slice_of(name), "tokens out"))
        *value = output->tokens_output;
    else
        return outputs_measure(output, name, value);
    return *value >= 0;
}

static void collect(struct evidence *evidence, const struct outputs *outputs, const char *name)
{
    double value;
    evidence->value_count = 0;
    for (size_t i = 0; outputs && i < outputs->count; i++)
        if (outputs->items[i].failed.size == 0 && value_of(&outputs->items[i], name, &value))
            *ARRAY_PUSH(evidence->values, evidence->value_count, evidence->value_capacity) = value;
    if (evidence->value_count > 1)
        qsort(evidence->values, evidence->value_count, sizeof *evidence->values, by_value);
}

static double mean(const struct evidence *evidence)
{
    double sum = 0;
    for (size_t i = 0; i < evidence->value_count; i++)
        sum += evidence->values[i];
    return evidence->value_count ? sum / (double)evidence->value_count : NAN;
}

/* Nearest rank. */
static double percentile(const struct evidence *evidence, double share)
{
    if (evidence->value_count == 0)
        return NAN;
    size_t rank = (size_t)ceil(share * (double)evidence->value_count);
    return evidence->values[rank > 0 ? rank - 1 : 0];
}

static void spread(const struct evidence *evidence, struct line *line)
{
    size_t count = evidence->value_count;
    line->values = count;
    if (count == 0)
        return;
    double low = evidence->values[0], width = evidence->values[count - 1] - low;
    for (size_t i = 0; i < count; i++) {
        size_t at = width > 0 ? (size_t)((evidence->values[i] - low) / width * (SPREAD_COLUMNS - 1) + 0.5) : 0;
        line->spread[at < SPREAD_COLUMNS ? at : SPREAD_COLUMNS - 1] += 1;
    }
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

static struct line *add_line(struct evidence *evidence, const char *name)
{
    struct line *line = ARRAY_PUSH(evidence->lines, evidence->count, evidence->capacity);
    *line = (struct line){.now = NAN, .today = NAN, .limit = NAN};
    snprintf(line->name, sizeof line->name, "%s", name);
    return line;
}

static double limit_of(const struct evidence *evidence, const char *name)
{
    const struct workspace *workspace = evidence->page->dossier->workspace;
    double value;
    return workspace_has_policy(workspace) && policy_threshold(&workspace->policy, name, &value) ? value : NAN;
}

static void add_measure(struct evidence *evidence, const struct module_prompt *prompt, const char *name,
                        bool low_is_good)
{
    collect(evidence, prompt->outputs, name);
    if (evidence->value_count == 0)
        return;
    struct line *line = add_line(evidence, name);
    line->now = mean(evidence);
    line->limit = limit_of(evidence, name);
    line->low_is_good = low_is_good;
    spread(evidence, line);
    collect(evidence, prompt->baseline, name);
    line->today = mean(evidence);
}

static void add_latency(struct evidence *evidence, const struct module_prompt *prompt)
{
    add_measure(evidence, prompt, "latency_ms", true);
    collect(evidence, prompt->outputs, "latency_ms");
    if (evidence->value_count == 0)
        return;
    struct line *line = add_line(evidence, "latency_ms, 95 of 100 below");
    line->now = percentile(evidence, 0.95);
    line->limit = limit_of(evidence, "latency_ms_p95");
    line->low_is_good = true;
    collect(evidence, prompt->baseline, "latency_ms");
    line->today = percentile(evidence, 0.95);
}

static void add_pass_rate(struct evidence *evidence, const struct module_prompt *prompt)
{
    const struct workspace *workspace = evidence->page->dossier->workspace;
    struct flags_evidence now = {.policy = workspace_has_policy(workspace) ? &workspace->policy : NULL,
                                 .manifest = evidence->page->module->manifest,
                                 .prompt = prompt->id,
                                 .golden = prompt->golden,
                                 .golden_before = prompt->golden_before,
                                 .outputs = prompt->outputs,
                                 .outputs_before = prompt->baseline};
    struct flags_evidence today = now;
    double rate;
    if (!now.policy || !prompt->outputs || !flags_pass_rate(&now, &rate))
        return;
    struct line *line = add_line(evidence, "cases that pass");
    line->now = rate;
    line->limit = limit_of(evidence, "pass_rate");
    today.outputs = prompt->baseline;
    if (prompt->baseline && flags_pass_rate(&today, &rate))
        line->today = rate;
}

static void add_count(struct evidence *evidence, const char *name, size_t now, double today)
{
    struct line *line = add_line(evidence, name);
    line->now = (double)now;
    line->today = today;
}

static size_t count_failed(const struct outputs *outputs)
{
    size_t failed = 0;
    for (size_t i = 0; outputs && i < outputs->count; i++)
        failed += outputs->items[i].failed.size > 0;
    return failed;
}

static void add_prompt(struct evidence *evidence, const struct module_prompt *prompt)
{
    char name[NAME_SIZE];
    struct str clean = STR_INIT;
    sanitise_append(&clean, prompt->id, SANITISE_LINE);
    add_line(evidence, clean.data)->heading = true;
    str_clear(&clean);
    add_count(evidence, "golden cases", prompt->golden ? prompt->golden->count : 0,
              prompt->golden_before ? (double)prompt->golden_before->count : NAN);
    add_count(evidence, "outputs", prompt->outputs ? prompt->outputs->count : 0,
              prompt->baseline ? (double)prompt->baseline->count : NAN);
    if (prompt->stale_count > 0)
        add_count(evidence, "outputs out of date", prompt->stale_count, NAN);
    if (count_failed(prompt->outputs) > 0)
        add_count(evidence, "outputs that failed", count_failed(prompt->outputs),
                  prompt->baseline ? (double)count_failed(prompt->baseline) : NAN);
    add_pass_rate(evidence, prompt);
    const bool has_outputs = prompt->outputs && prompt->outputs->count > 0;
    for (size_t i = 0; has_outputs && i < prompt->outputs->items[0].measure_count; i++) {
        snprintf(name, sizeof name, "%.*s", SLICE_ARG(prompt->outputs->items[0].measures[i].name));
        add_measure(evidence, prompt, name, slice_is(slice_of(name), "toxicity"));
    }
    add_latency(evidence, prompt);
    add_measure(evidence, prompt, "cost_usd", true);
    add_measure(evidence, prompt, "tokens out", true);
}

/* --- the list ------------------------------------------------------------------------------------------------------ */

static size_t rows_count(void *context)
{
    const struct evidence *evidence = context;
    return evidence->count;
}

static void rows_text(void *context, size_t row, struct str *out)
{
    const struct evidence *evidence = context;
    str_append_text(out, evidence->lines[row].name);
}

static void draw_number(struct area cell, double value, unsigned pen)
{
    char text[LABEL_SIZE];
    if (isnan(value))
        return;
    if (fabs(value) > 0 && fabs(value) < 0.1)
        snprintf(text, sizeof text, "%.4f", value);
    else if (value == floor(value))
        snprintf(text, sizeof text, "%.0f", value);
    else
        label_number(value, text);
    canvas_field(cell, 0, 0, cell.columns, CANVAS_RIGHT, pen, slice_of(text));
}

static unsigned now_pen(const struct line *line)
{
    if (isnan(line->limit))
        return ROLE_TEXT;
    return (line->low_is_good ? line->now > line->limit : line->now < line->limit) ? ROLE_BAD : ROLE_GOOD;
}

static void draw_change(struct area cell, const struct line *line)
{
    double change = line->now - line->today;
    char number[LABEL_SIZE], text[2 * LABEL_SIZE];
    if (isnan(change) || change == 0)
        return;
    bool worse = line->low_is_good ? change > 0 : change < 0;
    if (fabs(change) < 0.1)
        snprintf(number, sizeof number, "%.4f", fabs(change));
    else
        label_number(fabs(change), number);
    snprintf(text, sizeof text, "%s %s", canvas_symbol(cell.canvas, change > 0 ? SYMBOL_UP : SYMBOL_DOWN), number);
    canvas_field(cell, 0, 0, cell.columns, CANVAS_RIGHT, worse ? ROLE_WARNING : ROLE_TEXT, slice_of(text));
}

static void rows_cell(void *context, size_t row, size_t column, struct area cell)
{
    const struct evidence *evidence = context;
    const struct line *line = &evidence->lines[row];
    switch (column) {
    case COLUMN_WHAT:
        label_field(cell, 0, line->heading ? 0 : 2, cell.columns - 2, CANVAS_LEFT,
                    line->heading ? ROLE_ACCENT : ROLE_TEXT, slice_of(line->name));
        break;
    case COLUMN_NOW:
        draw_number(cell, line->now, now_pen(line));
        break;
    case COLUMN_TODAY:
        draw_number(cell, line->today, ROLE_DIM);
        break;
    case COLUMN_CHANGE:
        draw_change(cell, line);
        break;
    case COLUMN_LIMIT:
        draw_number(cell, line->limit, ROLE_DIM);
        break;
    default:
        if (line->values > 1)
            canvas_spark(cell, 0, 0, ROLE_PROGRESS, line->spread, SPREAD_COLUMNS);
    }
}

static const struct list_column columns[] = {
    {"  WHAT", .columns = 24, .grow = 1},
    {"CANDIDATE", .columns = 10, .align = CANVAS_RIGHT},
    {"TODAY", .columns = 8, .align = CANVAS_RIGHT, .drop = 1},
    {"CHANGE", .columns = 9, .align = CANVAS_RIGHT, .drop = 2},
    {"LIMIT", .columns = 8, .align = CANVAS_RIGHT, .drop = 3},
    {"SMALLEST TO LARGEST", .columns = 19, .drop = 4},
};

static const struct list_type type = {
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .empty = "There is no evidence: this module has no prompts.",
    .count = rows_count,
    .cell = rows_cell,
    .text = rows_text,
};

static void build(const struct change_page *page, void *state)
{
    struct evidence *evidence = state;
    evidence->page = page;
    if (!evidence->ready)
        list_init(&evidence->list, &type, evidence);
    evidence->ready = true;
    evidence->count = 0;
    for (size_t p = 0; page->module && p < page->module->prompt_count; p++)
        add_prompt(evidence, &page->module->prompts[p]);
    list_reload(&evidence->list);
}

static void clear(void *state)
{
    struct evidence *evidence = state;
    if (evidence->ready)
        list_clear(&evidence->list);
    memory_free(evidence->lines);
    memory_free(evidence->values);
}

const struct change_tab change_evidence_tab = {
    .title = "Evidence",
    .size = sizeof(struct evidence),
    .build = build,
    .clear = clear,
    .act = change_list_act,
    .mouse = change_list_mouse,
    .draw = change_list_draw,
    .search = change_list_search,
};
