/* The lines where a case is scored: each criterion with its digits and the words of its level. */
#ifndef ASSAY_SCREENS_CASE_CRITERIA_H
#define ASSAY_SCREENS_CASE_CRITERIA_H

#include "assay/review/session.h"
#include "assay/ui/canvas.h"

struct case_criteria {
    size_t marked; /* criterion */
    size_t top;
    struct area drawn;
    int digits; /* column of the first digit, in the canvas */
};

/* Rows that it wants of a body of so many rows. */
int case_criteria_rows(const struct session *session, int body_rows);
void case_criteria_draw(struct case_criteria *criteria, const struct session *session, size_t at, struct area area);
/* What lies at a point of the canvas: a criterion, and a score unless it is JUDGEMENT_NO_SCORE. */
bool case_criteria_hit(const struct case_criteria *criteria, const struct session *session, int row, int column,
                       size_t *criterion, int *score);

#endif
