/* The first parents of a commit, newest first: what a branch was, one push or merge after the other. Read as far as one
 * asks, and kept. */
#ifndef ASSAY_GIT_LINE_H
#define ASSAY_GIT_LINE_H

#include "assay/git/repo.h"

struct ancestry;

struct line_step {
    struct oid commit, tree;
};

struct line {
    const struct repo *repo; /* borrowed */
    struct line_step *steps; /* as far as they are read */
    size_t count, capacity;
    struct oid next;          /* to be read; none: the line ends */
    struct ancestry *history; /* once line_since needs one */
};

#define LINE_ALL SIZE_MAX

void line_init(struct line *line, const struct repo *repo, const struct oid *tip);
void line_clear(struct line *line);

/* The step at this place, 0 is the tip; NULL: the line ends before. Valid until the next call. */
int line_at(struct line *line, size_t at, const struct line_step **step, struct error *error);
/* How many steps came after `commit` was there: the place of the oldest step that is it or has it among its ancestors.
 * LINE_ALL: the tip does not have it. A commit of the line costs the steps to it; one that a merge brought in, one walk of
 * the whole history. */
int line_since(struct line *line, const struct oid *commit, size_t *count, struct error *error);

#endif
