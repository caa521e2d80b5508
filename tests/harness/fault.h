/* The real binary with one call to the outer world failing, or killed at it (fault_preload.c), over a content
 * repository that is put back before each try. Linux only: fault_available. */
#ifndef ASSAY_TESTS_FAULT_H
#define ASSAY_TESTS_FAULT_H

#include "harness/review.h"

enum { FAULT_KILLED = 128 + 9 };

bool fault_available(void);

/* For the setup of a sweep, before its fixture is made: in memory where there is room, unless TMPDIR says where. It is put
 * back a thousand times, and a disk would only wait for what is thrown away; the calls are the same. */
void fault_live_in_memory(void);

/* From one point of a sweep to the next: TEST_LARGE=N tries each Nth, else about `sampled` of them are tried. Points are
 * calls times actions, and a stride never meets one action alone. */
size_t fault_stride(size_t points, size_t sampled, size_t actions);

/* Keeps the clone and its origin as they are now; puts them back so, with an empty folder for temporary files. */
void fault_keep(struct fixture *f);
void fault_restore(struct fixture *f);

/* Runs the program of these arguments in the clone. at: as FAULT_AT of fault_preload.c, NULL: nothing fails. trace: a
 * file that gets a line for each call, or NULL. The exit code; FAULT_KILLED. */
int fault_run(struct fixture *f, const char *at, const char *trace, const char *const *arguments);

/* `assay sync` in the clone, as a person does it: where it says that a lock of a killed program may be removed, it is.
 * Whether it is done; f->result is the last run's. */
bool fault_sync(struct fixture *f);

struct fault_count {
    const char *kind;
    size_t count;
};
struct fault_table {
    struct fault_count rows[32];
    size_t count;
    const char **calls; /* the kind of each call, in order */
    size_t total;
};
/* What the trace holds, by kind. */
void fault_count(struct fixture *f, const char *trace, struct fault_table *table);
void fault_print(const char *what, const struct fault_table *table);

/* Files of the clone that no finished program leaves: locks, half-written objects, temporary files. One path a line,
 * without the part that is drawn at random. */
const char *fault_leftovers(struct fixture *f);

#endif
