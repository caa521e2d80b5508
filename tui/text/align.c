#include "assay/text/align.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"

/* A row of the left and one of the right that hold the same text, and how many bytes of it. */
struct pair {
    uint32_t left, right;
    size_t weight;
};

struct pairs {
    struct pair *items;
    size_t count, capacity;
};

void align_init(struct align *align)
{
    *align = (struct align){.rows = NULL};
}

void align_clear(struct align *align)
{
    memory_free(align->rows);
    align_init(align);
}

/* --- what could stand side by side ------------------------------------------------------------------------------------ */

static void add_pair(struct pairs *pairs, size_t left, size_t right, size_t weight)
{
    struct pair *last = pairs->count > 0 ? &pairs->items[pairs->count - 1] : NULL;
    if (last && last->left == left && last->right == right)
        last->weight += weight;
    else
        *ARRAY_PUSH(pairs->items, pairs->count, pairs->capacity) =
            (struct pair){.left = (uint32_t)left, .right = (uint32_t)right, .weight = weight};
}

static size_t row_start(const struct wrap *w, size_t row, size_t end)
{
    return row < w->count && w->rows[row].offset < end ? w->rows[row].offset : end;
}

/* Walks an equal hunk through the rows of both sides at once. The two ranges differ in spaces at most, so places on
 * the right are reckoned from those on the left, and the end is met on both. */
static void add_hunk(struct pairs *pairs, const struct diff_hunk *hunk, const struct wrap *left,
                     const struct wrap *right)
{
    size_t a = hunk->a.offset, a_end = a + hunk->a.size, b = hunk->b.offset, b_end = b + hunk->b.size;
    size_t i = wrap_row_at(left, a), j = wrap_row_at(right, b);
    while (a < a_end && b < b_end) {
        size_t a_next = row_start(left, i + 1, a_end), b_next = row_start(right, j + 1, b_end);
        size_t step = a_next - a < b_next - b ? a_next - a : b_next - b;
        if (step > 0)
            add_pair(pairs, i, j, step);
        a += step;
        b += step;
        i += a == a_next;
        j += b == b_next;
    }
}

/* Pairs come in order on both sides. Keeps those of the largest weight that share no row (weighted interval
 * scheduling: all pairs up to the last that shares neither row with this one can be kept with it). */
static void choose(struct pairs *pairs)
{
    struct pair *p = pairs->items;
    size_t n = pairs->count, kept = 0, free_before = 0;
    size_t *best = memory_new_array(n + 1, sizeof *best), *before = memory_new_array(n + 1, sizeof *before);
    for (size_t i = 0; i < n; i++) {
        while (free_before < i && p[free_before].left < p[i].left && p[free_before].right < p[i].right)
            free_before++;
        before[i] = free_before;
        size_t with = best[free_before] + p[i].weight;
        best[i + 1] = with > best[i] ? with : best[i];
    }
    bool *keep = memory_new_array(n + 1, sizeof *keep);
    for (size_t i = n; i > 0;) {
        keep[i - 1] = best[i] != best[i - 1];
        i = keep[i - 1] ? before[i - 1] : i - 1;
    }
    for (size_t i = 0; i < n; i++)
        if (keep[i])
            p[kept++] = p[i];
    pairs->count = kept;
    memory_free(best);
    memory_free(before);
    memory_free(keep);
}

/* The first row of the line that `row` belongs to; *seen and *first are where the last question got to. */
static size_t line_start(const struct wrap *w, size_t row, size_t *seen, size_t *first)
{
    for (; *seen <= row; ++*seen)
        if (!w->rows[*seen].continued)
            *first = *seen;
    return *first;
}

/* The same pairs by whole lines: each row becomes the first row of its line. */
static void by_lines(struct pairs *lines, const struct pairs *rows, const struct wrap *left, const struct wrap *right)
{
    size_t left_seen = 0, left_first = 0, right_seen = 0, right_first = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct pair *p = &rows->items[i];
        size_t l = line_start(left, p->left, &left_seen, &left_first);
        size_t r = line_start(right, p->right, &right_seen, &right_first);
        add_pair(lines, l, r, p->weight);
    }
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

struct cursor {
    struct align *align;
    uint32_t left, right; /* the next row of each side */
};

static void put(struct cursor *c, bool left, bool right)
{
    *ARRAY_PUSH(c->align->rows, c->align->count, c->align->capacity) =
        (struct align_row){.left = left ? c->left : ALIGN_FILLER, .right = right ? c->right : ALIGN_FILLER};
    c->left += left;
    c->right += right;
}

/* Rows up to these on both sides, then fillers for the shorter one. */
static void put_until(struct cursor *c, uint32_t left, uint32_t right)
{
    while (c->left < left || c->right < right)
        put(c, c->left < left, c->right < right);
}

/* The rows between two lines that stand on one height, with help from pairs of rows where they drift apart. */
static void put_block(struct cursor *c, const struct pairs *rows, size_t *next, uint32_t left, uint32_t right)
{
    for (; *next < rows->count && rows->items[*next].left < left && rows->items[*next].right < right; ++*next) {
        const struct pair *p = &rows->items[*next];
        if (p->left < c->left || p->right < c->right)
            continue;
        uint32_t ahead = p->left - c->left, behind = p->right - c->right;
        if ((ahead > behind ? ahead - behind : behind - ahead) >= ALIGN_DRIFT)
            put_until(c, p->left, p->right);
    }
    put_until(c, left, right);
}

void align_layouts(struct align *align, const struct diff *diff, const struct wrap *left, const struct wrap *right)
{
    struct pairs rows = {.count = 0}, lines = {.count = 0};
    struct cursor c = {.align = align};
    size_t next = 0;
    align->count = 0;
    for (size_t i = 0; i < diff->count; i++)
        if (diff->hunks[i].kind == DIFF_EQUAL)
            add_hunk(&rows, &diff->hunks[i], left, right);
    by_lines(&lines, &rows, left, right);
    choose(&rows);
    choose(&lines);
    for (size_t i = 0; i < lines.count; i++) {
        while (next < rows.count && (rows.items[next].left < c.left || rows.items[next].right < c.right))
            next++;
        put_block(&c, &rows, &next, lines.items[i].left, lines.items[i].right);
    }
    put_block(&c, &rows, &next, (uint32_t)left->count, (uint32_t)right->count);
    memory_free(rows.items);
    memory_free(lines.items);
}

size_t align_find(const struct align *align, int side, size_t row)
{
    size_t low = 0, high = align->count;
    while (low < high) { /* fillers in between belong to the row that follows them */
        size_t middle = (low + high) / 2, at = middle;
        uint32_t shown = ALIGN_FILLER;
        for (; at < high && shown == ALIGN_FILLER; at++)
            shown = side == 0 ? align->rows[at].left : align->rows[at].right;
        if (shown != ALIGN_FILLER && shown < row)
            low = at;
        else
            high = middle;
    }
    while (low < align->count && (side == 0 ? align->rows[low].left : align->rows[low].right) == ALIGN_FILLER)
        low++;
    return low;
}
