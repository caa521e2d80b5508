/* A small console on the ui components alone: a list that opens two panes, a question, a job with progress. What the
 * pty tests of ui run: a test program calls console_main when its first argument is CONSOLE_ARGUMENT. */
#ifndef TESTS_HARNESS_CONSOLE_H
#define TESTS_HARNESS_CONSOLE_H

#include "assay/ui/view.h"

#define CONSOLE_ARGUMENT "--console"

/* argv: program, CONSOLE_ARGUMENT, theme, words: "ascii", "long" (200 KB in each pane), "crash" on `R`. */
int console_main(int argc, char **argv);

struct console {
    struct jobs *jobs;
    struct str left, right; /* texts of the panes */
    bool crash;
    size_t saved;
};

void console_init(struct console *console, bool long_texts);
void console_clear(struct console *console);
extern const struct view_type console_list_view, console_sides_view;

#endif
