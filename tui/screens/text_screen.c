#include "assay/screens/text_screen.h"

#include "assay/screens/desk.h"
#include "assay/screens/label.h"

struct text_screen {
    struct str title, copy;
    struct leaf leaf;
    struct pager pager;
};

static int open_text(struct view *view, void *argument, struct error *error)
{
    struct text_screen *screen = view->state;
    struct text_screen_page *page = argument;
    (void)error;
    str_init(&screen->title);
    str_init(&screen->copy);
    sanitise_append(&screen->title, page->title, SANITISE_LINE);
    screen->leaf = *page->leaf;
    leaf_init(page->leaf);
    str_append(&screen->copy, page->copy.data ? page->copy : str_slice(&screen->leaf.text));
    pager_init(&screen->pager);
    leaf_show(&screen->leaf, &screen->pager);
    return 0;
}

static void close_text(struct view *view)
{
    struct text_screen *screen = view->state;
    pager_clear(&screen->pager);
    leaf_clear(&screen->leaf);
    str_clear(&screen->title);
    str_clear(&screen->copy);
}

static unsigned act_text(struct view *view, const struct command *command)
{
    struct text_screen *screen = view->state;
    if (command->action == ACTION_COPY) {
        view_copy(view, str_slice(&screen->copy));
        return REACT_DONE;
    }
    return pager_act(&screen->pager, command);
}

static unsigned mouse_text(struct view *view, const struct mouse *mouse)
{
    struct text_screen *screen = view->state;
    return pager_mouse(&screen->pager, mouse);
}

static void title_text(struct view *view, struct area line)
{
    const struct text_screen *screen = view->state;
    canvas_field(line, 0, 1, line.columns - 2, CANVAS_LEFT, ROLE_TITLE, str_slice(&screen->title));
}

static void draw_text(struct view *view, struct area body)
{
    struct text_screen *screen = view->state;
    leaf_draw(&screen->pager, area_part(body, 1, 1, body.rows - 1, body.columns - 2));
}

static unsigned tick_text(struct view *view, int64_t now_us)
{
    (void)now_us;
    return desk_tick(desk_of(view));
}

static const char *refuse_text(struct view *view, enum action action)
{
    const struct text_screen *screen = view->state;
    bool sideways = action == ACTION_LEFT || action == ACTION_RIGHT;
    return sideways && !screen->pager.unwrapped ? "The lines are wrapped: there is nothing at the side." : NULL;
}

static struct search_target search_text(struct view *view)
{
    struct text_screen *screen = view->state;
    return pager_search(&screen->pager);
}

static const enum action text_hints[] = {ACTION_DOWN, ACTION_PAGE_DOWN, ACTION_SEARCH,
                                         ACTION_COPY, ACTION_BACK,      ACTION_NONE};

const struct view_type text_screen_view = {
    .name = "text",
    .contexts = CONTEXT_MOVE | CONTEXT_READ,
    .size = sizeof(struct text_screen),
    .open = open_text,
    .close = close_text,
    .act = act_text,
    .mouse = mouse_text,
    .title = title_text,
    .draw = draw_text,
    .tick = tick_text,
    .refuse = refuse_text,
    .search = search_text,
    .hints = text_hints,
};
