#include "assay/screens/case_screen.h"

#include "assay/screens/case_blind.h"
#include "assay/screens/case_look.h"
#include "assay/screens/case_measure.h"
#include "assay/screens/case_paint.h"
#include "assay/screens/case_remarks.h"
#include "assay/screens/case_sides.h"
#include "assay/screens/case_walk.h"
#include "assay/screens/sign_screen.h"

/* --- scores --------------------------------------------------------------------------------------------------------- */

static unsigned score(struct case_screen *screen, size_t criterion, int level)
{
    const struct rubric *rubric = session_rubric(screen->session);
    struct error error = ERROR_INIT;
    if (screen->showing == CASE_BASELINE && level != JUDGEMENT_NO_SCORE) {
        screen->showing = CASE_CANDIDATE;
        case_sides_show(screen, false);
        view_say(screen->view, ROLE_WARNING, "Scores are about the candidate: here it is. Now score.");
        return REACT_DONE;
    }
    if (session_set_score(screen->session, screen->at, criterion, level, &error) < 0)
        return case_state_failed(screen, &error);
    if (level != JUDGEMENT_NO_SCORE && criterion + 1 < rubric->count)
        screen->criteria.marked = criterion + 1;
    case_state_settle_later(screen);
    if (level != JUDGEMENT_NO_SCORE && level <= rubric->comment_required_at &&
        case_state_current(screen)->comment.size == 0) {
        view_say(screen->view, ROLE_WARNING, "%d or below needs a comment", rubric->comment_required_at);
        return case_remarks_ask_comment(screen, (struct slice){0});
    }
    return REACT_DONE;
}

static unsigned mark_criterion(struct case_screen *screen, int by)
{
    const struct rubric *rubric = session_rubric(screen->session);
    if (!rubric || !screen->scores)
        return sides_act(&screen->sides, &(struct command){.action = ACTION_FLIP, .number = -1});
    size_t count = rubric->count;
    screen->criteria.marked = (screen->criteria.marked + (by < 0 ? count - 1 : 1)) % count;
    case_state_settle_later(screen);
    return REACT_DONE;
}

static unsigned take_back(struct case_screen *screen, bool redo)
{
    struct error error = ERROR_INIT;
    bool stepped;
    size_t at;
    int result = redo ? session_redo(screen->session, &stepped, &at, &error)
                      : session_undo(screen->session, &stepped, &at, &error);
    if (result < 0)
        return case_state_failed(screen, &error);
    if (!stepped)
        view_say(screen->view, ROLE_MESSAGE, redo ? "There is nothing to do again." : "There is nothing to take back.");
    else if (at != JUDGEMENT_NOT_FOUND && at != screen->at)
        case_walk_go(screen, at);
    return REACT_DONE;
}

static unsigned sign(struct case_screen *screen)
{
    struct sign_screen_place place = {screen->dossier, screen->module};
    case_state_settle(screen);
    return view_push(screen->view->stack, &sign_screen_view, &place);
}

/* --- hints ----------------------------------------------------------------------------------------------------------- */

static const enum action wide_hints[] = {ACTION_SCORE,   ACTION_NEXT_FIELD, ACTION_OPEN, ACTION_NEXT_DIFFERENCE,
                                         ACTION_COMMENT, ACTION_FLAG,       ACTION_SIGN, ACTION_BASELINE,
                                         ACTION_DIFF,    ACTION_SOURCE,     ACTION_BACK, ACTION_NONE};
static const enum action narrow_hints[] = {ACTION_SCORE, ACTION_OPEN, ACTION_FLIP,       ACTION_SIGN, ACTION_COMMENT,
                                           ACTION_FLAG,  ACTION_BACK, ACTION_NEXT_FIELD, ACTION_NONE};
static const enum action reader_hints[] = {
    ACTION_OPEN, ACTION_NEXT_DIFFERENCE, ACTION_COMMENT, ACTION_FLAG, ACTION_SIGN, ACTION_BASELINE,
    ACTION_DIFF, ACTION_SOURCE,          ACTION_BACK,    ACTION_NONE};

/* What this person does first, at this width: who does not score is not offered scores, and where one side fits at a
 * time the other is a key away. */
static void choose_hints(struct case_screen *screen)
{
    bool narrow = screen->columns < SIDES_BOTH_COLUMNS;
    screen->view->hints = !narrow ? wide_hints : narrow_hints;
    if (!screen->scores)
        screen->view->hints = narrow ? &narrow_hints[1] : reader_hints;
}

/* --- opening and closing -------------------------------------------------------------------------------------------- */

static void take_up(struct case_screen *screen, size_t at)
{
    struct arena arena = ARENA_INIT;
    struct drafts_place place;
    struct error error = ERROR_INIT;
    const struct rubric *rubric = session_rubric(screen->session);
    if (session_place(screen->session, &arena, &place, &error) < 0)
        view_say_error(screen->view, &error);
    size_t was = session_find(screen->session, place.prompt, place.case_id);
    screen->seed = place.seed;
    bool back = was != JUDGEMENT_NOT_FOUND && (at == JUDGEMENT_NOT_FOUND || at == was);
    case_walk_go(screen, back ? was : at == JUDGEMENT_NOT_FOUND ? 0 : at);
    if (back) {
        size_t criterion = rubric ? rubric_find(rubric, place.criterion) : SIZE_MAX;
        if (criterion != SIZE_MAX)
            screen->criteria.marked = criterion;
        sides_go(&screen->sides, place.scroll > 0 ? (size_t)place.scroll : 0);
        str_append(&screen->typing, place.typing);
        if (slice_is(place.typing_what, "comment"))
            case_remarks_ask_comment(screen, place.typing);
        else if (slice_starts_with(place.typing_what, SLICE("flag:")))
            case_remarks_ask_reason(screen, slice_from(place.typing_what, 5), place.typing);
    }
    arena_clear(&arena);
}

static int open_case(struct view *view, void *argument, struct error *error)
{
    struct case_screen *screen = view->state;
    const struct case_screen_place *place = argument;
    if (session_count(place->session) == 0)
        return error_set(error, ERROR_INPUT, "This module has no cases.");
    screen->view = view;
    screen->desk = desk_of(view);
    screen->dossier = place->dossier;
    screen->session = place->session;
    screen->module = session_module(place->session);
    screen->scores = desk_scores(place->dossier->workspace) && !session_is_read_only(place->session);
    dossier_hold(screen->dossier);
    case_state_init(screen);
    choose_hints(screen);
    desk_keep_place(screen->desk, screen->dossier->load.change, screen->module->path);
    take_up(screen, place->at);
    return 0;
}

static void close_case(struct view *view)
{
    struct case_screen *screen = view->state;
    case_measure_drop(screen);
    case_state_clear(screen);
    dossier_release(screen->dossier);
}

/* --- acting --------------------------------------------------------------------------------------------------------- */

static unsigned back(struct case_screen *screen)
{
    case_state_settle(screen);
    desk_keep_place(screen->desk, (struct slice){0}, (struct slice){0});
    return REACT_CLOSE | REACT_RELOAD | REACT_DONE;
}

static unsigned act_case(struct view *view, const struct command *command)
{
    struct case_screen *screen = view->state;
    switch (command->action) {
    case ACTION_OPEN:
    case ACTION_NEXT_UNSCORED:
        return case_walk_on(screen);
    case ACTION_NEXT_CASE:
        return case_walk_step(screen, 1);
    case ACTION_PREVIOUS_CASE:
        return case_walk_step(screen, -1);
    case ACTION_SCORE:
        return score(screen, screen->criteria.marked, command->number);
    case ACTION_CLEAR_SCORE:
        return score(screen, screen->criteria.marked, JUDGEMENT_NO_SCORE);
    case ACTION_NEXT_FIELD:
        return mark_criterion(screen, 1);
    case ACTION_PREVIOUS_FIELD:
        return mark_criterion(screen, -1);
    case ACTION_COMMENT:
        return case_remarks_ask_comment(screen, case_state_current(screen)->comment);
    case ACTION_EDIT:
        return case_remarks_edit_comment(screen);
    case ACTION_FLAG:
        return case_remarks_ask_flag(screen);
    case ACTION_UNDO:
        return take_back(screen, false);
    case ACTION_REDO:
        return take_back(screen, true);
    case ACTION_SIGN:
        return sign(screen);
    case ACTION_BACK:
        return back(screen);
    case ACTION_BLIND:
        return case_blind_start(screen);
    case ACTION_PREFER_A:
    case ACTION_PREFER_B:
    case ACTION_PREFER_NONE:
    case ACTION_BOTH_BAD:
        return case_blind_answer(screen, command->action);
    default:
        return case_look_act(screen, command);
    }
}

static unsigned mouse_case(struct view *view, const struct mouse *mouse)
{
    struct case_screen *screen = view->state;
    size_t criterion;
    int level;
    if (mouse->kind == MOUSE_PRESS && mouse->button == 1 && screen->scores &&
        case_criteria_hit(&screen->criteria, screen->session, mouse->row, mouse->column, &criterion, &level)) {
        screen->criteria.marked = criterion;
        if (level != JUDGEMENT_NO_SCORE && session_can_score(screen->session, screen->at))
            return score(screen, criterion, level);
        return REACT_DONE;
    }
    case_state_settle_later(screen);
    return sides_mouse(&screen->sides, mouse);
}

static const char *refuse_entry(const struct case_screen *screen)
{
    const char *refusal = desk_refusal(screen->dossier->workspace);
    if (refusal)
        return refusal;
    return session_is_read_only(screen->session) ? "Nothing can be entered here." : NULL;
}

static const char *refuse_score(const struct case_screen *screen)
{
    const char *refusal = refuse_entry(screen);
    if (refusal)
        return refusal;
    if (!screen->scores)
        return "None of your roles scores; your sign-off needs no scores.";
    return session_can_score(screen->session, screen->at) ? NULL : "There is no output to score in this case.";
}

static const char *refuse_case(struct view *view, enum action action)
{
    const struct case_screen *screen = view->state;
    switch (action) {
    case ACTION_SCORE:
    case ACTION_CLEAR_SCORE:
        return refuse_score(screen);
    case ACTION_COMMENT:
    case ACTION_EDIT:
    case ACTION_FLAG:
    case ACTION_UNDO:
    case ACTION_REDO:
    case ACTION_SIGN:
        return refuse_entry(screen);
    case ACTION_BASELINE:
    case ACTION_BLIND:
        return case_state_current(screen)->item->baseline ? NULL : "There is no answer of today to compare with.";
    case ACTION_NEXT_DIFFERENCE:
    case ACTION_PREVIOUS_DIFFERENCE:
        return sides_differences(&screen->sides) > 0 ? NULL : "There is no difference.";
    default:
        return NULL;
    }
}

static void resize_case(struct view *view, int rows, int columns)
{
    struct case_screen *screen = view->state;
    (void)rows;
    screen->columns = columns;
    if (!screen->desk)
        return;
    choose_hints(screen);
    case_state_settle_later(screen);
}

static unsigned tick_case(struct view *view, int64_t now_us)
{
    struct case_screen *screen = view->state;
    (void)now_us;
    if (view_top(view->stack) == view && screen->desk->signed_draft != 0 &&
        screen->desk->signed_draft == session_draft(screen->session)) {
        desk_keep_place(screen->desk, (struct slice){0}, (struct slice){0});
        return REACT_CLOSE | REACT_RELOAD | REACT_REDRAW;
    }
    return desk_tick(screen->desk);
}

static struct search_target search_case(struct view *view)
{
    struct case_screen *screen = view->state;
    return sides_search(&screen->sides);
}

static const struct hints_word case_words[] = {{ACTION_OPEN, "next case"},
                                               {ACTION_NEXT_FIELD, "criterion"},
                                               {ACTION_BASELINE, "today"},
                                               {ACTION_FLIP, "other side"},
                                               {ACTION_NONE, NULL}};

const struct view_type case_screen_view = {
    .name = "case",
    .contexts = CONTEXT_MOVE | CONTEXT_REVIEW,
    .size = sizeof(struct case_screen),
    .open = open_case,
    .close = close_case,
    .resize = resize_case,
    .act = act_case,
    .mouse = mouse_case,
    .title = case_paint_title,
    .draw = case_paint_body,
    .tick = tick_case,
    .refuse = refuse_case,
    .search = search_case,
    .hints = wide_hints,
    .words = case_words,
};
