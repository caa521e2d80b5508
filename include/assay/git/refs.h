/* References: list, resolve, compare and swap. */
#ifndef ASSAY_GIT_REFS_H
#define ASSAY_GIT_REFS_H

#include "assay/base/arena.h"
#include "assay/git/repo.h"

struct ref {
    struct slice name;     /* full: "refs/heads/main" */
    struct oid commit;     /* none: it does not lead to a commit */
    struct slice symbolic; /* the name it points at; empty for a plain one */
};

struct ref_list {
    struct arena arena;
    struct ref *refs; /* bytewise by name */
    size_t count;
};

void refs_list_init(struct ref_list *list);
void refs_list_clear(struct ref_list *list);
/* Every reference under `prefix` ("refs/heads/"); broken ones are left out. */
int refs_list(const struct repo *repo, const char *prefix, struct ref_list *list, struct error *error);
/* The commit that a full name leads to; false when there is none. */
bool refs_find(const struct repo *repo, const char *name, struct oid *commit);
/* The object that a full name names, unpeeled: of an annotated tag the tag itself. */
bool refs_object(const struct repo *repo, const char *name, struct oid *object);
/* What a symbolic reference points at, appended to target; false when it is none. */
bool refs_symbolic(const struct repo *repo, const char *name, struct str *target);

/* Sets the reference to `next` (none: removes it) if it is still at `expected` (none: does not exist). *moved says that
 * somebody else was faster: nothing was written, read again and retry. */
int refs_swap(const struct repo *repo, const char *name, const struct oid *expected, const struct oid *next,
              bool *moved, struct error *error);

/* NULL when the name may be used, else why not ("is not UTF-8", "holds a control character"). */
const char *refs_refusal(struct slice name);

#endif
