/* libgit2 as a whole: its start, its global options, its words. For the rooms of git/ alone. */
#ifndef ASSAY_GIT_LIBRARY_H
#define ASSAY_GIT_LIBRARY_H

#include "assay/base/error.h"

void library_start(void); /* once a process, from any thread; later calls cost nothing */
/* Sets the error: what was tried, then libgit2's last words. Returns -1. */
int library_fail(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *library_words(void);

#endif
