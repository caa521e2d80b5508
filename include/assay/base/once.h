/* What is done once in a process, whichever thread comes first. */
#ifndef ASSAY_BASE_ONCE_H
#define ASSAY_BASE_ONCE_H

#include <stdatomic.h>

struct once {
    atomic_int state;
};

/* A zeroed one has not run. Returns when `run` has returned, in whichever thread. */
void once_run(struct once *once, void (*run)(void));

#endif
