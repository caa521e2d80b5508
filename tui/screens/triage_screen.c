#include "assay/screens/triage_screen.h"

#include <stdio.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/screens/case_screen.h"
#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/ui/list.h"

struct triage_screen {
    struct view *view;
    struct desk *desk;
    struct dossier *dossier;
    struct session *session;
    struct list list;
    enum triage_decision decision; /* that waits for its reason */
};

static const struct gate_module_verdict *verdict_of(const struct triage_screen *screen)
{
    return dossier_verdict(screen->dossier, session_module(screen->session));
}

static const struct gate_flag *flag_at(const struct triage_screen *screen, size_t row)
{
    return &verdict_of(screen)->flags[row];
}

static struct judgement_target target_of(const struct gate_flag *flag)
{
    return (struct judgement_target){flag->prompt, flag->case_id, flag->output, flag->name};
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

enum { COLUMN_FLAG, COLUMN_CASE, COLUMN_DECISION, COLUMN_DETAIL, COLUMN_BY };

static const struct list_column columns[] = {
    {"  FLAG", .columns = 16, .grow = 1}, {"CASE", .columns = 14, .grow = 1},      {"DECIDED", .columns = 16},
    {"WHAT", .columns = 20, .grow = 3},   {"RAISED BY", .columns = 12, .drop = 1},
};

static size_t rows_count(void *context)
{
    const struct gate_module_verdict *verdict = verdict_of(context);
    return verdict ? verdict->flag_count : 0;
}

static void rows_text(void *context, size_t row, struct str *out)
{
    const struct gate_flag *flag = flag_at(context, row);
    const struct slice parts[] = {flag->name, flag->case_id, flag->prompt, flag->detail, flag->raised_by};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        sanitise_append(out, parts[i], SANITISE_LINE);
        str_push(out, ' ');
    }
}

static uint64_t rows_identity(void *context, size_t row)
{
    const struct gate_flag *flag = flag_at(context, row);
    uint64_t hash = slice_hash(flag->name);
    hash = hash * 31 + slice_hash(flag->case_id);
    return hash * 31 + slice_hash(flag->prompt);
}

static void draw_decision(const struct triage_screen *screen, const struct gate_flag *flag, struct area cell)
{
    struct judgement_target target = target_of(flag);
    const struct judgement_decision *mine = session_decision(screen->session, &target);
    if (mine)
        canvas_put(cell, 0, 0, mine->decision == TRIAGE_FIX_REQUIRED ? ROLE_BAD : ROLE_GOOD,
                   label_decision(mine->decision));
    else if (flag->settled)
        canvas_put(cell, 0, 0, ROLE_DIM, "settled, signed");
    else
        canvas_put(cell, 0, 0, ROLE_WARNING, "open");
}

static void rows_cell(void *context, size_t row, size_t column, struct area cell)
{
    const struct triage_screen *screen = context;
    const struct gate_flag *flag = flag_at(screen, row);
    struct judgement_target target = target_of(flag);
    const struct judgement_decision *mine = session_decision(screen->session, &target);
    bool open = !flag->settled && !mine;
    switch (column) {
    case COLUMN_FLAG:
        canvas_put(cell, 0, 0, open ? ROLE_WARNING : ROLE_DIM, canvas_symbol(cell.canvas, SYMBOL_FLAG));
        label_field(cell, 0, 2, cell.columns - 2, CANVAS_LEFT, open ? ROLE_TEXT : ROLE_DIM, flag->name);
        break;
    case COLUMN_CASE:
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, flag->case_id.size ? ROLE_TEXT : ROLE_DIM,
                    flag->case_id.size > 0 ? flag->case_id : SLICE("the whole prompt"));
        break;
    case COLUMN_DECISION:
        draw_decision(screen, flag, cell);
        break;
    case COLUMN_DETAIL:
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM,
                    mine && mine->reason.size ? mine->reason : flag->detail);
        break;
    default:
        label_field(cell, 0, 0, cell.columns, CANVAS_LEFT, ROLE_DIM,
                    flag->raised_by.size > 0 ? flag->raised_by : SLICE("assay"));
    }
}

static const struct list_type type = {
    .columns = columns,
    .column_count = ARRAY_COUNT(columns),
    .empty = "No flags: nothing is beyond a threshold, and nobody raised one.",
    .count = rows_count,
    .cell = rows_cell,
    .text = rows_text,
    .identity = rows_identity,
    .marks = true,
};

/* --- deciding ------------------------------------------------------------------------------------------------------ */

static bool is_chosen(const struct triage_screen *screen, size_t row)
{
    return list_marked_count(&screen->list) > 0 ? list_marked(&screen->list, row) : row == screen->list.selected;
}

static size_t chosen_count(const struct triage_screen *screen)
{
    size_t marked = list_marked_count(&screen->list);
    return marked > 0 ? marked : rows_count((void *)(uintptr_t)screen) > 0;
}

static unsigned decided(struct view *view, void *context, struct slice text)
{
    struct triage_screen *screen = view->state;
    struct error error = ERROR_INIT;
    size_t rows = rows_count(screen), count = 0;
    (void)context;
    if (slice_trim(text).size == 0) {
        view_say(view, ROLE_WARNING, "Nothing was decided: a decision needs a reason.");
        return REACT_DONE;
    }
    struct judgement_target *targets = memory_new_array(rows, sizeof *targets);
    for (size_t row = 0; row < rows; row++)
        if (is_chosen(screen, row))
            targets[count++] = target_of(flag_at(screen, row));
    if (session_decide(screen->session, targets, count, &screen->decision, text, &error) < 0)
        view_say_error(view, &error);
    else
        view_say(view, ROLE_GOOD, "%zu %s: %s. u takes it back; it counts once you have signed.", count,
                 count == 1 ? "flag" : "flags", label_decision(screen->decision));
    memory_free(targets);
    list_unmark(&screen->list);
    return REACT_DONE;
}

static unsigned ask_reason(struct triage_screen *screen, enum triage_decision decision)
{
    static const char *const words[] = {"Accept", "Fix required for", "Dismiss"};
    char label[LABEL_SIZE];
    size_t count = chosen_count(screen);
    screen->decision = decision;
    snprintf(label, sizeof label, "%s %zu %s, because", words[decision], count, count == 1 ? "flag" : "flags");
    view_ask(screen->view, &(struct question){.label = label, .answered = decided});
    return REACT_DONE;
}

static unsigned take_back(struct triage_screen *screen, bool redo)
{
    struct error error = ERROR_INIT;
    bool stepped;
    size_t at;
    int result = redo ? session_redo(screen->session, &stepped, &at, &error)
                      : session_undo(screen->session, &stepped, &at, &error);
    if (result < 0)
        view_say_error(screen->view, &error);
    else
        view_say(screen->view, ROLE_MESSAGE,
                 !stepped ? "There is nothing more."
                 : redo   ? "Done again."
                          : "Taken back.");
    return REACT_DONE;
}

static unsigned open_flag(struct triage_screen *screen)
{
    const struct gate_flag *flag = flag_at(screen, screen->list.selected);
    size_t at = session_find(screen->session, flag->prompt, flag->case_id);
    if (at == JUDGEMENT_NOT_FOUND) {
        view_say(screen->view, ROLE_MESSAGE, "This flag is about the whole prompt: there is no case to open.");
        return REACT_DONE;
    }
    struct case_screen_place place = {screen->dossier, screen->session, at};
    return view_push(screen->view->stack, &case_screen_view, &place);
}

/* --- the view ------------------------------------------------------------------------------------------------------ */

static int open_triage(struct view *view, void *argument, struct error *error)
{
    struct triage_screen *screen = view->state;
    const struct triage_screen_place *place = argument;
    (void)error;
    screen->view = view;
    screen->desk = desk_of(view);
    screen->dossier = place->dossier;
    screen->session = place->session;
    dossier_hold(screen->dossier);
    list_init(&screen->list, &type, screen);
    return 0;
}

static void close_triage(struct view *view)
{
    struct triage_screen *screen = view->state;
    list_clear(&screen->list);
    dossier_release(screen->dossier);
}

static bool triages(const struct triage_screen *screen)
{
    const struct workspace *workspace = screen->dossier->workspace;
    for (size_t r = 0; r < workspace->policy.role_count; r++)
        if (workspace->policy.roles[r].duty == DUTY_TRIAGE && policy_holds(workspace->identity.person, r))
            return true;
    return false;
}

static const char *refuse_triage(struct view *view, enum action action)
{
    struct triage_screen *screen = view->state;
    bool decides = action == ACTION_ACCEPT || action == ACTION_DISMISS || action == ACTION_FIX;
    if ((decides || action == ACTION_OPEN) && rows_count(screen) == 0)
        return "There is no flag.";
    if (decides && session_is_read_only(screen->session))
        return "The policy gives you no role here.";
    if (decides && !triages(screen))
        return "None of your roles settles flags.";
    return decides && dossier_is_author(screen->dossier)
               ? "You wrote part of this change: somebody else settles its flags."
               : NULL;
}

static unsigned act_triage(struct view *view, const struct command *command)
{
    struct triage_screen *screen = view->state;
    switch (command->action) {
    case ACTION_ACCEPT:
        return ask_reason(screen, TRIAGE_ACCEPTED);
    case ACTION_DISMISS:
        return ask_reason(screen, TRIAGE_DISMISSED);
    case ACTION_FIX:
        return ask_reason(screen, TRIAGE_FIX_REQUIRED);
    case ACTION_UNDO:
        return take_back(screen, false);
    case ACTION_REDO:
        return take_back(screen, true);
    case ACTION_OPEN:
        return open_flag(screen);
    case ACTION_BACK:
        return REACT_CLOSE | REACT_RELOAD | REACT_DONE;
    default:
        return list_act(&screen->list, command);
    }
}

static unsigned mouse_triage(struct view *view, const struct mouse *mouse)
{
    struct triage_screen *screen = view->state;
    struct command command = {.action = ACTION_NONE, .number = -1};
    unsigned reaction = list_mouse(&screen->list, mouse, &command);
    return command.action == ACTION_OPEN ? open_flag(screen) : reaction;
}

static void title_triage(struct view *view, struct area line)
{
    const struct triage_screen *screen = view->state;
    const struct gate_module_verdict *verdict = verdict_of(screen);
    int end = desk_title(screen->desk, line);
    int column = canvas_put(line, 0, 1, ROLE_TITLE, "Flags of ");
    column = label_cut(line, 0, column, end - column - 1, ROLE_TITLE | PEN_BOLD, session_module(screen->session)->name);
    column = canvas_put(line, 0, column, ROLE_STATUS, "  in ");
    column = label_cut(line, 0, column, end - column - 1, ROLE_STATUS, screen->dossier->load.change);
    if (verdict && end - column > 24)
        canvas_printf(line, 0, column + 3, ROLE_STATUS, "%zu of %zu open", verdict->open_flags, verdict->flag_count);
}

static void draw_triage(struct view *view, struct area body)
{
    struct triage_screen *screen = view->state;
    list_draw(&screen->list, area_below(body, 1));
}

static unsigned tick_triage(struct view *view, int64_t now_us)
{
    struct triage_screen *screen = view->state;
    (void)now_us;
    if (view_top(view->stack) == view && screen->desk->signed_draft != 0 &&
        screen->desk->signed_draft == session_draft(screen->session))
        return REACT_CLOSE | REACT_RELOAD | REACT_REDRAW;
    return desk_tick(screen->desk);
}

static struct search_target search_triage(struct view *view)
{
    struct triage_screen *screen = view->state;
    return list_search(&screen->list);
}

static const enum action triage_hints[] = {ACTION_ACCEPT, ACTION_DISMISS, ACTION_FIX,  ACTION_MARK,
                                           ACTION_UNDO,   ACTION_OPEN,    ACTION_BACK, ACTION_NONE};

const struct view_type triage_screen_view = {
    .name = "triage",
    .contexts = CONTEXT_MOVE | CONTEXT_TRIAGE,
    .size = sizeof(struct triage_screen),
    .open = open_triage,
    .close = close_triage,
    .act = act_triage,
    .mouse = mouse_triage,
    .title = title_triage,
    .draw = draw_triage,
    .tick = tick_triage,
    .refuse = refuse_triage,
    .search = search_triage,
    .hints = triage_hints,
};
