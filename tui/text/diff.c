#include "assay/text/diff.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/text/sequence.h"
#include "assay/text/words.h"

struct side {
    struct slice text;
    struct words_list list;
    uint32_t *numbers; /* of the sequence */
    struct sequence sequence;
};

/* Tokens of both sides that are equal in pairs, or changed. */
struct run {
    size_t a, a_end, b, b_end;
    bool equal;
    size_t weight; /* of a change: the heavier side */
};

struct runs {
    struct run *items;
    size_t count, capacity;
};

void diff_init(struct diff *diff)
{
    *diff = (struct diff){.hunks = NULL};
}

void diff_clear(struct diff *diff)
{
    memory_free(diff->hunks);
    diff_init(diff);
}

/* --- sliding ---------------------------------------------------------------------------------------------------------- */

/* How well a change may begin or end in front of a token. After diff-match-patch, cleanupSemanticLossless. */
static int boundary(const struct side *s, size_t at)
{
    if (at == 0 || at == s->list.count)
        return 5;
    const struct words_token *t = &s->list.tokens[at - 1];
    if (t->kind == WORDS_PARAGRAPH_END)
        return 5;
    if (t->kind == WORDS_LINE_END)
        return 4;
    if (t->kind == WORDS_WORD)
        return 0;
    char last = s->text.data[t->offset + t->size - 1];
    return last == '.' || last == '!' || last == '?' || t->size == 3 ? 3 : 2; /* three bytes: 。 and the like */
}

/* Moves a run that only one side has, to where it reads best: "the [quick the] fox" or "[the quick] the fox". `at` is
 * the place of the run on the other side; returns how far right it moved. */
static ptrdiff_t slide(const struct side *s, const struct side *other, size_t from, size_t to, size_t at)
{
    enum { FURTHEST = 64 };
    const uint32_t *n = s->sequence.numbers;
    bool *changed = s->sequence.changed, *there = other->sequence.changed;
    size_t left = 0, best = 0;
    while (left < FURTHEST && left < from && left < at && !changed[from - left - 1] && !there[at - left - 1] &&
           n[from - left - 1] == n[to - left - 1])
        left++;
    from -= left, to -= left, at -= left;
    int best_score = -1;
    for (size_t step = 0;; step++) {
        int score = boundary(s, from + step) + boundary(s, to + step);
        if (score >= best_score) {
            best = step;
            best_score = score;
        }
        if (step >= 2 * FURTHEST || to + step >= s->list.count || at + step >= other->list.count ||
            changed[to + step] || there[at + step] || n[from + step] != n[to + step]) {
            if (step >= left)
                break;
        }
    }
    for (size_t i = from + left; i < to + left; i++)
        changed[i] = false;
    for (size_t i = from + best; i < to + best; i++)
        changed[i] = true;
    return (ptrdiff_t)best - (ptrdiff_t)left;
}

static size_t changed_end(const struct side *s, size_t at)
{
    while (at < s->list.count && s->sequence.changed[at])
        at++;
    return at;
}

static void slide_all(struct side *a, struct side *b)
{
    for (size_t i = 0, j = 0; i < a->list.count || j < b->list.count;) {
        size_t i_end = changed_end(a, i), j_end = changed_end(b, j);
        ptrdiff_t moved = 0;
        if (i_end > i && j_end == j)
            moved = slide(a, b, i, i_end, j);
        else if (j_end > j && i_end == i)
            moved = slide(b, a, j, j_end, i);
        if (moved > 0) { /* stand behind the run where it is now */
            i_end += (size_t)moved;
            j_end += (size_t)moved;
        }
        i = i_end;
        j = j_end;
        while (i < a->list.count && j < b->list.count && !a->sequence.changed[i] && !b->sequence.changed[j])
            i++, j++;
    }
}

/* --- tidying ---------------------------------------------------------------------------------------------------------- */

/* What a run of tokens says: short words and punctuation next to nothing. */
static size_t weight(const struct side *s, size_t from, size_t to)
{
    size_t sum = 0;
    for (size_t i = from; i < to; i++) {
        const struct words_token *t = &s->list.tokens[i];
        bool slight = t->kind != WORDS_WORD || (t->size <= 3 && (unsigned char)s->text.data[t->offset] < 0x80);
        sum += slight ? 1 : t->size;
    }
    return sum;
}

/* Equal words between two changes are noise when both changes say more than twice as much. Lines stay apart. */
static bool is_noise(const struct side *a, const struct run *equal, size_t before, size_t after)
{
    enum { TOKENS_MAX = 6, WEIGHT_MAX = 12 };
    if (equal->a_end - equal->a > TOKENS_MAX)
        return false;
    for (size_t i = equal->a; i < equal->a_end; i++)
        if (a->list.tokens[i].kind == WORDS_LINE_END || a->list.tokens[i].kind == WORDS_PARAGRAPH_END)
            return false;
    size_t says = weight(a, equal->a, equal->a_end);
    return says <= WEIGHT_MAX && says * 2 <= before && says * 2 <= after;
}

/* Adds a changed run and takes the noise before it into it. */
static void push_change(struct runs *runs, const struct side *a, const struct side *b, struct run run)
{
    size_t removed = weight(a, run.a, run.a_end), added = weight(b, run.b, run.b_end);
    run.weight = removed > added ? removed : added;
    while (runs->count >= 2) {
        const struct run *equal = &runs->items[runs->count - 1], *change = equal - 1;
        if (!is_noise(a, equal, change->weight, run.weight))
            break;
        run.weight += change->weight + weight(a, equal->a, equal->a_end);
        run.a = change->a;
        run.b = change->b;
        runs->count -= 2;
    }
    *ARRAY_PUSH(runs->items, runs->count, runs->capacity) = run;
}

static void collect_runs(struct runs *runs, const struct side *a, const struct side *b, bool tidy)
{
    size_t i = 0, j = 0;
    while (i < a->list.count || j < b->list.count) {
        struct run run = {.a = i, .b = j, .a_end = changed_end(a, i), .b_end = changed_end(b, j)};
        run.equal = run.a_end == i && run.b_end == j;
        if (run.equal)
            while (run.a_end < a->list.count && run.b_end < b->list.count && !a->sequence.changed[run.a_end] &&
                   !b->sequence.changed[run.b_end])
                run.a_end++, run.b_end++;
        if (run.equal || !tidy)
            *ARRAY_PUSH(runs->items, runs->count, runs->capacity) = run;
        else
            push_change(runs, a, b, run);
        i = run.a_end;
        j = run.b_end;
    }
}

/* --- hunks ------------------------------------------------------------------------------------------------------------ */

/* Where the tokens from `at` begin: behind the token before, so that ranges tile; a change that follows something
 * equal leaves the spaces before it to that. */
static size_t place(const struct side *s, size_t at, size_t end, bool change)
{
    if (at == 0)
        return 0;
    if (at == s->list.count)
        return s->text.size;
    const struct words_token *t = &s->list.tokens[at];
    return change && at < end ? t->offset : t[-1].offset + t[-1].size;
}

static enum diff_kind kind_of(const struct diff_hunk *hunk, bool equal)
{
    if (equal)
        return DIFF_EQUAL;
    if (hunk->a.size == 0)
        return DIFF_ADDED;
    return hunk->b.size == 0 ? DIFF_REMOVED : DIFF_CHANGED;
}

static void put_hunks(struct diff *diff, const struct runs *runs, const struct side *a, const struct side *b)
{
    size_t a_end = a->text.size, b_end = b->text.size;
    diff->count = 0;
    diff->changes = 0;
    diff->hunks = array_grow(diff->hunks, &diff->capacity, runs->count + 1, sizeof *diff->hunks);
    for (size_t i = runs->count; i-- > 0;) {
        const struct run *run = &runs->items[i];
        size_t from_a = i == 0 ? 0 : place(a, run->a, run->a_end, !run->equal);
        size_t from_b = i == 0 ? 0 : place(b, run->b, run->b_end, !run->equal);
        struct diff_hunk hunk = {.a = {from_a, a_end - from_a}, .b = {from_b, b_end - from_b}};
        hunk.kind = kind_of(&hunk, run->equal);
        diff->hunks[i] = hunk;
        diff->changes += !run->equal;
        a_end = from_a;
        b_end = from_b;
    }
    diff->count = runs->count;
    if (runs->count == 0 && a_end + b_end > 0) /* nothing but spaces */
        diff->hunks[diff->count++] = (struct diff_hunk){.kind = DIFF_EQUAL, .a = {0, a_end}, .b = {0, b_end}};
}

static void side_init(struct side *s, struct slice text, struct words *words, enum diff_unit unit)
{
    static const enum words_unit units[] = {
        [DIFF_BY_WORD] = WORDS_BY_WORD, [DIFF_BY_LINE] = WORDS_BY_LINE, [DIFF_BY_SENTENCE] = WORDS_BY_SENTENCE};
    *s = (struct side){.text = text};
    words_cut(words, text, units[unit], &s->list);
    s->numbers = memory_new_array(s->list.count, sizeof *s->numbers);
    for (size_t i = 0; i < s->list.count; i++)
        s->numbers[i] = s->list.tokens[i].number;
    s->sequence = (struct sequence){.numbers = s->numbers,
                                    .count = s->list.count,
                                    .changed = memory_new_array(s->list.count, sizeof *s->sequence.changed)};
}

static void side_clear(struct side *s)
{
    words_list_clear(&s->list);
    memory_free(s->numbers);
    memory_free(s->sequence.changed);
}

void diff_text(struct diff *diff, struct slice a, struct slice b, const struct diff_options *options)
{
    static const struct diff_options plain = {.unit = DIFF_BY_WORD};
    struct side left, right;
    struct runs runs = {.count = 0};
    if (!options)
        options = &plain;
    struct words *words = words_new(options->ignore_case, options->ignore_space);
    side_init(&left, a, words, options->unit);
    side_init(&right, b, words, options->unit);
    sequence_compare(&left.sequence, &right.sequence, words_count(words));
    slide_all(&left, &right);
    collect_runs(&runs, &left, &right, options->unit == DIFF_BY_WORD);
    put_hunks(diff, &runs, &left, &right);
    memory_free(runs.items);
    side_clear(&left);
    side_clear(&right);
    words_free(words);
}

size_t diff_hunk_at(const struct diff *diff, int side, size_t offset)
{
    size_t low = 0, high = diff->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct diff_range *r = side == 0 ? &diff->hunks[middle].a : &diff->hunks[middle].b;
        if (r->offset + r->size <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
