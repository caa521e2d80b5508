#include "assay/screens/record_page.h"

#include <stdio.h>

#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/screens/text_screen.h"
#include "assay/text/utf8.h"

/* --- a row --------------------------------------------------------------------------------------------------------- */

static struct slice who(const struct ledger_record *record)
{
    if (record->decoded == RECORD_OK && record->record.reviewer.name.size > 0)
        return record->record.reviewer.name;
    return record->principal.size > 0 ? record->principal : SLICE("unknown");
}

/* Why it does not count, as far as that is known. */
static struct finding fault_of(const struct record_page *page)
{
    return page->finding.reason != REASON_NONE ? page->finding : page->gate;
}

static void draw_who(const struct record_page *page, struct area cell)
{
    bool good = reason_is_harmless(fault_of(page).reason);
    canvas_put(cell, 0, 0, good ? ROLE_GOOD : ROLE_BAD,
               canvas_symbol(cell.canvas, good ? SYMBOL_CHECK : SYMBOL_REJECT));
    label_field(cell, 0, 2, cell.columns - 2, CANVAS_LEFT, ROLE_TEXT, who(page->record));
}

/* What is to be said of it first, then the reviewer's own words. */
static void draw_remark(const struct record_page *page, struct area cell)
{
    const struct ledger_record *record = page->record;
    struct finding fault = fault_of(page);
    struct slice own = record->decoded == RECORD_OK ? record->record.comment : (struct slice){0};
    const char *remark = NULL;
    unsigned pen = ROLE_WARNING;
    int column = 0;
    if (page->succession != SUCCESSION_NONE) {
        remark = succession_name(page->succession);
    } else if (fault.reason != REASON_NONE) {
        remark = reason_words(fault.reason);
        pen = reason_is_harmless(fault.reason) ? ROLE_DIM : ROLE_BAD;
    } else if (record->places & LEDGER_WAITING) {
        remark = "waiting to be sent";
    }
    if (remark)
        column = label_cut(cell, 0, 0, cell.columns, pen, slice_of(remark)) + 2;
    if (own.size > 0 && cell.columns - column > 4)
        label_field(cell, 0, column, cell.columns - column, CANVAS_LEFT, ROLE_DIM, own);
}

/* The day and the minute, as the record says them, in UTC. */
static void draw_when(struct slice signed_at, struct area cell)
{
    char text[LABEL_SIZE];
    struct slice day = slice_part(signed_at, 0, 10), minute = slice_part(signed_at, 11, 5);
    snprintf(text, sizeof text, "%.*s %.*s", SLICE_ARG(day), SLICE_ARG(minute));
    label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM, slice_of(text));
}

void record_page_cell(const struct record_page *page, enum record_page_column column, struct area cell)
{
    const struct ledger_record *record = page->record;
    static const unsigned pens[] = {ROLE_GOOD, ROLE_BAD, ROLE_DIM, ROLE_WARNING};
    const struct record *content = record->decoded == RECORD_OK ? &record->record : NULL;
    struct slice text = {0};
    unsigned pen = ROLE_TEXT;
    switch (column) {
    case RECORD_PAGE_WHO:
        draw_who(page, cell);
        return;
    case RECORD_PAGE_REMARK:
        draw_remark(page, cell);
        return;
    case RECORD_PAGE_VERDICT:
        text = slice_of(content ? label_verdict(content->verdict) : "cannot be read");
        pen = content ? page->succession != SUCCESSION_NONE ? ROLE_DIM : pens[content->verdict] : ROLE_BAD;
        break;
    case RECORD_PAGE_ROLE:
        text = content ? content->reviewer.role : text;
        pen = ROLE_DIM;
        break;
    case RECORD_PAGE_MODULE:
        text = content ? content->module.name : text;
        break;
    case RECORD_PAGE_CHANGE:
        text = record->change;
        break;
    case RECORD_PAGE_WHEN:
        if (content && content->signed_at.size >= 16)
            draw_when(content->signed_at, cell);
        return;
    }
    label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, pen, text);
}

void record_page_text(const struct ledger_record *record, struct str *out)
{
    sanitise_append(out, who(record), SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, record->change, SANITISE_LINE);
    if (record->decoded != RECORD_OK)
        return;
    str_appendf(out, " %s ", label_verdict(record->record.verdict));
    sanitise_append(out, record->record.module.name, SANITISE_LINE);
    str_push(out, ' ');
    sanitise_append(out, record->record.comment, SANITISE_LINE);
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

/* What was found in it, or why it does not count, and what would make it count. */
static void add_finding(struct leaf *leaf, const struct finding *finding, const char *no)
{
    unsigned pen = reason_is_harmless(finding->reason) ? ROLE_DIM : ROLE_BAD;
    leaf_addf(leaf, pen, "%s %s: %s\n", no, reason_name(finding->reason), reason_words(finding->reason));
    if (finding->detail.size > 0) {
        leaf_label(leaf, "");
        leaf_add(leaf, pen, finding->detail);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
    leaf_label(leaf, "What to do");
    leaf_addf(leaf, ROLE_TEXT, "%s\n", reason_advice(finding->reason));
}

static void add_verdict(struct leaf *leaf, const struct record_page *page)
{
    leaf_label(leaf, "Verified");
    if (page->finding.reason != REASON_NONE) {
        add_finding(leaf, &page->finding, "no,");
        return;
    }
    leaf_put(leaf, ROLE_GOOD, "yes: signed by the key of this person\n");
    if (page->gate.reason != REASON_NONE) {
        leaf_label(leaf, "Counts");
        add_finding(leaf, &page->gate, "no,");
    }
}

static void add_fact(struct leaf *leaf, const char *label, unsigned pen, struct slice text)
{
    leaf_label(leaf, label);
    leaf_add(leaf, pen, text);
    leaf_put(leaf, ROLE_TEXT, "\n");
}

/* Columns of the widest case, so that the scores stand below each other. */
static size_t case_columns(const struct record *record)
{
    enum { CASE_MAX = 32 };
    size_t most = 0;
    for (size_t i = 0; i < record->score_count; i++) {
        size_t columns = utf8_columns(record->scores[i].case_id);
        most = columns > most ? columns : most;
    }
    return most < CASE_MAX ? most : CASE_MAX;
}

static void add_criteria(struct leaf *leaf, const struct record *record, const signed char *scores, const char *none)
{
    for (size_t c = 0; c < record->criteria_count; c++) {
        leaf_put(leaf, ROLE_DIM, "  ");
        leaf_add(leaf, ROLE_DIM, record->criteria[c]);
        if (scores[c] >= 0)
            leaf_addf(leaf, ROLE_TEXT | PEN_BOLD, " %d", scores[c]);
        else
            leaf_addf(leaf, ROLE_DIM, " %s", none);
    }
    leaf_put(leaf, ROLE_TEXT, "\n");
}

/* By prompt, a case a line; what was remarked stands below it. */
static void add_scores(struct leaf *leaf, const struct record *record, const char *none)
{
    struct slice prompt = {.data = NULL};
    size_t columns = case_columns(record);
    if (record->score_count > 0)
        leaf_heading(leaf, "Scores");
    for (size_t i = 0; i < record->score_count; i++) {
        const struct record_score *score = &record->scores[i];
        size_t width = utf8_columns(score->case_id);
        if (!slice_equal(prompt, score->prompt)) {
            prompt = score->prompt;
            leaf_put(leaf, ROLE_TEXT, "  ");
            leaf_add(leaf, ROLE_TEXT, prompt);
            leaf_put(leaf, ROLE_TEXT, "\n");
        }
        leaf_put(leaf, ROLE_TEXT, "    ");
        leaf_add(leaf, ROLE_ACCENT, score->case_id);
        leaf_addf(leaf, ROLE_TEXT, "%*s", (int)(width < columns ? columns - width : 0), "");
        add_criteria(leaf, record, score->scores, none);
        if (score->comment.size > 0) {
            leaf_put(leaf, ROLE_TEXT, "      ");
            leaf_add(leaf, ROLE_DIM, score->comment);
            leaf_put(leaf, ROLE_TEXT, "\n");
        }
    }
}

static void add_flags(struct leaf *leaf, const struct record *record)
{
    if (record->flag_count + record->triage_count > 0)
        leaf_heading(leaf, "Flags");
    for (size_t i = 0; i < record->flag_count; i++) {
        leaf_addf(leaf, ROLE_WARNING, "  raised  %.*s ", SLICE_ARG(record->flags[i].code));
        leaf_add(leaf, ROLE_ACCENT, record->flags[i].case_id);
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_TEXT, record->flags[i].comment);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
    for (size_t i = 0; i < record->triage_count; i++) {
        leaf_addf(leaf, ROLE_TEXT, "  %s  %.*s ", label_decision(record->triage[i].decision),
                  SLICE_ARG(record->triage[i].flag));
        leaf_add(leaf, ROLE_ACCENT, record->triage[i].case_id);
        leaf_put(leaf, ROLE_TEXT, "  ");
        leaf_add(leaf, ROLE_TEXT, record->triage[i].reason);
        leaf_put(leaf, ROLE_TEXT, "\n");
    }
}

static void add_file(struct leaf *leaf, const struct ledger_record *record)
{
    struct str file = STR_INIT;
    finding_file(record, &file);
    add_fact(leaf, "File", ROLE_DIM, str_slice(&file));
    str_clear(&file);
}

static void add_commands(struct leaf *leaf, const struct workspace *workspace, const struct ledger_record *record)
{
    struct str lines = STR_INIT;
    finding_commands(workspace, record, SLICE("record"), "  ", &lines);
    if (lines.size > 0) {
        leaf_heading(leaf, "To verify it without assay");
        leaf_add_text(leaf, ROLE_CODE, str_slice(&lines));
    }
    str_clear(&lines);
}

unsigned record_page_open(struct view *view, const struct record_page *shown)
{
    const struct workspace *workspace = shown->workspace;
    const struct ledger_record *record = shown->record;
    struct leaf leaf;
    struct str bytes = STR_INIT, armor = STR_INIT;
    struct error error = ERROR_INIT;
    char name[64 + 1];
    leaf_init(&leaf);
    digest_format_hex(&record->name, name);
    leaf_heading(&leaf, "Record");
    add_verdict(&leaf, shown);
    add_fact(&leaf, "By", ROLE_ACCENT, who(record));
    add_fact(&leaf, "Signer", ROLE_DIM, record->principal.size > 0 ? record->principal : SLICE("not known"));
    add_fact(&leaf, "Name", ROLE_DIM, slice_of(name));
    add_file(&leaf, record);
    add_fact(&leaf, "Change", ROLE_TEXT, record->change);
    if (record->decoded == RECORD_OK) {
        const struct record *content = &record->record;
        add_fact(&leaf, "Module", ROLE_TEXT, content->module.name);
        add_fact(&leaf, "Says", ROLE_TEXT, slice_of(label_verdict(content->verdict)));
        add_fact(&leaf, "As", ROLE_TEXT, content->reviewer.role);
        if (content->meaning.size > 0)
            add_fact(&leaf, "Meaning", ROLE_TEXT, content->meaning);
        add_fact(&leaf, "When", ROLE_TEXT, content->signed_at);
        add_fact(&leaf, "Comment", ROLE_TEXT, content->comment);
        add_scores(&leaf, content, desk_sign(workspace, SYMBOL_NONE));
        add_flags(&leaf, content);
    }
    add_commands(&leaf, workspace, record);
    leaf_heading(&leaf, "The bytes that were signed");
    if (ledger_read_bytes(workspace, record, &bytes, &armor, &error) < 0)
        leaf_add(&leaf, ROLE_BAD, slice_of(error.text));
    leaf_add_text(&leaf, ROLE_DIM, str_slice(&bytes));
    struct text_screen_page page = {.title = SLICE("A signed record"), .leaf = &leaf, .copy = str_slice(&bytes)};
    unsigned reaction = view_push(view->stack, &text_screen_view, &page);
    str_clear(&armor);
    str_clear(&bytes);
    leaf_clear(&leaf);
    return reaction;
}
