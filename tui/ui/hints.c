#include "assay/ui/hints.h"

#include <string.h>

static int hint_width(const struct keymap *keymap, enum action action, struct str *key)
{
    str_reset(key);
    keymap_format_keys(keymap, action, false, key);
    return canvas_width(str_slice(key)) + 1 + canvas_width(slice_of(keymap_hint(action)));
}

static void draw_one(struct hints *hints, struct area line, int column, enum action action, bool possible,
                     const struct str *key)
{
    int end = canvas_text(line, 0, column, possible ? ROLE_KEY : ROLE_DISABLED, str_slice(key));
    end = canvas_put(line, 0, end + 1, possible ? ROLE_HINT : ROLE_DISABLED, keymap_hint(action));
    if (hints->count == HINTS_MAX)
        return;
    hints->places[hints->count].action = action;
    hints->places[hints->count].from = line.column + column;
    hints->places[hints->count++].to = line.column + end;
}

void hints_draw(struct hints *hints, struct area line, const struct keymap *keymap, const enum action *actions,
                hints_possible *possible, void *context)
{
    struct str key = STR_INIT;
    int column = 1, help = hint_width(keymap, ACTION_HELP, &key), room = line.columns - help - 2;
    hints->count = 0;
    hints->row = line.row;
    canvas_fill(line, ROLE_HINT);
    if (key.size > 0)
        draw_one(hints, line, line.columns - help - 1, ACTION_HELP, true, &key);
    for (size_t at = 0; actions != NULL && actions[at] != ACTION_NONE; at++) {
        int width = hint_width(keymap, actions[at], &key);
        if (actions[at] == ACTION_HELP || key.size == 0)
            continue;
        if (column + width > room)
            break;
        draw_one(hints, line, column, actions[at], possible == NULL || possible(context, actions[at]), &key);
        column += width + 2;
    }
    str_clear(&key);
}

enum action hints_at(const struct hints *hints, int row, int column)
{
    for (size_t at = 0; row == hints->row && at < hints->count; at++) {
        if (column >= hints->places[at].from && column < hints->places[at].to)
            return hints->places[at].action;
    }
    return ACTION_NONE;
}
