/* What a tab that is one list does, whatever its rows are: its state begins with a struct list. */
#ifndef ASSAY_SCREENS_CHANGE_LIST_H
#define ASSAY_SCREENS_CHANGE_LIST_H

#include "assay/screens/change_page.h"
#include "assay/ui/list.h"

/* For a struct change_tab. */
unsigned change_list_act(const struct change_page *page, void *state, const struct command *command);
unsigned change_list_mouse(const struct change_page *page, void *state, const struct mouse *mouse);
void change_list_draw(const struct change_page *page, void *state, struct area body);
struct search_target change_list_search(void *state);

#endif
