/* Background work on the message line: "Fetching ███░░ 12 of 40  Esc cancels". view_progress sets it. */
#ifndef ASSAY_UI_PROGRESS_H
#define ASSAY_UI_PROGRESS_H

#include "assay/base/str.h"
#include "assay/ui/canvas.h"

struct progress {
    bool active;
    struct str label;
    size_t done, total;
    void (*cancel)(void *context);
    void *context;
};

void progress_init(struct progress *progress);
void progress_clear(struct progress *progress);
/* total 0: a count only; label NULL takes it away; cancel NULL: it cannot be cancelled. */
void progress_set(struct progress *progress, const char *label, size_t done, size_t total,
                  void (*cancel)(void *context), void *context);
bool progress_cancel(struct progress *progress);                       /* false: nothing runs that can be cancelled */
void progress_draw(const struct progress *progress, struct area line); /* one row */

#endif
