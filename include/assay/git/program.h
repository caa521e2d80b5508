/* The git program, run safely: no shell, no hook of the repository, no command transport, no housekeeping. */
#ifndef ASSAY_GIT_PROGRAM_H
#define ASSAY_GIT_PROGRAM_H

#include "assay/base/process.h"
#include "assay/git/repo.h"

struct program {
    enum process_mode mode; /* background: it cannot ask for anything */
    int silence_ms;         /* 0: none; as in struct process */
    bool (*cancelled)(void *context);
    void *context;
    struct slice input;
    const char *const *environment; /* more variables, NULL-terminated; NULL: none */
};

/* Runs git with these arguments (NULL-terminated, without the program's name) in the repository. As process_run. */
int program_git(const struct repo *repo, const struct program *program, const char *const *arguments,
                struct process_result *result, struct error *error);

#endif
