/* Blind mode: two answers without names, shuffled by a recorded seed, and which is better. */
#ifndef ASSAY_SCREENS_CASE_BLIND_H
#define ASSAY_SCREENS_CASE_BLIND_H

#include "assay/screens/case_state.h"

unsigned case_blind_start(struct case_screen *screen);
unsigned case_blind_answer(struct case_screen *screen, enum action action); /* ACTION_PREFER_A, … */

#endif
