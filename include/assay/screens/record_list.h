/* A list of signed records, a row each; Enter or a double click opens the whole page. */
#ifndef ASSAY_SCREENS_RECORD_LIST_H
#define ASSAY_SCREENS_RECORD_LIST_H

#include "assay/screens/record_page.h"
#include "assay/ui/list.h"

struct record_list_type {
    const struct list_column *columns;
    const enum record_page_column *cells; /* what stands in each of them */
    size_t column_count;
    const char *empty; /* what stands there when there are no rows */
};

struct record_list {
    struct list list;
    const struct record_list_type *type;
    struct list_type table; /* list's own */
    const struct record_page *pages;
    size_t count;
};

/* It must stay where it is. Its first rows are none. */
void record_list_init(struct record_list *records, const struct record_list_type *type);
void record_list_clear(struct record_list *records);
/* Other rows, borrowed; the selection stays with its record. */
void record_list_show(struct record_list *records, const struct record_page *pages, size_t count);
unsigned record_list_act(struct record_list *records, struct view *view, const struct command *command);
unsigned record_list_mouse(struct record_list *records, struct view *view, const struct mouse *mouse);

#endif
