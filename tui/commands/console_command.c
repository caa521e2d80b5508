#include "assay/commands/console_command.h"

#include <unistd.h>

#include "assay/screens/console.h"

static int run(const struct command_line *line, struct error *error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(error, ERROR_USAGE,
                         "The console needs a terminal; without one “assay queue” lists what waits for review.");
    return console_run(line->folder, error);
}

const struct command console_command = {
    .name = "console",
    .words = "",
    .summary = "Opens the console: look at changes, score, sign",
    .details =
        "The same as “assay” alone. What is entered is kept at every key; a new start comes back to the same case.",
    .exits = "0 left",
    .no_json = true,
    .run = run,
};
