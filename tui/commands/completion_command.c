#include "assay/commands/completion_command.h"

#include <string.h>

#include "assay/base/str.h"
#include "assay/commands/print.h"

/* Words that follow a command: the names of its options, and where it takes a change, what the queue knows. */

/* Inside single quotes; `special` are further characters that the shell's completion reads, escaped by a backslash. */
static void put_quoted(struct str *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            str_append_text(out, "'\\'");
        else if (strchr(special, *text))
            str_push(out, '\\');
        str_push(out, *text);
    }
}

static void bash_options(const struct command *command, struct str *out)
{
    str_appendf(out, "        %s) words='", command->name);
    for (const struct command_option *option = command->options; option && option->name; option++)
        str_appendf(out, "--%s ", option->name);
    str_appendf(out, "-C --help%s' ;;\n", command->no_json ? "" : " --json");
}

static void write_bash(const struct command *const *commands, struct str *out)
{
    str_append_text(out, "_assay() {\n    local words='' command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]}\n"
                         "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='");
    for (const struct command *const *command = commands; *command; command++)
        str_appendf(out, "%s ", (*command)->name);
    str_append_text(out, "'\n    else\n        case $command in\n");
    for (const struct command *const *command = commands; *command; command++)
        bash_options(*command, out);
    str_append_text(out, "        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                         "complete -o default -F _assay assay\n");
}

static void zsh_option(const struct command_option *option, struct str *out)
{
    str_appendf(out, " '--%s[", option->name);
    put_quoted(out, option->help, "[]:");
    str_appendf(out, "]%s%s'", option->value ? ":" : "", option->value ? option->value : "");
}

static void write_zsh(const struct command *const *commands, struct str *out)
{
    str_append_text(out, "#compdef assay\nlocal -a commands\nif (( CURRENT == 2 )); then\n    commands=(\n");
    for (const struct command *const *command = commands; *command; command++) {
        str_appendf(out, "        '%s:", (*command)->name);
        put_quoted(out, (*command)->summary, ":");
        str_append_text(out, "'\n");
    }
    str_append_text(out, "    )\n    _describe command commands\n    return\nfi\ncase $words[2] in\n");
    for (const struct command *const *command = commands; *command; command++) {
        str_appendf(out, "    %s) _arguments", (*command)->name);
        for (const struct command_option *option = (*command)->options; option && option->name; option++)
            zsh_option(option, out);
        str_append_text(out,
                        " '-C[work in this repository]:folder:_files -/' '--help[show help]' '*:word:_files' ;;\n");
    }
    str_append_text(out, "esac\n");
}

static void fish_option(const struct command *command, const struct command_option *option, struct str *out)
{
    str_appendf(out, "complete -c assay -n '__fish_seen_subcommand_from %s' -l %s%s -d '", command->name, option->name,
                option->value ? " -r" : "");
    put_quoted(out, option->help, "");
    str_append_text(out, "'\n");
}

static void write_fish(const struct command *const *commands, struct str *out)
{
    for (const struct command *const *command = commands; *command; command++) {
        str_appendf(out, "complete -c assay -n __fish_use_subcommand -a %s -d '", (*command)->name);
        put_quoted(out, (*command)->summary, "");
        str_append_text(out, "'\n");
        for (const struct command_option *option = (*command)->options; option && option->name; option++)
            fish_option(*command, option, out);
    }
}

static const struct {
    const char *name;
    void (*write)(const struct command *const *commands, struct str *out);
} shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

static int run(const struct command_line *line, struct error *error)
{
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(line->words[0], shells[i].name) == 0) {
            struct str text = STR_INIT;
            shells[i].write(line->commands, &text);
            print_text("%s", text.data);
            str_clear(&text);
            return 0;
        }
    return error_set(error, ERROR_USAGE, "Completions are written for bash, zsh and fish, not for “%s”.",
                     line->words[0]);
}

const struct command completion_command = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .summary = "Prints the completions for a shell",
    .exits = "0 printed",
    .words_min = 1,
    .words_max = 1,
    .no_json = true,
    .run = run,
};
