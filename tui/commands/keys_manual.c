#include "assay/commands/keys_manual.h"

#include "assay/ui/keymap.h"

/* Keys hold every character that roff knows: backslash, minus, a dot or an apostrophe at the start of a line. */
static void put_keys(const struct keymap *keymap, enum action action, struct str *out)
{
    struct str keys = STR_INIT;
    keymap_format_keys(keymap, action, true, &keys);
    str_append_text(out, ".TP\n.B \"\\&");
    for (size_t i = 0; i < keys.size; i++) {
        if (keys.data[i] == '\\')
            str_append_text(out, "\\e");
        else if (keys.data[i] == '-')
            str_append_text(out, "\\-");
        else if (keys.data[i] == '"')
            str_append_text(out, "\\(dq");
        else
            str_push(out, keys.data[i]);
    }
    str_appendf(out, "\"\n%s \\(em %s\n", keymap_name(action), keymap_help(action));
    str_clear(&keys);
}

/* An action is described once, where it first belongs. */
void keys_manual_page(struct str *out)
{
    struct keymap *keymap = keymap_new();
    bool told[ACTION_COUNT] = {false};
    unsigned context;
    for (size_t at = 0; keymap_context_name(at, &context); at++) {
        str_appendf(out, ".SS In the console: %s\n", keymap_context_name(at, &context));
        for (unsigned action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
            if (told[action] || !(keymap_contexts((enum action)action) & context))
                continue;
            told[action] = true;
            put_keys(keymap, (enum action)action, out);
        }
    }
    keymap_free(keymap);
}
