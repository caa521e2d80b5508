/* What one person has entered about one module, case by case, as memory holds it: the entries of a draft, taken one by
 * one. Nothing here is written: the draft is session.h's.
 *
 * An entry is about an output by its digest: one about an older output of a case is passed over. */
#ifndef ASSAY_REVIEW_JUDGEMENT_H
#define ASSAY_REVIEW_JUDGEMENT_H

#include "assay/model/policy.h"
#include "assay/review/module.h"
#include "assay/store/drafts.h"

enum { JUDGEMENT_NO_SCORE = -1 };
#define JUDGEMENT_NOT_FOUND ((size_t)-1)

struct judgement_flag {
    struct slice code, comment;
};

/* One case of one prompt, in the order of the module: this is what the review screen walks through. */
struct judgement_case {
    const struct module_prompt *prompt;
    const struct module_case *item;
    struct digest output;            /* none: no output, nothing to score */
    int scores[RUBRIC_CRITERIA_MAX]; /* by position in the policy's rubric; JUDGEMENT_NO_SCORE */
    struct slice comment;
    struct judgement_flag *flags; /* this person's own */
    size_t flag_count;
    struct slice side_a,
        answer; /* of a blind comparison: "candidate" or "baseline"; "a", "b", "tie", "both-bad"; empty */
    bool seen, carried;
};

/* What a decision is about: a flag on an output, or on a whole prompt (case empty, output none). */
struct judgement_target {
    struct slice prompt, case_id;
    struct digest output;
    struct slice flag;
};

struct judgement_decision {
    struct judgement_target target;
    enum triage_decision decision;
    struct slice reason;
};

struct table;

struct judgement {
    const struct module *module; /* borrowed */
    const struct rubric *rubric; /* borrowed; NULL: no policy */
    struct judgement_case *cases;
    size_t count;
    struct table *by_case; /* prompt and case id → position */
    struct judgement_decision *decisions;
    size_t decision_count, decision_capacity;
    struct slice comment; /* on the module */
    bool files_read;
    struct arena arena; /* every text that was entered */
};

/* Nothing is entered in any case of the module. Both must outlive it. */
void judgement_init(struct judgement *judgement, const struct module *module, const struct rubric *rubric);
void judgement_clear(struct judgement *judgement);

/* The position of a case, or JUDGEMENT_NOT_FOUND. */
size_t judgement_find(const struct judgement *judgement, struct slice prompt, struct slice case_id);
/* NULL: nothing was decided. */
struct judgement_decision *judgement_find_decision(const struct judgement *judgement,
                                                   const struct judgement_target *target);

/* Copies what an entry says. Returns the case whose output it is about, or JUDGEMENT_NOT_FOUND. */
size_t judgement_take(struct judgement *judgement, const struct drafts_entry *entry);
void judgement_take_all(struct judgement *judgement, const struct drafts_entry *entries, size_t count);

#endif
