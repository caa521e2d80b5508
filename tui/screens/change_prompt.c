#include "assay/screens/change_prompt.h"

#include "assay/data/json_encode.h"
#include "assay/screens/pair.h"

/* Before and after, put together as two texts that are compared as a whole. */
struct prompt_tab {
    struct sides sides;
    struct pair pair;
    struct pair_options options;
    struct str texts[2];
    bool ready;
    struct digest content; /* of the module that is shown */
    bool read[2];          /* the end of this side was on the screen */
};

static void put_value(const struct value *value, size_t depth, struct str *out);

static void put_map(const struct value *map, size_t depth, struct str *out)
{
    for (size_t i = 0; i < value_count(map); i++) {
        const struct value_pair *pair = value_pair_at(map, i);
        str_append_repeat(out, ' ', 2 * depth);
        str_append(out, pair->key);
        str_append_text(out, ":");
        put_value(&pair->value, depth, out);
    }
}

/* As YAML would write it, for the eye. */
static void put_value(const struct value *value, size_t depth, struct str *out)
{
    if (value_is_map(value)) {
        str_push(out, '\n');
        put_map(value, depth + 1, out);
    } else if (value_is_list(value) && value_count(value) > 0 && value_is_map(value_at(value, 0))) {
        str_push(out, '\n');
        for (size_t i = 0; i < value_count(value); i++) {
            str_append_repeat(out, ' ', 2 * depth + 2);
            str_append_text(out, "-\n");
            put_map(value_at(value, i), depth + 2, out);
        }
    } else {
        str_push(out, ' ');
        if (value_is_text(value))
            str_append(out, value_text(value));
        else
            json_encode(value, JSON_CANONICAL, out);
        str_push(out, '\n');
    }
}

static void put_heading(struct str texts[2], const char *what, struct slice name)
{
    for (int side = 0; side < 2; side++) {
        if (texts[side].size > 0)
            str_append_text(&texts[side], "\n\n");
        str_appendf(&texts[side], "== %s %.*s ==\n\n", what, SLICE_ARG(name));
    }
}

static void put_side(struct str *out, struct slice text, bool there)
{
    if (!there)
        str_append_text(out, "(not there)");
    else
        str_append(out, text);
}

static void put_manifest(const struct module *module, struct str texts[2])
{
    const struct manifest *manifests[2] = {module->manifest_before, module->manifest};
    if (!manifests[0] && !manifests[1])
        return;
    put_heading(texts, "Settings of", module->name);
    for (int side = 0; side < 2; side++) {
        if (manifests[side])
            put_map(manifests[side]->document.root, 0, &texts[side]);
        else
            put_side(&texts[side], (struct slice){0}, false);
    }
}

static struct slice expected(const struct golden_case *item)
{
    return item && item->expected_count > 0 ? item->expected[0] : (struct slice){0};
}

static bool same_case(const struct golden_case *a, const struct golden_case *b)
{
    if (!a || !b || a->expected_count != b->expected_count)
        return false;
    for (size_t i = 0; i < a->expected_count; i++)
        if (!slice_equal(a->expected[i], b->expected[i]))
            return false;
    bool vars = a->vars && b->vars ? value_equal(a->vars, b->vars) : a->vars == b->vars;
    return vars && (a->thresholds && b->thresholds ? value_equal(a->thresholds, b->thresholds)
                                                   : a->thresholds == b->thresholds);
}

static void put_case(struct str texts[2], struct slice id, const struct golden_case *before,
                     const struct golden_case *after)
{
    const struct golden_case *sides[2] = {before, after};
    if (same_case(before, after))
        return;
    put_heading(texts, "Golden case", id);
    for (int side = 0; side < 2; side++) {
        put_side(&texts[side], expected(sides[side]), sides[side] != NULL);
        if (sides[side] && sides[side]->vars) {
            str_append_text(&texts[side], "\n\nInput:\n");
            put_map(sides[side]->vars, 1, &texts[side]);
        }
    }
}

static void put_goldens(const struct module_prompt *prompt, struct str texts[2])
{
    const struct golden *before = prompt->golden_before, *after = prompt->golden;
    if (before == after)
        return;
    for (size_t i = 0; before && i < before->count; i++)
        put_case(texts, before->cases[i].id, &before->cases[i], after ? golden_find(after, before->cases[i].id) : NULL);
    for (size_t i = 0; after && i < after->count; i++)
        if (!before || !golden_find(before, after->cases[i].id))
            put_case(texts, after->cases[i].id, NULL, &after->cases[i]);
}

static void put_files(const struct module *module, struct str texts[2])
{
    for (size_t i = 0; i < module->file_count; i++) {
        const struct module_file *file = &module->files[i];
        put_heading(texts, "File", file->path);
        put_side(&texts[0], file->before, file->before.data != NULL);
        put_side(&texts[1], file->after, file->after.data != NULL);
    }
}

static void compose(const struct module *module, struct str texts[2])
{
    put_files(module, texts);
    for (size_t p = 0; p < module->prompt_count; p++) {
        const struct module_prompt *prompt = &module->prompts[p];
        put_heading(texts, "Prompt", prompt->id);
        put_side(&texts[0], prompt->template_before, prompt->template_before.data != NULL);
        put_side(&texts[1], prompt->template_text, prompt->template_text.data != NULL);
    }
    put_manifest(module, texts);
    for (size_t p = 0; p < module->prompt_count; p++)
        put_goldens(&module->prompts[p], texts);
}

static void show(struct prompt_tab *tab, bool keep)
{
    struct slice texts[2] = {str_slice(&tab->texts[0]), str_slice(&tab->texts[1])};
    static const struct slice titles[2] = {{"Today", 5}, {"With this change", 16}};
    pair_show(&tab->pair, texts, titles, &tab->options, keep, &tab->sides);
}

static void build(const struct change_page *page, void *state)
{
    struct prompt_tab *tab = state;
    if (!tab->ready) {
        sides_init(&tab->sides);
        pair_init(&tab->pair);
        str_init(&tab->texts[0]);
        str_init(&tab->texts[1]);
        tab->options.source = true;
        tab->sides.side = 1;
    }
    str_reset(&tab->texts[0]);
    str_reset(&tab->texts[1]);
    if (!page->module || !digest_equal(&tab->content, &page->module->digest))
        tab->read[0] = tab->read[1] = false;
    if (page->module) {
        tab->content = page->module->digest;
        compose(page->module, tab->texts);
    }
    show(tab, tab->ready);
    tab->ready = true;
}

static void clear(void *state)
{
    struct prompt_tab *tab = state;
    if (!tab->ready)
        return;
    sides_clear(&tab->sides);
    pair_clear(&tab->pair);
    str_clear(&tab->texts[0]);
    str_clear(&tab->texts[1]);
}

static unsigned act(const struct change_page *page, void *state, const struct command *command)
{
    struct prompt_tab *tab = state;
    if (command->action != ACTION_DIFF)
        return sides_act(&tab->sides, command);
    tab->options.unit = (tab->options.unit + 1) % PAIR_AS_JSON;
    show(tab, true);
    view_say(page->view, ROLE_MESSAGE, "Compared: %s.", pair_unit_name(tab->options.unit));
    return REACT_DONE;
}

static unsigned mouse(const struct change_page *page, void *state, const struct mouse *mouse)
{
    struct prompt_tab *tab = state;
    (void)page;
    return sides_mouse(&tab->sides, mouse);
}

static void draw(const struct change_page *page, void *state, struct area body)
{
    struct prompt_tab *tab = state;
    (void)page;
    sides_draw(&tab->sides, body);
    for (int side = 0; side < 2; side++)
        tab->read[side] = tab->read[side] || sides_ends(&tab->sides, side);
}

/* What was painted to its end counts as read, of a policy's files as of a case. */
static bool settle(const struct change_page *page, void *state)
{
    const struct prompt_tab *tab = state;
    struct error error = ERROR_INIT;
    if (!tab->read[0] || !tab->read[1] || !page->session || session_has_read_files(page->session))
        return false;
    if (session_mark_files_read(page->session, &error) < 0)
        view_say_error(page->view, &error);
    return true;
}

static void badge(const struct change_page *page, struct str *out)
{
    if (page->module && page->module->file_count > 0 && !session_is_read_only(page->session))
        str_append_text(out, session_has_read_files(page->session) ? "read" : "not read yet");
}

static struct search_target search(void *state)
{
    struct prompt_tab *tab = state;
    return sides_search(&tab->sides);
}

const struct change_tab change_prompt_tab = {
    .title = "Prompt",
    .size = sizeof(struct prompt_tab),
    .build = build,
    .clear = clear,
    .act = act,
    .mouse = mouse,
    .draw = draw,
    .search = search,
    .badge = badge,
    .settle = settle,
};
