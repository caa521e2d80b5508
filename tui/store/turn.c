#include "assay/store/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "assay/base/env.h"
#include "assay/base/file.h"
#include "assay/base/str.h"

enum { TURN_PAUSE_MS = 20 };

static int turn_open(const char *folder, struct turn *turn, struct error *error)
{
    struct str path = STR_INIT;
    int result = file_make_folders(folder, 0700, error);
    file_join(&path, folder, "signing.lock");
    if (result == 0)
        turn->descriptor = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (result == 0 && turn->descriptor < 0)
        result = error_set_system(error, ERROR_ENVIRONMENT, errno, "%s cannot be opened", path.data);
    str_clear(&path);
    return result;
}

/* A signal is looked at by the caller's own handler; the next try comes soon enough. */
static bool turn_is_others(const struct turn *turn)
{
    return flock(turn->descriptor, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR);
}

int turn_take(const char *folder, int wait_ms, struct turn *turn, bool *taken, struct error *error)
{
    *turn = TURN_INIT;
    *taken = false;
    if (turn_open(folder, turn, error) < 0)
        return -1;
    const int64_t start_us = env_monotonic_us();
    bool others;
    while ((others = turn_is_others(turn)) && (wait_ms < 0 || (env_monotonic_us() - start_us) / 1000 < wait_ms))
        nanosleep(&(struct timespec){.tv_nsec = TURN_PAUSE_MS * 1000000L}, NULL);
    *taken = !others;
    if (others)
        turn_give_back(turn);
    return 0;
}

void turn_give_back(struct turn *turn)
{
    if (turn->descriptor >= 0)
        close(turn->descriptor);
    *turn = TURN_INIT;
}
