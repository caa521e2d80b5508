/* What went wrong, where, and what to do about it.
 *
 * A struct error belongs to the caller. A function that can fail takes one as its last parameter and returns
 * 0 or -1; the first error wins, so a later failure (of a clean-up, say) never hides the cause. The text is one
 * sentence for a person: what is wrong, where (file, line, ref), what to do. It may hold bytes that came from a
 * repository: whoever shows it passes it through text/sanitise. */
#ifndef ASSAY_BASE_ERROR_H
#define ASSAY_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

/* The numbers are the exit codes of the command contract. */
enum error_kind {
    ERROR_NONE = 0,
    ERROR_USAGE = 2,         /* the command line is wrong */
    ERROR_INPUT = 3,         /* the repository or a file in it is wrong */
    ERROR_ENVIRONMENT = 4,   /* git, ssh-keygen, network, disk, not fresh */
    ERROR_INTERRUPTED = 130, /* the user stopped it */
};

enum { ERROR_TEXT_MAX = 1024 };

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_MAX]; /* cut at ERROR_TEXT_MAX - 1 bytes, never in the middle of a UTF-8 sequence */
};

#define ERROR_INIT                                                                                                     \
    (struct error)                                                                                                     \
    {                                                                                                                  \
        .kind = ERROR_NONE                                                                                             \
    }

/* Sets the error unless one is set already; always returns -1, so that `return error_set(…)` reads well. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As error_set, followed by `: ` and the text of `number` (an errno value). */
int error_set_system(struct error *error, enum error_kind kind, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts `where: ` before the text of an error that is set; does nothing otherwise. Returns -1. */
int error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool error_is_set(const struct error *error);

/* Forgets the error, for a caller that handled it. */
void error_clear(struct error *error);

#endif
