/* The outer world's small things: clocks, randomness, variables. Unit tests replace them; a NULL member leaves the
 * real one. */
#ifndef ASSAY_BASE_ENV_H
#define ASSAY_BASE_ENV_H

#include <stddef.h>
#include <stdint.h>

struct env {
    int64_t (*now)(void);                      /* seconds since 1970-01-01 UTC */
    int64_t (*monotonic_us)(void);             /* microseconds from any start, never backwards */
    void (*random)(void *bytes, size_t size);  /* from the kernel */
    const char *(*variable)(const char *name); /* NULL when unset */
};

int64_t env_now(void);
int64_t env_monotonic_us(void);
void env_random(void *bytes, size_t size);
const char *env_variable(const char *name);
/* NULL restores the real world. Not for use while workers run. */
void env_replace(const struct env *env);

/* "2026-11-20T10:12:00Z"; out holds 21 bytes. */
void env_format_utc(int64_t seconds, char out[21]);

#endif
