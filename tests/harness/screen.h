/* A program in a terminal: a pty of a given size, read through libvterm. Waits are for conditions, with a generous
 * deadline (SCREEN_DEADLINE_MS) after which the wait returns false.
 *
 *     struct screen *s = screen_start((const char *[]){ASSAY_BINARY, "console", NULL}, NULL, 30, 100);
 *     assert_true(screen_wait_text(s, "Enter open"));
 *     screen_keys(s, "jjj<Enter><C-d>/price<Enter>");
 *     assert_true(screen_wait_text(s, "case 7 of 24"));
 *     screen_svg(s, "review.svg", "assay");
 *     screen_free(s); */
#ifndef TESTS_HARNESS_SCREEN_H
#define TESTS_HARNESS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "assay/base/str.h"

enum { SCREEN_DEADLINE_MS = 20000, SCREEN_QUIET_MS = 30 };

struct screen;

/* env: NULL-terminated "NAME=value" that are added to or replace the caller's; TERM, LANG and COLORTERM have defaults
 * (xterm-256color, C.UTF-8, truecolor). NULL when it cannot be started. */
struct screen *screen_start(const char *const *argv, const char *const *env, int rows, int columns);
void screen_free(struct screen *screen); /* kills what still runs */

/* Keys as vi users write them: <Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Del> <Up> <Down> <Left> <Right> <Home> <End>
 * <PgUp> <PgDn> <F1> <C-d> <A-x> <lt>; anything else as it stands. <Esc> is sent as `CSI 27 u`, which no following key
 * can turn into another; screen_bytes sends a bare ESC. */
void screen_keys(struct screen *screen, const char *keys);
void screen_encode(const char *keys, struct str *bytes); /* the bytes that screen_keys sends, appended */
void screen_bytes(struct screen *screen, const char *bytes, size_t size); /* as they are */
void screen_paste(struct screen *screen, const char *text);               /* bracketed */
/* button 0: motion, 1–3, 4/5 wheel up/down; press false: release. Cells from 0. */
void screen_mouse(struct screen *screen, int button, bool press, int row, int column);
void screen_click(struct screen *screen, int row, int column);
void screen_resize(struct screen *screen, int rows, int columns);
void screen_signal(struct screen *screen, int signal);
pid_t screen_process(const struct screen *screen);

bool screen_wait_text(struct screen *screen, const char *text); /* somewhere on the screen */
bool screen_wait_gone(struct screen *screen, const char *text); /* nowhere on the screen */
bool screen_wait_quiet(struct screen *screen);                  /* no byte for SCREEN_QUIET_MS */
bool screen_wait(struct screen *screen, bool (*done)(struct screen *screen, void *context), void *context);
bool screen_wait_exit(struct screen *screen, int *status); /* as waitpid; drains its output */

int screen_rows(const struct screen *screen);
int screen_columns(const struct screen *screen);
void screen_row(struct screen *screen, int row, struct str *out); /* appended, trailing blanks cut */
void screen_text(struct screen *screen, struct str *out);         /* all rows, each with a line end */
bool screen_has(struct screen *screen, const char *text);
struct screen_cell {
    char text[32]; /* UTF-8; "" for a blank */
    int width;
    uint8_t foreground[3], background[3];
    bool bold, italic, underline, strike; /* reverse is resolved into the colours */
};
void screen_cell(struct screen *screen, int row, int column, struct screen_cell *cell);
/* Where text begins; false when it is not there. */
bool screen_find(struct screen *screen, const char *text, int *row, int *column);
void screen_cursor(struct screen *screen, int *row, int *column);
bool screen_alternate(const struct screen *screen); /* the alternate screen is shown */

/* Every byte that the program has sent since the start, or since screen_forget. */
struct slice screen_stream(const struct screen *screen);
void screen_forget(struct screen *screen);

/* Milliseconds from writing the keys to the last byte before SCREEN_QUIET_MS of silence; -1: nothing came. */
double screen_latency(struct screen *screen, const char *keys);
/* Milliseconds from the start of the process to the first byte that it sent. */
double screen_first_byte(const struct screen *screen);
double screen_elapsed(const struct screen *screen);    /* from the start until the last byte that came */
long screen_resident_kib(const struct screen *screen); /* of the process now */
long screen_peak_kib(const struct screen *screen);

/* The screen as a picture. title stands in the title bar. */
bool screen_svg(struct screen *screen, const char *path, const char *title);

#endif
