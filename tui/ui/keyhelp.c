#include "assay/ui/keyhelp.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"

enum { KEY_COLUMNS = 18, NAME_COLUMNS = 20, NAMES_FROM = 90 /* columns: below, the names are left out */ };

void keyhelp_init(struct keyhelp *help)
{
    memset(help, 0, sizeof *help);
    str_init(&help->text);
}

void keyhelp_clear(struct keyhelp *help)
{
    str_clear(&help->text);
    memory_free(help->spans);
    keyhelp_init(help);
}

static void append(struct keyhelp *help, unsigned pen, const char *text, int columns)
{
    size_t offset = help->text.size;
    int width = canvas_width(slice_of(text));
    str_append_text(&help->text, text);
    *ARRAY_PUSH(help->spans, help->count, help->capacity) =
        (struct span){.offset = offset, .size = help->text.size - offset, .pen = pen};
    str_append_repeat(&help->text, ' ', width < columns ? (size_t)(columns - width) : 1);
}

static void append_action(struct keyhelp *help, const struct keymap *keymap, enum action action, const char *refusal,
                          int columns)
{
    struct str keys = STR_INIT;
    keymap_format_keys(keymap, action, true, &keys);
    str_append_text(&help->text, "  ");
    append(help, refusal == NULL ? ROLE_KEY : ROLE_DISABLED, keys.size > 0 ? keys.data : "no key", KEY_COLUMNS);
    bool named = columns >= NAMES_FROM;
    if (named)
        append(help, refusal == NULL ? ROLE_ACCENT : ROLE_DISABLED, keymap_name(action), NAME_COLUMNS);
    str_append_text(&help->text, keymap_help(action));
    str_push(&help->text, '\n');
    if (refusal != NULL) {
        str_append_repeat(&help->text, ' ', 2 + KEY_COLUMNS + (named ? NAME_COLUMNS : 0));
        append(help, ROLE_WARNING, refusal, 0);
        help->text.data[help->text.size - 1] = '\n';
    }
    str_clear(&keys);
}

static void append_context(struct keyhelp *help, const struct keymap *keymap, unsigned context, unsigned above,
                           const char *name, const char *(*refusal)(void *context, enum action action), void *asked,
                           int columns)
{
    char title[40] = {0};
    strncpy(title, name, sizeof title - 1);
    title[0] = (char)(title[0] - 'a' + 'A');
    append(help, ROLE_HEADING, title, 0);
    help->text.data[help->text.size - 1] = '\n';
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        unsigned where = keymap_contexts((enum action)action);
        if ((where & context) != 0 && (where & above) == 0)
            append_action(help, keymap, (enum action)action,
                          refusal != NULL ? refusal(asked, (enum action)action) : NULL, columns);
    }
    str_push(&help->text, '\n');
}

void keyhelp_build(struct keyhelp *help, const struct keymap *keymap, unsigned contexts, int columns,
                   const char *(*refusal)(void *context, enum action action), void *context)
{
    const char *names[32];
    unsigned bits[32], above = 0;
    size_t count = 0;
    keyhelp_clear(help);
    while (count < ARRAY_COUNT(names) && (names[count] = keymap_context_name(count, &bits[count])) != NULL)
        count++;
    while (count-- > 0) {
        if ((bits[count] & (contexts | CONTEXT_ANYWHERE)) == 0)
            continue;
        append_context(help, keymap, bits[count], above, names[count], refusal, context, columns);
        above |= bits[count];
    }
}
