/* A table of rows that can be selected, marked, sorted and searched. The owner keeps the rows; the list asks for them.
 *
 *     static const struct list_column columns[] = {
 *         {"CHANGE", .columns = 20, .grow = 1}, {"RISK", .columns = 8, .drop = 2},
 *         {"CASES", .columns = 5, .align = CANVAS_RIGHT, .drop = 1},
 *     };
 *     static const struct list_type type = {
 *         .columns = columns, .column_count = ARRAY_COUNT(columns), .count = rows_count, .cell = rows_cell,
 *         .text = rows_text, .identity = rows_identity, .empty = "No pending changes.",
 *     };
 *     list_init(&list, &type, state);
 *     reaction = list_act(&list, command);        in act
 *     reaction = list_mouse(&list, mouse);        in mouse; a double click is REACT_HANDLED and *command OPEN
 *     list_draw(&list, area);                     in draw */
#ifndef ASSAY_UI_LIST_H
#define ASSAY_UI_LIST_H

#include "assay/ui/canvas.h"
#include "assay/ui/keymap.h"
#include "assay/ui/search.h"

struct list_column {
    const char *title;
    int columns;             /* smallest width */
    int grow;                /* its share of what is left over; 0: none */
    int drop;                /* 0: always shown; else the highest goes first when there is no room */
    enum canvas_align align; /* of the title; a cell draws itself */
};

struct list_type {
    const struct list_column *columns;
    size_t column_count;
    bool bare;         /* no line of titles */
    const char *empty; /* what stands there when there are no rows; NULL: nothing */
    size_t (*count)(void *context);
    /* Draws one cell into an area of one row; the list puts the selection under it. */
    void (*cell)(void *context, size_t row, size_t column, struct area cell);
    void (*text)(void *context, size_t row, struct str *out); /* what `/` looks at; NULL: no search */
    uint64_t (*identity)(void *context, size_t row);          /* the same for a row after a reload; NULL: its number */
    bool marks;                                               /* Space marks */
};

struct list {
    const struct list_type *type;
    void *context;
    size_t selected, top;
    int sort;       /* the sorted column, or -1: where the mark stands. Sorting is the owner's */
    bool sort_down; /* largest first */
    /* Own matters of list.c. */
    int rows;
    struct area drawn;
    uint64_t kept;
    uint64_t *marks; /* identities, sorted */
    size_t mark_count, mark_capacity;
    bool dragging;
    struct search search;
};

void list_init(struct list *list, const struct list_type *type, void *context);
void list_clear(struct list *list);
unsigned list_act(struct list *list, const struct command *command);
/* A click selects; *command is set to an action (OPEN by double click, SORT on a title: number is the column) or NONE. */
unsigned list_mouse(struct list *list, const struct mouse *mouse, struct command *command);
void list_draw(struct list *list, struct area area);
void list_select(struct list *list, size_t row);
/* After the rows changed: the selection and the marks stay with their rows' identities. */
void list_reload(struct list *list);

bool list_marked(const struct list *list, size_t row);
size_t list_marked_count(const struct list *list);
void list_unmark(struct list *list);

struct search_target list_search(struct list *list); /* needs type->text */

#endif
