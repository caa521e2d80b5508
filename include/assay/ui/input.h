/* Bytes from a terminal into events: keys in the encodings of xterm and the kitty protocol's `CSI u`, SGR mouse,
 * bracketed paste. Knows no terminal; takes any bytes. */
#ifndef ASSAY_UI_INPUT_H
#define ASSAY_UI_INPUT_H

#include "assay/ui/event.h"

enum {
    INPUT_PASTE_MAX = 1 << 20, /* bytes of a paste that are kept */
    INPUT_ESCAPE_US = 25000,   /* so long a lone Esc may be the beginning of something */
    INPUT_CLICK_US = 400000,
};

struct input {
    struct str bytes; /* not yet events */
    size_t at;
    int64_t waits_since;        /* when the unfinished sequence was first looked at; 0: none waits */
    bool pasting, paste_return; /* the last byte of the paste was a CR */
    struct str paste;
    struct mouse pressed; /* for double clicks */
    int64_t pressed_at;
};

void input_init(struct input *input);
void input_clear(struct input *input);
void input_feed(struct input *input, struct slice bytes);
/* The next event; false when there is none, or when it is not finished yet. */
bool input_next(struct input *input, int64_t now_us, struct event *event);
/* Until an unfinished sequence is decided as it stands; -1 when none waits. */
int input_wait_us(const struct input *input, int64_t now_us);

#endif
