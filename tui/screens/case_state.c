#include "assay/screens/case_state.h"

#include "assay/base/memory.h"

/* A callback that may outlive the screen. */
struct case_ticket {
    struct case_screen *screen; /* NULL: it was closed */
};

void case_state_init(struct case_screen *screen)
{
    sides_init(&screen->sides);
    screen->sides.side = 1;
    pair_init(&screen->pair);
    str_init(&screen->titles[0]);
    str_init(&screen->titles[1]);
    str_init(&screen->input);
    str_init(&screen->typing);
    str_init(&screen->typing_what);
    str_init(&screen->saved_key);
    str_init(&screen->flag_code);
    str_init(&screen->left_comment);
}

void case_state_clear(struct case_screen *screen)
{
    if (screen->ticket)
        screen->ticket->screen = NULL;
    sides_clear(&screen->sides);
    pair_clear(&screen->pair);
    str_clear(&screen->titles[0]);
    str_clear(&screen->titles[1]);
    str_clear(&screen->input);
    str_clear(&screen->typing);
    str_clear(&screen->typing_what);
    str_clear(&screen->saved_key);
    str_clear(&screen->flag_code);
    str_clear(&screen->left_comment);
}

const struct judgement_case *case_state_current(const struct case_screen *screen)
{
    return session_case(screen->session, screen->at);
}

static void place_of(const struct case_screen *screen, struct drafts_place *place)
{
    const struct rubric *rubric = session_rubric(screen->session);
    const struct judgement_case *item = case_state_current(screen);
    *place = (struct drafts_place){
        .prompt = item->prompt->id,
        .case_id = item->item->id,
        .scroll = (int64_t)sides_place(&screen->sides),
        .typing = str_slice(&screen->typing),
        .typing_what = str_slice(&screen->typing_what),
        .seed = screen->seed,
    };
    if (rubric && screen->criteria.marked < rubric->count)
        place->criterion = rubric->criteria[screen->criteria.marked].id;
}

static void place_key(const struct drafts_place *place, struct str *key)
{
    str_appendf(key, "%.*s\n%.*s\n%.*s\n%lld\n%lld\n", SLICE_ARG(place->prompt), SLICE_ARG(place->case_id),
                SLICE_ARG(place->criterion), (long long)place->scroll, (long long)place->seed);
    str_append(key, place->typing_what);
    str_append(key, place->typing);
}

static void save_place(struct case_screen *screen)
{
    struct drafts_place place;
    struct error error = ERROR_INIT;
    struct str key = STR_INIT;
    place_of(screen, &place);
    place_key(&place, &key);
    if (!slice_equal(str_slice(&key), str_slice(&screen->saved_key))) {
        if (session_set_place(screen->session, &place, &error) < 0)
            view_say_error(screen->view, &error);
        str_reset(&screen->saved_key);
        str_append(&screen->saved_key, str_slice(&key));
    }
    str_clear(&key);
}

/* The output was on the screen to its end: scrolled there, or it fits. */
static bool is_seen_whole(const struct case_screen *screen)
{
    const struct sides *sides = &screen->sides;
    return screen->showing != CASE_BASELINE && (sides_ends(sides, 1) || (screen->blind && sides_ends(sides, 0)));
}

void case_state_settle(struct case_screen *screen)
{
    struct error error = ERROR_INIT;
    if (is_seen_whole(screen) && session_mark_seen(screen->session, screen->at, &error) < 0)
        view_say_error(screen->view, &error);
    save_place(screen);
}

static void ticket_done(void *context)
{
    struct case_ticket *ticket = context;
    struct case_screen *screen = ticket->screen;
    memory_free(ticket);
    if (!screen)
        return;
    screen->ticket = NULL;
    if (screen->sides.laid_out)
        case_state_settle(screen);
    else
        save_place(screen);
}

void case_state_settle_later(struct case_screen *screen)
{
    if (screen->ticket)
        return;
    screen->ticket = memory_new(sizeof *screen->ticket);
    screen->ticket->screen = screen;
    desk_after_paint(screen->desk, ticket_done, screen->ticket);
}

unsigned case_state_failed(struct case_screen *screen, const struct error *error)
{
    view_say_error(screen->view, error);
    return REACT_DONE;
}
