#include "assay/screens/change_screen.h"

#include <stdio.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/screens/case_screen.h"
#include "assay/screens/change_cases.h"
#include "assay/screens/change_evidence.h"
#include "assay/screens/change_gate.h"
#include "assay/screens/change_prompt.h"
#include "assay/screens/change_records.h"
#include "assay/screens/label.h"
#include "assay/screens/log_screen.h"
#include "assay/screens/sign_screen.h"
#include "assay/screens/text_screen.h"
#include "assay/screens/triage_screen.h"

static const struct change_tab *const tabs[] = {&change_cases_tab, &change_prompt_tab, &change_evidence_tab,
                                                &change_records_tab, &change_gate_tab};
enum { TABS = ARRAY_COUNT(tabs), TAB_PROMPT = 1, HEAD_ROWS = 3 };

/* A reading that may outlive the screen. */
struct loading {
    struct change_screen *screen; /* NULL: it was closed, or asked again */
    struct str folder, change;
    struct dossier *dossier;
    struct error error;
};

struct change_screen {
    struct change_page page;
    struct str change, module;
    size_t tab;
    void *states[TABS];
    int tab_columns[TABS + 1];
    int tab_row;
    enum change_screen_tab then; /* to open once it is read */
    struct loading *loading;
    struct dossier *next; /* read anew, shown when this is the top screen */
    unsigned generation;
    struct error error;
};

/* --- tabs ---------------------------------------------------------------------------------------------------------- */

static const struct hints_word change_words[] = {
    {ACTION_NEXT_FIELD, "tab"}, {ACTION_TRIAGE, "flags"}, {ACTION_FLIP, "other side"}, {ACTION_NONE, NULL}};
static const enum action change_hints[] = {ACTION_OPEN,   ACTION_NEXT_FIELD, ACTION_SIGN, ACTION_TRIAGE, ACTION_SORT,
                                           ACTION_PROMPT, ACTION_SEARCH,     ACTION_BACK, ACTION_NONE};

static const enum action prompt_hints[] = {ACTION_NEXT_FIELD, ACTION_SIGN, ACTION_NEXT_DIFFERENCE, ACTION_FLIP,
                                           ACTION_DIFF,       ACTION_ZOOM, ACTION_PROMPT,          ACTION_TRIAGE,
                                           ACTION_BACK,       ACTION_NONE};

static void open_tab(struct change_screen *screen, size_t tab)
{
    screen->tab = tab;
    screen->page.view->hints = tab == TAB_PROMPT ? prompt_hints : change_hints;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void loading_work(struct job *job, void *context)
{
    struct loading *loading = context;
    (void)job;
    dossier_open(loading->folder.data, str_slice(&loading->change), &loading->dossier, &loading->error);
}

static void loading_done(void *context, bool cancelled)
{
    struct loading *loading = context;
    struct change_screen *screen = loading->screen;
    if (screen) {
        screen->loading = NULL;
        dossier_release(screen->next);
        screen->next = loading->dossier;
        loading->dossier = NULL;
        screen->error = loading->error;
        if (cancelled && !screen->next && !error_is_set(&screen->error))
            error_set(&screen->error, ERROR_INTERRUPTED, "Stopped.");
    }
    dossier_release(loading->dossier);
    str_clear(&loading->folder);
    str_clear(&loading->change);
    memory_free(loading);
}

static void start_loading(struct change_screen *screen)
{
    struct loading *loading = memory_new(sizeof *loading);
    if (screen->loading)
        screen->loading->screen = NULL;
    *loading = (struct loading){.screen = screen};
    str_init(&loading->folder);
    str_init(&loading->change);
    str_append(&loading->folder, str_slice(&screen->page.desk->folder));
    str_append(&loading->change, str_slice(&screen->change));
    screen->loading = loading;
    screen->generation = screen->page.desk->generation;
    error_clear(&screen->error);
    if (screen->page.dossier) /* nobody waits for it */
        jobs_submit(screen->page.desk->jobs, "Reading the change", loading_work, loading_done, loading);
    else
        desk_work(screen->page.desk, "Reading the change", false, loading_work, loading_done, loading);
}

/* --- showing what was read ----------------------------------------------------------------------------------------- */

static void build_tabs(struct change_screen *screen)
{
    for (size_t at = 0; at < TABS; at++)
        tabs[at]->build(&screen->page, screen->states[at]);
}

static void open_session(struct change_screen *screen)
{
    struct change_page *page = &screen->page;
    struct workspace *workspace = page->dossier->workspace;
    struct error error = ERROR_INIT;
    session_close(page->session);
    page->session = NULL;
    if (!page->module)
        return;
    if (session_open(workspace, page->desk->drafts, &page->dossier->load, page->module, desk_role(workspace),
                     &page->dossier->ledger, &page->session, &error) < 0) {
        view_say_error(page->view, &error);
        struct error again = ERROR_INIT;
        session_open(workspace, NULL, &page->dossier->load, page->module, SIZE_MAX, NULL, &page->session, &again);
    }
}

static void choose_module(struct change_screen *screen, const struct module *module)
{
    screen->page.module = module;
    str_reset(&screen->module);
    if (module)
        str_append(&screen->module, module->path);
    open_session(screen);
    build_tabs(screen);
}

static void open_then(struct change_screen *screen)
{
    enum change_screen_tab then = screen->then;
    struct change_page *page = &screen->page;
    screen->then = CHANGE_SCREEN_CASES;
    if (!page->session)
        return;
    if (then == CHANGE_SCREEN_TRIAGE)
        view_push(page->view->stack, &triage_screen_view, &(struct triage_screen_place){page->dossier, page->session});
    else if (then == CHANGE_SCREEN_REVIEW && session_count(page->session) > 0)
        view_push(page->view->stack, &case_screen_view,
                  &(struct case_screen_place){page->dossier, page->session, JUDGEMENT_NOT_FOUND});
}

/* Only while no screen above looks at the old one. */
static void show_next(struct change_screen *screen)
{
    struct dossier *old = screen->page.dossier;
    if (!screen->next)
        return;
    screen->page.dossier = screen->next;
    screen->next = NULL;
    const struct module *module = load_module(&screen->page.dossier->load, str_slice(&screen->module));
    if (!module && screen->page.dossier->load.module_count > 0)
        module = &screen->page.dossier->load.modules[0];
    choose_module(screen, module);
    if (!old && module && module->file_count > 0) /* no cases: what there is to read stands there */
        open_tab(screen, TAB_PROMPT);
    dossier_release(old);
    open_then(screen);
}

/* --- the view ------------------------------------------------------------------------------------------------------ */

static int open_change(struct view *view, void *argument, struct error *error)
{
    struct change_screen *screen = view->state;
    const struct change_screen_place *place = argument;
    (void)error;
    screen->page.view = view;
    screen->page.desk = desk_of(view);
    screen->then = place->tab;
    str_init(&screen->change);
    str_init(&screen->module);
    str_append(&screen->change, place->change);
    str_append(&screen->module, place->module);
    for (size_t at = 0; at < TABS; at++)
        screen->states[at] = memory_new(tabs[at]->size);
    start_loading(screen);
    return 0;
}

static void close_change(struct view *view)
{
    struct change_screen *screen = view->state;
    if (screen->loading)
        screen->loading->screen = NULL;
    for (size_t at = 0; at < TABS; at++) {
        tabs[at]->clear(screen->states[at]);
        memory_free(screen->states[at]);
    }
    session_close(screen->page.session);
    dossier_release(screen->page.dossier);
    dossier_release(screen->next);
    str_clear(&screen->change);
    str_clear(&screen->module);
}

static void reload_change(struct view *view)
{
    struct change_screen *screen = view->state;
    if (screen->next)
        show_next(screen);
    else if (screen->page.dossier && screen->page.desk->signed_draft != 0 && screen->page.session &&
             screen->page.desk->signed_draft == session_draft(screen->page.session))
        choose_module(screen, screen->page.module);
    else if (screen->page.dossier)
        build_tabs(screen);
}

static bool settle_tab(struct change_screen *screen)
{
    return screen->page.dossier && tabs[screen->tab]->settle &&
           tabs[screen->tab]->settle(&screen->page, screen->states[screen->tab]);
}

static unsigned tick_change(struct view *view, int64_t now_us)
{
    struct change_screen *screen = view->state;
    (void)now_us;
    if (screen->generation != screen->page.desk->generation && !screen->loading)
        start_loading(screen);
    bool settled = false;
    if (view_top(view->stack) == view) {
        settled = settle_tab(screen);
        show_next(screen);
    }
    return desk_tick(screen->page.desk) | (settled ? REACT_REDRAW : 0U);
}

static unsigned turn_module(struct change_screen *screen, int by)
{
    const struct load *load = &screen->page.dossier->load;
    size_t count = load->module_count;
    if (count < 2)
        return REACT_HANDLED;
    size_t at = dossier_module_at(screen->page.dossier, screen->page.module);
    choose_module(screen, &load->modules[(at + (by < 0 ? count - 1 : 1)) % count]);
    return REACT_DONE;
}

static unsigned turn_tab(struct change_screen *screen, int by)
{
    open_tab(screen, (screen->tab + (by < 0 ? TABS - 1 : 1)) % TABS);
    return REACT_DONE;
}

static unsigned show_prompt(struct change_screen *screen)
{
    const struct module *module = screen->page.module;
    struct leaf leaf;
    leaf_init(&leaf);
    for (size_t p = 0; p < module->prompt_count; p++) {
        const struct module_prompt *prompt = &module->prompts[p];
        struct str rendered = STR_INIT;
        struct error error = ERROR_INIT;
        leaf_addf(&leaf, ROLE_HEADING | PEN_BOLD, "%.*s, first case\n\n", SLICE_ARG(prompt->id));
        if (prompt->case_count == 0)
            leaf_add_text(&leaf, ROLE_TEXT, prompt->template_text);
        else if (module_render(prompt, &prompt->cases[0], &rendered, NULL, &error) == 0)
            leaf_add_text(&leaf, ROLE_TEXT, str_slice(&rendered));
        else
            leaf_add_text(&leaf, ROLE_BAD, slice_of(error.text));
        leaf_put(&leaf, ROLE_TEXT, "\n\n");
        str_clear(&rendered);
    }
    struct text_screen_page page = {.title = SLICE("The prompts as they are sent"), .leaf = &leaf};
    unsigned reaction = view_push(screen->page.view->stack, &text_screen_view, &page);
    leaf_clear(&leaf);
    return reaction;
}

static unsigned act_change(struct view *view, const struct command *command)
{
    struct change_screen *screen = view->state;
    struct change_page *page = &screen->page;
    settle_tab(screen);
    switch (command->action) {
    case ACTION_NEXT_FIELD:
        return turn_tab(screen, 1);
    case ACTION_PREVIOUS_FIELD:
        return turn_tab(screen, -1);
    case ACTION_REFRESH:
        desk_sync(page->desk, true);
        start_loading(screen);
        return REACT_DONE;
    case ACTION_LOG:
        return view_push(view->stack, &log_screen_view, NULL);
    case ACTION_BACK:
        return REACT_CLOSE | REACT_RELOAD | REACT_DONE;
    default:
        break;
    }
    if (!page->dossier)
        return REACT_NOTHING;
    switch (command->action) {
    case ACTION_SIGN:
        return view_push(view->stack, &sign_screen_view, &(struct sign_screen_place){page->dossier, page->module});
    case ACTION_TRIAGE:
        return view_push(view->stack, &triage_screen_view, &(struct triage_screen_place){page->dossier, page->session});
    case ACTION_PROMPT:
        return show_prompt(screen);
    case ACTION_LEFT:
    case ACTION_RIGHT:
        if (tabs[screen->tab] != &change_prompt_tab)
            return turn_module(screen, command->action == ACTION_LEFT ? -1 : 1);
        break;
    default:
        break;
    }
    return tabs[screen->tab]->act(page, screen->states[screen->tab], command);
}

static unsigned mouse_change(struct view *view, const struct mouse *mouse)
{
    struct change_screen *screen = view->state;
    for (size_t at = 0; at < TABS && mouse->kind == MOUSE_PRESS && mouse->row == screen->tab_row; at++) {
        if (mouse->column >= screen->tab_columns[at] && mouse->column < screen->tab_columns[at + 1]) {
            open_tab(screen, at);
            return REACT_DONE;
        }
    }
    if (!screen->page.dossier)
        return REACT_NOTHING;
    return tabs[screen->tab]->mouse(&screen->page, screen->states[screen->tab], mouse);
}

static bool is_of_sides(enum action action)
{
    static const enum action actions[] = {
        ACTION_NEXT_DIFFERENCE, ACTION_PREVIOUS_DIFFERENCE, ACTION_DIFF, ACTION_ZOOM, ACTION_FLIP, ACTION_WRAP};
    for (size_t i = 0; i < ARRAY_COUNT(actions); i++)
        if (actions[i] == action)
            return true;
    return false;
}

static const char *refuse_change(struct view *view, enum action action)
{
    const struct change_screen *screen = view->state;
    bool needs_module = action == ACTION_SIGN || action == ACTION_TRIAGE || action == ACTION_PROMPT;
    if (!screen->page.dossier)
        return needs_module || action == ACTION_OPEN ? "The change is being read." : NULL;
    if (action == ACTION_PROMPT && screen->page.module && screen->page.module->is_policies)
        return "A change of the policy has no prompt: the tab Prompt shows its files.";
    if (needs_module && !screen->page.module)
        return "The change has no module.";
    if (action == ACTION_OPEN && tabs[screen->tab] != &change_cases_tab && tabs[screen->tab] != &change_records_tab)
        return "There is nothing to open here.";
    if ((action == ACTION_SORT || action == ACTION_SORT_TURN) && tabs[screen->tab] != &change_cases_tab)
        return "Only cases are sorted.";
    if (is_of_sides(action) && tabs[screen->tab] != &change_prompt_tab)
        return "The tab Prompt has two sides; Tab goes there.";
    if (action == ACTION_SIGN)
        return desk_refusal(screen->page.dossier->workspace);
    return NULL;
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

static void title_change(struct view *view, struct area line)
{
    const struct change_screen *screen = view->state;
    const struct dossier *dossier = screen->page.dossier;
    int end = desk_title(screen->page.desk, line);
    int column = label_cut(line, 0, 1, end - 2, ROLE_TITLE | PEN_BOLD, str_slice(&screen->change));
    if (dossier && end - column > 12)
        label_cut(line, 0, column + 3, end - column - 4, ROLE_STATUS, dossier->load.subject);
}

static void draw_module(const struct change_screen *screen, struct area line)
{
    const struct dossier *dossier = screen->page.dossier;
    const struct module *module = screen->page.module;
    struct str risk = STR_INIT, by = STR_INIT;
    char age[LABEL_SIZE];
    int column = 1;
    label_age(env_now() - dossier->load.time, age);
    sanitise_append(&by, dossier->load.author_name, SANITISE_LINE);
    str_appendf(&by, "   %s", age);
    int end = line.columns - 1 - canvas_width(str_slice(&by));
    canvas_text(line, 0, end, ROLE_DIM, str_slice(&by));
    if (module) {
        column = label_cut(line, 0, column, end - column - 2, ROLE_ACCENT | PEN_BOLD, module->name) + 1;
        column = label_cut(line, 0, column, end - column - 2, ROLE_TEXT, module->version) + 3;
        label_risk(module->risk, module->sensitivities, module->sensitivity_count,
                   canvas_symbol(line.canvas, SYMBOL_DOT), &risk);
        column = label_cut(line, 0, column, end - column - 2, label_risk_pen(module->risk), str_slice(&risk)) + 3;
        if (dossier->load.module_count > 1 && end - column > 20)
            canvas_printf(line, 0, column, ROLE_DIM, "module %zu of %zu, h l", dossier_module_at(dossier, module) + 1,
                          dossier->load.module_count);
    }
    str_clear(&by);
    str_clear(&risk);
}

static void draw_tabs(struct change_screen *screen, struct area line)
{
    int column = 1;
    screen->tab_row = line.row;
    for (size_t at = 0; at < TABS; at++) {
        struct str badge = STR_INIT;
        bool open = at == screen->tab;
        screen->tab_columns[at] = line.column + column;
        column = canvas_printf(line, 0, column, open ? ROLE_ACCENT | PEN_BOLD | PEN_UNDERLINE : ROLE_TEXT, "%s",
                               tabs[at]->title);
        if (tabs[at]->badge && screen->page.session)
            tabs[at]->badge(&screen->page, &badge);
        if (badge.size > 0)
            column = canvas_text(line, 0, column + 1, ROLE_DIM, str_slice(&badge));
        column += 4;
        str_clear(&badge);
    }
    screen->tab_columns[TABS] = line.column + column;
}

static void draw_waiting(const struct change_screen *screen, struct area body)
{
    if (error_is_set(&screen->error)) {
        label_cut(body, 1, 1, body.columns - 2, ROLE_ERROR, slice_of(screen->error.text));
        canvas_put(body, 3, 1, ROLE_DIM, "R tries again, q goes back.");
    } else {
        canvas_put(body, 1, 1, ROLE_DIM, "Reading the change.");
    }
}

static void draw_change(struct view *view, struct area body)
{
    struct change_screen *screen = view->state;
    if (!screen->page.dossier) {
        draw_waiting(screen, body);
        return;
    }
    draw_module(screen, area_part(body, 0, 0, 1, body.columns));
    draw_tabs(screen, area_part(body, 1, 0, 1, body.columns));
    tabs[screen->tab]->draw(&screen->page, screen->states[screen->tab], area_below(body, HEAD_ROWS));
}

static struct search_target search_change(struct view *view)
{
    struct change_screen *screen = view->state;
    if (!screen->page.dossier)
        return (struct search_target){0};
    return tabs[screen->tab]->search(screen->states[screen->tab]);
}

const struct view_type change_screen_view = {
    .name = "change",
    .contexts = CONTEXT_MOVE | CONTEXT_CHANGE,
    .size = sizeof(struct change_screen),
    .open = open_change,
    .close = close_change,
    .reload = reload_change,
    .act = act_change,
    .mouse = mouse_change,
    .title = title_change,
    .draw = draw_change,
    .tick = tick_change,
    .refuse = refuse_change,
    .search = search_change,
    .hints = change_hints,
    .words = change_words,
};
