#include "assay/ui/confirming.h"

#include "assay/text/sanitise.h"

void confirming_init(struct confirming *confirming)
{
    *confirming = (struct confirming){.active = false};
    str_init(&confirming->text);
}

void confirming_clear(struct confirming *confirming)
{
    str_clear(&confirming->text);
    confirming_init(confirming);
}

void confirming_open(struct confirming *confirming, struct view *view, const char *text, uint32_t key,
                     unsigned (*yes)(struct view *view, void *context), void *context)
{
    confirming->active = true;
    confirming->view = view;
    confirming->key = key;
    confirming->yes = yes;
    confirming->context = context;
    str_reset(&confirming->text);
    sanitise_append(&confirming->text, slice_of(text), SANITISE_LINE);
}

enum confirming_outcome confirming_event(struct confirming *confirming, const struct event *event)
{
    if (event->kind != EVENT_KEY)
        return CONFIRMING_WAITS;
    confirming->active = false;
    return event->key.code == confirming->key && event->key.modifiers == 0 ? CONFIRMING_YES : CONFIRMING_NO;
}

void confirming_draw(const struct confirming *confirming, struct area line)
{
    struct str key = STR_INIT;
    event_format_key((struct key){.code = confirming->key}, &key);
    canvas_fill(line, ROLE_INPUT);
    int column = canvas_text(line, 0, 1, ROLE_WARNING, str_slice(&confirming->text)) + 2;
    column = canvas_text(line, 0, column, ROLE_KEY, str_slice(&key));
    canvas_put(line, 0, column, ROLE_INPUT, " yes, any other key no");
    str_clear(&key);
}
