/* Reviews of the small content repository (content.h) by the real binary: who signs what, what the gate says then. */
#ifndef ASSAY_TESTS_REVIEW_H
#define ASSAY_TESTS_REVIEW_H

#include "harness/content.h"

enum { REVIEW_CASES = 3 };

/* fixture_setup and content_make with REVIEW_CASES cases. */
int review_setup(void **state);

/* A scores file for every case of a prompt `answer`, each criterion at `score`; its absolute path. */
const char *review_scores(struct fixture *f, int score, const char *comment);
/* `person` signs in this clone; the content owner's scores are put in for an approval. Further options follow, ended by
 * NULL. The exit code; what was printed is in f->result. */
int review_sign(struct fixture *f, const char *clone, const char *person, const char *change, const char *module,
                const char *role, const char *verdict, ...) __attribute__((sentinel));
/* The same, which must succeed: the record's name, 64 hexadecimal digits. */
const char *review_signed(struct fixture *f, const char *clone, const char *person, const char *change,
                          const char *module, const char *role, const char *verdict, ...) __attribute__((sentinel));
/* `assay gate CHANGE --json`: its exit code. */
int review_gate(struct fixture *f, const char *clone, const char *change);

/* What was printed on standard output, on standard error, holds this part; else the test fails and shows it. */
void review_said(struct fixture *f, const char *part);
void review_complained(struct fixture *f, const char *part);
bool review_says(const struct fixture *f, const char *part);

#endif
