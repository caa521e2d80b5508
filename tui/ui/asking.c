#include "assay/ui/asking.h"

#include <string.h>

#include "assay/text/sanitise.h"

enum { ASKING_ROWS = 8 };

void asking_init(struct asking *asking)
{
    memset(asking, 0, sizeof *asking);
    str_init(&asking->label);
    str_init(&asking->completed);
    prompt_init(&asking->prompt, false);
}

void asking_clear(struct asking *asking)
{
    str_clear(&asking->label);
    str_clear(&asking->completed);
    prompt_clear(&asking->prompt);
    asking_init(asking);
}

void asking_open(struct asking *asking, struct view *view, const struct question *question)
{
    asking->active = true;
    asking->completing = false;
    asking->view = view;
    asking->question = *question;
    str_reset(&asking->label);
    sanitise_append(&asking->label, slice_of(question->label), SANITISE_LINE);
    prompt_clear(&asking->prompt);
    prompt_init(&asking->prompt, question->multiline);
    if (question->limit > 0)
        asking->prompt.limit = question->limit;
    prompt_set(&asking->prompt, question->initial);
}

void asking_close(struct asking *asking)
{
    asking->active = false;
    asking->completing = false;
}

static void complete(struct asking *asking)
{
    struct str proposal = STR_INIT;
    if (asking->question.complete == NULL)
        return;
    if (!asking->completing) {
        str_reset(&asking->completed);
        str_append(&asking->completed, str_slice(&asking->prompt.text));
        asking->completing = true;
        asking->proposal = 0;
    }
    struct slice typed = str_slice(&asking->completed);
    if (!asking->question.complete(asking->view, asking->question.context, typed, asking->proposal, &proposal) &&
        asking->proposal > 0) {
        asking->proposal = 0;
        asking->question.complete(asking->view, asking->question.context, typed, 0, &proposal);
    }
    asking->proposal++;
    if (proposal.size > 0)
        prompt_set(&asking->prompt, str_slice(&proposal));
    str_clear(&proposal);
}

enum prompt_outcome asking_event(struct asking *asking, const struct event *event)
{
    const struct question *question = &asking->question;
    enum prompt_outcome outcome = PROMPT_CHANGED;
    if (event->kind == EVENT_KEY && event->key.code == KEY_CODE_TAB && question->complete != NULL) {
        complete(asking);
    } else {
        outcome = prompt_event(&asking->prompt, event);
        asking->completing = asking->completing && outcome == PROMPT_IGNORED;
    }
    if (outcome == PROMPT_CHANGED && question->changed != NULL)
        question->changed(asking->view, question->context, str_slice(&asking->prompt.text));
    return outcome;
}

void asking_draw_line(struct asking *asking, struct area line)
{
    canvas_fill(line, ROLE_INPUT);
    int column = canvas_text(line, 0, 1, ROLE_KEY, str_slice(&asking->label));
    bool sign = asking->label.size == 1; /* `:` and `/` stand before the text without a blank */
    prompt_draw(&asking->prompt, area_part(line, 0, column + (sign ? 0 : 1), 1, line.columns), ROLE_INPUT);
}

void asking_draw_box(struct asking *asking, struct area body)
{
    int rows = body.rows < ASKING_ROWS ? body.rows : ASKING_ROWS;
    struct area box = area_part(body, body.rows - rows, 0, rows, body.columns);
    canvas_fill(box, ROLE_INPUT);
    struct area inside = canvas_box(box, asking->label.data, ROLE_FOCUS);
    canvas_put(box, box.rows - 1, 2, ROLE_FOCUS, " Ctrl-d done  Esc leave ");
    prompt_draw(&asking->prompt, area_part(inside, 0, 1, inside.rows, inside.columns - 2), ROLE_INPUT);
}
