/* A module of a change, loaded: before on the target, after in the merge result; each prompt with its golden dataset,
 * candidate outputs and baseline. A file that cannot be read becomes a problem of its module, and the rest loads. */
#ifndef ASSAY_REVIEW_MODULE_H
#define ASSAY_REVIEW_MODULE_H

#include "assay/git/merge.h"
#include "assay/model/gate.h"
#include "assay/model/staleness.h"
#include "assay/review/footprint.h"

struct table;

/* Cases in the order of the golden dataset, then outputs for cases that it does not have. */
struct module_case {
    struct slice id;
    const struct golden_case *golden; /* NULL: the outputs name a case that the golden dataset does not have */
    const struct output *candidate;   /* NULL: missing */
    const struct output *baseline;    /* NULL: none */
    enum staleness state;             /* of the candidate */
};

struct module_prompt {
    struct slice id;
    struct digest hash; /* prompt hash after the merge; none when it cannot be computed */
    struct slice model; /* that the manifest names; empty: none */
    const struct value *parameters;
    struct slice template_path, golden_path, outputs_path; /* repository paths */
    struct slice template_text, template_before;           /* data NULL: not there */
    const struct value *partials;                          /* after the merge; NULL: none */
    const struct golden *golden, *golden_before;           /* NULL: none, as for the next two */
    const struct outputs *outputs, *baseline;
    struct module_case *cases;
    size_t case_count, stale_count; /* stale_count: cases whose candidate is stale */
};

/* A file as it is on the target and after the merge; data NULL: not there. */
struct module_file {
    struct slice path, before, after;
};

struct module {
    struct slice path, name, version;
    bool is_policies;            /* the pseudo-module `policies`: no prompts, no cases */
    enum risk risk;              /* the higher of both sides */
    struct slice *sensitivities; /* union of both sides, sorted */
    size_t sensitivity_count;
    struct slice *paths; /* its files, before and after, shared ones too, bytewise */
    size_t path_count;
    struct digest digest, evidence;                    /* on the merge result */
    struct digest digest_before, evidence_before;      /* on the target; none where it is not there */
    const struct manifest *manifest, *manifest_before; /* NULL: not there */
    struct module_prompt *prompts;
    size_t prompt_count;
    struct module_file *files; /* of the pseudo-module: those that differ; else none */
    size_t file_count;
    struct flags flags;            /* automatic ones; empty without a policy */
    struct gate_problem *problems; /* what blocks by itself */
    size_t problem_count, problem_capacity;
    size_t case_count; /* golden cases of all prompts */
};

#define MODULE_POLICIES "policies" /* path and name of the pseudo-module */

/* Fills a zeroed module. `arena` keeps lists and texts; documents are borrowed from the cache. found: paths and manifests. */
int module_load(struct workspace *workspace, struct cache *cache, const struct merge *merge,
                const struct merge_module *found, struct arena *arena, struct module *module, struct error *error);
/* The pseudo-module of policies/. */
int module_load_policies(struct workspace *workspace, struct cache *cache, const struct merge *merge,
                         struct arena *arena, struct module *module, struct error *error);
void module_clear(struct module *module);
bool module_differs(const struct module *module); /* module or evidence digest */

struct module_prompt *module_find_prompt(const struct module *module, struct slice id); /* NULL: none */
struct module_case *module_find_case(const struct module_prompt *prompt, struct slice id);
/* The prompt as it is sent: the template with the case's variables. misses: a table of names, or NULL. */
int module_render(const struct module_prompt *prompt, const struct module_case *item, struct str *rendered,
                  struct table *misses, struct error *error);

#endif
