#include "assay/commands/demo_command.h"

#include <unistd.h>

#include "assay/base/str.h"
#include "assay/commands/console_command.h"
#include "assay/commands/print.h"
#include "assay/commands/queue_command.h"
#include "assay/review/sample.h"

static int run(const struct command_line *line, struct error *error)
{
    const char *folder = line->word_count > 0 ? line->words[0] : "assay-demo", *who = command_option(line, "as");
    struct str clone = STR_INIT;
    bool made = false;
    if (!sample_exists(folder)) {
        if (sample_make(folder, error) < 0)
            return -1;
        made = true;
    }
    if (who && sample_sit_down(folder, who, error) < 0)
        return -1;
    if (!line->json)
        print_note("%s %s; the repository is %s/clone.", made ? "made a sample in" : "using the sample in", folder,
                   folder);
    str_appendf(&clone, "%s/clone", folder);
    bool on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !line->json;
    const struct command *next = on_terminal ? &console_command : &queue_command;
    struct command_line opened = {
        .command = next, .commands = line->commands, .folder = clone.data, .json = line->json};
    int code = next->run(&opened, error);
    str_clear(&clone);
    return code;
}

static const struct command_option options[] = {
    {"as", "NAME", "sit down as ana (content owner), lena (legal) or ines (learning designer)", OPTION_VALUE},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command demo_command = {
    .name = "demo",
    .words = "[DIR]",
    .summary = "Makes a complete sample and opens the console on it",
    .details =
        "The sample has a bare origin, a clone, keys of three reviewers, a target branch and five pending changes. "
        "DIR is assay-demo by default; a sample that is there already is opened again. With no terminal the queue "
        "is printed instead.",
    .exits = "0 made",
    .words_max = 1,
    .options = options,
    .run = run,
};
