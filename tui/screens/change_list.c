#include "assay/screens/change_list.h"

unsigned change_list_act(const struct change_page *page, void *state, const struct command *command)
{
    (void)page;
    return list_act(state, command);
}

unsigned change_list_mouse(const struct change_page *page, void *state, const struct mouse *mouse)
{
    struct command command = {.action = ACTION_NONE, .number = -1};
    (void)page;
    return list_mouse(state, mouse, &command);
}

void change_list_draw(const struct change_page *page, void *state, struct area body)
{
    (void)page;
    list_draw(state, body);
}

struct search_target change_list_search(void *state)
{
    return list_search(state);
}
