/* manifest.yaml of a module. */
#ifndef ASSAY_MODEL_MANIFEST_H
#define ASSAY_MODEL_MANIFEST_H

#include "assay/data/document.h"

#define MANIFEST_NAME "manifest.yaml"

enum { MANIFEST_SIZE_MAX = 1 << 20 }; /* as data/yaml refuses beyond */

enum risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH };

struct manifest_prompt {
    struct slice id;                /* [a-z0-9_-]+, unique in the manifest */
    struct slice file;              /* module path of the template */
    struct slice tests;             /* module path of the golden dataset; empty: none */
    struct slice model;             /* model id, the prompt's own or the module's; empty: none named */
    const struct value *parameters; /* of that model; NULL: none */
    int line;
};

struct manifest {
    struct document document; /* owns everything below */
    struct slice name, version, owner;
    enum risk risk;
    struct slice *sensitivity;
    size_t sensitivity_count;
    struct manifest_prompt *prompts;
    size_t prompt_count;
    struct slice safety_policy;               /* as written; empty: none */
    double latency_ms_p95, cost_usd_per_case; /* sla; negative: none */
    struct slice *unknown_keys;               /* for the note of `assay check` */
    size_t unknown_key_count;
};

/* `name` is the path that errors show. The manifest is filled only on success. */
int manifest_load(struct slice bytes, struct slice name, struct manifest *manifest, struct error *error);
void manifest_clear(struct manifest *manifest);
const struct manifest_prompt *manifest_prompt(const struct manifest *manifest, struct slice id); /* NULL: none */
const char *manifest_risk_name(enum risk risk);
bool manifest_risk_parse(struct slice name, enum risk *risk); /* false: no such risk, nothing is set */

/* A path as the formats allow it: relative, '/'-separated, no empty part, no '.', no '..', no control characters, no '\\'. */
bool manifest_path_is_safe(struct slice path);

#endif
