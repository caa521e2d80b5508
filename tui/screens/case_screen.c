#include "assay/screens/case_screen.h"

#include <stdio.h>
#include <string.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/data/json_encode.h"
#include "assay/screens/case_criteria.h"
#include "assay/screens/case_evidence.h"
#include "assay/screens/desk.h"
#include "assay/screens/label.h"
#include "assay/screens/pair.h"
#include "assay/screens/sign_screen.h"
#include "assay/screens/text_screen.h"

/* What stands on the two sides. */
enum case_sides { SIDES_CANDIDATE, SIDES_BASELINE, SIDES_BOTH, SIDES_COUNT };

enum { CASE_COMPUTE_AT_ONCE = 32 * 1024, CASE_DOTS_MAX = 24, CASE_INPUT_MAX = 4096 };

/* A callback that may outlive the screen. */
struct ticket {
    struct case_screen *screen; /* NULL: it was closed */
};

struct case_screen {
    struct view *view;
    struct desk *desk;
    struct dossier *dossier;
    struct session *session;
    const struct module *module;
    size_t at;
    bool scores; /* this person scores */
    struct sides sides;
    struct pair pair;
    struct pair_options options;
    enum case_sides showing;
    bool blind, revealed;
    int64_t seed;
    struct str titles[2], input;
    struct case_criteria criteria;
    struct case_evidence evidence;
    struct str typing, typing_what; /* half-typed */
    struct drafts_place saved;      /* what the draft has, as far as it can be compared */
    struct str saved_key;
    struct ticket *ticket; /* a save that waits; NULL: none */
    struct measuring *measuring;
    struct str flag_code;
};

static const struct session_case *current(const struct case_screen *screen)
{
    return session_case(screen->session, screen->at);
}

/* --- the place: written after the frame ---------------------------------------------------------------------------- */

static void place_of(const struct case_screen *screen, struct drafts_place *place)
{
    const struct rubric *rubric = session_rubric(screen->session);
    const struct session_case *item = current(screen);
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
    size_t rows = sides->rows > 0 ? (size_t)sides->rows : 0;
    bool shown = screen->showing != SIDES_BASELINE && (sides_both(sides) || sides->side == 1 || screen->blind);
    return sides->laid_out && shown && sides->top + rows >= sides->align.count;
}

static void settle(struct case_screen *screen)
{
    struct error error = ERROR_INIT;
    if (is_seen_whole(screen) && session_mark_seen(screen->session, screen->at, &error) < 0)
        view_say_error(screen->view, &error);
    save_place(screen);
}

static void settle_later(struct case_screen *screen);

static void ticket_done(void *context)
{
    struct ticket *ticket = context;
    struct case_screen *screen = ticket->screen;
    memory_free(ticket);
    if (!screen)
        return;
    screen->ticket = NULL;
    if (screen->sides.laid_out)
        settle(screen);
    else
        save_place(screen);
}

static void settle_later(struct case_screen *screen)
{
    if (screen->ticket)
        return;
    screen->ticket = memory_new(sizeof *screen->ticket);
    screen->ticket->screen = screen;
    desk_after_paint(screen->desk, ticket_done, screen->ticket);
}

/* --- the two sides -------------------------------------------------------------------------------------------------- */

static struct slice golden_text(const struct module_case *item)
{
    return item->golden && item->golden->expected_count > 0 ? item->golden->expected[0] : (struct slice){0};
}

static struct slice output_text(const struct output *output)
{
    if (!output)
        return (struct slice){0};
    return output->failed.size > 0 ? output->failed : output->text;
}

static void name_output(const struct module_prompt *prompt, const struct output *output, const char *name,
                        bool baseline, struct str *title)
{
    const struct outputs *outputs = baseline ? prompt->baseline : prompt->outputs;
    str_append_text(title, name);
    if (!output) {
        str_append_text(title, "   missing");
        return;
    }
    if (outputs && outputs->model.size > 0) {
        str_append_text(title, "   ");
        sanitise_append(title, outputs->model, SANITISE_LINE);
    }
    if (output->failed.size > 0)
        str_append_text(title, "   failed");
    if (output->latency_ms >= 0)
        str_appendf(title, "   %.0f ms", output->latency_ms);
    if (output->cost_usd >= 0)
        str_appendf(title, "   $%.4f", output->cost_usd);
}

static void name_golden(const struct module_case *item, struct str *title)
{
    str_append_text(title, "Golden");
    if (!item->golden)
        str_append_text(title, "   none: the golden dataset does not have this case");
    else if (item->golden->expected_count > 1)
        str_appendf(title, "   1 of %zu accepted answers", item->golden->expected_count);
}

/* Which side is A is drawn by the seed, so that it can be checked afterwards. */
static bool candidate_is_a(const struct case_screen *screen)
{
    const struct session_case *item = current(screen);
    struct str text = STR_INIT;
    struct digest digest;
    str_appendf(&text, "%lld\n%.*s\n%.*s", (long long)screen->seed, SLICE_ARG(item->prompt->id),
                SLICE_ARG(item->item->id));
    digest_of(str_slice(&text), &digest);
    str_clear(&text);
    return digest.bytes[0] & 1;
}

static void choose_blind(struct case_screen *screen, struct slice texts[2])
{
    const struct session_case *item = current(screen);
    const struct module_case *place = item->item;
    bool candidate_first = candidate_is_a(screen);
    int candidate = candidate_first ? 0 : 1;
    texts[candidate] = output_text(place->candidate);
    texts[!candidate] = output_text(place->baseline);
    if (screen->revealed || item->answer.size > 0) {
        name_output(item->prompt, place->candidate, candidate ? "B was the candidate" : "A was the candidate", false,
                    &screen->titles[candidate]);
        name_output(item->prompt, place->baseline, candidate ? "A was today's" : "B was today's", true,
                    &screen->titles[!candidate]);
    } else {
        str_append_text(&screen->titles[0], "A");
        str_append_text(&screen->titles[1], "B");
    }
}

static void choose(struct case_screen *screen, struct slice texts[2])
{
    const struct session_case *item = current(screen);
    const struct module_case *place = item->item;
    str_reset(&screen->titles[0]);
    str_reset(&screen->titles[1]);
    if (screen->blind) {
        choose_blind(screen, texts);
        return;
    }
    if (screen->showing == SIDES_BOTH) {
        texts[0] = output_text(place->baseline);
        name_output(item->prompt, place->baseline, "Today", true, &screen->titles[0]);
    } else {
        texts[0] = golden_text(place);
        name_golden(place, &screen->titles[0]);
    }
    bool baseline = screen->showing == SIDES_BASELINE;
    const struct output *output = baseline ? place->baseline : place->candidate;
    texts[1] = output_text(output);
    name_output(item->prompt, output, baseline ? "Today" : "Candidate", baseline, &screen->titles[1]);
}

static void show_sides(struct case_screen *screen, bool keep)
{
    struct slice texts[2], titles[2];
    choose(screen, texts);
    for (int side = 0; side < 2; side++)
        titles[side] = str_slice(&screen->titles[side]);
    pair_show(&screen->pair, texts, titles, &screen->options, keep, &screen->sides);
    settle_later(screen);
}

/* --- evidence: at once where it is quick, else by a worker ---------------------------------------------------------- */

struct measuring {
    struct case_screen *screen; /* NULL: closed, or at another case */
    struct dossier *dossier;
    const struct module_case *item;
    struct case_evidence evidence;
};

static void compute(const struct module_case *item, struct case_evidence *evidence)
{
    case_evidence_compute(item->golden ? item->golden->expected : NULL, item->golden ? item->golden->expected_count : 0,
                          output_text(item->candidate), evidence);
}

static void measuring_work(struct job *job, void *context)
{
    struct measuring *measuring = context;
    (void)job;
    compute(measuring->item, &measuring->evidence);
}

static void measuring_done(void *context, bool cancelled)
{
    struct measuring *measuring = context;
    if (measuring->screen && !cancelled)
        measuring->screen->evidence = measuring->evidence;
    if (measuring->screen)
        measuring->screen->measuring = NULL;
    dossier_release(measuring->dossier);
    memory_free(measuring);
}

static void drop_measuring(struct case_screen *screen)
{
    if (screen->measuring)
        screen->measuring->screen = NULL;
    screen->measuring = NULL;
}

static void measure(struct case_screen *screen)
{
    const struct module_case *item = current(screen)->item;
    drop_measuring(screen);
    screen->evidence = (struct case_evidence){0};
    if (!item->candidate)
        return;
    if (golden_text(item).size + item->candidate->text.size <= CASE_COMPUTE_AT_ONCE) {
        compute(item, &screen->evidence);
        return;
    }
    struct measuring *measuring = screen->measuring = memory_new(sizeof *measuring);
    *measuring = (struct measuring){.screen = screen, .dossier = screen->dossier, .item = item};
    dossier_hold(screen->dossier);
    jobs_submit(screen->desk->jobs, "Measuring", measuring_work, measuring_done, measuring);
}

/* --- going to a case ------------------------------------------------------------------------------------------------ */

static void describe_input(struct case_screen *screen)
{
    const struct module_case *item = current(screen)->item;
    const struct value *vars = item->golden ? item->golden->vars : NULL;
    str_reset(&screen->input);
    for (size_t i = 0; i < value_count(vars) && screen->input.size < CASE_INPUT_MAX; i++) {
        const struct value_pair *pair = value_pair_at(vars, i);
        if (i > 0)
            str_append_text(&screen->input, "   ");
        str_append(&screen->input, pair->key);
        str_append_text(&screen->input, " = ");
        if (value_is_text(&pair->value))
            str_append(&screen->input, slice_part(pair->value.text, 0, CASE_INPUT_MAX));
        else
            json_encode(&pair->value, JSON_CANONICAL, &screen->input);
    }
}

static size_t first_open_criterion(const struct case_screen *screen)
{
    const struct rubric *rubric = session_rubric(screen->session);
    for (size_t c = 0; rubric && c < rubric->count; c++)
        if (current(screen)->scores[c] == SESSION_NO_SCORE)
            return c;
    return 0;
}

static void go_to(struct case_screen *screen, size_t at)
{
    screen->at = at;
    screen->revealed = false;
    screen->criteria.marked = first_open_criterion(screen);
    describe_input(screen);
    measure(screen);
    show_sides(screen, false);
}

static size_t next_unseen(const struct case_screen *screen)
{
    size_t count = session_count(screen->session);
    for (size_t step = 1; step <= count; step++) {
        size_t at = (screen->at + step) % count;
        if (!session_case(screen->session, at)->seen)
            return at;
    }
    return SESSION_NOT_FOUND;
}

static unsigned go_on(struct case_screen *screen)
{
    settle(screen);
    size_t next = screen->scores ? session_next_unscored(screen->session, screen->at) : SESSION_NOT_FOUND;
    bool scoring = next != SESSION_NOT_FOUND;
    if (!scoring)
        next = next_unseen(screen);
    if (next == screen->at || next == SESSION_NOT_FOUND) {
        view_say(screen->view, next == SESSION_NOT_FOUND ? ROLE_GOOD : ROLE_WARNING, "%s",
                 next == SESSION_NOT_FOUND ? "Every case is done. S shows what will be signed."
                 : scoring ? "Only this case is left: its scores, or the comment that they need, are missing."
                           : "Only this case is left: scroll to its end.");
        return REACT_DONE;
    }
    if (next <= screen->at)
        view_say(screen->view, ROLE_MESSAGE, "From the beginning again: what was left open.");
    go_to(screen, next);
    return REACT_DONE;
}

static unsigned step(struct case_screen *screen, int by)
{
    size_t count = session_count(screen->session);
    if ((by < 0 && screen->at == 0) || (by > 0 && screen->at + 1 >= count)) {
        view_say(screen->view, ROLE_MESSAGE, by < 0 ? "This is the first case." : "This is the last case.");
        return REACT_DONE;
    }
    settle(screen);
    go_to(screen, by < 0 ? screen->at - 1 : screen->at + 1);
    return REACT_DONE;
}

/* --- what is typed -------------------------------------------------------------------------------------------------- */

static void typing(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    (void)context;
    str_reset(&screen->typing);
    str_append(&screen->typing, text);
    settle_later(screen);
}

static void stop_typing(struct case_screen *screen)
{
    str_reset(&screen->typing);
    str_reset(&screen->typing_what);
    settle_later(screen);
}

static void left_typing(struct view *view, void *context, struct slice text)
{
    (void)context;
    (void)text;
    stop_typing(view->state);
}

static unsigned failed(struct case_screen *screen, const struct error *error)
{
    view_say_error(screen->view, error);
    return REACT_DONE;
}

static unsigned commented(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    struct error error = ERROR_INIT;
    (void)context;
    if (session_set_comment(screen->session, screen->at, text, &error) < 0)
        return failed(screen, &error);
    stop_typing(screen);
    return REACT_DONE;
}

static unsigned ask_comment(struct case_screen *screen, struct slice initial)
{
    str_reset(&screen->typing_what);
    str_append_text(&screen->typing_what, "comment");
    view_ask(
        screen->view,
        &(struct question){
            .label = "Comment", .initial = initial, .changed = typing, .answered = commented, .left = left_typing});
    return REACT_DONE;
}

static unsigned edit_comment(struct case_screen *screen)
{
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    str_append(&text, current(screen)->comment);
    if (view_edit(screen->view, "comment.txt", &text, &error) < 0 ||
        session_set_comment(screen->session, screen->at, str_slice(&text), &error) < 0)
        view_say_error(screen->view, &error);
    str_clear(&text);
    return REACT_DONE;
}

/* --- flags of one's own --------------------------------------------------------------------------------------------- */

static unsigned flagged(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    struct error error = ERROR_INIT;
    (void)context;
    if (session_set_flag(screen->session, screen->at, str_slice(&screen->flag_code), true, text, &error) < 0)
        return failed(screen, &error);
    stop_typing(screen);
    return REACT_DONE;
}

static unsigned ask_flag_reason(struct case_screen *screen, struct slice code, struct slice initial)
{
    char label[2 * LABEL_SIZE];
    str_reset(&screen->flag_code);
    str_append(&screen->flag_code, code);
    str_reset(&screen->typing_what);
    str_appendf(&screen->typing_what, "flag:%.*s", SLICE_ARG(code));
    snprintf(label, sizeof label, "%.60s: what is wrong?", screen->flag_code.data);
    view_ask(screen->view,
             &(struct question){
                 .label = label, .initial = initial, .changed = typing, .answered = flagged, .left = left_typing});
    return REACT_DONE;
}

static bool flag_code(const struct case_screen *screen, size_t at, struct slice *code)
{
    const struct policy *policy = &screen->dossier->workspace->policy;
    if (policy->flag_code_count == 0) {
        *code = SLICE("other");
        return at == 0;
    }
    if (at < policy->flag_code_count)
        *code = policy->flag_codes[at];
    return at < policy->flag_code_count;
}

static bool complete_flag(struct view *view, void *context, struct slice text, size_t at, struct str *proposal)
{
    struct slice code;
    (void)context;
    for (size_t i = 0; flag_code(view->state, i, &code); i++) {
        if (slice_starts_with(code, text) && at-- == 0) {
            str_append(proposal, code);
            return true;
        }
    }
    return false;
}

/* The code that was typed, or the only one that begins so. */
static bool find_code(const struct case_screen *screen, struct slice typed, struct slice *found)
{
    struct slice code;
    size_t count = 0;
    for (size_t i = 0; flag_code(screen, i, &code); i++) {
        if (slice_equal(code, typed)) {
            *found = code;
            return true;
        }
        if (typed.size > 0 && slice_starts_with(code, typed)) {
            *found = code;
            count++;
        }
    }
    return count == 1;
}

static unsigned flag_chosen(struct view *view, void *context, struct slice text)
{
    struct case_screen *screen = view->state;
    const struct session_case *item = current(screen);
    struct error error = ERROR_INIT;
    struct slice code;
    (void)context;
    if (!find_code(screen, slice_trim(text), &code)) {
        view_say(view, ROLE_WARNING, "There is no such reason: Tab goes through those of the policy.");
        return REACT_DONE;
    }
    for (size_t i = 0; i < item->flag_count; i++) {
        if (!slice_equal(item->flags[i].code, code))
            continue;
        if (session_set_flag(screen->session, screen->at, code, false, (struct slice){0}, &error) < 0)
            return failed(screen, &error);
        view_say(view, ROLE_MESSAGE, "The flag %.*s is taken away; u brings it back.", SLICE_ARG(code));
        return REACT_DONE;
    }
    return ask_flag_reason(screen, code, (struct slice){0});
}

static unsigned ask_flag(struct case_screen *screen)
{
    struct str label = STR_INIT;
    struct slice code;
    str_append_text(&label, "Flag (");
    for (size_t i = 0; flag_code(screen, i, &code); i++)
        str_appendf(&label, "%s%.*s", i ? " " : "", SLICE_ARG(code));
    str_append_text(&label, ")");
    view_ask(screen->view, &(struct question){.label = label.data, .answered = flag_chosen, .complete = complete_flag});
    str_clear(&label);
    return REACT_DONE;
}

/* --- scores --------------------------------------------------------------------------------------------------------- */

static unsigned score(struct case_screen *screen, size_t criterion, int level)
{
    const struct rubric *rubric = session_rubric(screen->session);
    struct error error = ERROR_INIT;
    if (session_set_score(screen->session, screen->at, criterion, level, &error) < 0)
        return failed(screen, &error);
    if (level != SESSION_NO_SCORE && criterion + 1 < rubric->count)
        screen->criteria.marked = criterion + 1;
    settle_later(screen);
    if (level != SESSION_NO_SCORE && level <= rubric->comment_required_at && current(screen)->comment.size == 0) {
        view_say(screen->view, ROLE_WARNING, "%d or below needs a comment", rubric->comment_required_at);
        return ask_comment(screen, (struct slice){0});
    }
    return REACT_DONE;
}

static unsigned mark_criterion(struct case_screen *screen, int by)
{
    const struct rubric *rubric = session_rubric(screen->session);
    if (!rubric || !screen->scores)
        return sides_act(&screen->sides, &(struct command){.action = ACTION_FLIP, .number = -1});
    size_t count = rubric->count;
    screen->criteria.marked = (screen->criteria.marked + (by < 0 ? count - 1 : 1)) % count;
    settle_later(screen);
    return REACT_DONE;
}

static unsigned take_back(struct case_screen *screen, bool redo)
{
    struct error error = ERROR_INIT;
    bool stepped;
    size_t at;
    int result = redo ? session_redo(screen->session, &stepped, &at, &error)
                      : session_undo(screen->session, &stepped, &at, &error);
    if (result < 0)
        return failed(screen, &error);
    if (!stepped)
        view_say(screen->view, ROLE_MESSAGE, redo ? "There is nothing to do again." : "There is nothing to take back.");
    else if (at != SESSION_NOT_FOUND && at != screen->at)
        go_to(screen, at);
    return REACT_DONE;
}

/* --- ways of looking ------------------------------------------------------------------------------------------------ */

static unsigned turn_sides(struct case_screen *screen)
{
    static const char *const words[] = {"Golden and candidate.", "Golden, and what is answered today.",
                                        "What is answered today, and the candidate."};
    if (screen->blind) {
        screen->blind = false;
        screen->view->contexts &= ~(unsigned)CONTEXT_BLIND;
        screen->showing = SIDES_CANDIDATE;
    } else {
        screen->showing = (screen->showing + 1) % SIDES_COUNT;
    }
    show_sides(screen, false);
    view_say(screen->view, ROLE_MESSAGE, "%s", words[screen->showing]);
    return REACT_DONE;
}

static unsigned turn_unit(struct case_screen *screen)
{
    screen->options.unit = (screen->options.unit + 1) % PAIR_UNITS;
    show_sides(screen, true);
    view_say(screen->view, ROLE_MESSAGE, "Compared: %s.%s", pair_unit_name(screen->options.unit),
             screen->pair.no_json ? " At least one of these texts is no JSON." : "");
    return REACT_DONE;
}

static unsigned turn_option(struct case_screen *screen, bool *option, const char *on, const char *off)
{
    *option = !*option;
    show_sides(screen, true);
    view_say(screen->view, ROLE_MESSAGE, "%s", *option ? on : off);
    return REACT_DONE;
}

static void draw_seed(struct case_screen *screen)
{
    uint32_t random;
    if (screen->seed != 0)
        return;
    env_random(&random, sizeof random);
    screen->seed = (int64_t)random + 1;
}

static unsigned go_blind(struct case_screen *screen)
{
    draw_seed(screen);
    screen->blind = true;
    screen->view->contexts |= CONTEXT_BLIND;
    show_sides(screen, false);
    view_say(screen->view, ROLE_MESSAGE, "Names are hidden: A, B, = tie, - both bad. b shows the names again.");
    return REACT_DONE;
}

static unsigned prefer(struct case_screen *screen, const char *answer)
{
    struct error error = ERROR_INIT;
    struct slice side = candidate_is_a(screen) ? SLICE("candidate") : SLICE("baseline");
    if (session_set_comparison(screen->session, screen->at, side, slice_of(answer), &error) < 0)
        return failed(screen, &error);
    screen->revealed = true;
    show_sides(screen, true);
    return REACT_DONE;
}

static unsigned show_prompt(struct case_screen *screen)
{
    const struct session_case *item = current(screen);
    struct str rendered = STR_INIT, title = STR_INIT;
    struct error error = ERROR_INIT;
    struct leaf leaf;
    unsigned reaction = REACT_DONE;
    leaf_init(&leaf);
    if (module_render(item->prompt, item->item, &rendered, NULL, &error) < 0) {
        view_say_error(screen->view, &error);
    } else {
        leaf_add_text(&leaf, ROLE_TEXT, str_slice(&rendered));
        str_appendf(&title, "The prompt as it is sent: %.*s, case %.*s", SLICE_ARG(item->prompt->id),
                    SLICE_ARG(item->item->id));
        struct text_screen_page page = {.title = str_slice(&title), .leaf = &leaf};
        reaction = view_push(screen->view->stack, &text_screen_view, &page);
    }
    leaf_clear(&leaf);
    str_clear(&title);
    str_clear(&rendered);
    return reaction;
}

static unsigned sign(struct case_screen *screen)
{
    struct sign_screen_place place = {screen->dossier, screen->module};
    settle(screen);
    return view_push(screen->view->stack, &sign_screen_view, &place);
}

/* --- opening and closing -------------------------------------------------------------------------------------------- */

static void take_up(struct case_screen *screen, size_t at)
{
    struct arena arena = ARENA_INIT;
    struct drafts_place place;
    struct error error = ERROR_INIT;
    const struct rubric *rubric = session_rubric(screen->session);
    if (session_place(screen->session, &arena, &place, &error) < 0)
        view_say_error(screen->view, &error);
    size_t was = session_find(screen->session, place.prompt, place.case_id);
    screen->seed = place.seed;
    bool back = was != SESSION_NOT_FOUND && (at == SESSION_NOT_FOUND || at == was);
    go_to(screen, back ? was : at == SESSION_NOT_FOUND ? 0 : at);
    if (back) {
        size_t criterion = rubric ? rubric_find(rubric, place.criterion) : SIZE_MAX;
        if (criterion != SIZE_MAX)
            screen->criteria.marked = criterion;
        sides_go(&screen->sides, place.scroll > 0 ? (size_t)place.scroll : 0);
        str_append(&screen->typing, place.typing);
        if (slice_is(place.typing_what, "comment"))
            ask_comment(screen, place.typing);
        else if (slice_starts_with(place.typing_what, SLICE("flag:")))
            ask_flag_reason(screen, slice_from(place.typing_what, 5), place.typing);
    }
    arena_clear(&arena);
}

static int open_case(struct view *view, void *argument, struct error *error)
{
    struct case_screen *screen = view->state;
    const struct case_screen_place *place = argument;
    if (session_count(place->session) == 0)
        return error_set(error, ERROR_INPUT, "This module has no cases.");
    screen->view = view;
    screen->desk = desk_of(view);
    screen->dossier = place->dossier;
    screen->session = place->session;
    screen->module = session_module(place->session);
    screen->scores = desk_scores(place->dossier->workspace) && !session_is_read_only(place->session);
    dossier_hold(screen->dossier);
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
    desk_keep_place(screen->desk, screen->dossier->load.change, screen->module->path);
    take_up(screen, place->at);
    return 0;
}

static void close_case(struct view *view)
{
    struct case_screen *screen = view->state;
    if (screen->ticket)
        screen->ticket->screen = NULL;
    drop_measuring(screen);
    sides_clear(&screen->sides);
    pair_clear(&screen->pair);
    str_clear(&screen->titles[0]);
    str_clear(&screen->titles[1]);
    str_clear(&screen->input);
    str_clear(&screen->typing);
    str_clear(&screen->typing_what);
    str_clear(&screen->saved_key);
    str_clear(&screen->flag_code);
    dossier_release(screen->dossier);
}

/* --- acting --------------------------------------------------------------------------------------------------------- */

static unsigned back(struct case_screen *screen)
{
    settle(screen);
    desk_keep_place(screen->desk, (struct slice){0}, (struct slice){0});
    return REACT_CLOSE | REACT_RELOAD | REACT_DONE;
}

static unsigned act_blind(struct case_screen *screen, enum action action)
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

static unsigned act_look(struct case_screen *screen, const struct command *command)
{
    switch (command->action) {
    case ACTION_BASELINE:
        return turn_sides(screen);
    case ACTION_DIFF:
        return turn_unit(screen);
    case ACTION_SOURCE:
        return turn_option(screen, &screen->options.source, "The text as it was written.", "Markdown is rendered.");
    case ACTION_IGNORE:
        return turn_option(screen, &screen->options.ignore, "Case and white space do not count.",
                           "Case and white space count.");
    case ACTION_BLIND:
        return go_blind(screen);
    case ACTION_PROMPT:
        return show_prompt(screen);
    case ACTION_COPY:
        view_copy(screen->view, str_slice(&screen->pair.texts[screen->sides.side]));
        return REACT_DONE;
    default:
        settle_later(screen);
        return sides_act(&screen->sides, command);
    }
}

static unsigned act_case(struct view *view, const struct command *command)
{
    struct case_screen *screen = view->state;
    switch (command->action) {
    case ACTION_OPEN:
    case ACTION_NEXT_UNSCORED:
        return go_on(screen);
    case ACTION_NEXT_CASE:
        return step(screen, 1);
    case ACTION_PREVIOUS_CASE:
        return step(screen, -1);
    case ACTION_SCORE:
        return score(screen, screen->criteria.marked, command->number);
    case ACTION_CLEAR_SCORE:
        return score(screen, screen->criteria.marked, SESSION_NO_SCORE);
    case ACTION_NEXT_FIELD:
        return mark_criterion(screen, 1);
    case ACTION_PREVIOUS_FIELD:
        return mark_criterion(screen, -1);
    case ACTION_COMMENT:
        return ask_comment(screen, current(screen)->comment);
    case ACTION_EDIT:
        return edit_comment(screen);
    case ACTION_FLAG:
        return ask_flag(screen);
    case ACTION_UNDO:
        return take_back(screen, false);
    case ACTION_REDO:
        return take_back(screen, true);
    case ACTION_SIGN:
        return sign(screen);
    case ACTION_BACK:
        return back(screen);
    case ACTION_PREFER_A:
    case ACTION_PREFER_B:
    case ACTION_PREFER_NONE:
    case ACTION_BOTH_BAD:
        return act_blind(screen, command->action);
    default:
        return act_look(screen, command);
    }
}

static unsigned mouse_case(struct view *view, const struct mouse *mouse)
{
    struct case_screen *screen = view->state;
    size_t criterion;
    int level;
    if (mouse->kind == MOUSE_PRESS && mouse->button == 1 && screen->scores &&
        case_criteria_hit(&screen->criteria, screen->session, mouse->row, mouse->column, &criterion, &level)) {
        screen->criteria.marked = criterion;
        if (level != SESSION_NO_SCORE && session_can_score(screen->session, screen->at))
            return score(screen, criterion, level);
        return REACT_DONE;
    }
    settle_later(screen);
    return sides_mouse(&screen->sides, mouse);
}

static const char *refuse_entry(const struct case_screen *screen)
{
    const char *refusal = desk_refusal(screen->dossier->workspace);
    if (refusal)
        return refusal;
    return session_is_read_only(screen->session) ? "Nothing can be entered here." : NULL;
}

static const char *refuse_score(const struct case_screen *screen)
{
    const char *refusal = refuse_entry(screen);
    if (refusal)
        return refusal;
    if (!screen->scores)
        return "None of your roles scores; your sign-off needs no scores.";
    return session_can_score(screen->session, screen->at) ? NULL : "There is no output to score in this case.";
}

static const char *refuse_case(struct view *view, enum action action)
{
    const struct case_screen *screen = view->state;
    switch (action) {
    case ACTION_SCORE:
    case ACTION_CLEAR_SCORE:
        return refuse_score(screen);
    case ACTION_COMMENT:
    case ACTION_EDIT:
    case ACTION_FLAG:
    case ACTION_UNDO:
    case ACTION_REDO:
    case ACTION_SIGN:
        return refuse_entry(screen);
    case ACTION_BASELINE:
    case ACTION_BLIND:
        return current(screen)->item->baseline ? NULL : "There is no answer of today to compare with.";
    case ACTION_NEXT_DIFFERENCE:
    case ACTION_PREVIOUS_DIFFERENCE:
        return sides_differences(&screen->sides) > 0 ? NULL : "There is no difference.";
    default:
        return NULL;
    }
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */

static void draw_dots(const struct case_screen *screen, struct area line, int column)
{
    size_t count = session_count(screen->session);
    for (size_t at = 0; at < count; at++) {
        bool done = screen->scores && session_can_score(screen->session, at) ? session_is_scored(screen->session, at)
                                                                             : session_case(screen->session, at)->seen;
        canvas_put(line, 0, column + (int)at, at == screen->at ? ROLE_TITLE | PEN_BOLD | PEN_UNDERLINE : ROLE_STATUS,
                   canvas_symbol(line.canvas, done ? SYMBOL_FILLED : SYMBOL_HOLLOW));
    }
}

static size_t count_flags(const struct case_screen *screen)
{
    const struct gate_module_verdict *verdict = dossier_verdict(screen->dossier, screen->module);
    return (verdict ? verdict->open_flags : 0) + session_progress(screen->session).flags;
}

/* Change, module, prompt, case: where there is no room the first go first, for the case is what one looks at. */
static void draw_path(const struct case_screen *screen, struct area line)
{
    const struct session_case *item = current(screen);
    const struct slice parts[] = {screen->dossier->load.change, screen->module->name, item->prompt->id, item->item->id};
    struct str path = STR_INIT;
    for (size_t first = 0; first < ARRAY_COUNT(parts); first++) {
        str_reset(&path);
        for (size_t i = first; i < ARRAY_COUNT(parts); i++) {
            if (i > first)
                str_appendf(&path, " %s ", canvas_symbol(line.canvas, SYMBOL_SMALL_POINTER));
            sanitise_append(&path, parts[i], SANITISE_LINE);
        }
        if (canvas_width(str_slice(&path)) <= line.columns)
            break;
    }
    canvas_field(line, 0, 0, line.columns, CANVAS_LEFT, ROLE_TITLE, str_slice(&path));
    str_clear(&path);
}

static void title_case(struct view *view, struct area line)
{
    const struct case_screen *screen = view->state;
    size_t count = session_count(screen->session), flags = count_flags(screen);
    struct session_progress progress = session_progress(screen->session);
    char place[LABEL_SIZE];
    bool dots = count <= CASE_DOTS_MAX && line.columns >= 90;
    int end = line.columns - 1;
    if (flags > 0) {
        snprintf(place, sizeof place, "%s %zu", canvas_symbol(line.canvas, SYMBOL_FLAG), flags);
        end -= canvas_width(slice_of(place));
        canvas_put(line, 0, end, ROLE_WARNING, place);
        end -= 2;
    }
    if (dots) {
        end -= (int)count;
        draw_dots(screen, line, end);
        end -= 2;
    }
    size_t done = screen->scores ? progress.scored : progress.seen, all = screen->scores ? progress.to_score : count;
    snprintf(place, sizeof place, dots ? "case %zu of %zu" : "case %zu of %zu  %zu of %zu done", screen->at + 1, count,
             done, all);
    end -= canvas_width(slice_of(place));
    canvas_put(line, 0, end, ROLE_STATUS, place);
    draw_path(screen, area_part(line, 0, 1, 1, end - 3));
}

static void draw_input(const struct case_screen *screen, struct area line)
{
    static const char hint[] = "i full prompt";
    int end = line.columns - (int)sizeof hint;
    int column = canvas_put(line, 0, 1, ROLE_DIM, "Input") + 2;
    label_cut(line, 0, column, end - column - 2, ROLE_TEXT, str_slice(&screen->input));
    canvas_put(line, 0, end, ROLE_KEY, "i");
    canvas_put(line, 0, end + 2, ROLE_DIM, "full prompt");
}

/* What others said about this output; hidden until one's own scores are in where several are asked for. */
static void describe_others(const struct case_screen *screen, struct str *out)
{
    const struct ledger *ledger = &screen->dossier->ledger;
    const struct workspace *workspace = screen->dossier->workspace;
    const struct session_case *item = current(screen);
    bool hidden = workspace_has_policy(workspace) && workspace->policy.overlap > 1 &&
                  !session_is_scored(screen->session, screen->at);
    for (size_t i = 0; i < ledger->count; i++) {
        const struct ledger_record *record = &ledger->records[i];
        if (record->decoded != RECORD_OK || record->signature != GATE_SIGNATURE_GOOD ||
            slice_equal(record->principal, workspace->identity.principal))
            continue;
        for (size_t s = 0; s < record->record.score_count; s++) {
            const struct record_score *scored = &record->record.scores[s];
            if (!digest_equal(&scored->output, &item->output) || !slice_equal(scored->case_id, item->item->id) ||
                !slice_equal(scored->prompt, item->prompt->id))
                continue;
            str_append_text(out, out->size ? ", " : "Others: ");
            sanitise_append(out, record->record.reviewer.name, SANITISE_LINE);
            for (size_t c = 0; c < record->record.criteria_count && !hidden; c++)
                str_appendf(out, scored->scores[c] < 0 ? " –" : " %d", scored->scores[c]);
            if (hidden)
                str_append_text(out, " (shown after yours)");
        }
    }
}

static void draw_remarks(const struct case_screen *screen, struct area line)
{
    const struct session_case *item = current(screen);
    struct str others = STR_INIT;
    int column = 1, end = line.columns - 1;
    describe_others(screen, &others);
    if (others.size > 0 && canvas_width(str_slice(&others)) < line.columns / 2) {
        end -= canvas_width(str_slice(&others)) + 1;
        canvas_text(line, 0, end, ROLE_DIM, str_slice(&others));
        end -= 2;
    }
    for (size_t i = 0; i < item->flag_count && column < end - 8; i++) {
        column = canvas_put(line, 0, column, ROLE_WARNING, canvas_symbol(line.canvas, SYMBOL_FLAG)) + 1;
        column = label_cut(line, 0, column, end - column, ROLE_WARNING, item->flags[i].code) + 1;
        column = label_cut(line, 0, column, end - column, ROLE_TEXT, item->flags[i].comment) + 2;
    }
    if (item->comment.size > 0 && column < end - 10) {
        column = canvas_put(line, 0, column, ROLE_DIM, "Comment") + 2;
        label_cut(line, 0, column, end - column, ROLE_TEXT, item->comment);
    } else if (session_needs_comment(screen->session, screen->at)) {
        canvas_put(line, 0, column, ROLE_WARNING, "This score needs a comment: c");
    } else if (item->carried) {
        canvas_put(line, 0, column, ROLE_DIM, "Your scores from before: the output is the same.");
    } else if (item->answer.size > 0 && screen->blind) {
        column = canvas_put(line, 0, column, ROLE_DIM, "Your answer") + 2;
        label_cut(line, 0, column, end - column, ROLE_SCORE, item->answer);
    }
    str_clear(&others);
}

static void draw_case(struct view *view, struct area body)
{
    struct case_screen *screen = view->state;
    const struct session_case *item = current(screen);
    int criteria = screen->scores ? case_criteria_rows(screen->session, body.rows) : 0;
    int flags = case_evidence_has_flags(screen->dossier, screen->module, item);
    int panes = body.rows - 1 - flags - 1 - criteria - 1;
    draw_input(screen, area_part(body, 0, 0, 1, body.columns));
    int row = 1 + panes;
    case_evidence_draw(area_part(body, row++, 0, 1, body.columns), screen->dossier, item, &screen->evidence,
                       screen->pair.marks[0] + screen->pair.marks[1]);
    if (flags)
        case_evidence_draw_flags(area_part(body, row++, 0, 1, body.columns), screen->dossier, screen->module,
                                 screen->session, item);
    case_criteria_draw(&screen->criteria, screen->session, screen->at, area_part(body, row, 0, criteria, body.columns));
    draw_remarks(screen, area_part(body, row + criteria, 0, 1, body.columns));
    sides_draw(&screen->sides, area_part(body, 1, 0, panes, body.columns));
}

static void resize_case(struct view *view, int rows, int columns)
{
    struct case_screen *screen = view->state;
    (void)rows;
    (void)columns;
    if (screen->desk)
        settle_later(screen);
}

static unsigned tick_case(struct view *view, int64_t now_us)
{
    struct case_screen *screen = view->state;
    (void)now_us;
    if (view_top(view->stack) == view && screen->desk->signed_draft != 0 &&
        screen->desk->signed_draft == session_draft(screen->session)) {
        desk_keep_place(screen->desk, (struct slice){0}, (struct slice){0});
        return REACT_CLOSE | REACT_RELOAD | REACT_REDRAW;
    }
    return desk_tick(screen->desk);
}

static struct search_target search_case(struct view *view)
{
    struct case_screen *screen = view->state;
    return sides_search(&screen->sides);
}

static const struct hints_word case_words[] = {
    {ACTION_OPEN, "next case"}, {ACTION_NEXT_FIELD, "criterion"}, {ACTION_BASELINE, "today"}, {ACTION_NONE, NULL}};
static const enum action case_hints[] = {ACTION_SCORE,   ACTION_NEXT_FIELD, ACTION_OPEN,     ACTION_NEXT_DIFFERENCE,
                                         ACTION_COMMENT, ACTION_FLAG,       ACTION_BASELINE, ACTION_DIFF,
                                         ACTION_SOURCE,  ACTION_SIGN,       ACTION_BACK,     ACTION_NONE};

const struct view_type case_screen_view = {
    .name = "case",
    .contexts = CONTEXT_MOVE | CONTEXT_REVIEW,
    .size = sizeof(struct case_screen),
    .open = open_case,
    .close = close_case,
    .resize = resize_case,
    .act = act_case,
    .mouse = mouse_case,
    .title = title_case,
    .draw = draw_case,
    .tick = tick_case,
    .refuse = refuse_case,
    .search = search_case,
    .hints = case_hints,
    .words = case_words,
};
