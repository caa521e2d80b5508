#include "assay/ui/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "assay/base/array.h"
#include "assay/base/env.h"

enum {
    LOOP_FRAME_US = 8000, /* changes that come faster share a frame; a key after a pause is drawn at once */
    LOOP_TICK_US = 1000000,
    LOOP_EVENTS_A_TURN = 256,
};

/* --- signals ----------------------------------------------------------------------------------------------------- */

static const int watched[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
static volatile sig_atomic_t arrived[ARRAY_COUNT(watched)];
static int wake_pipe[2] = {-1, -1};

static void on_signal(int number)
{
    int before = errno;
    for (size_t at = 0; at < ARRAY_COUNT(watched); at++) {
        if (watched[at] == number)
            arrived[at] = 1;
    }
    ssize_t ignored = write(wake_pipe[1], "", 1); /* full: the loop wakes anyway */
    (void)ignored;
    errno = before;
}

static bool take_signal(int number)
{
    for (size_t at = 0; at < ARRAY_COUNT(watched); at++) {
        if (watched[at] == number && arrived[at]) {
            arrived[at] = 0;
            return true;
        }
    }
    return false;
}

static int watch_signals(struct sigaction before[ARRAY_COUNT(watched)], struct error *error)
{
    if (pipe(wake_pipe) != 0)
        return error_set_system(error, ERROR_ENVIRONMENT, errno, "no pipe for signals");
    for (int end = 0; end < 2; end++) {
        fcntl(wake_pipe[end], F_SETFL, O_NONBLOCK);
        fcntl(wake_pipe[end], F_SETFD, FD_CLOEXEC);
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t at = 0; at < ARRAY_COUNT(watched); at++)
        sigaction(watched[at], &action, &before[at]);
    return 0;
}

static void unwatch_signals(const struct sigaction before[ARRAY_COUNT(watched)])
{
    for (size_t at = 0; at < ARRAY_COUNT(watched); at++)
        sigaction(watched[at], &before[at], NULL);
    close(wake_pipe[0]);
    close(wake_pipe[1]);
    wake_pipe[0] = wake_pipe[1] = -1;
}

static unsigned handle_signals(struct loop *loop)
{
    static const int ending[] = {SIGTERM, SIGHUP, SIGINT};
    unsigned reaction = REACT_NOTHING;
    char bytes[64];
    while (read(wake_pipe[0], bytes, sizeof bytes) > 0)
        ;
    for (size_t at = 0; at < ARRAY_COUNT(ending); at++)
        if (take_signal(ending[at]))
            reaction |= REACT_QUIT;
    if (take_signal(SIGTSTP)) {
        term_stop(loop->term);
        reaction |= REACT_REDRAW;
    }
    if (take_signal(SIGCONT)) {
        term_release(loop->term); /* who stopped us may have left the terminal in any state */
        term_take(loop->term);
        reaction |= REACT_REDRAW;
    }
    if (take_signal(SIGWINCH))
        reaction |= REACT_REDRAW;
    return reaction;
}

/* --- one turn ---------------------------------------------------------------------------------------------------- */

struct turn {
    bool dirty;
    bool more; /* events were left for the next turn */
    int64_t began, painted_at, ticked_at;
};

/* A view that has just come to the top is painted before it gets further keys: it knows its size only then. */
static unsigned handle_input(struct loop *loop, struct turn *turn, bool *alive)
{
    unsigned reaction = REACT_NOTHING;
    struct event event;
    const struct view *top = view_top(loop->stack);
    *alive = term_read(loop->term);
    turn->more = false;
    for (int count = 0; !turn->more && (reaction & REACT_QUIT) == 0; count++) {
        if (!term_event(loop->term, env_monotonic_us(), &event))
            break;
        reaction |= view_event(loop->stack, &event);
        turn->more = count == LOOP_EVENTS_A_TURN || view_top(loop->stack) != top;
    }
    if (turn->more)
        turn->painted_at = 0;
    return reaction;
}

static void fit(struct loop *loop, struct canvas *canvas)
{
    int rows, columns;
    term_size(loop->term, &rows, &columns);
    if (rows != canvas->rows || columns != canvas->columns) {
        canvas_resize(canvas, rows, columns);
        view_resize(loop->stack, canvas->rows, canvas->columns);
    }
}

static void paint(struct loop *loop, struct canvas *canvas)
{
    fit(loop, canvas);
    view_draw(loop->stack, canvas);
    term_present(loop->term, canvas, view_theme(loop->stack));
}

static int earlier(int a_us, int64_t b_us)
{
    if (b_us < 0)
        b_us = 0;
    return a_us < 0 || b_us < a_us ? (int)b_us : a_us;
}

/* How long poll may wait; -1 never happens, for the tick comes once a second. */
static int wait_ms(const struct loop *loop, const struct turn *turn, int64_t now)
{
    if (turn->more)
        return 0;
    int wait = earlier(term_wait_us(loop->term, now), turn->ticked_at + LOOP_TICK_US - now);
    if (turn->dirty)
        wait = earlier(wait, turn->painted_at + LOOP_FRAME_US - now);
    return (wait + 999) / 1000;
}

static unsigned take_turn(struct loop *loop, struct turn *turn, bool *alive)
{
    struct pollfd waits[3] = {{.fd = term_descriptor(loop->term), .events = POLLIN},
                              {.fd = wake_pipe[0], .events = POLLIN},
                              {.fd = loop->jobs != NULL ? jobs_descriptor(loop->jobs) : -1, .events = POLLIN}};
    poll(waits, ARRAY_COUNT(waits), wait_ms(loop, turn, env_monotonic_us()));
    turn->began = env_monotonic_us();
    unsigned reaction = handle_signals(loop) | handle_input(loop, turn, alive);
    bool delivered = waits[2].revents != 0;
    if (delivered)
        jobs_deliver(loop->jobs);
    if ((reaction & REACT_QUIT) == 0 && (delivered || turn->began - turn->ticked_at >= LOOP_TICK_US)) {
        reaction |= view_tick(loop->stack, turn->began);
        turn->ticked_at = turn->began;
    }
    return reaction;
}

static int run(struct loop *loop, struct canvas *canvas, struct error *error)
{
    bool alive = true;
    paint(loop, canvas);
    struct turn turn = {.painted_at = env_monotonic_us(), .ticked_at = env_monotonic_us()};
    while (view_top(loop->stack) != NULL) {
        unsigned reaction = take_turn(loop, &turn, &alive);
        if (!alive)
            return error_set(error, ERROR_ENVIRONMENT, "the terminal is gone; drafts are saved");
        if ((reaction & REACT_QUIT) != 0)
            return 0;
        turn.dirty = turn.dirty || (reaction & REACT_REDRAW) != 0;
        int64_t now = env_monotonic_us();
        if (turn.dirty && now - turn.painted_at >= LOOP_FRAME_US) {
            paint(loop, canvas);
            turn.painted_at = now;
            turn.dirty = false;
        }
        int64_t took = env_monotonic_us() - turn.began;
        loop->longest_us = took > loop->longest_us ? took : loop->longest_us;
    }
    return 0;
}

int loop_run(struct loop *loop, struct error *error)
{
    struct sigaction before[ARRAY_COUNT(watched)];
    if (watch_signals(before, error) != 0)
        return -1;
    struct canvas *canvas = canvas_new(1, 1);
    canvas->ascii = loop->ascii;
    int result = run(loop, canvas, error);
    if (loop->save != NULL)
        loop->save(loop->context);
    canvas_free(canvas);
    unwatch_signals(before);
    return result;
}
