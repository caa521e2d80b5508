/* A person in front of the console: the real binary in a terminal over the clone that content.h makes. */
#ifndef ASSAY_TESTS_SITTING_H
#define ASSAY_TESTS_SITTING_H

#include "harness/content.h"
#include "harness/screen.h"

/* folder: of the fixture. */
struct screen *sitting_start(struct fixture *f, const char *folder, int rows, int columns);
/* Waits for the text; a test that waits in vain fails and shows the screen. */
void sitting_expect(struct screen *screen, const char *text);
void sitting_expect_gone(struct screen *screen, const char *text);
/* The row on which `title` stands holds `part`, sooner or later. */
void sitting_expect_row(struct screen *screen, const char *title, const char *part);
/* From the queue to the cases of a change, and on to its first case. */
void sitting_open_change(struct screen *screen, const char *change);
struct screen *sitting_review(struct fixture *f, const char *change, int rows, int columns);
/* Q, and the exit code is 0. */
void sitting_quit(struct screen *screen);

#endif
