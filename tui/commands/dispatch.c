#include "assay/commands/dispatch.h"

#include <string.h>

#include "assay/commands/manual.h"
#include "assay/commands/print.h"

static void print_error_json(const struct error *error)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena);
    value_set(&arena, map, "error", value_of_text(slice_of(error->text)));
    value_set(&arena, map, "exit", value_of_integer((int64_t)error->kind));
    print_json(map);
    arena_clear(&arena);
}

/* as_json: an answer was asked for as a document; when there is none, the error is one. */
static int finish(int code, bool as_json, struct error *error)
{
    struct error output = ERROR_INIT;
    if (error_is_set(error) && as_json && !print_has_json())
        print_error_json(error);
    if (print_finish(&output) < 0 && !error_is_set(error))
        *error = output;
    if (!error_is_set(error))
        return code;
    print_note("%s", error->text);
    return (int)error->kind;
}

static int say(void (*write)(const struct command *const *, struct str *), const struct command *const *commands)
{
    struct error error = ERROR_INIT;
    struct str text = STR_INIT;
    write(commands, &text);
    print_text("%s", text.data);
    str_clear(&text);
    return finish(0, false, &error);
}

static void write_version(const struct command *const *commands, struct str *out)
{
    (void)commands;
    str_append_text(out, "assay " ASSAY_VERSION "\n");
}

/* Whoever asks for a document gets one, wherever among the arguments the mistake is. */
static bool asks_for_json(int count, char **arguments)
{
    for (int i = 0; i < count && strcmp(arguments[i], "--") != 0; i++)
        if (strcmp(arguments[i], "--json") == 0)
            return true;
    return false;
}

static int run(struct command_line *line, int count, char **arguments)
{
    struct error error = ERROR_INIT;
    bool help = false;
    int code = 0;
    if (command_parse(line, count, arguments, &help, &error) < 0)
        return finish(0, asks_for_json(count, arguments), &error);
    if (help) {
        struct str text = STR_INIT;
        manual_usage(line->command, &text);
        print_text("%s", text.data);
        str_clear(&text);
    } else {
        code = line->command->run(line, &error);
    }
    return finish(code, line->json, &error);
}

int dispatch_main(const struct command *const *commands, const struct command *standard, int count, char **arguments)
{
    struct command_line line = {.commands = commands, .command = standard, .folder = "."};
    int at = 1;
    for (; at + 1 < count && strcmp(arguments[at], "-C") == 0; at += 2) /* before the command too, as git takes it */
        line.folder = arguments[at + 1];
    if (at < count && strcmp(arguments[at], "--version") == 0)
        return say(write_version, commands);
    if (at < count && (strcmp(arguments[at], "--help") == 0 || strcmp(arguments[at], "-h") == 0))
        return say(manual_overview, commands);
    if (at < count && arguments[at][0] != '-') {
        line.command = command_find(commands, arguments[at]);
        if (!line.command) {
            struct error error = ERROR_INIT;
            error_set(&error, ERROR_USAGE, "There is no command “%s”; “assay help” lists them.", arguments[at]);
            return finish(0, asks_for_json(count - at, arguments + at), &error);
        }
        at++;
    }
    return run(&line, count - at, arguments + at);
}
