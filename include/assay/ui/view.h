/* A screen is a table of functions over its own state; the stack of screens; and what all have in common: title,
 * message, hints, the help overlay, the `:` line, questions, progress. No handler waits: slow work is a job.
 *
 *     struct counter { struct list list; … };
 *
 *     static int counter_open(struct view *view, void *argument, struct error *error)
 *     {
 *         struct counter *counter = view->state;                 (zeroed, of .size bytes)
 *         counter->session = argument;
 *         list_init(&counter->list, &counter_rows, counter);
 *         return 0;
 *     }
 *
 *     static unsigned counter_act(struct view *view, const struct command *command)
 *     {
 *         struct counter *counter = view->state;
 *         switch (command->action) {
 *         case ACTION_OPEN:
 *             return view_push(view->stack, &case_view, counter_selected(counter));
 *         case ACTION_COMMENT:
 *             view_ask(view, &(struct question){.label = "Comment", .answered = counter_commented});
 *             return REACT_DONE;
 *         default:
 *             return list_act(&counter->list, command);
 *         }
 *     }
 *
 *     static const enum action counter_hints[] = {ACTION_OPEN, ACTION_COMMENT, ACTION_HELP, ACTION_NONE};
 *
 *     const struct view_type counter_view = {
 *         .name = "counter", .contexts = CONTEXT_MOVE | CONTEXT_QUEUE, .size = sizeof(struct counter),
 *         .open = counter_open, .close = counter_close, .act = counter_act, .mouse = counter_mouse,
 *         .title = counter_title, .draw = counter_draw, .search = counter_search, .refuse = counter_refuse,
 *         .hints = counter_hints,
 *     };
 *
 * What the stack does itself: help, command, back, quit, theme, mouse, redraw, suspend, the search line. A view's act
 * gets every other action of its contexts, and those too when it wants them: it is asked first. */
#ifndef ASSAY_UI_VIEW_H
#define ASSAY_UI_VIEW_H

#include "assay/ui/asking.h"
#include "assay/ui/canvas.h"
#include "assay/ui/hints.h"
#include "assay/ui/keymap.h"
#include "assay/ui/search.h"
#include "assay/ui/term.h"
#include "assay/ui/theme.h"

enum { VIEW_ROWS_MIN = 16, VIEW_COLUMNS_MIN = 60 };

struct view_stack;
struct view;

struct view_type {
    const char *name;  /* unique; in the help and for tests */
    unsigned contexts; /* sum of CONTEXT_…; CONTEXT_ANYWHERE is always there */
    size_t size;       /* of the state */
    int (*open)(struct view *view, void *argument, struct error *error);
    void (*close)(struct view *view);
    void (*reload)(struct view *view);                        /* after REACT_RELOAD of itself or of the view above */
    void (*resize)(struct view *view, int rows, int columns); /* of the body */
    unsigned (*act)(struct view *view, const struct command *command);
    unsigned (*mouse)(struct view *view, const struct mouse *mouse);
    void (*title)(struct view *view, struct area line); /* one row, already in ROLE_TITLE; NULL: the name */
    void (*draw)(struct view *view, struct area body);
    unsigned (*tick)(struct view *view, int64_t now_us); /* after jobs were delivered, and every second */
    /* Why an action cannot be done now: one sentence; NULL when it can. The hint is dimmed, trying it says why. */
    const char *(*refuse)(struct view *view, enum action action);
    /* What `/` searches now: list_search(&state->list) and the like; NULL: nothing. */
    struct search_target (*search)(struct view *view);
    const enum action *hints;       /* in order, ACTION_NONE ends; the rest is behind `?` */
    const struct hints_word *words; /* for the hint line; NULL: the general ones */
};

struct view {
    const struct view_type *type;
    struct view_stack *stack;
    void *state;
    unsigned contexts;        /* type->contexts at first; a view may change it (blind mode) */
    const enum action *hints; /* type->hints at first; a view may change it */
    struct area body;         /* where it was drawn last */
};

/* term may be NULL: tests draw into a canvas and look. context is the program's own (session, jobs …). */
struct view_stack *view_stack_new(struct term *term, struct keymap *keymap, const struct theme *theme, void *context);
void view_stack_free(struct view_stack *stack); /* closes every view */
void *view_context(const struct view *view);
struct view *view_top(const struct view_stack *stack); /* NULL when all are closed */
const struct keymap *view_keymap(const struct view_stack *stack);
const struct theme *view_theme(const struct view_stack *stack);
void view_set_theme(struct view_stack *stack,
                    const struct theme *theme); /* copied, reduced to the terminal's colours */
struct term *view_term(const struct view_stack *stack);

/* Opens a view on top. When it cannot be opened the error is shown on the message line. Returns a reaction. */
unsigned view_push(struct view_stack *stack, const struct view_type *type, void *argument);
unsigned view_replace(struct view_stack *stack, const struct view_type *type, void *argument);

/* One event through overlays, questions, keymap and views. Returns a reaction: REACT_REDRAW, REACT_QUIT count. */
unsigned view_event(struct view_stack *stack, const struct event *event);
unsigned view_do(struct view_stack *stack, const struct command *command); /* as if its key had been pressed */
unsigned view_tick(struct view_stack *stack, int64_t now_us);
void view_resize(struct view_stack *stack, int rows, int columns);
void view_draw(struct view_stack *stack, struct canvas *canvas);

/* The message line; stays until the next key. Text is sanitised here. */
void view_say(struct view *view, unsigned pen, const char *format, ...) __attribute__((format(printf, 3, 4)));
void view_say_error(struct view *view, const struct error *error);
void view_ask(struct view *view, const struct question *question);
/* "text  Y yes, any other key no": `yes` is called for that key alone. Never Enter, never the key that asked. */
void view_confirm(struct view *view, const char *text, uint32_t key, unsigned (*yes)(struct view *view, void *context),
                  void *context);
/* Background work: "Fetching ███░░ 12 of 40  Esc cancels"; total 0: a count only. NULL label takes it away. */
void view_progress(struct view_stack *stack, const char *label, size_t done, size_t total,
                   void (*cancel)(void *context), void *context);
bool view_is_typing(const struct view_stack *stack);  /* a question is open: pasted text and keys are text */
void view_copy(struct view *view, struct slice text); /* to the clipboard, and says so */
/* Runs something that needs the terminal for itself (ssh-keygen, $EDITOR) between release and take. */
int view_foreground(struct view *view, int (*run)(void *context, struct error *error), void *context,
                    struct error *error);
/* The text through $VISUAL, $EDITOR or vi; unchanged when the editor fails. */
int view_edit(struct view *view, const char *name, struct str *text, struct error *error);

#endif
