/* Golden screens: each tests/screens/<name>.test says size, options and keys, then the rows and the roles of the canvas
 * that they lead to. The view is the small console of tests/harness; keys go through the real decoder. With
 * GOLDEN_UPDATE=1 the files are written anew, to be read before they are committed. */
#include "harness/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/base/array.h"
#include "assay/base/file.h"
#include "assay/base/memory.h"
#include "assay/ui/input.h"
#include "harness/console.h"
#include "harness/screen.h"

struct golden {
    char *path, *name;
    struct str text;
    int rows, columns;
    bool ascii;
    struct str keys, head; /* head: all lines before the rows */
    struct slice expected;
};

static void parse(struct golden *golden)
{
    struct slice rest = str_slice(&golden->text), line;
    golden->expected = slice_make(NULL, 0);
    while (slice_cut_line(&rest, &line)) {
        if (slice_is(line, "rows:")) {
            golden->expected = rest;
            return;
        }
        str_append(&golden->head, line);
        str_push(&golden->head, '\n');
        if (slice_starts_with(line, SLICE("size: ")))
            assert_int_equal(sscanf(line.data, "size: %dx%d", &golden->columns, &golden->rows), 2);
        if (slice_starts_with(line, SLICE("keys: ")))
            str_append(&golden->keys, slice_from(line, 6));
        if (slice_is(line, "ascii"))
            golden->ascii = true;
    }
}

static void press(struct view_stack *stack, struct canvas *canvas, const char *keys)
{
    struct input input;
    struct event event;
    struct str bytes = STR_INIT;
    input_init(&input);
    screen_encode(keys, &bytes);
    input_feed(&input, str_slice(&bytes));
    while (input_next(&input, 1, &event)) {
        view_event(stack, &event);
        view_draw(stack, canvas);
    }
    input_clear(&input);
    str_clear(&bytes);
}

static void draw(const struct golden *golden, struct str *out)
{
    struct error error = ERROR_INIT;
    struct console console;
    struct theme theme;
    struct keymap *keymap = keymap_new();
    struct canvas *canvas = canvas_new(golden->rows, golden->columns);
    canvas->ascii = golden->ascii;
    console_init(&console, false);
    assert_success(theme_load(&theme, "dark", &error), error);
    struct view_stack *stack = view_stack_new(NULL, keymap, &theme, &console);
    view_resize(stack, golden->rows, golden->columns);
    view_push(stack, &console_list_view, NULL);
    view_draw(stack, canvas);
    press(stack, canvas, golden->keys.data);
    canvas_print_text(canvas, out);
    str_append_text(out, "roles:\n");
    canvas_print_roles(canvas, out);
    view_stack_free(stack);
    console_clear(&console);
    canvas_free(canvas);
    keymap_free(keymap);
}

static void is_as_expected(void **state)
{
    struct golden *golden = *state;
    struct error error = ERROR_INIT;
    struct str drawn = STR_INIT, whole = STR_INIT;
    assert_success(file_read(golden->path, 1 << 20, &golden->text, &error), error);
    parse(golden);
    draw(golden, &drawn);
    if (getenv("GOLDEN_UPDATE") != NULL) {
        str_append(&whole, str_slice(&golden->head));
        str_append_text(&whole, "rows:\n");
        str_append(&whole, str_slice(&drawn));
        assert_success(file_write(golden->path, str_slice(&whole), 0644, &error), error);
    } else if (!slice_equal(str_slice(&drawn), golden->expected)) {
        fail_msg("%s differs; drawn now:\n%s", golden->path, drawn.data);
    }
    str_clear(&drawn);
    str_clear(&whole);
}

static void clear(struct golden *golden)
{
    str_clear(&golden->text);
    str_clear(&golden->keys);
    str_clear(&golden->head);
    memory_free(golden->path);
    memory_free(golden->name);
    memory_free(golden);
}

static int compare_names(const void *a, const void *b)
{
    const struct CMUnitTest *left = a, *right = b;
    return strcmp(left->name, right->name);
}

int main(void)
{
    enum { GOLDEN_MAX = 500 };
    static struct CMUnitTest tests[GOLDEN_MAX];
    size_t count = 0;
    DIR *folder = opendir(ASSAY_SOURCE "/tests/screens");
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL && count < GOLDEN_MAX;) {
        if (!slice_ends_with(slice_of(entry->d_name), SLICE(".test")))
            continue;
        struct golden *golden = memory_new(sizeof *golden);
        struct str path = STR_INIT;
        file_join(&path, ASSAY_SOURCE "/tests/screens", entry->d_name);
        golden->path = str_take(&path);
        golden->name = memory_copy_text(entry->d_name);
        str_init(&golden->text);
        str_init(&golden->keys);
        str_init(&golden->head);
        golden->rows = 24;
        golden->columns = 80;
        tests[count++] =
            (struct CMUnitTest){.name = golden->name, .test_func = is_as_expected, .initial_state = golden};
    }
    if (folder != NULL)
        closedir(folder);
    qsort(tests, count, sizeof *tests, compare_names);
    int failed = _cmocka_run_group_tests("golden screens", tests, count, NULL, NULL);
    for (size_t at = 0; at < count; at++)
        clear(tests[at].initial_state);
    return failed;
}
