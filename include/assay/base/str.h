/* Owned text that grows. The data is never NULL and always ends with a NUL that is not counted in size, so it can be
 * handed to C functions; it may hold NULs itself. */
#ifndef ASSAY_BASE_STR_H
#define ASSAY_BASE_STR_H

#include "assay/base/slice.h"

struct str {
    char *data;
    size_t size;
    size_t capacity; /* 0: data is the shared empty text and must not be written */
};

extern char str_empty[1];
#define STR_INIT                                                                                                       \
    (struct str)                                                                                                       \
    {                                                                                                                  \
        .data = str_empty                                                                                              \
    }

void str_init(struct str *s);
void str_clear(struct str *s); /* frees; leaves an empty text that can be used again */
void str_reset(struct str *s); /* empty again, keeps the memory */
void str_reserve(struct str *s, size_t more);
void str_push(struct str *s, char byte);
void str_append(struct str *s, struct slice part);
void str_append_text(struct str *s, const char *text);
/* For a shell, whatever the part holds: in single quotes. str_append_argument: only where it needs them. */
void str_append_quoted(struct str *s, struct slice part);
void str_append_argument(struct str *s, struct slice part);
void str_append_repeat(struct str *s, char byte, size_t count);
void str_appendf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_insert(struct str *s, size_t at, struct slice part);
void str_remove(struct str *s, size_t at, size_t size);
void str_truncate(struct str *s, size_t size); /* size <= s->size */
struct slice str_slice(const struct str *s);   /* borrowed until the next change */
char *str_take(struct str *s);                 /* the caller frees with memory_free; s is empty again */

#endif
