#include "assay/screens/case_remarks.h"

#include <stdio.h>

#include "assay/screens/label.h"

static void typing(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    (void)context;
    str_reset(&screen->typing);
    str_append(&screen->typing, text);
    case_state_settle_later(screen);
}

static void stop_typing(struct case_screen *screen)
{
    str_reset(&screen->typing);
    str_reset(&screen->typing_what);
    case_state_settle_later(screen);
}

/* Esc leaves the line, not the words: they stand there again when the comment is asked for once more. */
static void left_comment(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    (void)context;
    stop_typing(screen);
    if (slice_trim(text).size == 0 || slice_equal(text, case_state_current(screen)->comment))
        return;
    str_append(&screen->left_comment, text);
    screen->left_at = screen->at;
    view_say(view, ROLE_MESSAGE, "Not kept with the case yet; c goes on where you left off.");
}

static void left_typing(struct view *view, void *context, struct slice text)
{
    (void)context;
    (void)text;
    stop_typing(view->state);
}

/* What a hand that scores on types into a line that opened under it. */
static bool is_only_digits(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.size > 0;
}

static unsigned commented(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    struct error error = ERROR_INIT;
    (void)context;
    if (is_only_digits(slice_trim(text))) {
        case_remarks_ask_comment(screen, (struct slice){0});
        view_say(view, ROLE_WARNING, "%.*s is no comment: say in words why the score is low, or Esc to score on.",
                 SLICE_ARG(slice_trim(text)));
        return REACT_DONE;
    }
    if (session_set_comment(screen->session, screen->at, text, &error) < 0)
        return case_state_failed(screen, &error);
    stop_typing(screen);
    return REACT_DONE;
}

unsigned case_remarks_ask_comment(struct case_screen *screen, struct slice initial)
{
    struct str begun = STR_INIT;
    if (screen->left_comment.size > 0 && screen->left_at == screen->at)
        str_append(&begun, str_slice(&screen->left_comment));
    else
        str_append(&begun, initial);
    str_reset(&screen->left_comment);
    str_reset(&screen->typing_what);
    str_append_text(&screen->typing_what, "comment");
    view_ask(screen->view, &(struct question){.label = "Comment (Enter keeps it)",
                                              .initial = str_slice(&begun),
                                              .changed = typing,
                                              .answered = commented,
                                              .left = left_comment});
    str_clear(&begun);
    return REACT_DONE;
}

unsigned case_remarks_edit_comment(struct case_screen *screen)
{
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    str_append(&text, case_state_current(screen)->comment);
    if (view_edit(screen->view, "comment.txt", &text, &error) < 0 ||
        session_set_comment(screen->session, screen->at, str_slice(&text), &error) < 0)
        view_say_error(screen->view, &error);
    str_clear(&text);
    return REACT_DONE;
}

static unsigned flagged(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    struct error error = ERROR_INIT;
    (void)context;
    if (session_set_flag(screen->session, screen->at, str_slice(&screen->flag_code), true, text, &error) < 0)
        return case_state_failed(screen, &error);
    stop_typing(screen);
    return REACT_DONE;
}

unsigned case_remarks_ask_reason(struct case_screen *screen, struct slice code, struct slice initial)
{
    char label[2 * LABEL_SIZE];
    str_reset(&screen->flag_code);
    str_append(&screen->flag_code, code);
    str_reset(&screen->typing_what);
    str_appendf(&screen->typing_what, "flag:%.*s", SLICE_ARG(code));
    snprintf(label, sizeof label, "%.60s: what is wrong?", screen->flag_code.data);
    view_ask(screen->view,
             &(struct question){
                 .label = label, .initial = initial, .changed = typing, .answered = flagged, .left = left_typing});
    return REACT_DONE;
}

static bool flag_code(const struct case_screen *screen, size_t at, struct slice *code)
{
    const struct policy *policy = &screen->dossier->workspace->policy;
    if (policy->flag_code_count == 0) {
        *code = SLICE("other");
        return at == 0;
    }
    if (at < policy->flag_code_count)
        *code = policy->flag_codes[at];
    return at < policy->flag_code_count;
}

static bool complete_flag(struct view *view, void *context, struct slice text, size_t at, struct str *proposal)
{
    struct slice code;
    (void)context;
    for (size_t i = 0; flag_code(view->state, i, &code); i++) {
        if (slice_starts_with(code, text) && at-- == 0) {
            str_append(proposal, code);
            return true;
        }
    }
    return false;
}

/* The code that was typed, or the only one that begins so. */
static bool find_code(const struct case_screen *screen, struct slice typed, struct slice *found)
{
    struct slice code;
    size_t count = 0;
    for (size_t i = 0; flag_code(screen, i, &code); i++) {
        if (slice_equal(code, typed)) {
            *found = code;
            return true;
        }
        if (typed.size > 0 && slice_starts_with(code, typed)) {
            *found = code;
            count++;
        }
    }
    return count == 1;
}

static unsigned flag_chosen(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    const struct judgement_case *item = case_state_current(screen);
    struct error error = ERROR_INIT;
    struct slice code;
    (void)context;
    if (!find_code(screen, slice_trim(text), &code)) {
        view_say(view, ROLE_WARNING, "There is no such reason: Tab goes through those of the policy.");
        return REACT_DONE;
    }
    for (size_t i = 0; i < item->flag_count; i++) {
        if (!slice_equal(item->flags[i].code, code))
            continue;
        if (session_set_flag(screen->session, screen->at, code, false, (struct slice){0}, &error) < 0)
            return case_state_failed(screen, &error);
        view_say(view, ROLE_MESSAGE, "The flag %.*s is taken away; u brings it back.", SLICE_ARG(code));
        return REACT_DONE;
    }
    return case_remarks_ask_reason(screen, code, (struct slice){0});
}

unsigned case_remarks_ask_flag(struct case_screen *screen)
{
    struct str label = STR_INIT;
    struct slice code;
    str_append_text(&label, "Flag (");
    for (size_t i = 0; flag_code(screen, i, &code); i++)
        str_appendf(&label, "%s%.*s", i ? " " : "", SLICE_ARG(code));
    str_append_text(&label, ")");
    view_ask(screen->view, &(struct question){.label = label.data, .answered = flag_chosen, .complete = complete_flag});
    str_clear(&label);
    return REACT_DONE;
}
