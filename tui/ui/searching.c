#include "assay/ui/searching.h"

static void say_hit(const struct searching *searching, bool found)
{
    const struct search *search = searching->target.search;
    struct str text = STR_INIT;
    if (!found) {
        dialogue_say(searching->dialogue, ROLE_WARNING, SLICE("Not found."));
    } else if (search->count > 0) {
        str_appendf(&text, "%zu of %zu%s", search->at + 1, search->count,
                    search->count == SEARCH_HITS_MAX ? " or more" : "");
        dialogue_say(searching->dialogue, ROLE_MESSAGE, str_slice(&text));
    }
    str_clear(&text);
}

static void changed(struct view *view, void *context, struct slice text)
{
    const struct searching *searching = context;
    (void)view;
    say_hit(searching, search_look(searching->target, text));
}

static unsigned answered(struct view *view, void *context, struct slice text)
{
    const struct searching *searching = context;
    (void)view;
    (void)text;
    search_end(searching->target, true);
    say_hit(searching, searching->target.search->count > 0);
    return REACT_DONE;
}

static void left(struct view *view, void *context, struct slice text)
{
    const struct searching *searching = context;
    (void)view;
    (void)text;
    search_end(searching->target, false);
    dialogue_hush(searching->dialogue);
}

void searching_open(struct searching *searching, struct view *view, struct search_target target)
{
    searching->target = target;
    search_begin(target);
    asking_open(
        &searching->dialogue->asking, view,
        &(struct question){.label = "/", .context = searching, .changed = changed, .answered = answered, .left = left});
}

void searching_next(struct searching *searching, struct search_target target, bool backwards)
{
    searching->target = target;
    say_hit(searching, search_next(target, backwards));
}
