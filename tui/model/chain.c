#include "assay/model/chain.h"

#include <stdlib.h>

#include "assay/base/arena.h"
#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/table.h"

enum { WORD_BITS = 64 };

/* A group is the records of one person for one change; within it each (role, module) has a number, its seat. */
struct node {
    const struct record *record;
    size_t same; /* position of the first record of this name: usually its own */
    size_t group, seat;
    size_t *parents; /* the records of `prev` that are here and of the same group */
    size_t parent_count;
    size_t children;
    uint64_t *below; /* set of the seats that occur among its descendants */
    bool newest, head;
};

struct chain {
    struct arena arena;
    struct node *nodes;
    size_t count;
    size_t *seats; /* of each group: how many */
    struct table *names, *groups;
    struct chain_problem *problems;
    size_t problem_count, problem_capacity;
};

/* Text of a record holds no NUL, so NUL separates. */
static size_t find_group(const struct chain *chain, struct slice principal, struct slice change)
{
    struct str key = STR_INIT;
    size_t group = SIZE_MAX;
    str_append(&key, principal);
    str_push(&key, '\0');
    str_append(&key, change);
    table_get(chain->groups, str_slice(&key), &group);
    str_clear(&key);
    return group;
}

static size_t number_of(struct table *table, const struct str *key, size_t next)
{
    size_t number = next;
    if (!table_add(table, str_slice(key), next))
        table_get(table, str_slice(key), &number);
    return number;
}

static void number_nodes(struct chain *chain)
{
    struct table *seats = table_new();
    struct str key = STR_INIT;
    for (size_t i = 0; i < chain->count; i++) {
        struct node *node = &chain->nodes[i];
        const struct record *record = node->record;
        str_reset(&key);
        str_append(&key, record->reviewer.principal);
        str_push(&key, '\0');
        str_append(&key, record->change);
        node->group = number_of(chain->groups, &key, table_count(chain->groups));
        str_push(&key, '\0');
        str_append(&key, record->reviewer.role);
        str_push(&key, '\0');
        str_append(&key, record->module.path);
        node->seat = number_of(seats, &key, chain->seats[node->group]);
        if (node->seat == chain->seats[node->group])
            chain->seats[node->group]++;
    }
    str_clear(&key);
    table_free(seats);
}

static void add_problem(struct chain *chain, enum chain_problem_kind kind, size_t record, const struct digest *name)
{
    *ARRAY_PUSH(chain->problems, chain->problem_count, chain->problem_capacity) =
        (struct chain_problem){kind, record, *name};
}

static void link_node(struct chain *chain, size_t at)
{
    struct node *node = &chain->nodes[at];
    const struct record *record = node->record;
    int64_t highest = 0;
    node->parents = arena_alloc_array(&chain->arena, record->prev_count, sizeof *node->parents);
    for (size_t i = 0; i < record->prev_count; i++) {
        size_t parent;
        if (!table_get(chain->names, digest_slice(&record->prev[i]), &parent)) {
            add_problem(chain, CHAIN_GAP, at, &record->prev[i]);
            continue;
        }
        if (chain->nodes[parent].group != node->group) {
            add_problem(chain, CHAIN_FOREIGN, at, &record->prev[i]);
            continue;
        }
        node->parents[node->parent_count++] = parent;
        chain->nodes[parent].children++;
        if (chain->nodes[parent].record->seq > highest)
            highest = chain->nodes[parent].record->seq;
    }
    if (node->parent_count == record->prev_count && record->seq - 1 != highest)
        add_problem(chain, CHAIN_SEQ, at, &record->name);
}

static void pass_down(struct chain *chain, const struct node *node, size_t words)
{
    for (size_t i = 0; i < node->parent_count; i++) {
        uint64_t *below = chain->nodes[node->parents[i]].below;
        for (size_t w = 0; w < words; w++)
            below[w] |= node->below[w];
        below[node->seat / WORD_BITS] |= (uint64_t)1 << node->seat % WORD_BITS;
    }
}

/* From the heads to their ancestors, each after all its children; iterative, since a chain may be long. */
static void find_newest(struct chain *chain)
{
    size_t *ready = memory_new_array(chain->count + 1, sizeof *ready), ready_count = 0;
    size_t *waiting = memory_new_array(chain->count + 1, sizeof *waiting);
    for (size_t i = 0; i < chain->count; i++) {
        struct node *node = &chain->nodes[i];
        size_t words = chain->seats[node->group] / WORD_BITS + 1;
        node->below = arena_alloc_array(&chain->arena, words, sizeof *node->below);
        node->head = node->newest = true; /* unless a descendant says otherwise */
        waiting[i] = node->children;
        if (node->same == i && node->children == 0)
            ready[ready_count++] = i;
    }
    while (ready_count) {
        struct node *node = &chain->nodes[ready[--ready_count]];
        node->head = node->children == 0;
        node->newest = !(node->below[node->seat / WORD_BITS] >> node->seat % WORD_BITS & 1);
        pass_down(chain, node, chain->seats[node->group] / WORD_BITS + 1);
        for (size_t i = 0; i < node->parent_count; i++)
            if (--waiting[node->parents[i]] == 0)
                ready[ready_count++] = node->parents[i];
    }
    memory_free(ready);
    memory_free(waiting);
}

struct chain *chain_new(const struct record *const *records, size_t count)
{
    struct chain *chain = memory_new(sizeof *chain);
    chain->names = table_new();
    chain->groups = table_new();
    chain->count = count;
    chain->nodes = arena_alloc_array(&chain->arena, count, sizeof *chain->nodes);
    chain->seats = arena_alloc_array(&chain->arena, count, sizeof *chain->seats);
    for (size_t i = 0; i < count; i++) {
        chain->nodes[i].record = records[i];
        chain->nodes[i].same = i;
        if (!table_add(chain->names, digest_slice(&records[i]->name), i))
            table_get(chain->names, digest_slice(&records[i]->name), &chain->nodes[i].same);
    }
    number_nodes(chain);
    for (size_t i = 0; i < count; i++)
        if (chain->nodes[i].same == i)
            link_node(chain, i);
    find_newest(chain);
    return chain;
}

void chain_free(struct chain *chain)
{
    if (!chain)
        return;
    table_free(chain->names);
    table_free(chain->groups);
    memory_free(chain->problems);
    arena_clear(&chain->arena);
    memory_free(chain);
}

const struct chain_problem *chain_problems(const struct chain *chain, size_t *count)
{
    *count = chain->problem_count;
    return chain->problems;
}

bool chain_is_head(const struct chain *chain, size_t record)
{
    return chain->nodes[chain->nodes[record].same].head;
}

bool chain_is_newest(const struct chain *chain, size_t record)
{
    return chain->nodes[chain->nodes[record].same].newest;
}

static int compare_digests(const void *a, const void *b)
{
    return slice_compare(digest_slice(a), digest_slice(b));
}

void chain_next(const struct chain *chain, struct slice principal, struct slice change, struct digest **prev,
                size_t *prev_count, int64_t *seq)
{
    size_t group = find_group(chain, principal, change), capacity = 0;
    *prev = NULL;
    *prev_count = 0;
    *seq = 1;
    for (size_t i = 0; group != SIZE_MAX && i < chain->count; i++) {
        const struct node *node = &chain->nodes[i];
        if (node->group != group || node->same != i || !node->head)
            continue;
        *ARRAY_PUSH(*prev, *prev_count, capacity) = node->record->name;
        if (node->record->seq >= *seq)
            *seq = node->record->seq + 1;
    }
    if (*prev_count)
        qsort(*prev, *prev_count, sizeof **prev, compare_digests);
}
