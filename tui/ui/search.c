#include "assay/ui/search.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"

void search_init(struct search *search)
{
    memset(search, 0, sizeof *search);
    str_init(&search->pattern);
}

void search_clear(struct search *search)
{
    str_clear(&search->pattern);
    memory_free(search->hits);
    search_init(search);
}

void search_add(struct search *search, struct search_hit hit)
{
    if (search->count < SEARCH_HITS_MAX)
        *ARRAY_PUSH(search->hits, search->count, search->capacity) = hit;
}

static int compare_hits(const void *a, const void *b)
{
    const struct search_hit *left = a, *right = b;
    if (left->order != right->order)
        return left->order < right->order ? -1 : 1;
    if (left->side != right->side)
        return left->side < right->side ? -1 : 1;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static void collect(struct search_target target)
{
    struct search *search = target.search;
    search->count = 0;
    struct error error = ERROR_INIT;
    struct match *match = match_new(str_slice(&search->pattern), MATCH_LITERAL, &error);
    if (match != NULL) {
        target.type->collect(target.what, match);
        match_free(match);
    }
    if (search->count > 1)
        qsort(search->hits, search->count, sizeof *search->hits, compare_hits);
    search->at = search->count;
}

/* The first hit at or below `order`, or the first of all. */
static size_t hit_from(const struct search *search, size_t order)
{
    for (size_t at = 0; at < search->count; at++) {
        if (search->hits[at].order >= order)
            return at;
    }
    return 0;
}

void search_begin(struct search_target target)
{
    target.search->origin = target.type->place(target.what);
    str_reset(&target.search->pattern);
    target.search->count = target.search->at = 0;
    target.search->active = true;
}

bool search_look(struct search_target target, struct slice pattern)
{
    struct search *search = target.search;
    str_reset(&search->pattern);
    str_append(&search->pattern, pattern);
    collect(target);
    if (search->count == 0) {
        target.type->show(target.what, search->origin);
        return pattern.size == 0;
    }
    search->at = hit_from(search, search->origin);
    target.type->show(target.what, search->hits[search->at].order);
    return true;
}

void search_end(struct search_target target, bool stay)
{
    struct search *search = target.search;
    if (stay && search->pattern.size > 0)
        return;
    if (!stay)
        target.type->show(target.what, search->origin);
    search->active = false;
    search->count = search->at = 0;
    str_reset(&search->pattern);
}

bool search_next(struct search_target target, bool backwards)
{
    struct search *search = target.search;
    if (search->count == 0)
        return false;
    if (search->at >= search->count)
        search->at = hit_from(search, target.type->place(target.what));
    else if (backwards)
        search->at = (search->at + search->count - 1) % search->count;
    else
        search->at = (search->at + 1) % search->count;
    target.type->show(target.what, search->hits[search->at].order);
    return true;
}

void search_again(struct search_target target)
{
    if (target.search->active && target.search->pattern.size > 0)
        collect(target);
}
