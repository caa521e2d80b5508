/* Candidate outputs: what a prompt produced for each case (tests/outputs/<prompt id>.json). */
#ifndef ASSAY_MODEL_OUTPUTS_H
#define ASSAY_MODEL_OUTPUTS_H

#include "assay/data/document.h"
#include "assay/trust/digest.h"

enum { OUTPUTS_SIZE_MAX = 64 << 20 };

struct output_measure {
    struct slice name; /* "similarity", "toxicity", … */
    double value;
};

struct output {
    struct slice case_id; /* unique in the file */
    struct slice text;    /* empty when `failed` is set */
    struct digest digest; /* SHA-256 of the decoded text */
    struct digest input;  /* of the rendered prompt; none: unproved */
    double latency_ms;    /* negative: not given, as for the next three */
    double tokens_input, tokens_output;
    double cost_usd;
    struct slice finish_reason;
    struct slice failed; /* the `error` member's text; empty: it did not fail */
    struct output_measure *measures;
    size_t measure_count;
};

struct outputs {
    struct document document;
    struct slice prompt;
    struct digest prompt_hash;
    struct slice model;
    const struct value *parameters; /* NULL: none */
    struct slice endpoint, generated_at;
    struct output *items;
    size_t count;
    const struct output **by_case; /* the same in bytewise order of case id, for the search */
};

int outputs_load(struct slice bytes, struct slice name, struct outputs *outputs, struct error *error);
void outputs_clear(struct outputs *outputs);
const struct output *outputs_find(const struct outputs *outputs, struct slice case_id); /* NULL: none */
bool outputs_measure(const struct output *output, const char *name, double *value);

#endif
