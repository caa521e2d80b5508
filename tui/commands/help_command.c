#include "assay/commands/help_command.h"

#include "assay/commands/manual.h"
#include "assay/commands/print.h"

static int run(const struct command_line *line, struct error *error)
{
    struct str text = STR_INIT;
    int result = 0;
    if (command_flag(line, "man")) {
        manual_page(line->commands, &text);
    } else if (line->word_count == 0) {
        manual_overview(line->commands, &text);
    } else {
        const struct command *command = command_find(line->commands, line->words[0]);
        if (command)
            manual_usage(command, &text);
        else
            result =
                error_set(error, ERROR_USAGE, "There is no command “%s”; “assay help” lists them.", line->words[0]);
    }
    print_text("%s", text.data);
    str_clear(&text);
    return result;
}

static const struct command_option options[] = {
    {"man", NULL, "print the manual page, as roff", OPTION_FLAG},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command help_command = {
    .name = "help",
    .words = "[COMMAND]",
    .summary = "Lists the commands, explains one, or prints the manual page",
    .exits = "0 printed",
    .words_max = 1,
    .options = options,
    .no_json = true,
    .run = run,
};
