/* Loading a file whose shape a built-in schema describes, and taking parts of it into arrays of the arena. */
#ifndef ASSAY_MODEL_SHAPE_H
#define ASSAY_MODEL_SHAPE_H

#include "assay/data/document.h"
#include "assay/data/schema.h"

/* Checks the document against a built-in schema ("schema/manifest.schema.json"); see schema_check. */
int shape_check(const struct document *document, const char *schema_path, schema_unknown *unknown, void *context,
                struct error *error);
/* The texts of a list, or of one text alone, in the arena; NULL and 0 for anything else. */
struct slice *shape_texts(struct arena *arena, const struct value *list, size_t *count);
/* An error at the second map of the list that has the same text under `key` as one before; `what` names it. */
int shape_unique(const struct document *document, const struct value *list, const char *key, const char *what,
                 struct error *error);

#endif
