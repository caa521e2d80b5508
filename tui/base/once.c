#include "assay/base/once.h"

#include <sched.h>

enum { NOT_YET, RUNNING, DONE };

/* pthread_once would bring its header, and so threads, to everybody who includes ours. Nothing that runs here is long, so
 * the other threads may wait in turns. */
void once_run(struct once *once, void (*run)(void))
{
    int expected = NOT_YET;
    if (atomic_load(&once->state) == DONE)
        return;
    if (atomic_compare_exchange_strong(&once->state, &expected, RUNNING)) {
        run();
        atomic_store(&once->state, DONE);
    }
    while (atomic_load(&once->state) != DONE)
        sched_yield();
}
