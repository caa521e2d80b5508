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
        if (case_state_current(screen)->scores[c] == JUDGEMENT_NO_SCORE)
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
    return JUDGEMENT_NOT_FOUND;
}

static bool shows_candidate(const struct case_screen *screen)
{
    return screen->showing != CASE_BASELINE && (sides_both(&screen->sides) || screen->sides.side == 1 || screen->blind);
}

/* Enter reads on before it goes on: what was not on the screen to its end is not passed by a habit of the hand. */
static unsigned read_on(struct case_screen *screen)
{
    struct sides *sides = &screen->sides;
    if (!shows_candidate(screen)) {
        sides->side = 1;
        if (screen->showing == CASE_BASELINE)
            screen->showing = CASE_CANDIDATE;
        case_sides_show(screen, false);
        view_say(screen->view, ROLE_MESSAGE, "Here is the candidate: read it to its end, then Enter goes on.");
        return REACT_DONE;
    }
    unsigned reaction = sides_act(sides, &(struct command){.action = ACTION_PAGE_DOWN, .number = -1});
    bool ends = sides_ends(sides, 0) || sides_ends(sides, 1);
    view_say(screen->view, ROLE_MESSAGE, "%s",
             ends ? "This was the end: Enter goes on to the next case."
                  : "This case is not read to its end yet: Enter reads on.");
    case_state_settle_later(screen);
    return reaction;
}

unsigned case_walk_on(struct case_screen *screen)
{
    if (session_is_read_only(screen->session))
        return case_walk_step(screen, 1);
    case_state_settle(screen);
    if (!case_state_current(screen)->seen)
        return read_on(screen);
    size_t next = screen->scores ? session_next_unscored(screen->session, screen->at) : JUDGEMENT_NOT_FOUND;
    if (next == JUDGEMENT_NOT_FOUND)
        next = next_unseen(screen);
    if (next == JUDGEMENT_NOT_FOUND) {
        view_say(screen->view, ROLE_GOOD, "Every case is done. S shows what will be signed.");
        return REACT_DONE;
    }
    if (next == screen->at) {
        view_say(screen->view, ROLE_WARNING,
                 "Only this case is left: its scores, or the comment that they need, are missing.");
        return REACT_DONE;
    }
    if (next <= screen->at)
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
