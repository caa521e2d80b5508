/* A decoded file: its tree, the arena that holds it, and the lines for errors. */
#ifndef ASSAY_DATA_DOCUMENT_H
#define ASSAY_DATA_DOCUMENT_H

#include "assay/base/error.h"
#include "assay/data/value.h"

struct document {
    struct arena arena;
    const struct value *root;
    struct slice name;   /* what errors call it: a path, copied */
    struct slice source; /* JSON: the caller's bytes, borrowed; whoever keeps the document longer empties it */
};

void document_init(struct document *document, struct slice name);
void document_clear(struct document *document); /* also of a zeroed struct */
/* 1-based line of a value in its document, 0 when unknown. Walks the source of JSON: for errors only. */
int document_line(const struct document *document, const struct value *value);
/* Sets an input error that begins `NAME:LINE: ` for this value (`NAME: ` where the line is unknown). Returns -1. */
int document_error(const struct document *document, const struct value *value, struct error *error, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

#endif
