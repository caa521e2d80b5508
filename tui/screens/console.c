#include "assay/screens/console.h"

#include <string.h>

#include "assay/screens/change_screen.h"
#include "assay/screens/desk.h"
#include "assay/screens/queue_screen.h"
#include "assay/ui/loop.h"

#define KEY_PREFIX "assay.key."

/* --- what is configured -------------------------------------------------------------------------------------------- */

struct keys_configured {
    struct keymap *keymap;
    struct error error;
};

static void set_key(void *context, const char *key, const char *value)
{
    struct keys_configured *configured = context;
    keymap_set(configured->keymap, slice_of(key + strlen(KEY_PREFIX)), slice_of(value), &configured->error);
}

static void load_theme(const struct settings *settings, struct theme *theme, struct error *problem)
{
    struct error ignored = ERROR_INIT;
    struct str name = STR_INIT;
    bool set = settings_text(settings, "assay.theme", &name) && name.size > 0;
    if (theme_load(theme, set ? name.data : "dark", problem) < 0)
        theme_load(theme, "dark", &ignored);
    str_clear(&name);
}

/* --- running ------------------------------------------------------------------------------------------------------- */

/* What was on its way to the disk is there when the loop ends. */
static void save(void *context)
{
    desk_stop(context);
}

static void come_back(struct desk *desk)
{
    struct arena arena = ARENA_INIT;
    struct change_screen_place place = {.tab = CHANGE_SCREEN_REVIEW};
    if (desk_kept_place(desk, &arena, &place.change, &place.module))
        view_push(desk->stack, &change_screen_view, &place);
    arena_clear(&arena);
}

static int run(struct desk *desk, struct term *term, struct keymap *keymap, const struct theme *theme,
               const struct error *problem, struct error *error)
{
    struct loop loop = {.term = term,
                        .jobs = desk->jobs,
                        .context = desk,
                        .save = save,
                        .ascii = settings_flag(desk->workspace->settings, "assay.ascii", false)};
    loop.stack = desk->stack = view_stack_new(term, keymap, theme, desk);
    view_push(desk->stack, &queue_screen_view, NULL);
    if (error_is_set(problem))
        view_say_error(view_top(desk->stack), problem);
    come_back(desk);
    desk_refresh(desk, false);
    if (repo_remote(desk->workspace->repo))
        desk_sync(desk, false);
    int result = loop_run(&loop, error);
    desk_stop(desk);
    view_stack_free(desk->stack);
    desk->stack = NULL;
    return result;
}

int console_run(const char *folder, struct error *error)
{
    struct desk desk;
    struct theme theme;
    struct keys_configured keys = {.keymap = keymap_new()};
    struct term *term = NULL;
    int result = desk_open(&desk, folder, error);
    if (result == 0) {
        const struct settings *settings = desk.workspace->settings;
        load_theme(settings, &theme, &keys.error);
        settings_each(settings, KEY_PREFIX, set_key, &keys);
        term = term_open(settings_flag(settings, "assay.mouse", true), error);
        result = term ? run(&desk, term, keys.keymap, &theme, &keys.error, error) : -1;
    }
    if (term)
        term_close(term);
    desk_close(&desk);
    keymap_free(keys.keymap);
    return result;
}
