#include "assay/commands/command.h"

#include <stdlib.h>
#include <string.h>

#include "assay/base/slice.h"

const struct command *command_find(const struct command *const *commands, const char *name)
{
    for (; *commands; commands++)
        if (strcmp((*commands)->name, name) == 0)
            return *commands;
    return NULL;
}

static size_t find_option(const struct command *command, struct slice name)
{
    for (size_t i = 0; command->options && command->options[i].name; i++)
        if (slice_is(name, command->options[i].name))
            return i;
    return SIZE_MAX;
}

static bool is_number(const char *text)
{
    uint64_t number;
    return slice_to_uint64(slice_of(text), &number) && number >= 1 && number <= 100000;
}

static int take_value(struct command_line *line, size_t at, const char *value, struct error *error)
{
    const struct command_option *option = &line->command->options[at];
    if (!value)
        return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s.", option->name, option->name, option->value);
    if (option->kind == OPTION_NUMBER && !is_number(value))
        return error_set(error, ERROR_USAGE, "--%s takes a whole number from 1 to 100000, not “%s”.", option->name,
                         value);
    line->options[at] = value;
    return 0;
}

/* An option of the command's own table. */
static int take_own_option(struct command_line *line, const char *argument, const char *next, int *used,
                           struct error *error)
{
    struct slice name = slice_of(argument), value = {0};
    bool short_form = argument[1] != '-';
    size_t equals = slice_find_byte(name, '=');
    if (equals != SLICE_NOT_FOUND) {
        value = slice_from(name, equals + 1);
        name = slice_part(name, 0, equals);
    }
    /* The one short form: -v is --verbose where a command has it. */
    name = short_form ? (slice_is(name, "-v") ? SLICE("verbose") : (struct slice){0}) : slice_from(name, 2);
    size_t at = find_option(line->command, name);
    if (at == SIZE_MAX)
        return error_set(error, ERROR_USAGE, "“assay %s” has no option %s; “assay %s --help” lists them.",
                         line->command->name, argument, line->command->name);
    if (line->command->options[at].kind == OPTION_FLAG) {
        if (value.data)
            return error_set(error, ERROR_USAGE, "--%s takes no value.", line->command->options[at].name);
        line->options[at] = "";
        return 0;
    }
    if (value.data)
        return take_value(line, at, value.data, error);
    *used = next ? 1 : 0;
    return take_value(line, at, next, error);
}

/* One argument that begins with a dash; *used is how many further arguments it took. */
static int take_option(struct command_line *line, const char *argument, const char *next, int *used, bool *help,
                       struct error *error)
{
    *used = 0;
    if (strcmp(argument, "-C") == 0) {
        if (!next)
            return error_set(error, ERROR_USAGE, "-C needs a folder: -C DIR.");
        line->folder = next;
        *used = 1;
    } else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
        *help = true;
    } else if (strcmp(argument, "--json") == 0 && !line->command->no_json) {
        line->json = true;
    } else {
        return take_own_option(line, argument, next, used, error);
    }
    return 0;
}

int command_parse(struct command_line *line, int count, char **arguments, bool *help, struct error *error)
{
    bool only_words = false;
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i];
        if (!only_words && strcmp(argument, "--") == 0) {
            only_words = true;
        } else if (!only_words && argument[0] == '-' && argument[1]) {
            int used;
            if (take_option(line, argument, i + 1 < count ? arguments[i + 1] : NULL, &used, help, error) < 0)
                return -1;
            i += used;
        } else if (line->word_count >= line->command->words_max || line->word_count == COMMAND_WORDS_MAX) {
            return error_set(error, ERROR_USAGE, "“%s” is one word too many; usage: assay %s %s", argument,
                             line->command->name, line->command->words);
        } else {
            line->words[line->word_count++] = argument;
        }
    }
    if (!*help && line->word_count < line->command->words_min)
        return error_set(error, ERROR_USAGE, "Something is missing; usage: assay %s %s", line->command->name,
                         line->command->words);
    return 0;
}

const char *command_option(const struct command_line *line, const char *name)
{
    size_t at = find_option(line->command, slice_of(name));
    return at == SIZE_MAX ? NULL : line->options[at];
}

bool command_flag(const struct command_line *line, const char *name)
{
    return command_option(line, name) != NULL;
}

long command_number(const struct command_line *line, const char *name)
{
    const char *text = command_option(line, name);
    return text ? strtol(text, NULL, 10) : -1;
}
