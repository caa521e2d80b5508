#include "assay/text/sequence.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"

/* One side without what cannot pair: numbers, and where each stood. */
struct side {
    uint32_t *numbers;
    uint32_t *places;
    int32_t count;
    bool *changed;
};

struct box {
    int32_t a, a_end, b, b_end;
};

struct comparison {
    struct side a, b;
    int32_t *forward, *backward; /* furthest x on each diagonal x - y; indexes from -(b.count + 1) */
    int32_t patience;            /* edits that are tried from both ends of a box before it is cut where they got to */
    struct box *boxes;
    size_t count, capacity;
};

/* The bound: with c edits tried from both ends, a box costs about c² steps and settles about 2c edits. */
enum { WORK = 4000000, PATIENCE_MIN = 64 };

static void mark(struct side *side, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++)
        side->changed[side->places[i]] = true;
}

static void push(struct comparison *c, int32_t a, int32_t a_end, int32_t b, int32_t b_end)
{
    *ARRAY_PUSH(c->boxes, c->count, c->capacity) = (struct box){a, a_end, b, b_end};
}

/* --- one box --------------------------------------------------------------------------------------------------------- */

/* The diagonals that are being followed from one end. */
struct front {
    int32_t *x;
    int32_t low, high;
};

static void widen(struct front *f, int32_t lowest, int32_t highest, int32_t beyond)
{
    if (f->low > lowest)
        f->x[--f->low - 1] = beyond;
    else
        f->low++;
    if (f->high < highest)
        f->x[++f->high + 1] = beyond;
    else
        f->high--;
}

/* One more edit from the start of the box. True when a path met one from the end: at x on diagonal d. */
static bool advance(const struct comparison *c, const struct box *box, struct front *f, const struct front *other,
                    int32_t *x_met, int32_t *d_met)
{
    const uint32_t *a = c->a.numbers, *b = c->b.numbers;
    widen(f, box->a - box->b_end, box->a_end - box->b, -1);
    for (int32_t d = f->high; d >= f->low; d -= 2) {
        int32_t below = f->x[d - 1], above = f->x[d + 1];
        int32_t x = below < above ? above : below + 1, y = x - d;
        while (x < box->a_end && y < box->b_end && a[x] == b[y])
            x++, y++;
        f->x[d] = x;
        if (other && d >= other->low && d <= other->high && other->x[d] <= x) {
            *x_met = x;
            *d_met = d;
            return true;
        }
    }
    return false;
}

/* The same from the end of the box. */
static bool retreat(const struct comparison *c, const struct box *box, struct front *f, const struct front *other,
                    int32_t *x_met, int32_t *d_met)
{
    const uint32_t *a = c->a.numbers, *b = c->b.numbers;
    widen(f, box->a - box->b_end, box->a_end - box->b, INT32_MAX);
    for (int32_t d = f->high; d >= f->low; d -= 2) {
        int32_t below = f->x[d - 1], above = f->x[d + 1];
        int32_t x = below < above ? below : above - 1, y = x - d;
        while (x > box->a && y > box->b && a[x - 1] == b[y - 1])
            x--, y--;
        f->x[d] = x;
        if (other && d >= other->low && d <= other->high && x <= other->x[d]) {
            *x_met = x;
            *d_met = d;
            return true;
        }
    }
    return false;
}

/* How far the paths from the start got: the point inside the box with the largest x + y. */
static void furthest(const struct box *box, const struct front *f, int32_t *x_best, int32_t *y_best)
{
    *x_best = box->a;
    *y_best = box->b;
    for (int32_t d = f->high; d >= f->low; d -= 2) {
        int32_t x = f->x[d] < box->a_end ? f->x[d] : box->a_end, y = x - d;
        if (y > box->b_end) {
            y = box->b_end;
            x = y + d;
        }
        if (x + y > *x_best + *y_best) {
            *x_best = x;
            *y_best = y;
        }
    }
}

static void nearest(const struct box *box, const struct front *f, int32_t *x_best, int32_t *y_best)
{
    *x_best = box->a_end;
    *y_best = box->b_end;
    for (int32_t d = f->high; d >= f->low; d -= 2) {
        int32_t x = f->x[d] > box->a ? f->x[d] : box->a, y = x - d;
        if (y < box->b) {
            y = box->b;
            x = y + d;
        }
        if (x + y < *x_best + *y_best) {
            *x_best = x;
            *y_best = y;
        }
    }
}

/* Cuts a box that is too expensive where the paths from both ends got to. */
static void cut_early(struct comparison *c, const struct box *box, const struct front *start, const struct front *end)
{
    int32_t x, y, x_end, y_end;
    furthest(box, start, &x, &y);
    nearest(box, end, &x_end, &y_end);
    if (x <= x_end && y <= y_end) {
        push(c, box->a, x, box->b, y);
        push(c, x, x_end, y, y_end);
        push(c, x_end, box->a_end, y_end, box->b_end);
        return;
    }
    if (box->a_end + box->b_end - x_end - y_end > x + y - box->a - box->b) {
        x = x_end;
        y = y_end;
    }
    push(c, box->a, x, box->b, y);
    push(c, x, box->a_end, y, box->b_end);
}

/* Both sides are not empty and differ at both ends. */
static void split(struct comparison *c, const struct box *box)
{
    int32_t start = box->a - box->b, end = box->a_end - box->b_end;
    struct front forward = {c->forward, start, start}, backward = {c->backward, end, end};
    bool odd = (start - end) & 1;
    int32_t x, d;
    forward.x[start] = box->a;
    backward.x[end] = box->a_end;
    for (int32_t edits = 1; edits <= c->patience; edits++) {
        if (advance(c, box, &forward, odd ? &backward : NULL, &x, &d) ||
            retreat(c, box, &backward, odd ? NULL : &forward, &x, &d)) {
            push(c, box->a, x, box->b, x - d);
            push(c, x, box->a_end, x - d, box->b_end);
            return;
        }
    }
    cut_early(c, box, &forward, &backward);
}

static void solve(struct comparison *c, struct box box)
{
    const uint32_t *a = c->a.numbers, *b = c->b.numbers;
    while (box.a < box.a_end && box.b < box.b_end && a[box.a] == b[box.b])
        box.a++, box.b++;
    while (box.a < box.a_end && box.b < box.b_end && a[box.a_end - 1] == b[box.b_end - 1])
        box.a_end--, box.b_end--;
    if (box.a == box.a_end || box.b == box.b_end) {
        mark(&c->a, box.a, box.a_end);
        mark(&c->b, box.b, box.b_end);
        return;
    }
    split(c, &box);
}

/* --- both sequences --------------------------------------------------------------------------------------------------- */

static void side_init(struct side *side, const struct sequence *s, const uint8_t *elsewhere)
{
    side->numbers = memory_new_array(s->count, sizeof *side->numbers);
    side->places = memory_new_array(s->count, sizeof *side->places);
    side->changed = s->changed;
    side->count = 0;
    for (size_t i = 0; i < s->count; i++) {
        s->changed[i] = !elsewhere[s->numbers[i]];
        if (s->changed[i])
            continue;
        side->numbers[side->count] = s->numbers[i];
        side->places[side->count++] = (uint32_t)i;
    }
}

static void side_clear(struct side *side)
{
    memory_free(side->numbers);
    memory_free(side->places);
}

static uint8_t *seen_in(const struct sequence *s, size_t numbers)
{
    uint8_t *seen = memory_new_array(numbers, 1);
    for (size_t i = 0; i < s->count; i++)
        seen[s->numbers[i]] = 1;
    return seen;
}

void sequence_compare(struct sequence *a, struct sequence *b, size_t numbers)
{
    struct comparison c = {.count = 0};
    uint8_t *in_a = seen_in(a, numbers), *in_b = seen_in(b, numbers);
    side_init(&c.a, a, in_b);
    side_init(&c.b, b, in_a);
    memory_free(in_a);
    memory_free(in_b);

    size_t total = (size_t)c.a.count + (size_t)c.b.count, diagonals = total + 5;
    int32_t *fronts = memory_new_array(diagonals * 2, sizeof *fronts);
    c.forward = fronts + c.b.count + 2;
    c.backward = c.forward + diagonals;
    size_t patience = WORK / (total + 1);
    c.patience = patience < PATIENCE_MIN ? PATIENCE_MIN : (int32_t)patience;
    push(&c, 0, c.a.count, 0, c.b.count);
    while (c.count > 0)
        solve(&c, c.boxes[--c.count]);

    memory_free(fronts);
    memory_free(c.boxes);
    side_clear(&c.a);
    side_clear(&c.b);
}
