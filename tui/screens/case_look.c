#include "assay/screens/case_look.h"

#include "assay/screens/case_sides.h"
#include "assay/screens/text_screen.h"

static unsigned turn_sides(struct case_screen *screen)
{
    static const char *const words[] = {"Golden and candidate.", "Golden, and what is answered today.",
                                        "What is answered today, and the candidate."};
    if (screen->blind) {
        screen->blind = false;
        screen->view->contexts &= ~(unsigned)CONTEXT_BLIND;
        screen->showing = CASE_CANDIDATE;
    } else {
        screen->showing = (screen->showing + 1) % CASE_STANDINGS;
    }
    case_sides_show(screen, false);
    view_say(screen->view, ROLE_MESSAGE, "%s", words[screen->showing]);
    return REACT_DONE;
}

static unsigned turn_unit(struct case_screen *screen)
{
    screen->options.unit = (screen->options.unit + 1) % PAIR_UNITS;
    case_sides_show(screen, true);
    view_say(screen->view, ROLE_MESSAGE, "Compared: %s.%s", pair_unit_name(screen->options.unit),
             screen->pair.no_json ? " At least one of these texts is no JSON." : "");
    return REACT_DONE;
}

static unsigned turn_option(struct case_screen *screen, bool *option, const char *on, const char *off)
{
    *option = !*option;
    case_sides_show(screen, true);
    view_say(screen->view, ROLE_MESSAGE, "%s", *option ? on : off);
    return REACT_DONE;
}

static unsigned show_prompt(struct case_screen *screen)
{
    const struct judgement_case *item = case_state_current(screen);
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

unsigned case_look_act(struct case_screen *screen, const struct command *command)
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
    case ACTION_PROMPT:
        return show_prompt(screen);
    case ACTION_COPY:
        view_copy(screen->view, str_slice(&screen->pair.texts[screen->sides.side]));
        return REACT_DONE;
    default:
        case_state_settle_later(screen);
        return sides_act(&screen->sides, command);
    }
}
