#include "assay/screens/case_measure.h"

#include "assay/base/memory.h"
#include "assay/screens/case_sides.h"

enum { MEASURE_AT_ONCE = 32 * 1024 };

struct case_measuring {
    struct case_screen *screen; /* NULL: closed, or at another case */
    struct dossier *dossier;
    const struct module_case *item;
    struct case_evidence evidence;
};

static void compute(const struct module_case *item, struct case_evidence *evidence)
{
    case_evidence_compute(item->golden ? item->golden->expected : NULL, item->golden ? item->golden->expected_count : 0,
                          case_sides_output(item->candidate), evidence);
}

static void measuring_work(struct job *job, void *context)
{
    struct case_measuring *measuring = context;
    (void)job;
    compute(measuring->item, &measuring->evidence);
}

static void measuring_done(void *context, bool cancelled)
{
    struct case_measuring *measuring = context;
    if (measuring->screen && !cancelled)
        measuring->screen->evidence = measuring->evidence;
    if (measuring->screen)
        measuring->screen->measuring = NULL;
    dossier_release(measuring->dossier);
    memory_free(measuring);
}

void case_measure_drop(struct case_screen *screen)
{
    if (screen->measuring)
        screen->measuring->screen = NULL;
    screen->measuring = NULL;
}

void case_measure_start(struct case_screen *screen)
{
    const struct module_case *item = case_state_current(screen)->item;
    case_measure_drop(screen);
    screen->evidence = (struct case_evidence){0};
    if (!item->candidate)
        return;
    if (case_sides_golden(item).size + item->candidate->text.size <= MEASURE_AT_ONCE) {
        compute(item, &screen->evidence);
        return;
    }
    struct case_measuring *measuring = screen->measuring = memory_new(sizeof *measuring);
    *measuring = (struct case_measuring){.screen = screen, .dossier = screen->dossier, .item = item};
    dossier_hold(screen->dossier);
    jobs_submit(screen->desk->jobs, "Measuring", measuring_work, measuring_done, measuring);
}
