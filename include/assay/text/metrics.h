/* Text metrics of a candidate against a reference, by the published definitions:
 * ROUGE as google-research rouge_score (tokens [a-z0-9]+, lower case), BLEU and chrF as sacrebleu (13a tokens,
 * exponential smoothing; chrF2), Levenshtein over code points. All take any bytes. */
#ifndef ASSAY_TEXT_METRICS_H
#define ASSAY_TEXT_METRICS_H

#include "assay/base/slice.h"

struct metrics_rouge {
    double precision, recall, f; /* 0..1 */
};

struct metrics_rouge metrics_rouge_n(struct slice reference, struct slice candidate, unsigned n, bool stem);
struct metrics_rouge metrics_rouge_l(struct slice reference, struct slice candidate, bool stem);

/* BLEU counts, added up over the segments of a corpus. */
enum { METRICS_BLEU_ORDER = 4 };
struct metrics_bleu {
    size_t matches[METRICS_BLEU_ORDER], totals[METRICS_BLEU_ORDER];
    size_t candidate_size, reference_size; /* tokens */
};
void metrics_bleu_add(struct metrics_bleu *bleu, const struct slice *references, size_t count, struct slice candidate);
/* 0..100. effective_order: orders without any n-gram are left out, as sacrebleu does for single sentences. */
double metrics_bleu_score(const struct metrics_bleu *bleu, bool effective_order);
double metrics_bleu_sentence(struct slice reference, struct slice candidate); /* 0..100 */

/* chrF counts, added up over the segments of a corpus. */
enum { METRICS_CHRF_ORDER = 6 };
struct metrics_chrf {
    size_t candidate[METRICS_CHRF_ORDER], reference[METRICS_CHRF_ORDER], matches[METRICS_CHRF_ORDER]; /* n-grams */
};
/* Of several references the best for this segment counts. */
void metrics_chrf_add(struct metrics_chrf *chrf, const struct slice *references, size_t count, struct slice candidate);
double metrics_chrf_score(const struct metrics_chrf *chrf, double beta);      /* 0..100; chrF2 has β = 2 */
double metrics_chrf_sentence(struct slice reference, struct slice candidate); /* chrF2 */

/* Insertions, deletions and substitutions of code points. Bit-parallel: about 1 s for two unlike texts of 200 KB. */
size_t metrics_levenshtein(struct slice a, struct slice b);
double metrics_edit_similarity(struct slice a, struct slice b); /* 1 - distance / the longer; 1 for two empty texts */
double metrics_length_ratio(struct slice reference,
                            struct slice candidate); /* code points; 0 when the reference is empty */

#endif
