#include "assay/commands/init_command.h"

#include <stdio.h>
#include <unistd.h>

#include "assay/base/file.h"
#include "assay/commands/print.h"
#include "assay/review/starter.h"

/* Shows the proposal; an empty answer takes it, and where there is none the question comes again. */
static int ask(const char *question, struct str *answer, struct error *error)
{
    char line[512];
    struct slice given;
    do {
        print_text(answer->size > 0 ? "%s [%s]: " : "%s%s: ", question, answer->size > 0 ? answer->data : "");
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin))
            return error_set(error, ERROR_INTERRUPTED, "Nothing was written.");
        given = slice_trim(slice_of(line));
    } while (given.size == 0 && answer->size == 0);
    if (given.size > 0) {
        str_reset(answer);
        str_append(answer, given);
    }
    return 0;
}

static int ask_all(struct starter *starter, struct error *error)
{
    if (ask("Name of this repository, signed into every record", &starter->repository, error) < 0 ||
        ask("Branch that changes merge into", &starter->target, error) < 0 ||
        ask("Your e-mail address, the name of your key", &starter->principal, error) < 0 ||
        ask("Your name", &starter->name, error) < 0)
        return -1;
    return 0;
}

static int check(const struct starter *starter, struct error *error)
{
    if (starter->repository.size == 0)
        return error_set(error, ERROR_USAGE,
                         "No remote tells the name of this repository, which is signed into every record: give it with "
                         "--repository NAME.");
    if (starter->principal.size == 0 || slice_find_byte(str_slice(&starter->principal), ' ') != SLICE_NOT_FOUND)
        return error_set(error, ERROR_USAGE, "An e-mail address without spaces is needed; set git's user.email.");
    if (starter->name.size == 0)
        return error_set(error, ERROR_USAGE, "A name is needed; set git's user.name.");
    return 0;
}

/* What is written has to be what every other command reads. */
static int check_texts(const struct str *policy_text, const struct str *signers_text, struct error *error)
{
    struct policy policy;
    struct signers *signers = NULL;
    struct error wrong = ERROR_INIT;
    int result = policy_load(str_slice(policy_text), SLICE(WORKSPACE_POLICY_PATH), &policy, &wrong);
    if (result == 0) {
        policy_clear(&policy);
        result = signers_load(str_slice(signers_text), WORKSPACE_SIGNERS_PATH, (struct slice){.data = NULL},
                              WORKSPACE_REVOKED_PATH, &signers, &wrong);
    }
    signers_free(signers);
    return result == 0 ? 0 : error_set(error, ERROR_USAGE, "This makes a file that nobody can use: %s", wrong.text);
}

/* Never over what is there. */
static int check_new(const char *folder, const char *path, struct error *error)
{
    struct str full = STR_INIT;
    file_join(&full, folder, path);
    int result = 0;
    if (file_exists(full.data))
        result = error_set(error, ERROR_INPUT, "%s is there already; edit it instead.", full.data);
    str_clear(&full);
    return result;
}

static int write_new(const char *folder, const char *path, const struct str *text, struct error *error)
{
    struct str full = STR_INIT;
    file_join(&full, folder, path);
    int result = file_write(full.data, str_slice(text), 0644, error);
    str_clear(&full);
    return result;
}

static int write_both(const char *folder, const struct starter *starter, struct error *error)
{
    struct str policies = STR_INIT, policy = STR_INIT, signers = STR_INIT;
    file_join(&policies, folder, "policies");
    starter_policy(starter, &policy);
    starter_signers(starter, &signers);
    int result = check_texts(&policy, &signers, error);
    if (result == 0)
        result = check_new(folder, WORKSPACE_POLICY_PATH, error);
    if (result == 0)
        result = check_new(folder, WORKSPACE_SIGNERS_PATH, error);
    if (result == 0)
        result = file_make_folders(policies.data, 0755, error);
    if (result == 0)
        result = write_new(folder, WORKSPACE_POLICY_PATH, &policy, error);
    if (result == 0)
        result = write_new(folder, WORKSPACE_SIGNERS_PATH, &signers, error);
    str_clear(&signers);
    str_clear(&policy);
    str_clear(&policies);
    return result;
}

static int run(const struct command_line *line, struct error *error)
{
    struct workspace *workspace = NULL;
    struct starter starter;
    int result = -1;
    if (workspace_open(line->folder, &workspace, error) < 0)
        return -1;
    starter_init(&starter);
    starter_guess(workspace, &starter);
    if (command_option(line, "repository")) {
        str_reset(&starter.repository);
        str_append(&starter.repository, slice_trim(slice_of(command_option(line, "repository"))));
    }
    if (repo_is_bare(workspace->repo)) {
        error_set(error, ERROR_INPUT,
                  "This repository is bare: run “assay init” in a clone of it, where files can be written.");
        goto done;
    }
    if (!command_flag(line, "yes")) {
        if (!isatty(STDIN_FILENO)) {
            error_set(error, ERROR_USAGE, "There is no terminal to ask on; “assay init --yes” takes what git knows.");
            goto done;
        }
        if (ask_all(&starter, error) < 0)
            goto done;
    }
    if (check(&starter, error) < 0 || write_both(repo_folder(workspace->repo), &starter, error) < 0)
        goto done;
    print_text(
        "Wrote " WORKSPACE_POLICY_PATH " and " WORKSPACE_SIGNERS_PATH
        ". Look at them, add your colleagues and their keys, then commit both to %s: only what lies there counts.\n",
        starter.target.data);
    if (starter.key.size == 0)
        print_note("no signing key was found: make one with “ssh-keygen -t ed25519”, set git's assay.signingKey to its "
                   ".pub file "
                   "and add its line to " WORKSPACE_SIGNERS_PATH ".");
    result = 0;
done:
    starter_clear(&starter);
    workspace_close(workspace);
    return result;
}

static const struct command_option options[] = {
    {"yes", NULL, "ask nothing: take what git's configuration knows", OPTION_FLAG},
    {"repository", "NAME", "the name that is signed into every record; by default from the remote's address",
     OPTION_VALUE},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command init_command = {
    .name = "init",
    .words = "",
    .summary = "Writes a first review policy and the list of keys",
    .details =
        "Writes " WORKSPACE_POLICY_PATH " and " WORKSPACE_SIGNERS_PATH
        " into the working tree, never over files that are there. Both count once they are on the target branch.",
    .exits = "0 written",
    .options = options,
    .no_json = true,
    .run = run,
};
