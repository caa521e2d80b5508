/* What the rooms of the review screen share, and the place where the person is: written after the frame, so that a
 * killed terminal comes back to it. */
#ifndef ASSAY_SCREENS_CASE_STATE_H
#define ASSAY_SCREENS_CASE_STATE_H

#include "assay/review/session.h"
#include "assay/screens/case_criteria.h"
#include "assay/screens/case_evidence.h"
#include "assay/screens/desk.h"
#include "assay/screens/pair.h"

/* What stands on the two sides. */
enum case_standing { CASE_CANDIDATE, CASE_BASELINE, CASE_BOTH, CASE_STANDINGS };

struct case_ticket; /* a save that waits for the frame */
struct case_measuring;

struct case_screen {
    struct view *view;
    struct desk *desk;
    struct dossier *dossier;
    struct session *session;
    const struct module *module;
    size_t at;
    bool scores; /* this person scores */
    int columns; /* of the terminal */
    struct sides sides;
    struct pair pair;
    struct pair_options options;
    enum case_standing showing;
    bool blind, revealed;
    int64_t seed;
    struct str titles[2], input;
    struct case_criteria criteria;
    struct case_evidence evidence;
    struct str typing, typing_what; /* half-typed */
    struct drafts_place saved;      /* what the draft has, as far as it can be compared */
    struct str saved_key;
    struct case_ticket *ticket; /* a save that waits; NULL: none */
    struct case_measuring *measuring;
    struct str flag_code;
    struct str left_comment; /* words that Esc left behind, of the case `left_at` */
    size_t left_at;
};

void case_state_init(struct case_screen *screen);
void case_state_clear(struct case_screen *screen);
const struct judgement_case *case_state_current(const struct case_screen *screen);
/* Marks the case as seen when its output was on the screen to its end, and writes the place. */
void case_state_settle(struct case_screen *screen);
void case_state_settle_later(struct case_screen *screen); /* once the frame is painted */
/* Says the error; what a handler returns then. */
unsigned case_state_failed(struct case_screen *screen, const struct error *error);

#endif
