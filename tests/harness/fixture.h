/* A test's own small world: a temporary folder with a HOME of its own, so that nothing of the user's reaches a test
 * and nothing of a test reaches the user.
 *
 * As cmocka's setup and teardown: cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown), then
 * `struct fixture *f = *state;`. Whatever goes wrong here fails the running test with a message. All texts that are
 * returned live until the teardown. */
#ifndef ASSAY_TESTS_FIXTURE_H
#define ASSAY_TESTS_FIXTURE_H

#include "assay/base/arena.h"
#include "assay/base/process.h"

struct fixture {
    const char *root;             /* the temporary folder; all that a test makes lies in it */
    const char *home;             /* root/home: HOME, with a .gitconfig */
    const char *search_path;      /* PATH as it was */
    struct process_result result; /* of the last program that ran: exit_code, output, errors */
    int64_t clock;                /* author and committer time of the next commit, in seconds; moves a minute at each */
    struct arena arena;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* For a test that keeps the fixture itself. Sets HOME, GIT_CONFIG_GLOBAL, GIT_CONFIG_NOSYSTEM, TZ, LC_ALL, … of this
 * process and takes away whatever else steers git and ssh. */
struct fixture *fixture_new(void);
void fixture_free(struct fixture *f);

/* Text in the fixture's arena. */
const char *fixture_text(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Path below the root, or an absolute path as it is. Every `path` and `folder` below is read so; NULL is the root. */
const char *fixture_path(struct fixture *f, const char *path);

/* A world that is made once for many tests: keeps all that the root has now, under a name, and makes it so again. */
void fixture_keep(struct fixture *f, const char *name);
void fixture_restore(struct fixture *f, const char *name);

void fixture_write(struct fixture *f, const char *path, struct slice bytes); /* makes its folders */
void fixture_write_text(struct fixture *f, const char *path, const char *text);
struct slice fixture_read(struct fixture *f, const char *path);

/* Runs a program (NULL-terminated arguments) in `folder`; returns its exit code, f->result has what it printed. */
int fixture_run(struct fixture *f, const char *folder, ...) __attribute__((sentinel));
int fixture_run_with_input(struct fixture *f, const char *folder, struct slice input, ...) __attribute__((sentinel));
/* Runs git, the program under test; the program's name is not among the arguments. */
int fixture_git(struct fixture *f, const char *folder, ...) __attribute__((sentinel));
int fixture_assay(struct fixture *f, const char *folder, ...) __attribute__((sentinel));
/* Writes a program: a shell script. Its absolute path. */
const char *fixture_script(struct fixture *f, const char *path, const char *script);
/* This script runs in place of the program of that name, until they are put back or the fixture ends; $real in it is the
 * true one. */
void fixture_replace_program(struct fixture *f, const char *name, const char *script);
void fixture_restore_programs(struct fixture *f);
/* What git printed, without the last line end; any exit code but 0 fails the test. */
const char *fixture_git_output(struct fixture *f, const char *folder, ...) __attribute__((sentinel));
/* The commit that a revision names: 40 hexadecimal digits. */
const char *fixture_commit_of(struct fixture *f, const char *folder, const char *revision);

/* Makes keys/NAME and keys/NAME.pub (ed25519, no passphrase, comment NAME@example.com) and returns the private one's
 * path. */
const char *fixture_key(struct fixture *f, const char *name);

/* SHA-256 as the formats write it: "sha256:<64 hexadecimal digits>". */
const char *fixture_sha256(struct fixture *f, struct slice bytes);

struct fixture_file {
    const char *path;
    struct slice bytes; /* data NULL: the file is removed */
};

struct fixture_commit {
    const char *branch;  /* "main"; a name that begins with refs/ is taken as it is */
    const char *from;    /* revision that it stands on; NULL: the branch's tip; "": a first commit */
    const char *message; /* NULL: "content: BRANCH" */
    const char *author;  /* "Name <address>", the committer too; NULL: Pat Author <pat@example.com> */
    const struct fixture_file *files;
    size_t file_count;
};

/* Writes a commit straight into the repository (bare or not; a worktree is not touched), and returns its name. */
const char *fixture_commit(struct fixture *f, const char *repository, const struct fixture_commit *commit);

#endif
