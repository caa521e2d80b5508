/* What commands say: results on standard output, messages on standard error. Whatever may hold bytes of a repository
 * goes through the sanitiser here. */
#ifndef ASSAY_COMMANDS_PRINT_H
#define ASSAY_COMMANDS_PRINT_H

#include <stdio.h>

#include "assay/base/error.h"
#include "assay/data/value.h"

/* Formats, sanitises as text with lines, prints to standard output. */
void print_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what is one line with untrusted bytes in it: only the line ends at the format's own two ends are line
 * ends, others are shown as marks, so that no name can make a line of its own. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Untrusted bytes as one line without a line end, padded with spaces (or cut with …) to `columns`; 0: as long as it is.
 * A negative number pads on the left. */
void print_cell(struct slice untrusted, int columns);
void print_json(const struct value *value);
bool print_has_json(void); /* this process printed a document */
/* `assay: …` and a line end on standard error, sanitised; further lines are indented. */
void print_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Flushes standard output: a full disk or a closed pipe is an error. */
int print_finish(struct error *error);

#endif
