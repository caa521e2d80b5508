/* Words and cells that several screens share. Texts of a repository pass text/sanitise here. */
#ifndef ASSAY_SCREENS_LABEL_H
#define ASSAY_SCREENS_LABEL_H

#include "assay/model/manifest.h"
#include "assay/model/record.h"
#include "assay/text/sanitise.h"
#include "assay/trust/digest.h"
#include "assay/ui/canvas.h"

/* As canvas_text and canvas_field, for one line of any bytes. */
int label_text(struct area area, int row, int column, unsigned pen, struct slice text);
int label_field(struct area area, int row, int column, int columns, enum canvas_align align, unsigned pen,
                struct slice text);
/* At most `columns` wide, no padding; returns the column after it. */
int label_cut(struct area area, int row, int column, int columns, unsigned pen, struct slice text);

enum { LABEL_SIZE = 64 };
void label_age(int64_t seconds, char text[LABEL_SIZE]);                /* "3 d", "5 h", "12 min", "now" */
void label_digest(const struct digest *digest, char text[LABEL_SIZE]); /* the first 12 digits */
void label_number(double value, char text[LABEL_SIZE]);                /* at most two digits after the point */
void label_clock(int64_t seconds, char text[LABEL_SIZE]);              /* "10:12", local time */
const char *label_verdict(enum verdict verdict);                       /* "approves", … */
const char *label_decision(enum triage_decision decision);             /* "accepted", … */
unsigned label_risk_pen(enum risk risk);
/* "high·pii"; between: SYMBOL_DOT as the canvas draws it */
void label_risk(enum risk risk, const struct slice *sensitivities, size_t count, const char *between, struct str *out);

#endif
