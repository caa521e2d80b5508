#include "harness/screen.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "assay/text/utf8.h"

struct screen {
    pid_t process;
    int terminal;
    bool exited, alternate;
    int status;
    VTerm *vterm;
    VTermScreen *cells;
    struct str stream;
    double started, first_byte, last_byte;
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* --- start and end ----------------------------------------------------------------------------------------------- */

static int set_property(VTermProp property, VTermValue *value, void *user)
{
    struct screen *screen = user;
    if (property == VTERM_PROP_ALTSCREEN)
        screen->alternate = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = set_property};

static void run_child(const char *const *argv, const char *const *env)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("COLORTERM", "truecolor", 1);
    unsetenv("LC_ALL");
    unsetenv("NO_COLOR");
    for (size_t at = 0; env != NULL && env[at] != NULL; at++)
        putenv((char *)env[at]);
    execvp(argv[0], (char *const *)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

struct screen *screen_start(const char *const *argv, const char *const *env, int rows, int columns)
{
    struct screen *screen = calloc(1, sizeof *screen);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    screen->started = now_ms();
    screen->first_byte = -1;
    str_init(&screen->stream);
    screen->process = forkpty(&screen->terminal, NULL, NULL, &size);
    if (screen->process == 0)
        run_child(argv, env);
    if (screen->process < 0) {
        free(screen);
        return NULL;
    }
    screen->vterm = vterm_new(rows, columns);
    vterm_set_utf8(screen->vterm, 1);
    screen->cells = vterm_obtain_screen(screen->vterm);
    vterm_screen_enable_altscreen(screen->cells, 1);
    vterm_screen_set_callbacks(screen->cells, &callbacks, screen);
    vterm_screen_reset(screen->cells, 1);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (screen == NULL)
        return;
    if (!screen->exited) {
        kill(screen->process, SIGKILL);
        waitpid(screen->process, &screen->status, 0);
    }
    close(screen->terminal);
    vterm_free(screen->vterm);
    str_clear(&screen->stream);
    free(screen);
}

pid_t screen_process(const struct screen *screen)
{
    return screen->process;
}

/* --- what comes -------------------------------------------------------------------------------------------------- */

/* Reads what is there within `wait` ms; false when nothing came. */
static bool pump(struct screen *screen, int wait)
{
    char bytes[65536];
    if (poll(&(struct pollfd){.fd = screen->terminal, .events = POLLIN}, 1, wait) <= 0)
        return false;
    ssize_t size = read(screen->terminal, bytes, sizeof bytes);
    if (size <= 0)
        return false; /* EIO: the other side is closed */
    screen->last_byte = now_ms();
    if (screen->first_byte < 0)
        screen->first_byte = screen->last_byte;
    str_append(&screen->stream, slice_make(bytes, (size_t)size));
    vterm_input_write(screen->vterm, bytes, (size_t)size);
    vterm_screen_flush_damage(screen->cells);
    return true;
}

static bool reap(struct screen *screen)
{
    if (!screen->exited && waitpid(screen->process, &screen->status, WNOHANG) == screen->process)
        screen->exited = true;
    return screen->exited;
}

bool screen_wait(struct screen *screen, bool (*done)(struct screen *screen, void *context), void *context)
{
    double deadline = now_ms() + SCREEN_DEADLINE_MS;
    while (!done(screen, context)) {
        if (now_ms() > deadline)
            return false;
        if (!pump(screen, 20) && reap(screen) && !pump(screen, 0))
            return done(screen, context);
    }
    return true;
}

static bool has_text(struct screen *screen, void *context)
{
    return screen_has(screen, context);
}

static bool lacks_text(struct screen *screen, void *context)
{
    return !screen_has(screen, context);
}

static void show_failure(struct screen *screen, const char *wanted)
{
    struct str text = STR_INIT;
    screen_text(screen, &text);
    fprintf(stderr, "# waited in vain for: %s\n%s", wanted, text.data);
    str_clear(&text);
}

bool screen_wait_text(struct screen *screen, const char *text)
{
    bool found = screen_wait(screen, has_text, (void *)text);
    if (!found)
        show_failure(screen, text);
    return found;
}

bool screen_wait_gone(struct screen *screen, const char *text)
{
    return screen_wait(screen, lacks_text, (void *)text);
}

bool screen_wait_quiet(struct screen *screen)
{
    double deadline = now_ms() + SCREEN_DEADLINE_MS;
    while (pump(screen, SCREEN_QUIET_MS)) {
        if (now_ms() > deadline)
            return false;
    }
    return true;
}

bool screen_wait_exit(struct screen *screen, int *status)
{
    double deadline = now_ms() + SCREEN_DEADLINE_MS;
    while (!reap(screen)) {
        if (now_ms() > deadline)
            return false;
        if (!pump(screen, 5))
            poll(NULL, 0, 1);
    }
    while (pump(screen, 0))
        ;
    *status = screen->status;
    return true;
}

/* --- what is sent ------------------------------------------------------------------------------------------------ */

void screen_bytes(struct screen *screen, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(screen->terminal, bytes, size);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
        pump(screen, 0); /* never let both sides wait for room */
    }
}

static const struct {
    const char *name, *bytes;
} named_keys[] = {
    {"Enter", "\r"},    {"Esc", "\033[27u"}, {"Tab", "\t"},           {"S-Tab", "\033[Z"},      {"Space", " "},
    {"BS", "\177"},     {"Del", "\033[3~"},  {"Up", "\033[A"},        {"Down", "\033[B"},       {"Right", "\033[C"},
    {"Left", "\033[D"}, {"Home", "\033[H"},  {"End", "\033[F"},       {"PgUp", "\033[5~"},      {"PgDn", "\033[6~"},
    {"F1", "\033OP"},   {"lt", "<"},         {"C-Left", "\033[1;5D"}, {"C-Right", "\033[1;5C"},
};

static bool append_named(struct str *out, const char *name, size_t size)
{
    for (size_t at = 0; at < sizeof named_keys / sizeof *named_keys; at++) {
        if (strlen(named_keys[at].name) == size && memcmp(named_keys[at].name, name, size) == 0) {
            str_append_text(out, named_keys[at].bytes);
            return true;
        }
    }
    if (size == 3 && name[1] == '-' && (name[0] == 'C' || name[0] == 'A')) {
        if (name[0] == 'A')
            str_push(out, '\033');
        str_push(out, name[0] == 'C' ? (char)(name[2] & 0x1f) : name[2]);
        return true;
    }
    return false;
}

void screen_encode(const char *keys, struct str *out)
{
    for (const char *at = keys; *at != '\0'; at++) {
        const char *end = *at == '<' ? strchr(at, '>') : NULL;
        if (end != NULL && append_named(out, at + 1, (size_t)(end - at - 1)))
            at = end;
        else
            str_push(out, *at);
    }
}

void screen_keys(struct screen *screen, const char *keys)
{
    struct str bytes = STR_INIT;
    screen_encode(keys, &bytes);
    screen_bytes(screen, bytes.data, bytes.size);
    str_clear(&bytes);
}

void screen_paste(struct screen *screen, const char *text)
{
    struct str bytes = STR_INIT;
    str_appendf(&bytes, "\033[200~%s\033[201~", text);
    screen_bytes(screen, bytes.data, bytes.size);
    str_clear(&bytes);
}

void screen_mouse(struct screen *screen, int button, bool press, int row, int column)
{
    char bytes[64];
    int code = button == 0 ? 32 : button >= 4 ? 64 + button - 4 : button - 1;
    int size = snprintf(bytes, sizeof bytes, "\033[<%d;%d;%d%c", code, column + 1, row + 1, press ? 'M' : 'm');
    screen_bytes(screen, bytes, (size_t)size);
}

void screen_click(struct screen *screen, int row, int column)
{
    screen_mouse(screen, 1, true, row, column);
    screen_mouse(screen, 1, false, row, column);
}

void screen_resize(struct screen *screen, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    while (pump(screen, 0))
        ;
    vterm_set_size(screen->vterm, rows, columns);
    ioctl(screen->terminal, TIOCSWINSZ, &size);
}

void screen_signal(struct screen *screen, int signal)
{
    kill(screen->process, signal);
}

/* --- what is seen ------------------------------------------------------------------------------------------------ */

int screen_rows(const struct screen *screen)
{
    int rows, columns;
    vterm_get_size(screen->vterm, &rows, &columns);
    return rows;
}

int screen_columns(const struct screen *screen)
{
    int rows, columns;
    vterm_get_size(screen->vterm, &rows, &columns);
    return columns;
}

static void set_rgb(struct screen *screen, VTermColor colour, bool background, uint8_t rgb[3])
{
    bool normal = background ? VTERM_COLOR_IS_DEFAULT_BG(&colour) : VTERM_COLOR_IS_DEFAULT_FG(&colour);
    vterm_screen_convert_color_to_rgb(screen->cells, &colour);
    rgb[0] = normal ? (background ? 0x14 : 0xd0) : colour.rgb.red;
    rgb[1] = normal ? (background ? 0x14 : 0xd0) : colour.rgb.green;
    rgb[2] = normal ? (background ? 0x14 : 0xd0) : colour.rgb.blue;
}

void screen_cell(struct screen *screen, int row, int column, struct screen_cell *cell)
{
    VTermScreenCell from;
    memset(cell, 0, sizeof *cell);
    memset(&from, 0, sizeof from);
    vterm_screen_get_cell(screen->cells, (VTermPos){.row = row, .col = column}, &from);
    size_t size = 0;
    for (int at = 0; at < VTERM_MAX_CHARS_PER_CELL && from.chars[at] != 0 && from.chars[at] != UINT32_MAX; at++)
        size += utf8_encode(from.chars[at], cell->text + size);
    cell->width = from.width > 0 ? from.width : 1;
    cell->bold = from.attrs.bold;
    cell->italic = from.attrs.italic;
    cell->underline = from.attrs.underline != 0;
    cell->strike = from.attrs.strike;
    set_rgb(screen, from.fg, false, from.attrs.reverse ? cell->background : cell->foreground);
    set_rgb(screen, from.bg, true, from.attrs.reverse ? cell->foreground : cell->background);
}

void screen_row(struct screen *screen, int row, struct str *out)
{
    size_t end = out->size;
    for (int column = 0; column < screen_columns(screen);) {
        struct screen_cell cell;
        screen_cell(screen, row, column, &cell);
        str_append_text(out, cell.text[0] != '\0' ? cell.text : " ");
        if (cell.text[0] != '\0' && cell.text[0] != ' ')
            end = out->size;
        column += cell.width;
    }
    str_truncate(out, end);
}

void screen_text(struct screen *screen, struct str *out)
{
    for (int row = 0; row < screen_rows(screen); row++) {
        screen_row(screen, row, out);
        str_push(out, '\n');
    }
}

bool screen_find(struct screen *screen, const char *text, int *row, int *column)
{
    struct str line = STR_INIT;
    bool found = false;
    for (*row = 0; *row < screen_rows(screen) && !found; (*row)++) {
        str_reset(&line);
        screen_row(screen, *row, &line);
        size_t at = slice_find(str_slice(&line), slice_of(text));
        found = at != SLICE_NOT_FOUND;
        if (found)
            *column = (int)utf8_columns(slice_make(line.data, at));
    }
    (*row)--;
    str_clear(&line);
    return found;
}

bool screen_has(struct screen *screen, const char *text)
{
    int row, column;
    return screen_find(screen, text, &row, &column);
}

void screen_cursor(struct screen *screen, int *row, int *column)
{
    VTermPos place;
    vterm_state_get_cursorpos(vterm_obtain_state(screen->vterm), &place);
    *row = place.row;
    *column = place.col;
}

bool screen_alternate(const struct screen *screen)
{
    return screen->alternate;
}

struct slice screen_stream(const struct screen *screen)
{
    return str_slice(&screen->stream);
}

void screen_forget(struct screen *screen)
{
    str_reset(&screen->stream);
}

/* --- measures ---------------------------------------------------------------------------------------------------- */

double screen_latency(struct screen *screen, const char *keys)
{
    struct str bytes = STR_INIT;
    screen_encode(keys, &bytes);
    screen_wait_quiet(screen);
    double began = now_ms();
    screen->last_byte = -1;
    screen_bytes(screen, bytes.data, bytes.size);
    screen_wait_quiet(screen);
    str_clear(&bytes);
    return screen->last_byte < 0 ? -1 : screen->last_byte - began;
}

double screen_first_byte(const struct screen *screen)
{
    return screen->first_byte < 0 ? -1 : screen->first_byte - screen->started;
}

double screen_elapsed(const struct screen *screen)
{
    return screen->last_byte - screen->started;
}

static long status_kib(const struct screen *screen, const char *name)
{
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)screen->process);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    }
    if (file != NULL)
        fclose(file);
    return value;
}

long screen_resident_kib(const struct screen *screen)
{
    return status_kib(screen, "VmRSS:");
}

long screen_peak_kib(const struct screen *screen)
{
    return status_kib(screen, "VmHWM:");
}
