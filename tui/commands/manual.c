#include "assay/commands/manual.h"

#include "assay/commands/keys_manual.h"

static const char every_exit[] =
    "For every command: 2 usage, 3 bad input (such as a change or a file that is not there), "
    "4 the environment failed, 130 interrupted.";

static void heading(const struct command *command, struct str *out)
{
    str_appendf(out, "assay %s%s%s", command->name, *command->words ? " " : "", command->words);
}

void manual_overview(const struct command *const *commands, struct str *out)
{
    str_append_text(out, "assay – people review what a changed prompt produces, and sign what they saw\n\n"
                         "usage: assay                     open the console\n"
                         "       assay COMMAND [WORDS] [-C DIR] [--json] [--help]\n\n");
    for (; *commands; commands++)
        if (*(*commands)->name)
            str_appendf(out, "  %-12s %s\n", (*commands)->name, (*commands)->summary);
    str_append_text(out, "\n“assay COMMAND --help” says more about one; “assay help --man” is the manual page.\n"
                         "Exit codes: 0 fine or pass, 1 blocked or findings, 2 usage, 3 bad input, 4 the environment "
                         "failed, 130 interrupted.\n");
}

static void option_lines(const struct command *command, struct str *out)
{
    struct str name = STR_INIT;
    for (const struct command_option *option = command->options; option && option->name; option++) {
        str_reset(&name);
        str_appendf(&name, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
        str_appendf(out, "  %-22s %s\n", name.data, option->help);
    }
    str_clear(&name);
    str_append_text(out, "  -C DIR                 work in this repository instead of the current folder\n");
    if (!command->no_json)
        str_append_text(out, "  --json                 print one JSON document on standard output\n");
}

void manual_usage(const struct command *command, struct str *out)
{
    heading(command, out);
    str_appendf(out, "\n\n%s.\n", command->summary);
    if (command->details)
        str_appendf(out, "\n%s\n", command->details);
    str_append_text(out, "\n");
    option_lines(command, out);
    str_appendf(out, "\nExit codes: %s.\n%s\n", command->exits, every_exit);
}

static void roff_byte(char c, bool literal, struct str *out)
{
    static const struct {
        char c;
        const char *escape;
        bool literal; /* in text it is what it looks like */
    } escapes[] = {{'\\', "\\e", false}, {'-', "\\-", false},  {'\'', "\\(aq", true},
                   {'`', "\\(ga", true}, {'^', "\\(ha", true}, {'~', "\\(ti", true}};
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (c == escapes[i].c && (literal || !escapes[i].literal)) {
            str_append_text(out, escapes[i].escape);
            return;
        }
    str_push(out, c);
}

/* One line for roff, which must not begin with a dot or a quote. literal: to be copied from the page as it is. */
static void roff_line(struct slice line, bool literal, struct str *out)
{
    if (line.size > 0 && (line.data[0] == '.' || line.data[0] == '\''))
        str_append_text(out, "\\&");
    for (size_t i = 0; i < line.size; i++)
        roff_byte(line.data[i], literal, out);
}

static void roff_text(const char *text, struct str *out)
{
    roff_line(slice_of(text), false, out);
}

/* Lines are paragraphs; those that are indented are commands. */
static void roff_details(const char *details, struct str *out)
{
    struct slice rest = slice_of(details), line;
    bool in_block = false;
    while (slice_cut_line(&rest, &line)) {
        bool literal = slice_starts_with(line, SLICE(COMMAND_LITERAL));
        if (literal != in_block)
            str_append_text(out, literal ? ".PP\n.RS 4\n.nf\n" : ".fi\n.RE\n");
        if (!literal)
            str_append_text(out, ".PP\n");
        roff_line(literal ? slice_from(line, sizeof COMMAND_LITERAL - 1) : line, literal, out);
        str_push(out, '\n');
        in_block = literal;
    }
    str_append_text(out, in_block ? ".fi\n.RE\n" : "");
}

static void roff_command(const struct command *command, struct str *out)
{
    str_append_text(out, ".SS assay ");
    roff_text(command->name, out);
    if (*command->words) {
        str_push(out, ' ');
        roff_text(command->words, out);
    }
    str_append_text(out, "\n");
    roff_text(command->summary, out);
    str_append_text(out, ".\n");
    if (command->details)
        roff_details(command->details, out);
    for (const struct command_option *option = command->options; option && option->name; option++) {
        str_append_text(out, ".TP\n.B \\-\\-");
        roff_text(option->name, out);
        if (option->value)
            str_appendf(out, " \\fI%s\\fR", option->value);
        str_append_text(out, "\n");
        roff_text(option->help, out);
        str_append_text(out, "\n");
    }
    str_append_text(out, ".PP\nExit codes: ");
    roff_text(command->exits, out);
    str_append_text(out, ".\n");
}

static const char *const page_head =
    ".SH NAME\nassay \\- people review what a changed prompt produces, and sign what they saw\n"
    ".SH SYNOPSIS\n.B assay\n[\\fICOMMAND\\fR] [\\fIWORDS\\fR] [\\-C \\fIDIR\\fR] [\\-\\-json] [\\-\\-help]\n"
    ".SH DESCRIPTION\nassay finds the changes of prompts that wait on the branches of a git repository, shows what the "
    "changed prompts now produce beside the golden answers, collects scores and sign\\-offs, and commits them back "
    "into "
    "the repository as signed records. Without a command it opens the console.\n.PP\n"
    "Every record can be verified without assay, by \\fBssh\\-keygen \\-Y verify\\fR in the namespace "
    "\\fIreview.v1@assay\\fR. git does not know who pushed a commit, and the e\\-mail address in a commit is a claim: "
    "authors are therefore excluded by the addresses that the policy lists, and the signer of a record is always the "
    "owner of the key, never an address.\n.SH COMMANDS\n";

static const char *const page_tail =
    ".SH CONFIGURATION\nassay reads git's configuration.\n"
    ".TP\n.B assay.signingKey\nthe key that signs: a path, or the public key itself where an agent holds it; by "
    "default "
    "\\fIuser.signingKey\\fR where \\fIgpg.format\\fR is \\fIssh\\fR\n"
    ".TP\n.B assay.role\nthe role that you act in, when you hold several\n"
    ".TP\n.B assay.remote\nthe remote; origin by default\n"
    ".TP\n.B assay.target\nthe branch that changes merge into; by default the remote's HEAD\n"
    ".TP\n.B assay.changes\npatterns of the references that are changes; by default every branch\n"
    ".TP\n.B assay.theme\ndark, light, high\\-contrast, colour\\-blind, solarized, solarized\\-light, terminal, "
    "monochrome, or a file\n"
    ".TP\n.B assay.silence\nseconds after which a remote that says nothing counts as offline, so that no command "
    "hangs; "
    "120 by default, 0 for never\n"
    ".TP\n.B assay.mouse\nfalse leaves the mouse to the terminal\n"
    ".TP\n.B assay.ascii\ntrue draws with ASCII alone\n"
    ".SH FILES\n.TP\n.B policies/review.yaml, policies/allowed_signers, policies/revoked_signers\n"
    "the policy, the keys, and the keys that were revoked; read from the target alone\n"
    ".TP\n.B .git/assay/assay.db\nan index; it can be deleted at any time\n"
    ".TP\n.B .git/assay/drafts.db\nwhat you entered and have not signed yet, and records on their way\n"
    ".SH EXIT STATUS\n.TP\n0\nfine, or the gate passes\n.TP\n1\nblocked, findings, or something that needs "
    "you\n.TP\n2\n"
    "the command line is wrong\n.TP\n3\nthe repository or a file in it is wrong; the message names it\n.TP\n4\n"
    "the environment failed: git, ssh\\-keygen, network, disk, or what is here may not be "
    "fresh\n.TP\n130\ninterrupted\n";

void manual_page(const struct command *const *commands, struct str *out)
{
    str_append_text(out, ".TH ASSAY 1 \"\" \"assay " ASSAY_VERSION "\" \"User Commands\"\n.nh\n.ad l\n");
    str_append_text(out, page_head);
    for (; *commands; commands++)
        roff_command(*commands, out);
    str_append_text(out, ".SH KEYS\nEach can be changed: \\fIgit config assay.key.ACTION \"KEYS\"\\fR.\n");
    keys_manual_page(out);
    str_append_text(out, page_tail);
}
