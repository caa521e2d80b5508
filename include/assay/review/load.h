/* A change, loaded: what would be different on the target after the merge, module by module. Read from git alone;
 * nothing here knows drafts or records. */
#ifndef ASSAY_REVIEW_LOAD_H
#define ASSAY_REVIEW_LOAD_H

#include "assay/git/changes.h"
#include "assay/review/module.h"

struct load {
    struct arena arena;
    struct slice change, ref;
    struct oid commit, merge_base; /* the candidate's tip; the first merge base */
    struct slice author_name, author_email, subject;
    int64_t time;
    struct merge merge;
    struct module *modules; /* bytewise by path */
    size_t module_count, module_capacity;
    struct gate_problem *problems; /* merge-conflict, records-removed */
    size_t problem_count, problem_capacity;
    bool adds_records;    /* files under reviews/ */
    struct slice *shared; /* shared files that differ and that a module of the change uses */
    size_t shared_count, shared_capacity;
    /* Filled by load_authors. */
    struct slice *authors; /* principals, sorted, each once */
    size_t author_count;
    struct slice *unknown_authors; /* addresses that are nobody's in the policy */
    size_t unknown_author_count;
};

/* `change` must be traced and pending (changes_trace). Works without a policy too: then there are no flags. The load
 * borrows workspace and cache, and copies what it needs of the change. A file that cannot be read is a problem of its
 * module, not a failure. On failure there is nothing to clear. */
int load_change(struct workspace *workspace, struct cache *cache, const struct change *change, struct load *load,
                struct error *error);
/* What a commit that is on the target already changed: its tree against the workspace's target, which is a first-parent
 * ancestor of it (workspace_look_back). `change` names it in sentences. */
int load_past(struct workspace *workspace, struct cache *cache, const struct oid *commit, struct slice change,
              struct load *load, struct error *error);
void load_clear(struct load *load);
/* Whether it is a pending change at all: a module, its evidence, a policy or sealed records would differ. */
bool load_is_pending(const struct load *load);
/* The authors of the change, for the gate: walks its own commits. Needs a policy. ancestry: with the target set, to
 * share it among many changes; NULL: one of its own. */
int load_authors(struct workspace *workspace, struct ancestry *ancestry, struct load *load, struct error *error);

/* Finds one change by name among all that wait, and traces it alone. ERROR_INPUT when there is none of that name, when
 * it is merged already, or unrelated. What the change points at lies in `changes`, which the caller clears. */
int load_find(struct workspace *workspace, struct slice name, struct changes *changes, const struct change **change,
              struct error *error);

/* By path, or by name where only one module has it; NULL: none. */
struct module *load_module(const struct load *load, struct slice path_or_name);

#endif
