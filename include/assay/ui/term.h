/* The terminal: the only file that knows one. Sends the difference between what is shown and a canvas; reads keys,
 * pastes and the mouse.
 *
 * ncurses is used for what it knows best, the terminfo database. Its cells hold five wide characters of which only
 * the first may have a width (CCHARW_MAX, setcchar(3X)), so flags and joined emoji cannot be put into them; cells and
 * their difference are therefore our own. */
#ifndef ASSAY_UI_TERM_H
#define ASSAY_UI_TERM_H

#include "assay/ui/canvas.h"
#include "assay/ui/event.h"
#include "assay/ui/theme.h"

struct term;

/* Takes over the terminal on descriptors 0 and 1: alternate screen, raw keys, bracketed paste, the mouse if wanted.
 * An error with the way out when there is none, or when it cannot place its cursor (TERM=dumb). One at a time. It is
 * given back by term_close, and when the process crashes, runs out of memory or is stopped. */
struct term *term_open(bool mouse, struct error *error);
void term_close(struct term *term);
int term_descriptor(const struct term *term);                     /* readable when there is input */
void term_size(const struct term *term, int *rows, int *columns); /* asks the system */
enum colours term_colours(const struct term *term);               /* NO_COLOR, COLORTERM and terminfo decide */

/* Shows the canvas. Only cells that changed are sent; after term_repaint all are. */
void term_present(struct term *term, const struct canvas *canvas, const struct theme *theme);
void term_repaint(struct term *term);

/* Reads what is there without waiting; false when the terminal is gone. */
bool term_read(struct term *term);
/* The next event of what was read; false when there is none (yet: a lone Esc needs `now_us` to be term_wait later). */
bool term_event(struct term *term, int64_t now_us, struct event *event);
int term_wait_us(const struct term *term, int64_t now_us); /* until an unfinished key is decided; -1: nothing waits */

void term_mouse(struct term *term, bool on);
bool term_has_mouse(const struct term *term);
void term_copy(struct term *term, struct slice text); /* to the clipboard by OSC 52; at most 100,000 bytes */
/* Gives the terminal to somebody else (an editor, ssh-keygen), and takes it back. The next present repaints. */
void term_release(struct term *term);
void term_take(struct term *term);
void term_stop(struct term *term); /* release, stop the process group as Ctrl-z does, take again when continued */

#endif
