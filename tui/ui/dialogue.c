#include "assay/ui/dialogue.h"

#include "assay/text/sanitise.h"

void dialogue_init(struct dialogue *dialogue)
{
    str_init(&dialogue->message);
    dialogue->pen = 0;
    asking_init(&dialogue->asking);
    confirming_init(&dialogue->confirming);
    progress_init(&dialogue->progress);
}

void dialogue_clear(struct dialogue *dialogue)
{
    str_clear(&dialogue->message);
    asking_clear(&dialogue->asking);
    confirming_clear(&dialogue->confirming);
    progress_clear(&dialogue->progress);
}

void dialogue_say(struct dialogue *dialogue, unsigned pen, struct slice text)
{
    str_reset(&dialogue->message);
    sanitise_append(&dialogue->message, text, SANITISE_LINE);
    dialogue->pen = pen;
}

bool dialogue_hush(struct dialogue *dialogue)
{
    bool said = dialogue->message.size > 0;
    str_reset(&dialogue->message);
    return said;
}

void dialogue_leave(struct dialogue *dialogue, const struct view *view)
{
    if (dialogue->asking.active && dialogue->asking.view == view)
        asking_close(&dialogue->asking);
    if (dialogue->confirming.view == view)
        dialogue->confirming.active = false;
}

/* The answer may ask the next question: the text is copied first. */
static unsigned finish_question(struct asking *asking, bool accepted)
{
    struct question question = asking->question;
    struct view *view = asking->view;
    struct str text = STR_INIT;
    unsigned reaction = REACT_DONE;
    str_append(&text, str_slice(&asking->prompt.text));
    asking_close(asking);
    if (accepted && question.answered != NULL)
        reaction |= question.answered(view, question.context, str_slice(&text));
    if (!accepted && question.left != NULL)
        question.left(view, question.context, str_slice(&text));
    str_clear(&text);
    return reaction;
}

static unsigned question_event(struct asking *asking, const struct event *event)
{
    enum prompt_outcome outcome = asking_event(asking, event);
    if (outcome == PROMPT_ACCEPTED || outcome == PROMPT_CANCELLED)
        return finish_question(asking, outcome == PROMPT_ACCEPTED);
    return REACT_DONE;
}

static unsigned confirm_event(struct dialogue *dialogue, const struct event *event)
{
    struct confirming *confirming = &dialogue->confirming;
    switch (confirming_event(confirming, event)) {
    case CONFIRMING_YES:
        return confirming->yes(confirming->view, confirming->context) | REACT_DONE;
    case CONFIRMING_NO:
        dialogue_say(dialogue, ROLE_MESSAGE, SLICE("Not done."));
        return REACT_DONE;
    default:
        return REACT_HANDLED;
    }
}

bool dialogue_event(struct dialogue *dialogue, const struct event *event, unsigned *reaction)
{
    if (dialogue->confirming.active)
        *reaction = confirm_event(dialogue, event);
    else if (dialogue->asking.active)
        *reaction = question_event(&dialogue->asking, event);
    else
        return false;
    return true;
}

void dialogue_draw_line(struct dialogue *dialogue, struct area line)
{
    struct slice message = str_slice(&dialogue->message);
    if (dialogue->confirming.active) {
        confirming_draw(&dialogue->confirming, line);
    } else if (dialogue->asking.active && !dialogue->asking.question.multiline) {
        asking_draw_line(&dialogue->asking, line);
        int room = line.columns / 2, width = canvas_width(message);
        if (width > 0 && width < room)
            canvas_text(line, 0, line.columns - width - 1, ROLE_DIM, message);
    } else if (message.size > 0) {
        canvas_fill(line, dialogue->pen & PEN_ATTRIBUTES);
        canvas_field(line, 0, 1, line.columns - 2, CANVAS_LEFT, dialogue->pen, message);
    } else if (dialogue->progress.active) {
        progress_draw(&dialogue->progress, line);
    }
}

void dialogue_draw_box(struct dialogue *dialogue, struct area body)
{
    if (dialogue->asking.active && dialogue->asking.question.multiline)
        asking_draw_box(&dialogue->asking, body);
}
