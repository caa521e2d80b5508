#include "assay/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "assay/base/memory.h"
#include "assay/base/str.h"

/* Under AddressSanitizer what was not handed out is poisoned, and a gap lies behind each piece, so that a step over
 * the end of a piece is found as it would be with malloc. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(start, size)   ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
enum { GAP = 0 };
#endif

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = ARENA_INIT;
}

void arena_clear(struct arena *arena)
{
    for (struct arena_block *block = arena->block, *next; block; block = next) {
        next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
        memory_free(block);
    }
    arena_init(arena);
}

static struct arena_block *new_block(struct arena *arena, size_t size)
{
    size_t whole = size <= SIZE_MAX - sizeof(struct arena_block) ? sizeof(struct arena_block) + size : SIZE_MAX;
    struct arena_block *block = memory_new(whole);
    block->size = size;
    ASAN_POISON_MEMORY_REGION(block->bytes, size);
    arena->allocated += whole;
    return block;
}

/* The block that has room for `size`. A piece larger than the usual block gets one of its own behind the first, so
 * that the room left in the first is not lost. */
static struct arena_block *block_for(struct arena *arena, size_t size)
{
    struct arena_block *first = arena->block;
    if (first && first->size - first->used >= size)
        return first;
    size_t usual = first ? (arena->allocated < LARGEST_BLOCK ? arena->allocated : LARGEST_BLOCK) : FIRST_BLOCK;
    if (first && size > usual / 2) {
        struct arena_block *own = new_block(arena, size);
        own->next = first->next;
        first->next = own;
        return own;
    }
    struct arena_block *block = new_block(arena, size > usual ? size : usual);
    block->next = first;
    arena->block = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return memory_new(SIZE_MAX); /* exhausts: no such size can be had */
    size_t rounded = (size + GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded == 0)
        rounded = ALIGNMENT;
    struct arena_block *block = block_for(arena, rounded);
    char *piece = block->bytes + block->used;
    block->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    return piece;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    return arena_alloc(arena, size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size);
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
    char *copy = arena_alloc(arena, bytes.size < SIZE_MAX ? bytes.size + 1 : SIZE_MAX);
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return slice_make(copy, bytes.size);
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int wanted = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = wanted > 0 ? (size_t)wanted : 0;
    char *text = arena_alloc(arena, size + 1);
    if (size > 0)
        vsnprintf(text, size + 1, format, again);
    va_end(again);
    return slice_make(text, size);
}

struct slice arena_argument(struct arena *arena, struct slice part)
{
    struct str text = STR_INIT;
    str_append_argument(&text, part);
    struct slice copy = arena_copy(arena, str_slice(&text));
    str_clear(&text);
    return copy;
}
