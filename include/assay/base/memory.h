/* Allocation that does not return when there is no memory: it calls the hook (which restores the terminal; drafts are
 * on disk already), says so on standard error and ends the process with exit code 4. */
#ifndef ASSAY_BASE_MEMORY_H
#define ASSAY_BASE_MEMORY_H

#include <stddef.h>

#define MEMORY_GIVEN __attribute__((returns_nonnull))

MEMORY_GIVEN void *memory_new(size_t size);                     /* zeroed; size 0 gives a pointer that can be freed */
MEMORY_GIVEN void *memory_new_array(size_t count, size_t size); /* zeroed; checked for overflow */
MEMORY_GIVEN void *memory_resize(void *block, size_t count, size_t size); /* new bytes are not zeroed */
MEMORY_GIVEN char *memory_copy_text(const char *text);                    /* a copy of a C string */
void memory_free(void *block);                                            /* NULL is fine */

/* Called once when memory is exhausted; must not allocate. */
void memory_on_exhaustion(void (*hook)(void));

/* For tests: the allocation after `count` more successful ones fails; a negative count switches this off. */
void memory_fail_after(long count);

/* Gives what was freed back to the system, where the allocator can be asked: after a worker that had much. */
void memory_return(void);

#endif
