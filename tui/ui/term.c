#include "assay/ui/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/env.h"
#include "assay/base/memory.h"
#include "assay/text/utf8.h"
#include "assay/ui/input.h"

/* Last: <term.h> has a struct of our name, and the names of all capabilities as macros. */
#include <curses.h>
#define term ncurses_term
#include <term.h>
#undef term
#undef columns
#undef lines

enum { TERM_COPY_MAX = 100000, RESTORE_MAX = 256 };

struct term {
    struct canvas *shown; /* what the terminal shows */
    struct theme theme;
    bool repaint, mouse, held; /* held: the terminal is ours now */
    enum colours colours;
    struct input input;
    struct str out;
    int row, column; /* of the terminal's cursor; -1: not known */
    struct style style;
    bool styled;
};

/* One terminal, one process: what the signal handlers need. */
static struct {
    bool active;
    struct termios before;
    char restore[RESTORE_MAX];
    size_t restore_size;
} saved;

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
static struct sigaction fatal_before[ARRAY_COUNT(fatal_signals)];

/* --- capabilities ------------------------------------------------------------------------------------------------ */

static struct str *sink;

static int sink_byte(int byte)
{
    str_push(sink, (char)byte);
    return byte;
}

static void put_capability(struct str *out, const char *text)
{
    if (text == NULL || text == (char *)-1)
        return;
    sink = out;
    tputs(text, 1, sink_byte);
}

static void put_named(struct str *out, const char *name)
{
    char writable[8] = {0}; /* older ncurses takes char * */
    strncpy(writable, name, sizeof writable - 1);
    put_capability(out, tigetstr(writable));
}

static enum colours count_colours(void)
{
    const char *no_color = env_variable("NO_COLOR"), *truecolor = env_variable("COLORTERM");
    if (no_color != NULL && no_color[0] != '\0')
        return COLOURS_NONE;
    char rgb[] = "RGB", many[] = "colors";
    bool direct = truecolor != NULL && (strcmp(truecolor, "truecolor") == 0 || strcmp(truecolor, "24bit") == 0);
    if (direct || tigetflag(rgb) > 0)
        return COLOURS_TRUE;
    int count = tigetnum(many);
    return count >= 256 ? COLOURS_256 : count >= 16 ? COLOURS_16 : count >= 8 ? COLOURS_8 : COLOURS_NONE;
}

/* --- taking and giving back -------------------------------------------------------------------------------------- */

static void write_all(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return; /* the terminal is gone: reading will say so */
        }
    }
}

/* Only what may be called in a signal handler. */
static void restore_now(void)
{
    if (!saved.active)
        return;
    saved.active = false;
    write_all(saved.restore, saved.restore_size);
    tcsetattr(STDIN_FILENO, TCSANOW, &saved.before);
}

static void on_fatal(int number)
{
    restore_now();
    for (size_t at = 0; at < ARRAY_COUNT(fatal_signals); at++) {
        if (fatal_signals[at] == number)
            sigaction(number, &fatal_before[at], NULL);
    }
    raise(number);
}

static void watch_fatal_signals(bool on)
{
    struct sigaction action = {.sa_handler = on_fatal};
    sigemptyset(&action.sa_mask);
    for (size_t at = 0; at < ARRAY_COUNT(fatal_signals); at++) {
        if (on)
            sigaction(fatal_signals[at], &action, &fatal_before[at]);
        else
            sigaction(fatal_signals[at], &fatal_before[at], NULL);
    }
}

static void prepare_restore(void)
{
    struct str out = STR_INIT;
    str_append_text(&out, "\033[?2026l\033[?1002l\033[?1006l\033[?2004l");
    put_named(&out, "smam");
    put_named(&out, "sgr0");
    put_named(&out, "cnorm");
    put_named(&out, "rmcup");
    saved.restore_size = out.size < RESTORE_MAX ? out.size : RESTORE_MAX;
    memcpy(saved.restore, out.data, saved.restore_size);
    str_clear(&out);
}

static void flush(struct term *term)
{
    write_all(term->out.data, term->out.size);
    str_reset(&term->out);
}

static void put_mouse(struct term *term)
{
    str_append_text(&term->out, term->mouse ? "\033[?1002h\033[?1006h" : "\033[?1002l\033[?1006l");
}

void term_take(struct term *term)
{
    if (term->held)
        return;
    struct termios raw = saved.before;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    saved.active = true;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    put_named(&term->out, "smcup");
    put_named(&term->out, "rmam");
    put_named(&term->out, "clear");
    str_append_text(&term->out, "\033[?2004h");
    if (term->mouse)
        put_mouse(term);
    flush(term);
    term->held = true;
    term_repaint(term);
}

void term_release(struct term *term)
{
    if (!term->held)
        return;
    term->held = false;
    restore_now();
}

struct term *term_open(bool mouse, struct error *error)
{
    int status;
    const char *name = env_variable("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(error, ERROR_ENVIRONMENT,
                  "the console needs a terminal; without one use the commands: `assay help` lists them");
        return NULL;
    }
    char cup[] = "cup";
    if (name == NULL || setupterm(NULL, STDOUT_FILENO, &status) != OK) {
        error_set(
            error, ERROR_ENVIRONMENT,
            "the terminal type '%s' is not known here: set TERM (xterm-256color fits most) or install ncurses-term",
            name != NULL ? name : "");
        return NULL;
    }
    const char *place = tigetstr(cup);
    if (place == NULL || place == (char *)-1) {
        error_set(error, ERROR_ENVIRONMENT,
                  "the terminal '%s' cannot place its cursor, which the console needs; use the commands: `assay help` "
                  "lists them",
                  name);
        return NULL;
    }
    if (tcgetattr(STDIN_FILENO, &saved.before) != 0) {
        error_set_system(error, ERROR_ENVIRONMENT, errno, "the terminal's modes cannot be read");
        return NULL;
    }
    struct term *term = memory_new(sizeof *term);
    term->shown = canvas_new(1, 1);
    term->mouse = mouse;
    term->colours = count_colours();
    input_init(&term->input);
    str_init(&term->out);
    prepare_restore();
    watch_fatal_signals(true);
    memory_on_exhaustion(restore_now);
    term_take(term);
    return term;
}

void term_close(struct term *term)
{
    if (term == NULL)
        return;
    term_release(term);
    memory_on_exhaustion(NULL);
    watch_fatal_signals(false);
    canvas_free(term->shown);
    input_clear(&term->input);
    str_clear(&term->out);
    memory_free(term);
    del_curterm(cur_term);
}

void term_stop(struct term *term)
{
    struct sigaction before, normal = {.sa_handler = SIG_DFL};
    term_release(term);
    sigemptyset(&normal.sa_mask);
    sigaction(SIGTSTP, &normal, &before);
    kill(0, SIGTSTP); /* returns when continued */
    sigaction(SIGTSTP, &before, NULL);
    term_take(term);
}

int term_descriptor(const struct term *term)
{
    (void)term;
    return STDIN_FILENO;
}

void term_size(const struct term *term, int *rows, int *width)
{
    struct winsize size;
    (void)term;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
    *rows = known ? size.ws_row : 24;
    *width = known ? size.ws_col : 80;
}

enum colours term_colours(const struct term *term)
{
    return term->colours;
}

void term_mouse(struct term *term, bool on)
{
    term->mouse = on;
    put_mouse(term);
    flush(term);
}

bool term_has_mouse(const struct term *term)
{
    return term->mouse;
}

/* --- output ------------------------------------------------------------------------------------------------------ */

static void put_colour(struct term *term, struct colour colour, bool background)
{
    char setaf[] = "setaf", setab[] = "setab";
    if (colour.kind == COLOUR_INDEX)
        put_capability(&term->out, tiparm(tigetstr(background ? setab : setaf), colour.index));
    if (colour.kind == COLOUR_RGB)
        str_appendf(&term->out, "\033[%d;2;%d;%d;%dm", background ? 48 : 38, colour.red, colour.green, colour.blue);
}

static void put_style(struct term *term, struct style style)
{
    static const struct {
        uint8_t attribute;
        const char *capability;
    } table[] = {{STYLE_BOLD, "bold"},      {STYLE_DIM, "dim"},     {STYLE_ITALIC, "sitm"},
                 {STYLE_UNDERLINE, "smul"}, {STYLE_REVERSE, "rev"}, {STYLE_STRIKE, "smxx"}};
    if (term->styled && style_equal(style, term->style))
        return;
    put_named(&term->out, "sgr0");
    for (size_t at = 0; at < ARRAY_COUNT(table); at++) {
        if ((style.attributes & table[at].attribute) != 0)
            put_named(&term->out, table[at].capability);
    }
    put_colour(term, style.foreground, false);
    put_colour(term, style.background, true);
    term->style = style;
    term->styled = true;
}

static void put_place(struct term *term, int row, int column)
{
    char cup[] = "cup";
    if (row == term->row && column == term->column)
        return;
    put_capability(&term->out, tiparm(tigetstr(cup), row, column));
    term->row = row;
    term->column = column;
}

/* Terminals differ in how wide they draw emoji and clusters: at most two columns for each code point. After one of
 * which that may be, the cursor is placed anew and as many cells are sent again, so that a difference shifts nothing.
 * Returns those columns, 0 when the width is certain. */
static int doubtful_columns(const struct cell *cell)
{
    uint32_t codepoint;
    struct slice rest = slice_make(cell->text, cell->size);
    size_t size = utf8_decode(rest, &codepoint, NULL);
    if (cell->size <= 1 || (size == cell->size && (codepoint < 0x300 || (codepoint >= 0x2500 && codepoint < 0x25a0) ||
                                                   (codepoint >= 0x3041 && codepoint < 0xa000) ||
                                                   (codepoint >= 0xac00 && codepoint < 0xd7a4))))
        return 0;
    int columns = 2;
    for (; (rest = slice_from(rest, size)).size > 0; columns += 2)
        size = utf8_decode(rest, &codepoint, NULL);
    return columns;
}

static void put_cell(struct term *term, int row, int column, const struct cell *cell, bool doubtful)
{
    put_place(term, row, column);
    put_style(term, theme_style(&term->theme, (enum role)cell->role, cell->attributes));
    if (doubtful && cell->columns == 2) {
        str_append_text(&term->out, "  ");
        term->column = -1;
        put_place(term, row, column);
    }
    if (cell->size == 0)
        str_push(&term->out, ' ');
    else
        str_append(&term->out, slice_make(cell->text, cell->size));
    term->column += cell->columns;
    if (doubtful)
        term->column = -1;
}

static void put_row(struct term *term, const struct canvas *canvas, int row)
{
    size_t first = (size_t)row * (size_t)canvas->columns;
    const struct cell *next = canvas->cells + first;
    struct cell *shown = term->shown->cells + first;
    for (int column = 0, again = 0; column < canvas->columns; column++) {
        /* The halves of a wide cluster go together. */
        bool same = canvas_equal_cell(&next[column], &shown[column]) &&
                    (next[column].columns != 2 || canvas_equal_cell(&next[column + 1], &shown[column + 1]));
        if (next[column].columns == 0 || (!term->repaint && same && column >= again))
            continue;
        int doubtful = doubtful_columns(&next[column]);
        put_cell(term, row, column, &next[column], doubtful > 0);
        again = column + doubtful > again ? column + doubtful : again;
    }
    memcpy(shown, next, (size_t)canvas->columns * sizeof *shown);
}

void term_repaint(struct term *term)
{
    term->repaint = true;
    term->styled = false;
    term->row = term->column = -1;
}

void term_present(struct term *term, const struct canvas *canvas, const struct theme *theme)
{
    if (!term->held)
        return;
    if (canvas->rows != term->shown->rows || canvas->columns != term->shown->columns) {
        canvas_resize(term->shown, canvas->rows, canvas->columns);
        term_repaint(term);
    }
    if (memcmp(theme, &term->theme, sizeof *theme) != 0) {
        term->theme = *theme;
        term_repaint(term);
    }
    str_append_text(&term->out, "\033[?2026h");
    put_named(&term->out, "civis");
    size_t before = term->out.size;
    if (term->repaint) {
        put_style(term, theme_style(&term->theme, ROLE_TEXT, 0));
        put_named(&term->out, "clear");
        term->row = term->column = 0;
    }
    for (int row = 0; row < canvas->rows; row++)
        put_row(term, canvas, row);
    bool moved = canvas->cursor_row != term->shown->cursor_row || canvas->cursor_column != term->shown->cursor_column;
    if (term->out.size == before && !moved) {
        str_reset(&term->out);
        return;
    }
    put_place(term, canvas->cursor_row, canvas->cursor_column);
    put_named(&term->out, "cnorm");
    str_append_text(&term->out, "\033[?2026l");
    term->shown->cursor_row = canvas->cursor_row;
    term->shown->cursor_column = canvas->cursor_column;
    term->repaint = false;
    flush(term);
}

static void append_base64(struct str *out, struct slice bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < bytes.size; at += 3) {
        size_t count = bytes.size - at < 3 ? bytes.size - at : 3;
        uint32_t group = 0;
        for (size_t byte = 0; byte < 3; byte++)
            group = group << 8 | (byte < count ? (unsigned char)bytes.data[at + byte] : 0);
        for (size_t letter = 0; letter < 4; letter++)
            str_push(out, letter <= count ? letters[group >> (18 - 6 * letter) & 63] : '=');
    }
}

void term_copy(struct term *term, struct slice text)
{
    str_append_text(&term->out, "\033]52;c;");
    append_base64(&term->out, slice_part(text, 0, TERM_COPY_MAX));
    str_push(&term->out, '\a');
    flush(term);
}

/* --- input ------------------------------------------------------------------------------------------------------- */

bool term_read(struct term *term)
{
    char bytes[16384];
    while (poll(&(struct pollfd){.fd = STDIN_FILENO, .events = POLLIN}, 1, 0) > 0) {
        ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
        if (size > 0)
            input_feed(&term->input, slice_make(bytes, (size_t)size));
        else if (size == 0 || errno != EINTR)
            return false;
        if (size < (ssize_t)sizeof bytes)
            break;
    }
    return true;
}

bool term_event(struct term *term, int64_t now_us, struct event *event)
{
    return input_next(&term->input, now_us, event);
}

int term_wait_us(const struct term *term, int64_t now_us)
{
    return input_wait_us(&term->input, now_us);
}
