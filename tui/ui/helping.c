#include "assay/ui/helping.h"

void helping_init(struct helping *helping)
{
    helping->active = false;
    keyhelp_init(&helping->keys);
    pager_init(&helping->pager);
}

void helping_clear(struct helping *helping)
{
    helping->active = false;
    keyhelp_clear(&helping->keys);
    pager_clear(&helping->pager);
}

void helping_open(struct helping *helping, const struct keymap *keymap, unsigned contexts, int columns,
                  const char *(*refusal)(void *context, enum action action), void *context)
{
    keyhelp_build(&helping->keys, keymap, contexts, columns, refusal, context);
    pager_set(&helping->pager, str_slice(&helping->keys.text), helping->keys.spans, helping->keys.count);
    helping->active = true;
}

unsigned helping_event(struct helping *helping, const struct keymap *keymap, const struct event *event)
{
    if (event->kind == EVENT_MOUSE) {
        if (event->mouse.kind == MOUSE_PRESS)
            helping->active = false;
        return pager_mouse(&helping->pager, &event->mouse) | REACT_REDRAW;
    }
    if (event->kind != EVENT_KEY)
        return REACT_NOTHING;
    struct command command = {.action = keymap_find(keymap, CONTEXT_MOVE, event->key), .number = -1};
    if (command.action == ACTION_QUIT)
        return REACT_QUIT;
    if (pager_act(&helping->pager, &command) == REACT_NOTHING)
        helping->active = false;
    return REACT_DONE;
}

void helping_draw(struct helping *helping, struct area body)
{
    int margin = body.columns > 110 ? (body.columns - 104) / 2 : 0;
    struct area box = area_part(body, 0, margin, body.rows, body.columns - 2 * margin);
    canvas_fill(box, ROLE_TEXT);
    struct area inside = canvas_box(box, "Keys here", ROLE_FOCUS);
    canvas_put(box, box.rows - 1, 2, ROLE_FOCUS, " j k scroll, any other key closes ");
    pager_draw(&helping->pager, area_part(inside, 0, 1, inside.rows, inside.columns - 2));
}
