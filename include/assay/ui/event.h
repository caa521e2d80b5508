/* What a person does: keys, typed text, pastes, the mouse; and what a handler answers. */
#ifndef ASSAY_UI_EVENT_H
#define ASSAY_UI_EVENT_H

#include "assay/base/error.h"
#include "assay/base/str.h"

/* A key's code is a Unicode code point, or one of these. */
enum {
    KEY_CODE_FIRST = 0x110000,
    KEY_CODE_ESCAPE = KEY_CODE_FIRST,
    KEY_CODE_ENTER,
    KEY_CODE_TAB,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_INSERT,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_F1, /* … F12 */
    KEY_CODE_F12 = KEY_CODE_F1 + 11,
};

enum { KEY_SHIFT = 1, KEY_ALT = 2, KEY_CTRL = 4 };

struct key {
    uint32_t code;      /* 0: none. Ctrl-d is 'd' with KEY_CTRL */
    uint32_t modifiers; /* KEY_SHIFT only with the named keys: 'D' is the code point 'D' */
};

enum mouse_kind { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct mouse {
    enum mouse_kind kind;
    int button;      /* 1 left, 2 middle, 3 right */
    int row, column; /* of the canvas, from 0 */
    int clicks;      /* 1, or 2 for the second press at one place within 400 ms */
    uint32_t modifiers;
};

enum event_kind { EVENT_NONE, EVENT_KEY, EVENT_PASTE, EVENT_MOUSE, EVENT_FOCUS };

struct event {
    enum event_kind kind;
    struct key key;
    char text[8];       /* of a key that types something: its UTF-8 bytes, NUL-terminated; else "" */
    struct slice paste; /* valid until the next event is asked for; CR and CRLF are LF already, other controls gone */
    struct mouse mouse;
};

/* What must happen after a handler: 0 (not handled), or a sum of these. */
enum reaction {
    REACT_NOTHING = 0,
    REACT_HANDLED = 1,
    REACT_REDRAW = 2,
    REACT_RELOAD = 4, /* the view's reload is called: what it shows has changed below it */
    REACT_CLOSE = 8,  /* back to the view below; the last one ends the console */
    REACT_QUIT = 16,
    REACT_DONE = REACT_HANDLED | REACT_REDRAW,
};

/* "j", "G", "Ctrl-d", "Alt-x", "Shift-Tab", "PgDn", "Enter", "Esc", "Space", "Up", "F1", "?". */
int event_parse_key(struct slice name, struct key *key, struct error *error);
void event_format_key(struct key key, struct str *out);
bool event_equal_key(struct key a, struct key b);

/* An event as a terminal would send it for this key, for tests and for scripts of keys. */
struct event event_of_key(struct key key);

#endif
