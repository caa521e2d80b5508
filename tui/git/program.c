#include "assay/git/program.h"

#include "assay/base/array.h"
#include "assay/base/memory.h"

struct words {
    const char **items;
    size_t count, capacity;
};

static void add(struct words *words, const char *word)
{
    *ARRAY_PUSH(words->items, words->count, words->capacity) = word;
}

static void add_all(struct words *words, const char *const *more)
{
    for (; more && *more; more++) {
        add(words, *more);
    }
}

static const char *const always[] = {
    "git",       "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false", "-c",
    "gc.auto=0", "-c", "maintenance.auto=false",   NULL,
};

int program_git(const struct repo *repo, const struct program *program, const char *const *arguments,
                struct process_result *result, struct error *error)
{
    struct words argv = {.items = NULL}, environment = {.items = NULL};
    struct str place = STR_INIT;
    str_appendf(&place, "GIT_DIR=%s", repo_git_folder(repo));
    add_all(&argv, always);
    add_all(&argv, arguments);
    add(&argv, NULL);
    add(&environment, place.data);
    add(&environment, "LC_ALL=C"); /* what it says is read */
    if (program->mode == PROCESS_BACKGROUND) {
        add(&environment, "GIT_TERMINAL_PROMPT=0");
        add(&environment, "SSH_ASKPASS_REQUIRE=never");
        add(&environment, "GIT_ASKPASS=true"); /* answers nothing, at once, instead of a window */
    }
    add_all(&environment, program->environment);
    add(&environment, NULL);
    const struct process process = {.arguments = argv.items,
                                    .environment = environment.items,
                                    .folder = repo_folder(repo),
                                    .input = program->input,
                                    .mode = program->mode,
                                    .silence_ms = program->silence_ms,
                                    .cancelled = program->cancelled,
                                    .context = program->context};
    const int code = process_run(&process, result, error);
    memory_free(argv.items);
    memory_free(environment.items);
    str_clear(&place);
    return code;
}
