#include "assay/screens/case_criteria.h"

#include "assay/screens/label.h"

enum { TITLE_MAX = 20, DIGIT_COLUMNS = 3, POINTER_COLUMNS = 3 };

int case_criteria_rows(const struct session *session, int body_rows)
{
    const struct rubric *rubric = session_rubric(session);
    int wanted = rubric ? (int)rubric->count : 0, most = body_rows / 3;
    return wanted < most ? wanted : most;
}

static struct slice title_of(const struct rubric_criterion *criterion)
{
    return criterion->title.size > 0 ? criterion->title : criterion->id;
}

static int title_columns(const struct rubric *rubric)
{
    int widest = 0;
    for (size_t c = 0; c < rubric->count; c++) {
        int width = canvas_width(title_of(&rubric->criteria[c]));
        widest = width > widest ? width : widest;
    }
    return widest > TITLE_MAX ? TITLE_MAX : widest;
}

static int draw_digits(const struct rubric *rubric, int score, struct area line, int column)
{
    for (int level = rubric->scale_low; level <= rubric->scale_high; level++, column += DIGIT_COLUMNS)
        canvas_printf(line, 0, column, level == score ? ROLE_SCORE | PEN_BOLD : ROLE_DIM,
                      level == score ? "[%d]" : " %d ", level);
    return column;
}

/* What each digit would say, before it is pressed. */
static void draw_levels(const struct rubric *rubric, const struct rubric_criterion *criterion, bool marked,
                        struct area line, int column)
{
    if (!marked) {
        canvas_put(line, 0, column, ROLE_PENDING, canvas_symbol(line.canvas, SYMBOL_NONE));
        return;
    }
    struct str words = STR_INIT;
    for (int level = rubric->scale_low; level <= rubric->scale_high; level++) {
        struct slice said = criterion->levels[level - rubric->scale_low];
        if (said.size > 0)
            str_appendf(&words, "%s%d %.*s", words.size ? "   " : "", level, SLICE_ARG(said));
    }
    label_cut(line, 0, column, line.columns - column - 1, ROLE_DIM, str_slice(&words));
    str_clear(&words);
}

static void draw_one(const struct rubric *rubric, size_t at, int score, bool marked, struct area line)
{
    const struct rubric_criterion *criterion = &rubric->criteria[at];
    int titles = title_columns(rubric);
    if (marked)
        canvas_put(line, 0, 1, ROLE_ACCENT, canvas_symbol(line.canvas, SYMBOL_SMALL_POINTER));
    int column = label_field(line, 0, POINTER_COLUMNS, titles, CANVAS_LEFT, marked ? ROLE_ACCENT : ROLE_TEXT,
                             title_of(criterion));
    column = draw_digits(rubric, score, line, column + 2) + 2;
    if (score == JUDGEMENT_NO_SCORE) {
        draw_levels(rubric, criterion, marked, line, column);
        return;
    }
    struct slice words = criterion->levels[score - rubric->scale_low];
    if (score < criterion->minimum)
        column = canvas_printf(line, 0, column, ROLE_WARNING, "%s below %d", canvas_symbol(line.canvas, SYMBOL_DOWN),
                               criterion->minimum) +
                 2;
    label_cut(line, 0, column, line.columns - column - 1, ROLE_TEXT, words);
}

void case_criteria_draw(struct case_criteria *criteria, const struct session *session, size_t at, struct area area)
{
    const struct rubric *rubric = session_rubric(session);
    criteria->drawn = area;
    if (!rubric || area.rows < 1)
        return;
    size_t rows = (size_t)area.rows;
    if (criteria->marked >= rubric->count)
        criteria->marked = rubric->count - 1;
    if (criteria->marked < criteria->top)
        criteria->top = criteria->marked;
    if (criteria->marked >= criteria->top + rows)
        criteria->top = criteria->marked - rows + 1;
    criteria->digits = area.column + POINTER_COLUMNS + title_columns(rubric) + 2;
    for (size_t row = 0; row < rows && criteria->top + row < rubric->count; row++) {
        size_t criterion = criteria->top + row;
        draw_one(rubric, criterion, session_case(session, at)->scores[criterion], criterion == criteria->marked,
                 area_part(area, (int)row, 0, 1, area.columns));
    }
}

bool case_criteria_hit(const struct case_criteria *criteria, const struct session *session, int row, int column,
                       size_t *criterion, int *score)
{
    const struct rubric *rubric = session_rubric(session);
    if (!rubric || !area_holds(criteria->drawn, row, column))
        return false;
    *criterion = criteria->top + (size_t)(row - criteria->drawn.row);
    int level = (column - criteria->digits) / DIGIT_COLUMNS + rubric->scale_low;
    *score = column >= criteria->digits && level <= rubric->scale_high ? level : JUDGEMENT_NO_SCORE;
    return *criterion < rubric->count;
}
