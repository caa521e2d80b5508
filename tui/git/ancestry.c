#include "assay/git/ancestry.h"

#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/git/objects.h"

/* Commits are nodes, numbered in the order in which they were met; the number 0 is nobody's. */
struct node {
    struct oid oid;
    uint32_t parents; /* where its parents begin in `parents` of the graph */
    uint16_t parent_count;
    bool is_read; /* its parents are known */
    bool in_target;
    uint32_t seen;       /* the walk that met it last */
    uint32_t generation; /* 1 + the highest of its parents'; 0: not known. Only of the target's commits */
};

struct numbers {
    uint32_t *items;
    size_t count, capacity;
};

struct ancestry {
    const struct repo *repo;
    struct node *nodes;
    size_t node_count, node_capacity;
    struct numbers parents;
    uint32_t *slots; /* open addressing from oid to node; a power of two */
    size_t slot_count;
    uint32_t walk;
    size_t target_size;
    bool generations; /* of the target are known */
    struct numbers stack;
};

struct ancestry *ancestry_new(const struct repo *repo)
{
    enum { SLOTS_AT_FIRST = 1 << 12 };
    struct ancestry *ancestry = memory_new(sizeof *ancestry);
    ancestry->repo = repo;
    ancestry->slot_count = SLOTS_AT_FIRST;
    ancestry->slots = memory_new_array(ancestry->slot_count, sizeof *ancestry->slots);
    ARRAY_PUSH(ancestry->nodes, ancestry->node_count, ancestry->node_capacity)->is_read = true;
    return ancestry;
}

void ancestry_free(struct ancestry *ancestry)
{
    if (ancestry) {
        memory_free(ancestry->nodes);
        memory_free(ancestry->parents.items);
        memory_free(ancestry->slots);
        memory_free(ancestry->stack.items);
        memory_free(ancestry);
    }
}

static void push(struct numbers *numbers, uint32_t number)
{
    *ARRAY_PUSH(numbers->items, numbers->count, numbers->capacity) = number;
}

/* --- nodes by oid ------------------------------------------------------------------------------------------------ */

/* The slot that holds the oid, or the empty one where it belongs. An oid is a hash already. */
static size_t slot_of(const struct ancestry *ancestry, const struct oid *oid)
{
    uint64_t hash;
    memcpy(&hash, oid->bytes, sizeof hash);
    size_t slot = (size_t)hash & (ancestry->slot_count - 1);
    while (ancestry->slots[slot] && !oid_equal(&ancestry->nodes[ancestry->slots[slot]].oid, oid)) {
        slot = (slot + 1) & (ancestry->slot_count - 1);
    }
    return slot;
}

static void grow_slots(struct ancestry *ancestry)
{
    memory_free(ancestry->slots);
    ancestry->slot_count *= 2;
    ancestry->slots = memory_new_array(ancestry->slot_count, sizeof *ancestry->slots);
    for (size_t i = 1; i < ancestry->node_count; i++) {
        ancestry->slots[slot_of(ancestry, &ancestry->nodes[i].oid)] = (uint32_t)i;
    }
}

static uint32_t find_node(const struct ancestry *ancestry, const struct oid *oid)
{
    return ancestry->slots[slot_of(ancestry, oid)];
}

static uint32_t add_node(struct ancestry *ancestry, const struct oid *oid)
{
    if (ancestry->node_count * 2 > ancestry->slot_count) {
        grow_slots(ancestry);
    }
    const size_t slot = slot_of(ancestry, oid);
    if (!ancestry->slots[slot]) {
        ancestry->slots[slot] = (uint32_t)ancestry->node_count;
        ARRAY_PUSH(ancestry->nodes, ancestry->node_count, ancestry->node_capacity)->oid = *oid;
    }
    return ancestry->slots[slot];
}

/* --- parents ----------------------------------------------------------------------------------------------------- */

static int add_parents(struct ancestry *ancestry, uint32_t number, struct slice bytes, struct error *error)
{
    enum { PARENTS_MAX = UINT16_MAX, PARENT_LINE = 7 + OID_HEX_SIZE + 1 };
    const uint32_t first = (uint32_t)ancestry->parents.count;
    const size_t tree_line = slice_find_byte(bytes, '\n');
    struct slice rest = slice_from(bytes, tree_line == SLICE_NOT_FOUND ? bytes.size : tree_line + 1);
    size_t count = 0;
    for (; slice_starts_with(rest, SLICE("parent ")); rest = slice_from(rest, PARENT_LINE)) {
        struct oid parent;
        if (!oid_parse(slice_part(rest, 7, OID_HEX_SIZE), &parent) || ++count > PARENTS_MAX) {
            char hex[OID_HEX_SIZE + 1];
            oid_format(&ancestry->nodes[number].oid, hex);
            return error_set(error, ERROR_INPUT, "the commit %s is malformed; run `git fsck`", hex);
        }
        const uint32_t added = add_node(ancestry, &parent);
        push(&ancestry->parents, added);
    }
    ancestry->nodes[number].parents = first;
    ancestry->nodes[number].parent_count = (uint16_t)count;
    return 0;
}

/* Makes the parents of a node known. */
static int read_node(struct ancestry *ancestry, uint32_t number, struct error *error)
{
    const struct oid oid = ancestry->nodes[number].oid;
    struct object object;
    if (ancestry->nodes[number].is_read) {
        return 0;
    }
    if (objects_open(ancestry->repo, &oid, OBJECT_COMMIT, 0, &object, error) != 0) {
        return -1;
    }
    const int result = repo_is_cut(ancestry->repo, &oid) ? 0 : add_parents(ancestry, number, object.bytes, error);
    objects_close(&object);
    ancestry->nodes[number].is_read = result == 0;
    return result;
}

static const uint32_t *parents_of(const struct ancestry *ancestry, const struct node *node)
{
    return ancestry->parents.items + node->parents;
}

static void push_parents(struct ancestry *ancestry, const struct node *node)
{
    for (size_t i = 0; i < node->parent_count; i++) {
        push(&ancestry->stack, parents_of(ancestry, node)[i]);
    }
}

/* --- the target -------------------------------------------------------------------------------------------------- */

static void forget_target(struct ancestry *ancestry)
{
    for (size_t i = 1; i < ancestry->node_count; i++) {
        ancestry->nodes[i].in_target = false;
    }
    ancestry->target_size = 0;
    ancestry->generations = false;
}

int ancestry_set_target(struct ancestry *ancestry, const struct oid *target, bool (*cancelled)(void *context),
                        void *context, struct error *error)
{
    enum { ASK_EVERY = 1024 };
    forget_target(ancestry);
    ancestry->stack.count = 0;
    push(&ancestry->stack, add_node(ancestry, target));
    while (ancestry->stack.count > 0) {
        const uint32_t number = ancestry->stack.items[--ancestry->stack.count];
        if (ancestry->nodes[number].in_target) {
            continue;
        }
        if (cancelled && ancestry->target_size % ASK_EVERY == 0 && cancelled(context)) {
            return error_set(error, ERROR_INTERRUPTED, "stopped");
        }
        if (read_node(ancestry, number, error) != 0) {
            return error_prefix(error, "the target's history");
        }
        ancestry->nodes[number].in_target = true;
        ancestry->target_size++;
        push_parents(ancestry, &ancestry->nodes[number]);
    }
    return 0;
}

bool ancestry_has(const struct ancestry *ancestry, const struct oid *commit)
{
    const uint32_t number = find_node(ancestry, commit);
    return number != 0 && ancestry->nodes[number].in_target;
}

size_t ancestry_size(const struct ancestry *ancestry)
{
    return ancestry->target_size;
}

/* The highest generation among the parents; 0 with *open when one of them is not known yet, which goes on the stack. */
static uint32_t highest_parent(struct ancestry *ancestry, const struct node *node, bool *open)
{
    uint32_t highest = 0;
    *open = false;
    for (size_t i = 0; i < node->parent_count; i++) {
        const uint32_t parent = parents_of(ancestry, node)[i];
        if (ancestry->nodes[parent].generation == 0) {
            push(&ancestry->stack, parent);
            *open = true;
        } else if (ancestry->nodes[parent].generation > highest) {
            highest = ancestry->nodes[parent].generation;
        }
    }
    return highest;
}

/* Only a tip that left the target in several places asks for generations, so they wait until one does. */
static void compute_generations(struct ancestry *ancestry)
{
    if (ancestry->generations) {
        return;
    }
    for (size_t i = 1; i < ancestry->node_count; i++) {
        if (!ancestry->nodes[i].in_target || ancestry->nodes[i].generation != 0) {
            continue;
        }
        ancestry->stack.count = 0;
        push(&ancestry->stack, (uint32_t)i);
        while (ancestry->stack.count > 0) {
            struct node *node = &ancestry->nodes[ancestry->stack.items[ancestry->stack.count - 1]];
            bool open = false;
            const uint32_t highest = node->generation ? 0 : highest_parent(ancestry, node, &open);
            if (!open) {
                node->generation = node->generation ? node->generation : highest + 1;
                ancestry->stack.count--;
            }
        }
    }
    ancestry->generations = true;
}

/* --- a tip ------------------------------------------------------------------------------------------------------- */

void ancestry_trace_init(struct ancestry_trace *trace)
{
    *trace = (struct ancestry_trace){.bases = NULL};
}

void ancestry_trace_clear(struct ancestry_trace *trace)
{
    memory_free(trace->bases);
    memory_free(trace->own);
    ancestry_trace_init(trace);
}

static void add_base(struct ancestry_trace *trace, const struct oid *oid)
{
    *ARRAY_PUSH(trace->bases, trace->base_count, trace->base_capacity) = *oid;
}

static bool meet(struct ancestry *ancestry, uint32_t number)
{
    struct node *node = &ancestry->nodes[number];
    const bool first = node->seen != ancestry->walk;
    node->seen = ancestry->walk;
    return first;
}

/* Keeps the bases that no other base has among its ancestors: one walk down from all of them, no deeper than the lowest. */
static void reduce_bases(struct ancestry *ancestry, struct ancestry_trace *trace)
{
    uint32_t lowest = UINT32_MAX;
    size_t kept = 0;
    compute_generations(ancestry);
    ancestry->walk++;
    ancestry->stack.count = 0;
    for (size_t i = 0; i < trace->base_count; i++) {
        const struct node *node = &ancestry->nodes[find_node(ancestry, &trace->bases[i])];
        lowest = node->generation < lowest ? node->generation : lowest;
        push_parents(ancestry, node);
    }
    while (ancestry->stack.count > 0) {
        const uint32_t number = ancestry->stack.items[--ancestry->stack.count];
        if (ancestry->nodes[number].generation >= lowest && meet(ancestry, number)) {
            push_parents(ancestry, &ancestry->nodes[number]);
        }
    }
    for (size_t i = 0; i < trace->base_count; i++) {
        if (ancestry->nodes[find_node(ancestry, &trace->bases[i])].seen != ancestry->walk) {
            trace->bases[kept++] = trace->bases[i];
        }
    }
    trace->base_count = kept;
}

int ancestry_trace(struct ancestry *ancestry, const struct oid *tip, struct ancestry_trace *trace, struct error *error)
{
    trace->base_count = 0;
    trace->own_count = 0;
    ancestry->walk++;
    ancestry->stack.count = 0;
    push(&ancestry->stack, add_node(ancestry, tip));
    while (ancestry->stack.count > 0) {
        const uint32_t number = ancestry->stack.items[--ancestry->stack.count];
        if (!meet(ancestry, number)) {
            continue;
        }
        if (ancestry->nodes[number].in_target) {
            add_base(trace, &ancestry->nodes[number].oid);
            continue;
        }
        if (read_node(ancestry, number, error) != 0) {
            return -1;
        }
        *ARRAY_PUSH(trace->own, trace->own_count, trace->own_capacity) = ancestry->nodes[number].oid;
        push_parents(ancestry, &ancestry->nodes[number]);
    }
    if (trace->base_count > 1) {
        reduce_bases(ancestry, trace);
    }
    return 0;
}
