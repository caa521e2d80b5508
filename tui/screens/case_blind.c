#include "assay/screens/case_blind.h"

#include "assay/base/env.h"
#include "assay/screens/case_sides.h"

static void draw_seed(struct case_screen *screen)
{
    uint32_t random;
    if (screen->seed != 0)
        return;
    env_random(&random, sizeof random);
    screen->seed = (int64_t)random + 1;
}

unsigned case_blind_start(struct case_screen *screen)
{
    draw_seed(screen);
    screen->blind = true;
    screen->view->contexts |= CONTEXT_BLIND;
    case_sides_show(screen, false);
    view_say(screen->view, ROLE_MESSAGE, "Names are hidden: A, B, = tie, - both bad. b shows the names again.");
    return REACT_DONE;
}

static unsigned prefer(struct case_screen *screen, const char *answer)
{
    struct error error = ERROR_INIT;
    struct slice side = case_sides_candidate_is_a(screen) ? SLICE("candidate") : SLICE("baseline");
    if (session_set_comparison(screen->session, screen->at, side, slice_of(answer), &error) < 0)
        return case_state_failed(screen, &error);
    screen->revealed = true;
    case_sides_show(screen, true);
    return REACT_DONE;
}

unsigned case_blind_answer(struct case_screen *screen, enum action action)
{
    switch (action) {
    case ACTION_PREFER_A:
        return prefer(screen, "a");
    case ACTION_PREFER_B:
        return prefer(screen, "b");
    case ACTION_PREFER_NONE:
        return prefer(screen, "tie");
    default:
        return prefer(screen, "both-bad");
    }
}
