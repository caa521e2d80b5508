/* The `/` line: a search while it is typed, and what it says. The finds themselves are search.h's. */
#ifndef ASSAY_UI_SEARCHING_H
#define ASSAY_UI_SEARCHING_H

#include "assay/ui/dialogue.h"
#include "assay/ui/search.h"

/* The owner's, to stay where it is while the line is open. */
struct searching {
    struct dialogue *dialogue; /* borrowed */
    struct search_target target;
};

/* Opens the line on behalf of the view. */
void searching_open(struct searching *searching, struct view *view, struct search_target target);
/* The next find of the last search, or the one before. */
void searching_next(struct searching *searching, struct search_target target, bool backwards);

#endif
