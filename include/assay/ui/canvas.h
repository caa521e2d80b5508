/* A grid of cells to draw on; nothing here knows a terminal. One cell holds one grapheme cluster.
 *
 * Drawing goes into an area: a rectangle of a canvas, given by value. Rows and columns count from 0 inside the area;
 * what falls outside is cut, half of a wide character becomes a blank.
 *
 *     struct area area = canvas_area(canvas);
 *     struct area inner = canvas_box(area_top(area, 5), "Golden", ROLE_BORDER);
 *     int column = canvas_text(inner, 0, 0, ROLE_TEXT, SLICE("similarity "));
 *     canvas_printf(inner, 0, column, ROLE_BAD | PEN_BOLD, "%.2f %s", 0.81, canvas_symbol(canvas, SYMBOL_DOWN));
 *     canvas_field(inner, 1, 0, 12, CANVAS_RIGHT, ROLE_DIM, SLICE("2 d"));
 *
 * Text from a repository comes through text/sanitise. Should a control, a bidi override or a bad byte arrive all the
 * same, the canvas stores a replacement mark: what a canvas holds can be sent to a terminal. */
#ifndef ASSAY_UI_CANVAS_H
#define ASSAY_UI_CANVAS_H

#include "assay/base/str.h"
#include "assay/ui/area.h"
#include "assay/ui/role.h"

/* A pen is a role, with any of these added. */
enum {
    PEN_BOLD = 0x100,
    PEN_ITALIC = 0x200,
    PEN_UNDERLINE = 0x400,
    PEN_STRIKE = 0x800,
    PEN_REVERSE = 0x1000,
    PEN_SELECTED = 0x2000, /* the background of ROLE_SELECTED under the colours of the role */
    PEN_ATTRIBUTES = 0x3f00,
};

enum { CELL_TEXT_MAX = 27, CANVAS_ROWS_MAX = 1000, CANVAS_COLUMNS_MAX = 1000 };

struct cell {
    char text[CELL_TEXT_MAX]; /* the cluster's first bytes, cut between code points; not NUL-terminated */
    uint8_t size;             /* 0: a blank, or the right half of a wide cluster */
    uint8_t columns;          /* 1 or 2; 0: the right half of the cell to the left */
    uint8_t role;
    uint16_t attributes; /* PEN_… */
};

struct canvas {
    int rows, columns;
    struct cell *cells; /* rows × columns */
    int cursor_row, cursor_column;
    bool typing; /* the cursor stands in text that is being typed */
    bool ascii;  /* symbols are drawn in ASCII */
};

/* A stretch of bytes of a text that is drawn with another pen: its role, unless that is ROLE_TEXT, and its attributes. */
struct span {
    size_t offset, size;
    unsigned pen;
};

/* One row of a text, with up to three layers of spans: each sorted and without overlap, offsets in the whole text. */
enum { STYLED_LAYERS = 3 };

struct styled {
    struct slice text; /* the row's bytes */
    size_t offset;     /* of the row's first byte in the whole text */
    int indent;        /* blank columns before them */
    unsigned pen;      /* of what no span covers, and of the rest of the row */
    struct {
        const struct span *spans;
        size_t count;
    } layers[STYLED_LAYERS]; /* styles, differences, finds: a later one wins */
};

enum canvas_align { CANVAS_LEFT, CANVAS_RIGHT, CANVAS_CENTRE };

/* The program's own signs, each with an ASCII spelling of the same width: no colour is ever the only sign. */
/* clang-format off: it moves a few more of these each time it runs */
#define SYMBOLS(X)                                                                                                     \
    X(HORIZONTAL, "─", "-")                                                                                            \
    X(VERTICAL, "│", "|")                                                                                              \
    X(TOP_LEFT, "┌", "+")                                                                                              \
    X(TOP_RIGHT, "┐", "+")                                                                                             \
    X(BOTTOM_LEFT, "└", "+")                                                                                           \
    X(BOTTOM_RIGHT, "┘", "+")                                                                                          \
    X(TEE_DOWN, "┬", "+")                                                                                              \
    X(TEE_UP, "┴", "+")                                                                                                \
    X(TEE_RIGHT, "├", "+")                                                                                             \
    X(TEE_LEFT, "┤", "+")                                                                                              \
    X(CROSS, "┼", "+")                                                                                                 \
    X(POINTER, "▶", ">")                                                                                               \
    X(SMALL_POINTER, "▸", ">")                                                                                         \
    X(CHECK, "✓", "y")                                                                                                 \
    X(REJECT, "✗", "x")                                                                                                \
    X(DOT, "·", ".")                                                                                                   \
    X(NONE, "–", "-")                                                                                                  \
    X(FULL, "█", "#")                                                                                                  \
    X(LIGHT, "░", ".")                                                                                                 \
    X(FILLED, "●", "*")                                                                                                \
    X(HOLLOW, "○", "o")                                                                                                \
    X(FLAG, "⚑", "F")                                                                                                  \
    X(UP, "▲", "^")                                                                                                    \
    X(DOWN, "▼", "v")                                                                                                  \
    X(ELLIPSIS, "…", "~")                                                                                              \
    X(BULLET, "•", "*")                                                                                                \
    X(ARROW, "→", ">")                                                                                                 \
    X(CHANGED, "┃", "!")                                                                                               \
    X(THUMB, "┃", "#")                                                                                                 \
    X(TIMES, "×", "x")                                                                                                 \
    X(SYNC, "⇅", "=")                                                                                                  \
    X(QUOTE_OPEN, "“", "\"")                                                                                           \
    X(QUOTE_CLOSE, "”", "\"")                                                                                          \
    X(REPLACEMENT, "�", "?")
/* clang-format on */

enum symbol {
#define SYMBOL_ENUM(identifier, unicode, ascii) SYMBOL_##identifier,
    SYMBOLS(SYMBOL_ENUM)
#undef SYMBOL_ENUM
        SYMBOL_COUNT
};

struct canvas *canvas_new(int rows, int columns); /* clamped to 1…CANVAS_…_MAX */
void canvas_free(struct canvas *canvas);
void canvas_resize(struct canvas *canvas, int rows, int columns); /* erases */
void canvas_erase(struct canvas *canvas);
bool canvas_equal_cell(const struct cell *a, const struct cell *b);

struct area canvas_area(struct canvas *canvas);

/* Each draws from (row, column) and returns the column after what was drawn. A line end or a tab in text is drawn
 * as a blank. */
int canvas_text(struct area area, int row, int column, unsigned pen, struct slice text);
int canvas_put(struct area area, int row, int column, unsigned pen, const char *text);
int canvas_printf(struct area area, int row, int column, unsigned pen, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Exactly `columns` wide: padded, or cut with an ellipsis. */
int canvas_field(struct area area, int row, int column, int columns, enum canvas_align align, unsigned pen,
                 struct slice text);
/* From the `skip`th column of the text, tabs expanded to text/wrap's stops; fills the rest of the row with the line's pen. */
void canvas_styled(struct area area, int row, int skip, const struct styled *line);

void canvas_fill(struct area area, unsigned pen);                          /* blanks */
void canvas_shade(struct area area, unsigned attributes);                  /* adds attributes, keeps text and roles */
void canvas_recolour(struct area area, unsigned pen);                      /* other role and attributes, keeps text */
void canvas_rule(struct area area, int row, unsigned pen);                 /* a line over the whole width */
struct area canvas_box(struct area area, const char *title, unsigned pen); /* returns the inside; title may be NULL */
/* ████░░ ; total 0 draws it empty. */
int canvas_bar(struct area area, int row, int column, int columns, unsigned pen, size_t part, size_t total);
/* ▁▂▅█, one column a value; the scale is 0…largest value. */
int canvas_spark(struct area area, int row, int column, unsigned pen, const double *values, size_t count);

const char *canvas_symbol(const struct canvas *canvas, enum symbol symbol);
const char *canvas_sign(bool ascii, enum symbol symbol); /* for a text that is put together before it is drawn */
/* Where the real cursor stands: on the selected row, or in text that is typed (typing is set). */
void canvas_cursor(struct area area, int row, int column, bool typing);
/* Columns that the text takes on a canvas. */
int canvas_width(struct slice text);

/* For tests: rows of text (trailing blanks cut), and rows of role letters (a selected cell of ROLE_TEXT is 's'). */
void canvas_print_text(const struct canvas *canvas, struct str *out);
void canvas_print_roles(const struct canvas *canvas, struct str *out);

#endif
