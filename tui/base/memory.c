#include "assay/base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>
#include <unistd.h>

#include "assay/base/error.h"

static void (*exhaustion_hook)(void);
static atomic_long allowed = -1;

void memory_on_exhaustion(void (*hook)(void))
{
    exhaustion_hook = hook;
}

void memory_fail_after(long count)
{
    atomic_store(&allowed, count);
}

static bool must_fail(void)
{
    return atomic_load_explicit(&allowed, memory_order_relaxed) >= 0 && atomic_fetch_sub(&allowed, 1) <= 0;
}

/* _exit: whatever atexit would run might allocate again. */
static _Noreturn void exhausted(void)
{
    static const char message[] =
        "assay: out of memory. What was saved is safe; close other programs and start again.\n";
    if (exhaustion_hook)
        exhaustion_hook();
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(ERROR_ENVIRONMENT);
}

void *memory_new(size_t size)
{
    return memory_new_array(1, size);
}

void *memory_new_array(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    void *block = must_fail() ? NULL : calloc(count, size);
    if (!block)
        exhausted();
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        exhausted();
    size_t bytes = count * size;
    void *resized = must_fail() ? NULL : realloc(block, bytes ? bytes : 1);
    if (!resized)
        exhausted();
    return resized;
}

char *memory_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_new(size), text, size);
}

void memory_free(void *block)
{
    free(block);
}

void memory_return(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
