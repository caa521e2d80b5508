/* Whether candidate outputs are what the prompt beside them makes (FORMATS.md, 1). Outputs are the branch's claim. */
#ifndef ASSAY_MODEL_STALENESS_H
#define ASSAY_MODEL_STALENESS_H

#include "assay/model/outputs.h"

enum staleness {
    STALENESS_FRESH,    /* prompt hash, model and input all match */
    STALENESS_UNPROVED, /* they match, but the output does not say its input */
    STALENESS_TEMPLATE, /* made from another template or partial */
    STALENESS_MODEL,    /* made by another model than the manifest names */
    STALENESS_INPUT,    /* made from another rendered prompt: the case's variables changed */
    STALENESS_FAILED,   /* the endpoint gave an error instead of an output */
    STALENESS_MISSING,  /* the case has no output */
};

/* Of a whole file: FRESH, TEMPLATE or MODEL. hash: the prompt hash today. model empty: the manifest names none. */
enum staleness staleness_of_file(const struct outputs *outputs, const struct digest *hash, struct slice model);
/* Of one output of a file that is in the state `file`; NULL is missing. input: SHA-256 of the prompt rendered today. */
enum staleness staleness_of_output(enum staleness file, const struct output *output, const struct digest *input);
bool staleness_is_stale(enum staleness state);     /* TEMPLATE, MODEL or INPUT */
const char *staleness_words(enum staleness state); /* "made from an older template", …; "" when fresh */

#endif
