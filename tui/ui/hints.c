#include "assay/ui/hints.h"

#include <string.h>

static const char *word_of(const struct hints_word *words, enum action action)
{
    for (; words != NULL && words->action != ACTION_NONE; words++) {
        if (words->action == action)
            return words->word;
    }
    return keymap_hint(action);
}

static int hint_width(const struct keymap *keymap, const struct hints_word *words, enum action action, struct str *key)
{
    str_reset(key);
    keymap_format_keys(keymap, action, false, key);
    return canvas_width(str_slice(key)) + 1 + canvas_width(slice_of(word_of(words, action)));
}

static void draw_one(struct hints *hints, struct area line, int column, enum action action, const char *word,
                     bool possible, const struct str *key)
{
    int end = canvas_text(line, 0, column, possible ? ROLE_KEY : ROLE_DISABLED, str_slice(key));
    end = canvas_put(line, 0, end + 1, possible ? ROLE_HINT : ROLE_DISABLED, word);
    if (hints->count == HINTS_MAX)
        return;
    hints->places[hints->count].action = action;
    hints->places[hints->count].from = line.column + column;
    hints->places[hints->count++].to = line.column + end;
}

void hints_draw(struct hints *hints, struct area line, const struct keymap *keymap, const enum action *actions,
                const struct hints_word *words, hints_possible *possible, void *context)
{
    struct str key = STR_INIT;
    int column = 1, help = hint_width(keymap, words, ACTION_HELP, &key), room = line.columns - help - 2;
    hints->count = 0;
    hints->row = line.row;
    canvas_fill(line, ROLE_HINT);
    if (key.size > 0)
        draw_one(hints, line, line.columns - help - 1, ACTION_HELP, word_of(words, ACTION_HELP), true, &key);
    for (size_t at = 0; actions != NULL && actions[at] != ACTION_NONE; at++) {
        int width = hint_width(keymap, words, actions[at], &key);
        if (actions[at] == ACTION_HELP || key.size == 0)
            continue;
        if (column + width > room)
            break;
        draw_one(hints, line, column, actions[at], word_of(words, actions[at]),
                 possible == NULL || possible(context, actions[at]), &key);
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
