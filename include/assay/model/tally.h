/* What the standing records say about one module, added up: scores by case, flags and whether they are settled. */
#ifndef ASSAY_MODEL_TALLY_H
#define ASSAY_MODEL_TALLY_H

#include "assay/model/standing.h"

/* The scores of one person for one output; on a fork of that person's records the lowest of each criterion. */
struct tally_mark {
    size_t case_at; /* in the module's cases */
    struct slice principal;
    signed char scores[RUBRIC_CRITERIA_MAX]; /* by position in the rubric; -1: none */
    struct digest record;                    /* where the last of them came from */
    bool wants_comment;                      /* a score that needs a comment has none */
};

struct tally_flag {
    struct slice prompt, case_id;
    struct digest output;
    struct slice name, detail;
    struct slice raised_by; /* empty: automatic */
    struct digest record;   /* that raised it; none: automatic */
    bool settled;
    struct slice settled_by; /* empty: nobody */
};

struct tally {
    struct arena arena;
    const struct gate_input *input;
    const struct gate_module *module;
    struct table *cases;      /* prompt and case id → position in the module's cases */
    struct tally_mark *marks; /* ordered by case, then principal */
    size_t mark_count, mark_capacity;
    struct tally_flag *flags; /* automatic ones in the input's order, then persons' */
    size_t flag_count, flag_capacity;
    struct table *decisions; /* settled flags: prompt, case, output, name → position in `settlers` */
    struct tally_settler {
        struct slice principal;
        bool fix_required;
    } * settlers;
    size_t settler_count, settler_capacity;
};

void tally_count(const struct gate_input *input, size_t module, const struct standing *standing, struct tally *tally);
void tally_clear(struct tally *tally);

/* Cases that have an output to score, and those of them with enough complete marks. */
void tally_progress(const struct tally *tally, size_t *to_score, size_t *scored);
/* Mean over cases and criteria of the mean over persons; NaN when nothing was scored. */
double tally_mean(const struct tally *tally);
/* Every criterion of a case whose lowest score is below its minimum and not excused. */
struct tally_low {
    size_t case_at, criterion;
    int score;
    struct digest record;
};
/* In the tally's arena; in order of case and criterion. */
struct tally_low *tally_below_minimum(struct tally *tally, size_t *count);

#endif
