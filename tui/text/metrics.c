#include "assay/text/metrics.h"

#include <math.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/memory.h"
#include "assay/base/str.h"
#include "assay/base/table.h"
#include "assay/text/distance.h"
#include "assay/text/stem.h"
#include "assay/text/utf8.h"

struct numbers {
    uint32_t *items;
    size_t count, capacity;
};

static void put_number(struct numbers *n, struct table *known, struct slice key)
{
    size_t number = table_count(known);
    if (!table_add(known, key, number))
        table_get(known, key, &number);
    *ARRAY_PUSH(n->items, n->count, n->capacity) = (uint32_t)number;
}

/* --- n-grams ---------------------------------------------------------------------------------------------------------- */

struct gram {
    uint64_t key; /* hash of the n-gram; two among 10^6 that collide: 1 in 4 × 10^7 */
    uint32_t candidate, matched;
    uint32_t seen, round; /* in the reference of that round */
};

struct grams {
    struct gram *slots;
    size_t size; /* a power of two, at most half full */
};

static struct gram *gram_at(struct grams *g, uint64_t key)
{
    size_t at = (size_t)(key >> 7) & (g->size - 1);
    while (g->slots[at].key != 0 && g->slots[at].key != key)
        at = (at + 1) & (g->size - 1);
    g->slots[at].key = key;
    return &g->slots[at];
}

static uint64_t gram_key(const uint32_t *numbers, unsigned n)
{
    uint64_t h = n;
    for (unsigned i = 0; i < n; i++) {
        h = (h ^ (numbers[i] + 1)) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 31;
    }
    return h ? h : 1;
}

static size_t gram_count(const struct numbers *n, unsigned order)
{
    return n->count >= order ? n->count - order + 1 : 0;
}

/* N-grams of the candidate that the references hold too, each as often as in the one that has most of it. */
static size_t common_grams(const struct numbers *references, size_t count, const struct numbers *candidate,
                           unsigned order)
{
    size_t total = gram_count(candidate, order), common = 0;
    for (size_t r = 0; r < count; r++)
        total += gram_count(&references[r], order);
    struct grams g = {.size = 16};
    while (g.size < total * 2)
        g.size *= 2;
    g.slots = memory_new_array(g.size, sizeof *g.slots);
    for (size_t i = 0; i < gram_count(candidate, order); i++)
        gram_at(&g, gram_key(candidate->items + i, order))->candidate++;
    for (size_t r = 0; r < count; r++) {
        for (size_t i = 0; i < gram_count(&references[r], order); i++) {
            struct gram *gram = gram_at(&g, gram_key(references[r].items + i, order));
            gram->seen = gram->round == r ? gram->seen + 1 : 1;
            gram->round = (uint32_t)r;
            if (gram->seen > gram->matched && gram->seen <= gram->candidate) {
                gram->matched++;
                common++;
            }
        }
    }
    memory_free(g.slots);
    return common;
}

/* --- ROUGE ------------------------------------------------------------------------------------------------------------ */

/* rouge_score/tokenize.py: lower case, what is not [a-z0-9] separates. Of all other letters only KELVIN SIGN and
 * LATIN CAPITAL LETTER I WITH DOT ABOVE become ASCII in lower case; the dot then separates. */
static char rouge_letter(struct slice rest, size_t *size)
{
    uint32_t c;
    *size = utf8_decode(rest, &c, NULL);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return (char)c;
    if (c >= 'A' && c <= 'Z')
        return (char)(c + 32);
    return c == 0x212A ? 'k' : c == 0x0130 ? 'i' : 0;
}

static void put_rouge_word(struct numbers *n, struct table *known, struct str *word, bool stem)
{
    if (stem && word->size > 3)
        str_truncate(word, stem_word(word->data, word->size));
    if (word->size > 0)
        put_number(n, known, str_slice(word));
    str_reset(word);
}

static void cut_rouge(struct numbers *n, struct table *known, struct slice text, bool stem)
{
    struct str word = STR_INIT;
    for (size_t i = 0, size; i < text.size; i += size) {
        char letter = rouge_letter(slice_from(text, i), &size);
        if (letter)
            str_push(&word, letter);
        if (!letter || (size == 2 && letter == 'i'))
            put_rouge_word(n, known, &word, stem);
    }
    put_rouge_word(n, known, &word, stem);
    str_clear(&word);
}

static struct metrics_rouge rouge_of(size_t common, size_t reference, size_t candidate)
{
    struct metrics_rouge r = {.precision = candidate ? (double)common / (double)candidate : 0,
                              .recall = reference ? (double)common / (double)reference : 0};
    r.f = common ? 2 * r.precision * r.recall / (r.precision + r.recall) : 0;
    return r;
}

struct rouge_pair {
    struct table *known;
    struct numbers reference, candidate;
};

static void rouge_pair_init(struct rouge_pair *p, struct slice reference, struct slice candidate, bool stem)
{
    *p = (struct rouge_pair){.known = table_new()};
    cut_rouge(&p->reference, p->known, reference, stem);
    cut_rouge(&p->candidate, p->known, candidate, stem);
}

static void rouge_pair_clear(struct rouge_pair *p)
{
    memory_free(p->reference.items);
    memory_free(p->candidate.items);
    table_free(p->known);
}

struct metrics_rouge metrics_rouge_n(struct slice reference, struct slice candidate, unsigned n, bool stem)
{
    struct rouge_pair p;
    rouge_pair_init(&p, reference, candidate, stem);
    size_t common = common_grams(&p.reference, 1, &p.candidate, n);
    struct metrics_rouge r = rouge_of(common, gram_count(&p.reference, n), gram_count(&p.candidate, n));
    rouge_pair_clear(&p);
    return r;
}

struct metrics_rouge metrics_rouge_l(struct slice reference, struct slice candidate, bool stem)
{
    struct rouge_pair p;
    rouge_pair_init(&p, reference, candidate, stem);
    size_t common = distance_common(p.reference.items, p.reference.count, p.candidate.items, p.candidate.count,
                                    table_count(p.known));
    struct metrics_rouge r = rouge_of(common, p.reference.count, p.candidate.count);
    rouge_pair_clear(&p);
    return r;
}

/* --- BLEU ------------------------------------------------------------------------------------------------------------- */

static bool is_any_space(uint32_t c)
{
    enum utf8_kind kind = utf8_kind(c);
    return kind == UTF8_SPACE || kind == UTF8_LINE_END || (c >= 0x1C && c <= 0x1F); /* Python's str.split */
}

static void replace_all(struct str *s, const char *part, const char *with)
{
    struct str out = STR_INIT;
    struct slice rest = str_slice(s);
    for (size_t at; (at = slice_find(rest, slice_of(part))) != SLICE_NOT_FOUND;) {
        str_append(&out, slice_part(rest, 0, at));
        str_append_text(&out, with);
        rest = slice_from(rest, at + strlen(part));
    }
    str_append(&out, rest);
    str_clear(s);
    *s = out;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_stop(char c)
{
    return c == '.' || c == ',';
}

static bool is_13a_symbol(char c)
{
    return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') ||
           (c >= ':' && c <= '@') || c == '/';
}

/* One regular expression of two characters of tokenizer_13a: replaced from the left, without overlap. */
static void split_pairs(struct str *s, bool (*first)(char), bool (*second)(char), const char *before,
                        const char *between, const char *after)
{
    struct str out = STR_INIT;
    for (size_t i = 0; i < s->size; i++) {
        if (i + 1 == s->size || !first(s->data[i]) || !second(s->data[i + 1])) {
            str_push(&out, s->data[i]);
            continue;
        }
        str_append_text(&out, before);
        str_push(&out, s->data[i]);
        str_append_text(&out, between);
        str_push(&out, s->data[++i]);
        str_append_text(&out, after);
    }
    str_clear(s);
    *s = out;
}

static bool is_no_digit(char c)
{
    return !is_digit(c);
}

static bool is_hyphen(char c)
{
    return c == '-';
}

/* sacrebleu/tokenizers/tokenizer_13a.py and tokenizer_re.py, after mteval-v13a.pl. */
static void spread_13a(struct str *s, struct slice text)
{
    str_append(s, text);
    replace_all(s, "<skipped>", "");
    replace_all(s, "-\n", "");
    replace_all(s, "\n", " ");
    replace_all(s, "&quot;", "\"");
    replace_all(s, "&amp;", "&");
    replace_all(s, "&lt;", "<");
    replace_all(s, "&gt;", ">");
    struct str out = STR_INIT;
    str_push(&out, ' ');
    for (size_t i = 0; i < s->size; i++) {
        bool symbol = is_13a_symbol(s->data[i]);
        if (symbol)
            str_push(&out, ' ');
        str_push(&out, s->data[i]);
        if (symbol)
            str_push(&out, ' ');
    }
    str_push(&out, ' ');
    str_clear(s);
    *s = out;
    split_pairs(s, is_no_digit, is_stop, "", " ", " ");
    split_pairs(s, is_stop, is_no_digit, " ", " ", "");
    split_pairs(s, is_digit, is_hyphen, "", " ", " ");
}

static void cut_13a(struct numbers *n, struct table *known, struct slice text)
{
    struct str spread = STR_INIT;
    spread_13a(&spread, text);
    struct slice s = str_slice(&spread);
    size_t start = 0;
    for (size_t i = 0, size; i < s.size; i += size) {
        uint32_t c;
        size = utf8_decode(slice_from(s, i), &c, NULL);
        if (!is_any_space(c))
            continue;
        if (i > start)
            put_number(n, known, slice_part(s, start, i - start));
        start = i + size;
    }
    if (s.size > start)
        put_number(n, known, slice_from(s, start));
    str_clear(&spread);
}

static size_t gap(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

void metrics_bleu_add(struct metrics_bleu *bleu, const struct slice *references, size_t count, struct slice candidate)
{
    struct table *known = table_new();
    struct numbers ours = {.count = 0}, *theirs = memory_new_array(count, sizeof *theirs);
    cut_13a(&ours, known, candidate);
    size_t closest = 0;
    for (size_t r = 0; r < count; r++) {
        cut_13a(&theirs[r], known, references[r]);
        size_t far = gap(theirs[r].count, ours.count), best = gap(closest, ours.count);
        if (r == 0 || far < best || (far == best && theirs[r].count < closest))
            closest = theirs[r].count;
    }
    bleu->candidate_size += ours.count;
    bleu->reference_size += closest;
    for (unsigned n = 0; n < METRICS_BLEU_ORDER; n++) {
        bleu->matches[n] += common_grams(theirs, count, &ours, n + 1);
        bleu->totals[n] += gram_count(&ours, n + 1);
    }
    for (size_t r = 0; r < count; r++)
        memory_free(theirs[r].items);
    memory_free(theirs);
    memory_free(ours.items);
    table_free(known);
}

double metrics_bleu_score(const struct metrics_bleu *bleu, bool effective_order)
{
    double logarithms = 0, smooth = 1;
    unsigned order = 0;
    if (bleu->matches[0] == 0 || bleu->candidate_size == 0)
        return 0;
    for (; order < METRICS_BLEU_ORDER && bleu->totals[order] > 0; order++) {
        double matches = (double)bleu->matches[order];
        if (bleu->matches[order] == 0)
            matches = 1 / (smooth *= 2); /* smooth_method exp */
        logarithms += log(100 * matches / (double)bleu->totals[order]);
    }
    if (order < METRICS_BLEU_ORDER && !effective_order)
        return 0;
    double ratio = (double)bleu->reference_size / (double)bleu->candidate_size;
    return (ratio > 1 ? exp(1 - ratio) : 1) * exp(logarithms / order);
}

double metrics_bleu_sentence(struct slice reference, struct slice candidate)
{
    struct metrics_bleu bleu = {.candidate_size = 0};
    metrics_bleu_add(&bleu, &reference, 1, candidate);
    return metrics_bleu_score(&bleu, true);
}

/* --- chrF ------------------------------------------------------------------------------------------------------------- */

static void cut_codepoints(struct numbers *n, struct slice text, bool spaces)
{
    n->items = array_grow(n->items, &n->capacity, text.size + 1, sizeof *n->items);
    for (size_t i = 0; i < text.size;) {
        uint32_t c;
        i += utf8_decode(slice_from(text, i), &c, NULL);
        if (spaces || !is_any_space(c))
            n->items[n->count++] = c;
    }
}

enum { CHRF_BETA = 2 };

void metrics_chrf_add(struct metrics_chrf *chrf, const struct slice *references, size_t count, struct slice candidate)
{
    struct numbers ours = {.count = 0};
    struct metrics_chrf best = {.matches = {0}};
    double best_score = -1;
    cut_codepoints(&ours, candidate, false);
    for (size_t r = 0; r < count; r++) {
        struct numbers theirs = {.count = 0};
        struct metrics_chrf one = {.matches = {0}};
        cut_codepoints(&theirs, references[r], false);
        for (unsigned n = 0; n < METRICS_CHRF_ORDER; n++) {
            one.reference[n] = gram_count(&theirs, n + 1);
            one.candidate[n] = one.reference[n] ? gram_count(&ours, n + 1) : 0;
            one.matches[n] = common_grams(&theirs, 1, &ours, n + 1);
        }
        memory_free(theirs.items);
        double score = metrics_chrf_score(&one, CHRF_BETA);
        if (score > best_score) {
            best_score = score;
            best = one;
        }
    }
    for (unsigned n = 0; n < METRICS_CHRF_ORDER; n++) {
        chrf->candidate[n] += best.candidate[n];
        chrf->reference[n] += best.reference[n];
        chrf->matches[n] += best.matches[n];
    }
    memory_free(ours.items);
}

double metrics_chrf_score(const struct metrics_chrf *chrf, double beta)
{
    double precision = 0, recall = 0;
    unsigned orders = 0;
    for (unsigned n = 0; n < METRICS_CHRF_ORDER; n++) {
        if (chrf->candidate[n] == 0 || chrf->reference[n] == 0)
            continue;
        precision += (double)chrf->matches[n] / (double)chrf->candidate[n];
        recall += (double)chrf->matches[n] / (double)chrf->reference[n];
        orders++;
    }
    if (orders == 0 || precision + recall <= 0)
        return 0;
    precision /= orders;
    recall /= orders;
    return 100 * (1 + beta * beta) * precision * recall / (beta * beta * precision + recall);
}

double metrics_chrf_sentence(struct slice reference, struct slice candidate)
{
    struct metrics_chrf chrf = {.matches = {0}};
    metrics_chrf_add(&chrf, &reference, 1, candidate);
    return metrics_chrf_score(&chrf, CHRF_BETA);
}

/* --- edits ------------------------------------------------------------------------------------------------------------ */

/* Code points by dense numbers: the tables of distance.c are as large as the largest number. */
static void renumber(struct numbers *n, struct table *known)
{
    for (size_t i = 0; i < n->count; i++) {
        struct slice key = slice_make((const char *)&n->items[i], sizeof n->items[i]);
        size_t number = table_count(known);
        if (!table_add(known, key, number))
            table_get(known, key, &number);
        n->items[i] = (uint32_t)number;
    }
}

static size_t edits(struct slice a, struct slice b, size_t *longer)
{
    struct numbers left = {.count = 0}, right = {.count = 0};
    struct table *known = table_new();
    cut_codepoints(&left, a, true);
    cut_codepoints(&right, b, true);
    renumber(&left, known);
    renumber(&right, known);
    size_t distance = distance_edits(left.items, left.count, right.items, right.count, table_count(known));
    *longer = left.count > right.count ? left.count : right.count;
    table_free(known);
    memory_free(left.items);
    memory_free(right.items);
    return distance;
}

size_t metrics_levenshtein(struct slice a, struct slice b)
{
    size_t longer;
    return edits(a, b, &longer);
}

double metrics_edit_similarity(struct slice a, struct slice b)
{
    size_t longer, distance = edits(a, b, &longer);
    return longer == 0 ? 1 : 1 - (double)distance / (double)longer;
}

static size_t count_codepoints(struct slice s)
{
    size_t count = 0;
    for (uint32_t c; s.size > 0; count++)
        s = slice_from(s, utf8_decode(s, &c, NULL));
    return count;
}

double metrics_length_ratio(struct slice reference, struct slice candidate)
{
    size_t length = count_codepoints(reference);
    return length == 0 ? 0 : (double)count_codepoints(candidate) / (double)length;
}
