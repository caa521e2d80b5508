/* A change, loaded: its modules as they would be after the merge, each prompt with its golden dataset, candidate
 * outputs and baseline. Read from git alone; nothing here knows drafts or records.
 *
 * A file that cannot be read becomes a problem of its module or prompt, and the rest loads. */
#ifndef ASSAY_REVIEW_LOAD_H
#define ASSAY_REVIEW_LOAD_H

#include "assay/git/changes.h"
#include "assay/git/merge.h"
#include "assay/model/gate.h"
#include "assay/model/staleness.h"
#include "assay/review/workspace.h"

struct load_prompt;

/* Cases in the order of the golden dataset, then outputs for cases that it does not have. */
struct load_case {
    struct slice id;
    const struct golden_case *golden;   /* NULL: the outputs name a case that the golden dataset does not have */
    const struct output *candidate;     /* NULL: missing */
    const struct output *baseline;      /* NULL: none */
    enum staleness state;               /* of the candidate */
};

struct load_prompt {
    struct slice id;
    struct digest hash;                   /* prompt hash after the merge; none when it cannot be computed */
    struct slice model;                   /* that the manifest names; empty: none */
    const struct value *parameters;
    struct slice template_path, golden_path, outputs_path; /* repository paths */
    struct str template_text, template_before;             /* empty: not there */
    struct golden golden, golden_before;
    struct outputs outputs, baseline;
    bool has_golden, has_golden_before, has_outputs, has_baseline;
    bool template_changed;                /* template or a partial that it uses */
    struct load_case *cases;
    size_t case_count;
    size_t stale_count;                   /* cases whose candidate is stale */
};

struct load_module {
    struct slice path, name, version;
    bool is_policies;                     /* the pseudo-module `policies`: no prompts, no cases */
    enum risk risk;                       /* the higher of both sides */
    struct slice *sensitivities;          /* union of both sides */
    size_t sensitivity_count;
    struct slice *paths;                  /* its files, old and new, bytewise */
    size_t path_count;
    struct digest digest, evidence;       /* on the merge result */
    struct digest digest_before, evidence_before; /* on the target; none where it is not there */
    struct manifest manifest, manifest_before;
    bool has_manifest, has_manifest_before;
    struct load_prompt *prompts;
    size_t prompt_count;
    struct flags flags;
    struct gate_problem *problems;        /* what blocks by itself */
    size_t problem_count, problem_capacity;
    size_t case_count;                    /* golden cases of all prompts */
};

struct load {
    struct arena arena;
    struct slice change, ref;
    struct oid commit, merge_base;        /* the candidate's tip; the first merge base */
    struct slice author_name, author_email, subject;
    int64_t time;
    struct merge merge;
    struct load_module *modules;          /* bytewise by path */
    size_t module_count;
    struct gate_problem *problems;        /* merge-conflict, bad-manifest, records-removed */
    size_t problem_count, problem_capacity;
    bool touches_records;                 /* it adds files under reviews/ */
    bool about_nothing;                   /* no module, policy or record differs: not a pending change */
    /* Filled by load_authors. */
    struct slice *authors;                /* principals, sorted, each once */
    size_t author_count;
    struct slice *unknown_authors;        /* addresses that are nobody's in the policy */
    size_t unknown_author_count;
};

/* What loading of many changes shares: decoded golden datasets and baselines of the target. Borrowed by the loads. */
struct load_shared;
struct load_shared *load_shared_new(struct workspace *workspace);
void load_shared_free(struct load_shared *shared);

/* `change` must be traced (changes_trace). Works without a policy too: then there are no flags. The load borrows
 * workspace and shared, and copies what it needs of the change. On failure there is nothing to clear. */
int load_change(struct workspace *workspace, struct load_shared *shared, const struct change *change, struct load *load,
                struct error *error);
void load_clear(struct load *load);
/* The authors of the change, for the gate: walks its own commits. Needs a policy. */
int load_authors(struct workspace *workspace, struct load *load, struct error *error);

/* Finds one change by name among all that wait and traces it. ERROR_INPUT when there is none of that name: the text
 * says which command lists them. The arena keeps what the change points at. */
int load_find_change(struct workspace *workspace, struct slice name, struct arena *arena, struct change *change,
                     struct error *error);

struct load_module *load_module(const struct load *load, struct slice path_or_name); /* NULL: none, or ambiguous */
struct load_prompt *load_prompt(const struct load_module *module, struct slice id);
struct load_case *load_case(const struct load_prompt *prompt, struct slice id);
/* The prompt as it was sent: the template with the case's variables. Misses render empty and are named in *misses
 * (may be NULL), separated by ", ". */
int load_render(const struct load *load, const struct load_prompt *prompt, const struct load_case *item,
                struct str *rendered, struct str *misses, struct error *error);

#endif
