#include "assay/ui/view.h"

#include <stdarg.h>
#include <stdio.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/ui/dialogue.h"
#include "assay/ui/editor.h"
#include "assay/ui/helping.h"
#include "assay/ui/hints.h"
#include "assay/ui/searching.h"

enum { VIEW_ROWS_FOR_MESSAGES = 20 };

struct view_stack {
    struct term *term;
    struct keymap *keymap;
    void *context;
    struct theme theme;
    bool mouse;
    int rows, columns;
    struct view **views;
    size_t count, capacity;
    struct view **closed; /* freed when no handler runs any more */
    size_t closed_count, closed_capacity;
    int depth;
    struct dialogue dialogue;
    struct searching searching;
    struct hints hints;
    struct helping helping;
};

/* --- the stack --------------------------------------------------------------------------------------------------- */

struct view_stack *view_stack_new(struct term *term, struct keymap *keymap, const struct theme *theme, void *context)
{
    struct view_stack *stack = memory_new(sizeof *stack);
    stack->term = term;
    stack->keymap = keymap;
    stack->context = context;
    stack->mouse = term == NULL || term_has_mouse(term);
    stack->rows = 24;
    stack->columns = 80;
    dialogue_init(&stack->dialogue);
    stack->searching.dialogue = &stack->dialogue;
    helping_init(&stack->helping);
    view_set_theme(stack, theme);
    return stack;
}

static void reap(struct view_stack *stack)
{
    while (stack->depth == 0 && stack->closed_count > 0) {
        struct view *view = stack->closed[--stack->closed_count];
        if (view->type->close != NULL)
            view->type->close(view);
        memory_free(view->state);
        memory_free(view);
    }
}

struct view *view_top(const struct view_stack *stack)
{
    return stack->count > 0 ? stack->views[stack->count - 1] : NULL;
}

static void pop(struct view_stack *stack)
{
    if (stack->count == 0)
        return;
    struct view *view = stack->views[--stack->count];
    dialogue_leave(&stack->dialogue, view);
    stack->helping.active = false;
    *ARRAY_PUSH(stack->closed, stack->closed_count, stack->closed_capacity) = view;
}

void view_stack_free(struct view_stack *stack)
{
    if (stack == NULL)
        return;
    while (stack->count > 0)
        pop(stack);
    stack->depth = 0;
    reap(stack);
    dialogue_clear(&stack->dialogue);
    helping_clear(&stack->helping);
    memory_free(stack->views);
    memory_free(stack->closed);
    memory_free(stack);
}

void *view_context(const struct view *view)
{
    return view->stack->context;
}

const struct keymap *view_keymap(const struct view_stack *stack)
{
    return stack->keymap;
}

const struct theme *view_theme(const struct view_stack *stack)
{
    return &stack->theme;
}

struct term *view_term(const struct view_stack *stack)
{
    return stack->term;
}

void view_set_theme(struct view_stack *stack, const struct theme *theme)
{
    stack->theme = *theme;
    if (stack->term != NULL)
        theme_reduce(&stack->theme, term_colours(stack->term));
}

static int bottom_rows(const struct view_stack *stack)
{
    return stack->rows >= VIEW_ROWS_FOR_MESSAGES ? 2 : 1;
}

static void tell_size(struct view *view)
{
    if (view->type->resize != NULL)
        view->type->resize(view, view->stack->rows - 1 - bottom_rows(view->stack), view->stack->columns);
}

void view_resize(struct view_stack *stack, int rows, int columns)
{
    stack->rows = rows;
    stack->columns = columns;
    for (size_t at = 0; at < stack->count; at++)
        tell_size(stack->views[at]);
}

unsigned view_push(struct view_stack *stack, const struct view_type *type, void *argument)
{
    struct view *view = memory_new(sizeof *view);
    struct error error = ERROR_INIT;
    *view = (struct view){.type = type,
                          .stack = stack,
                          .contexts = type->contexts,
                          .hints = type->hints,
                          .state = memory_new(type->size)};
    *ARRAY_PUSH(stack->views, stack->count, stack->capacity) = view;
    tell_size(view);
    if (type->open != NULL && type->open(view, argument, &error) != 0) {
        stack->count--;
        *ARRAY_PUSH(stack->closed, stack->closed_count, stack->closed_capacity) = view;
        reap(stack);
        if (stack->count > 0)
            view_say_error(view_top(stack), &error);
        return REACT_DONE;
    }
    return REACT_DONE;
}

unsigned view_replace(struct view_stack *stack, const struct view_type *type, void *argument)
{
    size_t before = stack->count;
    unsigned reaction = view_push(stack, type, argument);
    if (stack->count == before + 1 && before > 0) {
        struct view *opened = stack->views[--stack->count];
        pop(stack);
        stack->views[stack->count++] = opened;
        reap(stack);
    }
    return reaction;
}

/* --- messages, questions, progress ------------------------------------------------------------------------------- */

void view_say(struct view *view, unsigned pen, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size >= 0)
        dialogue_say(&view->stack->dialogue, pen, slice_of(text));
}

void view_say_error(struct view *view, const struct error *error)
{
    dialogue_say(&view->stack->dialogue, ROLE_ERROR, slice_of(error->text));
}

void view_ask(struct view *view, const struct question *question)
{
    asking_open(&view->stack->dialogue.asking, view, question);
}

void view_confirm(struct view *view, const char *text, uint32_t key, unsigned (*yes)(struct view *view, void *context),
                  void *context)
{
    confirming_open(&view->stack->dialogue.confirming, view, text, key, yes, context);
}

void view_progress(struct view_stack *stack, const char *label, size_t done, size_t total,
                   void (*cancel)(void *context), void *context)
{
    progress_set(&stack->dialogue.progress, label, done, total, cancel, context);
}

bool view_is_typing(const struct view_stack *stack)
{
    return stack->dialogue.asking.active;
}

void view_copy(struct view *view, struct slice text)
{
    if (view->stack->term != NULL)
        term_copy(view->stack->term, text);
    view_say(view, ROLE_MESSAGE, "Copied to the clipboard (%zu bytes), if this terminal allows it.", text.size);
}

/* --- the terminal for others ------------------------------------------------------------------------------------- */

int view_foreground(struct view *view, int (*run)(void *context, struct error *error), void *context,
                    struct error *error)
{
    struct term *term = view->stack->term;
    if (term != NULL)
        term_release(term);
    int result = run(context, error);
    if (term != NULL)
        term_take(term);
    return result;
}

struct editing {
    const char *name;
    struct str *text;
};

static int edit(void *context, struct error *error)
{
    const struct editing *editing = context;
    return editor_edit(editing->name, editing->text, error);
}

int view_edit(struct view *view, const char *name, struct str *text, struct error *error)
{
    return view_foreground(view, edit, &(struct editing){.name = name, .text = text}, error);
}

/* --- what is refused --------------------------------------------------------------------------------------------- */

static const char *refusal(void *context, enum action action)
{
    struct view *view = context;
    return view->type->refuse != NULL ? view->type->refuse(view, action) : NULL;
}

static bool possible(void *context, enum action action)
{
    return refusal(context, action) == NULL;
}

/* --- the `:` line ------------------------------------------------------------------------------------------------ */

static bool complete_action(struct view *view, void *context, struct slice text, size_t nth, struct str *proposal)
{
    (void)context;
    return keymap_complete(view->contexts, text, nth, proposal);
}

static unsigned command_answered(struct view *view, void *context, struct slice text)
{
    (void)context;
    struct slice rest = slice_trim(text), name;
    enum action action;
    if (!slice_cut(&rest, ' ', &name) || name.size == 0)
        return REACT_DONE;
    if (!keymap_find_name(name, &action) || (keymap_contexts(action) & (view->contexts | CONTEXT_ANYWHERE)) == 0) {
        view_say(view, ROLE_ERROR, "There is no '%.*s' here: Tab completes, ? shows what there is.", SLICE_ARG(name));
        return REACT_DONE;
    }
    struct command command = {.action = action, .number = -1, .argument = slice_trim(rest)};
    uint64_t number;
    if (slice_to_uint64(command.argument, &number) && number < 1000)
        command.number = (int)number;
    return view_do(view->stack, &command);
}

static unsigned ask_command(struct view *view)
{
    view_ask(view, &(struct question){.label = ":", .answered = command_answered, .complete = complete_action});
    return REACT_DONE;
}

/* --- what the stack does itself ---------------------------------------------------------------------------------- */

static unsigned next_theme(struct view *view)
{
    struct view_stack *stack = view->stack;
    struct theme theme;
    struct error error = ERROR_INIT;
    const char *name = theme_next(stack->theme.name);
    if (theme_load(&theme, name, &error) != 0) {
        view_say_error(view, &error);
        return REACT_DONE;
    }
    view_set_theme(stack, &theme);
    view_say(view, ROLE_MESSAGE, "Theme %s. To keep it: git config --global assay.theme %s", theme.title, name);
    return REACT_DONE;
}

static unsigned turn_mouse(struct view *view)
{
    struct view_stack *stack = view->stack;
    stack->mouse = !stack->mouse;
    if (stack->term != NULL)
        term_mouse(stack->term, stack->mouse);
    view_say(view, ROLE_MESSAGE,
             stack->mouse ? "The mouse works in assay; Shift and drag selects text."
                          : "The mouse belongs to the terminal; the same key takes it again.");
    return REACT_DONE;
}

static unsigned go_back(struct view *view)
{
    struct view_stack *stack = view->stack;
    if (progress_cancel(&stack->dialogue.progress)) {
        view_say(view, ROLE_MESSAGE, "%s: cancelled.", stack->dialogue.progress.label.data);
        return REACT_DONE;
    }
    if (stack->count > 1)
        return REACT_CLOSE | REACT_DONE;
    struct str key = STR_INIT;
    keymap_format_keys(stack->keymap, ACTION_QUIT, false, &key);
    view_say(view, ROLE_MESSAGE, "This is the first screen: %s leaves assay, and nothing is lost.", key.data);
    str_clear(&key);
    return REACT_DONE;
}

static unsigned search_action(struct view *view, enum action action)
{
    if (view->type->search == NULL)
        return REACT_NOTHING;
    if (action == ACTION_SEARCH)
        searching_open(&view->stack->searching, view, view->type->search(view));
    else
        searching_next(&view->stack->searching, view->type->search(view), action == ACTION_SEARCH_PREVIOUS);
    return REACT_DONE;
}

static unsigned own_action(struct view *view, enum action action)
{
    struct view_stack *stack = view->stack;
    switch (action) {
    case ACTION_HELP:
        helping_open(&stack->helping, stack->keymap, view->contexts, stack->columns, refusal, view);
        return REACT_DONE;
    case ACTION_COMMAND:
        return ask_command(view);
    case ACTION_BACK:
        return go_back(view);
    case ACTION_QUIT:
        return REACT_QUIT;
    case ACTION_THEME:
        return next_theme(view);
    case ACTION_MOUSE:
        return turn_mouse(view);
    case ACTION_REDRAW:
        if (stack->term != NULL)
            term_repaint(stack->term);
        return REACT_DONE;
    case ACTION_SUSPEND:
        if (stack->term != NULL)
            term_stop(stack->term);
        return REACT_DONE;
    case ACTION_SEARCH:
    case ACTION_SEARCH_NEXT:
    case ACTION_SEARCH_PREVIOUS:
        return search_action(view, action);
    default:
        return REACT_NOTHING;
    }
}

static unsigned settle(struct view_stack *stack, unsigned reaction)
{
    if ((reaction & REACT_CLOSE) != 0)
        pop(stack);
    struct view *top = view_top(stack);
    if ((reaction & REACT_RELOAD) != 0 && top != NULL && top->type->reload != NULL)
        top->type->reload(top);
    if (top == NULL)
        reaction |= REACT_QUIT;
    if ((reaction & (REACT_CLOSE | REACT_RELOAD)) != 0)
        reaction |= REACT_REDRAW;
    reap(stack);
    return reaction & ~(unsigned)(REACT_CLOSE | REACT_RELOAD);
}

static unsigned act(struct view *view, const struct command *command)
{
    const char *reason = refusal(view, command->action);
    if (reason != NULL) {
        view_say(view, ROLE_WARNING, "%s", reason);
        return REACT_DONE;
    }
    unsigned reaction = view->type->act != NULL ? view->type->act(view, command) : REACT_NOTHING;
    return reaction != REACT_NOTHING ? reaction : own_action(view, command->action);
}

unsigned view_do(struct view_stack *stack, const struct command *command)
{
    struct view *view = view_top(stack);
    if (view == NULL)
        return REACT_QUIT;
    stack->depth++;
    unsigned reaction = command->action == ACTION_NONE ? REACT_NOTHING : act(view, command);
    stack->depth--;
    return settle(stack, reaction);
}

/* --- events ------------------------------------------------------------------------------------------------------ */

static unsigned key_event(struct view *view, struct key key)
{
    struct command command = {.action = keymap_find(view->stack->keymap, view->contexts, key), .number = -1};
    bool said = dialogue_hush(&view->stack->dialogue);
    if (command.action == ACTION_SCORE && key.code >= '0' && key.code <= '9')
        command.number = (int)(key.code - '0');
    unsigned reaction = command.action == ACTION_NONE ? REACT_NOTHING : act(view, &command);
    return said ? reaction | REACT_REDRAW : reaction;
}

static unsigned mouse_event(struct view *view, const struct mouse *mouse)
{
    struct command command = {.action = hints_at(&view->stack->hints, mouse->row, mouse->column), .number = -1};
    if (command.action != ACTION_NONE && mouse->kind == MOUSE_PRESS)
        return act(view, &command) | REACT_REDRAW;
    return view->type->mouse != NULL ? view->type->mouse(view, mouse) : REACT_NOTHING;
}

static unsigned route(struct view_stack *stack, const struct event *event)
{
    struct view *view = view_top(stack);
    unsigned reaction = REACT_NOTHING;
    if (dialogue_event(&stack->dialogue, event, &reaction))
        return reaction;
    if (stack->helping.active)
        return helping_event(&stack->helping, stack->keymap, event);
    if (event->kind == EVENT_MOUSE)
        return mouse_event(view, &event->mouse);
    if (event->kind == EVENT_PASTE) {
        view_say(view, ROLE_WARNING, "Pasted text is never a command: it is taken only where text is typed.");
        return REACT_DONE;
    }
    return event->kind == EVENT_KEY ? key_event(view, event->key) : REACT_NOTHING;
}

unsigned view_event(struct view_stack *stack, const struct event *event)
{
    if (view_top(stack) == NULL)
        return REACT_QUIT;
    stack->depth++;
    unsigned reaction = route(stack, event);
    stack->depth--;
    return settle(stack, reaction);
}

unsigned view_tick(struct view_stack *stack, int64_t now_us)
{
    unsigned reaction = REACT_NOTHING;
    stack->depth++;
    for (size_t at = 0; at < stack->count; at++) {
        struct view *view = stack->views[at];
        unsigned one = view->type->tick != NULL ? view->type->tick(view, now_us) : REACT_NOTHING;
        reaction |= view == view_top(stack) ? one : one & REACT_QUIT;
    }
    stack->depth--;
    return settle(stack, reaction);
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

static void draw_too_small(struct area area)
{
    canvas_printf(area, area.rows / 3, 1, ROLE_TEXT, "assay needs %d x %d characters;", VIEW_COLUMNS_MIN,
                  VIEW_ROWS_MIN);
    canvas_printf(area, area.rows / 3 + 1, 1, ROLE_TEXT, "this window has %d x %d.", area.columns, area.rows);
    canvas_put(area, area.rows / 3 + 2, 1, ROLE_DIM, "Make it larger; nothing is lost.");
}

static void draw_title(struct view *view, struct area line)
{
    canvas_fill(line, ROLE_TITLE);
    if (view->type->title != NULL)
        view->type->title(view, line);
    else
        canvas_put(line, 0, 1, ROLE_TITLE, view->type->name);
}

void view_draw(struct view_stack *stack, struct canvas *canvas)
{
    struct area area = canvas_area(canvas);
    struct view *view = view_top(stack);
    canvas_erase(canvas);
    if (area.rows < VIEW_ROWS_MIN || area.columns < VIEW_COLUMNS_MIN || view == NULL) {
        draw_too_small(area);
        return;
    }
    int bottom = bottom_rows(stack);
    struct area body = area_part(area, 1, 0, area.rows - 1 - bottom, area.columns);
    struct area hints = area_part(area, area.rows - 1, 0, 1, area.columns);
    view->body = body;
    draw_title(view, area_top(area, 1));
    if (view->type->draw != NULL)
        view->type->draw(view, body);
    hints_draw(&stack->hints, hints, stack->keymap, view->hints, view->type->words, possible, view);
    if (stack->helping.active)
        helping_draw(&stack->helping, body);
    dialogue_draw_box(&stack->dialogue, body);
    dialogue_draw_line(&stack->dialogue, area_part(area, area.rows - bottom, 0, 1, area.columns));
}
