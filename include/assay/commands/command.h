/* A command is a constant table: its words, its options, its function. The table of all commands is the only source of
 * the dispatch in main.c, of `--help`, of the manual page and of the completions, so they cannot disagree. */
#ifndef ASSAY_COMMANDS_COMMAND_H
#define ASSAY_COMMANDS_COMMAND_H

#include <stddef.h>

#include "assay/base/error.h"

enum { COMMAND_OPTIONS_MAX = 16, COMMAND_WORDS_MAX = 256 };

enum command_option_kind {
    OPTION_FLAG,   /* --offline */
    OPTION_VALUE,  /* --role ROLE */
    OPTION_NUMBER, /* --width N: a whole number from 1 to 100000 */
};

struct command_option {
    const char *name;  /* long name without the dashes; NULL ends the list */
    const char *value; /* what stands behind it in the help, "ROLE"; NULL for a flag */
    const char *help;  /* one line */
    enum command_option_kind kind;
};

/* A line of a command's details that begins so is a shell's, shown and printed as it is. */
#define COMMAND_LITERAL "    "

/* What the command line said. Options that were not given are NULL. */
struct command_line {
    const struct command *command;
    const struct command *const *commands; /* all of them, for help */
    const char *folder;                    /* -C DIR; "." by default */
    bool json;
    const char *words[COMMAND_WORDS_MAX]; /* what is no option, in order */
    size_t word_count;
    const char *options[COMMAND_OPTIONS_MAX]; /* by position in command->options; a flag that was given is "" */
};

/* Returns the exit code. When it sets the error, that is printed and its kind is the exit code. */
typedef int command_function(const struct command_line *line, struct error *error);

struct command {
    const char *name;
    const char *words;   /* usage of what follows the name, "CHANGE" or "[CHANGE]" */
    const char *summary; /* one line that begins with a verb */
    const char *details; /* paragraphs for --help and the manual, a line each; may be NULL */
    const char *exits;   /* "0 pass, 1 blocked" */
    unsigned words_min, words_max;
    const struct command_option *options; /* NULL: none but -C, --json, --help */
    bool no_json;                         /* has nothing to say as JSON */
    command_function *run;
};

/* What follows the command's name. line->command is set; *help: --help was among it. */
int command_parse(struct command_line *line, int count, char **arguments, bool *help, struct error *error);

const struct command *command_find(const struct command *const *commands, const char *name); /* NULL: none */

/* The value of an option, NULL when it was not given; the name must be in the command's table. */
const char *command_option(const struct command_line *line, const char *name);
bool command_flag(const struct command_line *line, const char *name);
long command_number(const struct command_line *line, const char *name); /* -1: not given */

#endif
