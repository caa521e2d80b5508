/* What a person wants to sign about one module, before it is a record. The console and `assay sign` fill the same. */
#ifndef ASSAY_REVIEW_SUBMISSION_H
#define ASSAY_REVIEW_SUBMISSION_H

#include "assay/review/load.h"

struct submit_request {
    const struct load *load; /* with its authors (load_authors) */
    const struct module *module;
    size_t role; /* index in the policy's roles */
    enum verdict verdict;
    struct slice comment;
    const char *via;             /* "console" or "command" */
    struct record_score *scores; /* scores[] by position in the policy's rubric */
    size_t score_count;
    struct record_flag *flags;
    size_t flag_count;
    struct record_triage *triage;
    size_t triage_count;
    struct record_comparison *comparisons;
    size_t comparison_count;
    int64_t seed, seen; /* seen: golden cases that the person looked at */
    bool files_unread;  /* the difference of the policy's files was not read to its end */
    struct digest *supersedes;
    size_t supersedes_count;
    int64_t draft; /* it is made of; 0: none */
};

#endif
