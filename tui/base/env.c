#include "assay/base/env.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

static int64_t real_now(void)
{
    return (int64_t)time(NULL);
}

static int64_t real_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void real_random(void *bytes, size_t size)
{
    enum { GETENTROPY_MAX = 256 };
    for (char *at = bytes; size > 0;) {
        size_t part = size < GETENTROPY_MAX ? size : GETENTROPY_MAX;
        if (getentropy(at, part) != 0)
            abort(); /* a system without randomness: nothing that is built on it would be safe */
        at += part;
        size -= part;
    }
}

static const char *real_variable(const char *name)
{
    return getenv(name);
}

static const struct env real = {real_now, real_monotonic_us, real_random, real_variable};
static const struct env *current = &real;

void env_replace(const struct env *env)
{
    current = env ? env : &real;
}

int64_t env_now(void)
{
    return (current->now ? current : &real)->now();
}

int64_t env_monotonic_us(void)
{
    return (current->monotonic_us ? current : &real)->monotonic_us();
}

void env_random(void *bytes, size_t size)
{
    (current->random ? current : &real)->random(bytes, size);
}

const char *env_variable(const char *name)
{
    return (current->variable ? current : &real)->variable(name);
}

void env_format_utc(int64_t seconds, char out[21])
{
    static const int64_t earliest = -62167219200; /* 0000-01-01 */
    static const int64_t latest = 253402300799;   /* 9999-12-31 */
    time_t clamped = (time_t)(seconds < earliest ? earliest : seconds > latest ? latest : seconds);
    struct tm tm;
    gmtime_r(&clamped, &tm);
    snprintf(out, 21, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000,
             (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
             (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}
