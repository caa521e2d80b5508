#include "assay/git/ceiling.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <git2.h>
#include <git2/sys/alloc.h>

static _Thread_local bool met;

bool ceiling_was_met(void)
{
    const bool result = met;
    met = false;
    return result;
}

static bool is_above(size_t size)
{
    met |= size > CEILING;
    return size > CEILING;
}

/* As the functions of libgit2 that stand behind these do. */
static void *checked(void *memory)
{
    if (!memory) {
        git_error_set_oom();
    }
    return memory;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return checked(is_above(size) ? NULL : malloc(size ? size : 1));
}

static void *resize(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return checked(is_above(size) ? NULL : realloc(memory, size ? size : 1));
}

/* From 1.7 on libgit2 makes the rest of these three itself. */
#if LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 7
#include <string.h>

static size_t product(size_t count, size_t size)
{
    return size > 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size;
}

static void *allocate_zeroed(size_t count, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return checked(is_above(product(count, size)) ? NULL : calloc(count ? count : 1, size ? size : 1));
}

static void *allocate_array(size_t count, size_t size, const char *file, int line)
{
    return allocate(product(count, size), file, line);
}

static void *resize_array(void *memory, size_t count, size_t size, const char *file, int line)
{
    return resize(memory, product(count, size), file, line);
}

static char *copy_part(const char *text, size_t size, const char *file, int line)
{
    char *copy = size < SIZE_MAX ? allocate(size + 1, file, line) : NULL;
    if (copy) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

static char *copy_text(const char *text, const char *file, int line)
{
    return copy_part(text, strlen(text), file, line);
}

static char *copy_at_most(const char *text, size_t size, const char *file, int line)
{
    return copy_part(text, strnlen(text, size), file, line);
}
#endif

void ceiling_install(void)
{
    static git_allocator allocator = {
        .gmalloc = allocate,
        .grealloc = resize,
        .gfree = free,
#if LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 7
        .gcalloc = allocate_zeroed,
        .gmallocarray = allocate_array,
        .greallocarray = resize_array,
        .gstrdup = copy_text,
        .gstrndup = copy_at_most,
        .gsubstrdup = copy_part,
#endif
    };
    git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}
