/* A golden dataset: the cases of one prompt and what a good answer says. Three shapes (FORMATS: object, bare array, JSONL). */
#ifndef ASSAY_MODEL_GOLDEN_H
#define ASSAY_MODEL_GOLDEN_H

#include "assay/data/document.h"

enum { GOLDEN_SIZE_MAX = 64 << 20 };

struct golden_case {
    struct slice id;          /* unique in the dataset */
    const struct value *vars; /* a map; NULL: none */
    struct slice *expected;   /* acceptable answers, the first is the one shown */
    size_t expected_count;    /* 0: the case has none */
    struct slice *tags;
    size_t tag_count;
    struct slice notes;
    const struct value *thresholds; /* NULL: none */
};

struct golden {
    struct document document;
    struct slice prompt; /* empty where the shape does not say */
    struct golden_case *cases;
    size_t count;
    const struct golden_case **by_case; /* the same in bytewise order of case id, for the search */
};

int golden_load(struct slice bytes, struct slice name, struct golden *golden, struct error *error);
void golden_clear(struct golden *golden);
const struct golden_case *golden_find(const struct golden *golden, struct slice id);

#endif
