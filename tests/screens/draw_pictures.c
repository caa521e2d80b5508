/* Draws the pictures of the README: the real program on the sample, in a real terminal emulator.
 *
 *     make pictures        writes tests/screens/pictures/NAME.svg; PICTURE_THEMES=all adds one for each theme and size */
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "harness/fixture.h"
#include "harness/screen.h"

struct shot {
    const char *name;
    const char *keys;  /* from the queue */
    const char *until; /* what must stand on the screen before it is drawn */
};

static const struct shot shots[] = {
    {"queue", "", "prompt/welcome"},
    {"change", "gg<Enter>", "ab-testing"},
    {"review", "<Enter>", "Clarity"},
    {"gate", "q<Tab><Tab><Tab><Tab>", "missing"},
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "draw_pictures: %s: %s\n", name, what);
    exit(1);
}

/* One walk through the console, a picture at each stop. */
static void draw(const char *clone, const char *folder, const char *theme, const char *suffix, int rows, int columns)
{
    const char *const arguments[] = {ASSAY_BINARY, "-C", clone, NULL};
    char setting[96], path[4096];
    snprintf(setting, sizeof setting, "GIT_CONFIG_VALUE_0=%s", theme);
    const char *const environment[] = {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=assay.theme", setting, NULL};
    struct screen *screen = screen_start(arguments, environment, rows, columns);
    if (!screen || !screen_wait_text(screen, "in step"))
        fail("the console did not come up", "queue");
    for (size_t i = 0; i < ARRAY_COUNT(shots); i++) {
        screen_keys(screen, shots[i].keys);
        if (!screen_wait_text(screen, shots[i].until) || !screen_wait_quiet(screen))
            fail("what was waited for did not come", shots[i].name);
        snprintf(path, sizeof path, "%s/%s%s.svg", folder, shots[i].name, suffix);
        if (!screen_svg(screen, path, "assay"))
            fail("cannot be written", path);
    }
    screen_free(screen);
}

int main(int count, char **arguments)
{
    static const char *const themes[] = {"dark", "light", "monochrome"};
    static const int sizes[][2] = {{16, 60}, {30, 100}, {45, 160}};
    const char *folder = count > 1 ? arguments[1] : "tests/screens/pictures";
    struct fixture *f = fixture_new();
    char *absolute = realpath(folder, NULL);
    if (!absolute || fixture_assay(f, NULL, "demo", "sample", NULL) != 0)
        fail(f->result.errors.data, "the sample");
    const char *clone = fixture_path(f, "sample/clone");
    draw(clone, absolute, "dark", "", 38, 132);
    for (size_t t = 0; getenv("PICTURE_THEMES") && t < ARRAY_COUNT(themes); t++)
        for (size_t s = 0; s < ARRAY_COUNT(sizes); s++) {
            char suffix[64];
            snprintf(suffix, sizeof suffix, "-%s-%dx%d", themes[t], sizes[s][1], sizes[s][0]);
            draw(clone, absolute, themes[t], suffix, sizes[s][0], sizes[s][1]);
        }
    free(absolute);
    fixture_free(f);
    return 0;
}
