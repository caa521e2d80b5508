#include "assay/ui/progress.h"

#include "assay/text/sanitise.h"

void progress_init(struct progress *progress)
{
    *progress = (struct progress){.active = false};
    str_init(&progress->label);
}

void progress_clear(struct progress *progress)
{
    str_clear(&progress->label);
    progress_init(progress);
}

void progress_set(struct progress *progress, const char *label, size_t done, size_t total,
                  void (*cancel)(void *context), void *context)
{
    progress->active = label != NULL;
    str_reset(&progress->label);
    if (label == NULL)
        return;
    sanitise_append(&progress->label, slice_of(label), SANITISE_LINE);
    progress->done = done;
    progress->total = total;
    progress->cancel = cancel;
    progress->context = context;
}

bool progress_cancel(struct progress *progress)
{
    if (!progress->active || progress->cancel == NULL)
        return false;
    progress->cancel(progress->context);
    return true;
}

void progress_draw(const struct progress *progress, struct area line)
{
    canvas_fill(line, ROLE_TEXT);
    int column = canvas_text(line, 0, 1, ROLE_MESSAGE, str_slice(&progress->label)) + 1;
    if (progress->total > 0) {
        column = canvas_bar(line, 0, column, 20, ROLE_PROGRESS, progress->done, progress->total) + 1;
        column = canvas_printf(line, 0, column, ROLE_MESSAGE, "%zu of %zu", progress->done, progress->total);
    } else if (progress->done > 0) {
        column = canvas_printf(line, 0, column, ROLE_MESSAGE, "%zu", progress->done);
    }
    if (progress->cancel != NULL) {
        column = canvas_put(line, 0, column + 2, ROLE_KEY, "Esc");
        canvas_put(line, 0, column, ROLE_HINT, " cancels");
    }
}
