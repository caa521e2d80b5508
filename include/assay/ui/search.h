/* Incremental search in whatever can say where its finds are: lists, pagers, sides. */
#ifndef ASSAY_UI_SEARCH_H
#define ASSAY_UI_SEARCH_H

#include "assay/base/str.h"
#include "assay/text/match.h"

enum { SEARCH_HITS_MAX = 20000, SEARCH_NONE = -1 };

struct search_hit {
    size_t order;        /* where it stands from top to bottom: a row */
    size_t offset, size; /* bytes in the text of that side; of a list: in the text of the row */
    int side;            /* of sides: 0 or 1; else 0 */
};

struct search {
    struct str pattern;
    struct search_hit *hits; /* sorted by order */
    size_t count, capacity;
    size_t at;     /* the current hit; count when there is none */
    size_t origin; /* where the search began */
    bool active;   /* finds are shown */
};

/* What is searched. A pointer to a constant table and to the thing; by value. */
struct search_type {
    void (*collect)(void *what, struct match *match); /* search_add for every find, in any order */
    size_t (*place)(const void *what);                /* the order of where the person is */
    void (*show)(void *what, size_t order);           /* go there */
};

struct search_target {
    void *what;
    struct search *search;
    const struct search_type *type;
};

void search_init(struct search *search);
void search_clear(struct search *search);
void search_add(struct search *search, struct search_hit hit);

void search_begin(struct search_target target);
/* For each state of the pattern while it is typed: goes to the first find from where the search began, round the end.
 * False when there is none: back at the origin. */
bool search_look(struct search_target target, struct slice pattern);
void search_end(struct search_target target, bool stay); /* stay false: back to the origin, finds no longer shown */
bool search_next(struct search_target target, bool backwards); /* false: nothing was searched, or nothing found */
void search_again(struct search_target target); /* the texts or the layout changed: collect anew, stay where one is */

#endif
