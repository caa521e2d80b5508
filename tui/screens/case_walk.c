#include "assay/screens/case_walk.h"

#include "assay/data/json_encode.h"
#include "assay/screens/case_measure.h"
#include "assay/screens/case_sides.h"

enum { INPUT_MAX = 4096 };

static void describe_input(struct case_screen *screen)
{
    const struct module_case *item = case_state_current(screen)->item;
    const struct value *vars = item->golden ? item->golden->vars : NULL;
    str_reset(&screen->input);
    for (size_t i = 0; i < value_count(vars) && screen->input.size < INPUT_MAX; i++) {
        const struct value_pair *pair = value_pair_at(vars, i);
        if (i > 0)
            str_append_text(&screen->input, "   ");
        str_append(&screen->input, pair->key);
        str_append_text(&screen->input, " = ");
        if (value_is_text(&pair->value))
            str_append(&screen->input, slice_part(pair->value.text, 0, INPUT_MAX));
        else
            json_encode(&pair->value, JSON_CANONICAL, &screen->input);
    }
}

static size_t first_open_criterion(const struct case_screen *screen)
{
    const struct rubric *rubric = session_rubric(screen->session);
    for (size_t c = 0; rubric && c < rubric->count; c++)
        if (case_state_current(screen)->scores[c] == SESSION_NO_SCORE)
            return c;
    return 0;
}

void case_walk_go(struct case_screen *screen, size_t at)
{
    screen->at = at;
    screen->revealed = false;
    if (screen->showing == CASE_BASELINE) /* scores are about the candidate: it stands there when a case is opened */
        screen->showing = CASE_CANDIDATE;
    screen->criteria.marked = first_open_criterion(screen);
    describe_input(screen);
    case_measure_start(screen);
    case_sides_show(screen, false);
}

static size_t next_unseen(const struct case_screen *screen)
{
    size_t count = session_count(screen->session);
    for (size_t step = 1; step <= count; step++) {
        size_t at = (screen->at + step) % count;
        if (!session_case(screen->session, at)->seen)
            return at;
    }
    return SESSION_NOT_FOUND;
}

unsigned case_walk_on(struct case_screen *screen)
{
    case_state_settle(screen);
    size_t next = screen->scores ? session_next_unscored(screen->session, screen->at) : SESSION_NOT_FOUND;
    bool scoring = next != SESSION_NOT_FOUND;
    if (!scoring)
        next = next_unseen(screen);
    if (next == screen->at || next == SESSION_NOT_FOUND) {
        view_say(screen->view, next == SESSION_NOT_FOUND ? ROLE_GOOD : ROLE_WARNING, "%s",
                 next == SESSION_NOT_FOUND ? "Every case is done. S shows what will be signed."
                 : scoring ? "Only this case is left: its scores, or the comment that they need, are missing."
                           : "Only this case is left: scroll to its end.");
        return REACT_DONE;
    }
    if (!scoring)
        view_say(screen->view, ROLE_MESSAGE, "This case was not read to its end yet: scroll down, then Enter.");
    else if (next <= screen->at)
        view_say(screen->view, ROLE_MESSAGE, "From the beginning again: what was left open.");
    case_walk_go(screen, next);
    return REACT_DONE;
}

unsigned case_walk_step(struct case_screen *screen, int by)
{
    size_t count = session_count(screen->session);
    if ((by < 0 && screen->at == 0) || (by > 0 && screen->at + 1 >= count)) {
        view_say(screen->view, ROLE_MESSAGE, by < 0 ? "This is the first case." : "This is the last case.");
        return REACT_DONE;
    }
    case_state_settle(screen);
    case_walk_go(screen, by < 0 ? screen->at - 1 : screen->at + 1);
    return REACT_DONE;
}
