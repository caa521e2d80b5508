#include "assay/screens/record_list.h"

#include <string.h>

static size_t count(void *context)
{
    const struct record_list *records = context;
    return records->count;
}

static void cell(void *context, size_t row, size_t column, struct area area)
{
    const struct record_list *records = context;
    record_page_cell(&records->pages[row], records->type->cells[column], area);
}

static void text(void *context, size_t row, struct str *out)
{
    const struct record_list *records = context;
    record_page_text(records->pages[row].record, out);
}

static uint64_t identity(void *context, size_t row)
{
    const struct record_list *records = context;
    uint64_t number;
    memcpy(&number, records->pages[row].record->name.bytes, sizeof number);
    return number;
}

void record_list_init(struct record_list *records, const struct record_list_type *type)
{
    *records = (struct record_list){.type = type,
                                    .table = {.columns = type->columns,
                                              .column_count = type->column_count,
                                              .empty = type->empty,
                                              .count = count,
                                              .cell = cell,
                                              .text = text,
                                              .identity = identity}};
    list_init(&records->list, &records->table, records);
}

void record_list_clear(struct record_list *records)
{
    list_clear(&records->list);
}

void record_list_show(struct record_list *records, const struct record_page *pages, size_t shown)
{
    records->pages = pages;
    records->count = shown;
    list_reload(&records->list);
}

static unsigned open_selected(const struct record_list *records, struct view *view)
{
    return records->count > 0 ? record_page_open(view, &records->pages[records->list.selected]) : REACT_HANDLED;
}

unsigned record_list_act(struct record_list *records, struct view *view, const struct command *command)
{
    return command->action == ACTION_OPEN ? open_selected(records, view) : list_act(&records->list, command);
}

unsigned record_list_mouse(struct record_list *records, struct view *view, const struct mouse *mouse)
{
    struct command command = {.action = ACTION_NONE, .number = -1};
    unsigned reaction = list_mouse(&records->list, mouse, &command);
    return command.action == ACTION_OPEN ? open_selected(records, view) : reaction;
}
