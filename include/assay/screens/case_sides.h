/* What stands against what: golden, candidate, baseline, or two sides without names. */
#ifndef ASSAY_SCREENS_CASE_SIDES_H
#define ASSAY_SCREENS_CASE_SIDES_H

#include "assay/screens/case_state.h"

struct slice case_sides_golden(const struct module_case *item); /* empty: none */
struct slice case_sides_output(const struct output *output);    /* or why there is none */
/* Which side is A is drawn by the seed, so that it can be checked afterwards. */
bool case_sides_candidate_is_a(const struct case_screen *screen);
/* keep: the same texts as before, seen in another way. */
void case_sides_show(struct case_screen *screen, bool keep);

#endif
