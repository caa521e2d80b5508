#include "assay/screens/case_paint.h"

#include <stdio.h>

#include "assay/base/array.h"
#include "assay/screens/label.h"

enum { DOTS_MAX = 24 };

static void draw_dots(const struct case_screen *screen, struct area line, int column)
{
    size_t count = session_count(screen->session);
    for (size_t at = 0; at < count; at++) {
        bool scored =
            !screen->scores || !session_can_score(screen->session, at) || session_is_scored(screen->session, at);
        bool done = scored && session_case(screen->session, at)->seen;
        canvas_put(line, 0, column + (int)at, at == screen->at ? ROLE_TITLE | PEN_BOLD | PEN_UNDERLINE : ROLE_STATUS,
                   canvas_symbol(line.canvas, done ? SYMBOL_FILLED : SYMBOL_HOLLOW));
    }
}

static size_t count_flags(const struct case_screen *screen)
{
    const struct gate_module_verdict *verdict = dossier_verdict(screen->dossier, screen->module);
    return (verdict ? verdict->open_flags : 0) + session_progress(screen->session).flags;
}

/* Change, module, prompt, case: where there is no room the first go first, for the case is what one looks at. */
static void draw_path(const struct case_screen *screen, struct area line)
{
    const struct judgement_case *item = case_state_current(screen);
    const struct slice parts[] = {screen->dossier->load.change, screen->module->name, item->prompt->id, item->item->id};
    struct str path = STR_INIT;
    for (size_t first = 0; first < ARRAY_COUNT(parts); first++) {
        str_reset(&path);
        for (size_t i = first; i < ARRAY_COUNT(parts); i++) {
            if (i > first)
                str_appendf(&path, " %s ", canvas_symbol(line.canvas, SYMBOL_SMALL_POINTER));
            sanitise_append(&path, parts[i], SANITISE_LINE);
        }
        if (canvas_width(str_slice(&path)) <= line.columns)
            break;
    }
    canvas_field(line, 0, 0, line.columns, CANVAS_LEFT, ROLE_TITLE, str_slice(&path));
    str_clear(&path);
}

void case_paint_title(struct view *view, struct area line)
{
    const struct case_screen *screen = view->state;
    size_t count = session_count(screen->session), flags = count_flags(screen);
    struct session_progress progress = session_progress(screen->session);
    char place[LABEL_SIZE];
    bool dots = count <= DOTS_MAX && line.columns >= 90;
    int end = line.columns - 1;
    if (flags > 0) {
        snprintf(place, sizeof place, "%s %zu", canvas_symbol(line.canvas, SYMBOL_FLAG), flags);
        end -= canvas_width(slice_of(place));
        canvas_put(line, 0, end, ROLE_TITLE | PEN_BOLD, place);
        end -= 2;
    }
    if (dots) {
        end -= (int)count;
        draw_dots(screen, line, end);
        end -= 2;
    }
    size_t done = screen->scores ? progress.judged : progress.seen, all = screen->scores ? progress.to_score : count;
    snprintf(place, sizeof place, dots ? "case %zu of %zu" : "case %zu of %zu  %zu of %zu done", screen->at + 1, count,
             done, all);
    end -= canvas_width(slice_of(place));
    canvas_put(line, 0, end, ROLE_STATUS, place);
    draw_path(screen, area_part(line, 0, 1, 1, end - 3));
}

static void draw_input(const struct case_screen *screen, struct area line)
{
    static const char hint[] = "i full prompt";
    int end = line.columns - (int)sizeof hint;
    int column = canvas_put(line, 0, 1, ROLE_DIM, "Input") + 2;
    label_cut(line, 0, column, end - column - 2, ROLE_TEXT, str_slice(&screen->input));
    canvas_put(line, 0, end, ROLE_KEY, "i");
    canvas_put(line, 0, end + 2, ROLE_DIM, "full prompt");
}

/* What others said about this output; hidden until one's own scores are in where several are asked for. */
static void describe_others(const struct case_screen *screen, const char *none, struct str *out)
{
    const struct ledger *ledger = &screen->dossier->ledger;
    const struct workspace *workspace = screen->dossier->workspace;
    const struct judgement_case *item = case_state_current(screen);
    bool hidden = workspace_has_policy(workspace) && workspace->policy.overlap > 1 &&
                  !session_is_scored(screen->session, screen->at);
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (record->decoded != RECORD_OK || record->signature != GATE_SIGNATURE_GOOD ||
            slice_equal(record->principal, workspace->identity.principal))
            continue;
        for (size_t s = 0; s < record->record.score_count; s++) {
            const struct record_score *scored = &record->record.scores[s];
            if (!digest_equal(&scored->output, &item->output) || !slice_equal(scored->case_id, item->item->id) ||
                !slice_equal(scored->prompt, item->prompt->id))
                continue;
            str_append_text(out, out->size ? ", " : "Others: ");
            sanitise_append(out, record->record.reviewer.name, SANITISE_LINE);
            for (size_t c = 0; c < record->record.criteria_count && !hidden; c++) {
                if (scored->scores[c] < 0)
                    str_appendf(out, " %s", none);
                else
                    str_appendf(out, " %d", scored->scores[c]);
            }
            if (hidden)
                str_append_text(out, " (shown after yours)");
        }
    }
}

static void draw_remarks(const struct case_screen *screen, struct area line)
{
    const struct judgement_case *item = case_state_current(screen);
    struct str others = STR_INIT;
    int column = 1, end = line.columns - 1;
    describe_others(screen, canvas_symbol(line.canvas, SYMBOL_NONE), &others);
    if (others.size > 0 && canvas_width(str_slice(&others)) < line.columns / 2) {
        end -= canvas_width(str_slice(&others)) + 1;
        canvas_text(line, 0, end, ROLE_DIM, str_slice(&others));
        end -= 2;
    }
    for (size_t i = 0; i < item->flag_count && column < end - 8; i++) {
        column = canvas_put(line, 0, column, ROLE_WARNING, canvas_symbol(line.canvas, SYMBOL_FLAG)) + 1;
        column = label_cut(line, 0, column, end - column, ROLE_WARNING, item->flags[i].code) + 1;
        column = label_cut(line, 0, column, end - column, ROLE_TEXT, item->flags[i].comment) + 2;
    }
    if (item->comment.size > 0 && column < end - 10) {
        column = canvas_put(line, 0, column, ROLE_DIM, "Comment") + 2;
        label_cut(line, 0, column, end - column, ROLE_TEXT, item->comment);
    } else if (session_needs_comment(screen->session, screen->at)) {
        canvas_put(line, 0, column, ROLE_WARNING, "This score needs a comment: c");
    } else if (item->carried) {
        canvas_put(line, 0, column, ROLE_DIM, "Your scores from before: the output is the same.");
    } else if (item->answer.size > 0 && screen->blind) {
        column = canvas_put(line, 0, column, ROLE_DIM, "Your answer") + 2;
        label_cut(line, 0, column, end - column, ROLE_SCORE, item->answer);
    }
    str_clear(&others);
}

void case_paint_body(struct view *view, struct area body)
{
    struct case_screen *screen = view->state;
    const struct judgement_case *item = case_state_current(screen);
    int criteria = screen->scores ? case_criteria_rows(screen->session, body.rows) : 0;
    int flags = case_evidence_has_flags(screen->dossier, screen->module, item);
    int panes = body.rows - 1 - flags - 1 - criteria - 1;
    draw_input(screen, area_part(body, 0, 0, 1, body.columns));
    int row = 1 + panes;
    case_evidence_draw(area_part(body, row++, 0, 1, body.columns), screen->dossier, item, &screen->evidence,
                       screen->pair.marks[0] + screen->pair.marks[1]);
    if (flags)
        case_evidence_draw_flags(area_part(body, row++, 0, 1, body.columns), screen->dossier, screen->module,
                                 screen->session, item);
    case_criteria_draw(&screen->criteria, screen->session, screen->at, area_part(body, row, 0, criteria, body.columns));
    draw_remarks(screen, area_part(body, row + criteria, 0, 1, body.columns));
    sides_draw(&screen->sides, area_part(body, 1, 0, panes, body.columns));
}
