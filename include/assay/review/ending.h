/* Ending a rejection: which one a request is about, also where the change does not touch its module any more. */
#ifndef ASSAY_REVIEW_ENDING_H
#define ASSAY_REVIEW_ENDING_H

#include "assay/review/ledger.h"
#include "assay/review/submission.h"

/* The first rejection that the request names in `supersedes`, about a module of this path or name (data NULL: of any);
 * NULL: none. */
const struct record *ending_named(const struct submit_request *request, const struct ledger *ledger,
                                  struct slice module);
/* The person's own rejection that holds the change up, about a module of this path or name (data NULL: of any). NULL:
 * none, or several modules or roles have one. */
int ending_own(const struct workspace *workspace, const struct load *load, const struct ledger *ledger,
               struct slice module, const struct record **found, struct error *error);
/* The module of the change at the record's path. Where the change does not touch it, what the record says of it, in the
 * arena: no prompts and no cases, so that nothing but a withdrawal or a comment can be signed about it. */
const struct module *ending_module(const struct load *load, const struct record *record, struct arena *arena);

#endif
