/* A text with pens, put together piece by piece, for a pager. What comes from a repository is sanitised here. */
#ifndef ASSAY_SCREENS_LEAF_H
#define ASSAY_SCREENS_LEAF_H

#include "assay/ui/pager.h"

struct leaf {
    struct str text;
    struct span *spans;
    size_t count, capacity;
};

void leaf_init(struct leaf *leaf);
void leaf_clear(struct leaf *leaf); /* frees; can be used again */
void leaf_reset(struct leaf *leaf);
void leaf_put(struct leaf *leaf, unsigned pen, const char *text);       /* the program's own words, LF and all */
void leaf_add(struct leaf *leaf, unsigned pen, struct slice text);      /* any bytes; one line */
void leaf_add_text(struct leaf *leaf, unsigned pen, struct slice text); /* any bytes; several lines */
void leaf_addf(struct leaf *leaf, unsigned pen, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "  label        " padded to a column, for a list of facts. */
void leaf_label(struct leaf *leaf, const char *label);
void leaf_heading(struct leaf *leaf, const char *heading);
/* The pager, and in the last row that there is more, as long as there is. */
void leaf_draw(struct pager *pager, struct area area);
void leaf_show(const struct leaf *leaf, struct pager *pager); /* keeps the place of the pager */

#endif
